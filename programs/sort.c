/*
 * Insertion sort of 128 random words, other words in every lane, so lanes
 * take different ways through the same code. Returns a hash of the sorted
 * words, or 0 if they are out of order. Argument: how many times, with other
 * words each time; 1 if 0. The hash goes over all of them.
 */
#include "guest.h"

#define COUNT 128

static void sort(uint32_t *words, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint32_t word = words[i];
        size_t k = i;

        for (; k > 0 && words[k - 1] > word; k--)
            words[k] = words[k - 1];
        words[k] = word;
    }
}

/* The hash goes on from `hash`; 0 if the words are out of order. */
static uint64_t hash_sorted(const uint32_t *words, uint64_t hash)
{
    for (size_t i = 0; i < COUNT; i++) {
        if (i > 0 && words[i - 1] > words[i])
            return 0;
        hash = guest_hash(hash, words[i]);
    }
    return hash;
}

uint64_t program(uint64_t lane, uint64_t argument)
{
    uint32_t words[COUNT];
    uint64_t state = guest_seed(lane);
    uint64_t hash = 0xCBF29CE484222325u;
    uint64_t times = argument != 0 ? argument : 1;

    for (; times != 0 && hash != 0; times--) {
        for (size_t i = 0; i < COUNT; i++)
            words[i] = (uint32_t)(guest_random(&state) >> 32);
        sort(words, COUNT);
        hash = hash_sorted(words, hash);
    }
    return hash;
}
