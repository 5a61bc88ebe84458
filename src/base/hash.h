/* FNV-1a of 64 bits, to tell texts apart; no defence against an attacker. */
#ifndef AG_BASE_HASH_H
#define AG_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define AG_HASH_START UINT64_C(0xcbf29ce484222325)

/* The hash of what `h` is the hash of, followed by these n bytes. */
static inline uint64_t ag_hash(uint64_t h, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    return h;
}

#endif
