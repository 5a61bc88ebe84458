/*
 * kernels/float against the instructions that it is for: built for AArch64
 * Linux and run there, or by qemu-aarch64. Every row is an instruction and the
 * call that must give its result and the flags it raises, with any FPCR.
 *
 *   arm [qemu] [SEED [COUNT]]     COUNT cases of every row
 *
 * tests/float/arm_rows.h lists the rows. With `qemu`, what QEMU 7.2 has wrong
 * is not compared.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "float/arm_rows.h"
#include "float/operands.h"

enum { DEFAULT_COUNT = 12000, SHOWN = 10, ALL_HALVES = 0x10000 };

/* What the operands in x are. */
enum operands {
    FLOATS,      /* of the row's format; anything may lie above them */
    VECTORS,     /* the same, but what lies above is another element: zero */
    INTEGERS,    /* any bits */
    WITH_HALVES, /* a single, two halves */
    WITH_BFLOATS,
    WITH_PAIRS /* a single, two pairs of BFloat16 */
};

typedef ag_float function(const uint64_t x[3], uint32_t fpcr);

#define OURS(id, needs, operands, format, bits, text, call)                    \
    static ag_float our_##id(const uint64_t x[3], uint32_t fpcr)               \
    {                                                                          \
        (void)fpcr;                                                            \
        return call;                                                           \
    }
ARM_ROWS(OURS)

/* Operands are in v0, v1, v2, the first in x9 too, the result comes in v0. */
#define THEIRS(id, needs, operands, format, bits, text, call)                  \
    static ag_float their_##id(const uint64_t x[3], uint32_t fpcr)             \
    {                                                                          \
        uint64_t value, fpsr;                                                  \
        __asm__ volatile(                                                      \
            "fmov d0, %2\n\tfmov d1, %3\n\tfmov d2, %4\n\t"                    \
            "mov x9, %2\n\tmsr fpsr, xzr\n\tmsr fpcr, %5\n\t" text             \
            "\n\tmrs %1, fpsr\n\tmsr fpcr, xzr\n\t"                            \
            "fmov %0, d0"                                                      \
            : "=&r"(value), "=&r"(fpsr)                                        \
            : "r"(x[0]), "r"(x[1]), "r"(x[2]), "r"((uint64_t)fpcr)             \
            : "v0", "v1", "v2", "x9", "x10", "cc", "memory");                  \
        return ag_fp_result(value, (uint32_t)fpsr);                            \
    }
ARM_ROWS(THEIRS)

static const struct row {
    const char *name, *text;
    uint32_t needs, format, bits;
    enum operands operands;
    function *ours, *theirs;
} rows[] = {
#define ROW(id, needs, operands, format, bits, text, call)                     \
    {#id, text, needs, format, bits, operands, our_##id, their_##id},
    ARM_ROWS(ROW)};
enum { NUM_ROWS = sizeof rows / sizeof rows[0] };

static bool is_qemu;

static bool has(uint32_t feature)
{
    unsigned long caps = getauxval(AT_HWCAP), more = getauxval(AT_HWCAP2);
    switch (feature) {
    case NEEDS_FP16: /* FPHP and ASIMDHP */
        return (caps >> 9 & 3) == 3;
    case NEEDS_JSCVT:
        return caps >> 13 & 1;
    case NEEDS_FHM:
        return caps >> 23 & 1;
    case NEEDS_FRINT:
        return more >> 8 & 1;
    case NEEDS_BF16:
        return more >> 14 & 1;
    default:
        return true;
    }
}

static void choose_operands(const struct row *row, struct random_source *r,
                            uint64_t x[3])
{
    random_floats(r, row->format, x);
    switch (row->operands) {
    case FLOATS:
        for (int i = 0; i < 3; i++)
            x[i] = with_garbage(r, row->format, x[i]);
        break;
    case INTEGERS:
        x[0] = random_value(r);
        break;
    case WITH_HALVES:
        x[1] = random_float(r, AG_HALF);
        x[2] = random_float(r, AG_HALF);
        break;
    case WITH_BFLOATS:
        x[1] >>= 16;
        x[2] >>= 16;
        break;
    case WITH_PAIRS:
        x[2] = x[2] >> 16 | (random_float(r, AG_SINGLE) & 0xffff0000);
        break;
    case VECTORS:
        break;
    }
}

static uint32_t choose_fpcr(struct random_source *r)
{
    uint32_t bits = (uint32_t)random_next(r);
    uint32_t fpcr = bits & 3u << 22;
    if (random_one_in(r, 3))
        return fpcr;
    return fpcr |
           (bits & (AG_FPCR_FZ | AG_FPCR_FZ16 | AG_FPCR_DN | AG_FPCR_AHP));
}

/* QEMU 7.2 says of a denormal that it flushes that nothing was lost. */
static uint64_t compared(const struct row *row, const uint64_t x[3],
                         uint32_t fpcr)
{
    uint64_t mask = ~UINT64_C(0) >> (64 - row->bits);
    if (is_qemu && row->needs == NEEDS_JSCVT && (fpcr & AG_FPCR_FZ) &&
        (x[0] << 1) != 0 && (x[0] << 1) >> 53 == 0)
        mask = 0xffffffff;
    return mask;
}

static bool is_same(const struct row *row, const uint64_t x[3], uint32_t fpcr,
                    uint64_t *num_shown)
{
    ag_float theirs = row->theirs(x, fpcr), ours = row->ours(x, fpcr);
    uint64_t mask = compared(row, x, fpcr);
    uint32_t high = ours.value >> (row->bits - 1) >> 1 != 0;
    if (((theirs.value ^ ours.value) & mask) == 0 && !high &&
        theirs.flags == ours.flags)
        return true;
    if ((*num_shown)++ < SHOWN)
        printf("# %s: %s: %016llx %016llx %016llx fpcr %08x: %016llx flags "
               "%02x, instruction %016llx flags %02x\n",
               row->name, row->text, (unsigned long long)x[0],
               (unsigned long long)x[1], (unsigned long long)x[2], fpcr,
               (unsigned long long)ours.value, ours.flags,
               (unsigned long long)(theirs.value & mask), theirs.flags);
    return false;
}

/* Halves of instructions with one operand are tried all, with any FPCR. */
static uint64_t differences_of(const struct row *row, uint64_t seed,
                               uint64_t count, uint64_t *num_cases)
{
    struct random_source r = {seed * 1000 + (uint64_t)(row - rows)};
    uint64_t differences = 0, shown = 0, x[3];
    for (uint64_t i = 0; i < count; i++) {
        choose_operands(row, &r, x);
        differences += !is_same(row, x, choose_fpcr(&r), &shown);
    }
    *num_cases += count;
    if (row->format != AG_HALF || row->operands == INTEGERS ||
        strstr(row->text, "h1") != NULL)
        return differences;
    for (uint64_t i = 0; i < ALL_HALVES; i++) {
        x[0] = i;
        differences += !is_same(row, x, choose_fpcr(&r), &shown);
    }
    *num_cases += ALL_HALVES;
    return differences;
}

int main(int argc, char **argv)
{
    uint64_t cases = 0, seed, count;
    int passed = 0, failed = 0, skipped = 0;
    is_qemu = argc > 1 && strcmp(argv[1], "qemu") == 0;
    argc -= is_qemu;
    argv += is_qemu;
    seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    count = argc > 2 ? strtoull(argv[2], NULL, 0) : DEFAULT_COUNT;
    for (int i = 0; i < NUM_ROWS; i++) {
        uint64_t before = cases, differences;
        if (!has(rows[i].needs)) {
            printf("# %s: skipped, the processor has no such instruction\n",
                   rows[i].name);
            skipped++;
            continue;
        }
        differences = differences_of(&rows[i], seed, count, &cases);
        if (differences != 0)
            printf("not ok: %s: %llu of %llu cases differ\n", rows[i].name,
                   (unsigned long long)differences,
                   (unsigned long long)(cases - before));
        *(differences == 0 ? &passed : &failed) += 1;
    }
    printf("# seed %llu: %llu cases of %d rows\n", (unsigned long long)seed,
           (unsigned long long)cases, NUM_ROWS - skipped);
    printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
    return failed != 0 || passed == 0;
}
