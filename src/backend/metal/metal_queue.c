/*
 * Launches of the Metal backend, and waiting for them. One is in flight at a
 * time, and its end is polled for, because waiting in the system has no limit.
 */
#include "backend/metal/metal.h"
#include "backend/wait.h"

#include <stdio.h>

#define NAP_NANOSECONDS 500000

static const char *advice(ag_ns_int code)
{
    switch (code) {
    case AG_MTL_ERROR_TIMEOUT:
        return "the system ended a launch that took too long: use fewer lanes";
    case AG_MTL_ERROR_INTERACTIVITY:
        return "the system ended a launch that kept the display waiting: use "
               "fewer lanes, or leave the display alone";
    case AG_MTL_ERROR_ACCESS_REVOKED:
        return "after several failures the system lets this process use the "
               "GPU no more: start again";
    case AG_MTL_ERROR_OUT_OF_MEMORY:
        return "use fewer lanes or less memory";
    case AG_MTL_ERROR_DEVICE_REMOVED:
        return "the GPU is gone";
    default:
        return "if it happens again, please report it with what 'armgpu check "
               "--backend metal' prints";
    }
}

/* What became of lanes in a launch that failed is not known: the device is not
   used again. */
static int32_t lose(ag_device *d, const char *words, const char *what_to_do)
{
    d->is_lost = 1;
    snprintf(d->message, sizeof d->message, "Metal on %s: %s: %s", d->name,
             words, what_to_do);
    return ARMGPU_ERROR_DEVICE;
}

static void encode(ag_id encoder, const ag_kernel *kernel,
                   ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                   const ag_slice_args *args)
{
    ag_ns_uint threads = (ag_ns_uint)ag_launch_threads(args);
    ag_mtl_size groups = {(threads + kernel->group - 1) / kernel->group, 1, 1};
    ag_mtl_size group = {kernel->group, 1, 1};
    ag_mtl_set_pipeline(encoder, kernel->pipeline);
    uint32_t planes = 0;
    for (unsigned i = 0; i < AG_ARGUMENT_COUNT; i++) {
        /* What a launch does not touch must be some buffer nonetheless. */
        const ag_buffer *b =
            buffers[buffers[i] != NULL ? i : AG_ARGUMENT_CONTROL];
        ag_mtl_set_buffer(encoder, b->object, 0, i);
    }
#define ADD_PLANE(NAME, name)                                                  \
    planes |= (uint32_t)(buffers[AG_ARGUMENT_##NAME] != NULL)                  \
              << AG_PLANE_##NAME;
    AG_PLANES(ADD_PLANE)
#undef ADD_PLANE
    ag_mtl_set_bytes(encoder, args, sizeof *args, AG_ARGUMENT_COUNT);
    ag_mtl_set_bytes(encoder, &planes, sizeof planes, AG_ARGUMENT_COUNT + 1);
    ag_mtl_dispatch(encoder, groups, group);
}

int32_t ag_metal_launch(ag_device *d, const ag_kernel *kernel,
                        ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                        const ag_slice_args *args)
{
    int32_t error = ARMGPU_OK;
    if (d->is_lost)
        return ARMGPU_ERROR_DEVICE;
    void *pool = objc_autoreleasePoolPush();
    ag_id commands = ag_mtl_command_buffer(d->queue);
    ag_id encoder = commands == NULL ? NULL : ag_mtl_encoder(commands);
    if (encoder == NULL) {
        error = ag_metal_fail(d, "there is no command buffer to be had", NULL);
    } else {
        encode(encoder, kernel, buffers, args);
        ag_mtl_end_encoding(encoder);
        ag_mtl_commit(commands);
        d->launched = ag_mtl_retain(commands); /* beyond this pool */
    }
    objc_autoreleasePoolPop(pool);
    return error;
}

/* A question to the system about the launch, and its answer. */
struct question {
    ag_id launched;
    ag_ns_uint status;
};

static bool is_over(void *user)
{
    struct question *q = user;
    q->status = ag_mtl_status(q->launched);
    return q->status >= AG_MTL_STATUS_COMPLETED;
}

static int32_t finish(ag_device *d, double *seconds)
{
    struct question q = {d->launched, 0};
    char words[200];
    (void)ag_wait_until(is_over, &q, d->timeout, NAP_NANOSECONDS);
    if (q.status == AG_MTL_STATUS_COMPLETED) {
        *seconds = ag_mtl_gpu_end(d->launched) - ag_mtl_gpu_start(d->launched);
        return ARMGPU_OK;
    }
    if (q.status == AG_MTL_STATUS_ERROR) {
        ag_id error = ag_mtl_error(d->launched);
        snprintf(words, sizeof words, "a launch failed%s%.150s",
                 error != NULL ? ": " : "", ag_metal_words(error));
        return lose(d, words,
                    advice(error == NULL ? 0 : ag_mtl_error_code(error)));
    }
    snprintf(words, sizeof words, "a launch did not end within %.0f seconds",
             d->timeout);
    return lose(d, words, "the device hangs");
}

int32_t ag_metal_wait(ag_device *d, double *seconds)
{
    void *pool = objc_autoreleasePoolPush();
    int32_t error = finish(d, seconds);
    ag_metal_release(d->launched);
    d->launched = NULL;
    objc_autoreleasePoolPop(pool);
    return error;
}
