/*
 * What cuda.c uses of the CUDA driver API, which is called through pointers so
 * that neither its headers nor its library are needed to build. Names, numbers
 * and signatures are those of the driver's ABI, which only ever grows: a symbol
 * ending in _v2 is the 64-bit form of its function. Only src/backend includes
 * this.
 */
#ifndef AG_CUDA_API_H
#define AG_CUDA_API_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t ag_cu_result;
typedef int32_t ag_cu_device;
typedef unsigned long long ag_cu_address;
typedef struct ag_cu_context_object *ag_cu_context;
typedef struct ag_cu_module_object *ag_cu_module;
typedef struct ag_cu_function_object *ag_cu_function;
typedef struct ag_cu_event_object *ag_cu_event;
typedef struct ag_cu_stream_object *ag_cu_stream;

enum ag_cu_code {
    AG_CU_SUCCESS = 0,
    AG_CU_OUT_OF_MEMORY = 2,
    AG_CU_STUB_LIBRARY = 34,
    AG_CU_REQUIRES_NEWER_DRIVER = 36,
    AG_CU_DEVICE_UNAVAILABLE = 46,
    AG_CU_NO_DEVICE = 100,
    AG_CU_INVALID_IMAGE = 200,
    AG_CU_NO_BINARY_FOR_GPU = 209,
    AG_CU_ECC_UNCORRECTABLE = 214,
    AG_CU_INVALID_PTX = 218,
    AG_CU_NVLINK_UNCORRECTABLE = 220,
    AG_CU_UNSUPPORTED_PTX_VERSION = 222,
    AG_CU_CONTAINED = 226,
    AG_CU_NOT_READY = 600,
    AG_CU_ILLEGAL_ADDRESS = 700,
    AG_CU_LAUNCH_OUT_OF_RESOURCES = 701,
    AG_CU_LAUNCH_TIMEOUT = 702,
    AG_CU_CONTEXT_IS_DESTROYED = 709,
    AG_CU_ASSERT = 710,
    AG_CU_HARDWARE_STACK_ERROR = 714,
    AG_CU_ILLEGAL_INSTRUCTION = 715,
    AG_CU_MISALIGNED_ADDRESS = 716,
    AG_CU_INVALID_ADDRESS_SPACE = 717,
    AG_CU_INVALID_PC = 718,
    AG_CU_LAUNCH_FAILED = 719,
    AG_CU_SYSTEM_NOT_READY = 802,
    AG_CU_SYSTEM_DRIVER_MISMATCH = 803,
    AG_CU_COMPAT_NOT_SUPPORTED = 804,
    AG_CU_UNKNOWN = 999
};

enum ag_cu_device_attribute {
    AG_CU_DEVICE_MAX_SHARED_PER_BLOCK = 8,
    AG_CU_DEVICE_MAX_PITCH = 11,
    AG_CU_DEVICE_CLOCK_KHZ = 13,
    AG_CU_DEVICE_MULTIPROCESSORS = 16,
    AG_CU_DEVICE_CAPABILITY_MAJOR = 75,
    AG_CU_DEVICE_CAPABILITY_MINOR = 76,
    AG_CU_DEVICE_MAX_SHARED_PER_BLOCK_OPTIN = 97
};

enum ag_cu_function_attribute {
    AG_CU_FUNCTION_MAX_THREADS = 0,
    AG_CU_FUNCTION_SHARED_BYTES = 1,
    AG_CU_FUNCTION_LOCAL_BYTES = 3,
    AG_CU_FUNCTION_REGISTERS = 4,
    AG_CU_FUNCTION_MAX_DYNAMIC_SHARED = 8,
    AG_CU_FUNCTION_SHARED_CARVEOUT = 9
};

enum ag_cu_jit_option {
    AG_CU_JIT_ERROR_LOG = 5,
    AG_CU_JIT_ERROR_LOG_BYTES = 6
};

#define AG_CU_MEMORY_DEVICE 2u

/* A copy of rows; source and destination have the same seven members. */
struct ag_cu_place {
    size_t x_bytes, y;
    uint32_t memory_type;
    const void *host;
    ag_cu_address device;
    void *array;
    size_t pitch;
};
struct ag_cu_copy_2d {
    struct ag_cu_place from, to;
    size_t width_bytes, height;
};

/* X(member, symbol, parameters); each returns an ag_cu_result. */
#define AG_CUDA_FUNCTIONS(X)                                                   \
    X(init, cuInit, (unsigned int flags))                                      \
    X(driver_version, cuDriverGetVersion, (int *version))                      \
    X(error_name, cuGetErrorName, (ag_cu_result code, const char **text))      \
    X(error_text, cuGetErrorString, (ag_cu_result code, const char **text))    \
    X(device_count, cuDeviceGetCount, (int *count))                            \
    X(device_get, cuDeviceGet, (ag_cu_device * device, int ordinal))           \
    X(device_name, cuDeviceGetName,                                            \
      (char *name, int length, ag_cu_device device))                           \
    X(device_memory, cuDeviceTotalMem_v2,                                      \
      (size_t * bytes, ag_cu_device device))                                   \
    X(device_attribute, cuDeviceGetAttribute,                                  \
      (int *value, uint32_t attribute, ag_cu_device device))                   \
    X(context_retain, cuDevicePrimaryCtxRetain,                                \
      (ag_cu_context * context, ag_cu_device device))                          \
    X(context_release, cuDevicePrimaryCtxRelease_v2, (ag_cu_device device))    \
    X(context_push, cuCtxPushCurrent_v2, (ag_cu_context context))              \
    X(context_pop, cuCtxPopCurrent_v2, (ag_cu_context * context))              \
    X(module_load, cuModuleLoadDataEx,                                         \
      (ag_cu_module * module, const void *image, unsigned int n,               \
       uint32_t *options, void **values))                                      \
    X(module_unload, cuModuleUnload, (ag_cu_module module))                    \
    X(module_function, cuModuleGetFunction,                                    \
      (ag_cu_function * function, ag_cu_module module, const char *name))      \
    X(function_attribute, cuFuncGetAttribute,                                  \
      (int *value, uint32_t attribute, ag_cu_function function))               \
    X(function_set, cuFuncSetAttribute,                                        \
      (ag_cu_function function, uint32_t attribute, int value))                \
    X(occupancy, cuOccupancyMaxActiveBlocksPerMultiprocessor,                  \
      (int *blocks, ag_cu_function function, int block, size_t shared_bytes))  \
    X(memory_info, cuMemGetInfo_v2, (size_t * free, size_t * total))           \
    X(memory_alloc, cuMemAlloc_v2, (ag_cu_address * address, size_t bytes))    \
    X(memory_free, cuMemFree_v2, (ag_cu_address address))                      \
    X(memory_set, cuMemsetD8_v2,                                               \
      (ag_cu_address to, unsigned char value, size_t bytes))                   \
    X(host_register, cuMemHostRegister_v2,                                     \
      (void *memory, size_t bytes, uint32_t flags))                            \
    X(host_unregister, cuMemHostUnregister, (void *memory))                    \
    X(copy_in, cuMemcpyHtoD_v2,                                                \
      (ag_cu_address to, const void *from, size_t bytes))                      \
    X(copy_out, cuMemcpyDtoH_v2, (void *to, ag_cu_address from, size_t bytes)) \
    X(copy, cuMemcpyDtoD_v2,                                                   \
      (ag_cu_address to, ag_cu_address from, size_t bytes))                    \
    X(copy_rows, cuMemcpy2DUnaligned_v2, (const struct ag_cu_copy_2d *copy))   \
    X(event_create, cuEventCreate, (ag_cu_event * event, unsigned int flags))  \
    X(event_destroy, cuEventDestroy_v2, (ag_cu_event event))                   \
    X(event_record, cuEventRecord, (ag_cu_event event, ag_cu_stream stream))   \
    X(event_query, cuEventQuery, (ag_cu_event event))                          \
    X(event_elapsed, cuEventElapsedTime,                                       \
      (float *milliseconds, ag_cu_event start, ag_cu_event end))               \
    X(launch, cuLaunchKernel,                                                  \
      (ag_cu_function function, unsigned int grid_x, unsigned int grid_y,      \
       unsigned int grid_z, unsigned int block_x, unsigned int block_y,        \
       unsigned int block_z, unsigned int shared_bytes, ag_cu_stream stream,   \
       void **parameters, void **extra))

struct ag_cuda {
#define X(member, symbol, parameters) ag_cu_result(*member) parameters;
    AG_CUDA_FUNCTIONS(X)
#undef X
};

#endif
