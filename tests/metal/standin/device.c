/* Devices, buffers, libraries, functions and pipelines. */
#define _GNU_SOURCE 1
#include "standin.h"

#include "../run/standin_abi.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define M id self, SEL selector __attribute__((unused))

/* Apple silicon's page; buffers begin on one and end where they like. */
enum { PAGE_BYTES = 16384, CANARY = 0xc5 };
static const NSUInteger max_buffer_bytes = (NSUInteger)4 << 30;
static const char library_domain[] = "MTLLibraryErrorDomain";

id MTLCreateSystemDefaultDevice(void);
id MTLCopyAllDevices(void);

id MTLCreateSystemDefaultDevice(void)
{
    if (standin_fails(WAY_nil_device) || standin_fails(WAY_no_default_device))
        return NULL;
    return standin_new(DEVICE, NULL);
}

id MTLCopyAllDevices(void)
{
    if (standin_fails(WAY_nil_device))
        return standin_new(ARRAY, NULL);
    id device = standin_new(DEVICE, NULL);
    id array = standin_new(ARRAY, device);
    standin_release(device);
    return array;
}

static id device_name(M)
{
    standin_object(self, DEVICE);
    return standin_autorelease(standin_string("Stand-in GPU"));
}
static uint64_t device_registry_id(M)
{
    standin_object(self, DEVICE);
    return UINT64_C(0x1000002f5);
}
static _Bool device_supports_family(M, NSInteger family)
{
    int old = standin_fails(WAY_old_gpu);
    standin_object(self, DEVICE);
    switch (family) {
    case 1007: /* Apple7: M1 */
        return !old;
    case 2002: /* Mac2 */
    case 3003: /* Common3 */
        return 1;
    case 5001: /* Metal3 */
        return !old;
    default:
        if (family < 1001 || family > 5002)
            standin_broken("supportsFamily: %ld", family);
        return family < 1007 && !old;
    }
}
static NSUInteger device_group_memory(M)
{
    standin_object(self, DEVICE);
    return MAX_GROUP_BYTES;
}
static NSUInteger device_max_buffer(M)
{
    standin_object(self, DEVICE);
    return max_buffer_bytes;
}
static uint64_t device_working_set(M)
{
    standin_object(self, DEVICE);
    return UINT64_C(6) << 30;
}
static _Bool device_unified(M)
{
    standin_object(self, DEVICE);
    return 1;
}
static _Bool device_low_power(M)
{
    standin_object(self, DEVICE);
    return 0;
}
static MTLSize device_max_threads(M)
{
    standin_object(self, DEVICE);
    return (MTLSize){1024, 1024, 1024};
}

static id device_queue(M)
{
    standin_object(self, DEVICE);
    return standin_fails(WAY_nil_queue) ? NULL : standin_new(QUEUE, self);
}

/* ---- buffers */

static size_t mapped_bytes(NSUInteger length)
{
    return (length + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
}

void *standin_map(NSUInteger length)
{
    size_t bytes = mapped_bytes(length);
    char *p = mmap(NULL, bytes + 3 * PAGE_BYTES, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return NULL;
    /* A page ahead and what is left behind stay out of reach. */
    char *start = p + PAGE_BYTES;
    start += -(uintptr_t)start % PAGE_BYTES;
    if (mprotect(start, bytes, PROT_READ | PROT_WRITE) != 0)
        return NULL;
    memset(start + length, CANARY, bytes - length);
    return start;
}

void standin_unmap(void *contents, NSUInteger length)
{
    munmap(contents, mapped_bytes(length));
}

void standin_check_guard(const struct object *buffer)
{
    const unsigned char *p = buffer->contents;
    for (size_t i = buffer->length; i < mapped_bytes(buffer->length); i++)
        if (p[i] != CANARY)
            standin_broken("byte %zu of a buffer of %lu was written", i,
                           buffer->length);
}

static id device_buffer(M, NSUInteger length, NSUInteger options)
{
    standin_object(self, DEVICE);
    if (options != 0) /* shared storage */
        standin_broken("newBufferWithLength:options: with options %#lx",
                       options);
    if (length == 0)
        standin_broken("newBufferWithLength:options: with length 0");
    if (length > max_buffer_bytes || standin_fails(WAY_nil_buffer))
        return NULL;
    void *contents = standin_map(length);
    if (contents == NULL)
        return NULL;
    id o = standin_new(BUFFER, self);
    standin_object(o, BUFFER)->contents = contents;
    standin_object(o, BUFFER)->length = length;
    return o;
}
static void *buffer_contents(M)
{
    return standin_object(self, BUFFER)->contents;
}
static NSUInteger buffer_length(M)
{
    return standin_object(self, BUFFER)->length;
}

/* ---- libraries and pipelines */

/* The newest language that this version of macOS compiles. */
static NSUInteger newest_language(void)
{
    switch (standin_os()) {
    case 12:
        return 0x20004;
    case 13:
        return 0x30000;
    case 14:
        return 0x30001;
    case 15:
        return 0x30002;
    default:
        return 0x40000;
    }
}

static id device_library(M, id source, id options, id *error)
{
    standin_object(self, DEVICE);
    struct object *o = standin_object(options, OPTIONS);
    const char *text = standin_object(source, STRING)->text;
    char *message = NULL;
    if (o->version > newest_language()) {
        standin_error(error, library_domain, 1, "language version unsupported");
        return NULL;
    }
    if (standin_fails(WAY_compile_error))
        text = "#include <metal_stdlib>\n"
               "kernel void ag_slice(device int *p) { undeclared(p); }\n";
    id result = standin_new(LIBRARY, self);
    if (!standin_compile(standin_object(result, LIBRARY), text, o->version,
                         o->exact_math, &message)) {
        standin_release(result);
        result = NULL;
        if (!standin_fails(WAY_null_error))
            standin_error(error, library_domain, 3, message);
    } else if (standin_fails(WAY_compile_warning)) {
        standin_error(error, library_domain, 4, "program_source: warning: any");
    }
    free(message);
    return result;
}

static id library_function(M, id name)
{
    struct object *l = standin_object(self, LIBRARY);
    const struct standin_kernel *k =
        standin_find(l, standin_object(name, STRING)->text);
    if (k == NULL || standin_fails(WAY_nil_function))
        return NULL;
    id result = standin_new(FUNCTION, self);
    standin_object(result, FUNCTION)->library = l->library;
    standin_object(result, FUNCTION)->kernel = k;
    return result;
}

static id device_pipeline(M, id function, id *error)
{
    standin_object(self, DEVICE);
    const struct object *f = standin_object(function, FUNCTION);
    if (standin_fails(WAY_pipeline_error) ||
        standin_group_bytes(f) > MAX_GROUP_BYTES) {
        standin_error(error, "AGXMetalG13X", 3,
                      "Threadgroup memory size exceeds the maximum threadgroup "
                      "memory allowed");
        return NULL;
    }
    id result = standin_new(PIPELINE, function);
    standin_object(result, PIPELINE)->library = f->library;
    standin_object(result, PIPELINE)->kernel = f->kernel;
    return result;
}
static NSUInteger pipeline_max_threads(M)
{
    standin_object(self, PIPELINE);
    return MAX_GROUP_THREADS;
}
static NSUInteger pipeline_width(M)
{
    standin_object(self, PIPELINE);
    return SIMD_WIDTH;
}
static NSUInteger pipeline_group_memory(M)
{
    return standin_group_bytes(standin_object(self, PIPELINE));
}

#define DEVICE_METHOD(selector, types, function)                               \
    METHOD("StandinDevice", selector, types, function)
const struct standin_method standin_device[] = {
    DEVICE_METHOD("name", "@@:", device_name),
    DEVICE_METHOD("registryID", "Q@:", device_registry_id),
    DEVICE_METHOD("supportsFamily:", "B@:q", device_supports_family),
    DEVICE_METHOD("maxThreadgroupMemoryLength", "Q@:", device_group_memory),
    DEVICE_METHOD("maxBufferLength", "Q@:", device_max_buffer),
    DEVICE_METHOD("recommendedMaxWorkingSetSize", "Q@:", device_working_set),
    DEVICE_METHOD("hasUnifiedMemory", "B@:", device_unified),
    DEVICE_METHOD("isLowPower", "B@:", device_low_power),
    DEVICE_METHOD("maxThreadsPerThreadgroup", "{?=QQQ}@:", device_max_threads),
    DEVICE_METHOD("newCommandQueue", "@@:", device_queue),
    DEVICE_METHOD("newBufferWithLength:options:", "@@:QQ", device_buffer),
    DEVICE_METHOD("newLibraryWithSource:options:error:", "@@:@@^@",
                  device_library),
    DEVICE_METHOD("newComputePipelineStateWithFunction:error:", "@@:@^@",
                  device_pipeline),
    METHOD("StandinBuffer", "contents", "^v@:", buffer_contents),
    METHOD("StandinBuffer", "length", "Q@:", buffer_length),
    METHOD("StandinLibrary", "newFunctionWithName:", "@@:@", library_function),
    METHOD("StandinPipeline", "maxTotalThreadsPerThreadgroup",
           "Q@:", pipeline_max_threads),
    METHOD("StandinPipeline", "threadExecutionWidth", "Q@:", pipeline_width),
    METHOD("StandinPipeline", "staticThreadgroupMemoryLength",
           "Q@:", pipeline_group_memory),
    {0},
};
