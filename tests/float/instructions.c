/*
 * Instructions on V registers, executed where this program runs: instruction
 * `index` of COUNT in INSTRUCTIONS, a file of pairs of a word and RET, on CASES
 * random states of V0 to V31, X0 to X7, NZCV and FPCR. The result is a hash of
 * what they become and of FPSR: an image for armgpu has a lane for each
 * instruction, with PRINT a Linux program prints all of them.
 */
typedef unsigned long long u64;
typedef unsigned u32;

struct state {
    u64 v[64], x[8], fpcr, nzcv, fpsr;
};

/* clang-format off */
__asm__(".text\n"
        ".arch armv8.2-a+simd\n"
        ".balign 8\n"
        ".globl instructions, execute\n"
        "instructions: .incbin \"" INSTRUCTIONS "\"\n"
        /* execute(state, instruction) */
        "execute: stp x29, x30, [sp, #-32]!\n"
        "str x19, [sp, #16]\n"
        "mov x19, x0\n"
        "mov x9, x1\n"
        ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,"
        "23,24,25,26,27,28,29,30,31\n"
        "ldr q\\r, [x19, #(\\r * 16)]\n"
        ".endr\n"
        "ldr x10, [x19, #576]\n"
        "msr fpcr, x10\n"
        "msr fpsr, xzr\n"
        "ldr x10, [x19, #584]\n"
        "msr nzcv, x10\n"
        ".irp r,0,1,2,3,4,5,6,7\n"
        "ldr x\\r, [x19, #(512 + \\r * 8)]\n"
        ".endr\n"
        "blr x9\n"
        ".irp r,0,1,2,3,4,5,6,7\n"
        "str x\\r, [x19, #(512 + \\r * 8)]\n"
        ".endr\n"
        "mrs x10, nzcv\n"
        "str x10, [x19, #584]\n"
        "mrs x10, fpsr\n"
        "str x10, [x19, #592]\n"
        "msr fpcr, xzr\n"
        ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,"
        "23,24,25,26,27,28,29,30,31\n"
        "str q\\r, [x19, #(\\r * 16)]\n"
        ".endr\n"
        "ldr x19, [sp, #16]\n"
        "ldp x29, x30, [sp], #32\n"
        "ret\n");
/* clang-format on */

extern const u64 instructions[];
void execute(struct state *s, const void *instruction);

static u64 next(u64 *r)
{
    *r ^= *r << 13;
    *r ^= *r >> 7;
    *r ^= *r << 17;
    return *r * 0x2545f4914f6cdd1d;
}

/* An operand of a format: special values, small integers, values that differ
   little in magnitude, and anything. */
static u64 element(u64 *random, u32 bits)
{
    const u32 f = bits == 64 ? 52 : bits == 32 ? 23 : 10;
    const u64 top = ((u64)1 << (bits - 1 - f)) - 1, ones = ((u64)1 << f) - 1;
    const u64 choice = next(random), fraction = next(random) & ones;
    const u64 sign = (choice >> 8 & 1) << (bits - 1), n = choice >> 20 & 0xffff;
    switch (choice >> 16 & 15) {
    case 0:
        return sign;
    case 1: /* infinity */
        return sign | top << f;
    case 2: /* a quiet NaN */
        return sign | top << f | (ones + 1) >> 1 | fraction >> n % f;
    case 3: /* a signalling one */
        return sign | top << f | fraction >> 1 | 1;
    case 4: /* denormal */
        return sign | fraction >> n % f;
    case 5: /* the largest */
        return sign | ((top << f) - 1);
    case 6: /* the smallest exponents */
        return sign | ((n % f + 1) % top) << f | fraction;
    case 7: /* the largest */
        return sign | (top - 1 - n % 4) << f | fraction;
    case 8: /* near an integer's range */
        return sign | ((top / 2 + n % 70) % top) << f |
               (fraction & ones << (choice >> 40) % f);
    case 9:
    case 10:
    case 11:
        return sign | (top / 2 - 4 + n % 9) << f | fraction;
    case 12: /* few bits */
        return sign | (top / 2 - 4 + n % 9) << f |
               (fraction & ones << (choice >> 40) % f & ones);
    default:
        return next(random) >> (64 - bits);
    }
}

static void randomize(struct state *s, u64 *random)
{
    for (u32 i = 0; i < 64; i++) {
        u32 bits = 16u << (next(random) >> 20) % 3;
        s->v[i] = 0;
        for (u32 at = 0; at < 64; at += bits)
            s->v[i] |= element(random, bits) << at;
    }
    for (u32 i = 0; i < 8; i++) {
        u64 shift = i % 2 ? (next(random) >> 40) % 64 : 0;
        s->x[i] = next(random) >> shift;
    }
    u64 r = next(random);
    s->fpcr = (r >> 8 & 3) << 22; /* RMode; then FZ16, FZ, DN, AHP */
    for (u32 i = 0; i < 4; i++)
        if ((r >> (10 + i * 2) & 3) == 0)
            s->fpcr |= i == 0 ? 1 << 19 : 1 << (23 + i);
    s->nzcv = (r >> 32 & 15) << 28;
    s->fpsr = 0;
}

static u64 hash_of(u64 index)
{
    u64 hash = 0, random = (SEED + index + 1) * 0x9e3779b97f4a7c15 | 1;
    for (u32 i = 0; i < CASES; i++) {
        struct state s;
        randomize(&s, &random);
        execute(&s, &instructions[index]);
        for (u32 k = 0; k < sizeof s / 8; k++) {
            hash = (hash ^ ((const u64 *)&s)[k]) * 0x9e3779b97f4a7c15;
            hash ^= hash >> 29;
        }
    }
    return hash;
}

#ifdef PRINT
#include <stdio.h>

int main(void)
{
    for (u64 i = 0; i < COUNT; i++)
        printf("0x%llx\n", hash_of(i));
    return 0;
}
#else
u64 program(u64 lane)
{
    return hash_of(lane);
}
#endif
