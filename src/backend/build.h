/*
 * What building a module is wherever a text is compiled: what an earlier process
 * compiled is tried first, then the text is compiled. Only src/backend includes
 * this.
 */
#ifndef AG_BUILD_H
#define AG_BUILD_H

#include "backend/backend.h"
#include "backend/cache.h"

/* What such a module and its kernels begin with. */
struct ag_module_head {
    ag_device *device;
    const struct ag_kernel_source *source;
    const char *defines; /* the caller's, while it is built */
    uint32_t count;      /* of kernels */
    uint32_t keeps_refused; /* as the options say */
    uint32_t is_region;     /* the same */
};
struct ag_kernel_head {
    const char *name;
    uint32_t lane_bytes; /* of group memory */
};

/* Zeros for a module with an array of kernels at offset `at`, a kernel being so
   many bytes, and their heads. NULL: the message says that there is no memory.
 */
ag_module *ag_new_module(ag_device *device,
                         const struct ag_module_options *options, size_t at,
                         size_t kernel_bytes, char message[AG_MESSAGE_BYTES]);

/* What a compiler made of a text, and what it had to say besides: its warnings,
   or NULL. */
struct ag_image {
    void *bytes;
    size_t size;
    char *log;
};
void ag_image_free(struct ag_image *image); /* it is empty then */

/* Makes the module's kernels from bytes of the cache. On failure nothing of
   them is left, and the text is compiled instead. */
typedef int32_t ag_from_bytes_fn(ag_module *module, const void *bytes,
                                 size_t length);
/* Makes them from the text, and keeps what can be kept in the cache. */
typedef int32_t ag_from_source_fn(ag_module *module);

/* key NULL: nothing is kept, as where the system itself does. */
int32_t ag_build(ag_module *module, const struct ag_cache_key *key,
                 ag_from_bytes_fn *from_bytes, ag_from_source_fn *from_source,
                 struct ag_module_info *info);

#endif
