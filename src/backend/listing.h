/* What listing and choosing devices have in common. Only src/backend includes
   this. */
#ifndef AG_LISTING_H
#define AG_LISTING_H

#include "backend/backend.h"

/* An empty entry of a backend's list. */
void ag_list_entry(armgpu_device *out, const char *backend);

/* ARMGPU_ERROR_BACKEND, with a sentence: the list has no such device, but
   `count` others. */
int32_t ag_no_device(char message[AG_MESSAGE_BYTES], const char *backend,
                     uint32_t index, uint32_t count);

/* The end of every open(): the device, or its sentence and the error. */
int32_t ag_opened(const struct ag_backend *backend, ag_device *device,
                  int32_t error, ag_device **out,
                  char message[AG_MESSAGE_BYTES]);

#endif
