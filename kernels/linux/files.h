/*
 * Descriptors as such, and the file system, which is the host's part where lanes
 * have files (AG_INPUT_FILES): what has to do with a path or a file is tested here
 * and executed there (src/core/files.h). Else it is empty: every path gives ENOENT.
 * Standard streams are pipes: nothing can be sought, mapped or resized,
 * and none is a terminal.
 */
#ifndef AG_LINUX_FILES_H
#define AG_LINUX_FILES_H

#include "linux/clock.h"
#include "linux/heap.h"
#include "linux/streams.h"

#define AG_AT_CWD ((u64)0xffffff9c) /* -100, an int */
#define AG_AT_EMPTY_PATH 0x1000
#define AG_O_CLOEXEC 02000000

/* -- Descriptors ------------------------------------------------------------ */

/* The first that is closed from `least` on. */
AG_CALL_FN u64 ag_duplicate(AG_CALL_CTX, u64 fd, u64 least, u32 cloexec)
{
    const u32 stream = AG_STREAM(fd);
    u64 to = least;
    while (to < AG_DESCRIPTORS && ag_descriptor(k, to) != 0)
        to++;
    if (to >= AG_DESCRIPTORS)
        return AG_FAILS(MFILE);
    ag_set_descriptor(k, to, stream | cloexec);
    return to;
}

AG_SYSCALL(dup)
{
    if (AG_IS_FILE(k->x[0]))
        return ag_call_by_host(AG_CALL_C);
    return AG_STREAM(k->x[0]) == 0 ? AG_FAILS(BADF)
                                   : ag_duplicate(AG_CALL_C, k->x[0], 0, 0);
}

AG_SYSCALL(dup3)
{
    const u64 from = (u32)k->x[0], to = (u32)k->x[1], flags = (u32)k->x[2];
    if ((flags & ~(u64)AG_O_CLOEXEC) != 0 || from == to)
        return AG_FAILS(INVAL);
    if (to >= AG_DESCRIPTORS || AG_STREAM(from) == 0)
        return AG_FAILS(BADF);
    if (AG_IS_FILE(from) || AG_IS_FILE(to))
        return ag_call_by_host(AG_CALL_C);
    ag_set_descriptor(k, to,
                      AG_STREAM(from) | (flags != 0 ? AG_STREAM_CLOEXEC : 0));
    return to;
}

AG_SYSCALL(close)
{
    if (AG_STREAM(k->x[0]) == 0)
        return AG_FAILS(BADF);
    if (AG_IS_FILE(k->x[0]))
        return ag_call_by_host(AG_CALL_C);
    ag_set_descriptor(k, k->x[0], 0);
    return 0;
}

/* CLOSE_RANGE_UNSHARE is of no consequence, _CLOEXEC is. */
AG_SYSCALL(close_range)
{
    const u64 flags = (u32)k->x[2];
    u64 fd, last = (u32)k->x[1];
    if ((flags & ~(u64)6) != 0 || (u32)k->x[0] > last)
        return AG_FAILS(INVAL);
    if (last >= AG_DESCRIPTORS)
        last = AG_DESCRIPTORS - 1;
    for (fd = (u32)k->x[0]; fd <= last && (flags & 4) == 0; fd++)
        if (AG_IS_FILE(fd))
            return ag_call_by_host(AG_CALL_C);
    for (fd = (u32)k->x[0]; fd <= last; fd++)
        if (ag_descriptor(k, fd) != 0)
            ag_set_descriptor(k, fd, (flags & 4) != 0
                                         ? AG_STREAM(fd) | AG_STREAM_CLOEXEC
                                         : 0);
    return 0;
}

AG_SYSCALL(fcntl)
{
    const u32 stream = AG_STREAM(k->x[0]);
    const u64 value = k->x[2];
    if (stream == 0)
        return AG_FAILS(BADF);
    switch ((u32)k->x[1]) {
    case 0:    /* F_DUPFD */
    case 1030: /* F_DUPFD_CLOEXEC */
        if (value >= AG_DESCRIPTORS)
            return AG_FAILS(INVAL);
        if (stream == AG_STREAM_FILE)
            return ag_call_by_host(AG_CALL_C);
        return ag_duplicate(AG_CALL_C, k->x[0], value,
                            (u32)k->x[1] == 0 ? 0 : AG_STREAM_CLOEXEC);
    case 1: /* F_GETFD */
        return ag_descriptor(k, k->x[0]) / AG_STREAM_CLOEXEC;
    case 2: /* F_SETFD */
        ag_set_descriptor(k, k->x[0],
                          stream | ((value & 1) != 0 ? AG_STREAM_CLOEXEC : 0));
        return 0;
    case 3: /* F_GETFL */
        return stream == AG_STREAM_FILE ? ag_call_by_host(AG_CALL_C)
               : stream == AG_STREAM_IN ? 0
                                        : 1;
    case 4: /* F_SETFL */
        return stream == AG_STREAM_FILE ? ag_call_by_host(AG_CALL_C) : 0;
    case 1032: /* F_GETPIPE_SZ */
        return stream == AG_STREAM_FILE ? AG_FAILS(BADF) : 65536;
    default:
        return AG_FAILS(INVAL);
    }
}

AG_SYSCALL(ioctl)
{
    u64 at;
    if (AG_STREAM(k->x[0]) == 0)
        return AG_FAILS(BADF);
    switch ((u32)k->x[1]) {
    case 0x5451: /* FIOCLEX */
    case 0x5450: /* FIONCLEX */
        ag_set_descriptor(k, k->x[0],
                          AG_STREAM(k->x[0]) |
                              ((k->x[1] & 1) != 0 ? AG_STREAM_CLOEXEC : 0));
        return 0;
    case 0x5421: /* FIONBIO */
        return AG_CAN_READ(k->x[2], 4) ? 0 : AG_FAILS(FAULT);
    case 0x541b: /* FIONREAD */
        if (!AG_CAN_WRITE(k->x[2], 4))
            return AG_FAILS(FAULT);
        if (AG_IS_FILE(k->x[0]))
            return ag_call_by_host(AG_CALL_C);
        AG_PUT(k->x[2],
               AG_STREAM(k->x[0]) == AG_STREAM_IN
                   ? ag_find_input(AG_CALL_C, &at)
                   : 0,
               4);
        return 0;
    default:
        return AG_FAILS(NOTTY);
    }
}

/* -- What pipes are not ----------------------------------------------------- */

AG_SYSCALL(lseek)
{
    if (AG_STREAM(k->x[0]) == 0)
        return AG_FAILS(BADF);
    if ((u32)k->x[2] > 4)
        return AG_FAILS(INVAL);
    return AG_IS_FILE(k->x[0]) ? ag_call_by_host(AG_CALL_C) : AG_FAILS(SPIPE);
}
AG_CALL_FN u64 ag_call_of_pipe(AG_CALL_CTX, u64 error)
{
    return AG_STREAM(k->x[0]) == 0 ? AG_FAILS(BADF) : error;
}
AG_SYSCALL(pread64)
{
    if (AG_IS_FILE(k->x[0]))
        return AG_CAN_WRITE(k->x[1], k->x[2]) ? ag_call_by_host(AG_CALL_C)
                                              : AG_FAILS(FAULT);
    return ag_call_of_pipe(AG_CALL_C, AG_FAILS(SPIPE));
}
AG_SYSCALL(pwrite64)
{
    if (AG_IS_FILE(k->x[0]))
        return AG_CAN_READ(k->x[1], k->x[2]) ? ag_call_by_host(AG_CALL_C)
                                             : AG_FAILS(FAULT);
    return ag_call_of_pipe(AG_CALL_C, AG_FAILS(SPIPE));
}
AG_SYSCALL(ftruncate)
{
    if (AG_IS_FILE(k->x[0]))
        return ag_call_by_host(AG_CALL_C);
    return ag_call_of_pipe(AG_CALL_C, AG_FAILS(INVAL));
}
AG_SYSCALL(fsync)
{
    if (AG_IS_FILE(k->x[0]))
        return 0;
    return ag_call_of_pipe(AG_CALL_C, AG_FAILS(INVAL));
}
AG_SYSCALL(fdatasync)
{
    if (AG_IS_FILE(k->x[0]))
        return 0;
    return ag_call_of_pipe(AG_CALL_C, AG_FAILS(INVAL));
}
AG_SYSCALL(getdents64)
{
    if (AG_IS_FILE(k->x[0]))
        return AG_CAN_WRITE(k->x[1], (u32)k->x[2]) ? ag_call_by_host(AG_CALL_C)
                                                   : AG_FAILS(FAULT);
    return ag_call_of_pipe(AG_CALL_C, AG_FAILS(NOTDIR));
}
AG_SYSCALL(fadvise64)
{
    if (AG_IS_FILE(k->x[0]))
        return (u32)k->x[3] > 5 ? AG_FAILS(INVAL) : 0;
    return ag_call_of_pipe(AG_CALL_C, AG_FAILS(SPIPE));
}
/* Callers read and write then. */
AG_SYSCALL(sendfile)
{
    return AG_STREAM(k->x[0]) == 0 || AG_STREAM(k->x[1]) == 0 ? AG_FAILS(BADF)
                                                              : AG_FAILS(INVAL);
}

AG_SYSCALL(mmap)
{
    const u32 flags = (u32)k->x[3], stream = AG_STREAM(k->x[4]);
    if (AG_PAGE_OFFSET(k->x[5]) != 0)
        return AG_FAILS(INVAL);
    if ((flags & AG_MAP_ANONYMOUS) != 0)
        return ag_map(AG_CALL_C, k->x[0], k->x[1], flags);
    if (stream == 0)
        return AG_FAILS(BADF);
    if (k->x[1] == 0)
        return AG_FAILS(INVAL);
    if (stream == AG_STREAM_FILE)
        return ag_map_file(AG_CALL_C, flags);
    return stream == AG_STREAM_IN ? AG_FAILS(NODEV) : AG_FAILS(ACCES);
}

/* -- Status ----------------------------------------------------------------- */

#define AG_MODE_PIPE 010600
/* struct stat of a pipe. */
AG_CALL_FN u64 ag_put_status(AG_CALL_CTX, u64 fd, u64 address)
{
    if (AG_STREAM(fd) == 0)
        return AG_FAILS(BADF);
    if (!AG_CAN_WRITE(address, 128))
        return AG_FAILS(FAULT);
    if (AG_IS_FILE(fd))
        return ag_call_by_host(AG_CALL_C);
    ag_call_clear(AG_M, address, 128);
    AG_PUT(address, 12, 8);                 /* st_dev */
    AG_PUT(address + 8, AG_STREAM(fd), 8);  /* st_ino */
    AG_PUT(address + 16, AG_MODE_PIPE, 4);
    AG_PUT(address + 20, 1, 4); /* st_nlink */
    AG_PUT(address + 24, AG_USER, 4);
    AG_PUT(address + 28, AG_USER, 4);
    AG_PUT(address + 56, AG_PAGE_BYTES, 4); /* st_blksize */
    return 0;
}

AG_SYSCALL(fstat)
{
    return ag_put_status(AG_CALL_C, k->x[0], k->x[1]);
}

AG_CALL_FN u64 ag_no_such_path(AG_CALL_CTX, u64 path)
{
    const u64 n = ag_call_path(AG_M, path);
    return AG_IS_ERROR(n) ? n : AG_FAILS(NOENT);
}

/* Whether the host is to look at a tested path. A lane that has made no file, and
   has none of the host's, has / and /tmp alone: a path with other letters leads
   nowhere, which C libraries try at every start. */
AG_CALL_FN u32 ag_has_host_path(AG_CALL_CTX, u64 path)
{
    const u64 files = k->input[AG_INPUT_FILES];
    if (files != AG_FILES_OF_LANE || AG_LINUX(MADE) != 0)
        return files != 0;
    for (;; path++)
        switch (ag_load_8(AG_M, path, AG_RELAXED)) {
        case 0:
            return 1;
        case '/':
        case '.':
        case 't':
        case 'm':
        case 'p':
            break;
        default:
            return 0;
        }
}

/* What has to do with a path, which is tested; `makes`: what is there then. */
AG_CALL_FN u64 ag_call_of_path(AG_CALL_CTX, u64 path, u32 makes)
{
    const u64 n = ag_call_path(AG_M, path);
    if (AG_IS_ERROR(n))
        return n;
    return (makes && k->input[AG_INPUT_FILES] != 0) ||
                   ag_has_host_path(AG_CALL_C, path)
               ? ag_call_by_host(AG_CALL_C)
               : AG_FAILS(NOENT);
}

AG_SYSCALL(newfstatat)
{
    const u64 flags = (u32)k->x[3];
    u64 n;
    if ((flags & ~(u64)(AG_AT_EMPTY_PATH | 0x100 | 0x800)) != 0)
        return AG_FAILS(INVAL);
    n = ag_call_path(AG_M, k->x[1]);
    if (AG_IS_ERROR(n))
        return n;
    if (n == 0 && (flags & AG_AT_EMPTY_PATH) != 0 && (u32)k->x[0] != AG_AT_CWD)
        return ag_put_status(AG_CALL_C, k->x[0], k->x[2]);
    if (!ag_has_host_path(AG_CALL_C, k->x[1]))
        return AG_FAILS(NOENT);
    return AG_CAN_WRITE(k->x[2], 128) ? ag_call_by_host(AG_CALL_C)
                                      : AG_FAILS(FAULT);
}
#define AG_O_CREAT 0100
AG_SYSCALL(openat)
{
    return ag_call_of_path(AG_CALL_C, k->x[1], (k->x[2] & AG_O_CREAT) != 0);
}
AG_SYSCALL(mkdirat)
{
    return ag_call_of_path(AG_CALL_C, k->x[1], 1);
}
AG_SYSCALL(faccessat)
{
    return ag_call_of_path(AG_CALL_C, k->x[1], 0);
}
AG_SYSCALL(faccessat2)
{
    return ag_call_of_path(AG_CALL_C, k->x[1], 0);
}
AG_SYSCALL(unlinkat)
{
    return ag_call_of_path(AG_CALL_C, k->x[1], 0);
}
AG_SYSCALL(renameat)
{
    const u64 n = ag_call_path(AG_M, k->x[3]);
    return AG_IS_ERROR(n) ? n : ag_call_of_path(AG_CALL_C, k->x[1], 0);
}
/* RENAME_NOREPLACE; others change what is on a disk. */
AG_SYSCALL(renameat2)
{
    return ((u32)k->x[4] & ~1u) != 0 ? AG_FAILS(INVAL)
                                     : ag_call_renameat(AG_CALL_C);
}
AG_SYSCALL(statfs)
{
    return ag_no_such_path(AG_CALL_C, k->x[0]);
}
AG_SYSCALL(chdir)
{
    return ag_no_such_path(AG_CALL_C, k->x[0]);
}
AG_SYSCALL(readlinkat)
{
    if ((i32)(u32)k->x[3] <= 0)
        return AG_FAILS(INVAL);
    if (k->input[AG_INPUT_FILES] != 0 && !AG_CAN_WRITE(k->x[2], (u32)k->x[3]))
        return AG_FAILS(FAULT);
    return ag_call_of_path(AG_CALL_C, k->x[1], 0);
}
/* C libraries take newfstatat() where there is none, of streams too. */
AG_SYSCALL(statx)
{
    u64 n;
    if (k->input[AG_INPUT_FILES] == 0)
        return AG_FAILS(NOSYS);
    n = ag_call_path(AG_M, k->x[1]);
    if (AG_IS_ERROR(n))
        return n;
    if (n == 0 && !AG_IS_FILE(k->x[0]) && (u32)k->x[0] != AG_AT_CWD)
        return AG_STREAM(k->x[0]) == 0 ? AG_FAILS(BADF) : AG_FAILS(NOSYS);
    if (!ag_has_host_path(AG_CALL_C, k->x[1]))
        return AG_FAILS(NOENT);
    return AG_CAN_WRITE(k->x[4], 256) ? ag_call_by_host(AG_CALL_C)
                                      : AG_FAILS(FAULT);
}

AG_SYSCALL(getcwd)
{
    if (k->x[1] < 2)
        return AG_FAILS(RANGE);
    if (!AG_CAN_WRITE(k->x[0], 2))
        return AG_FAILS(FAULT);
    AG_PUT(k->x[0], '/', 2);
    return 2;
}

/* -- Waiting for descriptors ------------------------------------------------ */

#define AG_POLL_IN 0x41   /* POLLIN, POLLRDNORM */
#define AG_POLL_OUT 0x104 /* POLLOUT, POLLWRNORM */
#define AG_POLL_HUP 0x10
#define AG_POLL_NVAL 0x20

/* Of the events that are asked for, and those that always count. The other end
   of standard input is closed. */
AG_CALL_FN u64 ag_poll(AG_CALL_CTX, u64 fd, u64 events)
{
    u64 at;
    switch (AG_STREAM(fd)) {
    case 0:
        return AG_POLL_NVAL;
    case AG_STREAM_IN:
        return AG_POLL_HUP |
               (ag_find_input(AG_CALL_C, &at) != 0 ? events & AG_POLL_IN : 0);
    case AG_STREAM_FILE:
        return events & (AG_POLL_IN | AG_POLL_OUT);
    default:
        return events & AG_POLL_OUT;
    }
}

/* Nothing is ready: the time passes, which is 0 if there is none to pass. */
AG_CALL_FN u64 ag_poll_waits(AG_CALL_CTX, u64 timeout)
{
    if (timeout == 0)
        return ag_call_blocks(AG_CALL_C);
    ag_sleep(AG_CALL_C, ag_get_time(AG_CALL_C, timeout));
    return 0;
}

AG_SYSCALL(ppoll)
{
    const u64 list = k->x[0], n = (u32)k->x[1], timeout = k->x[2];
    u64 i, ready = 0, error = ag_check_timeout(AG_CALL_C, timeout);
    if (error != 0)
        return error;
    if (k->x[3] != 0 && k->x[4] != 8)
        return AG_FAILS(INVAL);
    if (k->x[3] != 0 && !AG_CAN_READ(k->x[3], 8))
        return AG_FAILS(FAULT);
    if (n > AG_DESCRIPTORS)
        return AG_FAILS(INVAL);
    if (!AG_CAN_READ(list, n * 8) || !AG_CAN_WRITE(list, n * 8))
        return AG_FAILS(FAULT);
    for (i = 0; i < n; i++) {
        const u64 at = list + i * 8, fd = AG_GET(at, 4);
        u64 events = 0;
        if ((fd >> 31 & 1) == 0)
            events = ag_poll(AG_CALL_C, fd, AG_GET(at + 4, 2));
        AG_PUT(at + 6, events, 2);
        ready += events != 0;
    }
    return ready != 0 ? ready : ag_poll_waits(AG_CALL_C, timeout);
}

/* The first word of a set: descriptors beyond are closed. */
AG_CALL_FN u64 ag_get_set(AG_CALL_CTX, u64 set, u64 n)
{
    return set == 0 ? 0 : AG_GET(set, 8) & (~(u64)0 >> (64 - n));
}

AG_SYSCALL(pselect6)
{
    const u64 timeout = k->x[4];
    u64 n = (u32)k->x[0], fd, i, wanted[3], found[3] = {0, 0, 0}, ready = 0;
    u64 error = ag_check_timeout(AG_CALL_C, timeout);
    if (error != 0)
        return error;
    if ((i32)n < 0)
        return AG_FAILS(INVAL);
    if (n > AG_DESCRIPTORS)
        n = AG_DESCRIPTORS;
    for (i = 1; i <= 3 && n > 0; i++)
        if (k->x[i] != 0 && (!AG_CAN_READ(k->x[i], 8) ||
                             !AG_CAN_WRITE(k->x[i], 8)))
            return AG_FAILS(FAULT);
    for (i = 0; i < 3; i++)
        wanted[i] = n == 0 ? 0 : ag_get_set(AG_CALL_C, k->x[1 + i], n);
    for (fd = 0; fd < n; fd++) {
        const u64 bit = (u64)1 << fd;
        u64 events;
        if (((wanted[0] | wanted[1] | wanted[2]) & bit) == 0)
            continue;
        if (AG_STREAM(fd) == 0)
            return AG_FAILS(BADF);
        events = ag_poll(AG_CALL_C, fd, AG_POLL_IN | AG_POLL_OUT);
        if ((events & (AG_POLL_IN | AG_POLL_HUP)) != 0)
            found[0] |= bit & wanted[0];
        if ((events & AG_POLL_OUT) != 0)
            found[1] |= bit & wanted[1];
    }
    for (fd = 0; fd < n; fd++)
        ready += (found[0] >> fd & 1) + (found[1] >> fd & 1);
    for (i = 0; i < 3 && n > 0; i++)
        if (k->x[1 + i] != 0)
            AG_PUT(k->x[1 + i], found[i], 8);
    return ready != 0 ? ready : ag_poll_waits(AG_CALL_C, timeout);
}

#endif
