/*
 * The Metal backend alone, without the rest of armgpu: lists the device, opens
 * it, compiles the kernels, moves bytes through a buffer, closes it. 0 if all
 * went well.
 */
#include "backend/backend.h"
#include "backend/cache.h"
#include "base/environment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct ag_backend ag_backend_metal;

/* cache.c is not linked: Metal's system keeps what it compiled. */
void *ag_cache_load(const struct ag_cache_key *key, size_t *length)
{
    (void)key, (void)length;
    return NULL;
}

const char *ag_getenv(const char *name)
{
    return getenv(name);
}

/* As where no variable is set. */
bool ag_env_number(enum ag_number which, double *value, char *message,
                   size_t bytes)
{
    static const double otherwise[] = {
#define AG_X(name, least, most, unset) [AG_##name] = (unset),
        AG_NUMBERS(AG_X)
#undef AG_X
    };
    (void)message, (void)bytes;
    *value = otherwise[which];
    return true;
}

int ag_cache_keep_refused(const void *text, size_t length, const char *note,
                          char *path, size_t size)
{
    (void)text, (void)length, (void)note, (void)path, (void)size;
    return 0;
}

static int build(const struct ag_backend *b, ag_device *device)
{
    struct ag_module_kernel kernels[] = {
        {.name = "ag_slice", .lane_bytes = AG_GROUP_BYTES_PER_LANE},
        {.name = "ag_serve"}};
    struct ag_module_options options = {.source = b->source,
                                        .defines = "-DAG_LAYOUT=0",
                                        .kernels = kernels,
                                        .count = 2};
    struct ag_module_info info;
    ag_module *module;
    int wrong = b->build(device, &module, &options, &info) != 0;
    if (!wrong)
        b->unload(device, module);
    return wrong;
}

static int use_buffer(const struct ag_backend *b, ag_device *device)
{
    static const char text[] = "through a buffer";
    char back[sizeof text];
    ag_buffer *buffer = b->alloc(device, 4096);
    if (buffer == NULL)
        return 1;
    int wrong = b->upload(device, buffer, 100, text, sizeof text) != 0 ||
                b->download(device, back, buffer, 100, sizeof text) != 0 ||
                memcmp(text, back, sizeof text) != 0 ||
                b->map(device, buffer) == NULL;
    b->release(device, buffer);
    return wrong;
}

int main(void)
{
    const struct ag_backend *b = &ag_backend_metal;
    struct ag_device_options options = {.lanes = 128};
    struct ag_device_info info = {0};
    char message[AG_MESSAGE_BYTES] = "";
    armgpu_device listed;
    ag_device *device;
    if (b->list(&listed, 1) != 1)
        return 1;
    if (b->open(&device, &options, &info, message) != 0) {
        printf("%s\n", message);
        return 2;
    }
    int wrong = build(b, device) || use_buffer(b, device);
    printf("%s: %s%s\n", info.name, wrong ? "wrong: " : "right",
           wrong ? b->message(device) : "");
    b->close(device);
    return wrong;
}
