/* Numbers in guest memory and in files: little-endian, at any address. */
#ifndef AG_BASE_BYTES_H
#define AG_BASE_BYTES_H

#include <stdint.h>

static inline uint32_t ag_get_32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

#endif
