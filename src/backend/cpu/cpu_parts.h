/*
 * How the listed lanes are dealt among threads. Everything counts in 64 bits:
 * there may be nearly 2^32 lanes, and a thread that finds a part empty has
 * counted past its end.
 */
#ifndef AG_CPU_PARTS_H
#define AG_CPU_PARTS_H

#include <stdint.h>

/* A thread's part of the listed lanes. */
struct ag_cpu_part {
    _Alignas(64) uint64_t next; /* atomic: the next lane nobody has taken */
    uint64_t end;
};

/* Lanes that a thread takes from a part at a time. */
static inline uint32_t ag_cpu_parts_unit(uint64_t count, uint32_t threads,
                                         uint32_t most)
{
    uint64_t each = (count + threads - 1) / threads;
    uint64_t unit = (each + 7) / 8 * 8;
    return unit < most ? (uint32_t)unit : most;
}

/* Where the part of thread `index` starts; of all, without those that have
   none: where the last part ends. */
static inline uint64_t ag_cpu_part_start(uint64_t count, uint32_t threads,
                                         uint32_t unit, uint32_t index)
{
    uint64_t units = (count + unit - 1) / unit;
    uint64_t start = units * index / threads * unit;
    return start < count ? start : count;
}

static inline void ag_cpu_parts_cut(struct ag_cpu_part *parts, uint64_t count,
                                    uint32_t threads, uint32_t unit)
{
    for (uint32_t i = 0; i < threads; i++) {
        parts[i].next = ag_cpu_part_start(count, threads, unit, i);
        parts[i].end = ag_cpu_part_start(count, threads, unit, i + 1);
    }
}

/* Takes up to `unit` lanes from *first on; returns how many, 0: none is left.
 */
static inline uint32_t ag_cpu_part_take(struct ag_cpu_part *part, uint32_t unit,
                                        uint64_t *first)
{
    *first = __atomic_fetch_add(&part->next, unit, __ATOMIC_RELAXED);
    if (*first >= part->end)
        return 0;
    return part->end - *first < unit ? (uint32_t)(part->end - *first) : unit;
}

#endif
