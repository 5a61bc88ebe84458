/*
 * CRC-32 (the one of Ethernet and zip) bit by bit over 256 random bytes, other
 * bytes in every lane. Argument: how often to repeat it, 1 if 0.
 */
#include "guest.h"

#define SIZE 256

static uint32_t crc32(const uint8_t *bytes, size_t size)
{
    uint32_t crc = 0xFFFFFFFFu;

    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0xEDB88320u & (0u - (crc & 1)));
    }
    return ~crc;
}

uint64_t program(uint64_t lane, uint64_t argument)
{
    uint8_t bytes[SIZE];
    uint64_t state = guest_seed(lane);
    uint64_t sum = 0;

    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)(guest_random(&state) >> 32);
    for (uint64_t i = 0; i < (argument != 0 ? argument : 1); i++) {
        sum += crc32(bytes, SIZE);
        bytes[0]++;
    }
    return sum;
}
