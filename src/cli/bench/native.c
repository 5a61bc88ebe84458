/*
 * The programs of armgpu bench as the host's own compiler made them, on
 * threads: what each lane must return, and how long the same work takes
 * without emulation.
 */
#include "cli/bench/bench.h"
#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_THREADS 1024
/* Native work is repeated until it has taken this long: clocks and threads
   that start do not matter then. */
#define LEAST_SECONDS 0.1

typedef struct part {
    const ag_bench_program *program;
    uint64_t iterations;
    uint64_t *results;
    uint64_t first, step, count;
    uint64_t times; /* all over again */
    pthread_t thread;
    bool started;
} part;

uint32_t ag_bench_cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n < 1 ? 1 : n > MOST_THREADS ? MOST_THREADS : (uint32_t)n;
}

static void *run_part(void *argument)
{
    part *p = argument;

    for (uint64_t t = 0; t < p->times; t++) {
        for (uint64_t i = p->first; i < p->count; i += p->step)
            p->results[i] = p->program->native(i, p->iterations);
    }
    return NULL;
}

/* `like` on `threads` threads; what cannot be started runs here. */
static double run_parts(const part *like, uint32_t threads)
{
    part *parts = ag_cli_alloc(threads, sizeof *parts);
    double start = ag_now(), seconds;

    for (uint32_t i = 0; i < threads; i++) {
        parts[i] = *like;
        parts[i].first = i;
        parts[i].step = threads;
        parts[i].started = i != 0 && pthread_create(&parts[i].thread, NULL,
                                                    run_part, &parts[i]) == 0;
    }
    for (uint32_t i = 0; i < threads; i++) {
        if (!parts[i].started)
            run_part(&parts[i]);
    }
    for (uint32_t i = 0; i < threads; i++) {
        if (parts[i].started)
            pthread_join(parts[i].thread, NULL);
    }
    seconds = ag_now() - start;
    free(parts);
    return seconds;
}

double ag_bench_run_native(const ag_bench_program *program, uint64_t iterations,
                           uint64_t *results, uint64_t count, uint32_t threads)
{
    part like = {.program = program,
                 .iterations = iterations,
                 .results = results,
                 .count = count,
                 .times = 1};

    if (threads > count)
        threads = count == 0 ? 1 : (uint32_t)count;
    return run_parts(&like, threads);
}

/* Lanes beyond the inputs would only repeat them: time is scaled instead. */
void ag_bench_against_native(ag_bench_run *run)
{
    uint64_t results[AG_BENCH_INPUTS];
    uint64_t lanes = run->task.lanes;
    uint64_t count = lanes < AG_BENCH_INPUTS ? lanes : AG_BENCH_INPUTS;
    uint32_t threads = run->task.threads;
    part like = {.program = run->task.program,
                 .iterations = run->iterations,
                 .results = results,
                 .count = count,
                 .times = 1};
    double seconds;

    if (threads == 0 || strcmp(run->task.backend, "cpu") != 0)
        threads = ag_bench_cores();
    if (threads > count)
        threads = (uint32_t)count;
    while ((seconds = run_parts(&like, threads)) < LEAST_SECONDS)
        like.times *= 2;
    run->native_threads = threads;
    run->native_seconds =
        seconds / (double)like.times * (double)lanes / (double)count;
}
