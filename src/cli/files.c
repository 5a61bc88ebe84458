/*
 * Files in and stdout out. Reading is bounded, so that a device or a pipe that
 * never ends cannot take all memory; whether stdout really took everything is
 * checked once, at the end.
 */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LONGEST_STREAM (UINT64_C(1) << 30)

const char *ag_cli_file_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

/* Which stands for the file that was started, whatever is at its path by now. */
#define OWN_PATH "/proc/self/exe"

const char *ag_cli_own_path(void)
{
    return access(OWN_PATH, X_OK) == 0 ? OWN_PATH : NULL;
}

static enum ag_cli_file open_failed(const char *path, int error)
{
    ag_cli_say("cannot open '%s': %s; check the path and its permissions", path,
               strerror(error));
    return error == ENOENT || error == ENOTDIR ? AG_CLI_FILE_NOT_FOUND
                                               : AG_CLI_FILE_UNUSABLE;
}

FILE *ag_cli_open_file(const char *path, enum ag_cli_file *why)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    struct stat about;

    *why = AG_CLI_FILE_OK;
    if (file == NULL) {
        *why = open_failed(path, errno);
        return NULL;
    }
    if (fstat(fileno(file), &about) == 0 && S_ISDIR(about.st_mode)) {
        ag_cli_say("'%s' is a directory; give the path of a file",
                   ag_cli_file_name(path));
        *why = AG_CLI_FILE_UNUSABLE;
        if (file != stdin)
            fclose(file);
        return NULL;
    }
    return file;
}

/* How much of a file is read, `limit` if it has an end before that: what is no
   regular file may have none. */
static uint64_t bound_of(FILE *file, uint64_t limit)
{
    struct stat about;

    return limit > LONGEST_STREAM && (fstat(fileno(file), &about) != 0 ||
                                      !S_ISREG(about.st_mode))
               ? LONGEST_STREAM
               : limit;
}

/* Reads at most limit + 1 bytes, so that the caller can tell "too large". */
static void read_bytes(FILE *file, uint64_t limit, ag_cli_bytes *out)
{
    size_t room = 0, got;

    do {
        if (out->size == room) {
            room = room == 0 ? 65536 : room;
            out->data = ag_cli_grow(out->data, room, 1);
            room *= 2;
        }
        got = room - out->size;
        if (got > limit + 1 - out->size)
            got = (size_t)(limit + 1 - out->size);
        got = fread(out->data + out->size, 1, got, file);
        out->size += got;
    } while (got != 0 && out->size <= limit);
}

/* What reading came to; "too large" is left to the caller, who knows why. */
static enum ag_cli_file judge(const char *path, FILE *file, uint64_t limit,
                              size_t size)
{
    if (ferror(file)) {
        ag_cli_say("cannot read '%s': %s", ag_cli_file_name(path),
                   strerror(errno));
        return AG_CLI_FILE_UNUSABLE;
    }
    if (size == 0) {
        ag_cli_say("'%s' is empty; check the command that made it",
                   ag_cli_file_name(path));
        return AG_CLI_FILE_UNUSABLE;
    }
    return size > limit ? AG_CLI_FILE_TOO_LARGE : AG_CLI_FILE_OK;
}

enum ag_cli_file ag_cli_read_file(const char *path, uint64_t limit,
                                  ag_cli_bytes *out)
{
    enum ag_cli_file why;
    FILE *file = ag_cli_open_file(path, &why);
    uint64_t bound;

    out->data = NULL;
    out->size = 0;
    if (file == NULL)
        return why;
    if (limit >= SIZE_MAX)
        limit = SIZE_MAX - 1;
    bound = bound_of(file, limit);
    read_bytes(file, bound, out);
    why = judge(path, file, bound, out->size);
    if (why == AG_CLI_FILE_TOO_LARGE && bound < limit) {
        ag_cli_say("'%s' is no regular file, and has more than 1 GiB; write "
                   "what it gives into a file",
                   ag_cli_file_name(path));
        why = AG_CLI_FILE_UNUSABLE;
    }
    if (file != stdin)
        fclose(file);
    if (why != AG_CLI_FILE_OK && why != AG_CLI_FILE_TOO_LARGE) {
        free(out->data);
        out->data = NULL;
        out->size = 0;
    }
    return why;
}

/* `error` is that of the call which filled `about`. */
static bool identity_of(int error, const struct stat *about,
                        ag_cli_identity *id)
{
    if (error != 0 || !S_ISREG(about->st_mode))
        return false;
    id->device = (uint64_t)about->st_dev;
    id->inode = (uint64_t)about->st_ino;
    return true;
}

bool ag_cli_identify(const char *path, ag_cli_identity *id)
{
    struct stat about;
    int error = strcmp(path, "-") == 0 ? fstat(0, &about) : stat(path, &about);

    return identity_of(error, &about, id);
}

bool ag_cli_is_same_file(const ag_cli_identity *a, const ag_cli_identity *b)
{
    return a->device == b->device && a->inode == b->inode;
}

bool ag_cli_is_not_stdout(const char *option, const char *path)
{
    ag_cli_identity file, output;
    struct stat about;
    int error = fstat(1, &about);

    if (!identity_of(error, &about, &output) || !ag_cli_identify(path, &file) ||
        !ag_cli_is_same_file(&file, &output))
        return true;
    ag_cli_say("%s: the standard output goes to '%s' too; give another name",
               option, path);
    return false;
}

const char *ag_cli_temporary_folder(void)
{
    const char *folder = getenv("TMPDIR");

    return folder != NULL && folder[0] != '\0' ? folder : "/tmp";
}

FILE *ag_cli_temporary_file(void)
{
    char path[4096];
    FILE *file;
    int fd, n;

    n = snprintf(path, sizeof path, "%s/armgpu-XXXXXX",
                 ag_cli_temporary_folder());
    if (n < 0 || (size_t)n >= sizeof path) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    fd = mkstemp(path);
    if (fd < 0)
        return NULL;
    (void)unlink(path);
    file = fdopen(fd, "w+b");
    if (file == NULL)
        close(fd);
    return file;
}

bool ag_cli_can_write(const char *option, const char *path)
{
    FILE *file = fopen(path, "ab"); /* what is in it stays */

    if (file == NULL) {
        ag_cli_say("%s: '%s' cannot be written: %s", option, path,
                   strerror(errno));
        return false;
    }
    fclose(file);
    return true;
}

bool ag_cli_finish_output(void)
{
    bool failed = ferror(stdout) != 0;

    errno = 0;
    /* The reason of an earlier failure is gone; trying again tells it. */
    if (failed)
        putchar('\n');
    if (fflush(stdout) == 0 && !failed)
        return true;
    ag_cli_say("cannot write standard output: %s; the results are incomplete",
               errno != 0 ? strerror(errno) : "write error");
    return false;
}
