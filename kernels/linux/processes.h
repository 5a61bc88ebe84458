/*
 * A process that is alone: how it ends, who it is, what it may use. It has one
 * thread, no children, and a parent that nobody sees.
 */
#ifndef AG_LINUX_PROCESSES_H
#define AG_LINUX_PROCESSES_H

#include "lane/random.h"
#include "linux/call.h"

AG_SYSCALL(exit)
{
    return ag_call_exits(AG_CALL_C, k->x[0] & 0xff);
}
AG_SYSCALL(exit_group)
{
    return ag_call_exits(AG_CALL_C, k->x[0] & 0xff);
}

/* -- Numbers ---------------------------------------------------------------- */

#define AG_CALL_GIVES(name, value)                                             \
    AG_SYSCALL(name)                                                           \
    {                                                                          \
        (void)c, (void)k;                                                      \
        return (value);                                                        \
    }
AG_CALL_GIVES(set_tid_address, AG_PID)
AG_CALL_GIVES(getpid, AG_PID)
AG_CALL_GIVES(gettid, AG_PID)
AG_CALL_GIVES(getppid, AG_PARENT)
AG_CALL_GIVES(getuid, AG_USER)
AG_CALL_GIVES(geteuid, AG_USER)
AG_CALL_GIVES(getgid, AG_USER)
AG_CALL_GIVES(getegid, AG_USER)
AG_CALL_GIVES(sched_yield, 0)
AG_CALL_GIVES(sync, 0)
/* C libraries do without. */
AG_CALL_GIVES(rseq, AG_FAILS(NOSYS))
AG_CALL_GIVES(wait4, AG_FAILS(CHILD))
AG_CALL_GIVES(waitid, AG_FAILS(CHILD))
/* It leads its group already. */
AG_CALL_GIVES(setsid, AG_FAILS(PERM))

AG_INLINE u32 ag_is_self(u64 pid)
{
    return (u32)pid == 0 || (u32)pid == AG_PID;
}
AG_SYSCALL(getpgid)
{
    return ag_is_self(k->x[0]) ? AG_PID : AG_FAILS(SRCH);
}
AG_SYSCALL(getsid)
{
    return ag_is_self(k->x[0]) ? AG_PID : AG_FAILS(SRCH);
}
AG_SYSCALL(setpgid)
{
    return ag_is_self(k->x[0]) && ag_is_self(k->x[1]) ? 0 : AG_FAILS(PERM);
}
AG_CALL_FN u64 ag_put_three(AG_CALL_CTX, u32 value)
{
    u32 i;
    for (i = 0; i < 3; i++)
        if (!AG_CAN_WRITE(k->x[i], 4))
            return AG_FAILS(FAULT);
    for (i = 0; i < 3; i++)
        AG_PUT(k->x[i], value, 4);
    return 0;
}
AG_SYSCALL(getresuid)
{
    return ag_put_three(AG_CALL_C, AG_USER);
}
AG_SYSCALL(getresgid)
{
    return ag_put_three(AG_CALL_C, AG_USER);
}
/* It may become who it is; -1 in sets of several leaves one. */
AG_CALL_FN u64 ag_become(AG_CALL_CTX, u32 count)
{
    u32 i;
    (void)c;
    for (i = 0; i < count; i++)
        if ((u32)k->x[i] != AG_USER &&
            (count == 1 || (u32)k->x[i] != 0xffffffffu))
            return (u32)k->x[i] == 0xffffffffu ? AG_FAILS(INVAL)
                                               : AG_FAILS(PERM);
    return 0;
}
AG_CALL_GIVES(setuid, ag_become(AG_CALL_C, 1))
AG_CALL_GIVES(setgid, ag_become(AG_CALL_C, 1))
AG_CALL_GIVES(setreuid, ag_become(AG_CALL_C, 2))
AG_CALL_GIVES(setregid, ag_become(AG_CALL_C, 2))
AG_CALL_GIVES(setresuid, ag_become(AG_CALL_C, 3))
AG_CALL_GIVES(setresgid, ag_become(AG_CALL_C, 3))
AG_SYSCALL(getgroups)
{
    return (i32)(u32)k->x[0] < 0 ? AG_FAILS(INVAL) : 0;
}

/* Noted by nobody: there is one thread. */
AG_SYSCALL(set_robust_list)
{
    return k->x[1] == 24 ? 0 : AG_FAILS(INVAL);
}

AG_SYSCALL(umask)
{
    const u64 before = AG_LINUX(UMASK) ^ 022;
    AG_LINUX(UMASK) = (k->x[0] & 0777) ^ 022;
    return before;
}

/* -- The machine ------------------------------------------------------------ */

#define AG_NAME_BYTES 65
AG_TABLE u8 ag_machine_names[6][8] = {"Linux",   "armgpu",  "6.1.0",
                                      "#1",      "aarch64", "(none)"};
AG_SYSCALL(uname)
{
    u32 i, n;
    if (!AG_CAN_WRITE(k->x[0], 6 * AG_NAME_BYTES))
        return AG_FAILS(FAULT);
    for (i = 0; i < 6; i++)
        for (n = 0; n < AG_NAME_BYTES; n++)
            AG_PUT(k->x[0] + i * AG_NAME_BYTES + n,
                   n < 8 ? ag_machine_names[i][n] : 0, 1);
    return 0;
}

#define AG_LIMITS 16
#define AG_LIMIT_STACK 3
#define AG_LIMIT_FILES 7
AG_CALL_FN void ag_put_limit(AG_CALL_CTX, u64 resource, u64 address)
{
    u64 soft = ~(u64)0, hard = ~(u64)0;
    if (resource == AG_LIMIT_STACK)
        soft = (u64)8 << 20;
    if (resource == AG_LIMIT_FILES)
        soft = hard = 64; /* AG_DESCRIPTORS */
    AG_PUT(address, soft, 8);
    AG_PUT(address + 8, hard, 8);
}

/* Limits are accepted and do not hold. */
AG_CALL_FN u64 ag_limits(AG_CALL_CTX, u64 resource, u64 set, u64 old)
{
    resource = (u32)resource;
    if (resource >= AG_LIMITS)
        return AG_FAILS(INVAL);
    if (set != 0 && !AG_CAN_READ(set, 16))
        return AG_FAILS(FAULT);
    if (set != 0 && AG_GET(set, 8) > AG_GET(set + 8, 8))
        return AG_FAILS(INVAL);
    if (old != 0 && !AG_CAN_WRITE(old, 16))
        return AG_FAILS(FAULT);
    if (old != 0)
        ag_put_limit(AG_CALL_C, resource, old);
    return 0;
}
AG_SYSCALL(prlimit64)
{
    if (!ag_is_self(k->x[0]))
        return (u32)k->x[1] >= AG_LIMITS ? AG_FAILS(INVAL) : AG_FAILS(SRCH);
    return ag_limits(AG_CALL_C, k->x[1], k->x[2], k->x[3]);
}
AG_SYSCALL(getrlimit)
{
    if ((u32)k->x[0] < AG_LIMITS && k->x[1] == 0)
        return AG_FAILS(FAULT);
    return ag_limits(AG_CALL_C, k->x[0], 0, k->x[1]);
}
AG_SYSCALL(setrlimit)
{
    if (k->x[1] == 0)
        return AG_FAILS(FAULT);
    return ag_limits(AG_CALL_C, k->x[0], k->x[1], 0);
}

/* One processor. */
AG_SYSCALL(sched_getaffinity)
{
    if (k->x[1] == 0 || (k->x[1] & 7) != 0)
        return AG_FAILS(INVAL);
    if (!ag_is_self(k->x[0]))
        return AG_FAILS(SRCH);
    if (!AG_CAN_WRITE(k->x[2], 8))
        return AG_FAILS(FAULT);
    AG_PUT(k->x[2], 1, 8);
    return 8;
}
AG_SYSCALL(getcpu)
{
    if ((k->x[0] != 0 && !AG_CAN_WRITE(k->x[0], 4)) ||
        (k->x[1] != 0 && !AG_CAN_WRITE(k->x[1], 4)))
        return AG_FAILS(FAULT);
    if (k->x[0] != 0)
        AG_PUT(k->x[0], 0, 4);
    if (k->x[1] != 0)
        AG_PUT(k->x[1], 0, 4);
    return 0;
}
/* SCHED_OTHER, whose only priority is 0. */
AG_SYSCALL(sched_getscheduler)
{
    return ag_is_self(k->x[0]) ? 0 : AG_FAILS(SRCH);
}
AG_SYSCALL(sched_getparam)
{
    if (!ag_is_self(k->x[0]))
        return AG_FAILS(SRCH);
    if (!AG_CAN_WRITE(k->x[1], 4))
        return AG_FAILS(FAULT);
    AG_PUT(k->x[1], 0, 4);
    return 0;
}
AG_CALL_FN u64 ag_priority(u64 policy, u64 most)
{
    policy = (u32)policy;
    if (policy == 1 || policy == 2)
        return most;
    return policy == 0 || policy == 3 || policy == 5 || policy == 6
               ? 0
               : AG_FAILS(INVAL);
}
AG_SYSCALL(sched_get_priority_max)
{
    return ag_priority(k->x[0], 99);
}
AG_SYSCALL(sched_get_priority_min)
{
    return ag_priority(k->x[0], 1);
}
/* 20 - nice. */
AG_SYSCALL(getpriority)
{
    return (u32)k->x[0] > 2 ? AG_FAILS(INVAL) : 20;
}

AG_SYSCALL(sysinfo)
{
    const u64 heap = k->input[AG_INPUT_HEAP_END] - k->input[AG_INPUT_HEAP];
    if (!AG_CAN_WRITE(k->x[0], 112))
        return AG_FAILS(FAULT);
    ag_call_clear(AG_M, k->x[0], 112);
    AG_PUT(k->x[0], (c->cycles + AG_LINUX(SLEPT)) / 1000000000, 8);
    AG_PUT(k->x[0] + 32, heap, 8);                   /* totalram */
    AG_PUT(k->x[0] + 40, heap - AG_LINUX(BREAK), 8); /* freeram */
    AG_PUT(k->x[0] + 80, 1, 2);                      /* procs */
    AG_PUT(k->x[0] + 104, 1, 4);                     /* mem_unit */
    return 0;
}

/* None of its commands: there is nobody to order accesses for. */
AG_SYSCALL(membarrier)
{
    return (u32)k->x[0] == 0 && (u32)k->x[1] == 0 ? 0 : AG_FAILS(INVAL);
}

AG_SYSCALL(prctl)
{
    switch ((u32)k->x[0]) {
    case 1:  /* PR_SET_PDEATHSIG */
    case 4:  /* PR_SET_DUMPABLE */
    case 38: /* PR_SET_NO_NEW_PRIVS */
    case 39: /* PR_GET_NO_NEW_PRIVS */
        return 0;
    case 3: /* PR_GET_DUMPABLE */
        return 1;
    case 15: /* PR_SET_NAME, which is not kept */
        return AG_CAN_READ(k->x[1], 1) ? 0 : AG_FAILS(FAULT);
    case 16: /* PR_GET_NAME */
        if (!AG_CAN_WRITE(k->x[1], 16))
            return AG_FAILS(FAULT);
        ag_call_clear(AG_M, k->x[1], 16);
        return 0;
    default:
        return AG_FAILS(INVAL);
    }
}

/* -- Random ----------------------------------------------------------------- */

/* The lane's own sequence, of which AT_RANDOM's bytes are the beginning: what a
   C library's canaries are made of nobody is given. */
#define AG_MOST_RANDOM ((u64)0x1ffffff)
AG_SYSCALL(getrandom)
{
    const u64 address = k->x[0], flags = (u32)k->x[2];
    u64 bytes = k->x[1], i, word = 0, n = AG_LINUX(RANDOM);
    if (flags > 6 || (flags & 6) == 6)
        return AG_FAILS(INVAL);
    if (!AG_CAN_WRITE(address, bytes))
        return AG_FAILS(FAULT);
    if (bytes > AG_MOST_RANDOM)
        bytes = AG_MOST_RANDOM;
    for (i = 0; i < bytes; i++) {
        if (i % 8 == 0)
            word = ag_random_64(k->input[AG_INPUT_SEED],
                                AG_STATE(AG_STATE_LANE),
                                AG_RANDOM_BYTES / 8 + n++);
        ag_store_8(AG_M, address + i, word >> i % 8 * 8, AG_RELAXED);
    }
    AG_LINUX(RANDOM) = n;
    return bytes;
}

#endif
