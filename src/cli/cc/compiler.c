/*
 * Which compiler makes AArch64 programs here: clang, if there is a linker for
 * it, a cross gcc, or on AArch64 Linux the system's own.
 */
#include "cli/cc/cc.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where Homebrew keeps what it does not link into the PATH. */
#define MORE_FOLDERS                                                           \
    "/opt/homebrew/opt/llvm/bin:/opt/homebrew/opt/lld/bin:"                    \
    "/usr/local/opt/llvm/bin:/usr/local/opt/lld/bin"

static bool is_program(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISREG(about.st_mode) &&
           access(path, X_OK) == 0;
}

/* A name without a slash is looked for in these folders. */
static bool find_in(const char *folders, const char *name,
                    char path[AG_CC_PATH_BYTES])
{
    for (const char *at = folders; *at != '\0';) {
        size_t length = strcspn(at, ":");
        int n = length == 0
                    ? snprintf(path, AG_CC_PATH_BYTES, "./%s", name)
                    : snprintf(path, AG_CC_PATH_BYTES, "%.*s/%s", (int)length,
                               at, name);

        if (n < AG_CC_PATH_BYTES && is_program(path))
            return true;
        at += length + (at[length] == ':');
    }
    return false;
}

static bool find_program(const char *name, char path[AG_CC_PATH_BYTES])
{
    const char *folders = getenv("PATH");
    bool found = false;

    if (strchr(name, '/') != NULL) {
        snprintf(path, AG_CC_PATH_BYTES, "%s", name);
        found = strlen(name) < AG_CC_PATH_BYTES && is_program(path);
    } else if (folders != NULL) {
        found = find_in(folders, name, path);
    }
#ifdef __APPLE__
    if (!found && strchr(name, '/') == NULL)
        found = find_in(MORE_FOLDERS, name, path);
#endif
    if (!found)
        path[0] = '\0';
    return found;
}

/* The first of these, up to NULL, that is there. */
static bool find_any(const char *const *names, char path[AG_CC_PATH_BYTES])
{
    while (*names != NULL) {
        if (find_program(*names++, path))
            return true;
    }
    return false;
}

/* Clang finds lld in PATH by itself, and says so to paths in -fuse-ld=. */
static bool find_linker(ag_cc_compiler *c)
{
    static const char *const linkers[] = {
        "ld.lld", "aarch64-linux-gnu-ld", "aarch64-none-elf-ld",
        "aarch64-elf-ld",
#if defined(__linux__) && defined(__aarch64__)
        "ld",
#endif
        NULL};
    const char *folders = getenv("PATH");
    char path[AG_CC_PATH_BYTES];

    if (folders != NULL && find_in(folders, "ld.lld", path))
        snprintf(c->linker, sizeof c->linker, "-fuse-ld=lld");
    else if (find_any(linkers, path))
        snprintf(c->linker, sizeof c->linker, "--ld-path=%s", path);
    return c->linker[0] != '\0';
}

static bool find_gcc(ag_cc_compiler *c)
{
    static const char *const compilers[] = {
        "aarch64-linux-gnu-gcc", "aarch64-none-elf-gcc", "aarch64-elf-gcc",
#if defined(__linux__) && defined(__aarch64__)
        "gcc",
        "cc",
#endif
        NULL};

    c->is_clang = false;
    c->linker[0] = '\0';
    return find_any(compilers, c->path);
}

static void advise(const char *named)
{
    char path[AG_CC_PATH_BYTES];

    if (named != NULL)
        ag_cli_say("--compiler: '%s' is not there, or cannot be executed",
                   named);
    else if (find_program("clang", path))
        ag_cli_say("'%s' is there, but no linker that it can make AArch64 "
                   "programs with. Install lld: on Debian apt-get install "
                   "lld, on Fedora dnf install lld, on macOS brew install lld",
                   path);
    else
        ag_cli_say("there is no compiler for AArch64 programs in PATH. On "
                   "Debian: apt-get install gcc-aarch64-linux-gnu (or clang "
                   "lld); on Fedora: dnf install clang lld; on macOS: brew "
                   "install llvm lld");
}

static bool find_named(ag_cc_compiler *c, const char *named)
{
    const char *slash = strrchr(named, '/');

    c->is_clang = strstr(slash == NULL ? named : slash, "clang") != NULL;
    return find_program(named, c->path);
}

int ag_cc_find_compiler(ag_cc_compiler *c, const char *named)
{
    bool found;

    c->linker[0] = '\0';
    c->is_clang = true;
    if (named != NULL)
        found = find_named(c, named) && (!c->is_clang || find_linker(c));
    else
        found = (find_program("clang", c->path) && find_linker(c)) ||
                find_gcc(c);
    if (found)
        return AG_CLI_EXIT_OK;
    advise(named != NULL && c->path[0] == '\0' ? named : NULL);
    return AG_CLI_EXIT_FAILED;
}
