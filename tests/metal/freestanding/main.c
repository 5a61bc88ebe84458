/*
 * The Metal backend alone, without the rest of armgpu: lists the device, opens
 * it (which compiles the kernels), moves bytes through a buffer, closes it.
 * 0 if all went well.
 */
#include "backend/backend.h"

#include <stdio.h>
#include <string.h>

/* backends.c is not linked: it names all backends. */
const char *const ag_kernel_names[AG_KERNEL_COUNT] = {"ag_slice", "ag_serve"};

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
    struct ag_device_info info;
    char message[AG_MESSAGE_BYTES] = "";
    armgpu_device listed;
    ag_device *device;
    if (b->list(&listed, 1) != 1)
        return 1;
    if (b->open(&device, &options, &info, message) != 0) {
        printf("%s\n", message);
        return 2;
    }
    int wrong = use_buffer(b, device);
    b->close(device);
    printf("%s: %s\n", info.name, wrong ? "wrong" : "right");
    return wrong;
}
