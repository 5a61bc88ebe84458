/*
 * What opencl.c uses of OpenCL 1.2: types, constants and functions, so that no
 * OpenCL header is needed to build; the library is found at run time. Names and
 * numbers are those of the OpenCL specification (Khronos), sections 4 and 5.
 */
#ifndef AG_OPENCL_API_H
#define AG_OPENCL_API_H

#include <stddef.h>
#include <stdint.h>

typedef int32_t cl_int;
typedef uint32_t cl_uint;
typedef uint64_t cl_ulong;
typedef cl_uint cl_bool;
typedef cl_ulong cl_bitfield;

typedef struct ag_cl_platform *cl_platform_id;
typedef struct ag_cl_device *cl_device_id;
typedef struct ag_cl_context *cl_context;
typedef struct ag_cl_queue *cl_command_queue;
typedef struct ag_cl_mem *cl_mem;
typedef struct ag_cl_program *cl_program;
typedef struct ag_cl_kernel *cl_kernel;
typedef struct ag_cl_event *cl_event;

#define CL_TRUE 1
#define CL_COMPLETE 0 /* states of an event; below 0: an error */
#define CL_MEM_READ_WRITE (1 << 0)
#define CL_QUEUE_PROFILING_ENABLE (1 << 1)
#define CL_DEVICE_TYPE_CPU (1 << 1)
#define CL_DEVICE_TYPE_GPU (1 << 2)
#define CL_DEVICE_TYPE_ACCELERATOR (1 << 3)

#define CL_PLATFORM_VERSION 0x0901
#define CL_PLATFORM_NAME 0x0902
#define CL_CONTEXT_PLATFORM 0x1084

#define CL_DEVICE_TYPE 0x1000
#define CL_DEVICE_MAX_COMPUTE_UNITS 0x1002
#define CL_DEVICE_MAX_WORK_GROUP_SIZE 0x1004
#define CL_DEVICE_MAX_MEM_ALLOC_SIZE 0x1010
#define CL_DEVICE_SINGLE_FP_CONFIG 0x101B
#define CL_DEVICE_GLOBAL_MEM_SIZE 0x101F
#define CL_DEVICE_LOCAL_MEM_SIZE 0x1023
#define CL_DEVICE_ENDIAN_LITTLE 0x1026
#define CL_DEVICE_AVAILABLE 0x1027
#define CL_DEVICE_COMPILER_AVAILABLE 0x1028
#define CL_DEVICE_NAME 0x102B
#define CL_DRIVER_VERSION 0x102D
#define CL_DEVICE_PROFILE 0x102E
#define CL_DEVICE_VERSION 0x102F
#define CL_DEVICE_EXTENSIONS 0x1030
#define CL_DEVICE_DOUBLE_FP_CONFIG 0x1032
/* Bits of the two. */
#define CL_FP_DENORM (1 << 0)
#define CL_FP_INF_NAN (1 << 1)
#define CL_FP_ROUND_TO_NEAREST (1 << 2)
#define CL_FP_FMA (1 << 5)
#define CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT (1 << 7)

#define CL_PROGRAM_BINARY_SIZES 0x1165
#define CL_PROGRAM_BINARIES 0x1166
#define CL_PROGRAM_BUILD_LOG 0x1183
#define CL_KERNEL_WORK_GROUP_SIZE 0x11B0
#define CL_KERNEL_LOCAL_MEM_SIZE 0x11B2
#define CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE 0x11B3
#define CL_EVENT_COMMAND_EXECUTION_STATUS 0x11D3
#define CL_PROFILING_COMMAND_START 0x1282
#define CL_PROFILING_COMMAND_END 0x1283

/* Errors: X(name, number). */
#define AG_CL_ERRORS(X)                                                        \
    X(CL_SUCCESS, 0)                                                           \
    X(CL_DEVICE_NOT_FOUND, -1)                                                 \
    X(CL_DEVICE_NOT_AVAILABLE, -2)                                             \
    X(CL_COMPILER_NOT_AVAILABLE, -3)                                           \
    X(CL_MEM_OBJECT_ALLOCATION_FAILURE, -4)                                    \
    X(CL_OUT_OF_RESOURCES, -5)                                                 \
    X(CL_OUT_OF_HOST_MEMORY, -6)                                               \
    X(CL_PROFILING_INFO_NOT_AVAILABLE, -7)                                     \
    X(CL_MEM_COPY_OVERLAP, -8)                                                 \
    X(CL_IMAGE_FORMAT_MISMATCH, -9)                                            \
    X(CL_IMAGE_FORMAT_NOT_SUPPORTED, -10)                                      \
    X(CL_BUILD_PROGRAM_FAILURE, -11)                                           \
    X(CL_MAP_FAILURE, -12)                                                     \
    X(CL_MISALIGNED_SUB_BUFFER_OFFSET, -13)                                    \
    X(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST, -14)                       \
    X(CL_COMPILE_PROGRAM_FAILURE, -15)                                         \
    X(CL_LINKER_NOT_AVAILABLE, -16)                                            \
    X(CL_LINK_PROGRAM_FAILURE, -17)                                            \
    X(CL_DEVICE_PARTITION_FAILED, -18)                                         \
    X(CL_KERNEL_ARG_INFO_NOT_AVAILABLE, -19)                                   \
    X(CL_INVALID_VALUE, -30)                                                   \
    X(CL_INVALID_DEVICE_TYPE, -31)                                             \
    X(CL_INVALID_PLATFORM, -32)                                                \
    X(CL_INVALID_DEVICE, -33)                                                  \
    X(CL_INVALID_CONTEXT, -34)                                                 \
    X(CL_INVALID_QUEUE_PROPERTIES, -35)                                        \
    X(CL_INVALID_COMMAND_QUEUE, -36)                                           \
    X(CL_INVALID_HOST_PTR, -37)                                                \
    X(CL_INVALID_MEM_OBJECT, -38)                                              \
    X(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR, -39)                                 \
    X(CL_INVALID_IMAGE_SIZE, -40)                                              \
    X(CL_INVALID_SAMPLER, -41)                                                 \
    X(CL_INVALID_BINARY, -42)                                                  \
    X(CL_INVALID_BUILD_OPTIONS, -43)                                           \
    X(CL_INVALID_PROGRAM, -44)                                                 \
    X(CL_INVALID_PROGRAM_EXECUTABLE, -45)                                      \
    X(CL_INVALID_KERNEL_NAME, -46)                                             \
    X(CL_INVALID_KERNEL_DEFINITION, -47)                                       \
    X(CL_INVALID_KERNEL, -48)                                                  \
    X(CL_INVALID_ARG_INDEX, -49)                                               \
    X(CL_INVALID_ARG_VALUE, -50)                                               \
    X(CL_INVALID_ARG_SIZE, -51)                                                \
    X(CL_INVALID_KERNEL_ARGS, -52)                                             \
    X(CL_INVALID_WORK_DIMENSION, -53)                                          \
    X(CL_INVALID_WORK_GROUP_SIZE, -54)                                         \
    X(CL_INVALID_WORK_ITEM_SIZE, -55)                                          \
    X(CL_INVALID_GLOBAL_OFFSET, -56)                                           \
    X(CL_INVALID_EVENT_WAIT_LIST, -57)                                         \
    X(CL_INVALID_EVENT, -58)                                                   \
    X(CL_INVALID_OPERATION, -59)                                               \
    X(CL_INVALID_GL_OBJECT, -60)                                               \
    X(CL_INVALID_BUFFER_SIZE, -61)                                             \
    X(CL_INVALID_MIP_LEVEL, -62)                                               \
    X(CL_INVALID_GLOBAL_WORK_SIZE, -63)                                        \
    X(CL_INVALID_PROPERTY, -64)                                                \
    X(CL_INVALID_IMAGE_DESCRIPTOR, -65)                                        \
    X(CL_INVALID_COMPILER_OPTIONS, -66)                                        \
    X(CL_INVALID_LINKER_OPTIONS, -67)                                          \
    X(CL_INVALID_DEVICE_PARTITION_COUNT, -68)                                  \
    X(CL_INVALID_PIPE_SIZE, -69)                                               \
    X(CL_INVALID_DEVICE_QUEUE, -70)                                            \
    X(CL_INVALID_SPEC_ID, -71)                                                 \
    X(CL_MAX_SIZE_RESTRICTION_EXCEEDED, -72)                                   \
    X(CL_PLATFORM_NOT_FOUND_KHR, -1001)                                        \
    X(CL_CONTEXT_TERMINATED_KHR, -1121)

enum ag_cl_error {
#define AG_X(name, number) name = number,
    AG_CL_ERRORS(AG_X)
#undef AG_X
};

typedef void (*ag_cl_notify)(const char *words, const void *data, size_t size,
                             void *user);
typedef void (*ag_cl_built)(cl_program program, void *user);

/* Functions: X(result, name, parameters). */
#define AG_CL_FUNCTIONS(X)                                                     \
    X(cl_int, clGetPlatformIDs, (cl_uint, cl_platform_id *, cl_uint *))        \
    X(cl_int, clGetPlatformInfo,                                               \
      (cl_platform_id, cl_uint, size_t, void *, size_t *))                     \
    X(cl_int, clGetDeviceIDs,                                                  \
      (cl_platform_id, cl_bitfield, cl_uint, cl_device_id *, cl_uint *))       \
    X(cl_int, clGetDeviceInfo,                                                 \
      (cl_device_id, cl_uint, size_t, void *, size_t *))                       \
    X(cl_context, clCreateContext,                                             \
      (const intptr_t *, cl_uint, const cl_device_id *, ag_cl_notify, void *,  \
       cl_int *))                                                              \
    X(cl_int, clRetainContext, (cl_context))                                   \
    X(cl_int, clReleaseContext, (cl_context))                                  \
    X(cl_command_queue, clCreateCommandQueue,                                  \
      (cl_context, cl_device_id, cl_bitfield, cl_int *))                       \
    X(cl_int, clReleaseCommandQueue, (cl_command_queue))                       \
    X(cl_mem, clCreateBuffer,                                                  \
      (cl_context, cl_bitfield, size_t, void *, cl_int *))                     \
    X(cl_int, clReleaseMemObject, (cl_mem))                                    \
    X(cl_program, clCreateProgramWithSource,                                   \
      (cl_context, cl_uint, const char **, const size_t *, cl_int *))          \
    X(cl_program, clCreateProgramWithBinary,                                   \
      (cl_context, cl_uint, const cl_device_id *, const size_t *,              \
       const unsigned char **, cl_int *, cl_int *))                            \
    X(cl_int, clBuildProgram,                                                  \
      (cl_program, cl_uint, const cl_device_id *, const char *, ag_cl_built,   \
       void *))                                                                \
    X(cl_int, clGetProgramInfo,                                                \
      (cl_program, cl_uint, size_t, void *, size_t *))                         \
    X(cl_int, clGetProgramBuildInfo,                                           \
      (cl_program, cl_device_id, cl_uint, size_t, void *, size_t *))           \
    X(cl_int, clReleaseProgram, (cl_program))                                  \
    X(cl_kernel, clCreateKernel, (cl_program, const char *, cl_int *))         \
    X(cl_int, clSetKernelArg, (cl_kernel, cl_uint, size_t, const void *))      \
    X(cl_int, clGetKernelWorkGroupInfo,                                        \
      (cl_kernel, cl_device_id, cl_uint, size_t, void *, size_t *))            \
    X(cl_int, clReleaseKernel, (cl_kernel))                                    \
    X(cl_int, clEnqueueReadBuffer,                                             \
      (cl_command_queue, cl_mem, cl_bool, size_t, size_t, void *, cl_uint,     \
       const cl_event *, cl_event *))                                          \
    X(cl_int, clEnqueueWriteBuffer,                                            \
      (cl_command_queue, cl_mem, cl_bool, size_t, size_t, const void *,        \
       cl_uint, const cl_event *, cl_event *))                                 \
    X(cl_int, clEnqueueFillBuffer,                                             \
      (cl_command_queue, cl_mem, const void *, size_t, size_t, size_t,         \
       cl_uint, const cl_event *, cl_event *))                                 \
    X(cl_int, clEnqueueCopyBuffer,                                             \
      (cl_command_queue, cl_mem, cl_mem, size_t, size_t, size_t, cl_uint,      \
       const cl_event *, cl_event *))                                          \
    X(cl_int, clEnqueueCopyBufferRect,                                         \
      (cl_command_queue, cl_mem, cl_mem, const size_t *, const size_t *,       \
       const size_t *, size_t, size_t, size_t, size_t, cl_uint,                \
       const cl_event *, cl_event *))                                          \
    X(cl_int, clEnqueueNDRangeKernel,                                          \
      (cl_command_queue, cl_kernel, cl_uint, const size_t *, const size_t *,   \
       const size_t *, cl_uint, const cl_event *, cl_event *))                 \
    X(cl_int, clGetEventInfo, (cl_event, cl_uint, size_t, void *, size_t *))   \
    X(cl_int, clGetEventProfilingInfo,                                         \
      (cl_event, cl_uint, size_t, void *, size_t *))                           \
    X(cl_int, clReleaseEvent, (cl_event))                                      \
    X(cl_int, clFlush, (cl_command_queue))                                     \
    X(cl_int, clFinish, (cl_command_queue))

struct ag_cl {
#define AG_X(result, name, parameters) result(*name) parameters;
    AG_CL_FUNCTIONS(AG_X)
#undef AG_X
};

#endif
