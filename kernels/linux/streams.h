/*
 * Descriptors, standard input and output. A lane has AG_DESCRIPTORS of them; a
 * descriptor is closed, a file, which the host has, or one of the three streams,
 * which are pipes: what is written lies in the slot's part of OUTPUT until the host takes it, what is
 * read is the lane's input.
 *
 * A write takes all that it is given, whatever room there is: it fills what is
 * left, notes how much of it that was (AG_LINUX_TAKEN) and asks the host, and
 * goes on when it is executed again.
 */
#ifndef AG_LINUX_STREAMS_H
#define AG_LINUX_STREAMS_H

#include "linux/call.h"

#define AG_DESCRIPTOR_ROW(fd)                                                  \
    (k->rows[(AG_LINUX_DESCRIPTORS + (u32)(fd) / 16) * AG_BLOCK])
AG_INLINE u32 ag_descriptor(AG_PRIVATE const ag_call *k, u64 fd)
{
    u64 row;
    fd = (u32)fd;
    if (fd >= AG_DESCRIPTORS)
        return 0;
    row = AG_DESCRIPTOR_ROW(fd) ^ (fd < 16 ? AG_STREAMS_AT_START : 0);
    return (u32)(row >> fd % 16 * 4) & 15;
}
AG_INLINE void ag_set_descriptor(AG_PRIVATE ag_call *k, u64 fd, u32 stream)
{
    u64 change = ag_descriptor(k, fd) ^ stream;
    fd = (u32)fd;
    AG_DESCRIPTOR_ROW(fd) ^= change << fd % 16 * 4;
}
/* The stream that it is, 0: it is closed. */
#define AG_STREAM(fd) (ag_descriptor(k, (fd)) & 7)
#define AG_IS_FILE(fd) (AG_STREAM(fd) == AG_STREAM_FILE)

/* -- Output ----------------------------------------------------------------- */

/* The slot's part is this lane's, without what the host has taken. */
AG_CALL_FN void ag_open_output(AG_CALL_CTX)
{
    const u64 lane = AG_STATE(AG_STATE_LANE) + 1;
    u32 is_new = k->output[AG_OUTPUT_LANE] != lane;
    u64 generation = is_new ? 0 : k->output[AG_OUTPUT_GENERATION] + 1;
    if (!is_new && AG_LINUX(ASKED) != AG_ASKED_DRAIN)
        return;
    k->output[AG_OUTPUT_LANE] = lane;
    k->output[AG_OUTPUT_GENERATION] = generation;
    k->output[AG_OUTPUT_END] = AG_OUTPUT_FIRST;
    k->output[AG_OUTPUT_LAST] = 0;
    if (AG_LINUX(ASKED) == AG_ASKED_DRAIN)
        AG_LINUX(ASKED) = 0;
}

/* The record that bytes of a stream go to; false if there is no room for one
   more byte. */
AG_CALL_FN u32 ag_open_record(AG_PRIVATE ag_call *k, u64 mark)
{
    u64 end = k->output[AG_OUTPUT_END], last = k->output[AG_OUTPUT_LAST];
    const u64 room = k->input[AG_INPUT_OUTPUT_BYTES];
    if (last != 0 && (k->output[last / 8] & AG_OUTPUT_IS_ERROR) == mark)
        return end < room;
    end = (end + 7) & ~(u64)7;
    if (end + 8 >= room)
        return 0;
    k->output[end / 8] = mark;
    k->output[AG_OUTPUT_LAST] = end;
    k->output[AG_OUTPUT_END] = end + 8;
    return 1;
}

/* Some of the bytes at a tested address to a stream; how many. */
AG_CALL_FN u64 ag_put_output(AG_CALL_CTX, u32 stream, u64 address, u64 bytes)
{
    u64 end;
    if (!ag_open_record(k, stream == AG_STREAM_ERR ? AG_OUTPUT_IS_ERROR : 0))
        return 0;
    end = k->output[AG_OUTPUT_END];
    if (bytes > k->input[AG_INPUT_OUTPUT_BYTES] - end)
        bytes = k->input[AG_INPUT_OUTPUT_BYTES] - end;
    ag_call_copy_out(AG_M, k->output, end, address, bytes);
    k->output[AG_OUTPUT_END] = end + bytes;
    k->output[k->output[AG_OUTPUT_LAST] / 8] += bytes;
    return bytes;
}

/* Of the call's output `before` bytes came earlier than these. True if they are
   all in OUTPUT; else the lane waits. */
AG_CALL_FN u32 ag_write_all(AG_CALL_CTX, u32 stream, u64 address, u64 bytes,
                            u64 before)
{
    u64 skipped = AG_LINUX(TAKEN) > before ? AG_LINUX(TAKEN) - before : 0;
    u64 n;
    if (skipped >= bytes)
        return 1;
    do {
        n = ag_put_output(AG_CALL_C, stream, address + skipped,
                          bytes - skipped);
        skipped += n;
    } while (n != 0 && skipped < bytes);
    if (skipped == bytes)
        return 1;
    AG_LINUX(TAKEN) = before + skipped;
    ag_call_asks(AG_CALL_C, AG_ASKED_DRAIN, AG_REQUEST_DRAIN);
    return 0;
}

AG_SYSCALL(write)
{
    const u32 stream = AG_STREAM(k->x[0]);
    u64 bytes = k->x[2];
    if (stream == 0 || stream == AG_STREAM_IN)
        return AG_FAILS(BADF);
    if (!AG_CAN_READ(k->x[1], bytes))
        return AG_FAILS(FAULT);
    if (stream == AG_STREAM_FILE)
        return ag_call_by_host(AG_CALL_C);
    if (bytes > AG_MOST_AT_ONCE)
        bytes = AG_MOST_AT_ONCE;
    ag_open_output(AG_CALL_C);
    if (!ag_write_all(AG_CALL_C, stream, k->x[1], bytes, 0))
        return 0;
    AG_LINUX(TAKEN) = 0;
    return bytes;
}

/* -- Input ------------------------------------------------------------------ */

/* Where what is listed for the lane lies, by the word that has the count; how
   many bytes it has. */
AG_CALL_FN u64 ag_find_listed(AG_CALL_CTX, u64 list, AG_PRIVATE u64 *at)
{
    const u64 count = k->input[list], lane = AG_STATE(AG_STATE_LANE);
    const u64 i = count == 1 ? 0 : lane;
    *at = 0;
    if (i >= count)
        return 0;
    *at = k->input[list + 1 + i];
    return k->input[list + 2 + i] - *at;
}

/* Where the lane's input lies; what is left of it. */
AG_CALL_FN u64 ag_find_input(AG_CALL_CTX, AG_PRIVATE u64 *at)
{
    const u64 bytes = ag_find_listed(AG_CALL_C, AG_INPUT_COUNT, at);
    *at += AG_LINUX(INPUT_AT);
    return bytes - AG_LINUX(INPUT_AT);
}

/* To a tested address. */
AG_CALL_FN u64 ag_read_some(AG_CALL_CTX, u64 address, u64 bytes)
{
    u64 at, left = ag_find_input(AG_CALL_C, &at);
    if (bytes > left)
        bytes = left;
    ag_call_copy_in(AG_M, k->input, at, address, bytes);
    AG_LINUX(INPUT_AT) += bytes;
    return bytes;
}

AG_SYSCALL(read)
{
    if (AG_STREAM(k->x[0]) != AG_STREAM_IN && !AG_IS_FILE(k->x[0]))
        return AG_FAILS(BADF);
    if (!AG_CAN_WRITE(k->x[1], k->x[2]))
        return AG_FAILS(FAULT);
    if (AG_IS_FILE(k->x[0]))
        return ag_call_by_host(AG_CALL_C);
    return ag_read_some(AG_CALL_C, k->x[1], k->x[2]);
}

/* -- Vectors ---------------------------------------------------------------- */

/* What the list of readv() or writev() says, tested: 0, or an error. */
AG_CALL_FN u64 ag_check_vectors(AG_CALL_CTX, u32 access)
{
    const u64 list = k->x[1], n = k->x[2];
    u64 i;
    if (n > AG_MOST_VECTORS)
        return AG_FAILS(INVAL);
    if (!AG_CAN_READ(list, n * 16))
        return AG_FAILS(FAULT);
    for (i = 0; i < n; i++)
        if (AG_GET(list + i * 16 + 8, 8) >> 63 != 0)
            return AG_FAILS(INVAL);
    for (i = 0; i < n; i++)
        if (!ag_is_inside(AG_M, AG_GET(list + i * 16, 8),
                          AG_GET(list + i * 16 + 8, 8), access))
            return AG_FAILS(FAULT);
    return 0;
}

/* The i-th, of which `before` bytes are gone through already. */
AG_CALL_FN u64 ag_vector_bytes(AG_CALL_CTX, u64 i, u64 before)
{
    u64 bytes = AG_GET(k->x[1] + i * 16 + 8, 8);
    return bytes < AG_MOST_AT_ONCE - before ? bytes : AG_MOST_AT_ONCE - before;
}

AG_SYSCALL(writev)
{
    const u32 stream = AG_STREAM(k->x[0]);
    u64 i, bytes = 0, more, error;
    if (stream == 0 || stream == AG_STREAM_IN)
        return AG_FAILS(BADF);
    error = ag_check_vectors(AG_CALL_C, AG_ACCESS_READ);
    if (error != 0)
        return error;
    if (stream == AG_STREAM_FILE)
        return ag_call_by_host(AG_CALL_C);
    ag_open_output(AG_CALL_C);
    for (i = 0; i < k->x[2]; i++, bytes += more) {
        more = ag_vector_bytes(AG_CALL_C, i, bytes);
        if (!ag_write_all(AG_CALL_C, stream, AG_GET(k->x[1] + i * 16, 8), more,
                          bytes))
            return 0;
    }
    AG_LINUX(TAKEN) = 0;
    return bytes;
}

/* What is read may go over the list itself: what is next of it is tested again. */
AG_SYSCALL(readv)
{
    u64 i, bytes = 0, more = 0, n = 0, error;
    if (AG_STREAM(k->x[0]) != AG_STREAM_IN && !AG_IS_FILE(k->x[0]))
        return AG_FAILS(BADF);
    error = ag_check_vectors(AG_CALL_C, AG_ACCESS_WRITE);
    if (error != 0)
        return error;
    if (AG_IS_FILE(k->x[0]))
        return ag_call_by_host(AG_CALL_C);
    for (i = 0; i < k->x[2] && n == more; i++, bytes += n) {
        const u64 address = AG_GET(k->x[1] + i * 16, 8);
        more = ag_vector_bytes(AG_CALL_C, i, bytes);
        if (!AG_CAN_WRITE(address, more))
            break;
        n = ag_read_some(AG_CALL_C, address, more);
    }
    return bytes;
}

#endif
