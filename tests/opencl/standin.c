/*
 * An OpenCL library with two devices that execute nothing: a GPU and a CPU.
 * Its compiler does what a text says: it "refuses", "crashes now", "crashes
 * late" (as the kernel is launched), "crashes again" (when what it made is
 * loaded), "hangs", "exits", has "no binary", or one that is "strange", which
 * only helpers load; any other text it compiles. A binary is the process that
 * made it, the text and the options.
 *
 * STANDIN_CHANGES=1: to helpers the driver is another one. So it is where
 * OCL_ICD_FILENAMES is "first" alone, as it is once a loader of Khronos's has
 * taken "first:second" apart.
 */
#include "backend/opencl/opencl_api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ag_cl_program {
    char text[4096], binary[8192];
    int is_loaded; /* from a binary */
};

/* For the test: texts that were compiled by this process, and what it loaded
   last. */
int standin_compiled;
char standin_loaded[8192];

static char something[64]; /* what objects without contents point to */

static int is_helper(void)
{
    return getenv("ARMGPU_HELPER_OF") != NULL;
}

static int says(const struct ag_cl_program *p, const char *word)
{
    return strstr(p->text, word) != NULL;
}

static cl_int give(const void *value, size_t n, size_t size, void *out,
                   size_t *length)
{
    if (length != NULL)
        *length = n;
    if (out != NULL && size >= n)
        memcpy(out, value, n);
    return CL_SUCCESS;
}

static cl_int give_text(const char *text, size_t size, void *out,
                        size_t *length)
{
    return give(text, strlen(text) + 1, size, out, length);
}

static cl_int give_number(cl_ulong n, size_t size, void *out, size_t *length)
{
    return give(&n, sizeof n, size, out, length);
}

/* -- Devices --------------------------------------------------------------- */

/* The list is looked at once, and taken apart where it is. */
static int has_first_alone, is_taken;
static void take_apart(void)
{
    char *list = getenv("OCL_ICD_FILENAMES");
    char *end = list == NULL ? NULL : strchr(list, ':');
    if (is_taken++)
        return;
    has_first_alone = list != NULL && end == NULL;
    if (end != NULL)
        *end = '\0';
}

cl_int clGetPlatformIDs(cl_uint n, cl_platform_id *out, cl_uint *count)
{
    take_apart();
    *count = 1;
    if (n > 0)
        out[0] = (cl_platform_id)something;
    return CL_SUCCESS;
}

cl_int clGetPlatformInfo(cl_platform_id p, cl_uint what, size_t size, void *out,
                         size_t *length)
{
    return give_text(what == CL_PLATFORM_NAME ? "platform" : "OpenCL 1.2", size,
                     out, length);
}

cl_int clGetDeviceIDs(cl_platform_id p, cl_bitfield kind, cl_uint n,
                      cl_device_id *out, cl_uint *count)
{
    *count = 1;
    out[0] =
        (cl_device_id)(kind & CL_DEVICE_TYPE_CPU ? something + 1 : something);
    return CL_SUCCESS;
}

cl_int clGetDeviceInfo(cl_device_id id, cl_uint what, size_t size, void *out,
                       size_t *length)
{
    const int is_cpu = (char *)id == something + 1;
    const int is_changed =
        is_helper() && (has_first_alone || getenv("STANDIN_CHANGES") != NULL);
    switch (what) {
    case CL_DEVICE_NAME:
        return give_text("stand-in", size, out, length);
    case CL_DEVICE_VERSION:
        return give_text("OpenCL 1.2 stand-in", size, out, length);
    case CL_DEVICE_PROFILE:
        return give_text("FULL_PROFILE", size, out, length);
    case CL_DRIVER_VERSION:
        return give_text(is_changed ? "2.0" : "1.0", size, out, length);
    case CL_DEVICE_EXTENSIONS:
        return give_text("", size, out, length);
    case CL_DEVICE_TYPE:
        return give_number(is_cpu ? CL_DEVICE_TYPE_CPU : CL_DEVICE_TYPE_GPU,
                           size, out, length);
    case CL_DEVICE_SINGLE_FP_CONFIG:
    case CL_DEVICE_DOUBLE_FP_CONFIG:
        return give_number(0, size, out, length);
    default: /* how many there are, how large they are, and yes */
        return give_number(1 << 20, size, out, length);
    }
}

cl_context clCreateContext(const intptr_t *properties, cl_uint n,
                           const cl_device_id *ids, ag_cl_notify notify,
                           void *user, cl_int *error)
{
    *error = CL_SUCCESS;
    return (cl_context)something;
}

cl_command_queue clCreateCommandQueue(cl_context c, cl_device_id id,
                                      cl_bitfield properties, cl_int *error)
{
    *error = CL_SUCCESS;
    return (cl_command_queue)something;
}

/* -- Programs -------------------------------------------------------------- */

cl_program clCreateProgramWithSource(cl_context c, cl_uint n,
                                     const char **texts, const size_t *lengths,
                                     cl_int *error)
{
    cl_program p = calloc(1, sizeof *p);
    snprintf(p->text, sizeof p->text, "%.*s", (int)lengths[0], texts[0]);
    *error = CL_SUCCESS;
    return p;
}

cl_program clCreateProgramWithBinary(cl_context c, cl_uint n,
                                     const cl_device_id *ids,
                                     const size_t *lengths,
                                     const unsigned char **binaries,
                                     cl_int *status, cl_int *error)
{
    cl_program p = calloc(1, sizeof *p);
    snprintf(p->binary, sizeof p->binary, "%.*s", (int)lengths[0],
             (const char *)binaries[0]);
    p->is_loaded = 1;
    *status = CL_SUCCESS;
    *error = CL_SUCCESS;
    if (is_helper() || strstr(p->binary, "strange") == NULL)
        return p;
    free(p);
    *error = CL_INVALID_BINARY;
    return NULL;
}

cl_int clBuildProgram(cl_program p, cl_uint n, const cl_device_id *ids,
                      const char *options, ag_cl_built built, void *user)
{
    if (p->is_loaded) {
        if (strstr(p->binary, "crashes again") != NULL)
            abort();
        strcpy(standin_loaded, p->binary);
        return CL_SUCCESS;
    }
    standin_compiled++;
    fputs("a driver says: error: this and that\n", stderr);
    if (says(p, "crashes now"))
        abort();
    while (says(p, "hangs"))
        pause();
    if (says(p, "exits"))
        exit(0);
    snprintf(p->binary, sizeof p->binary, "%ld %s %s", (long)getpid(), p->text,
             options);
    return says(p, "refuses") ? CL_BUILD_PROGRAM_FAILURE : CL_SUCCESS;
}

cl_int clGetProgramInfo(cl_program p, cl_uint what, size_t size, void *out,
                        size_t *length)
{
    const size_t n = says(p, "no binary") ? 0 : strlen(p->binary);
    if (what == CL_PROGRAM_BINARY_SIZES)
        return give(&n, sizeof n, size, out, length);
    memcpy(*(void **)out, p->binary, n);
    return CL_SUCCESS;
}

cl_int clGetProgramBuildInfo(cl_program p, cl_device_id id, cl_uint what,
                             size_t size, void *out, size_t *length)
{
    return give_text("a.cl:3: warning\na.cl:7: error: it will not do\n", size,
                     out, length);
}

cl_int clReleaseProgram(cl_program p)
{
    free(p);
    return CL_SUCCESS;
}

/* A kernel is its program. */
cl_kernel clCreateKernel(cl_program p, const char *name, cl_int *error)
{
    *error = strcmp(name, "ag_translated") == 0 ? CL_SUCCESS
                                                : CL_INVALID_KERNEL_NAME;
    return (cl_kernel)p;
}

cl_int clGetKernelWorkGroupInfo(cl_kernel k, cl_device_id id, cl_uint what,
                                size_t size, void *out, size_t *length)
{
    return give_number(what == CL_KERNEL_LOCAL_MEM_SIZE ? 0 : 256, size, out,
                       length);
}

cl_int clEnqueueNDRangeKernel(cl_command_queue q, cl_kernel k, cl_uint n,
                              const size_t *offset, const size_t *items,
                              const size_t *group, cl_uint waits,
                              const cl_event *events, cl_event *event)
{
    const struct ag_cl_program *p = (const void *)k;
    if (!p->is_loaded && says(p, "crashes late"))
        abort();
    *event = (cl_event)something;
    return CL_SUCCESS;
}

cl_int clGetEventInfo(cl_event e, cl_uint what, size_t size, void *out,
                      size_t *length)
{
    const cl_int over = CL_COMPLETE;
    return give(&over, sizeof over, size, out, length);
}

/* -- What succeeds, whatever it is ----------------------------------------- */

#define AG_SUCCEEDS(name)                                                      \
    cl_int name(void)                                                          \
    {                                                                          \
        return CL_SUCCESS;                                                     \
    }
AG_SUCCEEDS(clRetainContext)
AG_SUCCEEDS(clReleaseContext)
AG_SUCCEEDS(clReleaseCommandQueue)
AG_SUCCEEDS(clCreateBuffer)
AG_SUCCEEDS(clReleaseMemObject)
AG_SUCCEEDS(clSetKernelArg)
AG_SUCCEEDS(clReleaseKernel)
AG_SUCCEEDS(clEnqueueReadBuffer)
AG_SUCCEEDS(clEnqueueWriteBuffer)
AG_SUCCEEDS(clEnqueueFillBuffer)
AG_SUCCEEDS(clEnqueueCopyBuffer)
AG_SUCCEEDS(clEnqueueCopyBufferRect)
AG_SUCCEEDS(clGetEventProfilingInfo)
AG_SUCCEEDS(clReleaseEvent)
AG_SUCCEEDS(clFlush)
AG_SUCCEEDS(clFinish)
