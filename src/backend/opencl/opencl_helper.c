/*
 * The process that opencl_apart.c starts: it opens the device that the other
 * side has, builds the text as it would be built there, launches its kernel on
 * no lanes, since drivers may compile only then, does the same with the binary,
 * which may be text as well (NVIDIA's is PTX), and writes that.
 */
#include "backend/opencl/opencl.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS 8

struct job {
    uint32_t index;
    const char *device, *driver;
    uint64_t lanes;
    const char *defines;
    struct ag_module_kernel kernel;
};

static bool read_number(const char *word, uint64_t most, uint64_t *out)
{
    char *end = NULL;
    *out = strtoull(word, &end, 10);
    return word[0] >= '0' && word[0] <= '9' && *end == '\0' && *out <= most;
}

/* What was asked for, behind the folder; false: that is nothing. */
static bool read_job(char **words, struct job *job)
{
    uint64_t index, bytes;
    memset(job, 0, sizeof *job);
    job->device = words[1];
    job->driver = words[2];
    job->defines = words[4];
    if (!read_number(words[0], UINT32_MAX, &index) ||
        !read_number(words[3], UINT64_MAX, &job->lanes) ||
        !read_number(words[6], UINT32_MAX, &bytes))
        return false;
    job->index = (uint32_t)index;
    job->kernel.name = words[5];
    job->kernel.lane_bytes = (uint32_t)bytes;
    return true;
}

/* Devices may have come and gone, or another driver been installed. */
static int32_t check(ag_device *d, const struct job *job)
{
    struct ag_cl_identity here;
    ag_cl_identify(d, &here);
    if (strcmp(here.device, job->device) == 0 &&
        strcmp(here.driver, job->driver) == 0)
        return ARMGPU_OK;
    snprintf(d->message, sizeof d->message,
             "OpenCL's device %" PRIu32 " is another one to the compiler, in a "
             "process of its own: %.100s (%.100s)",
             job->index, here.device, here.driver);
    return ARMGPU_ERROR_BACKEND;
}

static int32_t build(ag_device *d, struct job *job,
                     const struct ag_kernel_source *source,
                     struct ag_image *image)
{
    const struct ag_module_options options = {.source = source,
                                              .defines = job->defines,
                                              .kernels = &job->kernel,
                                              .count = 1,
                                              .is_region = 1};
    struct ag_module_info info;
    ag_module *m;
    int32_t error = ag_cl_build(d, &m, &options, &info);
    if (error == ARMGPU_OK)
        error = ag_cl_give_binary(m, image);
    ag_cl_unload(d, m);
    return error;
}

static int32_t compile(const struct ag_kernel_source *source, void *user,
                       struct ag_image *image, char message[AG_MESSAGE_BYTES])
{
    struct job *job = user;
    int32_t error;
    ag_device *d = ag_cl_open(job->index, job->lanes, &error);
    if (error == ARMGPU_OK)
        error = check(d, job);
    if (error == ARMGPU_OK)
        error = build(d, job, source, image);
    if (error != ARMGPU_OK)
        snprintf(message, AG_MESSAGE_BYTES, "%s",
                 d != NULL ? d->message : "out of memory");
    ag_cl_close(d);
    return error;
}

int ag_cl_helper_main(int argc, char **argv)
{
    struct job job;
    if (argc != WORDS || !read_job(argv + 1, &job)) {
        fputs("armgpu: what armgpu starts itself with to compile by OpenCL is "
              "FOLDER INDEX DEVICE DRIVER LANES DEFINES KERNEL BYTES\n",
              stderr);
        return 2;
    }
    return ag_apart_serve(argv[0], compile, &job);
}
