/*
 * One measurement of armgpu bench: as many iterations as fill the time, the
 * same work several times from a reset machine, and after each time every
 * lane compared with what the host computed. Only execute is timed.
 */
#include "base/clock.h"
#include "cli/bench/bench.h"

#include <stdlib.h>
#include <string.h>

#define RANGE 1024 /* lanes whose registers are moved at a time */
#define PAGE 4096
/* Instructions a lane executes in the first attempt to find the iterations. */
#define FIRST_ATTEMPT 2000
#define LEAST_GROWTH 2
#define MOST_GROWTH 64
#define MOST_ATTEMPTS 3

/* A measurement in progress. */
typedef struct rig {
    const ag_bench_task *task;
    ag_bench_run *run;
    armgpu *g;
    armgpu_result result; /* of the last execution */
    uint64_t executed;    /* instructions of all */
    uint64_t *registers;  /* of RANGE lanes, 32 each */
    armgpu_lane_result *ends;
    uint64_t *expected; /* by input */
} rig;

double ag_bench_ips(const ag_bench_run *run, double seconds)
{
    return seconds > 0 ? (double)run->instructions / seconds : 0;
}

/* Notes why there will be no figures. Returns false, so that callers can. */
static bool fail(rig *r, enum ag_bench_outcome outcome, const char *sentence)
{
    r->run->outcome = outcome;
    snprintf(r->run->wrong, sizeof r->run->wrong, "%s", sentence);
    return false;
}

static bool library(rig *r, int32_t error)
{
    if (error == ARMGPU_OK)
        return true;
    return fail(r,
                error == ARMGPU_ERROR_MEMORY ? AG_BENCH_NO_ROOM
                                             : AG_BENCH_IMPOSSIBLE,
                r->g != NULL ? armgpu_error_message(r->g) : "out of memory");
}

static uint64_t round_up(uint64_t n, uint64_t to)
{
    return (n + to - 1) / to * to;
}

static void choose_options(const rig *r, armgpu_options *o)
{
    const ag_bench_task *t = r->task;
    uint64_t image = round_up(ag_bench_image_of(t->program)->size, PAGE);
    uint64_t stack = t->program->stack_bytes;

    armgpu_options_init(o);
    o->backend = t->backend;
    o->device = t->device;
    o->threads = t->threads;
    o->spread = t->spread;
    o->engine = t->engine;
    o->helper = t->helper;
    o->lanes = t->lanes;
    o->memory_mode = t->memory_mode;
    if (t->memory_mode == ARMGPU_MEMORY_SHARED) {
        o->stack_size = stack;
        stack *= t->lanes;
    }
    o->memory_size = round_up(image + stack, 64);
}

static bool open_rig(rig *r)
{
    const ag_bench_image *image = ag_bench_image_of(r->task->program);
    armgpu_options o;
    double start = ag_now();
    int32_t error;

    choose_options(r, &o);
    error = armgpu_open(&r->g, &o);
    if (error == ARMGPU_OK)
        error = armgpu_load_program(r->g, image->bytes, image->size, 0);
    if (!library(r, error))
        return false;
    if (armgpu_get_num_resident(r->g) < r->task->lanes)
        return fail(r, AG_BENCH_NO_ROOM,
                    "the lanes do not fit the device at one time");
    r->run->start_seconds = ag_now() - start;
    r->run->compile_seconds = armgpu_get_compile_seconds(r->g);
    r->run->memory_size = o.memory_size;
    snprintf(r->run->device_name, sizeof r->run->device_name, "%s",
             armgpu_get_device(r->g));
    return true;
}

static uint64_t range_at(const rig *r, uint64_t first)
{
    uint64_t left = r->task->lanes - first;

    return left < RANGE ? left : RANGE;
}

/* A reset machine with each lane's input and the iterations. */
static bool prepare(rig *r, uint64_t iterations)
{
    int32_t error = armgpu_reset(r->g);

    for (uint64_t first = 0; error == ARMGPU_OK && first < r->task->lanes;
         first += RANGE) {
        uint64_t n = range_at(r, first);

        error = armgpu_get_registers(r->g, first, n, r->registers);
        for (uint64_t i = 0; i < n; i++) {
            r->registers[32 * i] = (first + i) % AG_BENCH_INPUTS;
            r->registers[32 * i + 1] = iterations;
        }
        if (error == ARMGPU_OK)
            error = armgpu_set_registers(r->g, first, n, r->registers);
    }
    if (error == ARMGPU_OK)
        error = armgpu_set_pc_all(r->g, r->task->program->pc);
    return library(r, error);
}

static bool execute(rig *r, uint64_t iterations)
{
    if (!prepare(r, iterations))
        return false;
    r->result.size = sizeof r->result;
    if (!library(r, armgpu_execute(r->g, 0, &r->result)))
        return false;
    r->executed += r->result.total_cycles;
    return true;
}

/* -- Are the lanes right? -------------------------------------------------- */

static bool lane_is_wrong(rig *r, uint64_t lane, const char *what,
                          uint64_t expected, uint64_t got)
{
    char text[256];

    snprintf(text, sizeof text,
             "program %s, backend %s, lane %" PRIu64 " of %" PRIu64
             ": %s: expected 0x%" PRIx64 ", got 0x%" PRIx64,
             r->task->program->name, r->task->backend, lane, r->task->lanes,
             what, expected, got);
    return fail(r, AG_BENCH_WRONG, text);
}

static bool check_lane(rig *r, uint64_t lane, const armgpu_lane_result *end,
                       const uint64_t *registers)
{
    const ag_bench_program *p = r->task->program;
    uint64_t input = lane % AG_BENCH_INPUTS, want = r->expected[input], cycles;
    char what[64];

    if (end->stop_reason != ARMGPU_STOP_HALT || end->stop_code != 0) {
        snprintf(what, sizeof what, "stopped by %s; stop code",
                 armgpu_stop_name(end->stop_reason));
        return lane_is_wrong(r, lane, what, 0, end->stop_code);
    }
    snprintf(what, sizeof what, "X%zu", p->result);
    if (registers[p->result] != want)
        return lane_is_wrong(r, lane, what, want, registers[p->result]);
    cycles =
        p->cycles == NULL ? end->cycles : p->cycles(input, r->run->iterations);
    return end->cycles == cycles ||
           lane_is_wrong(r, lane, "instructions", cycles, end->cycles);
}

static bool check_lanes(rig *r)
{
    bool fine = true;

    for (uint64_t first = 0; fine && first < r->task->lanes; first += RANGE) {
        uint64_t n = range_at(r, first);

        fine = library(r, armgpu_get_results(r->g, first, n, r->ends)) &&
               library(r, armgpu_get_registers(r->g, first, n, r->registers));
        for (uint64_t i = 0; fine && i < n; i++)
            fine = check_lane(r, first + i, &r->ends[i], r->registers + 32 * i);
    }
    return fine;
}

/* -- How long -------------------------------------------------------------- */

/* Also the warming up: device clocks, pages, caches, decoded code. */
static bool find_iterations(rig *r)
{
    const ag_bench_task *t = r->task;
    uint64_t n = FIRST_ATTEMPT / t->program->unit + 1;

    if (t->iterations != 0) {
        r->run->iterations = t->iterations;
        return execute(r, 1);
    }
    for (;;) {
        double growth;

        if (!execute(r, n))
            return false;
        if (r->result.elapsed_seconds >= t->seconds)
            break;
        growth = t->seconds * 1.25 / (r->result.elapsed_seconds + 1e-9);
        growth = growth < LEAST_GROWTH  ? LEAST_GROWTH
                 : growth > MOST_GROWTH ? MOST_GROWTH
                                        : growth;
        n = (uint64_t)((double)n * growth);
    }
    r->run->iterations = n;
    return true;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Sorts `values`. */
static ag_bench_spread spread_of(double *values, size_t n)
{
    ag_bench_spread s;

    qsort(values, n, sizeof *values, compare_doubles);
    s.min = values[0];
    s.max = values[n - 1];
    s.median =
        n % 2 != 0 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
    return s;
}

static void take_counts(rig *r)
{
    ag_bench_run *run = r->run;

    run->instructions = r->result.total_cycles;
    run->min_cycles = armgpu_min_cycles(&r->result);
    run->max_cycles = armgpu_max_cycles(&r->result);
    run->lane_efficiency = armgpu_lane_efficiency(&r->result);
}

/* Which engine it really was. */
static void take_translation(rig *r)
{
    armgpu_translation t = {.size = sizeof t};

    if (r->task->engine == ARMGPU_ENGINE_INTERPRETER || r->executed == 0 ||
        armgpu_get_translation(r->g, &t) != ARMGPU_OK)
        return;
    r->run->translated_share = (double)t.cycles / (double)r->executed;
    if (r->task->engine == ARMGPU_ENGINE_TRANSLATED)
        memcpy(r->run->interpreted, t.reason, sizeof t.reason);
}

static bool repeat(rig *r)
{
    size_t n = (size_t)r->task->repeats;
    double *seconds = ag_cli_alloc(2 * n, sizeof *seconds);
    bool fine = true;

    for (size_t i = 0; fine && i < n; i++) {
        fine = execute(r, r->run->iterations) && check_lanes(r);
        seconds[i] = r->result.elapsed_seconds;
        seconds[n + i] = r->result.device_seconds;
    }
    if (fine) {
        r->run->seconds = spread_of(seconds, n);
        r->run->device_seconds = spread_of(seconds + n, n);
        take_counts(r);
        take_translation(r);
    }
    free(seconds);
    return fine;
}

static void compute_expected(rig *r)
{
    uint64_t lanes = r->task->lanes;

    (void)ag_bench_run_native(r->task->program, r->run->iterations, r->expected,
                              lanes < AG_BENCH_INPUTS ? lanes : AG_BENCH_INPUTS,
                              ag_bench_cores());
}

/* Iterations that were found while the machine did something else are too few
   and are looked for again, within reason. */
static bool measure(rig *r)
{
    bool fine = open_rig(r), is_long_enough = false;

    for (int i = 0; fine && !is_long_enough && i < MOST_ATTEMPTS; i++) {
        fine = find_iterations(r);
        if (fine) {
            compute_expected(r);
            fine = repeat(r);
        }
        is_long_enough = r->task->iterations != 0 ||
                         r->run->seconds.median >= r->task->seconds / 2;
    }
    return fine;
}

void ag_bench_measure(const ag_bench_task *task, ag_bench_run *run)
{
    rig r = {.task = task, .run = run};

    memset(run, 0, sizeof *run);
    run->task = *task;
    r.registers = ag_cli_alloc(RANGE * 32, sizeof *r.registers);
    r.ends = ag_cli_alloc(RANGE, sizeof *r.ends);
    r.expected = ag_cli_alloc(AG_BENCH_INPUTS, sizeof *r.expected);
    if (measure(&r))
        run->outcome = AG_BENCH_MEASURED;
    armgpu_close(r.g);
    free(r.registers);
    free(r.ends);
    free(r.expected);
}

double ag_bench_issue_peak(const char *backend, uint32_t device)
{
    double peak = 0;
    uint64_t n;
    armgpu_device *list = ag_cli_list_devices(&n);

    for (uint64_t i = 0; i < n; i++) {
        if (strcmp(list[i].backend, backend) == 0 && list[i].index == device)
            peak = (double)list[i].issue_peak;
    }
    free(list);
    return peak;
}
