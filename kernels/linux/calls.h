/*
 * System calls, each listed once: X(NUMBER, name, where, shape), numbers as
 * Linux has them on AArch64.
 *
 *   where  DEVICE: the kernel executes it; its body is AG_SYSCALL(name). NEVER:
 *          it is known by name, the host is told of it, and it gives ENOSYS
 *          (clone EAGAIN, as where there are too many threads)
 *   shape  a letter an argument, for who prints calls: d a descriptor, i signed,
 *          u unsigned, x bits, p an address, s a path, w bytes written from there
 *          (the next argument says how many), r bytes read into there (as many
 *          as it gives), v a list of such that are written, l that are read into
 *          (the next argument says of how many), o how a file is opened, m a
 *          mode, which behind o is there where it creates one, k protection of
 *          memory, f what a mapping is, t two times of a file; after '=' what it
 *          gives: p an address, else a number
 *
 * What is not listed gives ENOSYS, and the host is told of it.
 */
#ifndef AG_LINUX_CALLS_H
#define AG_LINUX_CALLS_H

#define AG_LINUX_CALLS(X)                                                      \
    X(17, getcwd, DEVICE, "ru")                                                \
    X(23, dup, DEVICE, "d")                                                    \
    X(24, dup3, DEVICE, "ddx")                                                 \
    X(25, fcntl, DEVICE, "dux")                                                \
    X(29, ioctl, DEVICE, "dxp")                                                \
    X(34, mkdirat, DEVICE, "dsx")                                              \
    X(35, unlinkat, DEVICE, "dsx")                                             \
    X(36, symlinkat, DEVICE, "sds")                                            \
    X(37, linkat, DEVICE, "dsdsx")                                             \
    X(38, renameat, DEVICE, "dsds")                                            \
    X(43, statfs, DEVICE, "sp")                                                \
    X(46, ftruncate, DEVICE, "du")                                             \
    X(48, faccessat, DEVICE, "dsx")                                            \
    X(49, chdir, DEVICE, "s")                                                  \
    X(52, fchmod, DEVICE, "dm")                                                \
    X(53, fchmodat, DEVICE, "dsm")                                             \
    X(54, fchownat, DEVICE, "dsiix")                                           \
    X(55, fchown, DEVICE, "dii")                                               \
    X(56, openat, DEVICE, "dsom")                                              \
    X(57, close, DEVICE, "d")                                                  \
    X(59, pipe2, NEVER, "px")                                                  \
    X(61, getdents64, DEVICE, "dpu")                                           \
    X(62, lseek, DEVICE, "diu")                                                \
    X(63, read, DEVICE, "dru")                                                 \
    X(64, write, DEVICE, "dwu")                                                \
    X(65, readv, DEVICE, "dlu")                                                \
    X(66, writev, DEVICE, "dvu")                                               \
    X(67, pread64, DEVICE, "druu")                                             \
    X(68, pwrite64, DEVICE, "dwuu")                                            \
    X(71, sendfile, DEVICE, "ddpu")                                            \
    X(72, pselect6, DEVICE, "upppp")                                           \
    X(73, ppoll, DEVICE, "pupp")                                               \
    X(78, readlinkat, DEVICE, "dsru")                                          \
    X(79, newfstatat, DEVICE, "dspx")                                          \
    X(80, fstat, DEVICE, "dp")                                                 \
    X(81, sync, DEVICE, "")                                                    \
    X(82, fsync, DEVICE, "d")                                                  \
    X(83, fdatasync, DEVICE, "d")                                              \
    X(88, utimensat, DEVICE, "dstx")                                           \
    X(93, exit, DEVICE, "i")                                                   \
    X(94, exit_group, DEVICE, "i")                                             \
    X(95, waitid, DEVICE, "uipxp")                                             \
    X(96, set_tid_address, DEVICE, "p")                                        \
    X(98, futex, DEVICE, "pxuppu")                                             \
    X(99, set_robust_list, DEVICE, "pu")                                       \
    X(101, nanosleep, DEVICE, "pp")                                            \
    X(113, clock_gettime, DEVICE, "ip")                                        \
    X(114, clock_getres, DEVICE, "ip")                                         \
    X(115, clock_nanosleep, DEVICE, "ixpp")                                    \
    X(120, sched_getscheduler, DEVICE, "i")                                    \
    X(121, sched_getparam, DEVICE, "ip")                                       \
    X(123, sched_getaffinity, DEVICE, "iup")                                   \
    X(124, sched_yield, DEVICE, "")                                            \
    X(125, sched_get_priority_max, DEVICE, "i")                                \
    X(126, sched_get_priority_min, DEVICE, "i")                                \
    X(129, kill, DEVICE, "iu")                                                 \
    X(130, tkill, DEVICE, "iu")                                                \
    X(131, tgkill, DEVICE, "iiu")                                              \
    X(132, sigaltstack, DEVICE, "pp")                                          \
    X(133, rt_sigsuspend, DEVICE, "pu")                                        \
    X(134, rt_sigaction, DEVICE, "uppu")                                       \
    X(135, rt_sigprocmask, DEVICE, "uppu")                                     \
    X(136, rt_sigpending, DEVICE, "pu")                                        \
    X(141, getpriority, DEVICE, "ui")                                          \
    X(143, setregid, DEVICE, "ii")                                             \
    X(144, setgid, DEVICE, "i")                                                \
    X(145, setreuid, DEVICE, "ii")                                             \
    X(146, setuid, DEVICE, "i")                                                \
    X(147, setresuid, DEVICE, "iii")                                           \
    X(148, getresuid, DEVICE, "ppp")                                           \
    X(149, setresgid, DEVICE, "iii")                                           \
    X(150, getresgid, DEVICE, "ppp")                                           \
    X(153, times, DEVICE, "p")                                                 \
    X(154, setpgid, DEVICE, "ii")                                              \
    X(155, getpgid, DEVICE, "i")                                               \
    X(156, getsid, DEVICE, "i")                                                \
    X(157, setsid, DEVICE, "")                                                 \
    X(158, getgroups, DEVICE, "ip")                                            \
    X(160, uname, DEVICE, "p")                                                 \
    X(163, getrlimit, DEVICE, "up")                                            \
    X(164, setrlimit, DEVICE, "up")                                            \
    X(165, getrusage, DEVICE, "ip")                                            \
    X(166, umask, DEVICE, "x")                                                 \
    X(167, prctl, DEVICE, "uxxxx")                                             \
    X(168, getcpu, DEVICE, "pp")                                               \
    X(169, gettimeofday, DEVICE, "pp")                                         \
    X(172, getpid, DEVICE, "")                                                 \
    X(173, getppid, DEVICE, "")                                                \
    X(174, getuid, DEVICE, "")                                                 \
    X(175, geteuid, DEVICE, "")                                                \
    X(176, getgid, DEVICE, "")                                                 \
    X(177, getegid, DEVICE, "")                                                \
    X(178, gettid, DEVICE, "")                                                 \
    X(179, sysinfo, DEVICE, "p")                                               \
    X(198, socket, NEVER, "uxu")                                               \
    X(214, brk, DEVICE, "p=p")                                                 \
    X(215, munmap, DEVICE, "pu")                                               \
    X(216, mremap, DEVICE, "puuxp=p")                                          \
    X(220, clone, NEVER, "xpppp")                                              \
    X(221, execve, NEVER, "spp")                                               \
    X(222, mmap, DEVICE, "pukfdu=p")                                           \
    X(223, fadvise64, DEVICE, "duuu")                                          \
    X(226, mprotect, DEVICE, "puk")                                            \
    X(233, madvise, DEVICE, "pui")                                             \
    X(260, wait4, DEVICE, "ipxp")                                              \
    X(261, prlimit64, DEVICE, "iupp")                                          \
    X(276, renameat2, DEVICE, "dsdsx")                                         \
    X(278, getrandom, DEVICE, "rux")                                           \
    X(283, membarrier, DEVICE, "uxi")                                          \
    X(291, statx, DEVICE, "dsxxp")                                             \
    X(293, rseq, DEVICE, "pxxx")                                               \
    X(435, clone3, NEVER, "pu")                                                \
    X(436, close_range, DEVICE, "uux")                                         \
    X(439, faccessat2, DEVICE, "dsxx")                                         \
    X(452, fchmodat2, DEVICE, "dsmx")

#endif
