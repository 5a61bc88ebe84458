/*
 * What armgpu bench prints: a table a device and program for people, CSV, and
 * JSON. Rows of measurements that failed have no figures.
 */
#include "cli/bench/bench.h"

#include <string.h>

/* Prints the engine's name, at least so wide. */
static void print_engine(const ag_bench_run *run, int width)
{
    int n;
    const char *name = ag_cli_choice(AG_CLI_ENGINES, (int)run->task.engine, &n);

    printf("%-*.*s", width, n, name);
}

/* -- The table ------------------------------------------------------------- */

/* On the CPU `native` is that already. */
static bool can_be_kernel(const ag_bench_run *run)
{
    return strcmp(run->task.backend, "cpu") != 0;
}

/* The backends' tables have one head; a program's rows follow each other. */
void ag_bench_print_head(const ag_bench_run *run, ag_bench_columns columns)
{
    printf("%s: %s\n%-9s ", run->task.backend, run->device_name, "program");
    if (columns.engine)
        printf("%-11s ", "engine");
    printf("%9s %8s %8s %8s %9s %8s %6s %6s %8s %8s",
           "lanes", "instr/s", "min", "max", "on device", "speed-up", "effic.",
           "lanes", "run ms", "start ms");
    if (columns.native)
        printf(" %9s", "native");
    if (columns.native && can_be_kernel(run))
        printf(" %9s", "kernel");
    if (columns.qemu)
        printf(" %9s", "qemu");
    if (columns.peak)
        printf(" %9s", "of peak");
    printf("\n");
}

/* "23.5x": how many times faster that was than the emulation here. */
static void print_times(double times)
{
    char text[24] = "-";

    if (times > 0)
        snprintf(text, sizeof text, times < 9.95 ? "%.2fx" : "%.0fx", times);
    printf(" %9s", text);
}

static double native_times(const ag_bench_run *r)
{
    return r->native_seconds > 0 ? r->seconds.median / r->native_seconds : 0;
}

/* Both on the device, without what starting a launch costs. */
static double kernel_times(const ag_bench_run *r)
{
    return r->kernel_seconds > 0 ? r->device_seconds.median / r->kernel_seconds
                                 : 0;
}

static double qemu_times(const ag_bench_run *r)
{
    return r->qemu_ips / ag_bench_ips(r, r->seconds.median);
}

/* Of the instructions that threads can issue, while the device executes. */
static double part_of_peak(const ag_bench_run *r)
{
    return r->issue_peak > 0
               ? ag_bench_ips(r, r->device_seconds.median) / r->issue_peak
               : 0;
}

static void print_part(double part)
{
    char text[24] = "-";

    if (part > 0)
        snprintf(text, sizeof text, "%.2f%%", 100 * part);
    printf(" %9s", text);
}

static void print_speedup(const ag_bench_run *r)
{
    char speedup[16] = "-", efficiency[16] = "-";

    if (r->speedup > 0) {
        snprintf(speedup, sizeof speedup, r->speedup < 99.95 ? "%.2f" : "%.0f",
                 r->speedup);
        snprintf(efficiency, sizeof efficiency, "%.3f",
                 r->speedup / (double)r->task.lanes);
    }
    printf(" %8s %6s", speedup, efficiency);
}

void ag_bench_print_row(const ag_bench_run *r, ag_bench_columns columns)
{
    char a[AG_CLI_SCALED_SIZE], b[AG_CLI_SCALED_SIZE], c[AG_CLI_SCALED_SIZE],
        d[AG_CLI_SCALED_SIZE];

    printf("%-9s ", r->task.program->name);
    if (columns.engine)
        print_engine(r, 12);
    printf("%9" PRIu64, r->task.lanes);
    if (r->outcome != AG_BENCH_MEASURED) {
        printf(" %8s\n", r->outcome == AG_BENCH_WRONG ? "WRONG" : "failed");
        fflush(stdout);
        return;
    }
    printf(" %8s %8s %8s %9s",
           ag_cli_scaled(ag_bench_ips(r, r->seconds.median), a),
           ag_cli_scaled(ag_bench_ips(r, r->seconds.max), b),
           ag_cli_scaled(ag_bench_ips(r, r->seconds.min), c),
           ag_cli_scaled(ag_bench_ips(r, r->device_seconds.median), d));
    print_speedup(r);
    printf(" %6.3f %8.1f %8.1f", r->lane_efficiency, r->seconds.median * 1e3,
           r->start_seconds * 1e3);
    if (columns.native)
        print_times(native_times(r));
    if (columns.native && can_be_kernel(r))
        print_times(kernel_times(r));
    if (columns.qemu)
        print_times(qemu_times(r));
    if (columns.peak)
        print_part(part_of_peak(r));
    printf("\n");
    fflush(stdout);
}

/* -- CSV and JSON: the same columns ---------------------------------------- */

/* X(name, format, value) of a measured run `r`. */
#define NUMBERS(X)                                                             \
    X(lanes, PRIu64, r->task.lanes)                                            \
    X(memory_size, PRIu64, r->memory_size)                                     \
    X(stack_size, PRIu64, r->task.program->stack_bytes)                        \
    X(iterations, PRIu64, r->iterations)                                       \
    X(instructions, PRIu64, r->instructions)                                   \
    X(min_cycles, PRIu64, r->min_cycles)                                       \
    X(max_cycles, PRIu64, r->max_cycles)                                       \
    X(lane_efficiency, ".6g", r->lane_efficiency)                              \
    X(repeats, PRIu64, r->task.repeats)                                        \
    X(ips_median, ".9g", ag_bench_ips(r, r->seconds.median))                   \
    X(ips_min, ".9g", ag_bench_ips(r, r->seconds.max))                         \
    X(ips_max, ".9g", ag_bench_ips(r, r->seconds.min))                         \
    X(device_ips_median, ".9g", ag_bench_ips(r, r->device_seconds.median))     \
    X(seconds_median, ".9g", r->seconds.median)                                \
    X(seconds_min, ".9g", r->seconds.min)                                      \
    X(seconds_max, ".9g", r->seconds.max)                                      \
    X(device_seconds_median, ".9g", r->device_seconds.median)                  \
    X(start_seconds, ".6g", r->start_seconds)                                  \
    X(compile_seconds, ".6g", r->compile_seconds)

/* X(name, format, value, is there one?) */
#define OPTIONAL_NUMBERS(X)                                                    \
    X(translated_share, ".6g", r->translated_share,                            \
      r->task.engine != ARMGPU_ENGINE_INTERPRETER)                             \
    X(speedup, ".6g", r->speedup, r->speedup > 0)                              \
    X(efficiency, ".6g", r->speedup / (double)r->task.lanes, r->speedup > 0)   \
    X(native_seconds, ".9g", r->native_seconds, r->native_seconds > 0)         \
    X(native_threads, PRIu32, r->native_threads, r->native_seconds > 0)        \
    X(native_times_faster, ".6g", native_times(r), r->native_seconds > 0)      \
    X(kernel_seconds, ".9g", r->kernel_seconds, r->kernel_seconds > 0)         \
    X(kernel_times_faster, ".6g", kernel_times(r), r->kernel_seconds > 0)      \
    X(qemu_ips, ".9g", r->qemu_ips, r->qemu_ips > 0)                           \
    X(qemu_processes, PRIu32, r->qemu_processes, r->qemu_ips > 0)              \
    X(qemu_times_faster, ".6g", qemu_times(r), r->qemu_ips > 0)                \
    X(issue_peak, ".9g", r->issue_peak, r->issue_peak > 0)                     \
    X(part_of_peak, ".6g", part_of_peak(r), r->issue_peak > 0)

static const char *mode_name(const ag_bench_run *r)
{
    return r->task.memory_mode == ARMGPU_MEMORY_PRIVATE ? "private" : "shared";
}

void ag_bench_print_csv_head(void)
{
    printf("program,backend,memory_mode,engine");
#define AG_X(name, format, value) printf("," #name);
    NUMBERS(AG_X)
#undef AG_X
#define AG_X(name, format, value, given) printf("," #name);
    OPTIONAL_NUMBERS(AG_X)
#undef AG_X
    printf("\n");
}

/* What failed has no row: its sentence is on the standard error. */
void ag_bench_print_csv_row(const ag_bench_run *r)
{
    if (r->outcome != AG_BENCH_MEASURED)
        return;
    printf("%s,%s,%s,", r->task.program->name, r->task.backend, mode_name(r));
    print_engine(r, 0);
#define AG_X(name, format, value) printf(",%" format, value);
    NUMBERS(AG_X)
#undef AG_X
#define AG_X(name, format, value, given)                                       \
    putchar(',');                                                              \
    if (given)                                                                 \
        printf("%" format, value);
    OPTIONAL_NUMBERS(AG_X)
#undef AG_X
    printf("\n");
    fflush(stdout);
}

static void print_json_figures(const ag_bench_run *r)
{
#define AG_X(name, format, value) printf(",\"" #name "\":%" format, value);
    NUMBERS(AG_X)
#undef AG_X
#define AG_X(name, format, value, given)                                       \
    if (given)                                                                 \
        printf(",\"" #name "\":%" format, value);
    OPTIONAL_NUMBERS(AG_X)
#undef AG_X
}

static void print_json_run(const ag_bench_run *r)
{
    printf("{\"program\":\"%s\",\"backend\":", r->task.program->name);
    ag_cli_json_string(stdout, r->task.backend);
    printf(",\"device\":");
    ag_cli_json_string(stdout, r->device_name);
    printf(",\"memory_mode\":\"%s\",\"engine\":\"", mode_name(r));
    print_engine(r, 0);
    printf("\",\"pc\":\"0x%" PRIx64 "\"", r->task.program->pc);
    if (r->outcome == AG_BENCH_MEASURED) {
        print_json_figures(r);
        printf(",\"verified\":true}");
        return;
    }
    printf(",\"lanes\":%" PRIu64 ",\"verified\":false,\"error\":",
           r->task.lanes);
    ag_cli_json_string(stdout, r->wrong);
    printf("}");
}

void ag_bench_print_json(const ag_bench_run *runs, size_t count)
{
    printf("{\"schema\":\"armgpu.bench/1\",\"runs\":[");
    for (size_t i = 0; i < count; i++) {
        printf("%s\n", i == 0 ? "" : ",");
        print_json_run(&runs[i]);
    }
    printf("\n]}\n");
}
