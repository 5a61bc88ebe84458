/*
 * A ticket lock over all lanes, written in C (load- and store-exclusives as
 * the compiler makes them for ARMv8.0). Each lane takes the lock 16 times and
 * adds 1 to a counter with a plain load and store, so the counter ends at
 * 16 * lanes only if the lock excludes and orders. Returns 16.
 */
#include "guest.h"

#define ROUNDS 16

struct ticket_lock {
    uint32_t next;
    uint32_t serving;
};

struct shared {
    struct ticket_lock lock;
    uint64_t counter;
};

extern struct shared shared_words;

static void lock(struct ticket_lock *l)
{
    uint32_t mine = __atomic_fetch_add(&l->next, 1, __ATOMIC_RELAXED);

    while (__atomic_load_n(&l->serving, __ATOMIC_ACQUIRE) != mine)
        guest_yield();
}

static void unlock(struct ticket_lock *l)
{
    uint32_t mine = __atomic_load_n(&l->serving, __ATOMIC_RELAXED);

    __atomic_store_n(&l->serving, mine + 1, __ATOMIC_RELEASE);
}

uint64_t program(uint64_t lane, uint64_t argument)
{
    uint64_t round;

    (void)lane;
    (void)argument;
    for (round = 0; round < ROUNDS; round++) {
        lock(&shared_words.lock);
        shared_words.counter++;
        unlock(&shared_words.lock);
    }
    return round;
}
