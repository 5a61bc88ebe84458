/*
 * Litmus tests' programs: what accesses and barriers there are, which pairs of
 * accesses another lane sees in order (is_ordered), the shapes, and the code of
 * a role: a frame that goes through rounds, and programs of a few instructions.
 */
#ifndef AG_TESTS_LITMUS_H
#define AG_TESTS_LITMUS_H

#include "guest.h"

#include <stdbool.h>

#define ROLE_LANES 8
#define MOST_ROLES 4
#define MOST_PROGRAMS 128
#define WINDOW 64 /* rounds at most; bytes of results a role */

/* Where things are in memory. */
#define MEMORY (1 << 20)
#define ROLE_BYTES 0x10000 /* code of a role: the frame, then programs */
#define FIRST_PROGRAM 0x400
#define PROGRAM_BYTES 64
#define VARIABLES 0x80000 /* 256 bytes a round */
#define ONE_VARIABLE (WINDOW * 256)
#define DONE 0xa0000 /* not 0: lanes that wait halt; then windows counted */
#define MET 0xa0100  /* how often a role came to the barrier */
#define RESULTS 0xa0200
#define UNUSED 0xa1000           /* written by an atomic that is a barrier */
#define GIVEN_UP 0xa1400         /* how often a role gave up the slice */
#define POSITION (GIVEN_UP + 32) /* round that a role is at, of all */
#define ALONE 0xa1800  /* what an atomic that executes alone accesses */
#define COUNTS 0xa2000 /* by program, 8 bytes each */

struct word {
    uint32_t word;
    const char *text; /* what it reads as begins like this */
};

/*
 * X0 role, X20 my programs, X21 X22 variables of the first and second access,
 * X24 my results, X25 all results, X26 counts, X11 X12 programs, X14 roles, X16
 * odd, X17 rounds a window, X18 DONE, X23 MET, X27 windows, X28 another
 * role's POSITION, X29 my GIVEN_UP, X13 ALONE. A program gets X1 X2 addresses,
 * X9 a place of its own, X19 what to write, X10 what was there; it leaves 0 in
 * X7 and X8 if all is as asked for.
 */
static const struct word frame[] = {
    /* a lane that only waits goes to the YIELD */
    {0xb4000854, "cbz x20"},
    {0xaa1503e1, "mov x1, x21"},
    {0xaa1603e2, "mov x2, x22"},
    /* each program once, with 0: now it is decoded */
    {0xd63f0280, "blr x20"},
    {0x91010294, "add x20, x20, #0x40"},
    {0xf100058c, "subs x12, x12, #0x1"},
    {0x54ffffa1, "b.ne"},
    {0xaa0b03ec, "mov x12, x11"},
    {0xcb0c1a94, "sub x20, x20, x12, lsl #6"},
    /* a window: all come, then are near each other */
    {0x91000673, "add x19, x19, #0x1"},
    {0xd100066a, "sub x10, x19, #0x1"},
    {0x94000041, "bl"},
    {0xd2800004, "mov x4, #0x0"},
    {0xd2807d03, "mov x3, #0x3e8"},
    {0x9400004b, "bl"},
    {0xb5000083, "cbnz x3"},
    {0x94000051, "bl"},
    {0xd2807d03, "mov x3, #0x3e8"},
    {0x94000047, "bl"},
    /* a round, which begins when another role is there or late */
    {0xd28003c3, "mov x3, #0x1e"},
    {0x94000045, "bl"},
    {0x8b0422a1, "add x1, x21, x4, lsl #8"},
    {0x8b0422c2, "add x2, x22, x4, lsl #8"},
    /* 0 to 7 idle turns */
    {0x9b107c83, "mul x3, x4, x16"},
    {0x92400863, "and x3, x3, #0x7"},
    {0xf1000463, "subs x3, x3, #0x1"},
    {0x54ffffe5, "b.pl"},
    {0xd63f0280, "blr x20"},
    /* 1 if all is as asked for */
    {0xaa0800e7, "orr x7, x7, x8"},
    {0xf10000ff, "cmp x7, #0x0"},
    {0x1a9f17e7, "cset w7, eq"},
    {0x38246b07, "strb w7, [x24, x4]"},
    {0x91000484, "add x4, x4, #0x1"},
    {0xeb11009f, "cmp x4, x17"},
    {0x54fffe21, "b.ne"},
    {0x94000029, "bl"},
    /* role 0 counts rounds in which all roles say 1 */
    {0xb5000260, "cbnz x0"},
    {0xd2800004, "mov x4, #0x0"},
    {0x8b040326, "add x6, x25, x4"},
    {0xf94000c5, "ldr x5, [x6]"},
    {0xf94020c7, "ldr x7, [x6, #64]"},
    {0x8a0700a5, "and x5, x5, x7"},
    {0xf94040c7, "ldr x7, [x6, #128]"},
    {0x8a0700a5, "and x5, x5, x7"},
    {0xf94060c7, "ldr x7, [x6, #192]"},
    {0x8a0700a5, "and x5, x5, x7"},
    {0xb200c3e7, "mov x7, #0x101010101010101"},
    {0x9b077ca5, "mul x5, x5, x7"},
    {0xf9400347, "ldr x7, [x26]"},
    {0x8b45e0e7, "add x7, x7, x5, lsr #56"},
    {0xf9000347, "str x7, [x26]"},
    {0x91002084, "add x4, x4, #0x8"},
    {0xf101009f, "cmp x4, #0x40"},
    {0x54fffe21, "b.ne"},
    {0xf9000653, "str x19, [x18, #8]"},
    /* the next program, or the first again */
    {0x91010294, "add x20, x20, #0x40"},
    {0x9100235a, "add x26, x26, #0x8"},
    {0xf100058c, "subs x12, x12, #0x1"},
    {0x54000081, "b.ne"},
    {0xaa0b03ec, "mov x12, x11"},
    {0xcb0c1a94, "sub x20, x20, x12, lsl #6"},
    {0xcb0c0f5a, "sub x26, x26, x12, lsl #3"},
    {0xeb1b027f, "cmp x19, x27"},
    /* the next window, or the end */
    {0x54fff941, "b.ne"},
    {0xf900025b, "str x27, [x18]"},
    {0xd4400000, "hlt #0x0"},
    /* who only waits: gives up the slice when its role does */
    {0xd503203f, "yield"},
    {0xf9400245, "ldr x5, [x18]"},
    {0xb50000e5, "cbnz x5"},
    {0xf94003a5, "ldr x5, [x29]"},
    {0xeb0c00bf, "cmp x5, x12"},
    {0x54ffff60, "b.eq"},
    {0xaa0503ec, "mov x12, x5"},
    {0x48227da6, "casp x2, x3, x6, x7, [x13]"},
    {0x17fffff8, "b"},
    {0xd4400000, "hlt #0x0"},
    /* all roles come here */
    {0x8b0e01ef, "add x15, x15, x14"},
    {0xaa1e03e4, "mov x4, x30"},
    {0xd2800025, "mov x5, #0x1"},
    {0xf8e502ff, "ldaddal x5, xzr, [x23]"},
    {0xd2807d03, "mov x3, #0x3e8"},
    {0xc8dffee5, "ldar x5, [x23]"},
    {0xeb0f00bf, "cmp x5, x15"},
    {0x540000a2, "b.cs"},
    {0xf1000463, "subs x3, x3, #0x1"},
    {0x54ffff81, "b.ne"},
    {0x9400000b, "bl"},
    {0x17fffff9, "b"},
    {0xd65f0080, "ret x4"},
    /* says where I am; X3 is 0 if the other is not there in time */
    {0x8b131886, "add x6, x4, x19, lsl #6"},
    {0xf90013a6, "str x6, [x29, #32]"},
    {0xf83f0385, "ldadd xzr, x5, [x28]"},
    {0xeb0600bf, "cmp x5, x6"},
    {0x54000062, "b.cs"},
    {0xf1000463, "subs x3, x3, #0x1"},
    {0x54ffff81, "b.ne"},
    {0xd65f03c0, "ret"},
    /* gives up the slice */
    {0xf94003a5, "ldr x5, [x29]"},
    {0x910004a5, "add x5, x5, #0x1"},
    {0xf90003a5, "str x5, [x29]"},
    {0x48227da6, "casp x2, x3, x6, x7, [x13]"},
    {0xd65f03c0, "ret"},
};

/* -- Accesses and what may stand between two ------------------------------- */

enum {
    WRITES = 1,     /* else it reads */
    ACQUIRE = 2,    /* A */
    ACQUIRE_PC = 4, /* Q */
    RELEASE = 8,    /* L */
    ATOMIC_AL = 16  /* the write of an atomic that acquires and releases */
};

/* An access as the first of two: address X1, reads into X7. The second has X2
   and X8: `to_second` is added where an operand is one of these. */
struct access {
    const char *name;
    uint32_t kind;
    struct {
        struct word first;
        uint32_t to_second;
    } words[3];
};
#define RN 0x20
#define RD 0x1
#define RS 0x10000
static const struct access accesses[] = {
    {"str", WRITES, {{{0xf9000033, "str x19, [x1]"}, RN}}},
    {"stlr", WRITES | RELEASE, {{{0xc89ffc33, "stlr x19, [x1]"}, RN}}},
    {"stlur", WRITES | RELEASE, {{{0xd9000033, "stlur x19, [x1]"}, RN}}},
    {"stlxr",
     WRITES | RELEASE,
     {{{0xc85f7c25, "ldxr x5, [x1]"}, RN},
      {{0xc806fc33, "stlxr w6, x19, [x1]"}, RN},
      {{0x35ffffc6, "cbnz w6, "}, 0}}},
    {"swpal",
     WRITES | RELEASE | ATOMIC_AL,
     {{{0xf8f38025, "swpal x19, x5, [x1]"}, RN}}},
    {"casal",
     WRITES | RELEASE | ATOMIC_AL,
     {{{0xaa0a03e5, "mov x5, x10"}, 0},
      {{0xc8e5fc33, "casal x5, x19, [x1]"}, RN}}},
    {"ldr", 0, {{{0xf9400027, "ldr x7, [x1]"}, RN | RD}}},
    {"ldar", ACQUIRE, {{{0xc8dffc27, "ldar x7, [x1]"}, RN | RD}}},
    {"ldapr", ACQUIRE_PC, {{{0xf8bfc027, "ldapr x7, [x1]"}, RN | RD}}},
    {"ldapur", ACQUIRE_PC, {{{0xd9400027, "ldapur x7, [x1]"}, RN | RD}}},
    {"ldaxr", ACQUIRE, {{{0xc85ffc27, "ldaxr x7, [x1]"}, RN | RD}}},
    {"casal",
     ACQUIRE, /* writes what was there, if anything */
     {{{0xaa0a03e7, "mov x7, x10"}, RD},
      {{0xc8e7fc2a, "casal x7, x10, [x1]"}, RN | RS}}},
};

enum link { NOTHING, FULL, LOADS, STORES, ATOMIC, ADDRESS, LINKS };
static const struct {
    const char *name;
    struct word words[2];
} links[LINKS] = {
    [NOTHING] = {"nothing", {{0, NULL}}},
    [FULL] = {"dmb ish", {{0xd5033bbf, "dmb ish"}}},
    [LOADS] = {"dmb ishld", {{0xd50339bf, "dmb ishld"}}},
    [STORES] = {"dmb ishst", {{0xd5033abf, "dmb ishst"}}},
    [ATOMIC] = {"swpal elsewhere", {{0xf8f38125, "swpal x19, x5, [x9]"}}},
    [ADDRESS] = {"an address dependency",
                 {{0xca0700e6, "eor x6, x7, x7"},
                  {0x8b060042, "add x2, x2, x6"}}},
};

/*
 * Whether another lane sees `first` before `second`, accesses of one lane to
 * two places: barrier-ordered-before and, for address dependencies,
 * dependency-ordered-before (Arm ARM, B2.3, "Ordering relations"). What
 * acquires comes after every release before it, LDAPR and LDAPUR excepted; an
 * atomic that acquires and releases orders what is around it as DMB does, and
 * its write before what follows. Arm is other-multi-copy atomic: lanes disagree
 * about the order of writes only where somebody's accesses are not ordered.
 */
static bool is_ordered(uint32_t first, enum link link, uint32_t second)
{
    bool writes_twice = (first & second & WRITES) != 0;
    return link == FULL || link == ATOMIC ||
           (link == LOADS && (first & WRITES) == 0) ||
           (link == STORES && writes_twice) ||
           (link == ADDRESS && (first & WRITES) == 0) ||
           (first & (ACQUIRE | ACQUIRE_PC | ATOMIC_AL)) != 0 ||
           (second & RELEASE) != 0 ||
           ((first & RELEASE) != 0 && (second & ACQUIRE) != 0);
}

/* -- Programs -------------------------------------------------------------- */

/* What roles do, to x then y, those with odd numbers to y then x: W writes, n
   reads and finds what the other wrote, o finds what was there. The outcome in
   which all of it happens needs somebody's accesses out of order. In roles
   with a bit in `varied` these are all there are, in others plain with DMB. */
static const struct shape {
    const char *name;
    uint32_t roles, varied;
    const char *does[MOST_ROLES];
} shapes[] = {
    {"store buffering", 2, 3, {"Wo", "Wo"}},
    {"message passing, writer", 2, 1, {"WW", "no"}},
    {"message passing, reader", 2, 2, {"WW", "no"}},
    {"load buffering", 2, 3, {"nW", "nW"}},
    {"independent reads", 4, 12, {"W", "W", "no", "no"}},
};

struct program {
    const struct access *first, *second;
    enum link link;
    bool is_forbidden;
};
static struct program programs[MOST_PROGRAMS];
static size_t program_count;

static const struct access *plain(char does)
{
    const struct access *a = accesses;
    while (a->kind != (does == 'W' ? WRITES : 0u))
        a++;
    return a;
}

static bool can_do(const struct access *a, char does)
{
    return ((a->kind & WRITES) != 0) == (does == 'W');
}

static void list_program(const struct access *a, enum link link,
                         const struct access *b, bool is_forbidden)
{
    assert_true(program_count < MOST_PROGRAMS);
    programs[program_count++] = (struct program){a, b, link, is_forbidden};
}

/* Whether the outcome of a and b with this between them is to be looked for:
   they are in order, and only because of it. */
static bool is_test(const struct access *a, enum link link,
                    const struct access *b)
{
    return is_ordered(a->kind, link, b->kind) &&
           (link == NOTHING || !is_ordered(a->kind, NOTHING, b->kind));
}

/* Every test or one of `sample`, and now and then accesses without any order.
 */
static void list_programs(const char *does, uint32_t sample)
{
    uint32_t n = 0;
    program_count = 0;
    for (size_t i = 0; i < LENGTH(accesses); i++) {
        const struct access *a = &accesses[i], *b;
        if (!can_do(a, does[0]))
            continue;
        list_program(plain(does[0]), NOTHING, plain(does[1]), false);
        for (b = accesses; b < accesses + LENGTH(accesses); b++)
            for (enum link link = NOTHING; link < LINKS; link++)
                if (can_do(b, does[1]) && is_test(a, link, b) &&
                    n++ % sample == 0)
                    list_program(a, link, b, true);
    }
}

static uint32_t *put(uint32_t *out, uint32_t word)
{
    *out = word;
    return out + 1;
}

/* A word that accesses memory has the size in its top bits. */
static uint32_t of_size(const struct word *w, uint32_t log2_bytes)
{
    return strchr(w->text, '[') == NULL
               ? w->word
               : (w->word & 0x3fffffff) | log2_bytes << 30;
}

static uint32_t *put_access(uint32_t *out, const struct access *a,
                            bool is_second, uint32_t log2_bytes)
{
    for (size_t i = 0; i < LENGTH(a->words) && a->words[i].first.text; i++)
        out = put(out, of_size(&a->words[i].first, log2_bytes) +
                           (is_second ? a->words[i].to_second : 0));
    return out;
}

/* X7 (or X8) := 0 if the access did what it should. */
static uint32_t *put_result(uint32_t *out, char does, uint32_t reg,
                            uint32_t log2_bytes)
{
    if (does == 'W' || does == '\0')
        return put(out, 0xd2800000 | reg); /* mov */
    out = put(out, (does == 'n' ? 0xca130000u : 0xca0a0000u) | reg << 5 | reg);
    return put(out, 0xd3400000 | ((8u << log2_bytes) - 1) << 10 | reg << 5 |
                        reg); /* ubfx */
}

/* Variables that are not to be found changed are read first: caches have what
   was there, so that a load may find it and a store has to wait. */
static void put_program(uint32_t *out, const struct program *p,
                        const char *does, uint32_t log2_bytes)
{
    const uint32_t *const end = out + PROGRAM_BYTES / 4;
    if (does[0] != 'n')
        out = put(out, 0xf9400025); /* ldr x5, [x1] */
    if (does[1] != '\0')
        out = put(out, 0xf9400045); /* ldr x5, [x2] */
    out = put_access(out, p->first, false, log2_bytes);
    for (size_t i = 0; does[1] != '\0' && i < 2; i++)
        if (links[p->link].words[i].text != NULL)
            out = put(out, links[p->link].words[i].word);
    if (does[1] != '\0')
        out = put_access(out, p->second, true, log2_bytes);
    out = put_result(out, does[0], 7, log2_bytes);
    out = put_result(out, does[1], 8, log2_bytes);
    out = put(out, 0xd65f03c0); /* ret */
    assert_true(out <= end);
}

static void load_role(armgpu *g, const struct shape *s, uint32_t role,
                      uint32_t log2_bytes)
{
    static uint32_t code[ROLE_BYTES / 4];
    const char *does = s->does[role];
    for (size_t i = 0; i < LENGTH(frame); i++)
        code[i] = frame[i].word;
    for (size_t i = 0; i < program_count; i++) {
        struct program p = programs[i];
        if ((s->varied >> role & 1) == 0)
            p = (struct program){plain(does[0]), plain(does[1]), FULL, true};
        put_program(code + (FIRST_PROGRAM + i * PROGRAM_BYTES) / 4, &p, does,
                    log2_bytes);
    }
    load_words(g, role * ROLE_BYTES, code,
               (FIRST_PROGRAM + program_count * PROGRAM_BYTES) / 4);
}

#endif
