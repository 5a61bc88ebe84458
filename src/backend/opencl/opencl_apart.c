/*
 * OpenCL's compiler in a process of its own: drivers have one each, which may
 * crash or never end. Its words are
 *
 *     HELPER ARMGPU_HELPER opencl FOLDER INDEX DEVICE DRIVER LANES DEFINES
 * KERNEL BYTES
 *
 * (opencl_helper.c): the device by its place in the list, which must be the one
 * that it is here; how many lanes there will be, and what a kernel takes of
 * group memory, by which drivers compile too. ARMGPU_OPENCL is the library that
 * this side has loaded. What is compiled is kept by this side, once it could be
 * loaded.
 */
#include "backend/opencl/opencl.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

int32_t ag_cl_compile_apart(ag_device *d, const struct ag_module_head *module,
                            const struct ag_kernel_head *kernel,
                            struct ag_image *image)
{
    char library[AG_APART_LIBRARY_BYTES], index[16], lanes[32], bytes[16];
    struct ag_cl_identity identity;
    const char *const words[] = {index,           identity.device,
                                 identity.driver, lanes,
                                 module->defines, kernel->name,
                                 bytes,           NULL},
                      *const environment[] = {library, "ARMGPU_CACHE=off",
                                              ag_cl_icd_filenames(), NULL};
    const struct ag_apart a = {d->helper, "opencl", "OpenCL's compiler", words,
                               environment};
    ag_cl_identify(d, &identity);
    snprintf(index, sizeof index, "%" PRIu32, d->index);
    snprintf(lanes, sizeof lanes, "%" PRIu64, d->lanes);
    snprintf(bytes, sizeof bytes, "%" PRIu32, kernel->lane_bytes);
    if (ag_apart_library("ARMGPU_OPENCL",
                         (const void *)(uintptr_t)d->cl.clGetPlatformIDs,
                         library))
        return ag_apart_compile(&a, module->source, &d->is_given_up, image,
                                d->message);
    memset(image, 0, sizeof *image);
    snprintf(d->message, sizeof d->message,
             "OpenCL's compiler cannot be started: its library has no name");
    return ARMGPU_ERROR_BACKEND;
}
