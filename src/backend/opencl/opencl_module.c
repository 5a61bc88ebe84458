/* Modules of the OpenCL backend: text, compiled by the driver. */
#include "backend/build.h"
#include "backend/opencl/opencl.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Groups are larger than a warp only while this many are left for every
   compute unit, and never larger than MAX_GROUP: a lane's registers take as
   much group memory in a small group, and small ones pack better. */
#define GROUPS_PER_UNIT 16
#define MAX_GROUP 128
#define LEAST_LANE_BYTES 8

struct ag_module {
    struct ag_module_head head;
    cl_program program;
    struct ag_cache_key key;
    struct ag_cl_identity identity;
    char options[512];   /* for the compiler */
    ag_kernel kernels[]; /* objects of the program, NULL before */
};

/* -- The program ----------------------------------------------------------- */

/* Adds the log's first lines about errors, or its first lines. */
static void add_log_lines(char *out, size_t size, const char *log)
{
    int wants_errors = strstr(log, "error") != NULL, lines = 0;
    size_t used = strlen(out);
    while (*log != '\0' && lines < 3 && used < size) {
        size_t n = strcspn(log, "\n");
        const char *error = strstr(log, "error");
        int is_error = error != NULL && error < log + n;
        if (n > 0 && (is_error || !wants_errors)) {
            int put = snprintf(out + used, size - used, "%s%.*s",
                               lines++ == 0 ? ": " : "; ", (int)n, log);
            used += put > 0 ? (size_t)put : 0;
        }
        log += n + (log[n] == '\n');
    }
}

static int32_t fail_build(ag_device *d, cl_program program, const char *what,
                          cl_int error)
{
    size_t size = 0;
    char *log = NULL;
    (void)ag_cl_fail(d, what, error);
    if (d->cl.clGetProgramBuildInfo(program, d->id, CL_PROGRAM_BUILD_LOG, 0,
                                    NULL, &size) == CL_SUCCESS)
        log = calloc(1, size + 1);
    if (log != NULL &&
        d->cl.clGetProgramBuildInfo(program, d->id, CL_PROGRAM_BUILD_LOG, size,
                                    log, NULL) == CL_SUCCESS)
        add_log_lines(d->message, sizeof d->message, log);
    free(log);
    return ARMGPU_ERROR_BACKEND;
}

static int32_t create_kernels(ag_module *m)
{
    const struct ag_cl *cl = &m->head.device->cl;
    for (uint32_t i = 0; i < m->head.count; i++) {
        cl_int error = CL_SUCCESS;
        m->kernels[i].object =
            cl->clCreateKernel(m->program, m->kernels[i].head.name, &error);
        if (error != CL_SUCCESS) {
            m->kernels[i].object = NULL;
            return ag_cl_fail(m->head.device, "clCreateKernel", error);
        }
    }
    return ARMGPU_OK;
}

static void release_program(ag_module *m)
{
    const struct ag_cl *cl = &m->head.device->cl;
    for (uint32_t i = 0; i < m->head.count; i++) {
        if (m->kernels[i].object != NULL)
            (void)cl->clReleaseKernel(m->kernels[i].object);
        m->kernels[i].object = NULL;
    }
    if (m->program != NULL)
        (void)cl->clReleaseProgram(m->program);
    m->program = NULL;
}

/* -- Groups ---------------------------------------------------------------- */

static uint64_t kernel_number(ag_device *d, const ag_kernel *kernel,
                              cl_uint what)
{
    uint64_t value = 0;
    uint32_t half;
    size_t size = 0;
    if (d->cl.clGetKernelWorkGroupInfo(kernel->object, d->id, what,
                                       sizeof value, &value, &size) != 0)
        return 0;
    memcpy(&half, &value, sizeof half);
    return size == sizeof half ? half : value;
}

/* Lanes of a group at most, a multiple of AG_WARP. */
static uint64_t largest_group(ag_device *d, const ag_kernel *kernel)
{
    uint64_t items = kernel_number(d, kernel, CL_KERNEL_WORK_GROUP_SIZE);
    uint64_t local = ag_cl_number(&d->cl, d->id, CL_DEVICE_LOCAL_MEM_SIZE);
    uint64_t taken = kernel_number(d, kernel, CL_KERNEL_LOCAL_MEM_SIZE);
    uint64_t lanes =
        (local > taken ? local - taken : 0) / kernel->head.lane_bytes;
    return (lanes < items ? lanes : items) / AG_WARP * AG_WARP;
}

/* Work items that the hardware executes together (64 on some), in whole warps
   of ours. A CPU takes them one by one. */
static uint32_t warp_threads(ag_device *d, const ag_kernel *kernel)
{
    uint64_t together =
        kernel_number(d, kernel, CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE);
    if (ag_cl_is_cpu(d) || together > MAX_GROUP)
        together = AG_WARP;
    return (uint32_t)(together + AG_WARP - 1) / AG_WARP * AG_WARP;
}

/* One warp at least, and what the hardware executes together. */
static int32_t choose_group(ag_device *d, ag_kernel *kernel)
{
    uint64_t most = largest_group(d, kernel);
    uint64_t units = ag_cl_number(&d->cl, d->id, CL_DEVICE_MAX_COMPUTE_UNITS);
    uint64_t together = warp_threads(d, kernel);
    if (most < AG_WARP) {
        snprintf(d->message, sizeof d->message,
                 "OpenCL on %s cannot be used: its groups hold %" PRIu64
                 " work items of the kernel, and %d are needed",
                 d->name, kernel_number(d, kernel, CL_KERNEL_WORK_GROUP_SIZE),
                 AG_WARP);
        return ARMGPU_ERROR_BACKEND;
    }
    kernel->group = AG_WARP;
    if (ag_cl_is_cpu(d))
        return ARMGPU_OK; /* one thread runs a group, whatever its size */
    while (kernel->group * 2 <= most && kernel->group * 2 <= MAX_GROUP &&
           (kernel->group < together ||
            d->lanes / (kernel->group * 2) >= GROUPS_PER_UNIT * units))
        kernel->group *= 2;
    return ARMGPU_OK;
}

/* -- Building -------------------------------------------------------------- */

/* What a launch makes a driver compile is in the binary that the cache gets. */
static int32_t prepare_kernels(ag_module *m)
{
    int32_t error = create_kernels(m);
    for (uint32_t i = 0; i < m->head.count && error == ARMGPU_OK; i++) {
        error = choose_group(m->head.device, &m->kernels[i]);
        if (error == ARMGPU_OK)
            error = ag_cl_launch_nothing(m->head.device, &m->kernels[i]);
    }
    return error;
}

static int32_t load_binary(ag_module *m, const unsigned char *binary,
                           size_t length)
{
    ag_device *d = m->head.device;
    cl_int status = CL_SUCCESS, error = CL_SUCCESS;
    m->program = d->cl.clCreateProgramWithBinary(d->context, 1, &d->id, &length,
                                                 &binary, &status, &error);
    if (error != CL_SUCCESS) {
        m->program = NULL;
        return ag_cl_fail(d, "clCreateProgramWithBinary", error);
    }
    if (status == CL_SUCCESS)
        status =
            d->cl.clBuildProgram(m->program, 1, &d->id, m->options, NULL, NULL);
    return status == CL_SUCCESS
               ? prepare_kernels(m)
               : fail_build(d, m->program, "loading compiled kernels", status);
}

/* Fails, and leaves no program, if the driver does not want the bytes. */
static int32_t from_binary(ag_module *m, const void *bytes, size_t length)
{
    int32_t error = load_binary(m, bytes, length);
    if (error != ARMGPU_OK && !m->head.device->is_hung)
        release_program(m);
    return error;
}

/* The context has one device, so there is one binary. False, and a message: the
   driver gives none. */
static bool get_binary(ag_module *m, struct ag_image *image)
{
    const struct ag_cl *cl = &m->head.device->cl;
    unsigned char *bytes = NULL;
    memset(image, 0, sizeof *image);
    if (cl->clGetProgramInfo(m->program, CL_PROGRAM_BINARY_SIZES,
                             sizeof image->size, &image->size,
                             NULL) == CL_SUCCESS &&
        image->size > 0)
        bytes = malloc(image->size);
    image->bytes = bytes;
    if (bytes != NULL &&
        cl->clGetProgramInfo(m->program, CL_PROGRAM_BINARIES, sizeof bytes,
                             &bytes, NULL) == CL_SUCCESS)
        return true;
    ag_image_free(image);
    snprintf(m->head.device->message, AG_MESSAGE_BYTES,
             "OpenCL on %s: the driver gives no binary of what it has compiled",
             m->head.device->name);
    return false;
}

int32_t ag_cl_give_binary(ag_module *m, struct ag_image *image)
{
    if (!get_binary(m, image))
        return ARMGPU_ERROR_BACKEND;
    release_program(m);
    return from_binary(m, image->bytes, image->size);
}

/* What another process has compiled is taken by what takes bytes of the cache:
   whatever goes wrong, no compiler is called here. Keeps what could be loaded.
 */
static int32_t build_apart(ag_module *m)
{
    ag_device *d = m->head.device;
    struct ag_image image;
    int32_t error =
        ag_cl_compile_apart(d, &m->head, &m->kernels[0].head, &image);
    if (__atomic_load_n(&d->is_given_up, __ATOMIC_RELAXED)) {
        m->head.keeps_refused = 0; /* nobody has refused it */
        if (error == ARMGPU_OK)
            error = ARMGPU_ERROR_BACKEND;
    }
    if (error == ARMGPU_OK)
        error = from_binary(m, image.bytes, image.size);
    if (error == ARMGPU_OK)
        ag_cache_store(&m->key, image.bytes, image.size);
    ag_image_free(&image);
    return error;
}

static int32_t build_here(ag_module *m)
{
    const char *text = m->head.source->text;
    size_t length = m->head.source->length;
    ag_device *d = m->head.device;
    struct ag_image image;
    cl_int error = CL_SUCCESS;
    int32_t failed;
    m->program =
        d->cl.clCreateProgramWithSource(d->context, 1, &text, &length, &error);
    if (error != CL_SUCCESS) {
        m->program = NULL;
        return ag_cl_fail(d, "clCreateProgramWithSource", error);
    }
    error = d->cl.clBuildProgram(m->program, 1, &d->id, m->options, NULL, NULL);
    if (error != CL_SUCCESS)
        return fail_build(d, m->program, "compiling the kernels", error);
    failed = prepare_kernels(m);
    if (failed == ARMGPU_OK && ag_cache_is_on() && get_binary(m, &image)) {
        ag_cache_store(&m->key, image.bytes, image.size);
        ag_image_free(&image);
    }
    return failed;
}

static int32_t from_source(ag_module *m)
{
    const ag_device *d = m->head.device;
    if (d->is_hung)
        return ARMGPU_ERROR_DEVICE;
    return m->head.is_region && d->helper != NULL ? build_apart(m)
                                                  : build_here(m);
}

/*
 * What the device promises of floating point, for kernels/lane/dialect_real.h.
 * Doubles are correctly rounded wherever there are any; the division and root
 * of singles have a promise of their own, and an option that asks for it.
 */
static int has_all(uint64_t config, uint64_t also)
{
    uint64_t all = CL_FP_DENORM | CL_FP_INF_NAN | CL_FP_ROUND_TO_NEAREST | also;
    return (config & all) == all;
}

static const char *float_options(ag_device *d)
{
    uint64_t f64 = ag_cl_number(&d->cl, d->id, CL_DEVICE_DOUBLE_FP_CONFIG);
    uint64_t f32 = ag_cl_number(&d->cl, d->id, CL_DEVICE_SINGLE_FP_CONFIG);
    if (!has_all(f64, 0))
        return "";
    if (!has_all(f32, CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT))
        return has_all(f64, CL_FP_FMA) ? "-DAG_HAS_F64=1 -DAG_HAS_FMA=1"
                                       : "-DAG_HAS_F64=1";
    return has_all(f64 & f32, CL_FP_FMA)
               ? "-cl-fp32-correctly-rounded-divide-sqrt -DAG_HAS_F64=1 "
                 "-DAG_HAS_F32=1 -DAG_HAS_FMA=1"
               : "-cl-fp32-correctly-rounded-divide-sqrt -DAG_HAS_F64=1 "
                 "-DAG_HAS_F32=1";
}

static void make_key(ag_module *m)
{
    ag_cl_identify(m->head.device, &m->identity);
    m->key.source_hash = m->head.source->hash;
    m->key.backend = "opencl";
    m->key.device = m->identity.device;
    m->key.driver = m->identity.driver;
    m->key.options = m->options;
}

static void fill_kernel(ag_device *d, const ag_kernel *kernel,
                        struct ag_module_kernel *out)
{
    uint64_t units = ag_cl_number(&d->cl, d->id, CL_DEVICE_MAX_COMPUTE_UNITS);
    out->kernel = kernel;
    out->workers =
        (uint32_t)(ag_cl_is_cpu(d) ? units : units * largest_group(d, kernel));
    out->warp_threads = warp_threads(d, kernel);
}

/* A launch that never ended still uses the program: it is left. */
void ag_cl_unload(ag_device *d, ag_module *m)
{
    if (m == NULL || d->is_hung)
        return;
    release_program(m);
    free(m);
}

int32_t ag_cl_build(ag_device *d, ag_module **out,
                    const struct ag_module_options *options,
                    struct ag_module_info *info)
{
    ag_module *m = *out =
        ag_new_module(d, options, offsetof(struct ag_module, kernels),
                      sizeof(ag_kernel), d->message);
    int32_t error = ARMGPU_ERROR_MEMORY;
    if (m == NULL)
        return error;
    /* No group memory at all is an error to drivers. */
    for (uint32_t i = 0; i < m->head.count; i++)
        if (m->kernels[i].head.lane_bytes < LEAST_LANE_BYTES)
            m->kernels[i].head.lane_bytes = LEAST_LANE_BYTES;
    int length = snprintf(m->options, sizeof m->options, "-cl-std=CL1.2 %s %s",
                          float_options(d), options->defines);
    if (length < 0 || (size_t)length >= sizeof m->options) {
        snprintf(d->message, sizeof d->message,
                 "compiler options are too long");
        error = ARMGPU_ERROR_ARGUMENT;
    } else {
        make_key(m);
        error = ag_build(m, &m->key, from_binary, from_source, info);
    }
    for (uint32_t i = 0; i < m->head.count && error == ARMGPU_OK; i++)
        fill_kernel(d, &m->kernels[i], &options->kernels[i]);
    if (error == ARMGPU_OK)
        return ARMGPU_OK;
    ag_cl_unload(d, m);
    *out = NULL;
    return error;
}
