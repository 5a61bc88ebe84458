/*
 * A sense-reversing barrier among all lanes. In each of 3 rounds a lane
 * publishes a value, waits for all, and takes the sum of what all published;
 * with n lanes that begin at lane + 1 every lane ends at n^3 * (n + 1) / 2.
 * A lane cannot know how many there are: the argument says it (--reg x1=64),
 * 32 if 0, at most 1,024.
 */
#include "guest.h"

#define ROUNDS 3
#define MAX_LANES 1024

struct shared {
    uint64_t arrived;
    uint64_t sense;
    uint64_t slots[2][MAX_LANES]; /* two: one barrier a round does */
};

extern struct shared shared_words;

static void barrier(uint64_t lanes, uint64_t *sense)
{
    struct shared *s = &shared_words;

    *sense = !*sense;
    if (__atomic_add_fetch(&s->arrived, 1, __ATOMIC_ACQ_REL) == lanes) {
        __atomic_store_n(&s->arrived, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&s->sense, *sense, __ATOMIC_RELEASE);
        return;
    }
    while (__atomic_load_n(&s->sense, __ATOMIC_ACQUIRE) != *sense)
        guest_yield();
}

uint64_t program(uint64_t lane, uint64_t argument)
{
    uint64_t lanes = argument != 0 ? argument : 32;
    uint64_t value = lane + 1;
    uint64_t sense = 0;

    for (unsigned round = 0; round < ROUNDS; round++) {
        uint64_t *slots = shared_words.slots[round % 2];

        slots[lane] = value;
        barrier(lanes, &sense);
        value = 0;
        for (uint64_t i = 0; i < lanes; i++)
            value += slots[i];
    }
    return value;
}
