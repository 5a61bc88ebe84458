/*
 * Where lanes of an ELF program stopped: as a symbol by the library, as a line
 * of source by addr2line where one is installed, which is asked once for all
 * places that are explained. Its absence is no error.
 */
#include "cli/run/run.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define LONGEST_SOURCE 256

const char *ag_run_symbol(const ag_run *r, uint64_t address,
                          char text[AG_RUN_SYMBOL])
{
    text[0] = '\0';
    if (r->elf != NULL)
        (void)armgpu_program_describe(r->elf, address, text, AG_RUN_SYMBOL);
    return text;
}

/* -- addr2line ------------------------------------------------------------- */

/* "file.c:12", "??:0" where it does not know; " (discriminator 3)" is no
   news. */
static char *source_of(char *line)
{
    char *end = strchr(line, '\n'), *more;
    char *source;

    if (end != NULL)
        *end = '\0';
    more = strstr(line, " (");
    if (more != NULL)
        *more = '\0';
    if (line[0] == '?' || strstr(line, ":?") != NULL ||
        strstr(line, ":0") != NULL)
        return NULL;
    source = ag_cli_alloc(strlen(line) + 1, 1);
    memcpy(source, line, strlen(line));
    return source;
}

/* One line a place. */
static void read_sources(ag_run *r, FILE *from)
{
    char line[LONGEST_SOURCE];

    for (size_t i = 0; i < r->summary.place_count; i++) {
        if (fgets(line, sizeof line, from) == NULL)
            return;
        if (r->sources[i] == NULL)
            r->sources[i] = source_of(line);
    }
}

/* Its standard output is ends[1]; it says nothing on the standard error. */
static bool spawn(char *const *command, const int ends[2], pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    bool fine;

    if (posix_spawn_file_actions_init(&actions) != 0)
        return false;
    fine = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY,
                                            0) == 0 &&
           posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY,
                                            0) == 0 &&
           posix_spawn_file_actions_adddup2(&actions, ends[1], 1) == 0 &&
           posix_spawn_file_actions_addclose(&actions, ends[0]) == 0 &&
           posix_spawn_file_actions_addclose(&actions, ends[1]) == 0 &&
           posix_spawnp(pid, command[0], &actions, NULL, command, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    return fine;
}

/* Whether there was such a tool that ended well. */
static bool ask(ag_run *r, char *const *command)
{
    int ends[2], how = 1;
    FILE *from;
    pid_t pid;

    if (pipe(ends) != 0)
        return false;
    if (!spawn(command, ends, &pid)) {
        close(ends[0]);
        close(ends[1]);
        return false;
    }
    close(ends[1]);
    from = fdopen(ends[0], "r");
    if (from != NULL) {
        read_sources(r, from);
        fclose(from);
    } else {
        close(ends[0]);
    }
    while (waitpid(pid, &how, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(how) && WEXITSTATUS(how) == 0;
}

void ag_run_find_sources(ag_run *r)
{
    static const char *const tools[] = {"aarch64-linux-gnu-addr2line",
                                        "llvm-addr2line", "addr2line"};
    const ag_run_summary *s = &r->summary;
    char addresses[AG_RUN_PLACES][24];
    char *command[AG_RUN_PLACES + 6] = {NULL, "-s", "-e",
                                        (char *)r->settings.program, NULL};
    size_t n = 4;

    if (r->elf == NULL || s->place_count == 0 || r->sources != NULL)
        return;
    r->sources = ag_cli_alloc(AG_RUN_PLACES, sizeof *r->sources);
    for (size_t i = 0; i < s->place_count; i++) {
        snprintf(addresses[i], sizeof addresses[i], "0x%" PRIx64,
                 ag_run_stopped_at(&s->places[i].first) -
                     r->settings.process.info.bias);
        command[n++] = addresses[i];
    }
    if (strcmp(r->settings.program, "-") == 0 ||
        r->settings.program[0] == '\0')
        return;
    for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++) {
        command[0] = (char *)tools[i];
        if (ask(r, command))
            return;
    }
}

const char *ag_run_source(const ag_run *r, uint64_t address)
{
    for (size_t i = 0; r->sources != NULL && i < r->summary.place_count; i++) {
        if (ag_run_stopped_at(&r->summary.places[i].first) == address &&
            r->sources[i] != NULL)
            return r->sources[i];
    }
    return "";
}

void ag_run_free_sources(ag_run *r)
{
    for (size_t i = 0; r->sources != NULL && i < AG_RUN_PLACES; i++)
        free(r->sources[i]);
    free(r->sources);
    r->sources = NULL;
}

/* -- System calls ---------------------------------------------------------- */

bool ag_run_list_calls(const ag_run *r, const char *between, char *text,
                       size_t size)
{
    armgpu_calls calls = {.size = sizeof calls};
    size_t used = 0;

    text[0] = '\0';
    if (r->elf == NULL || armgpu_get_calls(r->g, &calls) != ARMGPU_OK)
        return false;
    for (uint64_t i = 0; i < 64 * 8 && used < size; i++) {
        const char *name = armgpu_call_name(i);
        int n;

        if ((calls.unknown[i / 64] >> i % 64 & 1) == 0)
            continue;
        n = name != NULL ? snprintf(text + used, size - used, "%s%s",
                                    used != 0 ? between : "", name)
                         : snprintf(text + used, size - used, "%s%" PRIu64,
                                    used != 0 ? between : "", i);
        used += (size_t)n;
    }
    return used != 0;
}
