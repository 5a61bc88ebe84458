/* One case of tests/test_float_hardware.c. */
#ifndef TEST_FLOAT_HARDWARE_CASE_H
#define TEST_FLOAT_HARDWARE_CASE_H

#include "float/float.h"

enum operation {
    ADD,
    SUB,
    MUL,
    DIV,
    SQRT,
    MUL_ADD, /* x[2] + x[0] * x[1] */
    FROM_INTEGER,
    TO_INTEGER,
    CONVERT, /* to the other format */
    NUM_OPERATIONS
};

struct hardware_case {
    enum operation operation;
    uint32_t format, fpcr; /* AG_IXC in it: that is set already */
    uint32_t bits, is_unsigned;
    uint64_t x[3];
};

static inline uint32_t other_format(uint32_t format)
{
    return format == AG_DOUBLE ? AG_SINGLE : AG_DOUBLE;
}

/* Compiled once for each instruction set, as entry_simd.c is. */
ag_float hardware_base(const struct hardware_case *c);
ag_float hardware_fma(const struct hardware_case *c);
uint32_t has_fma_base(void);
uint32_t has_fma_fma(void);

#endif
