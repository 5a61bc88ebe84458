/*
 * armgpu bench: measures programs on devices with growing numbers of lanes,
 * compares every lane with what the host computed, and prints what it found.
 */
#include "cli/bench/bench.h"

#include <stdlib.h>
#include <string.h>

#define EXIT_WRONG 1
#define MOST_BACKENDS 8
#define MOST_LANES 64

typedef struct bench_settings {
    const char *backends[MOST_BACKENDS];
    size_t backend_count;
    const ag_bench_program *programs[AG_BENCH_PROGRAMS];
    size_t program_count;
    uint64_t lanes[MOST_LANES];
    size_t lane_count;
    /* enum armgpu_engine, each once: fewer than their names have letters. */
    uint32_t engines[sizeof AG_CLI_ENGINES];
    size_t engine_count;
    ag_cli_number device, threads, spread, repeat, milliseconds, iterations;
    int memory_mode; /* enum armgpu_memory_mode */
    const char *plot;
    ag_bench_columns against; /* and whether engines are compared */
    bool quick, json, csv;
    char chosen[16]; /* the backend if none was asked for, else "" */
} bench_settings;

#define AT(field) offsetof(bench_settings, field)

static bool apply_backend(void *settings, const char *text)
{
    bench_settings *s = settings;

    if (s->backend_count == MOST_BACKENDS) {
        ag_cli_say("--backend: at most %d can be compared", MOST_BACKENDS);
        return false;
    }
    s->backends[s->backend_count++] = text;
    return true;
}

static bool apply_engine(void *settings, const char *text)
{
    bench_settings *s = settings;
    int engine;

    if (!ag_cli_choose("engine", AG_CLI_ENGINES, text, &engine))
        return false;
    for (size_t i = 0; i < s->engine_count; i++) {
        if (s->engines[i] == (uint32_t)engine)
            return true;
    }
    s->engines[s->engine_count++] = (uint32_t)engine;
    s->against.engine = s->engine_count > 1;
    return true;
}

static bool apply_program(void *settings, const char *text)
{
    bench_settings *s = settings;
    const ag_bench_program *program = ag_bench_find_program(text);

    if (program == NULL) {
        ag_cli_say("--program: there is no '%.80s'; 'armgpu help bench' lists "
                   "the programs",
                   text);
        return false;
    }
    for (size_t i = 0; i < s->program_count; i++) {
        if (s->programs[i] == program)
            return true;
    }
    s->programs[s->program_count++] = program;
    return true;
}

static bool add_lanes(bench_settings *s, const char *text, size_t length)
{
    uint64_t value;

    if (!ag_cli_number_of("--lanes", text, length, 0, &value))
        return false;
    if (value == 0 || s->lane_count == MOST_LANES) {
        ag_cli_say(value == 0 ? "--lanes must be 1 or more"
                              : "--lanes: at most 64 numbers");
        return false;
    }
    s->lanes[s->lane_count++] = value;
    return true;
}

/* "1,8,16"; a second --lanes adds to the first. */
static bool apply_lanes(void *settings, const char *text)
{
    for (;; text++) {
        size_t length = strcspn(text, ",");

        if (!add_lanes(settings, text, length))
            return false;
        text += length;
        if (*text == '\0')
            return true;
    }
}

/* Between milliseconds nobody measures. */
static bool apply_time(void *settings, const char *text)
{
    bench_settings *s = settings;
    double seconds;

    if (!ag_cli_read_time(text, 1e-3, &seconds)) {
        ag_cli_say("--time: '%.80s' is not a time; write milliseconds (200) or "
                   "a unit too (200ms, 1s)",
                   text);
        return false;
    }
    s->milliseconds.given = true;
    s->milliseconds.value =
        seconds < 1e6 ? (uint64_t)(seconds * 1e3 + 0.5) : 1000000000;
    return true;
}

#define AGAINST "native|qemu|peak"

static bool apply_against(void *settings, const char *text)
{
    bench_settings *s = settings;
    int what;

    if (!ag_cli_choose("against", AGAINST, text, &what))
        return false;
    *(what == 0   ? &s->against.native
      : what == 1 ? &s->against.qemu
                  : &s->against.peak) = true;
    return true;
}

static const ag_cli_option options[] = {
    {"What to measure", "backend", 'b', "NAME", AG_CLI_CALL, 0, AG_CLI_BACKENDS,
     apply_backend,
     "Measure this backend (default: the first GPU, or else cpu). May be "
     "repeated."},
    {"What to measure", "device", 0, "K", AG_CLI_NUMBER, AT(device), NULL, NULL,
     "Take the backend's device K (default 0)."},
    {"What to measure", "threads", 0, "N", AG_CLI_NUMBER, AT(threads), NULL,
     NULL, "Use N threads of the CPU (default 0: one per core)."},
    {"What to measure", "spread", 0, "K", AG_CLI_NUMBER, AT(spread), NULL, NULL,
     "Give K threads of each GPU warp a lane (default 0: what is fast)."},
    {"What to measure", "engine", 0, "ENGINE", AG_CLI_CALL, 0, AG_CLI_ENGINES,
     apply_engine,
     "Private memory: how lanes execute (default interpreter; auto: what run "
     "would do). May be repeated."},
    {"What to measure", "program", 'p', "NAME", AG_CLI_CALL, 0,
     "count|alu|mixed|sha256|crc32|sort|collatz|stream|calls|nbody|matmul|libm|"
     "fir|chacha20|sha256_ce",
     apply_program,
     "Measure this program: count, alu, mixed, sha256, crc32, sort, collatz, "
     "stream or calls (integers), nbody, matmul or libm (floating point), fir, "
     "chacha20 or sha256_ce (vectors, cryptographic instructions); default: "
     "all. May be repeated."},
    {"What to measure", "lanes", 'n', "LIST", AG_CLI_CALL, 0, NULL, apply_lanes,
     "Numbers of lanes, such as 1,128,64K (default: "
     "1,8,16,32,64,128,1024,8192, and on a GPU 65536 and 524288 where they "
     "fit)."},
    {"What to measure", "memory-mode", 0, "MODE", AG_CLI_CHOICE,
     AT(memory_mode), "shared|private", NULL,
     "shared: all lanes see one memory (default); private: each has its own."},

    {"How", "repeat", 0, "N", AG_CLI_NUMBER, AT(repeat), NULL, NULL,
     "Repeat each measurement N times (default 5; 3 with --quick)."},
    {"How", "time", 0, "TIME", AG_CLI_CALL, 0, NULL, apply_time,
     "Choose iterations so that one repetition takes TIME or more, in "
     "milliseconds or with ms, s or m (default 200; 20 with --quick)."},
    {"How", "iterations", 0, "N", AG_CLI_NUMBER, AT(iterations), NULL, NULL,
     "Execute N iterations, however long they take."},
    {"How", "quick", 0, NULL, AG_CLI_FLAG, AT(quick), NULL, NULL,
     "Few lanes, short measurements: half a minute or less, and less exact."},
    {"How", "against", 0, "WHAT", AG_CLI_CALL, 0, AGAINST, apply_against,
     "Measure too how fast the same work is natively, on this machine's CPU "
     "and "
     "as a kernel of the GPU, or under qemu-aarch64, one process a core; peak: "
     "what part the instructions are of those that the GPU's threads can issue "
     "(CUDA). May be repeated."},

    {"Output", "json", 0, NULL, AG_CLI_FLAG, AT(json), NULL, NULL,
     "Print one JSON object."},
    {"Output", "csv", 0, NULL, AG_CLI_FLAG, AT(csv), NULL, NULL,
     "Print a CSV table."},
    {"Output", "plot", 0, "FILE.svg", AG_CLI_TEXT, AT(plot), NULL, NULL,
     "Also draw instructions/s by lanes."},
    {NULL, NULL, 0, NULL, AG_CLI_FLAG, 0, NULL, NULL, NULL},
};

/* -- Defaults -------------------------------------------------------------- */

/* The first usable GPU in the order in which `auto` tries them, or the CPU. */
static void choose_backend(bench_settings *s)
{
    uint64_t n;
    armgpu_device *list = ag_cli_list_devices(&n);

    snprintf(s->chosen, sizeof s->chosen, "cpu");
    for (uint64_t i = n; i-- > 0;) {
        if (list[i].usable == 0 || list[i].is_gpu == 0)
            continue;
        snprintf(s->chosen, sizeof s->chosen, "%s", list[i].backend);
        s->device.value = list[i].index;
    }
    s->backends[s->backend_count++] = s->chosen;
    free(list);
}

static void fill_defaults(bench_settings *s)
{
    if (s->backend_count == 0)
        choose_backend(s);
    if (s->engine_count == 0)
        s->engines[s->engine_count++] = ARMGPU_ENGINE_INTERPRETER;
    if (s->program_count == 0) {
        for (size_t i = 0; i < AG_BENCH_PROGRAMS; i++)
            s->programs[s->program_count++] = &ag_bench_programs[i];
    }
    if (!s->repeat.given)
        s->repeat.value = s->quick ? 3 : 5;
    if (!s->milliseconds.given)
        s->milliseconds.value = s->quick ? 20 : 200;
}

/* Numbers of lanes for a backend, into `lanes`; returns how many. */
static size_t lanes_for(const bench_settings *s, const char *backend,
                        uint64_t lanes[MOST_LANES])
{
    static const uint64_t usual[] = {1,   8,    16,   32,    64,
                                     128, 1024, 8192, 65536, 524288};
    static const uint64_t few[] = {1, 32, 128};
    const uint64_t *from = s->quick ? few : usual;
    size_t count = s->quick ? 3 : strcmp(backend, "cpu") == 0 ? 8 : 10;

    if (s->lane_count != 0) {
        from = s->lanes;
        count = s->lane_count;
    }
    memcpy(lanes, from, count * sizeof *lanes);
    return count;
}

/* -- Measuring ------------------------------------------------------------- */

typedef struct bench {
    bench_settings settings;
    ag_bench_run *runs;
    size_t count;
    bool was_wrong, has_failed;
    const char *headed; /* the backend whose head was printed last */
    double issue_peak;  /* of the device that is measured, if it was asked for */
} bench;

static void print(bench *b, const ag_bench_run *run)
{
    if (b->settings.json)
        return;
    if (b->settings.csv) {
        ag_bench_print_csv_row(run);
        return;
    }
    if (b->headed != run->task.backend && run->outcome == AG_BENCH_MEASURED) {
        printf("%s", b->headed == NULL ? "" : "\n");
        ag_bench_print_head(run, b->settings.against);
        b->headed = run->task.backend;
    }
    if (b->headed == run->task.backend)
        ag_bench_print_row(run, b->settings.against);
}

/* Says what went wrong; false for lanes that nobody asked for and that do not
   fit, which are not an error. */
static bool note_failure(bench *b, const ag_bench_run *run)
{
    if (run->outcome == AG_BENCH_NO_ROOM && b->settings.lane_count == 0) {
        ag_cli_say("%s, %" PRIu64 " lanes are left out: %s",
                   run->task.program->name, run->task.lanes, run->wrong);
        return false;
    }
    ag_cli_say("%s", run->wrong);
    b->was_wrong |= run->outcome == AG_BENCH_WRONG;
    b->has_failed |= run->outcome != AG_BENCH_WRONG;
    return true;
}

/* `one`: instr/s of one lane, set when this is it. */
static void add_speedup(ag_bench_run *run, double *one)
{
    double ips = ag_bench_ips(run, run->seconds.median);

    if (run->task.lanes == 1)
        *one = ips;
    run->speedup = *one > 0 ? ips / *one : 0;
}

static void against_native(bench *b, ag_bench_run *run)
{
    char why[512];

    ag_bench_against_native(run);
    if (ag_bench_against_kernel(run, why))
        return;
    ag_cli_say("--against native: %s, %" PRIu64 " lanes: %s",
               run->task.program->name, run->task.lanes, why);
    b->has_failed = true;
}

/* Returns false where larger numbers of lanes need not be tried. */
static bool measure(bench *b, const ag_bench_task *task,
                    const ag_bench_qemu *qemu, double *one)
{
    ag_bench_run *run;

    b->runs = ag_cli_grow(b->runs, b->count, sizeof *b->runs);
    run = &b->runs[b->count];
    ag_bench_measure(task, run);
    if (run->outcome != AG_BENCH_MEASURED && !note_failure(b, run))
        return false;
    if (run->interpreted[0] != '\0')
        ag_cli_say("%s, %" PRIu64 " lanes: interpreted: %s",
                   run->task.program->name, run->task.lanes, run->interpreted);
    if (run->outcome == AG_BENCH_MEASURED) {
        add_speedup(run, one);
        run->qemu_ips = qemu->ips;
        run->qemu_processes = qemu->processes;
        run->issue_peak = b->issue_peak;
        if (b->settings.against.native)
            against_native(b, run);
    }
    b->count++;
    print(b, run);
    return run->outcome == AG_BENCH_MEASURED;
}

static void measure_program(bench *b, const char *backend,
                            const ag_bench_program *program,
                            uint32_t engine, const ag_bench_qemu *qemu)
{
    const bench_settings *s = &b->settings;
    uint64_t lanes[MOST_LANES];
    size_t count = lanes_for(s, backend, lanes);
    double one = 0;
    ag_bench_task task = {.program = program,
                          .backend = backend,
                          .device = (uint32_t)s->device.value,
                          .threads = (uint32_t)s->threads.value,
                          .spread = (uint32_t)s->spread.value,
                          .engine = engine,
                          .helper = ag_cli_own_path(),
                          .memory_mode = (uint32_t)s->memory_mode,
                          .repeats = s->repeat.value,
                          .iterations = s->iterations.value,
                          .seconds = 1e-3 * (double)s->milliseconds.value};

    for (size_t i = 0; i < count; i++) {
        task.lanes = lanes[i];
        if (!measure(b, &task, qemu, &one))
            return;
    }
}

/* Once for each backend, whose rows have a dash where it is not known. */
static void ask_for_peak(bench *b, const char *backend)
{
    b->issue_peak =
        ag_bench_issue_peak(backend, (uint32_t)b->settings.device.value);
    if (b->issue_peak <= 0)
        ag_cli_say("--against peak: how much %s can issue at most is not known; "
                   "it is on CUDA",
                   backend);
}

/* qemu does not know of lanes: a program is measured once. */
static void measure_all(bench *b)
{
    const bench_settings *s = &b->settings;
    ag_bench_qemu qemu[AG_BENCH_PROGRAMS] = {{0, 0, ""}};

    for (size_t i = 0; s->against.qemu && i < s->program_count; i++) {
        ag_bench_run_qemu(s->programs[i], &qemu[i]);
        if (qemu[i].why_not[0] == '\0')
            continue;
        ag_cli_say("--against qemu: %s: %s", s->programs[i]->name,
                   qemu[i].why_not);
        b->has_failed = true;
    }
    for (size_t i = 0; i < s->backend_count; i++) {
        if (s->against.peak)
            ask_for_peak(b, s->backends[i]);
        for (size_t k = 0; k < s->program_count * s->engine_count; k++) {
            const size_t program = k / s->engine_count;

            measure_program(b, s->backends[i], s->programs[program],
                            s->engines[k % s->engine_count], &qemu[program]);
        }
    }
}

/* -- The command ----------------------------------------------------------- */

static bool settings_are_fine(const bench_settings *s)
{
    if (s->json && s->csv)
        ag_cli_say("--json and --csv exclude each other; give one");
    else if (s->device.given && (s->chosen[0] != '\0' || s->backend_count != 1))
        ag_cli_say("--device needs one --backend: each backend counts its own");
    else if (!ag_cli_machine_is_fine(s->device, s->threads, s->spread))
        return false;
    else if (s->plot != NULL && s->engine_count > 1)
        ag_cli_say("--plot draws one engine; give one --engine");
    else if (s->repeat.value == 0 || s->repeat.value > 1000)
        ag_cli_say("--repeat must be 1 to 1000");
    else if (s->milliseconds.value == 0 || s->milliseconds.value > 600000)
        ag_cli_say("--time must be 1 to 600000 milliseconds");
    else if (s->iterations.given && s->iterations.value == 0)
        ag_cli_say("--iterations must be 1 or more");
    else
        return s->plot == NULL || (ag_cli_is_not_stdout("--plot", s->plot) &&
                                   ag_cli_can_write("--plot", s->plot));
    return false;
}

static int run_bench(bench *b)
{
    const bench_settings *s = &b->settings;

    if (s->csv)
        ag_bench_print_csv_head();
    measure_all(b);
    if (s->json)
        ag_bench_print_json(b->runs, b->count);
    if (s->plot != NULL && !ag_bench_plot(s->plot, b->runs, b->count))
        b->has_failed = true;
    if (b->was_wrong)
        return EXIT_WRONG;
    return b->has_failed ? AG_CLI_EXIT_FAILED : AG_CLI_EXIT_OK;
}

static int parse_and_run(bench *b, int argc, char **argv)
{
    int status = AG_CLI_EXIT_OK;
    int first = ag_cli_parse(&ag_cli_bench, argc, argv, &b->settings, &status);

    if (first < 0)
        return status;
    if (first < argc) {
        ag_cli_say("bench takes no operand, but '%s' was given; its programs "
                   "are chosen with --program",
                   argv[first]);
        return AG_CLI_EXIT_FAILED;
    }
    fill_defaults(&b->settings);
    return settings_are_fine(&b->settings) ? run_bench(b) : AG_CLI_EXIT_FAILED;
}

static int run(int argc, char **argv)
{
    bench *b = ag_cli_alloc(1, sizeof *b);
    int status;

    status = parse_and_run(b, argc, argv);
    free(b->runs);
    free(b);
    return status;
}

const ag_cli_command ag_cli_bench = {
    "bench",
    run,
    "measure programs, with every lane's result checked",
    "",
    "Runs programs that travel in the executable on growing numbers of lanes, "
    "compares every lane's result with what this machine's CPU computes "
    "natively, and prints instructions per second: the median of the "
    "repetitions, the slowest and the fastest, over the wall time of "
    "executing; 'on device' over the device's own time. Speed-up and its "
    "efficiency are over one lane; 'lanes' is the shortest lane's "
    "instructions over the longest's; starting is not part of the run. "
    "'native', 'kernel' and 'qemu' say how many times faster those are. Exits "
    "with 1 if "
    "a lane was wrong.",
    options,
};
