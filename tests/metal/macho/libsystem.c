/*
 * macOS's C library over Linux's, as far as armgpu imports it: what differs in
 * layout, constants or calling convention is here, the rest is found by name.
 * Numbers are those of macOS's headers. errno keeps Linux's values.
 */
#define _GNU_SOURCE 1
#include "macho.h"

#include "../standin/standin.h"

#include <ctype.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* ---- variadic functions: Apple's arm64 passes what is variadic on the stack,
   in words, and its va_list points there */

#if defined(__aarch64__)
struct aapcs_va_list {
    void *stack, *general_top, *vector_top;
    int general_offset, vector_offset;
};
/* Makes `list` read the words at `stack`: no argument is in a register. */
#define TAKE_STACK(list, stack)                                                \
    struct aapcs_va_list list##_parts = {stack, NULL, NULL, 0, 0};             \
    va_list list;                                                              \
    memcpy(&list, &list##_parts, sizeof list)

int macho_vprintf(const char *format, void *stack);
int macho_vfprintf(FILE *f, const char *format, void *stack);
int macho_vsnprintf(char *to, size_t n, const char *format, void *stack);
int macho_vsscanf(const char *from, const char *format, void *stack);

int macho_vprintf(const char *format, void *stack)
{
    TAKE_STACK(list, stack);
    return vprintf(format, list);
}
int macho_vfprintf(FILE *f, const char *format, void *stack)
{
    TAKE_STACK(list, stack);
    return vfprintf(f, format, list);
}
int macho_vsnprintf(char *to, size_t n, const char *format, void *stack)
{
    TAKE_STACK(list, stack);
    return vsnprintf(to, n, format, list);
}
int macho_vsscanf(const char *from, const char *format, void *stack)
{
    TAKE_STACK(list, stack);
    return vsscanf(from, format, list);
}

#define ON_STACK(name, how, function)                                          \
    __asm__(".text\n.globl " name "\n" name ":\n\t" how "\n\tb " function "\n")
ON_STACK("macho_printf", "mov x1, sp", "macho_vprintf");
ON_STACK("macho_fprintf", "mov x2, sp", "macho_vfprintf");
ON_STACK("macho_snprintf", "mov x3, sp", "macho_vsnprintf");
ON_STACK("macho_sscanf", "mov x2, sp", "macho_vsscanf");
ON_STACK("macho_open", "ldr w2, [sp]", "macho_open_mode");
ON_STACK("macho_openat", "ldr w3, [sp]", "macho_openat_mode");
ON_STACK("macho_ioctl", "ldr x2, [sp]", "macho_ioctl_pointer");
extern void macho_printf(void), macho_fprintf(void), macho_snprintf(void),
    macho_sscanf(void), macho_open(void), macho_openat(void), macho_ioctl(void);
#else
#define macho_printf printf
#define macho_fprintf fprintf
#define macho_snprintf snprintf
#define macho_vsnprintf vsnprintf
#define macho_sscanf sscanf
#define macho_open macho_open_mode
#define macho_openat macho_openat_mode
#define macho_ioctl macho_ioctl_pointer
#endif

/* ---- constants */

struct pair {
    int mac, here;
};

static int translate_bits(int value, const struct pair *table)
{
    int result = 0;
    for (; table->mac != 0; table++)
        if (value & table->mac)
            result |= table->here;
    return result;
}

static int directory_here(int fd)
{
    return fd == -2 ? AT_FDCWD : fd;
}

int macho_openat_mode(int fd, const char *path, int flags, int mode);
int macho_openat_mode(int fd, const char *path, int flags, int mode)
{
    static const struct pair table[] = {
        {0x4, O_NONBLOCK},       {0x8, O_APPEND},        {0x100, O_NOFOLLOW},
        {0x200, O_CREAT},        {0x400, O_TRUNC},       {0x800, O_EXCL},
        {0x100000, O_DIRECTORY}, {0x1000000, O_CLOEXEC}, {0, 0}};
    return openat(directory_here(fd), path,
                  (flags & 3) | translate_bits(flags, table), mode);
}

int macho_open_mode(const char *path, int flags, int mode);
int macho_open_mode(const char *path, int flags, int mode)
{
    return macho_openat_mode(-2, path, flags, mode);
}

int macho_ioctl_pointer(int fd, unsigned long request, void *argument);
int macho_ioctl_pointer(int fd, unsigned long request, void *argument)
{
    if (request == 0x40087468) /* TIOCGWINSZ */
        return ioctl(fd, TIOCGWINSZ, argument);
    errno = ENOTTY;
    return -1;
}

static int mac_clock_gettime(int clock, struct timespec *t)
{
    return clock_gettime(clock == 6 ? CLOCK_MONOTONIC : CLOCK_REALTIME, t);
}

static long mac_sysconf(int name)
{
    switch (name) {
    case 29:
        return sysconf(_SC_PAGESIZE);
    case 58:
        return sysconf(_SC_NPROCESSORS_ONLN);
    case 200:
        return sysconf(_SC_PHYS_PAGES);
    default:
        return -1;
    }
}

static int mac_unlinkat(int fd, const char *path, int flags)
{
    return unlinkat(directory_here(fd), path, flags & 0x80 ? AT_REMOVEDIR : 0);
}
static int mac_renameat(int from, const char *old, int to, const char *new)
{
    return renameat(directory_here(from), old, directory_here(to), new);
}

/* ---- layouts */

struct mac_stat {
    int32_t dev;
    uint16_t mode, nlink;
    uint64_t ino;
    uint32_t uid, gid;
    int32_t rdev;
    struct timespec atim, mtim, ctim, birthtim;
    int64_t size, blocks;
    int32_t blksize;
    uint32_t flags, gen;
    int32_t spare;
    int64_t more[2];
};

static int give_stat(int status, const struct stat *from, struct mac_stat *to)
{
    if (status != 0)
        return status;
    memset(to, 0, sizeof *to);
    to->dev = (int32_t)from->st_dev;
    to->mode = (uint16_t)from->st_mode;
    to->nlink = (uint16_t)from->st_nlink;
    to->ino = from->st_ino;
    to->uid = from->st_uid;
    to->gid = from->st_gid;
    to->atim = from->st_atim;
    to->mtim = from->st_mtim;
    to->ctim = from->st_ctim;
    to->size = from->st_size;
    to->blocks = from->st_blocks;
    to->blksize = (int32_t)from->st_blksize;
    return 0;
}
static int mac_stat(const char *path, struct mac_stat *to)
{
    struct stat s;
    return give_stat(stat(path, &s), &s, to);
}
static int mac_fstat(int fd, struct mac_stat *to)
{
    struct stat s;
    return give_stat(fstat(fd, &s), &s, to);
}
static int mac_fstatat(int fd, const char *path, struct mac_stat *to, int flags)
{
    struct stat s;
    int here = flags & 0x20 ? AT_SYMLINK_NOFOLLOW : 0;
    return give_stat(fstatat(directory_here(fd), path, &s, here), &s, to);
}

struct mac_dirent {
    uint64_t ino, seek;
    uint16_t reclen, namlen;
    uint8_t type;
    char name[1024];
};
static struct mac_dirent *mac_readdir(DIR *d)
{
    static __thread struct mac_dirent to;
    const struct dirent *from = readdir(d);
    if (from == NULL)
        return NULL;
    to.ino = from->d_ino;
    to.type = from->d_type;
    to.namlen = (uint16_t)strlen(from->d_name);
    memcpy(to.name, from->d_name, to.namlen + 1u);
    return &to;
}

/* Times are always "now" here. */
static int mac_futimens(int fd, const struct timespec *times)
{
    (void)times;
    return futimens(fd, NULL);
}

/* What comes after the command is variadic: only commands without are known. */
static int mac_fcntl(int fd, int command)
{
    if (command == F_GETFD) /* 1 there too */
        return fcntl(fd, F_GETFD);
    fprintf(stderr, "machorun: fcntl command %d: nothing stands in for it\n",
            command);
    _exit(96);
}

struct mac_sigaction {
    void (*handler)(int);
    uint32_t mask;
    int32_t flags;
};
static int mac_sigaction(int number, const struct mac_sigaction *now,
                         struct mac_sigaction *before)
{
    struct sigaction here = {0}, was;
    if (now != NULL) {
        here.sa_handler = now->handler;
        here.sa_flags = now->flags & 2 ? SA_RESTART : 0;
    }
    int status = sigaction(number, now == NULL ? NULL : &here, &was);
    if (status == 0 && before != NULL)
        *before = (struct mac_sigaction){.handler = was.sa_handler};
    return status;
}

/* Sets are words with a bit a signal; BLOCK, UNBLOCK and SETMASK are 1 to 3. */
static int mac_sigprocmask(int how, const uint32_t *now, uint32_t *before)
{
    sigset_t here, was;
    sigemptyset(&here);
    for (int i = 1; now != NULL && i < 32; i++)
        if (*now >> (i - 1) & 1)
            sigaddset(&here, i);
    int status = sigprocmask(how - 1, now == NULL ? NULL : &here, &was);
    for (int i = 1; before != NULL && i < 32; i++)
        *before = (i == 1 ? 0 : *before) |
                  (uint32_t)sigismember(&was, i) << (i - 1);
    return status;
}

/* A time is a long and an int there. */
struct mac_timer {
    struct {
        int64_t seconds;
        int32_t microseconds;
    } interval, value;
};
static int mac_setitimer(int which, const struct mac_timer *now, void *before)
{
    struct itimerval here = {
        .it_interval = {now->interval.seconds, now->interval.microseconds},
        .it_value = {now->value.seconds, now->value.microseconds}};
    (void)before;
    return setitimer(which, &here, NULL);
}

/* No file matches, no library is there: none would be for macOS. */
static int mac_glob(void)
{
    return -3; /* GLOB_NOMATCH */
}
static void nothing(void)
{
}
/* Its arguments after the first are variadic; armgpu bench starts qemu so. */
static int mac_execlp(const char *file)
{
    (void)file;
    errno = ENOENT;
    return -1;
}
struct sine_and_cosine {
    double sine, cosine;
};
static struct sine_and_cosine mac_sincos(double x)
{
    return (struct sine_and_cosine){sin(x), cos(x)};
}
static double mac_exp10(double x)
{
    return pow(10, x);
}
static void *mac_dlopen(const char *path, int mode)
{
    (void)path, (void)mode;
    return NULL;
}
static int mac_dladdr(const void *address, void *info)
{
    (void)address, (void)info;
    return 0;
}
static const char *mac_dlerror(void)
{
    return "no such library";
}
/* Attributes are pointers there, and larger here: there are no processes. */
static int mac_no_attributes(void *attributes)
{
    (void)attributes;
    return ENOMEM;
}
static int mac_sysctlbyname(const char *name, void *out, size_t *size,
                            void *new_value, size_t new_size)
{
    static const char brand[] = "Stand-in CPU";
    (void)new_value, (void)new_size;
    if (strcmp(name, "machdep.cpu.brand_string") != 0 || *size < sizeof brand)
        return -1;
    memcpy(out, brand, sizeof brand);
    *size = sizeof brand;
    return 0;
}

/* Of a platform, 1 being macOS, and the least version of it, as 0xMMMMmmpp. */
struct mac_version {
    uint32_t platform, least;
};
/* Whether all of these hold; compilers' libraries ask for that. */
static int mac_availability(uint32_t count, const struct mac_version *asked)
{
    int has_all = 1;
    for (uint32_t i = 0; i < count; i++)
        has_all &= asked[i].platform == 1 &&
                   asked[i].least <= ((uint32_t)standin_os() << 16 | 0x501);
    return has_all;
}

/* ---- threads: types are large enough, but initialisers differ */

enum {
    MUTEX_SIGN = 0x32aaaba7,
    COND_SIGN = 0x3cb0b1bb,
    ONCE_SIGN = 0x30b1bcba
};
static pthread_mutex_t first_use = PTHREAD_MUTEX_INITIALIZER;

/* A statically initialised object begins with macOS's sign; Linux's are 0. */
static void adopt(void *object, uint32_t sign, size_t bytes)
{
    pthread_mutex_lock(&first_use);
    if (*(uint32_t *)object == sign)
        memset(object, 0, bytes);
    pthread_mutex_unlock(&first_use);
}
static int mac_mutex_lock(pthread_mutex_t *m)
{
    adopt(m, MUTEX_SIGN, sizeof *m);
    return pthread_mutex_lock(m);
}
static int mac_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
    adopt(c, COND_SIGN, sizeof *c);
    return pthread_cond_wait(c, m);
}
static int mac_cond_signal(pthread_cond_t *c)
{
    adopt(c, COND_SIGN, sizeof *c);
    return pthread_cond_signal(c);
}
static int mac_cond_broadcast(pthread_cond_t *c)
{
    adopt(c, COND_SIGN, sizeof *c);
    return pthread_cond_broadcast(c);
}
static int mac_once(long *once, void (*function)(void))
{
    static pthread_mutex_t running = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&running);
    if (*once == ONCE_SIGN) {
        *once = 0;
        function();
    }
    pthread_mutex_unlock(&running);
    return 0;
}

/* ---- names */

static FILE *mac_stdin, *mac_stdout, *mac_stderr;
static uintptr_t mac_guard = 0x5bd1e995;

struct symbol {
    const char *name;
    void *address;
};
#define FUNCTION(name, function)                                               \
    {                                                                          \
        name, (void *)(uintptr_t)(function)                                    \
    }
static const struct symbol symbols[] = {
    {"__stdinp", &mac_stdin},
    {"__stdoutp", &mac_stdout},
    {"__stderrp", &mac_stderr},
    {"__stack_chk_guard", &mac_guard},
    FUNCTION("__error", __errno_location),
    FUNCTION("__toupper", toupper),
    FUNCTION("__tolower", tolower),
    FUNCTION("__bzero", bzero),
    FUNCTION("dyld_stub_binder", nothing),
    FUNCTION("printf", macho_printf),
    FUNCTION("fprintf", macho_fprintf),
    FUNCTION("snprintf", macho_snprintf),
    FUNCTION("vsnprintf", macho_vsnprintf),
    FUNCTION("sscanf", macho_sscanf),
    FUNCTION("open", macho_open),
    FUNCTION("openat", macho_openat),
    FUNCTION("fcntl", mac_fcntl),
    FUNCTION("ioctl", macho_ioctl),
    FUNCTION("clock_gettime", mac_clock_gettime),
    FUNCTION("clock", clock),
    FUNCTION("sysconf", mac_sysconf),
    FUNCTION("sysctlbyname", mac_sysctlbyname),
    FUNCTION("_availability_version_check", mac_availability),
    FUNCTION("unlinkat", mac_unlinkat),
    FUNCTION("renameat", mac_renameat),
    FUNCTION("stat", mac_stat),
    FUNCTION("fstat", mac_fstat),
    FUNCTION("fstatat", mac_fstatat),
    FUNCTION("readdir", mac_readdir),
    FUNCTION("futimens", mac_futimens),
    FUNCTION("setitimer", mac_setitimer),
    FUNCTION("sigaction", mac_sigaction),
    FUNCTION("sigprocmask", mac_sigprocmask),
    FUNCTION("pthread_sigmask", mac_sigprocmask),
    FUNCTION("glob", mac_glob),
    FUNCTION("globfree", nothing),
    FUNCTION("__exp10", mac_exp10),
    FUNCTION("__sincos_stret", mac_sincos),
    FUNCTION("execlp", mac_execlp),
    FUNCTION("dlopen", mac_dlopen),
    FUNCTION("dlsym", mac_dlopen),
    FUNCTION("dladdr", mac_dladdr),
    FUNCTION("dlerror", mac_dlerror),
    FUNCTION("dlclose", nothing),
    FUNCTION("posix_spawnattr_init", mac_no_attributes),
    FUNCTION("posix_spawnattr_destroy", nothing),
    FUNCTION("posix_spawnattr_setflags", nothing),
    FUNCTION("posix_spawnattr_setpgroup", nothing),
    FUNCTION("posix_spawnattr_setsigdefault", nothing),
    FUNCTION("posix_spawnattr_setsigmask", nothing),
    FUNCTION("pthread_mutex_lock", mac_mutex_lock),
    FUNCTION("pthread_cond_wait", mac_cond_wait),
    FUNCTION("pthread_cond_signal", mac_cond_signal),
    FUNCTION("pthread_cond_broadcast", mac_cond_broadcast),
    FUNCTION("pthread_once", mac_once),
};

/* Imports whose convention and types are the same in both systems. A name that
   is in neither list is refused, lest a difference go unseen. */
static const char *const same[] = {
    "MTLCopyAllDevices",
    "MTLCreateSystemDefaultDevice",
    "__memcpy_chk",
    "__memmove_chk",
    "__memset_chk",
    "__stack_chk_fail",
    "_exit",
    "abort",
    "access",
    "__strcat_chk",
    "__strcpy_chk",
    "aligned_alloc",
    "bsearch",
    "bzero",
    "calloc",
    "class_getInstanceMethod",
    "close",
    "closedir",
    "dirfd",
    "dup2",
    "environ",
    "execv",
    "exit",
    "expm1",
    "fchmod",
    "fclose",
    "fdopen",
    "fdopendir",
    "ferror",
    "fflush",
    "fgets",
    "fileno",
    "fopen",
    "fork",
    "fputc",
    "fputs",
    "fread",
    "free",
    "fseek",
    "fseeko",
    "ftell",
    "fwrite",
    "getc",
    "getenv",
    "geteuid",
    "getopt_long",
    "getpid",
    "isatty",
    "kill",
    "ldexp",
    "log10",
    "log1p",
    "log2",
    "malloc",
    "memchr",
    "memcmp",
    "memcpy",
    "memmove",
    "memset",
    "method_getTypeEncoding",
    "mkdir",
    "mkdirat",
    "mkdtemp",
    "mkstemp",
    "nanosleep",
    "objc_autoreleasePoolPop",
    "objc_autoreleasePoolPush",
    "objc_getClass",
    "objc_msgSend",
    "objc_msgSend_stret",
    "object_getClass",
    "open_memstream",
    "opendir",
    "optarg",
    "opterr",
    "optind",
    "optopt",
    "pipe",
    "posix_spawn_file_actions_addclose",
    "posix_spawn_file_actions_adddup2",
    "posix_spawn_file_actions_addopen",
    "posix_spawn_file_actions_destroy",
    "posix_spawn_file_actions_init",
    "posix_spawn",
    "posix_spawnp",
    "pow",
    "pread",
    "pthread_attr_destroy",
    "pthread_attr_init",
    "pthread_attr_setstacksize",
    "pthread_cond_destroy",
    "pthread_cond_init",
    "pthread_create",
    "pthread_detach",
    "pthread_getspecific",
    "pthread_join",
    "pthread_key_create",
    "pthread_mutex_destroy",
    "pthread_mutex_init",
    "pthread_mutex_unlock",
    "pthread_setspecific",
    "putc",
    "putchar",
    "puts",
    "qsort",
    "raise",
    "read",
    "readlinkat",
    "realloc",
    "realpath",
    "rename",
    "rewind",
    "rmdir",
    "sched_yield",
    "sel_registerName",
    "setenv",
    "setpgid",
    "setvbuf",
    "signal",
    "strchr",
    "strcmp",
    "strcpy",
    "strcspn",
    "strdup",
    "strerror",
    "strlen",
    "strncmp",
    "strpbrk",
    "strrchr",
    "strspn",
    "strstr",
    "strtod",
    "strtof",
    "strtok_r",
    "strtol",
    "strtoul",
    "strtoull",
    "symlinkat",
    "time",
    "tmpfile",
    "ungetc",
    "unlink",
    "unsetenv",
    "waitpid",
    "write",
};

void *macho_symbol(const char *name)
{
    mac_stdin = stdin;
    mac_stdout = stdout;
    mac_stderr = stderr;
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++)
        if (strcmp(symbols[i].name, name) == 0)
            return symbols[i].address;
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        if (strcmp(same[i], name) == 0)
            return dlsym(RTLD_DEFAULT, name);
    return NULL;
}
