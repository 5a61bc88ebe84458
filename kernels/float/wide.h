/*
 * Numbers of 128 bits, for products.
 */
#ifndef AG_FLOAT_WIDE_H
#define AG_FLOAT_WIDE_H

#include "lane/dialect.h"

typedef struct ag_wide {
    u64 high, low;
} ag_wide;

AG_INLINE ag_wide ag_wide_product(u64 x, u64 y)
{
    u64 x0 = (u32)x, x1 = x >> 32, y0 = (u32)y, y1 = y >> 32;
    u64 middle = x1 * y0 + (x0 * y0 >> 32);
    u64 other = x0 * y1 + (u32)middle;
    ag_wide product;
    product.high = x1 * y1 + (middle >> 32) + (other >> 32);
    product.low = x * y;
    return product;
}

AG_INLINE ag_wide ag_wide_sum(ag_wide x, ag_wide y)
{
    x.low += y.low;
    x.high += y.high + (x.low < y.low);
    return x;
}

/* x - y, for x >= y. */
AG_INLINE ag_wide ag_wide_difference(ag_wide x, ag_wide y)
{
    x.high -= y.high + (x.low < y.low);
    x.low -= y.low;
    return x;
}

AG_INLINE u32 ag_wide_is_less(ag_wide x, ag_wide y)
{
    return x.high < y.high || (x.high == y.high && x.low < y.low);
}

/* A shift to the right by any count, with a sticky lowest bit. */
AG_INLINE ag_wide ag_wide_shift_sticky(ag_wide x, u32 count)
{
    u64 lost = 0;
    if (count > 127) {
        x.low = (x.high | x.low) != 0;
        x.high = 0;
        return x;
    }
    if (count > 63) {
        lost = x.low;
        x.low = x.high;
        x.high = 0;
        count -= 64;
    }
    if (count != 0) {
        lost |= x.low << (64 - count);
        x.low = x.low >> count | x.high << (64 - count);
        x.high >>= count;
    }
    x.low |= lost != 0;
    return x;
}

#endif
