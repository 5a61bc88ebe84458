/*
 * Signals are recorded and not delivered: which are ignored, blocked, pending.
 * One that a process sends itself and that would end it ends it, as would one
 * that it has a handler for: the lane exits with 128 + its number, as a shell
 * says it.
 */
#ifndef AG_LINUX_SIGNALS_H
#define AG_LINUX_SIGNALS_H

#include "linux/clock.h"

#define AG_SIGNALS 64
#define AG_SIGNAL(n) ((u64)1 << ((n)-1))
#define AG_SIGKILL 9
#define AG_SIGSTOP 19
#define AG_NEVER_BLOCKED (AG_SIGNAL(AG_SIGKILL) | AG_SIGNAL(AG_SIGSTOP))
/* Those without consequence: SIGCHLD, SIGCONT, SIGURG, SIGWINCH. */
#define AG_NOT_HEEDED                                                          \
    (AG_SIGNAL(17) | AG_SIGNAL(18) | AG_SIGNAL(23) | AG_SIGNAL(28))
/* Those that stop a process until another one wakes it up. */
#define AG_STOPPING                                                            \
    (AG_SIGNAL(19) | AG_SIGNAL(20) | AG_SIGNAL(21) | AG_SIGNAL(22))

/* What comes of signals that are not blocked any more. */
AG_CALL_FN u64 ag_take_signals(AG_CALL_CTX)
{
    const u64 heeded = AG_LINUX(PENDING) & ~AG_LINUX(BLOCKED);
    u32 n;
    for (n = 1; n <= AG_SIGNALS && heeded != 0; n++) {
        const u64 bit = AG_SIGNAL(n);
        if ((heeded & bit) == 0)
            continue;
        AG_LINUX(PENDING) &= ~bit;
        if ((bit & (AG_LINUX(IGNORED) | AG_NOT_HEEDED)) != 0)
            continue;
        return (bit & AG_STOPPING) != 0 ? ag_call_blocks(AG_CALL_C)
                                        : ag_call_exits(AG_CALL_C, 128 + n);
    }
    return 0;
}

/* To the process itself; 0 only asks whether it is there. */
AG_CALL_FN u64 ag_send_signal(AG_CALL_CTX, u64 signal)
{
    signal = (u32)signal;
    if (signal > AG_SIGNALS)
        return AG_FAILS(INVAL);
    if (signal == 0)
        return 0;
    if ((AG_LINUX(IGNORED) & AG_SIGNAL(signal)) != 0 &&
        (AG_LINUX(BLOCKED) & AG_SIGNAL(signal)) == 0)
        return 0;
    AG_LINUX(PENDING) |= AG_SIGNAL(signal);
    return ag_take_signals(AG_CALL_C);
}

/* By its number, or as its group. */
AG_SYSCALL(kill)
{
    const u32 pid = (u32)k->x[0];
    if (pid == 0 || pid == AG_PID || pid == 0 - (u32)AG_PID)
        return ag_send_signal(AG_CALL_C, k->x[1]);
    if ((u32)k->x[1] > AG_SIGNALS)
        return AG_FAILS(INVAL);
    return pid == AG_PARENT ? AG_FAILS(PERM) : AG_FAILS(SRCH);
}
AG_CALL_FN u64 ag_signal_thread(AG_CALL_CTX, u64 tgid, u64 tid, u64 signal)
{
    if ((i32)(u32)tgid <= 0 || (i32)(u32)tid <= 0)
        return AG_FAILS(INVAL);
    if ((u32)tgid != AG_PID || (u32)tid != AG_PID)
        return AG_FAILS(SRCH);
    return ag_send_signal(AG_CALL_C, signal);
}
AG_SYSCALL(tkill)
{
    return ag_signal_thread(AG_CALL_C, AG_PID, k->x[0], k->x[1]);
}
AG_SYSCALL(tgkill)
{
    return ag_signal_thread(AG_CALL_C, k->x[0], k->x[1], k->x[2]);
}

/* Of what is set it is kept whether the signal is ignored. */
AG_SYSCALL(rt_sigaction)
{
    const u64 n = (u32)k->x[0], set = k->x[1], old = k->x[2];
    u64 handler = 0, ignored = AG_LINUX(IGNORED), bit;
    if (k->x[3] != 8)
        return AG_FAILS(INVAL);
    if (set != 0 && !AG_CAN_READ(set, 32))
        return AG_FAILS(FAULT);
    if (n < 1 || n > AG_SIGNALS ||
        (set != 0 && (n == AG_SIGKILL || n == AG_SIGSTOP)))
        return AG_FAILS(INVAL);
    if (old != 0 && !AG_CAN_WRITE(old, 32))
        return AG_FAILS(FAULT);
    bit = AG_SIGNAL(n);
    if (set != 0)
        handler = AG_GET(set, 8);
    if (old != 0) {
        ag_call_clear(AG_M, old, 32);
        AG_PUT(old, (ignored & bit) != 0 ? 1 : 0, 8);
    }
    if (set == 0)
        return 0;
    AG_LINUX(IGNORED) = handler == 1 ? ignored | bit : ignored & ~bit;
    if (handler == 1)
        AG_LINUX(PENDING) &= ~bit;
    return 0;
}

AG_SYSCALL(rt_sigprocmask)
{
    const u64 how = (u32)k->x[0], set = k->x[1], old = k->x[2];
    const u64 before = AG_LINUX(BLOCKED);
    u64 mask;
    if (k->x[3] != 8)
        return AG_FAILS(INVAL);
    if (set != 0) {
        if (!AG_CAN_READ(set, 8))
            return AG_FAILS(FAULT);
        mask = AG_GET(set, 8) & ~AG_NEVER_BLOCKED;
        if (how > 2)
            return AG_FAILS(INVAL);
        AG_LINUX(BLOCKED) = how == 0   ? before | mask
                            : how == 1 ? before & ~mask
                                       : mask;
    }
    if (old != 0) {
        if (!AG_CAN_WRITE(old, 8))
            return AG_FAILS(FAULT);
        AG_PUT(old, before, 8);
    }
    return ag_take_signals(AG_CALL_C);
}

AG_SYSCALL(rt_sigpending)
{
    if (k->x[1] > 8)
        return AG_FAILS(INVAL);
    if (!AG_CAN_WRITE(k->x[0], 8))
        return AG_FAILS(FAULT);
    AG_PUT(k->x[0], AG_LINUX(PENDING) & AG_LINUX(BLOCKED), 8);
    return 0;
}

/* Nobody sends any. */
AG_SYSCALL(rt_sigsuspend)
{
    if (k->x[1] != 8)
        return AG_FAILS(INVAL);
    return AG_CAN_READ(k->x[0], 8) ? ag_call_blocks(AG_CALL_C)
                                   : AG_FAILS(FAULT);
}

#define AG_STACK_DISABLED 2
#define AG_LEAST_STACK 5120
AG_SYSCALL(sigaltstack)
{
    const u64 set = k->x[0], old = k->x[1];
    u64 mode = 0, base = 0, bytes = 0;
    if (set != 0) {
        if (!AG_CAN_READ(set, 24))
            return AG_FAILS(FAULT);
        base = AG_GET(set, 8);
        mode = AG_GET(set + 8, 4) & 0x7fffffff;
        bytes = AG_GET(set + 16, 8);
        if (mode > AG_STACK_DISABLED)
            return AG_FAILS(INVAL);
        if (mode != AG_STACK_DISABLED && bytes < AG_LEAST_STACK)
            return AG_FAILS(NOMEM);
    }
    if (old != 0) {
        if (!AG_CAN_WRITE(old, 24))
            return AG_FAILS(FAULT);
        ag_call_clear(AG_M, old, 24);
        AG_PUT(old, AG_LINUX(STACK), 8);
        AG_PUT(old + 8, AG_LINUX(STACK_SIZE) == 0 ? AG_STACK_DISABLED : 0, 4);
        AG_PUT(old + 16, AG_LINUX(STACK_SIZE), 8);
    }
    if (set != 0) {
        AG_LINUX(STACK) = mode == AG_STACK_DISABLED ? 0 : base;
        AG_LINUX(STACK_SIZE) = mode == AG_STACK_DISABLED ? 0 : bytes;
    }
    return 0;
}

/* -- Futexes ---------------------------------------------------------------- */

/* A process of one thread wakes nobody, and is woken by nobody. */
AG_CALL_FN u64 ag_futex_waits(AG_CALL_CTX, u32 is_absolute)
{
    const u64 timeout = k->x[3];
    u64 error = ag_check_timeout(AG_CALL_C, timeout);
    if (error != 0)
        return error;
    if (!AG_CAN_READ(k->x[0], 4))
        return AG_FAILS(FAULT);
    if (AG_GET(k->x[0], 4) != (u32)k->x[2])
        return AG_FAILS(AGAIN);
    if (timeout == 0)
        return ag_call_blocks(AG_CALL_C);
    if (is_absolute)
        ag_sleep_until(AG_CALL_C, ag_get_time(AG_CALL_C, timeout));
    else
        ag_sleep(AG_CALL_C, ag_get_time(AG_CALL_C, timeout));
    return AG_FAILS(TIMEDOUT);
}

AG_SYSCALL(futex)
{
    const u32 what = (u32)k->x[1] & 127;
    if (what > 10 || what == 2 || (what >= 5 && what <= 8))
        return AG_FAILS(NOSYS); /* of priorities, files, and two in one */
    if (what >= 9 && (u32)k->x[5] == 0)
        return AG_FAILS(INVAL);
    if ((k->x[0] & 3) != 0)
        return AG_FAILS(INVAL);
    if (what == 0 || what == 9)
        return ag_futex_waits(AG_CALL_C, what == 9);
    if (!AG_CAN_READ(k->x[0], 4))
        return AG_FAILS(FAULT);
    return what == 4 && AG_GET(k->x[0], 4) != (u32)k->x[5] ? AG_FAILS(AGAIN)
                                                          : 0;
}

#endif
