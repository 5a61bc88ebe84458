/*
 * armgpu: one ARM64 (A64) program on N lanes at once.
 *
 * This header is the whole public interface of libarmgpu. A lane is a whole
 * ARM64 CPU: its own registers, PC, flags and cycle counter. A handle owns the
 * lanes, their memory and one device that executes them. Handles share
 * nothing: different threads may use different handles; one handle is used by
 * one thread at a time (armgpu_request_stop excepted).
 *
 * Conventions
 *  - Functions that can fail return ARMGPU_OK (0) or a negative armgpu_error;
 *    armgpu_error_message() then has a whole sentence: subject, cause and, where
 *    there is one, what to do.
 *  - A structure that may grow begins with `size`; its init function or the
 *    caller sets it to sizeof the structure it was compiled with (in an array,
 *    that of the first counts). Library and caller may know different versions
 *    of it: nothing is written beyond `size`, what a shorter one lacks has its
 *    default, what a longer one has more is zero when it is written, and
 *    refused unless it is zero when it is read.
 *  - Lanes are counted from 0 in 64 bits. Addresses and memory sizes are bytes.
 *    Where only some lanes run (armgpu_options.only) calls on others fail with
 *    ARMGPU_ERROR_LANE.
 *  - A fault of the guest program is a result (a stop reason), never an error.
 *  - armgpu_execute() does not read the environment (getenv()), nor does what
 *    compiles beside it; drivers may, on GPUs. Without one another thread may
 *    change it meanwhile.
 *  - The caller's floating-point environment (rounding, flushing, exceptions)
 *    has no part in what lanes compute, and calls leave it as it was, flags
 *    included. Functions that the caller gave are called in its own.
 */
#ifndef ARMGPU_H
#define ARMGPU_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ARMGPU_VERSION "0.1.0"

/* Errors: X(name, value, short text). Values never change. */
#define ARMGPU_ERRORS(X)                                                       \
    X(OK, 0, "no error")                                                       \
    X(ERROR_ARGUMENT, -1, "invalid argument")                                  \
    X(ERROR_MEMORY, -2, "out of memory")                                       \
    X(ERROR_BACKEND, -3, "backend unavailable")                                \
    X(ERROR_DEVICE, -4, "device failure")                                      \
    X(ERROR_LANE, -5, "no such lane")                                          \
    X(ERROR_RANGE, -6, "outside guest memory")                                 \
    X(ERROR_ALIGNMENT, -7, "address not a multiple of 4")                      \
    X(ERROR_NO_PROGRAM, -8, "no program loaded")                               \
    X(ERROR_FORMAT, -9, "not a flat ARM64 image")                              \
    X(ERROR_NOT_RESIDENT, -10, "lane not on the device")

enum armgpu_error {
#define ARMGPU_X(name, value, text) ARMGPU_##name = value,
    ARMGPU_ERRORS(ARMGPU_X)
#undef ARMGPU_X
};

/* What a stop reason means for its lane, as bits. */
enum armgpu_stop_trait {
    ARMGPU_STOP_GOES_ON = 1,   /* the next armgpu_execute() goes on with it */
    ARMGPU_STOP_HAS_STATUS = 2, /* the program ended by itself; code 0 says that
                                   all is well */
    ARMGPU_STOP_IS_LIMIT = 4   /* not the guest's doing: the lane is as if it had
                                  not stopped, its exclusive monitor too */
};

/*
 * Why a lane stopped: X(name, value, text, pc, code, traits, colour). Values
 * never change. `pc` and `code` say what armgpu_lane_result.pc and .stop_code
 * hold ("-": nothing); `colour` is 0xRRGGBB, for pictures. Kernels have the
 * numbers in kernels/lane/state.h, and do not compile if one is missing there.
 */
#define ARMGPU_STOPS(X)                                                        \
    X(RUNNING, 0, "running", "next", "-", ARMGPU_STOP_GOES_ON, 0x606060)       \
    X(HALT, 1, "halt", "of the HLT", "imm16", ARMGPU_STOP_HAS_STATUS,          \
      0x2e8b57)                                                                \
    X(SYSCALL, 2, "syscall", "after the SVC", "imm16", ARMGPU_STOP_GOES_ON,    \
      0x4682dc)                                                                \
    X(MAX_CYCLES, 3, "max-cycles", "next", "-",                                \
      ARMGPU_STOP_GOES_ON | ARMGPU_STOP_IS_LIMIT, 0xf0c83c)                    \
    /* At a breakpoint that was set the code is ARMGPU_CODE_BREAKPOINT, and */ \
    /* the lane can go on: nothing was the guest's doing. */                   \
    X(BREAKPOINT, 4, "breakpoint", "of the BRK", "imm16", 0, 0x9664dc)         \
    X(WATCHPOINT, 5, "watchpoint", "of the access", "address", 0, 0x6e3ca0)    \
    X(UNDEFINED, 6, "undefined", "of the word", "the word", 0, 0xdc3c3c)       \
    X(DATA_FAULT, 7, "data-fault", "of the access", "address", 0, 0xeb7828)    \
    X(FETCH_FAULT, 8, "fetch-fault", "the bad PC", "-", 0, 0xe15aa0)           \
    X(ALIGNMENT_FAULT, 9, "alignment-fault", "of the access", "address", 0,    \
      0x965028)                                                                \
    X(EXIT, 10, "exit", "after the call", "exit status",                       \
      ARMGPU_STOP_HAS_STATUS, 0x3cb4aa)                                        \
    X(DEVICE_FAULT, 11, "device-fault", "last known", "-", 0, 0x000000)        \
    X(INTERRUPTED, 12, "interrupted", "next", "-",                             \
      ARMGPU_STOP_GOES_ON | ARMGPU_STOP_IS_LIMIT, 0xfafafa)                    \
    /* A process waits for what nobody will ever do: a futex that no other */  \
    /* thread wakes, a signal that nobody sends. */                            \
    X(DEADLOCK, 13, "deadlock", "of the SVC", "system call", 0, 0x8c1432)

enum armgpu_stop {
#define ARMGPU_X(name, value, text, pc, code, traits, colour)                  \
    ARMGPU_STOP_##name = value,
    ARMGPU_STOPS(ARMGPU_X)
#undef ARMGPU_X
};
#define ARMGPU_STOP_COUNT 14
#define ARMGPU_MAX_STOPS 32 /* what armgpu_result has room for */

enum armgpu_memory_mode {
    ARMGPU_MEMORY_SHARED = 0, /* all lanes see one address space */
    ARMGPU_MEMORY_PRIVATE = 1 /* every lane has its own copy of the image */
};

/* How floating point is computed. */
enum armgpu_float {
    ARMGPU_FLOAT_DEFAULT = 0, /* as the environment's ARMGPU_FLOAT says when a
                                 handle is opened: auto (or nothing) or soft */
    ARMGPU_FLOAT_AUTO = 1,    /* by the hardware where its result is proven to
                                 be the architecture's, else in integers */
    ARMGPU_FLOAT_SOFT = 2     /* in integers everywhere */
};

/* How lanes execute. */
enum armgpu_engine {
    ARMGPU_ENGINE_AUTO = 0,       /* interpreted at first; on the CPU, if there is
                                     a C compiler, and on CUDA and GPUs of
                                     OpenCL, if there is a helper, what lasts is
                                     translated beside the run, for as long as
                                     that is faster */
    ARMGPU_ENGINE_INTERPRETER = 1,
    ARMGPU_ENGINE_TRANSLATED = 2  /* where it can be done, code is translated and
                                     compiled: small programs before lanes
                                     execute, larger ones while they do, and of
                                     large ones what is hot */
};

enum armgpu_access {
    ARMGPU_ACCESS_NONE = 0,
    ARMGPU_ACCESS_READ = 1,
    ARMGPU_ACCESS_WRITE = 2
};

/* Registers by number: 0 to 30 are X0 to X30. */
enum armgpu_register {
    ARMGPU_REGISTER_SP = 31,
    ARMGPU_REGISTER_PC = 32,
    ARMGPU_REGISTER_NZCV = 33, /* flags in bits 31:28 */
    ARMGPU_REGISTER_TPIDR = 34
};

/* Which program a lane executes, of P programs and N lanes. */
enum armgpu_assign {
    ARMGPU_ASSIGN_ROUND_ROBIN = 0, /* lane % P */
    ARMGPU_ASSIGN_BLOCK = 1,       /* lane / ceil(N / P) */
    ARMGPU_ASSIGN_TABLE = 2        /* table[lane % count] */
};

typedef struct armgpu armgpu;
typedef struct armgpu_program armgpu_program; /* what an ELF file holds */
typedef struct armgpu_process armgpu_process;

#define ARMGPU_MAX_SPREAD 64 /* armgpu_options.spread: of the widest warps */

#define ARMGPU_MAX_TRANSLATE_BUDGET 65536 /* armgpu_options.translate_budget */

#define ARMGPU_RESIDENT_FAST UINT64_MAX

/* Lanes [first, first + n). */
typedef struct armgpu_lane_range {
    uint64_t first, n;
} armgpu_lane_range;

/* What is at a device's addresses. */
enum armgpu_mmio_kind {
    ARMGPU_MMIO_NULL = 0,  /* reads give 0; writes are output */
    ARMGPU_MMIO_CONST = 1, /* reads give `value`, writes are dropped */
    ARMGPU_MMIO_INPUT = 2  /* reads give the next byte of `input`, to each lane
                              from the first on, 0 behind the last; writes are
                              output */
};

/*
 * A device: addresses [address, address + bytes) outside lanes' memory. An
 * access of any size that lies in it, wherever it begins there, is one read or
 * write: of `value` as many bytes as it has, the lowest first; of `input` one,
 * zero-extended; and its lowest byte is output, which armgpu_output_fn is given
 * as descriptor 1. An atomic update reads, and writes what is not what it read.
 * Where devices overlap the later one in the list counts.
 */
typedef struct armgpu_mmio {
    uint64_t address, bytes;
    uint64_t value;
    const void *input;
    uint64_t input_bytes;
    uint32_t kind; /* enum armgpu_mmio_kind */
    uint32_t reserved;
} armgpu_mmio;
typedef struct armgpu_function armgpu_function;

typedef struct armgpu_options {
    uint64_t size;        /* sizeof(armgpu_options) */
    uint64_t lanes;       /* 1 or more, at most 2^32 - 1024; private memory 2^48;
                             default 32 */
    uint64_t memory_size; /* bytes; a multiple of 64; per lane if private; 0
                             (default): what armgpu_options_memory() says */
    uint64_t stack_size;  /* shared memory: bytes between the lanes' stacks, a
                             multiple of 16; 0: the largest power of two that
                             gives all lanes half the memory, at most 64 KiB
                             (a warning if that is less than 4 KiB) */
    const char *backend;  /* "auto" (or NULL), "cpu", "cuda", ... */
    uint32_t memory_mode; /* enum armgpu_memory_mode; default shared */
    uint32_t device;      /* index within the backend's list; default 0, the
                             only one with "auto" */
    uint32_t threads;     /* CPU backend: 0 = one per core; default 0 */
    uint32_t private_layout; /* for tests of armgpu itself: how private memory
                                lies on the device; 0 (default): what is fast
                                there, 1: a lane's in one piece, 2: words of 32
                                lanes side by side. Results are the same */
    uint64_t resident;    /* private memory: lanes on the device at one time;
                             more lanes than that run in waves; 0 (default): as
                             many as fit; ARMGPU_RESIDENT_FAST: at most as many
                             as are useful, on the CPU a few hundred a thread */
    uint32_t spread;      /* GPUs: of the threads that execute in step (a warp)
                             how many have a lane, at most 64; results are the
                             same; 0 (default): what is fast, few where lanes
                             are few */
    uint32_t float_mode;  /* enum armgpu_float; results are the same */
    uint32_t engine;      /* enum armgpu_engine; results are the same */
    const armgpu_lane_range *only; /* of the lanes just these run, in ascending
                                      order without overlap; copied; they are
                                      as in a run of all, by their own numbers:
                                      start values, programs, stacks in a
                                      shared memory that is as large */
    uint64_t num_only;             /* ranges; 0 (default): all lanes run */
    const armgpu_program *program; /* an ELF program: lanes have its memory, a
                                      private one; memory_size and memory_mode
                                      are not looked at; default NULL */
    const armgpu_process *process; /* Linux programs: what each lane's process
                                      starts with; NULL (default): all defaults;
                                      what it points to is needed until
                                      armgpu_close() */
    const armgpu_mmio *mmio; /* devices, private memory only; copied. What lanes
                                write to them process->output is given, of
                                images too */
    uint64_t num_mmio;       /* default 0 */
    const armgpu_function *function; /* of `program`: lanes call just this one;
                                        copied; default NULL */
    uint32_t translate_budget; /* ARMGPU_ENGINE_TRANSLATED: programs of fewer
                                  instructions, at most 65536, are translated
                                  whole before lanes execute, of others a quarter
                                  of so many while they do; 0 (default): 4000,
                                  and from 500 on while lanes execute */
    uint32_t reserved;         /* 0 */
    const char *helper; /* path (not looked for in PATH) of a program of this
                           version that compiles translated code for CUDA and
                           OpenCL: NVRTC and drivers may crash, or never end.
                           Started with ARMGPU_HELPER as its first argument it
                           does armgpu_helper() before anything else, as the
                           armgpu program does. Where it does not start lanes are
                           interpreted. Copied; NULL (default): they are called
                           in this process */
} armgpu_options;

#define ARMGPU_HELPER "compile-for-parent"
/* What armgpu_options.helper does with its arguments; returns its exit status. */
int armgpu_helper(int argc, char **argv);

/* The bits that there are of FPCR (AHP, DN, FZ, RMode, FZ16) and of FPSR (QC and
   the cumulative exception bits). */
#define ARMGPU_FPCR_BITS UINT64_C(0x07c80000)
#define ARMGPU_FPSR_BITS UINT64_C(0x0800009f)

/* A lane's whole architectural state. */
typedef struct armgpu_state {
    uint64_t size;             /* sizeof(armgpu_state) */
    uint64_t x[31];
    uint64_t sp;
    uint64_t pc;
    uint64_t nzcv;             /* bits 31:28, as in the register */
    uint64_t tpidr;            /* TPIDR_EL0 */
    uint64_t fpcr;             /* ARMGPU_FPCR_BITS */
    uint64_t fpsr;
    uint64_t v[32][2];         /* low half first */
    uint64_t cycles;           /* retired instructions since reset */
    uint64_t monitor_address;  /* exclusive monitor; meaningful if size != 0 */
    uint64_t monitor_size;     /* bytes: 0 (open), 1, 2, 4, 8 or 16 */
    uint64_t monitor_value[2]; /* what the load-exclusive read */
} armgpu_state;

/* How one lane ended. */
typedef struct armgpu_lane_result {
    uint64_t cycles;      /* retired instructions since reset */
    uint64_t pc;
    uint64_t stop_code;   /* see ARMGPU_STOPS */
    uint32_t stop_reason; /* enum armgpu_stop */
    uint32_t access;      /* data and alignment faults: enum armgpu_access */
    uint32_t access_size; /* bytes of the access that faulted */
    uint32_t reserved;
} armgpu_lane_result;

/* What one armgpu_execute() did. */
typedef struct armgpu_result {
    uint64_t size;           /* sizeof(armgpu_result) */
    uint64_t num_lanes;      /* of the handle: that run */
    uint64_t total_cycles;   /* instructions retired by this call, all lanes */
    uint64_t min_cycles;     /* of a lane, in this call */
    uint64_t max_cycles;
    double elapsed_seconds;  /* wall time of the call */
    double device_seconds;   /* of that, the device executing lanes */
    uint64_t nonzero_codes;  /* of those in halt and exit, lanes whose code is
                                not 0: with stops, whether all ended well */
    uint64_t stops[ARMGPU_MAX_STOPS]; /* lanes by stop reason, those of all
                                         waves; lanes that a run which was
                                         stopped never began are in none */
} armgpu_result;

/* A device that a backend found, or a backend that is not usable and why. */
typedef struct armgpu_device {
    uint64_t size;         /* sizeof(armgpu_device) */
    uint64_t memory_bytes; /* memory lanes can use; 0 if unknown */
    uint32_t index;        /* for armgpu_options.device */
    uint32_t usable;       /* 0: `detail` says why not */
    uint32_t compute_units;
    uint32_t is_gpu;
    char backend[16];
    char name[128];
    char driver[64];
    char detail[256];
    uint64_t issue_peak; /* thread instructions that it can issue in a second, at
                            its highest clock; 0 if unknown */
} armgpu_device;

/* A row of the instruction table. */
typedef struct armgpu_instruction {
    uint64_t size;        /* sizeof(armgpu_instruction) */
    uint32_t mask;        /* a word is this row's if (word & mask) == value and */
    uint32_t value;       /* no more specific row matches */
    uint32_t implemented; /* 0: named only, executing it stops as undefined */
    uint32_t reserved;
    const char *name;     /* the Arm ARM's encoding name; static storage */
    const char *feature;  /* "base", "LSE", ... */
    const char *assembly; /* template, or "" for a row that is only named */
} armgpu_instruction;

/*
 * Called between slices. Returns 0 to go on; anything else stops the lanes that
 * are still running with ARMGPU_STOP_INTERRUPTED. `cycles` counts this call's
 * retired instructions of all lanes so far (of lanes that were looked at since
 * they last ran), `live` the lanes still running.
 */
typedef int32_t (*armgpu_progress_fn)(void *user, uint64_t cycles,
                                      uint64_t live, double seconds);

/*
 * Called before lane `lane` executes the instruction at state->pc. Returns 0 to
 * go on; anything else interrupts as armgpu_progress_fn does.
 */
typedef int32_t (*armgpu_trace_fn)(void *user, uint64_t lane,
                                   const armgpu_state *state, uint32_t word);

/*
 * Called by armgpu_execute(): lanes [first, first + n) have become resident and
 * have not executed. They are as after a reset; registers, PCs, memory and
 * programs of just these lanes may be set here. Each lane is prepared once
 * between resets. Returns 0 to go on; anything else interrupts as
 * armgpu_progress_fn does.
 */
typedef int32_t (*armgpu_prepare_fn)(void *user, armgpu *g, uint64_t first,
                                     uint64_t n);

/*
 * Called by armgpu_execute(): these n lanes (ascending; results[i] is that of
 * lanes[i]) have ended, whatever the reason. Until it returns their registers
 * and memory can be read; with waves they are then gone. Every lane that
 * executes is reported once a call of armgpu_execute(), within a bounded
 * distance: no lane is begun before lane k has been reported that is more than
 * 8 times armgpu_get_num_resident() (and 1,024) after k, of those that run. The
 * order depends on
 * the device, but not on time: a run on the CPU repeats it. Returns 0 to go on;
 * anything else stops the run: lanes that had not ended are interrupted and
 * not reported.
 */
typedef int32_t (*armgpu_finish_fn)(void *user, armgpu *g,
                                    const uint64_t *lanes,
                                    const armgpu_lane_result *results,
                                    uint64_t n);

/* -- Programs of ELF files, processes --------------------------------------
 *
 * An ELF program brings its own memory: addresses begin where its lowest
 * segment does, what may not be written is there once for all lanes, and each
 * lane has data, heap and stack of its own. A Linux program runs as a process a
 * lane: arguments, standard input and output, system calls, exit status.
 * Sequence: armgpu_program_open(), armgpu_options.program (and .process),
 * armgpu_open(), armgpu_execute(). The program is loaded then; calls that load
 * others fail with ARMGPU_ERROR_ARGUMENT.
 */
/* What a program expects of what starts it. */
enum armgpu_program_kind {
    ARMGPU_PROGRAM_ANY = 0,       /* as the file looks */
    ARMGPU_PROGRAM_LINUX = 1,     /* a process of Linux */
    ARMGPU_PROGRAM_BARE_METAL = 2 /* a machine of its own */
};

typedef struct armgpu_program_options {
    uint64_t size;        /* sizeof(armgpu_program_options) */
    uint32_t kind;        /* enum armgpu_program_kind; default ANY */
    uint32_t has_base;    /* 1: memory begins at `base`, */
    uint64_t base;        /* a multiple of 4096; default 0, 0: as linked */
    uint64_t heap_size;   /* bytes, rounded up to 4096; default 1 MiB */
    uint64_t stack_size;  /* default 128 KiB */
    const char *entry;    /* a symbol to begin at; default NULL: the file's */
} armgpu_program_options;

/* Memory of a lane is [address, address + bytes), twice. */
typedef struct armgpu_program_info {
    uint64_t size; /* sizeof(armgpu_program_info) */
    uint32_t kind; /* LINUX or BARE_METAL */
    uint32_t is_position_independent;
    uint64_t entry;            /* where lanes begin */
    uint64_t bias;             /* added to the file's addresses */
    uint64_t readonly_address; /* one copy for all lanes */
    uint64_t readonly_bytes;
    uint64_t writable_address; /* each lane's: data, heap and stack */
    uint64_t writable_bytes;
    uint64_t heap, heap_bytes;
    uint64_t stack, stack_bytes;
    uint64_t num_symbols;
    uint64_t build_id_bytes; /* 0: it has none */
    uint8_t build_id[64];
    char why[96]; /* of the kind: follows "a Linux program: " */
    uint32_t calls_semihosting; /* bare metal with HLT #0xf000 in it */
    uint32_t reserved;
} armgpu_program_info;

#define ARMGPU_SENTENCE 256

void armgpu_program_options_init_size(armgpu_program_options *options,
                                      uint64_t size);
static inline void
armgpu_program_options_init(armgpu_program_options *options)
{
    armgpu_program_options_init_size(options, sizeof *options);
}

/*
 * Reads an ELF file's bytes, which are not needed afterwards. `options` may be
 * NULL. On failure (ARMGPU_ERROR_FORMAT: it is no program that can run here;
 * _ARGUMENT: what was asked for does not fit it; _MEMORY) *out is NULL and
 * `sentence` says why, to follow the file's name.
 */
int32_t armgpu_program_open(armgpu_program **out, const void *bytes,
                            size_t size, const armgpu_program_options *options,
                            char sentence[ARMGPU_SENTENCE]);
/* NULL is allowed. Handles that were opened with it need it until they are
   closed. */
void armgpu_program_close(armgpu_program *program);
/* info->size is set by the caller. */
int32_t armgpu_program_get_info(const armgpu_program *program,
                                armgpu_program_info *info);
/* Address and bytes (0: not known) of a symbol; ARMGPU_ERROR_ARGUMENT if there
   is none. Either pointer may be NULL. */
int32_t armgpu_program_find_symbol(const armgpu_program *program,
                                   const char *name, uint64_t *address,
                                   uint64_t *bytes);
/* "main+0x10" into text, "" where no symbol is; cut to `size`, always
   terminated; returns its length. */
size_t armgpu_program_describe(const armgpu_program *program, uint64_t address,
                               char *text, size_t size);

/*
 * A function of the program returns `value` in X0 at once: its first bytes
 * (armgpu_stub_code()) are replaced, for handles that are opened afterwards. It
 * is the one called `name`, or where that is NULL the one at `address`.
 * ARMGPU_ERROR_ARGUMENT, and a sentence to follow the file's name, if there is
 * no such function, or it has fewer bytes than that.
 */
int32_t armgpu_program_stub(armgpu_program *program, const char *name,
                            uint64_t address, uint64_t value,
                            char sentence[ARMGPU_SENTENCE]);
/* The bytes of a function that returns `value`, for images:
   armgpu_load_data() puts them in the place of another. How many there are. */
#define ARMGPU_STUB_BYTES 20 /* at most */
size_t armgpu_stub_code(uint64_t value, void *code);

/* Bytes of a lane's standard input. */
typedef struct armgpu_input {
    const void *bytes;
    uint64_t size;
} armgpu_input;

/*
 * Called by armgpu_execute(): the lane wrote `n` bytes to descriptor 1 or 2. A
 * lane's calls are in the order in which it wrote; when it has ended, all of them
 * were made before armgpu_finish_fn reports it. Returns 0 to go on; anything else
 * interrupts as armgpu_progress_fn does.
 */
typedef int32_t (*armgpu_output_fn)(void *user, uint64_t lane,
                                    uint32_t descriptor, const void *bytes,
                                    uint64_t n);

/*
 * The arguments of lane `lane`: at most `most` pointers to strings into
 * arguments[], argv[0] first; returns how many there are. What it points to is
 * kept until the next call.
 */
typedef uint64_t (*armgpu_arguments_fn)(void *user, uint64_t lane,
                                        const char **arguments, uint64_t most);

/*
 * Called by armgpu_execute(): the lane has stopped, and one of the files, folders
 * and links that it made, changed or opened for writing is this. `path` begins at
 * the lane's root and has no `.` and `..`; folders come before what is in them, and
 * all of a lane in the order of their names, before armgpu_finish_fn reports it.
 * `mode` is as in struct stat (folders 040000, links 0120000); a folder has no
 * bytes, those of a link are where it leads, which may be anywhere; a file with
 * several names comes by each. A lane that goes on later, and stops again, has all
 * of them handed out again. Returns as armgpu_output_fn does.
 */
typedef int32_t (*armgpu_file_fn)(void *user, uint64_t lane, const char *path,
                                  uint32_t mode, const void *bytes,
                                  uint64_t n);

/* A file of the host by the name that lanes have for it. */
typedef struct armgpu_file_name {
    const char *guest, *host;
} armgpu_file_name;

/* Whether HLT #0xf000 of a bare-metal program asks for what a debugger does
   (docs/programs.md). Then all of armgpu_process but environment, seed and files
   is for it too; its arguments, with blanks between, are the command line. */
enum armgpu_semihosting {
    ARMGPU_SEMIHOSTING_AUTO = 0, /* if the program has such an instruction */
    ARMGPU_SEMIHOSTING_ON = 1,
    ARMGPU_SEMIHOSTING_OFF = 2
};

/* What a process of a lane starts with. */
struct armgpu_process {
    uint64_t size;    /* sizeof(armgpu_process) */
    const char *name; /* AT_EXECFN; default "program" */
    /* argv, argv[0] among them, of every lane; default: the name alone. */
    const char *const *arguments;
    uint64_t num_arguments;
    armgpu_arguments_fn arguments_of; /* NULL: the above */
    const char *const *environment;   /* "NAME=VALUE"; default none */
    uint64_t num_environment;
    /* Standard input: none, one for all lanes, or lane k has inputs[k] (others
       an empty one); copied. */
    const armgpu_input *inputs;
    uint64_t num_inputs;
    uint64_t seed;         /* of getrandom() and AT_RANDOM, with the lane */
    uint64_t output_bytes; /* a lane's buffer on the device; when it is full the
                              lane waits for the host; 0 (default): 4 KiB */
    armgpu_output_fn output; /* NULL: what lanes write is dropped */
    void *user;              /* of all functions */
    uint32_t strict;         /* 1: a system call that there is not stops the lane
                                as ARMGPU_STOP_SYSCALL; 0: it gives ENOSYS */
    uint32_t semihosting;    /* enum armgpu_semihosting */
    uint32_t read_only;      /* 1: lanes make and change no files (EROFS) */
    uint32_t reserved;
    /* What lanes see of the host's files; what they change is theirs alone, in
       memory; copied. */
    const char *root; /* a directory, which is theirs as /, and where relative
                         paths begin; no path or link leads out of it; NULL
                         (default): none */
    const armgpu_file_name *files; /* and single ones, before those in root */
    uint64_t num_files;
    uint64_t file_bytes;    /* that the files which a lane makes or changes may
                               have together, then ENOSPC; 0 (default): 64 MiB */
    armgpu_file_fn collect; /* NULL (default): they are dropped */
};

/*
 * A call of one function. A lane executes its program from the entry up to `at`
 * and goes on at `address` instead: X0 to X8 and V0 to V7, the arguments, are as
 * the lane began with (armgpu_set_register_all() and the like; the program itself
 * begins with 0 there), X30 is the entry, all other registers are as they were
 * at `at`. When the function returns the lane is ARMGPU_STOP_HALT with code 0 at
 * the entry, its registers as the function left them.
 */
struct armgpu_function {
    uint64_t size; /* sizeof(armgpu_function) */
    uint64_t address;
    uint64_t at;    /* main(), say; 0 (default): the entry */
    uint64_t after; /* not 0: called with X0 = 0 once the function has returned,
                       with its own effects on memory and output alone, as
                       fflush() */
};

/* What system calls of a run came to, since it was opened. */
typedef struct armgpu_calls {
    uint64_t size;
    uint64_t host;          /* that came to the host, waits for room among them */
    uint64_t drained_bytes; /* of output */
    uint64_t unknown[8];    /* bit n % 64 of word n / 64: call n was asked for and
                               is not there */
} armgpu_calls;
int32_t armgpu_get_calls(const armgpu *g, armgpu_calls *out);

/* A system call of a lane that armgpu_set_call_trace() named. */
typedef struct armgpu_call {
    uint64_t size; /* sizeof(armgpu_call) */
    uint64_t number;
    uint64_t arguments[6]; /* X0 to X5 before it */
    uint64_t result;       /* X0 after it; errors are -4095 to -1 */
    uint32_t stop; /* ARMGPU_STOP_RUNNING; else how the lane stopped in it, and
                      there is no result. After ARMGPU_STOP_INTERRUPTED the call
                      is told again if the lane goes on */
    uint32_t reserved;
} armgpu_call;

/*
 * Called by armgpu_execute() when lane `lane` has executed a system call and
 * what it wrote so far was handed out. The lane's memory can be read until it
 * returns, and is as the call left it. Returns 0 to go on; anything else
 * interrupts as armgpu_progress_fn does.
 */
typedef int32_t (*armgpu_call_fn)(void *user, armgpu *g, uint64_t lane,
                                  const armgpu_call *call);
/* Tells of every system call of a lane; it and the others run as they do
   without. ARMGPU_ERROR_ARGUMENT where lanes are no processes. NULL: of none. */
int32_t armgpu_set_call_trace(armgpu *g, uint64_t lane, armgpu_call_fn fn,
                              void *user);

/* "openat"; NULL if the number is none's. */
const char *armgpu_call_name(uint64_t number);
/* What its arguments are, a letter each, and what it gives behind '=', as
   kernels/linux/calls.h says; NULL where there is no such call here. */
const char *armgpu_call_shape(uint64_t number);
/* "ENOENT (No such file or directory)" of 2; NULL of what no call gives. */
const char *armgpu_call_error(uint64_t error);

/* -- Handles --------------------------------------------------------------- */

/* 32 lanes, shared memory of the size that they need, backend auto. */
void armgpu_options_init_size(armgpu_options *options, uint64_t size);
static inline void armgpu_options_init(armgpu_options *options)
{
    armgpu_options_init_size(options, sizeof *options);
}

/*
 * The bytes of memory that lanes of these options see: memory_size, or where
 * that is 0 what they need. Private: 4 MiB. Shared: the smallest power of two
 * from 4 MiB on of which stacks (stack_size; 16 KiB if that is 0) take at most
 * half; up to 128 lanes that is 4 MiB, 65,536 have 2 GiB. It is no promise:
 * armgpu_open() refuses more than 128 GiB, and memory_size 0 where it would
 * take more than half of the device's.
 */
uint64_t armgpu_options_memory(const armgpu_options *options);

/*
 * Opens a handle. On failure *out is still a handle (NULL only if memory for
 * one ran out): it serves armgpu_error_message() and must be closed.
 */
int32_t armgpu_open(armgpu **out, const armgpu_options *options);
void armgpu_close(armgpu *g);

/* The last error's sentence, "" if none. Valid until the next call on g. */
const char *armgpu_error_message(const armgpu *g);
const char *armgpu_error_name(int32_t error);      /* "ERROR_RANGE" */
const char *armgpu_stop_name(uint32_t stop_reason); /* "data-fault" */
uint32_t armgpu_stop_traits(uint32_t stop_reason); /* enum armgpu_stop_trait */
const char *armgpu_version(void);

/* Lanes that run: armgpu_options.lanes, or those of .only. */
uint64_t armgpu_get_num_lanes(const armgpu *g);
/* Lanes on the device at one time: armgpu_get_num_lanes() without waves. */
uint64_t armgpu_get_num_resident(const armgpu *g);
uint64_t armgpu_get_memory_size(const armgpu *g);
/* Shared memory: bytes between the lanes' stacks. 0: there is no room for any,
   or memory is private. */
uint64_t armgpu_get_stack_size(const armgpu *g);
const char *armgpu_get_backend(const armgpu *g); /* "cpu", ... */
const char *armgpu_get_device(const armgpu *g);  /* the device's name */
/* Why this backend was taken; "" when it was asked for by name. */
const char *armgpu_get_backend_reason(const armgpu *g);
/* 1 if `auto` found a GPU that lanes would be executed on, but it did not open;
   the reason says why. */
int32_t armgpu_is_gpu_refused(const armgpu *g);

/* Takes one line of a report, without its end. */
typedef void (*armgpu_line_fn)(void *user, const char *line);

/*
 * Describes the handle's device and compares the driver's interface with what
 * this library was built for (Metal: the encoding of every message it sends).
 * Returns how many things differ; `line` may be NULL. Says nothing and returns
 * 0 for backends whose drivers have nothing to compare.
 */
int64_t armgpu_inspect_device(armgpu *g, armgpu_line_fn line, void *user);

/* Seconds of armgpu_open that compiling kernels took, or fetching them from the
   cache; 0 where nothing is compiled. */
double armgpu_get_compile_seconds(const armgpu *g);

/* Something the user should know about this handle (small stacks, say);
   "" if there is nothing. */
const char *armgpu_get_warning(const armgpu *g);

/* -- Program, memory, registers --------------------------------------------
 *
 * With waves (more lanes than are resident) lanes become resident in ascending
 * order and are gone once they ended. Calls on a lane that is not resident fail
 * with ARMGPU_ERROR_NOT_RESIDENT; what is set for all lanes holds for lanes of
 * later waves too. When every lane has ended, armgpu_execute() has nothing to
 * do until armgpu_reset() makes the first lanes resident again.
 */

/*
 * Places `size` bytes at `address` (of every lane, if private), and sets every
 * lane's PC to `address`. May be called several times; the last one sets the
 * PC. What armgpu_identify() knows to be no flat image, such as an ELF file, is
 * refused (ARMGPU_ERROR_FORMAT). This is program 0; where there are others, only
 * lanes that execute program 0 are touched.
 */
int32_t armgpu_load_program(armgpu *g, const void *bytes, size_t size,
                            uint64_t address);

/*
 * Places data that all lanes begin with, as armgpu_load_program does but
 * without its checks of the format and leaving the PCs. It is part of the image:
 * armgpu_reset restores it, and code in it runs at full speed (code that is
 * written into one private lane is decoded each time it executes).
 */
int32_t armgpu_load_data(armgpu *g, const void *bytes, size_t size,
                         uint64_t address);

/*
 * One more program, for lanes that a later armgpu_assign_programs() gives it to;
 * *id is its number, from 1 on. Private memory: these lanes have it, and what
 * armgpu_load_data() placed, instead of program 0; addresses may overlap.
 * Shared memory: it is placed beside the others. Checks as in
 * armgpu_load_program().
 */
int32_t armgpu_add_program(armgpu *g, const void *bytes, size_t size,
                           uint64_t address, uint32_t *id);

/*
 * Says which lane executes which of the programs that there are now (`how`:
 * enum armgpu_assign; `table` of `count` ids is copied, for ARMGPU_ASSIGN_TABLE
 * only) and resets all lanes. A lane starts at its program's address, unless
 * armgpu_set_register_all() set the PC. Until the first call all lanes execute
 * program 0.
 */
int32_t armgpu_assign_programs(armgpu *g, uint32_t how, const uint32_t *table,
                               uint64_t count);

/* Resets lanes [first, first + n), with program `id`; until the next reset. They
   start as after armgpu_reset(), whatever armgpu_set_pc_all() said. */
int32_t armgpu_assign_program(armgpu *g, uint64_t first, uint64_t n,
                              uint32_t id);

/*
 * Every lane, those of later waves too, starts with `reg` (enum
 * armgpu_register) = lane * factor + constant, modulo 2^64, now and after every
 * reset. A PC must be a multiple of 4 inside memory for every lane;
 * armgpu_load_program() undoes it, for lanes of other programs with the next
 * reset. Flags need a factor of 0.
 */
int32_t armgpu_set_register_all(armgpu *g, uint32_t reg, uint64_t factor,
                                uint64_t constant);

/*
 * Every lane as armgpu_load_program, armgpu_assign_programs and
 * armgpu_set_register_all left it: registers, memory, cycles. Registers and
 * memory set by other calls are forgotten. It is done on the device.
 */
int32_t armgpu_reset(armgpu *g);

/* PCs must be multiples of 4 inside memory. A new PC makes a lane runnable. */
int32_t armgpu_set_pc_all(armgpu *g, uint64_t pc);
int32_t armgpu_set_pc_lane(armgpu *g, uint64_t lane, uint64_t pc);
int32_t armgpu_set_pc(armgpu *g, uint64_t first, uint64_t n,
                      const uint64_t *pcs);

/* regs[0..30] are X0 to X30, regs[31] is SP; n lanes follow each other. */
int32_t armgpu_set_registers_lane(armgpu *g, uint64_t lane,
                                  const uint64_t regs[32]);
int32_t armgpu_get_lane_registers(armgpu *g, uint64_t lane, uint64_t regs[32]);
int32_t armgpu_set_registers(armgpu *g, uint64_t first, uint64_t n,
                             const uint64_t *regs);
int32_t armgpu_get_registers(armgpu *g, uint64_t first, uint64_t n,
                             uint64_t *regs);

/* Shared memory ignores `lane` beyond checking it. */
int32_t armgpu_read_memory(armgpu *g, uint64_t lane, uint64_t address,
                           void *bytes, size_t size);
int32_t armgpu_write_memory(armgpu *g, uint64_t lane, uint64_t address,
                            const void *bytes, size_t size);

/*
 * The same address of lanes [first, first + n), or of the n lanes listed: n
 * blocks of `size` bytes that follow each other. Much faster than n calls.
 */
int32_t armgpu_read_memory_range(armgpu *g, uint64_t first, uint64_t n,
                                 uint64_t address, void *bytes, size_t size);
int32_t armgpu_write_memory_range(armgpu *g, uint64_t first, uint64_t n,
                                  uint64_t address, const void *bytes,
                                  size_t size);
int32_t armgpu_read_memory_lanes(armgpu *g, const uint64_t *lanes, uint64_t n,
                                 uint64_t address, void *bytes, size_t size);

/*
 * n states of s->size bytes each (all alike) from lane `first`. set_state
 * closes the monitor unless monitor_size is given, and makes lanes runnable.
 */
int32_t armgpu_get_state(armgpu *g, uint64_t first, uint64_t n,
                         armgpu_state *s);
int32_t armgpu_set_state(armgpu *g, uint64_t first, uint64_t n,
                         const armgpu_state *s);

/*
 * 1 from when on lanes have V registers of their own: an instruction on them is
 * about to execute somewhere, or a state with some that are not 0 was set.
 * Before that all are 0, as v in armgpu_state says.
 */
int32_t armgpu_has_vectors(const armgpu *g);

/* -- Execution ------------------------------------------------------------- */

/*
 * Runs all lanes that can run until each has stopped. max_cycles bounds what
 * each lane retires in this call; 0 is no bound. Lanes that had stopped by
 * max-cycles, syscall or interrupted go on; others keep their result until
 * they get a new PC. `out` may be NULL; else its size is set.
 */
int32_t armgpu_execute(armgpu *g, uint64_t max_cycles, armgpu_result *out);

/* Ends an execute() in progress soon; callable from a signal handler. */
void armgpu_request_stop(armgpu *g);

int32_t armgpu_get_results(armgpu *g, uint64_t first, uint64_t n,
                           armgpu_lane_result *out);

/* Instructions per second, and min/max cycles (1 when lanes did equal work). */
double armgpu_avg_ips(const armgpu_result *r);
uint64_t armgpu_min_cycles(const armgpu_result *r);
uint64_t armgpu_max_cycles(const armgpu_result *r);
double armgpu_lane_efficiency(const armgpu_result *r);

/* fn NULL removes. They may not execute, reset, load or close. */
void armgpu_set_prepare(armgpu *g, armgpu_prepare_fn fn, void *user);
void armgpu_set_finish(armgpu *g, armgpu_finish_fn fn, void *user);

/* fn NULL removes. Called at most about 20 times a second, also while lanes wait
   for a compiler that can be given up. */
void armgpu_set_progress(armgpu *g, armgpu_progress_fn fn, void *user);

/*
 * Traces one lane; fn NULL removes. It then advances one instruction at a time,
 * while no other lane does; other lanes run as they do without. Where they share
 * memory they take turns with it: 4,096 of its instructions, or up to a YIELD,
 * WFE or WFI, then a slice of theirs. Exclusive monitors survive between the
 * steps.
 */
int32_t armgpu_set_trace(armgpu *g, uint64_t lane, armgpu_trace_fn fn,
                         void *user);

/*
 * Breakpoints. A lane that comes to one stops before the instruction there, as
 * ARMGPU_STOP_BREAKPOINT with code ARMGPU_CODE_BREAKPOINT, and is otherwise as
 * if it had not stopped, its exclusive monitor too. The next armgpu_execute()
 * goes on with it past that instruction, unless its state is set. Breakpoints
 * are by address, for all lanes and programs, whatever is there; they stay until
 * they are cleared, and cost nothing elsewhere. Setting one twice is setting it
 * once.
 * ARMGPU_ERROR_RANGE, ARMGPU_ERROR_ALIGNMENT; clearing one that there is not
 * is ARMGPU_ERROR_ARGUMENT.
 */
#define ARMGPU_CODE_BREAKPOINT 0x10000
int32_t armgpu_set_breakpoint(armgpu *g, uint64_t address);
int32_t armgpu_clear_breakpoint(armgpu *g, uint64_t address);

/* -- Translation ----------------------------------------------------------- */

/*
 * What became of ARMGPU_ENGINE_TRANSLATED, or of ARMGPU_ENGINE_AUTO, where no reason
 * is given for what was too short: it is known from the first
 * armgpu_execute() on, and may be another thing after the program has changed. A
 * larger program, and of a large one the code that is hot, is compiled in a thread
 * beside the run, which ends without waiting for it (armgpu_close() does wait,
 * unless the compiler is a process that it ends: on the CPU, and where there is a
 * helper); what it is, and when lanes have it, depends on time, and no result on
 * either. A progress() callback may ask.
 */
typedef struct armgpu_translation {
    uint64_t size;
    uint64_t instructions; /* that are translated; 0: lanes are interpreted */
    uint64_t entries;      /* addresses at which lanes come in */
    char reason[256];      /* why nothing is, or was in the end: a compiler's
                              words if it failed; "" */
    uint64_t cycles;        /* instructions that lanes have executed translated */
    uint64_t compiled;      /* how often something was compiled */
    double compile_seconds; /* which took so long */
    char refused[512]; /* the file with the text that a compiler refused; "" */
    uint64_t failed;   /* 1: a compiler refused the text that there would be, a bug
                          of armgpu's */
    uint64_t together; /* CPU: lanes that go through it together, as a vector, while
                          they go the same way; 0: one by one */
    char apart[256];   /* why they go one by one, where the text for several was not
                          compiled: the compiler's words, and `refused` may be that
                          text; "" */
    uint64_t cached;   /* how often, of `compiled`, it came from the cache */
    uint64_t last;     /* instructions of what lanes had translated last, though it
                          may be that they are interpreted again */
    double compiling;  /* a compiler works, for so many seconds by now, and lanes are
                          interpreted, wait for it or have what there was; 0: none */
} armgpu_translation;
int32_t armgpu_get_translation(const armgpu *g, armgpu_translation *out);

/*
 * The text that the handle's program is translated to, line by line: what of it is
 * reached from where lanes begin, up to the budget. It is C, and CUDA
 * C++, OpenCL C and Metal's language as well (kernels/engine/region.h says what it
 * is written with). One program, private memory.
 */
int32_t armgpu_translate(armgpu *g, armgpu_line_fn line, void *user);

/*
 * All that a compiler of this language is given, whichever backends there are:
 * what that text stands behind, the text, and its kernel, "ag_translated". The
 * first line is a comment, "options: " and -DNAME=VALUE for each, parted by
 * blanks: for the handle's lanes and their memory. Otherwise as
 * armgpu_translate(); ARMGPU_ERROR_ARGUMENT if there is no such language.
 */
enum armgpu_language {
    ARMGPU_LANGUAGE_C = 0,     /* C11, as gcc and clang have it */
    ARMGPU_LANGUAGE_CUDA = 1,  /* CUDA C++ */
    ARMGPU_LANGUAGE_METAL = 2, /* Metal's */
    ARMGPU_LANGUAGE_OPENCL = 3 /* OpenCL C 1.2 */
};
int32_t armgpu_translate_for(armgpu *g, uint32_t language, armgpu_line_fn line,
                             void *user);

/* -- Devices, instructions ------------------------------------------------- */

/* Fills up to `n`, each of out[0].size bytes (out may be NULL if n is 0); returns
   how many there are. */
uint64_t armgpu_list_devices(armgpu_device *out, uint64_t n);

/*
 * Row `index` of the instruction table (rows with an assembly template first,
 * then rows that are only named). Returns ARMGPU_ERROR_ARGUMENT past the end.
 */
int32_t armgpu_get_instruction(uint64_t index, armgpu_instruction *out);

/*
 * The row that `word` decodes to, or -1 if it is unallocated. Rows whose
 * constraints exclude the word do not match.
 */
int64_t armgpu_find_instruction(uint32_t word);

/*
 * Disassembles as objdump does into `text` (cut to `size`, always terminated);
 * returns the whole length. flags: ARMGPU_NO_ALIASES. Words that are not
 * allocated, or only named, give ".inst 0x..." with a comment.
 */
#define ARMGPU_NO_ALIASES 1u
size_t armgpu_disassemble(uint32_t word, uint64_t address, uint32_t flags,
                          char *text, size_t size);

/*
 * A sentence on why executing `word` stops as undefined, naming the
 * instruction, system register or feature where it is known; "" if it would
 * execute. Same contract for `text` as armgpu_disassemble.
 */
size_t armgpu_explain_undefined(uint32_t word, char *text, size_t size);

/* -- Files -----------------------------------------------------------------
 *
 * What armgpu_load_program() refuses, and why; needs no handle.
 */

enum armgpu_file_format {
    ARMGPU_FILE_FLAT = 0,      /* nothing known: taken for a flat image */
    ARMGPU_FILE_PROGRAM = 1,   /* ELF for AArch64, linked statically */
    ARMGPU_FILE_DYNAMIC = 2,   /* ELF for AArch64 that needs a loader */
    ARMGPU_FILE_OBJECT = 3,    /* ELF for AArch64, not linked */
    ARMGPU_FILE_FOREIGN = 4,   /* for another processor or system */
    ARMGPU_FILE_COMPRESSED = 5,
    ARMGPU_FILE_TEXT = 6
};

typedef struct armgpu_file {
    uint64_t size;    /* sizeof(armgpu_file) */
    uint64_t entry;   /* PROGRAM: where it begins; */
    uint64_t address; /* of the first byte that objcopy -O binary writes, */
    uint64_t end;     /* of all it uses; 0: its sections are not in the bytes */
    uint32_t format;  /* enum armgpu_file_format */
    char text[96];    /* "an ELF object for x86-64"; "" for FLAT */
} armgpu_file;

/* The first bytes of a file are enough for all but `address` and `end`. */
int32_t armgpu_identify(const void *bytes, size_t size, armgpu_file *file);

#ifdef __cplusplus
}
#endif
#endif
