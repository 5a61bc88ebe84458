/* Metal's errors and devices. */
#include "backend/listing.h"
#include "backend/metal/metal.h"

#include <stdio.h>

void ag_metal_release(ag_id object)
{
    if (object != NULL)
        ag_mtl_release(object);
}

/* -- Errors ---------------------------------------------------------------- */

const char *ag_metal_words(ag_id error)
{
    const char *words =
        error == NULL ? NULL : ag_mtl_utf8(ag_mtl_error_text(error));
    return words != NULL ? words : "";
}

int32_t ag_metal_fail(ag_device *d, const char *what, ag_id error)
{
    const char *words = ag_metal_words(error);
    snprintf(d->message, sizeof d->message, "Metal on %s: %s%s%s", d->name,
             what, words[0] != '\0' ? ": " : "", words);
    return ARMGPU_ERROR_DEVICE;
}

/* -- Devices --------------------------------------------------------------- */

/* Either source may be empty where the other is not: without a login session
   there is no default, in a sandbox no list. */
uint32_t ag_metal_find(ag_id out[AG_METAL_MAX_DEVICES])
{
    ag_id first = MTLCreateSystemDefaultDevice(), all = MTLCopyAllDevices();
    uint32_t n = 0;
    if (first != NULL)
        out[n++] = first;
    for (ag_ns_uint i = 0; all != NULL && i < ag_mtl_array_count(all); i++) {
        ag_id device = ag_mtl_array_at(all, i);
        if (n < AG_METAL_MAX_DEVICES &&
            (first == NULL ||
             ag_mtl_registry_id(device) != ag_mtl_registry_id(first)))
            out[n++] = ag_mtl_retain(device);
    }
    ag_metal_release(all);
    return n;
}

int ag_metal_is_usable(ag_id device)
{
    return ag_mtl_supports_family(device, AG_MTL_FAMILY_APPLE7);
}

ag_ns_version ag_metal_system(void)
{
    ag_class class = objc_getClass("NSProcessInfo");
    return ag_mtl_system_version(ag_mtl_process_info((ag_id)(void *)class));
}

static void describe(ag_id device, uint32_t index, armgpu_device *out)
{
    ag_ns_version v = ag_metal_system();
    out->index = index;
    out->is_gpu = 1;
    out->memory_bytes = ag_mtl_working_set(device);
    out->usable = ag_metal_is_usable(device) ? 1 : 0;
    snprintf(out->name, sizeof out->name, "%s",
             ag_mtl_utf8(ag_mtl_device_name(device)));
    snprintf(out->driver, sizeof out->driver, "macOS %ld.%ld.%ld", v.major,
             v.minor, v.patch);
    if (out->usable)
        snprintf(out->detail, sizeof out->detail,
                 "GPU, threadgroup memory %lu KiB, one buffer %.0f MiB, %s",
                 ag_mtl_max_group_memory(device) / 1024,
                 (double)ag_mtl_max_buffer(device) / AG_METAL_MIB,
                 ag_mtl_has_unified_memory(device) ? "unified memory"
                                                   : "memory of its own");
    else
        snprintf(out->detail, sizeof out->detail, "%s", AG_METAL_OLD_DEVICE);
}

uint32_t ag_metal_list(armgpu_device *out, uint32_t n)
{
    ag_id devices[AG_METAL_MAX_DEVICES];
    void *pool = objc_autoreleasePoolPush();
    ag_metal_prepare();
    uint32_t count = ag_metal_find(devices);
    for (uint32_t i = 0; i < (count > 0 ? count : 1) && i < n; i++) {
        ag_list_entry(&out[i], "metal");
        if (count > 0)
            describe(devices[i], i, &out[i]);
        else
            snprintf(out[i].detail, sizeof out[i].detail, "%s",
                     AG_METAL_NO_DEVICE);
    }
    for (uint32_t i = 0; i < count; i++)
        ag_metal_release(devices[i]);
    objc_autoreleasePoolPop(pool);
    return count > 0 ? count : 1;
}
