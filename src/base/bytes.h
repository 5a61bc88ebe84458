/* Numbers in guest memory and in files: little-endian, at any address. */
#ifndef AG_BASE_BYTES_H
#define AG_BASE_BYTES_H

#include <stdint.h>

static inline uint16_t ag_get_16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t ag_get_32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

static inline uint64_t ag_get_64(const uint8_t *p)
{
    return ag_get_32(p) | (uint64_t)ag_get_32(p + 4) << 32;
}

static inline void ag_set_32(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

static inline void ag_set_64(uint8_t *p, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

#endif
