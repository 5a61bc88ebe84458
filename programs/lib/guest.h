/*
 * What every C guest program is built against: its one entry point and the
 * few things that C has no word for. The same sources compile natively, which
 * is where the expected results come from (reference/native.c).
 */
#ifndef GUEST_H
#define GUEST_H

#ifndef GUEST_HAS_TYPES /* programs/native/begin.h */
#include <stddef.h>
#include <stdint.h>
#endif

/* In front of constant tables: other languages want other words. */
#ifndef GUEST_TABLE
#define GUEST_TABLE static const
#endif

/*
 * Called once in every lane, with the lane's number and whatever X1 held at
 * the start (0 unless set with --reg). What it returns is X0 at the end.
 */
uint64_t program(uint64_t lane, uint64_t argument);

/* Where flat.ld puts the words that programs share between lanes. */
#define GUEST_SHARED_ADDRESS 0x8000

/* A lane that waits lets the others run. */
static inline void guest_yield(void)
{
#ifdef __aarch64__
    __asm__ volatile("yield" ::: "memory");
#endif
}

/* xorshift64: `*state` must not be 0, and never becomes 0. */
static inline uint64_t guest_random(uint64_t *state)
{
    uint64_t x = *state;

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    *state = x;
    return x;
}

/* A lane's own start value for guest_random(). */
static inline uint64_t guest_seed(uint64_t lane)
{
    return (lane + 1) * 0x9E3779B97F4A7C15u;
}

/* One step of a 64-bit FNV-1a hash over whole words. */
static inline uint64_t guest_hash(uint64_t hash, uint64_t word)
{
    return (hash ^ word) * 0x100000001B3u;
}

#endif
