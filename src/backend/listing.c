/* Listing and choosing devices: see listing.h. */
#include "backend/listing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void ag_list_entry(armgpu_device *out, const char *backend)
{
    memset(out, 0, sizeof *out);
    out->size = sizeof *out;
    snprintf(out->backend, sizeof out->backend, "%s", backend);
}

int32_t ag_no_device(char message[AG_MESSAGE_BYTES], const char *backend,
                     uint32_t index, uint32_t count)
{
    snprintf(message, AG_MESSAGE_BYTES,
             "device %" PRIu32 " does not exist: the %s backend has devices 0 "
             "to %" PRIu32,
             index, backend, count - 1);
    return ARMGPU_ERROR_BACKEND;
}

int32_t ag_opened(const struct ag_backend *backend, ag_device *device,
                  int32_t error, ag_device **out,
                  char message[AG_MESSAGE_BYTES])
{
    *out = error == ARMGPU_OK ? device : NULL;
    if (error == ARMGPU_OK)
        return ARMGPU_OK;
    snprintf(message, AG_MESSAGE_BYTES, "%s",
             device == NULL ? "out of memory" : backend->message(device));
    backend->close(device);
    return error;
}
