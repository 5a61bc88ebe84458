/*
 * What the Metal backend uses of Metal and Foundation: types, constants and one
 * table of messages, from which come the selectors, a typed function for each
 * message, and the comparison with what the system's classes say. Only
 * metal*.c include this.
 *
 * Facts are from Apple's documentation of the protocols and from the headers of
 * metal-cpp. A method whose name begins with new, alloc or copy gives a
 * reference that is the caller's to release; all others give objects that live
 * as long as the innermost pool.
 */
#ifndef AG_METAL_API_H
#define AG_METAL_API_H

#include "backend/metal/objc.h"

typedef unsigned long ag_ns_uint; /* NSUInteger */
typedef long ag_ns_int;           /* NSInteger */

typedef struct ag_mtl_size {
    ag_ns_uint width, height, depth;
} ag_mtl_size;

typedef struct ag_ns_version { /* NSOperatingSystemVersion */
    ag_ns_int major, minor, patch;
} ag_ns_version;

#define AG_MTL_FAMILY_APPLE7 1007 /* M1 */
#define AG_MTL_STORAGE_SHARED 0
#define AG_MTL_MATH_SAFE 0
#define AG_MTL_STATUS_COMPLETED 4
#define AG_MTL_STATUS_ERROR 5
#define AG_MTL_SET_BYTES_LIMIT 4096

/* MTLCommandBufferError; the last is not in the enumeration but happens. */
#define AG_MTL_ERROR_TIMEOUT 2
#define AG_MTL_ERROR_PAGE_FAULT 3
#define AG_MTL_ERROR_ACCESS_REVOKED 4
#define AG_MTL_ERROR_OUT_OF_MEMORY 8
#define AG_MTL_ERROR_DEVICE_REMOVED 11
#define AG_MTL_ERROR_INTERACTIVITY 14

extern ag_id MTLCreateSystemDefaultDevice(void); /* the caller's to release */
extern ag_id MTLCopyAllDevices(void);            /* an NSArray, likewise */

/*
 * X(form, result, name, selector, encoding, class, argument types). The form is
 * r (gives a result), v (void) or s (gives a structure by AG_SEND_STRUCT) and
 * the number of arguments. A class with + has the message itself, others their
 * objects. The encoding is method_getTypeEncoding()'s without offsets.
 */
#define AG_METAL_MESSAGES(X)                                                   \
    X(r0, ag_id, new_object, "new", "@@:", "+NSObject", ())                    \
    X(v0, void, release, "release", "v@:", "NSObject", ())                     \
    X(r0, ag_id, retain, "retain", "@@:", "NSObject", ())                      \
    X(r1, ag_bool, responds, "respondsToSelector:", AG_ENCODED_BOOL "@::",     \
      "NSObject", (ag_sel))                                                    \
    X(r1, ag_id, string, "stringWithUTF8String:", "@@:r*", "+NSString",        \
      (const char *))                                                          \
    X(r0, const char *, utf8, "UTF8String", "r*@:", "NSString", ())            \
    X(r0, ag_id, error_text, "localizedDescription", "@@:", "NSError", ())     \
    X(r0, ag_ns_int, error_code, "code", "q@:", "NSError", ())                 \
    X(r0, ag_ns_uint, array_count, "count", "Q@:", "NSArray", ())              \
    X(r1, ag_id, array_at, "objectAtIndex:", "@@:Q", "NSArray", (ag_ns_uint))  \
    X(r0, ag_id, process_info, "processInfo", "@@:", "+NSProcessInfo", ())     \
    X(s0, ag_ns_version, system_version, "operatingSystemVersion",             \
      "{?=qqq}@:", "NSProcessInfo", ())                                        \
    X(r0, ag_id, device_name, "name", "@@:", "MTLDevice", ())                  \
    X(r0, uint64_t, registry_id, "registryID", "Q@:", "MTLDevice", ())         \
    X(r1, ag_bool, supports_family, "supportsFamily:", AG_ENCODED_BOOL "@:q",  \
      "MTLDevice", (ag_ns_int))                                                \
    X(r0, ag_bool, has_unified_memory, "hasUnifiedMemory",                     \
      AG_ENCODED_BOOL "@:", "MTLDevice", ())                                   \
    X(r0, uint64_t, working_set, "recommendedMaxWorkingSetSize", "Q@:",        \
      "MTLDevice", ())                                                         \
    X(r0, ag_ns_uint, max_buffer, "maxBufferLength", "Q@:", "MTLDevice", ())   \
    X(r0, ag_ns_uint, max_group_memory, "maxThreadgroupMemoryLength", "Q@:",   \
      "MTLDevice", ())                                                         \
    X(s0, ag_mtl_size, max_group_size, "maxThreadsPerThreadgroup",             \
      "{?=QQQ}@:", "MTLDevice", ())                                            \
    X(r0, ag_id, new_queue, "newCommandQueue", "@@:", "MTLDevice", ())         \
    X(r2, ag_id, new_buffer, "newBufferWithLength:options:", "@@:QQ",          \
      "MTLDevice", (ag_ns_uint, ag_ns_uint))                                   \
    X(r3, ag_id, new_library, "newLibraryWithSource:options:error:",           \
      "@@:@@^@", "MTLDevice", (ag_id, ag_id, ag_id *))                         \
    X(r2, ag_id, new_pipeline, "newComputePipelineStateWithFunction:error:",   \
      "@@:@^@", "MTLDevice", (ag_id, ag_id *))                                 \
    X(r1, ag_id, new_function, "newFunctionWithName:", "@@:@", "MTLLibrary",   \
      (ag_id))                                                                 \
    X(v1, void, set_fast_math, "setFastMathEnabled:", "v@:" AG_ENCODED_BOOL,   \
      "MTLCompileOptions", (ag_bool))                                          \
    X(v1, void, set_math_mode, "setMathMode:", "v@:q", "MTLCompileOptions",    \
      (ag_ns_int))                                                             \
    X(v1, void, set_language, "setLanguageVersion:", "v@:Q",                   \
      "MTLCompileOptions", (ag_ns_uint))                                       \
    X(r0, ag_ns_uint, max_threads, "maxTotalThreadsPerThreadgroup", "Q@:",     \
      "MTLComputePipelineState", ())                                           \
    X(r0, ag_ns_uint, simd_width, "threadExecutionWidth", "Q@:",               \
      "MTLComputePipelineState", ())                                           \
    X(r0, ag_ns_uint, group_memory, "staticThreadgroupMemoryLength", "Q@:",    \
      "MTLComputePipelineState", ())                                           \
    X(r0, void *, contents, "contents", "^v@:", "MTLBuffer", ())               \
    X(r0, ag_ns_uint, length, "length", "Q@:", "MTLBuffer", ())                \
    X(r0, ag_id, command_buffer, "commandBuffer", "@@:", "MTLCommandQueue",    \
      ())                                                                      \
    X(r0, ag_id, encoder, "computeCommandEncoder", "@@:", "MTLCommandBuffer",  \
      ())                                                                      \
    X(v0, void, commit, "commit", "v@:", "MTLCommandBuffer", ())               \
    X(r0, ag_ns_uint, status, "status", "Q@:", "MTLCommandBuffer", ())         \
    X(r0, ag_id, error, "error", "@@:", "MTLCommandBuffer", ())                \
    X(r0, double, gpu_start, "GPUStartTime", "d@:", "MTLCommandBuffer", ())    \
    X(r0, double, gpu_end, "GPUEndTime", "d@:", "MTLCommandBuffer", ())        \
    X(v1, void, set_pipeline, "setComputePipelineState:", "v@:@",              \
      "MTLComputeCommandEncoder", (ag_id))                                     \
    X(v3, void, set_buffer, "setBuffer:offset:atIndex:", "v@:@QQ",             \
      "MTLComputeCommandEncoder", (ag_id, ag_ns_uint, ag_ns_uint))             \
    X(v3, void, set_bytes, "setBytes:length:atIndex:", "v@:r^vQQ",             \
      "MTLComputeCommandEncoder", (const void *, ag_ns_uint, ag_ns_uint))      \
    X(v2, void, dispatch,                                                      \
      "dispatchThreadgroups:threadsPerThreadgroup:", "v@:{?=QQQ}{?=QQQ}",      \
      "MTLComputeCommandEncoder", (ag_mtl_size, ag_mtl_size))                  \
    X(v0, void, end_encoding, "endEncoding", "v@:",                            \
      "MTLComputeCommandEncoder", ())

enum ag_metal_message {
#define AG_X(form, result, name, selector, encoding, class, types)             \
    AG_METAL_##name,
    AG_METAL_MESSAGES(AG_X)
#undef AG_X
    AG_METAL_MESSAGE_COUNT
};

extern ag_sel ag_metal_selectors[AG_METAL_MESSAGE_COUNT];

/* The rows as data, for comparing them with the system's. */
struct ag_metal_row {
    const char *selector, *encoding, *class;
};
extern const struct ag_metal_row ag_metal_rows[AG_METAL_MESSAGE_COUNT];

/* Looks up all selectors, once. */
void ag_metal_prepare(void);

/* The k-th of n argument types. */
#define AG_T1_1(a) a
#define AG_T1_2(a, b) a
#define AG_T2_2(a, b) b
#define AG_T1_3(a, b, c) a
#define AG_T2_3(a, b, c) b
#define AG_T3_3(a, b, c) c

#define AG_SELECTOR(name) ag_metal_selectors[AG_METAL_##name]
#define AG_FORM_r0(result, name, types)                                        \
    static inline result ag_mtl_##name(ag_id o)                                \
    {                                                                          \
        return AG_SEND(result, ag_id, ag_sel)(o, AG_SELECTOR(name));           \
    }
#define AG_FORM_r1(result, name, types)                                        \
    static inline result ag_mtl_##name(ag_id o, AG_T1_1 types a)               \
    {                                                                          \
        return AG_SEND(result, ag_id, ag_sel,                                  \
                       AG_T1_1 types)(o, AG_SELECTOR(name), a);                \
    }
#define AG_FORM_r2(result, name, types)                                        \
    static inline result ag_mtl_##name(ag_id o, AG_T1_2 types a,               \
                                       AG_T2_2 types b)                        \
    {                                                                          \
        return AG_SEND(result, ag_id, ag_sel, AG_T1_2 types,                   \
                       AG_T2_2 types)(o, AG_SELECTOR(name), a, b);             \
    }
#define AG_FORM_r3(result, name, types)                                        \
    static inline result ag_mtl_##name(ag_id o, AG_T1_3 types a,               \
                                       AG_T2_3 types b, AG_T3_3 types c)       \
    {                                                                          \
        return AG_SEND(result, ag_id, ag_sel, AG_T1_3 types, AG_T2_3 types,    \
                       AG_T3_3 types)(o, AG_SELECTOR(name), a, b, c);          \
    }
#define AG_FORM_v0(result, name, types)                                        \
    static inline void ag_mtl_##name(ag_id o)                                  \
    {                                                                          \
        AG_SEND(void, ag_id, ag_sel)(o, AG_SELECTOR(name));                    \
    }
#define AG_FORM_v1(result, name, types)                                        \
    static inline void ag_mtl_##name(ag_id o, AG_T1_1 types a)                 \
    {                                                                          \
        AG_SEND(void, ag_id, ag_sel, AG_T1_1 types)(o, AG_SELECTOR(name), a);  \
    }
#define AG_FORM_v2(result, name, types)                                        \
    static inline void ag_mtl_##name(ag_id o, AG_T1_2 types a,                 \
                                     AG_T2_2 types b)                          \
    {                                                                          \
        AG_SEND(void, ag_id, ag_sel, AG_T1_2 types,                            \
                AG_T2_2 types)(o, AG_SELECTOR(name), a, b);                    \
    }
#define AG_FORM_v3(result, name, types)                                        \
    static inline void ag_mtl_##name(ag_id o, AG_T1_3 types a,                 \
                                     AG_T2_3 types b, AG_T3_3 types c)         \
    {                                                                          \
        AG_SEND(void, ag_id, ag_sel, AG_T1_3 types, AG_T2_3 types,             \
                AG_T3_3 types)(o, AG_SELECTOR(name), a, b, c);                 \
    }
#define AG_FORM_s0(type, name, types)                                          \
    static inline type ag_mtl_##name(ag_id o)                                  \
    {                                                                          \
        type result;                                                           \
        AG_SEND_STRUCT(result, o, AG_SELECTOR(name));                          \
        return result;                                                         \
    }
#define AG_X(form, result, name, selector, encoding, class, types)             \
    AG_FORM_##form(result, name, types)
AG_METAL_MESSAGES(AG_X)
#undef AG_X

#endif
