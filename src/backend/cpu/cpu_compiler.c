/*
 * The system's C compiler, as a child process (backend/child.h) that turns a
 * text into a shared object: $ARMGPU_CC, or the first of cc, clang and gcc that
 * is in PATH.
 */
#define _GNU_SOURCE 1 /* ST_NOEXEC */
#include "backend/cpu/cpu_compiler.h"
#include "backend/cache.h"
#include "backend/child.h"
#include "base/environment.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MOST_WORDS 64
#define OBJECT_NAME "region.so"

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

/* -- Compiling ------------------------------------------------------------- */

/* Words of a text that is cut at blanks. */
static int add_words(char *text, char **words, int n)
{
    for (char *p = strtok_r(text, " ", &text); p != NULL && n < MOST_WORDS - 1;
         p = strtok_r(NULL, " ", &text))
        words[n++] = p;
    words[n] = NULL;
    return n;
}

/* Why it could not be started; NULL: it was. Names of files are words whatever
   is in them. */
static const char *start(const struct ag_cpu_compiler *c, const char *flags,
                         struct ag_child *child)
{
    char path[AG_CPU_PATH_BYTES], options[AG_CPU_FLAGS_BYTES],
        others[AG_CPU_FLAGS_BYTES], source[AG_CHILD_PATH_BYTES],
        object[AG_CHILD_PATH_BYTES], level[] = "-O2", output[] = "-o";
    char *words[MOST_WORDS] = {path, level};
    memcpy(path, c->path, sizeof path);
    memcpy(options, c->options, sizeof options);
    snprintf(others, sizeof others, "%s", flags);
    ag_child_path(ag_child_folder(child), AG_CPU_SOURCE_NAME, source);
    ag_child_path(ag_child_folder(child), OBJECT_NAME, object);
    int n = add_words(others, words, add_words(options, words, 2));
    if (n >= MOST_WORDS - 4)
        return "cannot be given so many options";
    words[n++] = output;
    words[n++] = object;
    words[n++] = source;
    words[n] = NULL;
    return ag_child_start(child, words, NULL) ? NULL : "could not be started";
}

#define WHO "the C compiler"

struct ag_child *ag_cpu_compile(const struct ag_cpu_compiler *c,
                                const struct ag_kernel_source *source,
                                const char *flags,
                                char message[AG_MESSAGE_BYTES])
{
    struct ag_child *child = ag_child_open(message);
    if (child == NULL)
        return NULL;
    if (ag_child_write(ag_child_folder(child), AG_CPU_SOURCE_NAME, source->text,
                       source->length, message)) {
        const char *why = start(c, flags, child);
        if (why == NULL)
            return child;
        ag_child_complain(child, WHO, why, message);
    }
    ag_child_close(child);
    return NULL;
}

/* Loaders say that something could not be mapped. */
static bool is_noexec(const char *path)
{
#ifdef ST_NOEXEC
    struct statvfs s;
    return statvfs(path, &s) == 0 && (s.f_flag & ST_NOEXEC) != 0;
#else
    (void)path;
    return false;
#endif
}

static void *load(const struct ag_child *child, char message[AG_MESSAGE_BYTES])
{
    char path[AG_CHILD_PATH_BYTES];
    ag_child_path(ag_child_folder(child), OBJECT_NAME, path);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        snprintf(message, AG_MESSAGE_BYTES, "%.400s%s", dlerror(),
                 is_noexec(path) ? "; it is mounted noexec: TMPDIR can name "
                                   "another directory"
                                 : "");
    return library;
}

bool ag_cpu_compiled(struct ag_child *child, const int *is_given_up,
                     struct ag_cpu_object *out, char message[AG_MESSAGE_BYTES])
{
    char path[AG_CHILD_PATH_BYTES];
    const char *why = ag_child_finish(child, is_given_up);
    memset(out, 0, sizeof *out);
    out->is_refused = why == ag_child_refused;
    ag_child_path(ag_child_folder(child), OBJECT_NAME, path);
    if (why == NULL && access(path, F_OK) != 0)
        why = "wrote no object";
    if (why != NULL)
        ag_child_complain(child, WHO, why, message);
    else
        out->library = load(child, message);
    if (out->library != NULL && ag_cache_is_on())
        out->bytes =
            ag_child_read(ag_child_folder(child), OBJECT_NAME, &out->length);
    ag_child_close(child);
    return out->library != NULL;
}

void *ag_cpu_load(const void *object, size_t length,
                  char message[AG_MESSAGE_BYTES])
{
    struct ag_child *child = ag_child_open(message);
    void *library = NULL;
    if (child != NULL && ag_child_write(ag_child_folder(child), OBJECT_NAME,
                                        object, length, message))
        library = load(child, message);
    ag_child_close(child);
    return library;
}
