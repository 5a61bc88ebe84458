/*
 * Stand-ins for Metal's classes, so that backend/metal/ runs unchanged on
 * Linux: classes in GCC's Objective-C runtime that answer the selectors the
 * backend sends, run the kernel source on the CPU, and hold the caller to
 * Metal's rules: kinds of objects, order of calls, sizes, reference counts,
 * autorelease pools. A broken rule ends the process with a sentence and
 * STANDIN_BROKEN; so does an object or a pool that is left at exit.
 *
 * Environment:
 *   STANDIN=WORD,...   fail in these ways: see enum standin_way
 *   STANDIN_AFTER=N    failures of command buffers begin after N of them
 *   STANDIN_OS=N       the version of macOS to be, 14 by default
 *   STANDIN_REPORT=1   write a line about messages and objects at exit
 *   STANDIN_CACHE=DIR  compiled kernels (build/metal-cache)
 *   STANDIN_SHIM=DIR   where run/metal_stdlib is (tests/metal/run)
 *   STANDIN_CXX        the compiler for kernels (clang++ -O2)
 *   STANDIN_SANITIZE=undefined   kernels with UBSan
 */
#ifndef STANDIN_H
#define STANDIN_H

#include "runtime.h"

#include <stdint.h>

typedef unsigned long NSUInteger;
typedef long NSInteger;
typedef struct {
    NSUInteger width, height, depth;
} MTLSize;
typedef struct {
    NSInteger major, minor, patch;
} NSOperatingSystemVersion;

enum {
    STANDIN_BROKEN = 97, /* exit status */
    MAX_BUFFERS = 31,
    MAX_SET_BYTES = 4096,
    MAX_GROUP_BYTES = 32768,
    MAX_GROUP_THREADS = 448, /* of a pipeline; an M1's may be any 64 to 1024 */
    SIMD_WIDTH = 32
};

enum kind {
    ANY,
    STRING,
    ERROR,
    ARRAY,
    PROCESS,
    DEVICE,
    OPTIONS,
    LIBRARY,
    FUNCTION,
    PIPELINE,
    BUFFER,
    QUEUE,
    COMMANDS,
    ENCODER,
    NUM_KINDS
};

/* Metal's MTLCommandBufferStatus, and one for encoders. */
enum {
    STATUS_NEW = 0,
    STATUS_COMMITTED = 2,
    STATUS_SCHEDULED = 3,
    STATUS_COMPLETED = 4,
    STATUS_ERROR = 5
};

/* One argument of an encoder: a buffer at an offset, or bytes. */
struct argument {
    id buffer;
    NSUInteger offset;
    unsigned char *bytes; /* NULL: the buffer */
    NSUInteger length;    /* from the offset on */
};

/* A kernel that a pipeline runs: see run/metal_stdlib, which defines it. */
struct standin_kernel;

struct object {
    enum kind kind;
    int dead;
    int references;
    id owner;   /* retained: a function's library, an encoder's commands */
    char *text; /* STRING, ERROR's description, LIBRARY's path */
    const char *domain; /* ERROR */
    NSInteger code;     /* ERROR, COMMANDS' error */
    void *contents;     /* BUFFER */
    NSUInteger length;  /* BUFFER */
    NSUInteger version; /* OPTIONS: major << 16 | minor */
    int exact_math;     /* OPTIONS: fast math is off */
    const struct standin_library *library;
    const struct standin_kernel *kernel;
    int status;        /* COMMANDS */
    int open;          /* COMMANDS: encoders; ENCODER: until it ended */
    double start, end; /* COMMANDS, seconds */
    id pipeline;       /* ENCODER */
    struct argument *arguments;  /* ENCODER: MAX_BUFFERS of them */
    struct dispatch *dispatches; /* COMMANDS, the last one first */
};

/* Ways to fail, each a word in STANDIN. */
#define STANDIN_WAYS(X)                                                        \
    X(nil_device, "nil-device")                                                \
    X(no_default_device, "no-default-device")                                  \
    X(old_gpu, "old-gpu")                                                      \
    X(nil_queue, "nil-queue")                                                  \
    X(nil_buffer, "nil-buffer")                                                \
    X(compile_error, "compile-error")                                          \
    X(compile_warning, "compile-warning")                                      \
    X(null_error, "null-error")                                                \
    X(nil_function, "nil-function")                                            \
    X(pipeline_error, "pipeline-error")                                        \
    X(timeout, "timeout")                                                      \
    X(interactivity, "interactivity")                                          \
    X(hang, "hang")                                                            \
    X(nil_commands, "nil-commands")
enum standin_way {
#define STANDIN_WAY(name, word) WAY_##name,
    STANDIN_WAYS(STANDIN_WAY)
#undef STANDIN_WAY
};
int standin_fails(enum standin_way way);
int standin_os(void);

/* One method: the class's name, + in front for a class method. */
struct standin_method {
    const char *owner, *selector, *types;
    IMP function;
};
#define METHOD(owner, selector, types, function)                               \
    {                                                                          \
        owner, selector, types, (IMP)(void (*)(void))(function)                \
    }
extern const struct standin_method standin_foundation[], standin_device[],
    standin_commands[];
/* Registers all classes, once. */
void standin_start(void);

/* Ends the process: a rule of Metal's or of ownership was broken. */
_Noreturn void standin_broken(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* The object behind o, which must be alive and of this kind. */
struct object *standin_object(id o, enum kind kind);
id standin_new(enum kind kind, id owner); /* +1; owner is retained */
id standin_retain(id o);                  /* nil is allowed */
void standin_release(id o);
id standin_autorelease(id o);
id standin_string(const char *text); /* +1 */
/* *error becomes an autoreleased NSError unless error is NULL. */
void standin_error(id *error, const char *domain, NSInteger code,
                   const char *text);

/* Buffers' memory: zeroed, page aligned, between guards. */
void *standin_map(NSUInteger length);
void standin_unmap(void *contents, NSUInteger length);
/* Ends the process if bytes behind the buffer were written. */
void standin_check_guard(const struct object *buffer);

/* Compiles the kernel source (once for each text and version) and loads it.
   On failure returns 0 and a malloc'ed text in *message; else that may hold
   warnings. */
int standin_compile(struct object *library, const char *source,
                    NSUInteger version, int exact_math, char **message);
const struct standin_kernel *standin_find(const struct object *library,
                                          const char *name);

/* A dispatch that was encoded: it keeps what it uses. */
struct dispatch {
    struct dispatch *next;
    const struct object *pipeline;
    id pipeline_id;
    struct argument arguments[MAX_BUFFERS];
    NSUInteger groups, threads;
};
/* Checks the arguments against what the kernel takes. */
void standin_check_arguments(const struct dispatch *d);
/* Runs threadgroups [0, groups). */
void standin_execute(const struct dispatch *d, NSUInteger groups);
NSUInteger standin_group_bytes(const struct object *pipeline);

#endif
