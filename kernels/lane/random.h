/*
 * Random numbers that a lane finds without having stored any: a function of a
 * seed, the lane's number and how many came before, the same on every device.
 * The mixing function is the finaliser of SplitMix64 (Steele, Lea and Flood,
 * "Fast splittable pseudorandom number generators", 2014), used twice so that
 * neighbouring lanes and counters have nothing in common. Not for secrets.
 */
#ifndef AG_RANDOM_H
#define AG_RANDOM_H

#include "lane/dialect.h"

AG_INLINE u64 ag_mix_64(u64 x)
{
    x = (x ^ (x >> 30)) * (u64)0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * (u64)0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

AG_INLINE u64 ag_random_64(u64 seed, u64 lane, u64 counter)
{
    const u64 step = (u64)0x9e3779b97f4a7c15u; /* odd: 2^64 / golden ratio */
    return ag_mix_64(ag_mix_64(ag_mix_64(seed + step) + (lane + 1) * step) +
                     (counter + 1) * step);
}

#endif
