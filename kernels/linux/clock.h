/*
 * Time, which is the lane's own: an instruction takes a nanosecond, and who
 * sleeps is behind at once. All clocks begin at 0, the calendar's too (1970);
 * processors' clocks do not count sleep.
 */
#ifndef AG_LINUX_CLOCK_H
#define AG_LINUX_CLOCK_H

#include "linux/call.h"

#define AG_SECOND ((u64)1000000000)
#define AG_FOR_EVER ((u64)1 << 63) /* as long, and longer */

AG_INLINE u64 ag_now(AG_CALL_CTX)
{
    return c->cycles + AG_LINUX(SLEPT);
}

AG_CALL_FN void ag_sleep(AG_CALL_CTX, u64 nanoseconds)
{
    const u64 slept = AG_LINUX(SLEPT);
    AG_LINUX(SLEPT) = nanoseconds < AG_FOR_EVER - 1 - slept ? slept + nanoseconds
                                                           : AG_FOR_EVER - 1;
}

/* A struct timespec, tested. */
AG_CALL_FN u64 ag_get_time(AG_CALL_CTX, u64 address)
{
    const u64 seconds = AG_GET(address, 8);
    return seconds >= (AG_FOR_EVER - 1) / AG_SECOND
               ? AG_FOR_EVER - 1
               : seconds * AG_SECOND + AG_GET(address + 8, 8);
}

/* 0 if a struct timespec may be read there and is one; none at 0 is fine. */
AG_CALL_FN u64 ag_check_timeout(AG_CALL_CTX, u64 address)
{
    if (address == 0)
        return 0;
    if (!AG_CAN_READ(address, 16))
        return AG_FAILS(FAULT);
    return AG_GET(address, 8) >> 63 != 0 || AG_GET(address + 8, 8) >= AG_SECOND
               ? AG_FAILS(INVAL)
               : 0;
}

/* Seconds and parts of `part` nanoseconds. */
AG_CALL_FN u64 ag_put_time(AG_CALL_CTX, u64 address, u64 time, u64 part)
{
    if (!AG_CAN_WRITE(address, 16))
        return AG_FAILS(FAULT);
    AG_PUT(address, time / AG_SECOND, 8);
    AG_PUT(address + 8, time % AG_SECOND / part, 8);
    return 0;
}

/* Clocks: 0 there is none, 1 of the world, 2 of the processor, 3 coarse. */
AG_CALL_FN u32 ag_clock_kind(u64 id)
{
    switch ((u32)id) {
    case 2: /* of process and thread */
    case 3:
    case 0xfffffffa: /* the same by their number, which is 0 */
    case 0xfffffffe:
        return 2;
    case 5:
    case 6:
        return 3;
    case 0:
    case 1:
    case 4:
    case 7:
    case 8:
    case 9:
    case 11:
        return 1;
    default:
        return 0;
    }
}

AG_SYSCALL(clock_gettime)
{
    const u32 kind = ag_clock_kind(k->x[0]);
    if (kind == 0)
        return AG_FAILS(INVAL);
    return ag_put_time(AG_CALL_C, k->x[1],
                       kind == 2 ? c->cycles : ag_now(AG_CALL_C), 1);
}

AG_SYSCALL(clock_getres)
{
    const u32 kind = ag_clock_kind(k->x[0]);
    if (kind == 0)
        return AG_FAILS(INVAL);
    return k->x[1] == 0
               ? 0
               : ag_put_time(AG_CALL_C, k->x[1], kind == 3 ? 4000000 : 1, 1);
}

AG_SYSCALL(gettimeofday)
{
    if ((k->x[0] != 0 && !AG_CAN_WRITE(k->x[0], 16)) ||
        (k->x[1] != 0 && !AG_CAN_WRITE(k->x[1], 8)))
        return AG_FAILS(FAULT);
    if (k->x[0] != 0)
        ag_put_time(AG_CALL_C, k->x[0], ag_now(AG_CALL_C), 1000);
    if (k->x[1] != 0)
        AG_PUT(k->x[1], 0, 8); /* UTC */
    return 0;
}

AG_SYSCALL(nanosleep)
{
    u64 error = ag_check_timeout(AG_CALL_C, k->x[0]);
    if (error != 0 || k->x[0] == 0)
        return k->x[0] == 0 ? AG_FAILS(FAULT) : error;
    ag_sleep(AG_CALL_C, ag_get_time(AG_CALL_C, k->x[0]));
    return 0;
}

/* Until `time`, if that is still to come. */
AG_CALL_FN void ag_sleep_until(AG_CALL_CTX, u64 time)
{
    const u64 now = ag_now(AG_CALL_C);
    if (time > now)
        ag_sleep(AG_CALL_C, time - now);
}

AG_SYSCALL(clock_nanosleep)
{
    const u32 kind = ag_clock_kind(k->x[0]);
    u64 error = ag_check_timeout(AG_CALL_C, k->x[2]), time;
    if (kind == 0 || (u32)k->x[0] == 3)
        return AG_FAILS(INVAL);
    if (kind == 3 || (u32)k->x[0] == 4)
        return AG_FAILS(OPNOTSUPP);
    if (error != 0 || k->x[2] == 0)
        return k->x[2] == 0 ? AG_FAILS(FAULT) : error;
    time = ag_get_time(AG_CALL_C, k->x[2]);
    if ((k->x[1] & 1) != 0) /* TIMER_ABSTIME */
        ag_sleep_until(AG_CALL_C, time);
    else
        ag_sleep(AG_CALL_C, time);
    return 0;
}

/* Clock ticks, of which there are 100 in a second; where the others are: user
   time is all that there is. */
AG_SYSCALL(times)
{
    const u64 tick = AG_SECOND / 100;
    if (k->x[0] != 0) {
        if (!AG_CAN_WRITE(k->x[0], 32))
            return AG_FAILS(FAULT);
        ag_call_clear(AG_M, k->x[0], 32);
        AG_PUT(k->x[0], c->cycles / tick, 8);
    }
    return ag_now(AG_CALL_C) / tick;
}

AG_SYSCALL(getrusage)
{
    const u32 who = (u32)k->x[0];
    if (who > 1 && who != 0xffffffff)
        return AG_FAILS(INVAL);
    if (!AG_CAN_WRITE(k->x[1], 144))
        return AG_FAILS(FAULT);
    ag_call_clear(AG_M, k->x[1], 144);
    if (who <= 1)
        ag_put_time(AG_CALL_C, k->x[1], c->cycles, 1000);
    return 0;
}

#endif
