/*
 * Guest programs of the random calls: a dozen that differ by lane in how long
 * they run, what they touch and how they end. In orderly sequences a place holds
 * the same program always, so that no lane finds itself inside another one.
 *
 * Loops cut their counters down to a few bits each time: wherever a lane enters
 * one, it comes out.
 */
#include "api.h"

struct word {
    uint32_t word;
    const char *text; /* as it is disassembled at 0; a beginning is enough */
};

/* 1 to 32 times round. */
static const struct word count[] = {
    {0xd53bd061, "mrs x1, tpidrro_el0"},
    {0x12001023, "and w3, w1, #0x1f"},
    {0x11000463, "add w3, w3, #0x1"},
    {0x8b030084, "add x4, x4, x3"},
    {0x51000463, "sub w3, w3, #0x1"},
    {0x12001063, "and w3, w3, #0x1f"},
    {0x35ffffa3, "cbnz w3, "},
    {0xd4400000, "hlt #0x0"},
};

/* Its slice: aligned, unaligned, bytes, pairs. */
static const struct word store[] = {
    {0xd53bd061, "mrs x1, tpidrro_el0"},
    {0xd2840002, "mov x2, #0x2000"},
    {0x8b011c41, "add x1, x2, x1, lsl #7"},
    {0xf9400023, "ldr x3, [x1]"},
    {0x91000463, "add x3, x3, #0x1"},
    {0xf9000023, "str x3, [x1]"},
    {0xf8009020, "stur x0, [x1, #9]"},
    {0x39007c23, "strb w3, [x1, #31]"},
    {0xa9409424, "ldp x4, x5, [x1, #8]"},
    {0xd4400060, "hlt #0x3"},
};

static const struct word literal[] = {
    {0x58000080, "ldr x0, 0x10"},
    {0x10000062, "adr x2, 0xc"},
    {0x98000043, "ldrsw x3, 0x8"},
    {0xd4400220, "hlt #0x11"},
    {0x89abcdef, ".inst 0x89abcdef"},
    {0x01234567, ".inst 0x01234567"},
};

/* Lanes 4k halt, of the others one half read and one write beyond memory. */
static const struct word fault[] = {
    {0xd53bd061, "mrs x1, tpidrro_el0"},
    {0xd2a3ffe2, "mov x2, #0x1fff0000"},
    {0x92400423, "and x3, x1, #0x3"},
    {0xb40000a3, "cbz x3, 0x14"},
    {0x8b010042, "add x2, x2, x1"},
    {0x36000041, "tbz w1, #0, 0x8"},
    {0xb9000441, "str w1, [x2, #4]"},
    {0xf9400044, "ldr x4, [x2]"},
    {0xd4400000, "hlt #0x0"},
};

static const struct word calls[] = {
    {0x91000400, "add x0, x0, #0x1"},
    {0xd4000021, "svc #0x1"},
    {0x91000800, "add x0, x0, #0x2"},
    {0xd4000041, "svc #0x2"},
    {0x91001000, "add x0, x0, #0x4"},
    {0xd4400080, "hlt #0x4"},
};

/* Writes a function that returns the lane into its slice, and calls it. */
static const struct word writer[] = {
    {0xd53bd061, "mrs x1, tpidrro_el0"},
    {0xd2840002, "mov x2, #0x2000"},
    {0x8b011c41, "add x1, x2, x1, lsl #7"},
    {0x52aa5003, "mov w3, #0x52800000"},
    {0xd53bd064, "mrs x4, tpidrro_el0"},
    {0x2a041463, "orr w3, w3, w4, lsl #5"},
    {0x18000124, "ldr w4, 0x24"},
    {0x29881023, "stp w3, w4, [x1, #64]!"},
    {0xd50b7b21, "dc cvau, x1"},
    {0xd5033b9f, "dsb ish"},
    {0xd50b7521, "ic ivau, x1"},
    {0xd5033b9f, "dsb ish"},
    {0xd5033fdf, "isb"},
    {0xd63f0020, "blr x1"},
    {0xd44000a0, "hlt #0x5"},
    {0xd65f03c0, "ret"},
};

/* Calls its last two words, changes the first of them, calls them again. */
static const struct word patcher[] = {
    {0x10000121, "adr x1, 0x24"},
    {0x180000e2, "ldr w2, 0x1c"},
    {0x94000007, "bl 0x1c"},
    {0xb9000022, "str w2, [x1]"},
    {0xd50b7521, "ic ivau, x1"},
    {0xd5033fdf, "isb"},
    {0x94000003, "bl 0xc"},
    {0xd44000c0, "hlt #0x6"},
    {0xd100c000, "sub x0, x0, #0x30"},
    {0x91000400, "add x0, x0, #0x1"},
    {0xd65f03c0, "ret"},
};

static const struct word undefined[] = {
    {0xd53bd061, "mrs x1, tpidrro_el0"},
    {0x36080041, "tbz w1, #1, 0x8"},
    {0xd42000e0, "brk #0x7"},
    {0x00000009, "udf #9"},
};

static const struct word stack[] = {
    {0xd53bd061, "mrs x1, tpidrro_el0"},
    {0xa93f07e0, "stp x0, x1, [sp, #-16]"},
    {0xb81f93e1, "stur w1, [sp, #-7]"},
    {0xa97f0fe2, "ldp x2, x3, [sp, #-16]"},
    {0xd4400000, "hlt #0x0"},
};

/* Adds to its slice and to the one word of all; then an unaligned acquire. */
static const struct word exclusive[] = {
    {0xd53bd061, "mrs x1, tpidrro_el0"},
    {0xd2840002, "mov x2, #0x2000"},
    {0x8b011c41, "add x1, x2, x1, lsl #7"},
    {0xc85f7c23, "ldxr x3, [x1]"},
    {0x91000c63, "add x3, x3, #0x3"},
    {0xc8047c23, "stxr w4, x3, [x1]"},
    {0x35ffffa4, "cbnz w4, "},
    {0xd283ff05, "mov x5, #0x1ff8"},
    {0xf82300bf, "stadd x3, [x5]"},
    {0x91001421, "add x1, x1, #0x5"},
    {0x885ffc26, "ldaxr w6, [x1]"},
    {0xd4400000, "hlt #0x0"},
};

static const struct word nested[] = {
    {0xd53bd061, "mrs x1, tpidrro_el0"},
    {0x12000423, "and w3, w1, #0x3"},
    {0x11000863, "add w3, w3, #0x2"},
    {0x528001e5, "mov w5, #0xf"},
    {0x8b0500c6, "add x6, x6, x5"},
    {0x510004a5, "sub w5, w5, #0x1"},
    {0x12000ca5, "and w5, w5, #0xf"},
    {0x35ffffa5, "cbnz w5, "},
    {0x51000463, "sub w3, w3, #0x1"},
    {0x12000c63, "and w3, w3, #0xf"},
    {0x35ffff23, "cbnz w3, "},
    {0xd4400000, "hlt #0x0"},
};

/* To outside memory, or to where there is nothing. */
static const struct word away[] = {
    {0xd53bd061, "mrs x1, tpidrro_el0"},
    {0xd2a80002, "mov x2, #0x40000000"},
    {0xaa010042, "orr x2, x2, x1"},
    {0x36100041, "tbz w1, #2, 0x8"},
    {0xd61f0040, "br x2"},
    {0xd283f802, "mov x2, #0x1fc0"},
    {0xd61f0040, "br x2"},
};

/* Another way by X0, TPIDR and the flags. */
static const struct word choose[] = {
    {0xd53bd041, "mrs x1, tpidr_el0"},
    {0xd53b4202, "mrs x2, nzcv"},
    {0x36000060, "tbz w0, #0, 0xc"},
    {0x9a810403, "csinc x3, x0, x1, eq"},
    {0xd4400020, "hlt #0x1"},
    {0x36080081, "tbz w1, #1, 0x10"},
    {0xeb01001f, "cmp x0, x1"},
    {0x9a9f97e4, "cset x4, hi"},
    {0xd4400040, "hlt #0x2"},
    {0x9a020005, "adc x5, x0, x2"},
    {0xd4400000, "hlt #0x0"},
};

static const struct word same[] = {
    {0xd4400660, "hlt #0x33"},
};

#define PROGRAM(name, needs_private) {#name, name, LENGTH(name), needs_private}
static const struct {
    const char *name;
    const struct word *words;
    size_t count;
    bool needs_private;
} programs[] = {
    PROGRAM(count, false),     PROGRAM(store, false),   PROGRAM(literal, false),
    PROGRAM(fault, false),     PROGRAM(calls, false),   PROGRAM(writer, false),
    PROGRAM(patcher, true),    PROGRAM(undefined, false), PROGRAM(stack, false),
    PROGRAM(exclusive, false), PROGRAM(nested, false),  PROGRAM(away, false),
    PROGRAM(choose, false),    PROGRAM(same, false),
};

void api_check_programs(void)
{
    for (size_t i = 0; i < LENGTH(programs); i++) {
        assert_in_range(programs[i].count * 4, 4, API_PLACE_BYTES);
        for (size_t k = 0; k < programs[i].count; k++)
            check_text(programs[i].words[k].word, programs[i].words[k].text);
    }
}

struct api_program api_choose_program(struct api_sequence *s,
                                      struct random_source *r,
                                      uint64_t *address)
{
    struct api_program p = {0};
    /* few places, so that some are used again */
    uint32_t place = random_below(r, random_one_in(r, 3) ? API_PLACES : 8);
    uint32_t i = place % LENGTH(programs);
    *address = API_FIRST_PLACE + place * (uint64_t)API_PLACE_BYTES;
    if (s->is_wild && random_one_in(r, 2)) {
        i = random_below(r, LENGTH(programs));
        *address = random_below(r, (s->memory - API_PLACE_BYTES) / 4) * 4u;
    }
    if (programs[i].needs_private && !s->is_private)
        i = LENGTH(programs) - 1;
    p.name = programs[i].name;
    p.size = programs[i].count * 4;
    for (size_t k = 0; k < programs[i].count; k++)
        p.words[k] = programs[i].words[k].word;
    return p;
}

uint32_t api_choose_patch(const struct api_sequence *s, struct random_source *r)
{
    static const uint32_t words[] = {
        HLT | 9 << 5, 0xd4200160, /* brk #0xb */ 0x0000000c, /* udf #0xc */
        0xd40001a1, /* svc #0xd */ 0x14000002, /* b, over one */
        0xd503201f, /* nop */      0x91000821, /* add x1, x1, #2 */
    };
    return words[random_below(r, s->is_wild ? LENGTH(words) : 3)];
}
