/*
 * Structures of armgpu.h that may grow: each begins with the size that its
 * caller was compiled with, which may be less or more than ours. Both sides
 * keep to what both know: what is longer is zero for the other.
 */
#ifndef AG_BASE_SIZED_H
#define AG_BASE_SIZED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Fills the caller's `size` bytes from our structure; its size stays. */
static inline void ag_give_sized(void *to, uint64_t size, const void *from,
                                 size_t ours)
{
    size_t known = size < ours ? (size_t)size : ours;
    memcpy(to, from, known);
    memset((char *)to + known, 0, (size_t)size - known);
    memcpy(to, &size, sizeof size);
}

/* Puts the caller's `size` bytes over ours, which hold what a shorter one does
   not say. */
static inline void ag_take_sized(void *to, size_t ours, const void *from,
                                 uint64_t size)
{
    memcpy(to, from, size < ours ? (size_t)size : ours);
}

/* False if a longer structure asks for what we do not know. */
static inline bool ag_is_known(const void *from, uint64_t size, size_t ours)
{
    const unsigned char *bytes = from;
    for (uint64_t i = ours; i < size; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

#endif
