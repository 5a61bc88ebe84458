/*
 * Semihosting: what programs of bare metal ask a debugger for by HLT #0xf000,
 * as Arm's "Semihosting for AArch32 and AArch64" (2.0) says. W0 is the
 * operation, X1 its parameter, for most the address of a block of 64-bit fields;
 * what it gives comes into X0. Streams and clock are those of processes.
 *
 * Handles 0, 1 and 2 are open to begin with, as standard input, output and error;
 * SYS_OPEN gives others. There are no files but ":tt" and
 * ":semihosting-features".
 */
#ifndef AG_LINUX_SEMIHOSTING_H
#define AG_LINUX_SEMIHOSTING_H

#include "linux/clock.h"
#include "linux/heap.h"
#include "linux/streams.h"

/* X(NUMBER, name, fields of its block that it reads) */
#define AG_SEMIHOSTING(X)                                                      \
    X(0x01, open, 3)                                                           \
    X(0x02, close, 1)                                                          \
    X(0x03, writec, 0)                                                         \
    X(0x04, write0, 0)                                                         \
    X(0x05, write, 3)                                                          \
    X(0x06, read, 3)                                                           \
    X(0x07, readc, 0)                                                          \
    X(0x08, iserror, 1)                                                        \
    X(0x09, istty, 1)                                                          \
    X(0x0a, seek, 2)                                                           \
    X(0x0c, flen, 1)                                                           \
    X(0x0d, tmpnam, 0)                                                         \
    X(0x0e, remove, 0)                                                         \
    X(0x0f, rename, 0)                                                         \
    X(0x10, clock, 0)                                                          \
    X(0x11, time, 0)                                                           \
    X(0x12, system, 0)                                                         \
    X(0x13, last_error, 0)                                                     \
    X(0x15, get_cmdline, 2)                                                    \
    X(0x16, heapinfo, 1)                                                       \
    X(0x18, exit, 0)                                                           \
    X(0x20, exit_extended, 0)                                                  \
    X(0x30, elapsed, 0)                                                        \
    X(0x31, tickfreq, 0)

#define AG_SEMIHOSTED(name) AG_CALL_FN u64 ag_semihosting_##name(AG_CALL_CTX)

/* A tested field of the block. */
#define AG_FIELD(i) AG_GET(k->x[1] + 8 * (i), 8)

#define AG_SEMIHOSTING_FAILED (~(u64)0)
/* What is wrong, for SYS_ERRNO; evaluates to what X0 becomes. */
#define AG_SEMIHOSTING_FAILS(error)                                            \
    (AG_LINUX(ERRNO) = AG_E_##error, AG_SEMIHOSTING_FAILED)

/* Handles; each has a row for how far it is read (AG_REGION: there are no
   mappings). */
#define AG_HANDLES AG_REGIONS
AG_INLINE u32 ag_handle(AG_PRIVATE const ag_call *k, u64 handle)
{
    return handle < AG_HANDLES ? ag_descriptor(k, handle) : 0;
}
AG_INLINE u32 ag_is_output(u32 stream)
{
    return stream == AG_STREAM_OUT || stream == AG_STREAM_ERR;
}

/* -- Opening and closing ---------------------------------------------------- */

AG_TABLE u8 ag_features_name[21] = {':', 's', 'e', 'm', 'i', 'h', 'o',
                                    's', 't', 'i', 'n', 'g', '-', 'f',
                                    'e', 'a', 't', 'u', 'r', 'e', 's'};
/* "SHFB", then a byte of bits: SYS_EXIT_EXTENDED is there, and ":tt" may be
   opened as standard error. */
#define AG_FEATURES ((u64)0x0342464853)
#define AG_FEATURES_BYTES 5

AG_INLINE u32 ag_is_features_name(AG_CTX, u64 address, u64 bytes)
{
    u32 i;
    if (bytes != 21)
        return 0;
    for (i = 0; i < 21; i++)
        if (ag_load_8(AG_M, address + i, AG_RELAXED) != ag_features_name[i])
            return 0;
    return 1;
}

AG_INLINE u32 ag_is_console_name(AG_CTX, u64 address, u64 bytes)
{
    return bytes == 3 && ag_load_8(AG_M, address, AG_RELAXED) == ':' &&
           ag_load_8(AG_M, address + 1, AG_RELAXED) == 't' &&
           ag_load_8(AG_M, address + 2, AG_RELAXED) == 't';
}

/* Modes are those of fopen(), "r" to "a+b": 0 to 11. Not 0, which some take for
   a failure. */
AG_CALL_FN u64 ag_open_handle(AG_CALL_CTX, u32 stream)
{
    u32 handle;
    for (handle = 1; handle < AG_HANDLES; handle++)
        if (ag_descriptor(k, handle) == 0) {
            ag_set_descriptor(k, handle, stream);
            AG_REGION(handle) = 0;
            return handle;
        }
    (void)c;
    return AG_SEMIHOSTING_FAILS(MFILE);
}

AG_SEMIHOSTED(open)
{
    const u64 name = AG_FIELD(0), mode = AG_FIELD(1), bytes = AG_FIELD(2);
    if (mode > 11)
        return AG_SEMIHOSTING_FAILS(INVAL);
    if (bytes > AG_MOST_PATH)
        return AG_SEMIHOSTING_FAILS(NAMETOOLONG);
    if (!AG_CAN_READ(name, bytes))
        return AG_SEMIHOSTING_FAILS(FAULT);
    if (ag_is_console_name(AG_M, name, bytes))
        return ag_open_handle(AG_CALL_C, mode < 4   ? AG_STREAM_IN
                                         : mode < 8 ? AG_STREAM_OUT
                                                    : AG_STREAM_ERR);
    if (mode >= 2) /* to write */
        return AG_SEMIHOSTING_FAILS(ROFS);
    if (ag_is_features_name(AG_M, name, bytes))
        return ag_open_handle(AG_CALL_C, AG_STREAM_FEATURES);
    return AG_SEMIHOSTING_FAILS(NOENT);
}

AG_SEMIHOSTED(close)
{
    const u64 handle = AG_FIELD(0);
    if (ag_handle(k, handle) == 0)
        return AG_SEMIHOSTING_FAILS(BADF);
    ag_set_descriptor(k, handle, 0);
    return 0;
}

/* -- Output ----------------------------------------------------------------- */

/* To a stream from a tested address; what X0 becomes then. */
AG_CALL_FN u64 ag_write_then(AG_CALL_CTX, u32 stream, u64 address, u64 bytes,
                             u64 then)
{
    ag_open_output(AG_CALL_C);
    if (!ag_write_all(AG_CALL_C, stream, address, bytes, 0))
        return 0;
    AG_LINUX(TAKEN) = 0;
    return then;
}

/* A byte at X1. */
AG_SEMIHOSTED(writec)
{
    if (!AG_CAN_READ(k->x[1], 1))
        return AG_SEMIHOSTING_FAILS(FAULT);
    return ag_write_then(AG_CALL_C, AG_STREAM_OUT, k->x[1], 1, 0);
}

/* A string at X1. What the host has taken of it is not gone through again. */
AG_SEMIHOSTED(write0)
{
    u64 bytes = AG_LINUX(TAKEN);
    for (;; bytes++) {
        if (!AG_CAN_READ(k->x[1] + bytes, 1))
            return AG_SEMIHOSTING_FAILS(FAULT);
        if (ag_load_8(AG_M, k->x[1] + bytes, AG_RELAXED) == 0)
            break;
    }
    return ag_write_then(AG_CALL_C, AG_STREAM_OUT, k->x[1], bytes, 0);
}

/* Gives how many bytes were not written. */
AG_SEMIHOSTED(write)
{
    const u32 stream = ag_handle(k, AG_FIELD(0));
    const u64 address = AG_FIELD(1), bytes = AG_FIELD(2);
    if (!ag_is_output(stream))
        AG_LINUX(ERRNO) = AG_E_BADF;
    else if (!AG_CAN_READ(address, bytes))
        AG_LINUX(ERRNO) = AG_E_FAULT;
    else
        return ag_write_then(AG_CALL_C, stream, address, bytes, 0);
    return bytes;
}

/* -- Input ------------------------------------------------------------------ */

AG_CALL_FN u64 ag_read_features(AG_CALL_CTX, u64 handle, u64 address,
                                u64 bytes)
{
    const u64 at = AG_REGION((u32)handle);
    u64 i;
    for (i = 0; i < bytes && at + i < AG_FEATURES_BYTES; i++)
        ag_store_8(AG_M, address + i, AG_FEATURES >> 8 * (at + i) & 0xff,
                   AG_RELAXED);
    AG_REGION((u32)handle) = at + i;
    return i;
}

/* Gives how many bytes were not read: all at the end. */
AG_SEMIHOSTED(read)
{
    const u64 handle = AG_FIELD(0), address = AG_FIELD(1), bytes = AG_FIELD(2);
    const u32 stream = ag_handle(k, handle);
    if (stream != AG_STREAM_IN && stream != AG_STREAM_FEATURES)
        AG_LINUX(ERRNO) = AG_E_BADF;
    else if (!AG_CAN_WRITE(address, bytes))
        AG_LINUX(ERRNO) = AG_E_FAULT;
    else if (stream == AG_STREAM_IN)
        return bytes - ag_read_some(AG_CALL_C, address, bytes);
    else
        return bytes - ag_read_features(AG_CALL_C, handle, address, bytes);
    return bytes;
}

/* A byte from the console. There is no end of file: who asks for more than
   there is waits for ever. */
AG_SEMIHOSTED(readc)
{
    u64 at;
    if (ag_find_input(AG_CALL_C, &at) == 0)
        return ag_call_blocks(AG_CALL_C);
    AG_LINUX(INPUT_AT)++;
    return ((AG_GLOBAL const u8 *)k->input)[at];
}

/* -- Handles ---------------------------------------------------------------- */

AG_SEMIHOSTED(iserror)
{
    return AG_FIELD(0) >> 63;
}

/* Nobody sits there: a stream is no terminal. */
AG_SEMIHOSTED(istty)
{
    return ag_handle(k, AG_FIELD(0)) == 0 ? AG_SEMIHOSTING_FAILS(BADF) : 0;
}

AG_SEMIHOSTED(seek)
{
    const u64 handle = AG_FIELD(0), at = AG_FIELD(1);
    const u32 stream = ag_handle(k, handle);
    if (stream == 0)
        return AG_SEMIHOSTING_FAILS(BADF);
    if (stream != AG_STREAM_FEATURES)
        return AG_SEMIHOSTING_FAILS(SPIPE);
    if (at > AG_FEATURES_BYTES)
        return AG_SEMIHOSTING_FAILS(INVAL);
    AG_REGION((u32)handle) = at;
    return 0;
}

AG_SEMIHOSTED(flen)
{
    const u32 stream = ag_handle(k, AG_FIELD(0));
    return stream == 0                    ? AG_SEMIHOSTING_FAILS(BADF)
           : stream == AG_STREAM_FEATURES ? AG_FEATURES_BYTES
                                          : 0;
}

/* -- Where and when --------------------------------------------------------- */

/* Hundredths of a second; seconds; ticks of a nanosecond, to X1. */
AG_SEMIHOSTED(clock)
{
    return ag_now(AG_CALL_C) / (AG_SECOND / 100);
}
AG_SEMIHOSTED(time)
{
    return ag_now(AG_CALL_C) / AG_SECOND;
}
AG_SEMIHOSTED(elapsed)
{
    if (!AG_CAN_WRITE(k->x[1], 8))
        return AG_SEMIHOSTING_FAILS(FAULT);
    AG_PUT(k->x[1], ag_now(AG_CALL_C), 8);
    return 0;
}

#define AG_SEMIHOSTING_GIVES(name, value)                                      \
    AG_SEMIHOSTED(name)                                                        \
    {                                                                          \
        (void)c, (void)k;                                                      \
        return (value);                                                        \
    }
AG_SEMIHOSTING_GIVES(tickfreq, AG_SECOND)
AG_SEMIHOSTING_GIVES(last_error, AG_LINUX(ERRNO))
AG_SEMIHOSTING_GIVES(tmpnam, AG_SEMIHOSTING_FAILS(ROFS))
AG_SEMIHOSTING_GIVES(remove, AG_SEMIHOSTING_FAILS(ROFS))
AG_SEMIHOSTING_GIVES(rename, AG_SEMIHOSTING_FAILS(ROFS))
AG_SEMIHOSTING_GIVES(system, AG_SEMIHOSTING_FAILS(NOSYS))

/* The block has an address and the room there; the room becomes the length,
   without the zero at the end. */
AG_SEMIHOSTED(get_cmdline)
{
    const u64 address = AG_FIELD(0), room = AG_FIELD(1);
    u64 at, bytes = ag_find_listed(AG_CALL_C, k->input[AG_INPUT_LINES], &at);
    if (bytes >= room)
        return AG_SEMIHOSTING_FAILS(RANGE);
    if (!AG_CAN_WRITE(address, bytes + 1) || !AG_CAN_WRITE(k->x[1] + 8, 8))
        return AG_SEMIHOSTING_FAILS(FAULT);
    ag_call_copy_in(AG_M, k->input, at, address, bytes);
    ag_store_8(AG_M, address + bytes, 0, AG_RELAXED);
    AG_PUT(k->x[1] + 8, bytes, 8);
    return 0;
}

/* The field leads to four words: heap and its limit, stack and its limit. */
AG_SEMIHOSTED(heapinfo)
{
    const u64 to = AG_FIELD(0);
    if (!AG_CAN_WRITE(to, 32))
        return AG_SEMIHOSTING_FAILS(FAULT);
    AG_PUT(to, k->input[AG_INPUT_HEAP], 8);
    AG_PUT(to + 8, k->input[AG_INPUT_HEAP_END], 8);
    AG_PUT(to + 16, k->input[AG_INPUT_STACK_TOP], 8);
    AG_PUT(to + 24, k->input[AG_INPUT_STACK], 8);
    return 0;
}

/* -- The end ---------------------------------------------------------------- */

/* Fields: why, and a status if it is an exit. All other reasons are failures,
   and so is no block. */
#define AG_APPLICATION_EXIT 0x20026u
AG_SEMIHOSTED(exit)
{
    u64 status = 1;
    if (AG_CAN_READ(k->x[1], 16) && AG_FIELD(0) == AG_APPLICATION_EXIT)
        status = AG_FIELD(1) & 0xff;
    return ag_call_exits(AG_CALL_C, status);
}
AG_SEMIHOSTED(exit_extended)
{
    return ag_semihosting_exit(AG_CALL_C);
}

AG_INLINE u64 ag_semihosting_of(AG_CALL_CTX)
{
    switch (k->number) {
#define AG_SEMIHOSTING_CASE(number, name, fields)                              \
    case number:                                                               \
        if (!AG_CAN_READ(k->x[1], (fields)*8))                                 \
            return AG_SEMIHOSTING_FAILS(FAULT);                                \
        return ag_semihosting_##name(AG_CALL_C);
        AG_SEMIHOSTING(AG_SEMIHOSTING_CASE)
#undef AG_SEMIHOSTING_CASE
    default:
        break;
    }
    if (k->input[AG_INPUT_STRICT] == 0)
        return AG_SEMIHOSTING_FAILS(NOSYS);
    ag_stop(c, AG_STOP_SYSCALL, k->number);
    k->became = AG_END_TURN;
    return k->x[0];
}

#endif
