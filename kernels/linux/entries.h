/*
 * Links, modes, owners and times of files, which are the host's part as paths are
 * (files.h). Streams are pipes of the process: what may be changed of them has no
 * effect.
 */
#ifndef AG_LINUX_ENTRIES_H
#define AG_LINUX_ENTRIES_H

#include "linux/files.h"

#define AG_AT_NOFOLLOW 0x100
#define AG_AT_FOLLOW 0x400

/* Of an open file; what else is open gives `of_stream`. */
AG_CALL_FN u64 ag_call_of_open(AG_CALL_CTX, u64 of_stream)
{
    if (AG_STREAM(k->x[0]) == 0)
        return AG_FAILS(BADF);
    return AG_IS_FILE(k->x[0]) ? ag_call_by_host(AG_CALL_C) : of_stream;
}

/* -- Links ------------------------------------------------------------------ */

AG_SYSCALL(symlinkat)
{
    const u64 n = ag_call_path(AG_M, k->x[0]);
    if (n == 0)
        return AG_FAILS(NOENT);
    return AG_IS_ERROR(n) ? n : ag_call_of_path(AG_CALL_C, k->x[2], 1);
}
/* What is wrong with the first path comes first: the host looks at the second. */
AG_SYSCALL(linkat)
{
    const u64 flags = (u32)k->x[4];
    u64 n;
    if ((flags & ~(u64)(AG_AT_FOLLOW | AG_AT_EMPTY_PATH)) != 0)
        return AG_FAILS(INVAL);
    n = ag_call_path(AG_M, k->x[1]);
    if (n == 0 && (flags & AG_AT_EMPTY_PATH) != 0 &&
        (u32)k->x[0] != AG_AT_CWD)
        return ag_call_of_open(AG_CALL_C, AG_FAILS(XDEV));
    return AG_IS_ERROR(n) ? n : ag_call_of_path(AG_CALL_C, k->x[1], 0);
}

/* -- What a file has -------------------------------------------------------- */

/* Of one at the path in X1, or of an open one, if that is empty and may be. */
AG_CALL_FN u64 ag_call_of_entry(AG_CALL_CTX, u64 flags, u64 of_stream)
{
    u64 n;
    if ((flags & ~(u64)(AG_AT_NOFOLLOW | AG_AT_EMPTY_PATH)) != 0)
        return AG_FAILS(INVAL);
    n = ag_call_path(AG_M, k->x[1]);
    if (AG_IS_ERROR(n))
        return n;
    if (n == 0 && (flags & AG_AT_EMPTY_PATH) != 0 &&
        (u32)k->x[0] != AG_AT_CWD)
        return ag_call_of_open(AG_CALL_C, of_stream);
    return ag_call_of_path(AG_CALL_C, k->x[1], 0);
}

AG_SYSCALL(fchmod)
{
    return ag_call_of_open(AG_CALL_C, 0);
}
AG_SYSCALL(fchmodat)
{
    return ag_call_of_entry(AG_CALL_C, 0, 0);
}
AG_SYSCALL(fchmodat2)
{
    return ag_call_of_entry(AG_CALL_C, (u32)k->x[3], 0);
}

/* Whom a stream may be given to, who has it. */
AG_INLINE u64 ag_check_owner(u64 user, u64 group)
{
    const u32 any = 0xffffffffu;
    return ((u32)user != AG_USER && (u32)user != any) ||
                   ((u32)group != AG_USER && (u32)group != any)
               ? AG_FAILS(PERM)
               : 0;
}
AG_SYSCALL(fchown)
{
    return ag_call_of_open(AG_CALL_C, ag_check_owner(k->x[1], k->x[2]));
}
AG_SYSCALL(fchownat)
{
    return ag_call_of_entry(AG_CALL_C, (u32)k->x[4],
                            ag_check_owner(k->x[2], k->x[3]));
}

#define AG_UTIME_NOW 0x3fffffff
#define AG_UTIME_OMIT 0x3ffffffe
/* The nanoseconds of a time. */
AG_INLINE u32 ag_is_utime(u64 n)
{
    return n < 1000000000 || n == AG_UTIME_NOW || n == AG_UTIME_OMIT;
}
/* Where nothing is to be set, nothing else is looked at. */
AG_SYSCALL(utimensat)
{
    const u64 times = k->x[2], flags = (u32)k->x[3];
    u64 first = AG_UTIME_NOW, second = AG_UTIME_NOW, of_stream;
    if (times != 0 && !AG_CAN_READ(times, 32))
        return AG_FAILS(FAULT);
    if (times != 0) {
        first = AG_GET(times + 8, 8);
        second = AG_GET(times + 24, 8);
    }
    if (first == AG_UTIME_OMIT && second == AG_UTIME_OMIT)
        return 0;
    of_stream = ag_is_utime(first) && ag_is_utime(second) ? 0 : AG_FAILS(INVAL);
    if (k->x[1] != 0 || (u32)k->x[0] == AG_AT_CWD)
        return ag_call_of_entry(AG_CALL_C, flags, of_stream);
    return flags != 0 ? AG_FAILS(INVAL) : ag_call_of_open(AG_CALL_C, of_stream);
}

#endif
