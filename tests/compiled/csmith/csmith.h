/*
 * What programs made by csmith include instead of csmith's own runtime, which
 * prints and uses floating point. The program's main() becomes the guest's
 * program(), and returns the checksum of its globals instead of printing it.
 * safe_math.h is csmith's, without its floating-point functions
 * (tests/test_csmith.sh leaves them out) unless CSMITH_FLOAT is defined.
 */
#ifndef CSMITH_H
#define CSMITH_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#ifdef CSMITH_FLOAT
#include <float.h>
#define fabs __builtin_fabs
#define fabsf __builtin_fabsf
#endif

#define STATIC static __attribute__((unused))
#define FUNC_NAME(name) safe_##name
#define UNDEFINED(value) (value)
#define LOG_INDEX
#define LOG_EXEC
#include "safe_math.h"
#undef FUNC_NAME

uint64_t program(uint64_t lane, uint64_t argument);

static uint32_t crc32_context = 0xFFFFFFFF;

static inline void platform_main_begin(void)
{
}

static inline void crc32_gentab(void)
{
}

static inline void crc32_byte(uint8_t byte)
{
    crc32_context ^= byte;
    for (int i = 0; i < 8; i++)
        crc32_context =
            crc32_context >> 1 ^ (0xEDB88320 & (0 - (crc32_context & 1)));
}

static inline void transparent_crc(uint64_t value, const char *name, int flag)
{
    (void)name;
    (void)flag;
    for (int i = 0; i < 8; i++)
        crc32_byte((uint8_t)(value >> 8 * i));
}

static inline void transparent_crc_bytes(const void *bytes, int count,
                                         const char *name, int flag)
{
    const uint8_t *b = bytes;

    (void)name;
    (void)flag;
    while (count-- > 0)
        crc32_byte(*b++);
}

static inline void platform_main_end(uint32_t crc, int flag)
{
    (void)crc;
    (void)flag;
}

#define printf(...) ((void)0)

/* main() has no prototype here, so it may be static and keep its name. */
static int csmith_main(void);
#define main csmith_main

uint64_t program(uint64_t lane, uint64_t argument)
{
    (void)lane;
    (void)argument;
    (void)csmith_main();
    return ~crc32_context;
}

#endif
