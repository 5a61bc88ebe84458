/*
 * armgpu bench --against native on a GPU: a program's C as a kernel, compiled
 * and launched by the backend as it does the interpreter. This alone of
 * the command line goes below armgpu.h, because a library that emulates has no
 * business offering other kernels.
 */
#include "cli/bench/kernel.h"
#include "base/hash.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* At least so much device time altogether, and at most so many launches. */
#define LEAST_SECONDS 0.1
#define MOST_LAUNCHES 200

/* The Makefile embeds each between programs/native/begin.h and end.h. */
#define SOURCE(name)                                                           \
    extern const struct ag_kernel_source ag_native_source_##name
SOURCE(alu);
SOURCE(mixed);
SOURCE(sha256);
SOURCE(crc32);
SOURCE(sort);
SOURCE(collatz);
SOURCE(stream);
SOURCE(fir);
SOURCE(chacha20);
#undef SOURCE

static const struct {
    const char *image;
    const struct ag_kernel_source *source;
} sources[] = {
    {"alu", &ag_native_source_alu},
    {"mixed", &ag_native_source_mixed},
    {"sha256", &ag_native_source_sha256},
    {"crc32", &ag_native_source_crc32},
    {"sort", &ag_native_source_sort},
    {"collatz", &ag_native_source_collatz},
    {"stream", &ag_native_source_stream},
    {"fir", &ag_native_source_fir},
    {"chacha20", &ag_native_source_chacha20},
    {"sha256_ce", &ag_native_source_sha256},
};

#define KERNEL "ag_native_kernel"
/* The kernel has no use for group memory, but backends choose the size of its
   groups as they do for those that have. */
#define LANE_BYTES 8

/* What the kernel is told, in AG_ARGUMENT_LANES. */
enum { TELL_ITERATIONS, TELL_INPUTS, TELL_COUNT };

typedef struct kernel {
    const struct ag_backend *backend;
    ag_device *device;
    ag_module *module;
    const ag_kernel *kernel;
    ag_buffer *buffers[AG_ARGUMENT_COUNT];
    struct ag_kernel_source source;
    char *why; /* 512 bytes */
} kernel;

static bool fail(kernel *k, const char *sentence)
{
    snprintf(k->why, 512, "%s", sentence);
    return false;
}

/* -- The source ------------------------------------------------------------ */

typedef struct writer {
    char *text;
    size_t length, room;
} writer;

static void add(writer *w, const char *format, ...) AG_CLI_PRINTF(2, 3);
static void add(writer *w, const char *format, ...)
{
    va_list arguments;
    int n;

    va_start(arguments, format);
    n = vsnprintf(w->text + w->length, w->room - w->length, format, arguments);
    va_end(arguments);
    if (n > 0)
        w->length += (size_t)n;
}

/* Names and arguments as backends expect them: every buffer as words, then the
   slice's arguments, of which only the number of lanes matters. */
static void add_kernel(writer *w, const char *name, bool is_opencl)
{
    size_t count_at = offsetof(ag_slice_args, count);

    add(w, "%s void %s(", is_opencl ? "__kernel" : "extern \"C\" __global__",
        name);
    for (int i = 0; i < AG_ARGUMENT_COUNT; i++)
        add(w, "%suint64_t *b%d, ", is_opencl ? "__global " : "", i);
    add(w, "ag_words args%s)\n{\n",
        is_opencl ? ", __local uint64_t *group" : "");
    add(w, "    uint32_t i = %s;\n",
        is_opencl ? "get_global_id(0)"
                  : "blockIdx.x * blockDim.x + threadIdx.x");
    add(w,
        "    if (i < (uint32_t)(args.words[%zu] >> %zu))\n"
        "        b%d[i] = ag_native(i %% b%d[%d], b%d[%d]);\n}\n",
        count_at / 8, count_at % 8 * 8, AG_ARGUMENT_STATE, AG_ARGUMENT_LANES,
        TELL_INPUTS, AG_ARGUMENT_LANES, TELL_ITERATIONS);
}

static const struct ag_kernel_source *embedded(const ag_bench_program *program)
{
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        if (strcmp(sources[i].image, program->image) == 0)
            return sources[i].source;
    }
    return NULL;
}

bool ag_bench_kernel_source(const ag_bench_program *program, bool is_opencl,
                            struct ag_kernel_source *out)
{
    const struct ag_kernel_source *source = embedded(program);
    writer w = {NULL, 0, 0};

    if (source == NULL)
        return false;
    w.room = source->length + 8192;
    w.text = ag_cli_alloc(w.room, 1);
    add(&w, "%s\ntypedef struct { uint64_t words[%zu]; } ag_words;\n",
        source->text, sizeof(ag_slice_args) / 8);
    add_kernel(&w, KERNEL, is_opencl);
    out->text = w.text;
    out->length = w.length;
    out->hash = ag_hash(AG_HASH_START, w.text, w.length);
    return true;
}

/* -- The device ------------------------------------------------------------ */

static bool driver(kernel *k, int32_t error)
{
    return error == ARMGPU_OK || fail(k, k->backend->message(k->device));
}

static bool build_module(kernel *k)
{
    struct ag_module_kernel wanted = {.name = KERNEL,
                                      .lane_bytes = LANE_BYTES};
    struct ag_module_options options = {.source = &k->source,
                                        .defines = "",
                                        .kernels = &wanted,
                                        .count = 1};
    struct ag_module_info info;

    if (!driver(k, k->backend->build(k->device, &k->module, &options, &info)))
        return false;
    k->kernel = wanted.kernel;
    return true;
}

static bool open_device(kernel *k, const ag_bench_run *run)
{
    struct ag_device_options options = {.index = run->task.device,
                                        .lanes = run->task.lanes};
    struct ag_device_info info;
    char message[AG_MESSAGE_BYTES] = "";

    memset(&info, 0, sizeof info);
    if (k->backend->open(&k->device, &options, &info, message) != ARMGPU_OK) {
        k->device = NULL;
        return fail(k, message);
    }
    if (!build_module(k))
        return false;
    for (int i = 0; i < AG_ARGUMENT_COUNT; i++) {
        k->buffers[i] = k->backend->alloc(
            k->device, i == AG_ARGUMENT_STATE ? 8 * run->task.lanes : 64);
        if (k->buffers[i] == NULL)
            return fail(k, k->backend->message(k->device));
    }
    return true;
}

static void close_device(kernel *k)
{
    for (int i = 0; i < AG_ARGUMENT_COUNT && k->device != NULL; i++)
        k->backend->release(k->device, k->buffers[i]);
    if (k->device != NULL) {
        k->backend->unload(k->device, k->module);
        k->backend->close(k->device);
    }
    free((void *)k->source.text);
}

static bool launch(kernel *k, uint64_t lanes, double *seconds)
{
    ag_slice_args args;

    memset(&args, 0, sizeof args);
    args.count = (u32)lanes;
    return driver(k, k->backend->launch(k->device, k->kernel, k->buffers,
                                        &args)) &&
           driver(k, k->backend->wait(k->device, seconds));
}

static bool tell(kernel *k, const ag_bench_run *run)
{
    uint64_t words[TELL_COUNT];

    words[TELL_ITERATIONS] = run->iterations;
    words[TELL_INPUTS] = AG_BENCH_INPUTS;
    return driver(k,
                  k->backend->upload(k->device, k->buffers[AG_ARGUMENT_LANES],
                                     0, words, sizeof words));
}

/* The kernel's results are held against the host's, as lanes' are. */
static bool results_are_right(kernel *k, const ag_bench_run *run)
{
    uint64_t lanes = run->task.lanes;
    uint64_t inputs = lanes < AG_BENCH_INPUTS ? lanes : AG_BENCH_INPUTS;
    uint64_t *got = ag_cli_alloc(lanes, sizeof *got);
    uint64_t *want = ag_cli_alloc(inputs, sizeof *want);
    bool fine;

    (void)ag_bench_run_native(run->task.program, run->iterations, want, inputs,
                              ag_bench_cores());
    fine = driver(k, k->backend->download(k->device, got,
                                          k->buffers[AG_ARGUMENT_STATE], 0,
                                          lanes * sizeof *got));
    for (uint64_t i = 0; fine && i < lanes; i++) {
        if (got[i] != want[i % inputs])
            fine = fail(k, "the kernel's result is not the host's");
    }
    free(got);
    free(want);
    return fine;
}

/* The mean over launches, the first of which warmed the device up. */
static bool time_launches(kernel *k, ag_bench_run *run)
{
    double seconds, sum = 0;
    int launches = 0;

    if (!launch(k, run->task.lanes, &seconds) || !results_are_right(k, run))
        return false;
    while (launches == 0 || (sum < LEAST_SECONDS && launches < MOST_LAUNCHES)) {
        if (!launch(k, run->task.lanes, &seconds))
            return false;
        sum += seconds;
        launches++;
    }
    run->kernel_seconds = sum / launches;
    return true;
}

/* Those whose drivers compile at run time. */
static const struct ag_backend *find_backend(const char *name)
{
    for (int i = 0; ag_backends[i] != NULL; i++) {
        if (strcmp(ag_backends[i]->name, name) == 0 &&
            (strcmp(name, "cuda") == 0 || strcmp(name, "opencl") == 0))
            return ag_backends[i];
    }
    return NULL;
}

bool ag_bench_against_kernel(ag_bench_run *run, char why[512])
{
    kernel k = {.why = why, .backend = find_backend(run->task.backend)};
    bool fine;

    if (k.backend == NULL ||
        !ag_bench_kernel_source(run->task.program,
                                strcmp(k.backend->name, "opencl") == 0,
                                &k.source))
        return true;
    fine = open_device(&k, run) && tell(&k, run) && time_launches(&k, run);
    close_device(&k);
    return fine;
}
