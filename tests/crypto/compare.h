/*
 * Copies of entry_crypto.c against each other: every operation of the class on
 * random V registers, of one lane and of lanes in a group, all of which must be
 * the same afterwards. No cmocka: the Arm copies are compared where that is not.
 */
#ifndef TEST_CRYPTO_COMPARE_H
#define TEST_CRYPTO_COMPARE_H

#include "entry/entry.h"
#include "random.h"

#include <stdio.h>
#include <string.h>

static const char *const crypto_names[] = {
#define CRYPTO_NAME(op) #op,
    AG_CRYPTO_OPS(CRYPTO_NAME)};
enum { CRYPTO_OPS = sizeof crypto_names / sizeof *crypto_names };

/* One operation: 0, or 1 and a line on what is different. */
static inline int compare_once(ag_crypto_function *is, ag_crypto_function *must,
                               uint32_t at, struct random_source *r)
{
    static uint64_t want[AG_V_ROWS * AG_GROUP_MOST_LANES];
    static uint64_t got[AG_V_ROWS * AG_GROUP_MOST_LANES];
    const uint32_t op = AG_OP_FIRST_CRYPTO + at;
    const int is_group = random_one_in(r, 64);
    const uint32_t stride = is_group ? AG_GROUP_MOST_LANES : AG_BLOCK;
    const uint64_t lanes = is_group ? random_value(r) : 1;
    const uint32_t filled = is_group ? AG_GROUP_MOST_LANES : 1;
    const uint32_t kinds = op == AG_OP_SHA1_rounds ? 3
                           : op == AG_OP_SM3TT     ? 4
                           : op == AG_OP_XAR       ? 64
                           : op == AG_OP_SM3SS1    ? 32
                           : op == AG_OP_EOR3      ? 32
                                                   : 2;
    const uint32_t fields = random_below(r, 32) | random_below(r, 32) << 8 |
                            random_below(r, 32) << 16 |
                            random_below(r, kinds) << 24;
    const uint64_t imm = random_below(r, op == AG_OP_EOR3 ? 2 : 4);
    for (uint32_t i = 0; i < AG_V_ROWS * filled; i++) {
        const uint32_t word = i / filled * stride + i % filled;
        want[word] = got[word] = random_one_in(r, 4) ? random_value(r)
                                                     : random_next(r);
    }
    must(want, stride, lanes, op, fields, imm);
    is(got, stride, lanes, op, fields, imm);
    if (memcmp(want, got, sizeof want) == 0)
        return 0;
    for (size_t i = 0; i < AG_V_ROWS * stride; i++)
        if (want[i] != got[i]) {
            printf("# %s, fields %08x: row %u of lane %u is %016llx, not "
                   "%016llx\n",
                   crypto_names[at], fields, (unsigned)(i / stride),
                   (unsigned)(i % stride), (unsigned long long)got[i],
                   (unsigned long long)want[i]);
            break;
        }
    memset(want, 0, sizeof want);
    memset(got, 0, sizeof got);
    return 1;
}

/* How many of `count` cases of each operation differ, until ten do. */
static inline int compare_copies(ag_crypto_function *is,
                                 ag_crypto_function *must, uint64_t seed,
                                 uint64_t count)
{
    int failed = 0;
    for (uint32_t at = 0; at < CRYPTO_OPS; at++) {
        struct random_source r = random_for(seed, 0xc417, at);
        for (uint64_t i = 0; i < count && failed < 10; i++)
            failed += compare_once(is, must, at, &r);
    }
    return failed;
}

#endif
