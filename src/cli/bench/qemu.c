/*
 * armgpu bench --against qemu: the same image under qemu-aarch64, a process
 * for each core, all at once. Each process's result is compared with what the
 * host computed; instructions are counted by a closed form, or else by a run
 * of the cpu backend with the same inputs. The time of a run of one iteration
 * is that of starting and is taken off.
 */
#include "cli/bench/bench.h"
#include "base/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define QEMU "qemu-aarch64"
#define LEAST_SECONDS 0.3
#define MOST_PROCESSES 256

typedef struct process {
    pid_t id;
    int output; /* to read its result from */
    char path[512];
} process;

/* What became of a batch of processes; `why` says it unless they were fine. */
typedef struct batch {
    const ag_bench_program *program;
    uint64_t iterations;
    uint32_t count;
    process processes[MOST_PROCESSES];
    double seconds;
    char *why;
    size_t why_size;
} batch;

static bool fail(batch *b, const char *what)
{
    snprintf(b->why, b->why_size, "%s", what);
    return false;
}

static bool fail_in(batch *b, const char *what, const char *folder)
{
    snprintf(b->why, b->why_size, "%s %s", what, folder);
    return false;
}

static bool write_program(batch *b, uint32_t i)
{
    process *p = &b->processes[i];
    const char *folder = ag_cli_temporary_folder();
    int file = -1, n;
    bool written;

    n = snprintf(p->path, sizeof p->path, "%s/armgpu-bench-XXXXXX", folder);
    if (n > 0 && (size_t)n < sizeof p->path)
        file = mkstemp(p->path);
    if (file < 0) {
        p->path[0] = '\0';
        return fail_in(b, "no file could be made in", folder);
    }
    written = ag_bench_write_elf(b->program, i, b->iterations, file) &&
              fchmod(file, S_IRUSR | S_IXUSR) == 0; /* qemu looks at it */
    close(file);
    return written || fail_in(b, "no program could be written to", folder);
}

/* In the new process. 127 is what a shell says when there is no such command.*/
static void become_qemu(const char *path, int output)
{
    dup2(output, STDOUT_FILENO);
    close(output);
    execlp(QEMU, QEMU, path, (char *)NULL);
    _exit(errno == ENOENT ? 127 : 126);
}

static bool start(batch *b, uint32_t i)
{
    process *p = &b->processes[i];
    int ends[2];

    if (pipe(ends) != 0)
        return fail(b, "no pipe could be made");
    p->id = fork();
    if (p->id == 0) {
        close(ends[0]);
        become_qemu(p->path, ends[1]);
    }
    close(ends[1]);
    p->output = ends[0];
    if (p->id > 0)
        return true;
    close(ends[0]);
    return fail(b, "no process could be started");
}

static bool finish(batch *b, uint32_t i, uint64_t *result)
{
    process *p = &b->processes[i];
    uint8_t bytes[8];
    size_t got = 0;
    ssize_t n = 1;
    int status = 0;

    while (n > 0 && got < sizeof bytes) {
        n = read(p->output, bytes + got, sizeof bytes - got);
        got += n > 0 ? (size_t)n : 0;
    }
    close(p->output);
    if (waitpid(p->id, &status, 0) != p->id)
        return fail(b, "a process was lost");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return fail(b, QEMU " is not installed");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || got != sizeof bytes)
        return fail(b, QEMU " did not run the program to its end");
    *result = 0;
    for (size_t k = 0; k < sizeof bytes; k++)
        *result |= (uint64_t)bytes[k] << 8 * k;
    return true;
}

/* All processes at once; every one that was started is waited for. */
static bool run_processes(batch *b, uint64_t *results)
{
    double begin = ag_now();
    uint32_t started = 0;
    bool fine = true;

    while (fine && started < b->count) {
        fine = start(b, started);
        started += b->processes[started].id > 0;
    }
    for (uint32_t i = 0; i < started; i++)
        fine = finish(b, i, &results[i]) && fine;
    b->seconds = ag_now() - begin;
    return fine;
}

static bool results_are_right(batch *b, const uint64_t *results)
{
    for (uint32_t i = 0; i < b->count; i++) {
        if (results[i] != b->program->native(i, b->iterations))
            return fail(b, QEMU "'s result is not the host's");
    }
    return true;
}

static bool run_batch(batch *b, uint64_t iterations)
{
    uint64_t results[MOST_PROCESSES];
    bool fine = true;

    memset(b->processes, 0, sizeof b->processes);
    b->iterations = iterations;
    for (uint32_t i = 0; fine && i < b->count; i++)
        fine = write_program(b, i);
    fine = fine && run_processes(b, results);
    for (uint32_t i = 0; i < b->count; i++) {
        if (b->processes[i].path[0] != '\0')
            unlink(b->processes[i].path);
    }
    return fine && results_are_right(b, results);
}

/* Of all processes together. */
static bool count_instructions(batch *b, uint64_t *count)
{
    ag_bench_task task = {.program = b->program,
                          .backend = "cpu",
                          .lanes = b->count,
                          .repeats = 1,
                          .iterations = b->iterations};
    ag_bench_run run;

    *count = 0;
    if (b->program->cycles != NULL) {
        for (uint32_t i = 0; i < b->count; i++)
            *count += b->program->cycles(i, b->iterations);
        return true;
    }
    ag_bench_measure(&task, &run);
    *count = run.instructions;
    return run.outcome == AG_BENCH_MEASURED || fail(b, run.wrong);
}

/* The first of some runs may have found nothing in caches: the best is taken.*/
static bool starting_time(batch *b, double *seconds)
{
    *seconds = 1e9;
    for (int i = 0; i < 3; i++) {
        if (!run_batch(b, 1))
            return false;
        if (b->seconds < *seconds)
            *seconds = b->seconds;
    }
    return true;
}

static bool measure(batch *b, double *ips)
{
    uint64_t n = 1000000 / b->program->unit + 1, instructions;
    double starting;

    if (!starting_time(b, &starting) || !run_batch(b, n))
        return false;
    while (b->seconds - starting < LEAST_SECONDS) {
        n *= b->seconds - starting < LEAST_SECONDS / 10 ? 8 : 2;
        if (!run_batch(b, n))
            return false;
    }
    if (!count_instructions(b, &instructions))
        return false;
    *ips = (double)instructions / (b->seconds - starting);
    return true;
}

void ag_bench_run_qemu(const ag_bench_program *program, ag_bench_qemu *out)
{
    batch *b = ag_cli_alloc(1, sizeof *b);
    uint32_t cores = ag_bench_cores();

    memset(out, 0, sizeof *out);
    b->program = program;
    b->count = cores < MOST_PROCESSES ? cores : MOST_PROCESSES;
    b->why = out->why_not;
    b->why_size = sizeof out->why_not;
    if (measure(b, &out->ips))
        out->processes = b->count;
    free(b);
}
