/*
 * System calls, each listed once: X(NUMBER, name, where, shape), numbers as
 * Linux has them on AArch64.
 *
 *   where  DEVICE: the kernel executes it; its body is AG_SYSCALL(name)
 *   shape  a letter an argument, for who prints calls: d a descriptor, i signed,
 *          u unsigned, x bits, p an address, s a path, w bytes written from there
 *          (the next argument says how many), r bytes read into there, v a list
 *          of such (so too); after '=' what it gives: p an address, else a number
 *
 * What is not listed gives ENOSYS, and the host is told of it.
 */
#ifndef AG_LINUX_CALLS_H
#define AG_LINUX_CALLS_H

#define AG_LINUX_CALLS(X)                                                      \
    X(63, read, DEVICE, "dru")                                                 \
    X(64, write, DEVICE, "dwu")                                                \
    X(65, readv, DEVICE, "dvu")                                                \
    X(66, writev, DEVICE, "dvu")                                               \
    X(93, exit, DEVICE, "i")                                                   \
    X(94, exit_group, DEVICE, "i")                                             \
    X(214, brk, DEVICE, "p=p")                                                 \
    X(215, munmap, DEVICE, "pu")                                               \
    X(216, mremap, DEVICE, "puuxp=p")                                          \
    X(226, mprotect, DEVICE, "pux")                                            \
    X(233, madvise, DEVICE, "pui")

#endif
