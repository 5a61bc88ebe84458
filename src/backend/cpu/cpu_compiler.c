/*
 * The system's C compiler, as a child process that turns a text into a shared
 * object: $ARMGPU_CC, or the first of cc, clang and gcc that is in PATH. It
 * works in a directory of its own that nobody else can enter, and which is gone
 * when it is done. A compiler that takes too long, or that somebody gives up,
 * is killed with everything it started.
 */
#define _POSIX_C_SOURCE 200809L
#include "backend/cpu/cpu_compiler.h"
#include "backend/cache.h"
#include "base/clock.h"
#include "base/environment.h"
#include "base/folder.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <float.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_WORDS 64
#define MOST_SECONDS 60.0 /* ARMGPU_CC_SECONDS says another number */
#define NAP_NANOSECONDS 2000000

/* -- Which ----------------------------------------------------------------- */

/* Whether that is a program; what it is, then. */
static bool is_program(const char *path, struct stat *s)
{
    return stat(path, s) == 0 && S_ISREG(s->st_mode) && access(path, X_OK) == 0;
}

/* A word as shells look for programs: in PATH, if there is no slash in it. */
static bool find_program(const char *name, size_t length, char *path,
                         size_t size, struct stat *s)
{
    const char *p = ag_getenv("PATH");
    if (p == NULL)
        p = "/usr/bin:/bin";
    if (memchr(name, '/', length) != NULL)
        return snprintf(path, size, "%.*s", (int)length, name) < (int)size &&
               is_program(path, s);
    for (size_t n; *p != '\0'; p += n + (p[n] == ':')) {
        n = strcspn(p, ":");
        const int used =
            snprintf(path, size, "%.*s/%.*s", (int)n, p, (int)length, name);
        if (n > 0 && used < (int)size && is_program(path, s))
            return true;
    }
    return false;
}

/* A command's first word is a program, others are its options. */
static bool take_command(struct ag_cpu_compiler *c, const char *command)
{
    struct stat s;
    const size_t skip = strspn(command, " "),
                 word = strcspn(command + skip, " ");
    const int n =
        snprintf(c->options, sizeof c->options, "%s", command + skip + word);
    if (word == 0 || n >= (int)sizeof c->options ||
        !find_program(command + skip, word, c->path, sizeof c->path, &s))
        return false;
    /* Another version is another file: to ask it for one takes a process. */
    snprintf(c->version, sizeof c->version, "%" PRIu64 " bytes of %" PRId64,
             (uint64_t)s.st_size, (int64_t)s.st_mtime);
    return true;
}

bool ag_cpu_find_compiler(struct ag_cpu_compiler *c,
                          char message[AG_MESSAGE_BYTES])
{
    static const char *const names[] = {"cc", "clang", "gcc"};
    const char *asked = ag_getenv("ARMGPU_CC");
    bool ok = false;
    if (asked != NULL && asked[0] != '\0') {
        ok = take_command(c, asked);
        if (!ok)
            snprintf(message, AG_MESSAGE_BYTES,
                     "ARMGPU_CC is '%.200s': there is no such program", asked);
        return ok;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names && !ok; i++)
        ok = take_command(c, names[i]);
    if (!ok)
        snprintf(message, AG_MESSAGE_BYTES,
                 "there is no C compiler (cc, clang or gcc) in PATH, and "
                 "ARMGPU_CC names none");
    return ok;
}

/* -- Its directory --------------------------------------------------------- */

enum { SOURCE, OBJECT, COMPLAINTS, FILES };
static const char *const file_names[FILES] = {AG_CPU_SOURCE_NAME, "region.so",
                                              "complaints"};

struct place {
    char directory[AG_CPU_PATH_BYTES];
    char files[FILES][AG_CPU_PATH_BYTES + 16];
};

static bool open_place(struct place *p, char message[AG_MESSAGE_BYTES])
{
    const char *asked = ag_getenv("TMPDIR");
    const char *parent = asked != NULL && asked[0] == '/' ? asked : "/tmp";
    /* Not in *p: gcc would see its parts printed into each other. */
    char made[sizeof p->directory];
    const int n = snprintf(made, sizeof made, "%s/armgpu-XXXXXX", parent);
    if (n >= (int)sizeof made || mkdtemp(made) == NULL) {
        snprintf(message, AG_MESSAGE_BYTES,
                 "no directory could be made in %.300s", parent);
        return false;
    }
    memcpy(p->directory, made, sizeof made);
    for (int i = 0; i < FILES; i++)
        snprintf(p->files[i], sizeof p->files[i], "%s/%s", made, file_names[i]);
    return true;
}

static bool write_file(const char *path, const void *bytes, size_t length)
{
    FILE *out = fopen(path, "wb");
    const bool ok = out != NULL && fwrite(bytes, 1, length, out) == length;
    return (out != NULL && fclose(out) == 0) && ok;
}

/* For free(); NULL: it is not there, or there is no memory. */
static void *read_file(const char *path, size_t *length)
{
    FILE *in = fopen(path, "rb");
    long size = -1;
    char *bytes = NULL;
    if (in != NULL && fseek(in, 0, SEEK_END) == 0)
        size = ftell(in);
    if (size > 0 && fseek(in, 0, SEEK_SET) == 0)
        bytes = malloc((size_t)size);
    if (bytes != NULL && fread(bytes, 1, (size_t)size, in) != (size_t)size) {
        free(bytes);
        bytes = NULL;
    }
    if (in != NULL)
        fclose(in);
    *length = bytes != NULL ? (size_t)size : 0;
    return bytes;
}

/* The first line that is an error, or the first of all; that the linker has
   failed is said behind its reasons. */
static void give_complaint(const struct place *p, const char *how,
                           char message[AG_MESSAGE_BYTES])
{
    char line[384] = "", first[384] = "";
    FILE *in = fopen(p->files[COMPLAINTS], "r");
    bool is_error = false;
    while (in != NULL && !is_error && fgets(line, sizeof line, in) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        is_error =
            strstr(line, "error") != NULL && strncmp(line, "collect2:", 9) != 0;
        if (first[0] == '\0' || is_error)
            memcpy(first, line, sizeof first);
    }
    if (in != NULL)
        fclose(in);
    snprintf(message, AG_MESSAGE_BYTES, "the C compiler %s%s%s", how,
             first[0] != '\0' ? ": " : "", first);
}

/* -- The child ------------------------------------------------------------- */

/* Words of a text that is cut at blanks. */
static int add_words(char *text, char **words, int n)
{
    for (char *p = strtok_r(text, " ", &text); p != NULL && n < MOST_WORDS - 1;
         p = strtok_r(NULL, " ", &text))
        words[n++] = p;
    words[n] = NULL;
    return n;
}

/* In a group of its own, without the signals that a thread of ours has blocked,
   nor what the caller's program ignores. */
static bool set_signals(posix_spawnattr_t *a)
{
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGCHLD);
    sigaddset(&defaults, SIGXFSZ);
    return posix_spawnattr_setflags(a, POSIX_SPAWN_SETPGROUP |
                                           POSIX_SPAWN_SETSIGMASK |
                                           POSIX_SPAWN_SETSIGDEF) == 0 &&
           posix_spawnattr_setpgroup(a, 0) == 0 &&
           posix_spawnattr_setsigmask(a, &none) == 0 &&
           posix_spawnattr_setsigdefault(a, &defaults) == 0;
}

static bool set_files(posix_spawn_file_actions_t *f, const struct place *p)
{
    return posix_spawn_file_actions_addopen(f, 0, "/dev/null", O_RDONLY, 0) ==
               0 &&
           posix_spawn_file_actions_addopen(f, 1, "/dev/null", O_WRONLY, 0) ==
               0 &&
           posix_spawn_file_actions_addopen(f, 2, p->files[COMPLAINTS],
                                            O_WRONLY | O_CREAT | O_TRUNC,
                                            0600) == 0;
}

/* Ours, but that its files of its own go where the others are. For free(). */
static char **make_environment(char *directory)
{
    char **ours = ag_environ();
    size_t n = 0, kept = 0;
    while (ours[n] != NULL)
        n++;
    char **all = calloc(n + 2, sizeof *all);
    if (all == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (strncmp(ours[i], "TMPDIR=", 7) != 0)
            all[kept++] = ours[i];
    all[kept] = directory;
    return all;
}

static bool spawn(const struct place *p, char **words, pid_t *child)
{
    char directory[AG_CPU_PATH_BYTES + 16];
    posix_spawnattr_t a;
    posix_spawn_file_actions_t f;
    bool ok = false;
    snprintf(directory, sizeof directory, "TMPDIR=%s", p->directory);
    char **environment = make_environment(directory);
    if (environment == NULL || posix_spawnattr_init(&a) != 0) {
        free(environment);
        return false;
    }
    if (posix_spawn_file_actions_init(&f) == 0) {
        ok = set_signals(&a) && set_files(&f, p) &&
             posix_spawn(child, words[0], &f, &a, words, environment) == 0;
        posix_spawn_file_actions_destroy(&f);
    }
    posix_spawnattr_destroy(&a);
    free(environment);
    return ok;
}

static double most_seconds(void)
{
    const char *text = ag_getenv("ARMGPU_CC_SECONDS");
    const double seconds = text != NULL ? strtod(text, NULL) : 0;
    return seconds > 0 ? seconds : MOST_SECONDS;
}

/* It said no: else it did not come to that. */
static const char refused[] = "failed";

struct ag_cpu_compiling {
    struct place place;
    pid_t child;
    double end;      /* when it has taken too long */
    bool is_over;    /* and nothing is left of the child */
    const char *why; /* it is no success; NULL: it is, as far as is known */
};

/* Ends it, with all that it has started. */
static void end_child(struct ag_cpu_compiling *job, const char *why)
{
    if (job->why == NULL)
        job->why = why;
    (void)kill(-job->child, SIGKILL);
}

bool ag_cpu_is_compiled(struct ag_cpu_compiling *job)
{
    int status = 0;
    if (job->is_over)
        return true;
    const pid_t got = waitpid(job->child, &status, WNOHANG);
    if (got == 0 || (got < 0 && errno == EINTR)) {
        if (ag_now() > job->end)
            end_child(job, "took too long");
        return false;
    }
    job->is_over = true;
    if (job->why != NULL)
        return true;
    if (got < 0) /* who ignores SIGCHLD is told nothing */
        job->why = "ended, and nobody says how: SIGCHLD is ignored";
    else if (WIFSIGNALED(status))
        job->why = "was ended by a signal";
    else if (WEXITSTATUS(status) != 0)
        job->why = refused;
    return true;
}

static void nap(void)
{
    const struct timespec short_time = {0, NAP_NANOSECONDS};
    nanosleep(&short_time, NULL);
}

bool ag_cpu_await(struct ag_cpu_compiling *job, const int *is_given_up,
                  double end)
{
    while (!ag_cpu_is_compiled(job)) {
        if (__atomic_load_n(is_given_up, __ATOMIC_RELAXED) || ag_now() > end)
            return false;
        nap();
    }
    return true;
}

/* Why it could not be started; NULL: it was. Names of files are words whatever
   is in them. */
static const char *start(const struct ag_cpu_compiler *c, const char *flags,
                         struct ag_cpu_compiling *job)
{
    char path[AG_CPU_PATH_BYTES], options[AG_CPU_FLAGS_BYTES],
        others[AG_CPU_FLAGS_BYTES], level[] = "-O2", output[] = "-o";
    char *words[MOST_WORDS] = {path, level};
    memcpy(path, c->path, sizeof path);
    memcpy(options, c->options, sizeof options);
    snprintf(others, sizeof others, "%s", flags);
    int n = add_words(others, words, add_words(options, words, 2));
    if (n >= MOST_WORDS - 4)
        return "cannot be given so many options";
    words[n++] = output;
    words[n++] = job->place.files[OBJECT];
    words[n++] = job->place.files[SOURCE];
    words[n] = NULL;
    job->end = ag_now() + most_seconds();
    return spawn(&job->place, words, &job->child) ? NULL
                                                  : "could not be started";
}

struct ag_cpu_compiling *ag_cpu_compile(const struct ag_cpu_compiler *c,
                                        const struct ag_kernel_source *source,
                                        const char *flags,
                                        char message[AG_MESSAGE_BYTES])
{
    struct ag_cpu_compiling *job = calloc(1, sizeof *job);
    const char *why;
    if (job == NULL) {
        snprintf(message, AG_MESSAGE_BYTES, "out of memory");
        return NULL;
    }
    if (!open_place(&job->place, message)) {
        free(job);
        return NULL;
    }
    if (write_file(job->place.files[SOURCE], source->text, source->length)) {
        why = start(c, flags, job);
        if (why == NULL)
            return job;
        give_complaint(&job->place, why, message);
    } else {
        snprintf(message, AG_MESSAGE_BYTES, "%.300s could not be written",
                 job->place.files[SOURCE]);
    }
    ag_remove_folder(job->place.directory);
    free(job);
    return NULL;
}

static void *load(const struct place *p, char message[AG_MESSAGE_BYTES])
{
    void *library = dlopen(p->files[OBJECT], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        snprintf(message, AG_MESSAGE_BYTES, "%s", dlerror());
    return library;
}

bool ag_cpu_compiled(struct ag_cpu_compiling *job, const int *is_given_up,
                     struct ag_cpu_object *out, char message[AG_MESSAGE_BYTES])
{
    const struct place *p = &job->place;
    while (!ag_cpu_await(job, is_given_up, DBL_MAX)) {
        end_child(job, "was not waited for");
        nap();
    }
    const char *why = job->why;
    memset(out, 0, sizeof *out);
    out->is_refused = why == refused;
    if (why == NULL && access(p->files[OBJECT], F_OK) != 0)
        why = "wrote no object";
    if (why != NULL)
        give_complaint(p, why, message);
    else
        out->library = load(p, message);
    if (out->library != NULL && ag_cache_is_on())
        out->bytes = read_file(p->files[OBJECT], &out->length);
    ag_remove_folder(job->place.directory);
    free(job);
    return out->library != NULL;
}

void *ag_cpu_load(const void *object, size_t length,
                  char message[AG_MESSAGE_BYTES])
{
    struct place p;
    void *library = NULL;
    if (!open_place(&p, message))
        return NULL;
    if (write_file(p.files[OBJECT], object, length))
        library = load(&p, message);
    else
        snprintf(message, AG_MESSAGE_BYTES, "%.300s could not be written",
                 p.files[OBJECT]);
    ag_remove_folder(p.directory);
    return library;
}
