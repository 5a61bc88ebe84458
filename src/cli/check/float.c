/*
 * The subject on floating point by the hardware: the same programs on two
 * handles of the device under test, of which one computes in integers
 * (ARMGPU_FLOAT_SOFT). Each lane makes operands of its own, many where results
 * overflow, are tiny, or lie between two numbers; what every operation gives,
 * and raises, goes into a sum in X0. Cryptographic instructions, which CPUs may
 * have too, are among them.
 */
#include "cli/check/check.h"

#include <string.h>

#define LENGTH(a) (sizeof(a) / sizeof(a)[0])

/* -- The program ----------------------------------------------------------- */

/* What an operation writes, in D16 if in a V register, or X4. */
enum result { SCALAR, VECTOR, GENERAL, FLAGS };

/* Of doubles; those of singles have bit 22 clear. Operands are V1 to V3. */
static const struct operation {
    uint32_t word;
    enum result result;
} operations[] = {
    {0x1e621824, SCALAR},  /* fdiv d4, d1, d2 */
    {0x1e620890, SCALAR},  /* fmul d16, d4, d2: about d1 */
    {0x1f628490, SCALAR},  /* fnmsub d16, d4, d2, d1: what that lacks */
    {0x1f420c30, SCALAR},  /* fmadd d16, d1, d2, d3 */
    {0x1f448c30, SCALAR},  /* fmsub d16, d1, d4, d3 */
    {0x1e622831, SCALAR},  /* fadd d17, d1, d2 */
    {0x1e623a30, SCALAR},  /* fsub d16, d17, d2 */
    {0x1e633830, SCALAR},  /* fsub d16, d1, d3 */
    {0x7ee2d430, SCALAR},  /* fabd d16, d1, d2 */
    {0x1e620830, SCALAR},  /* fmul d16, d1, d2 */
    {0x1e638832, SCALAR},  /* fnmul d18, d1, d3 */
    {0x1e631a50, SCALAR},  /* fdiv d16, d18, d3 */
    {0x1e61c025, SCALAR},  /* fsqrt d5, d1 */
    {0x1e6508b0, SCALAR},  /* fmul d16, d5, d5 */
    {0x5e63dc50, SCALAR},  /* fmulx d16, d2, d3 */
    {0x9e620070, SCALAR},  /* scvtf d16, x3 */
    {0x9e630070, SCALAR},  /* ucvtf d16, x3 */
    {0x1e620070, SCALAR},  /* scvtf d16, w3 */
    {0x9e780024, GENERAL}, /* fcvtzs x4, d1 */
    {0x9e790044, GENERAL}, /* fcvtzu x4, d2 */
    {0x1e780064, GENERAL}, /* fcvtzs w4, d3 */
    {0x1e622020, FLAGS},   /* fcmp d1, d2 */
    {0x4e62d430, VECTOR},  /* fadd v16.2d, v1.2d, v2.2d */
    {0x6e62d430, VECTOR},  /* faddp v16.2d, v1.2d, v2.2d */
    {0x4e62cc23, VECTOR},  /* fmla v3.2d, v1.2d, v2.2d */
};
static const struct operation conversions[2] = {
    {0x1e624030, SCALAR}, /* fcvt s16, d1 */
    {0x1e22c030, SCALAR}, /* fcvt d16, s1 */
};

/* On V1 to V3 and what those before it have left. */
static const uint32_t cryptographic[] = {
    0x4e284834, /* aese v20.16b, v1.16b */
    0x4e286a94, /* aesmc v20.16b, v20.16b */
    0x4e285855, /* aesd v21.16b, v2.16b */
    0x4e287ab5, /* aesimc v21.16b, v21.16b */
    0x0ee2e030, /* pmull v16.1q, v1.1d, v2.1d */
    0x4ee3e290, /* pmull2 v16.1q, v20.2d, v3.2d */
    0x5e010296, /* sha1c q22, s20, v1.4s */
    0x5e0212b6, /* sha1p q22, s21, v2.4s */
    0x5e032296, /* sha1m q22, s20, v3.4s */
    0x5e1442d7, /* sha256h q23, q22, v20.4s */
    0x5e1552f6, /* sha256h2 q22, q23, v21.4s */
    0x5e282a97, /* sha256su0 v23.4s, v20.4s */
    0x5e1462f6, /* sha256su1 v22.4s, v23.4s, v20.4s */
};

/* X3 is the lane's random number, X7 and X8 where values and masks are: X10
   becomes a value with some bits of chance. */
static const uint32_t choose_operand[] = {
    0xca033463, /* eor x3, x3, x3, lsl #13 */
    0xca431c63, /* eor x3, x3, x3, lsr #7 */
    0xca034463, /* eor x3, x3, x3, lsl #17 */
    0x92401469, /* and x9, x3, #0x3f */
    0xf86978ea, /* ldr x10, [x7, x9, lsl #3] */
    0xd3462469, /* ubfx x9, x3, #6, #4 */
    0xf869790b, /* ldr x11, [x8, x9, lsl #3] */
    0x8ac3456b, /* and x11, x11, x3, ror #17 */
    0xca0b014a, /* eor x10, x10, x11 */
};

#define VALUES 64
#define MASKS 16
#define TABLE 0x2000 /* values, then masks; of doubles, then of singles */
#define TABLE_BYTES ((VALUES + MASKS) * 8)
#define MOST_WORDS 768

struct program {
    uint32_t words[MOST_WORDS];
    uint32_t count;
};

static void put(struct program *p, uint32_t word)
{
    p->words[p->count++] = word;
}

static void put_operand(struct program *p, uint32_t v, uint32_t half)
{
    for (size_t i = 0; i < LENGTH(choose_operand); i++)
        put(p, choose_operand[i]);
    put(p, half ? 0x4e181d40 | v    /* mov vN.d[1], x10 */
                : 0x9e670140 | v);  /* fmov dN, x10 */
}

/* FPSR is X5 before each, so IXC is found clear or set. */
static void put_operation(struct program *p, uint32_t word, enum result result)
{
    uint32_t v = word & 31;

    put(p, 0xd51b4425); /* msr fpsr, x5 */
    put(p, word);
    put(p, 0xd53b4426); /* mrs x6, fpsr */
    put(p, 0xcac024c0); /* eor x0, x6, x0, ror #9 */
    if (result == FLAGS)
        put(p, 0xd53b4204); /* mrs x4, nzcv */
    else if (result != GENERAL)
        put(p, 0x9e660004 | v << 5); /* fmov x4, dN */
    put(p, 0xcac01c80); /* eor x0, x4, x0, ror #7 */
    if (result == VECTOR) {
        put(p, 0x4e183c04 | v << 5); /* mov x4, vN.d[1] */
        put(p, 0xcac01c80);
    }
}

/* X1 times: operands, operations; doubles, then singles. */
static void write_program(struct program *p)
{
    uint32_t loop;

    p->count = 0;
    loop = p->count;
    for (uint32_t is_single = 0; is_single < 2; is_single++) {
        uint32_t at = TABLE + is_single * TABLE_BYTES;

        put(p, 0xd2800007 | at << 5);                /* mov x7, #at */
        put(p, 0xd2800008 | (at + VALUES * 8) << 5); /* mov x8, #... */
        for (uint32_t i = 0; i < 6; i++)
            put_operand(p, 1 + i % 3, i / 3);
        for (size_t i = 0; i < LENGTH(operations); i++)
            put_operation(p, operations[i].word & ~(is_single << 22),
                          operations[i].result);
        put_operation(p, conversions[is_single].word, SCALAR);
    }
    for (size_t i = 0; i < LENGTH(cryptographic); i++)
        put_operation(p, cryptographic[i], VECTOR);
    put(p, 0xf1000421); /* subs x1, x1, #1 */
    put(p, 0x54000001 | ((loop - p->count) & 0x7ffff) << 5); /* b.ne loop */
    put(p, 0xd4400000);                                      /* hlt #0 */
}

/* -- Its operands ---------------------------------------------------------- */

/* A magnitude whose results are near a border of the format. */
static uint64_t random_size(ag_check_random *r, uint32_t exponent,
                            uint32_t fraction)
{
    uint64_t bias = (UINT64_C(1) << (exponent - 1)) - 1, top = 2 * bias + 1;
    uint64_t near = ag_check_below(r, 9), any = ag_check_next(r);
    uint64_t bits = any & ((UINT64_C(1) << fraction) - 1);

    switch (ag_check_below(r, 11)) {
    case 0: /* the smallest normal number */
        return (UINT64_C(1) << fraction) + near - 4;
    case 1: /* the largest, infinity, a NaN */
        return (top << fraction) + 1 - near;
    case 2: /* one */
        return (bias << fraction) + near - 4;
    case 3: /* whose product is tiny */
        return ((bias + 1) / 2 + near - 4) << fraction | bits;
    case 4: /* whose product overflows */
        return (bias + bias / 2 + near - 4) << fraction | bits;
    case 5: /* whole numbers: exact results */
        return (bias + 1 + near) << fraction | (bits & ~(bits >> near));
    case 6: /* zero and denormals */
        return near < 3 ? 0 : bits >> near * 4;
    case 7: /* where integers end */
        return ((bias + 31 + (any >> 58 & 32) + (any >> 62)) << fraction) +
               near - 4;
    default:
        return any % top << fraction | (any & 1 << 30 ? bits : bits & 7);
    }
}

static uint64_t random_mask(ag_check_random *r, uint32_t exponent,
                            uint32_t fraction)
{
    uint64_t sign = UINT64_C(1) << (exponent + fraction);
    uint64_t bits = (UINT64_C(1) << fraction) - 1;

    switch (ag_check_below(r, 6)) {
    case 0:
        return sign;
    case 1:
        return sign | 1;
    case 2:
        return sign | bits;
    case 3:
        return sign | (bits + 1) >> ag_check_below(r, fraction);
    case 4: /* neighbouring exponents */
        return sign | (bits + 1) * 3;
    default:
        return sign | bits >> ag_check_below(r, fraction);
    }
}

/* Singles lie in both halves. */
static void put_tables(ag_check_rig *rig, ag_check_random *r)
{
    for (uint32_t i = 0; i < VALUES + MASKS; i++) {
        uint64_t (*make)(ag_check_random *, uint32_t, uint32_t) =
            i < VALUES ? random_size : random_mask;
        uint8_t *at = rig->image + TABLE + i * 8;

        ag_check_put(at, make(r, 11, 52), 8);
        ag_check_put(at + TABLE_BYTES, make(r, 8, 23) | make(r, 8, 23) << 32,
                     8);
    }
}

/* -- Rounds ---------------------------------------------------------------- */

/* 8.5 million operations a round. */
#define LANES 8192
#define FEWER 512 /* where they run one after the other, as on a CPU */
#define TIMES 20
#define FEWER_TIMES 2 /* for --quick, where each is compiled */
#define MOST_DEVICES 64

static bool is_gpu(const ag_check_device *d)
{
    armgpu_device list[MOST_DEVICES];
    uint64_t n;

    memset(list, 0, sizeof list);
    list[0].size = sizeof list[0];
    n = armgpu_list_devices(list, MOST_DEVICES);
    for (uint64_t i = 0; i < n && i < MOST_DEVICES; i++) {
        if (strcmp(list[i].backend, d->backend) == 0 &&
            list[i].index == d->device)
            return list[i].is_gpu != 0;
    }
    return false;
}

void ag_check_round_float(ag_check *c, uint64_t round, ag_check_random *r)
{
    bool has_many = !c->is_quick && is_gpu(&c->devices[AG_CHECK_TESTED]);
    uint64_t lanes = has_many ? LANES : FEWER;
    uint64_t times =
        c->is_quick && ag_check_is_translated(c) ? FEWER_TIMES : TIMES;
    ag_check_rig *rig = ag_check_rig_take_float(c, lanes);
    struct program program;

    (void)round;
    if (rig == NULL)
        return;
    memset(rig->image, 0, (size_t)rig->memory_size);
    write_program(&program);
    ag_check_put_words(rig, 0, program.words, program.count);
    put_tables(rig, r);
    if (!ag_check_load(rig))
        return;
    for (uint64_t lane = 0; lane < lanes; lane++) {
        armgpu_state *s = &rig->start[lane];

        ag_check_random_state(s, r);
        s->pc = 0;
        s->x[1] = times;
        s->x[3] = ag_check_next(r) | 1;
        s->x[5] = lane / 32 % 2 ? 0x10 : 0; /* FPSR: IXC */
        if (ag_check_below(r, 4) != 0)
            s->fpcr = 0;
    }
    (void)(ag_check_start(rig) && ag_check_execute(rig, times * MOST_WORDS) &&
           ag_check_compare(rig));
}
