/*
 * armgpu bench, shared by its parts (bench_*.c and cmd_bench.c): the programs
 * that travel in the executable, one measurement, and how measurements are
 * written. A measurement whose lanes are not all right has no figures.
 */
#ifndef AG_CLI_BENCH_H
#define AG_CLI_BENCH_H

#include "cli/cli.h"

/* A flat image; src/gen/embed_files.c writes the list from programs/. */
typedef struct ag_bench_image {
    const char *name; /* NULL ends the list */
    const uint8_t *bytes;
    size_t size;
} ag_bench_image;

extern const ag_bench_image ag_bench_images[];

/* -- Programs -------------------------------------------------------------- */

typedef uint64_t (*ag_bench_native)(uint64_t input, uint64_t iterations);

/*
 * Lanes begin at `pc` with their input in X0 and the iterations in X1, which
 * is past the instruction that would read the lane's number: inputs repeat
 * every AG_BENCH_INPUTS lanes, so that the host can compute what each lane
 * must return however many there are.
 */
typedef struct ag_bench_program {
    const char *name;
    const char *image; /* its name in programs/ */
    uint64_t pc;
    size_t result;          /* the X register that holds it */
    uint64_t stack_bytes;   /* a lane's; no multiple of 4 KiB */
    uint64_t unit;          /* instructions of an iteration, roughly */
    ag_bench_native native; /* the same, compiled for the host */
    /* Instructions that a lane retires; NULL: there is no closed form. */
    uint64_t (*cycles)(uint64_t input, uint64_t iterations);
} ag_bench_program;

#define AG_BENCH_INPUTS 1024
#define AG_BENCH_PROGRAMS 15
extern const ag_bench_program ag_bench_programs[AG_BENCH_PROGRAMS];

const ag_bench_image *ag_bench_image_of(const ag_bench_program *program);
/* NULL, without a message, if there is none of that name. */
const ag_bench_program *ag_bench_find_program(const char *name);

/* -- Measurements ---------------------------------------------------------- */

/* What is measured: one program on one device with one number of lanes. */
typedef struct ag_bench_task {
    const ag_bench_program *program;
    const char *backend;
    uint32_t device;
    uint32_t threads;     /* of the CPU; 0: one a core */
    uint32_t spread;      /* armgpu_options.spread */
    uint32_t engine;      /* enum armgpu_engine */
    const char *helper;   /* armgpu_options.helper */
    uint32_t memory_mode; /* enum armgpu_memory_mode */
    uint64_t lanes;
    uint64_t repeats;
    uint64_t iterations; /* 0: enough for `seconds` */
    double seconds;      /* that each repetition takes, or more */
} ag_bench_task;

enum ag_bench_outcome {
    AG_BENCH_MEASURED,
    AG_BENCH_WRONG,     /* a lane is not what the host computed: `wrong` says */
    AG_BENCH_NO_ROOM,   /* lanes do not fit the device: `wrong` says */
    AG_BENCH_IMPOSSIBLE /* the library failed: `wrong` says */
};

typedef struct ag_bench_spread {
    double median, min, max;
} ag_bench_spread;

/* Counts are of one repetition, all lanes; seconds are wall time of execute. */
typedef struct ag_bench_run {
    ag_bench_task task;
    enum ag_bench_outcome outcome;
    char wrong[512]; /* a sentence, if not measured */
    char device_name[128];
    uint64_t memory_size, iterations;
    uint64_t instructions, min_cycles, max_cycles;
    double lane_efficiency;
    ag_bench_spread seconds, device_seconds;
    double start_seconds;   /* opening and loading, kernels included */
    double compile_seconds; /* of that, kernels */
    double speedup;         /* over one lane; 0: one lane was not measured */
    double native_seconds;  /* the same work by the host's compiler; 0: not */
    uint32_t native_threads;
    double kernel_seconds; /* on the device by its own compiler; 0: not */
    /* Of all that was executed, the measured repetitions among it; and why lanes
       were interpreted where they were to be translated; "". */
    double translated_share;
    char interpreted[sizeof ((armgpu_translation *)0)->reason];
    double issue_peak; /* armgpu_device.issue_peak; 0: not known, or not asked */
    double qemu_ips;       /* 0: not measured */
    uint32_t qemu_processes;
} ag_bench_run;

/* Always fills `run`; nothing is said. */
void ag_bench_measure(const ag_bench_task *task, ag_bench_run *run);

double ag_bench_ips(const ag_bench_run *run, double seconds);
uint32_t ag_bench_cores(void);

/* -- Against what ---------------------------------------------------------- */

/*
 * Runs the host's version for inputs 0 to count - 1 on `threads` threads and
 * puts what it returns into `results`. Returns the seconds that took.
 */
double ag_bench_run_native(const ag_bench_program *program, uint64_t iterations,
                           uint64_t *results, uint64_t count, uint32_t threads);

/* armgpu_device.issue_peak: all drivers are asked, so once a device. */
double ag_bench_issue_peak(const char *backend, uint32_t device);

/* Fills native_seconds and native_threads. */
void ag_bench_against_native(ag_bench_run *run);

/*
 * On a backend with a compiler of its own (CUDA, OpenCL): fills kernel_seconds
 * with the device's time for the same lanes and iterations when the same C is a
 * kernel. Programs that cannot be one are left out in silence; otherwise false
 * with a sentence in `why`.
 */
bool ag_bench_against_kernel(ag_bench_run *run, char why[512]);

typedef struct ag_bench_qemu {
    double ips;
    uint32_t processes;
    char why_not[256]; /* "" if it was measured */
} ag_bench_qemu;

/* One process of qemu-aarch64 for each core, all at once. */
void ag_bench_run_qemu(const ag_bench_program *program, ag_bench_qemu *out);

/* Writes a static ELF that runs `program` for one lane's input and writes the
   result's 8 bytes to its standard output. False if it cannot be written. */
bool ag_bench_write_elf(const ag_bench_program *program, uint64_t input,
                        uint64_t iterations, int file);

/* -- Output ---------------------------------------------------------------- */

/* Columns that only --against fills, or several engines, are left out without. */
typedef struct ag_bench_columns {
    bool native, qemu, peak, engine;
} ag_bench_columns;

void ag_bench_print_head(const ag_bench_run *run, ag_bench_columns columns);
void ag_bench_print_row(const ag_bench_run *run, ag_bench_columns columns);
void ag_bench_print_csv_head(void);
void ag_bench_print_csv_row(const ag_bench_run *run);
void ag_bench_print_json(const ag_bench_run *runs, size_t count);

/* Writes instr/s by lanes as SVG; says so and returns false if it cannot. */
bool ag_bench_plot(const char *path, const ag_bench_run *runs, size_t count);

#endif
