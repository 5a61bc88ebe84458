/*
 * A system call of a lane that runs a Linux process: what every call is given,
 * and how it reaches the lane's memory. Calls work on a lane as its turn left
 * it in the state buffer: registers and PC are there, and only X0 changes.
 *
 * A call gives what X0 becomes; k->became says what became of the SVC (lane.h):
 * AG_NEXT if it executed, AG_WAIT if the lane comes back to it when the host has
 * done something, or how it stopped. Whatever a call has to refuse it refuses
 * before it changes anything, and every pointer is tested, never trusted.
 */
#ifndef AG_LINUX_CALL_H
#define AG_LINUX_CALL_H

#include "lane/buffers.h"
#include "lane/memory.h"
#include "linux/records.h"

typedef struct ag_call {
    AG_GLOBAL u64 *rows; /* of plane LINUX */
    AG_GLOBAL const u64 *input;
    AG_GLOBAL u64 *output; /* the slot's */
    u64 x[6];
    u64 number;
    u32 became;
} ag_call;

#define AG_LINUX(ROW) (k->rows[AG_LINUX_##ROW * AG_BLOCK])

/* Where kernels have one layout it is a constant in functions of their own; the
   CPU's are inlined into one for each layout. */
#if AG_IS_COMPILED_ONCE
#define AG_CALL_FN AG_INLINE
#define AG_M c, layout
#else
#define AG_CALL_FN AG_NOINLINE
#define AG_M c, AG_LAYOUT
#endif
#define AG_CALL_CTX AG_CTX, AG_PRIVATE ag_call *k AG_UNUSED
#define AG_CALL_C c, layout, k
#define AG_SYSCALL(name) AG_CALL_FN u64 ag_call_##name(AG_CALL_CTX)

/* What X0 is for an error. */
#define AG_FAILS(error) ((u64)0 - AG_E_##error)

/* Its one process and thread, and who they are. */
#define AG_PID 2
#define AG_PARENT 1
#define AG_MOST_PATH 4096

/* -- The lane's memory ------------------------------------------------------ */

#define AG_CAN_READ(address, bytes)                                            \
    ag_is_inside(AG_M, (address), (bytes), AG_ACCESS_READ)
#define AG_CAN_WRITE(address, bytes)                                           \
    ag_is_inside(AG_M, (address), (bytes), AG_ACCESS_WRITE)
/* Of tested addresses, of any alignment. */
#define AG_GET(address, bytes) ag_load(AG_M, (address), (bytes), AG_RELAXED)
#define AG_PUT(address, value, bytes)                                          \
    ag_store(AG_M, (address), (value), (bytes), AG_RELAXED)

/* Zeros in [address, address + bytes), whole words. What is zero is left: then
   nothing has changed there. */
AG_CALL_FN void ag_call_zero(AG_CTX, u64 address, u64 bytes)
{
    u64 end = address + bytes;
    for (; address < end; address += 8)
        if (ag_load_64(AG_M, address, AG_RELAXED) != 0)
            ag_store_64(AG_M, address, 0, AG_RELAXED);
}

/* Fills a tested structure with zeros, of any alignment. */
AG_CALL_FN void ag_call_clear(AG_CTX, u64 address, u32 bytes)
{
    u32 i;
    for (i = 0; i < bytes; i += 8)
        AG_PUT(address + i, 0, 8);
}

/* Words that are copied at once: all are asked for before the first has come, which
   takes a GPU as long as one. */
#define AG_COPIED 8

/* AG_COPIED words at a tested address of any alignment. No word has bytes in memory
   and beside it. */
AG_INLINE void ag_call_get_words(AG_CTX, u64 address, AG_PRIVATE u64 *words)
{
    const u32 shift = (u32)(address & 7) * 8;
    u64 w[AG_COPIED + 1];
    u32 i;
    address &= ~(u64)7;
    w[AG_COPIED] = 0;
    for (i = 0; i < AG_COPIED; i++)
        w[i] = ag_load_64(AG_M, address + 8 * i, AG_RELAXED);
    if (shift != 0)
        w[AG_COPIED] = ag_load_64(AG_M, address + 8 * AG_COPIED, AG_RELAXED);
    for (i = 0; i < AG_COPIED; i++)
        words[i] = shift == 0 ? w[i] : w[i] >> shift | w[i + 1] << (64 - shift);
}

/* From the lane's memory to words of the host's: `at` is a byte of `to`. */
AG_CALL_FN void ag_call_copy_out(AG_CTX, AG_GLOBAL u64 *to, u64 at, u64 address,
                                 u64 bytes)
{
    AG_GLOBAL u8 *byte = (AG_GLOBAL u8 *)to;
    const u64 end = at + bytes;
    u64 words[AG_COPIED];
    u32 i;
    while (at < end) {
        if ((at & 7) != 0 || end - at < 8) {
            byte[at++] = (u8)ag_load_8(AG_M, address++, AG_RELAXED);
            continue;
        }
        if (end - at < 8 * AG_COPIED) {
            to[at / 8] = AG_GET(address, 8);
            at += 8;
            address += 8;
            continue;
        }
        ag_call_get_words(AG_M, address, words);
        for (i = 0; i < AG_COPIED; i++)
            to[at / 8 + i] = words[i];
        at += 8 * AG_COPIED;
        address += 8 * AG_COPIED;
    }
}

/* The other way. */
AG_CALL_FN void ag_call_copy_in(AG_CTX, AG_GLOBAL const u64 *from, u64 at,
                                u64 address, u64 bytes)
{
    AG_GLOBAL const u8 *byte = (AG_GLOBAL const u8 *)from;
    const u64 end = at + bytes;
    const u32 is_alike = ((at ^ address) & 7) == 0;
    u64 words[AG_COPIED];
    u32 i;
    while (at < end) {
        if (!is_alike || (at & 7) != 0 || end - at < 8) {
            ag_store_8(AG_M, address++, byte[at++], AG_RELAXED);
            continue;
        }
        if (end - at < 8 * AG_COPIED) {
            ag_store_64(AG_M, address, from[at / 8], AG_RELAXED);
            at += 8;
            address += 8;
            continue;
        }
        for (i = 0; i < AG_COPIED; i++)
            words[i] = from[at / 8 + i];
        for (i = 0; i < AG_COPIED; i++)
            ag_store_64(AG_M, address + 8 * i, words[i], AG_RELAXED);
        at += 8 * AG_COPIED;
        address += 8 * AG_COPIED;
    }
}

/* A path: its length, or what is wrong with it. */
AG_CALL_FN u64 ag_call_path(AG_CTX, u64 address)
{
    u64 n;
    for (n = 0; n < AG_MOST_PATH; n++) {
        if (!AG_CAN_READ(address + n, 1))
            return AG_FAILS(FAULT);
        if (ag_load_8(AG_M, address + n, AG_RELAXED) == 0)
            return n;
    }
    return AG_FAILS(NAMETOOLONG);
}
#define AG_IS_ERROR(x) ((x) >= (u64)0 - 4095)

/* -- Stopping, waiting ------------------------------------------------------ */

/* Nothing will ever wake the lane up. */
AG_INLINE u64 ag_call_blocks(AG_CALL_CTX)
{
    k->became = ag_stop(c, AG_STOP_DEADLOCK, k->number);
    return 0;
}

AG_INLINE u64 ag_call_exits(AG_CALL_CTX, u64 status)
{
    ag_stop(c, AG_STOP_EXIT, status);
    k->became = AG_END_TURN;
    return k->x[0];
}

/* The lane comes back to the call when the host has done its part. */
AG_INLINE u64 ag_call_asks(AG_CALL_CTX, u64 asked, u64 address)
{
    AG_LINUX(ASKED) = asked;
    k->became = ag_request(c, AG_REQUEST_CALL, address);
    return 0;
}

/* The host executes it, with what the kernel has tested; the lane comes back for
   the answer (ag_call_of()). */
AG_INLINE u64 ag_call_by_host(AG_CALL_CTX)
{
    return ag_call_asks(AG_CALL_C, AG_ASKED_FILES, AG_REQUEST_FILES);
}

#endif
