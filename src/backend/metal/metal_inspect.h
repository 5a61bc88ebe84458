/* Comparing the table of Metal's messages with this system's classes. */
#ifndef AG_METAL_INSPECT_H
#define AG_METAL_INSPECT_H

#include "backend/backend.h"
#include "backend/metal/objc.h"

/* Metal's names are protocols; their methods are those of an object at hand. */
struct ag_metal_object {
    const char *class; /* as the table calls it */
    ag_id object;
};

/* Says what differs, then how many rows there are; returns how many differ. */
uint32_t ag_metal_compare(const struct ag_metal_object *objects, int count,
                          ag_line_fn line, void *user);

#endif
