/*
 * Slots that are used again: a lane of a later wave finds its memory as it
 * began, whatever lanes before it stored there, and by which instruction; what
 * is restored is only what they changed. Every form of store is a program of
 * its own, which first looks at all of its memory (a sum that a word of it
 * brings to 0) and stops with code 1 where it is not as at the start. Results
 * and whole memories are compared with those of a handle in which all lanes are
 * resident.
 */
#include "targets.h"

#include "core/engine.h"

#define LANES 70
#define PROGRAM_WORDS 32 /* the last two bring the sum to 0 */
#define PROGRAM_BYTES (PROGRAM_WORDS * 4)
#define DATA_BYTES 64 /* at the end of memory */
#define UNALIGNED 1
#define PAIR 2

struct word {
    uint32_t word;
    const char *text;
};

/* x24: size of memory; x25: lanes with one of these bits store nothing; x20,
   x21, x22, x23, x26: where, see set_places(). Stores are to [x1], of x2. */
static const struct word prologue[] = {
    {0xd280002b, "mov x11, #0x1"},
    {0xf840852c, "ldr x12, [x9], #8"},
    {0x9b0b298a, "madd x10, x12, x11, x10"},
    {0x9100096b, "add x11, x11, #0x2"},
    {0xeb18013f, "cmp x9, x24"},
    {0x54ffff83, "b.cc"},
    {0xb400004a, "cbz"},
    {0xd4400020, "hlt #0x1"},
    {0xd53bd060, "mrs x0, tpidrro_el0"},
    {0xea19001f, "tst x0, x25"},
    {0x54000101, "b.ne"},
    {0x9b147c01, "mul x1, x0, x20"},
    {0x8b150021, "add x1, x1, x21"},
    {0x9bd67c21, "umulh x1, x1, x22"},
    {0x8a170021, "and x1, x1, x23"},
    {0x8b1a0021, "add x1, x1, x26"},
    {0xb200c002, "orr x2, x0, #0x101010101010101"},
    {0x14000002, "b"},
    {0xd4400000, "hlt #0x0"},
};

static const struct form {
    const char *name;
    uint32_t bytes, traits;
    struct word words[8];
} forms[] = {
    {"strb", 1, 0,
     {{0x39000022, "strb w2, [x1]"}}},
    {"strh", 2, 0,
     {{0x79000022, "strh w2, [x1]"}}},
    {"str_w", 4, 0,
     {{0xb9000022, "str w2, [x1]"}}},
    {"str_x", 8, 0,
     {{0xf9000022, "str x2, [x1]"}}},
    {"strh_u", 2, 1,
     {{0x78000022, "sturh w2, [x1]"}}},
    {"str_wu", 4, 1,
     {{0xb8000022, "stur w2, [x1]"}}},
    {"str_xu", 8, 1,
     {{0xf8000022, "stur x2, [x1]"}}},
    {"str_pre", 8, 1,
     {{0xd1002024, "sub x4, x1, #0x8"},
      {0xf8008c82, "str x2, [x4, #8]!"}}},
    {"str_post", 8, 1,
     {{0xf8008422, "str x2, [x1], #8"}}},
    {"str_reg", 8, 1,
     {{0xd2800005, "mov x5, #0x0"},
      {0xf82168a2, "str x2, [x5, x1]"}}},
    {"stp_w", 4, 3,
     {{0x29000822, "stp w2, w2, [x1]"}}},
    {"stp_x", 8, 3,
     {{0xa9000822, "stp x2, x2, [x1]"}}},
    {"stlrb", 1, 0,
     {{0x089ffc22, "stlrb w2, [x1]"}}},
    {"stlrh", 2, 0,
     {{0x489ffc22, "stlrh w2, [x1]"}}},
    {"stlr_w", 4, 0,
     {{0x889ffc22, "stlr w2, [x1]"}}},
    {"stlr_x", 8, 0,
     {{0xc89ffc22, "stlr x2, [x1]"}}},
    {"stlur", 8, 0,
     {{0xd9000022, "stlur x2, [x1]"}}},
    {"stxrb", 1, 0,
     {{0x085f7c24, "ldxrb w4, [x1]"},
      {0x08057c22, "stxrb w5, w2, [x1]"}}},
    {"stxrh", 2, 0,
     {{0x485f7c24, "ldxrh w4, [x1]"},
      {0x48057c22, "stxrh w5, w2, [x1]"}}},
    {"stxr_w", 4, 0,
     {{0x885f7c24, "ldxr w4, [x1]"},
      {0x88057c22, "stxr w5, w2, [x1]"}}},
    {"stxr_x", 8, 0,
     {{0xc85f7c24, "ldxr x4, [x1]"},
      {0xc8057c22, "stxr w5, x2, [x1]"}}},
    {"stxp_w", 8, 0,
     {{0x887f1824, "ldxp w4, w6, [x1]"},
      {0x88250822, "stxp w5, w2, w2, [x1]"}}},
    {"stxp_x", 16, 0,
     {{0xc87f1824, "ldxp x4, x6, [x1]"},
      {0xc8258822, "stlxp w5, x2, x2, [x1]"}}},
    {"casb", 1, 0,
     {{0x39400024, "ldrb w4, [x1]"},
      {0x08a47c22, "casb w4, w2, [x1]"}}},
    {"cash", 2, 0,
     {{0x79400024, "ldrh w4, [x1]"},
      {0x48a47c22, "cash w4, w2, [x1]"}}},
    {"cas_w", 4, 0,
     {{0xb9400024, "ldr w4, [x1]"},
      {0x88a47c22, "cas w4, w2, [x1]"}}},
    {"cas_x", 8, 0,
     {{0xf9400024, "ldr x4, [x1]"},
      {0xc8e4fc22, "casal x4, x2, [x1]"}}},
    {"casp_w", 8, 0,
     {{0x29401424, "ldp w4, w5, [x1]"},
      {0xaa0203e3, "mov x3, x2"},
      {0x08247c22, "casp w4, w5, w2, w3, [x1]"}}},
    {"casp_x", 16, 0,
     {{0xa9401424, "ldp x4, x5, [x1]"},
      {0xaa0203e3, "mov x3, x2"},
      {0x4864fc22, "caspal x4, x5, x2, x3, [x1]"}}},
    {"swpb", 1, 0,
     {{0x38228024, "swpb w2, w4, [x1]"}}},
    {"swph", 2, 0,
     {{0x78228024, "swph w2, w4, [x1]"}}},
    {"swp_w", 4, 0,
     {{0xb8228024, "swp w2, w4, [x1]"}}},
    {"swp_x", 8, 0,
     {{0xf8e28024, "swpal x2, x4, [x1]"}}},
    {"ldaddb", 1, 0,
     {{0x38220024, "ldaddb w2, w4, [x1]"}}},
    {"ldeor_x", 8, 0,
     {{0xf8222024, "ldeor x2, x4, [x1]"}}},
    {"stadd_w", 4, 0,
     {{0xb822003f, "stadd w2, [x1]"}}},
    {"dc_zva", 64, 0,
     {{0xd50b7421, "dc zva, x1"}}},
    {"str_b", 1, 0,
     {{0x9c000002, "ldr q2, 0x0"},
      {0x3d000022, "str b2, [x1]"}}},
    {"str_q", 16, 1,
     {{0x9c000002, "ldr q2, 0x0"},
      {0x3d800022, "str q2, [x1]"}}},
    {"stp_q", 16, 3,
     {{0x9c000002, "ldr q2, 0x0"},
      {0xad000822, "stp q2, q2, [x1]"}}},
    {"st1", 64, 1,
     {{0x9c000002, "ldr q2, 0x0"},
      {0x4c002022, "st1 {v2.16b-v5.16b}, [x1]"}}},
    {"st4", 64, 1,
     {{0x9c000002, "ldr q2, 0x0"},
      {0x4c000422, "st4 {v2.8h-v5.8h}, [x1]"}}},
    {"st1_one", 8, 1,
     {{0x9c000002, "ldr q2, 0x0"},
      {0x4d008422, "st1 {v2.d}[1], [x1]"}}},
    {"some, then all", 8, 0,
     {{0x37000040, "tbnz"},
      {0xf9000022, "str x2, [x1]"},
      {0xf9000022, "str x2, [x1]"}}},
    {"code", 4, 0,
     {{0x52ba8804, "mov w4, #0xd4400000"},
      {0x331b0c04, "bfi w4, w0, #5, #4"},
      {0xb9000024, "str w4, [x1]"},
      {0xd50b7521, "ic ivau, x1"},
      {0xd5033fdf, "isb"},
      {0xd61f0020, "br x1"}}},
    {"jump", 4, 0,
     {{0x360000e0, "tbz"},
      {0x52ba8804, "mov w4, #0xd4400000"},
      {0x331b0c04, "bfi w4, w0, #5, #4"},
      {0xb9000024, "str w4, [x1]"},
      {0xd50b7521, "ic ivau, x1"},
      {0xd5033fdf, "isb"},
      {0xd503201f, "nop"},
      {0xd61f0020, "br x1"}}},
};

static uint64_t random_state = 1;
static uint64_t random_64(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * UINT64_C(0x2545f4914f6cdd1d);
}

/* -- Programs -------------------------------------------------------------- */

static void put_words(uint8_t *out, const struct word *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (int b = 0; b < 4; b++)
            out[i * 4 + (size_t)b] = (uint8_t)(words[i].word >> (8 * b));
}

static uint64_t get_word(const uint8_t *bytes)
{
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v |= (uint64_t)bytes[i] << (8 * i);
    return v;
}

/* Words of `bytes` at an address, each times an odd number. */
static uint64_t sum_of(const uint8_t *bytes, uint64_t size, uint64_t address)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < size; i += 8)
        sum += get_word(bytes + i) * ((address + i) / 4 + 1);
    return sum;
}

static uint64_t inverse(uint64_t odd)
{
    uint64_t v = odd;
    for (int i = 0; i < 6; i++)
        v *= 2 - odd * v;
    return v;
}

/* A form's program; all else that memory has sums up to `others`. */
static void make_program(uint8_t out[PROGRAM_BYTES], const struct form *form,
                         uint64_t others)
{
    const struct word end = {HLT, "hlt"};
    size_t n = LENGTH(prologue), k = 0;
    memset(out, 0, PROGRAM_BYTES);
    put_words(out, prologue, n);
    for (; k < LENGTH(form->words) && form->words[k].text != NULL; k++)
        put_words(out + (n + k) * 4, &form->words[k], 1);
    put_words(out + (n + k) * 4, &end, 1);
    assert_true(n + k + 1 <= PROGRAM_WORDS - 2);
    uint64_t at = PROGRAM_BYTES - 8;
    uint64_t v = (0 - others - sum_of(out, at, 0)) * inverse(at / 4 + 1);
    for (int b = 0; b < 8; b++)
        out[at + (uint64_t)b] = (uint8_t)(v >> (8 * b));
}

static void words_are_what_they_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(prologue); i++)
        check_text(prologue[i].word, prologue[i].text);
    for (size_t i = 0; i < LENGTH(forms); i++)
        for (size_t k = 0; k < 8 && forms[i].words[k].text != NULL; k++)
            check_text(forms[i].words[k].word, forms[i].words[k].text);
}

/* -- Where lanes store ----------------------------------------------------- */

enum places {
    EACH_ITS_OWN,  /* anywhere behind the program */
    ALL_AT_ONE,
    UNALIGNED_OWN,
    OVER_EDGES,    /* of 256 bytes, which pieces begin at */
    OVER_ONE_EDGE, /* the same for all lanes */
    PLACES
};

static bool has_places(const struct form *f, int places, uint64_t memory)
{
    if (places == UNALIGNED_OWN)
        return (f->traits & UNALIGNED) != 0;
    return places < OVER_EDGES || (f->traits != 0 && memory >= 1024);
}

/* How far before an edge: half the access is beyond it. */
static uint64_t before_edge(const struct form *f)
{
    if ((f->traits & PAIR) == 0)
        return f->bytes / 2;
    return (f->traits & UNALIGNED) != 0 && random_64() % 2 == 0
               ? f->bytes + f->bytes / 2
               : f->bytes;
}

/* x1 = x26 + (high half of (lane * x20 + x21) * x22) & x23 */
struct start {
    uint64_t x[32];
};
static struct start choose_places(const struct form *f, int places,
                                  uint64_t memory)
{
    struct start s = {{0}};
    bool is_one = places == ALL_AT_ONE || places == OVER_ONE_EDGE;
    s.x[20] = is_one ? 0 : UINT64_C(0x9e3779b97f4a7c15);
    s.x[21] = random_64();
    s.x[22] = memory - PROGRAM_BYTES - 2 * f->bytes + 1;
    s.x[23] = ~(uint64_t)(f->bytes - 1);
    s.x[24] = memory;
    s.x[25] = random_64() % 2;
    s.x[26] = PROGRAM_BYTES;
    if (places == UNALIGNED_OWN)
        s.x[23] = ~(uint64_t)0;
    if (places >= OVER_EDGES) {
        s.x[23] = ~(uint64_t)255;
        s.x[22] = memory - 256;
        s.x[26] = 256 - before_edge(f);
    }
    if (f->bytes == 64 && is_one) { /* zeros that are seen */
        s.x[22] = 0;
        s.x[26] = memory - DATA_BYTES;
    }
    return s;
}

static void set_start(armgpu *g, const struct start *s)
{
    for (uint32_t r = 20; r <= 26; r++)
        assert_ok(g, armgpu_set_register_all(g, r, 0, s->x[r]));
}

/* -- Runs ------------------------------------------------------------------ */

/* What became of each lane: results, registers, all of its memory. */
struct seen {
    uint64_t memory, lanes;
    uint64_t hash[LANES];
    bool writes; /* the host changes memory of some lanes */
    armgpu_result totals;
};

static uint64_t mix(uint64_t h, uint64_t v)
{
    return (h ^ v) * UINT64_C(0x100000001b3) ^ h >> 29;
}

static void scribble(armgpu *g, uint64_t lane, uint64_t memory, uint64_t seed)
{
    const uint8_t bytes[] = {0xa5, 0x5a, 0xc3};
    uint64_t h = (lane + 1) * seed;
    assert_ok(g, armgpu_write_memory(g, lane,
                                     PROGRAM_BYTES +
                                         (h >> 20) %
                                             (memory - PROGRAM_BYTES - 3),
                                     bytes, sizeof bytes));
}

static int32_t on_prepare(void *user, armgpu *g, uint64_t first, uint64_t n)
{
    struct seen *s = user;
    for (uint64_t lane = first; lane < first + n && s->writes; lane++)
        if (lane % 5 == 2)
            scribble(g, lane, s->memory, UINT64_C(0xd1342543de82ef95));
    return 0;
}

static int32_t on_finish(void *user, armgpu *g, const uint64_t *lanes,
                         const armgpu_lane_result *results, uint64_t n)
{
    struct seen *s = user;
    uint8_t *bytes = malloc(s->memory);
    assert_non_null(bytes);
    for (uint64_t i = 0; i < n; i++) {
        uint64_t regs[32];
        uint64_t h = mix(results[i].stop_reason, results[i].stop_code);
        h = mix(mix(h, results[i].pc), results[i].cycles);
        assert_ok(g, armgpu_get_lane_registers(g, lanes[i], regs));
        assert_ok(g, armgpu_read_memory(g, lanes[i], 0, bytes, s->memory));
        for (int r = 0; r < 32; r++)
            h = mix(h, regs[r]);
        for (uint64_t at = 0; at < s->memory; at += 8)
            h = mix(h, get_word(bytes + at));
        s->hash[lanes[i]] = h;
        if (s->writes && lanes[i] % 3 == 0) /* what nobody is to see */
            scribble(g, lanes[i], s->memory, UINT64_C(0xaf251af3b0f025b5));
    }
    free(bytes);
    return 0;
}

static void run(armgpu *g, struct seen *s, bool has_callbacks)
{
    armgpu_set_prepare(g, has_callbacks ? on_prepare : NULL, s);
    armgpu_set_finish(g, has_callbacks ? on_finish : NULL, s);
    s->totals.size = sizeof s->totals;
    assert_ok(g, armgpu_execute(g, 0, &s->totals));
}

/* A handle with everything that the slots under test are to begin with. */
static const struct target reference = {"cpu", 1, 1, 0};

static void compare(const struct target *t, uint64_t resident,
                    const struct seen *got, const struct seen *expected,
                    bool has_callbacks, const char *what, int places)
{
    for (uint64_t lane = 0; lane < got->lanes && has_callbacks; lane++)
        if (got->hash[lane] != expected->hash[lane])
            fail_msg("%s, layout %u, %u threads, %llu of %llu lanes of %llu "
                     "bytes, %s, places %d: lane %llu differs", t->backend,
                     t->layout, t->threads, (unsigned long long)resident,
                     (unsigned long long)got->lanes,
                     (unsigned long long)got->memory, what, places,
                     (unsigned long long)lane);
    if (got->totals.total_cycles != expected->totals.total_cycles ||
        got->totals.nonzero_codes != expected->totals.nonzero_codes ||
        memcmp(got->totals.stops, expected->totals.stops,
               sizeof got->totals.stops) != 0)
        fail_msg("%s, layout %u, %u threads, %llu of %llu lanes of %llu bytes, "
                 "%s, places %d: %llu codes are not 0, not %llu", t->backend,
                 t->layout, t->threads, (unsigned long long)resident,
                 (unsigned long long)got->lanes,
                 (unsigned long long)got->memory, what, places,
                 (unsigned long long)got->totals.nonzero_codes,
                 (unsigned long long)expected->totals.nonzero_codes);
}

/* -- One form at a time ---------------------------------------------------- */

/* What all programs have at the end of memory; the sum that it makes. */
static uint64_t load_data(armgpu *g, uint64_t memory)
{
    uint8_t data[DATA_BYTES];
    for (int i = 0; i < DATA_BYTES; i++)
        data[i] = (uint8_t)(i * 7 + 1);
    assert_ok(g, armgpu_load_data(g, data, DATA_BYTES, memory - DATA_BYTES));
    return sum_of(data, DATA_BYTES, memory - DATA_BYTES);
}

static void load_form(armgpu *g, const struct form *f, uint64_t memory)
{
    uint8_t program[PROGRAM_BYTES];
    make_program(program, f, load_data(g, memory));
    assert_ok(g, armgpu_load_program(g, program, PROGRAM_BYTES, 0));
}

/* One form at some places: as the reference has it, waves without callbacks,
   with the host's writes, and without them once more. */
static void try_form(const struct target *t, armgpu *g, uint64_t resident,
                     const struct form *f, int places, uint64_t memory)
{
    struct start s = choose_places(f, places, memory);
    for (int round = 0; round < 3; round++) {
        struct seen expected = {memory, LANES, {0}, round == 1, {0}};
        struct seen got = expected;
        armgpu *all = open_target(&reference, LANES, 0, memory);
        load_form(all, f, memory);
        set_start(all, &s);
        run(all, &expected, round > 0);
        armgpu_close(all);
        if (round == 0) {
            load_form(g, f, memory);
            set_start(g, &s);
        }
        assert_ok(g, armgpu_reset(g));
        run(g, &got, round > 0);
        compare(t, resident, &got, &expected, round > 0, f->name, places);
    }
}

static void try_forms(const struct target *t, uint64_t resident,
                      uint64_t memory)
{
    armgpu *g = open_target(t, LANES, resident, memory);
    assert_int_equal(armgpu_get_num_resident(g), resident);
    for (size_t i = 0; i < LENGTH(forms); i++)
        for (int places = 0; places < PLACES; places++)
            if (has_places(&forms[i], places, memory))
                try_form(t, g, resident, &forms[i], places, memory);
    armgpu_close(g);
}

static void every_form_of_store_is_undone(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        if (targets[i].spread != 0) /* the same code on fewer threads */
            continue;
        try_forms(&targets[i], 33, 4096);
        if (strcmp(targets[i].backend, "cpu") == 0 && targets[i].threads == 1) {
            try_forms(&targets[i], 3, 4096); /* lanes one by one */
            try_forms(&targets[i], 5, 256);
        }
    }
}

/* -- All forms, a program each --------------------------------------------- */

static void load_all(armgpu *g, const struct start *s, bool has_data)
{
    uint64_t others = has_data ? load_data(g, s->x[24]) : 0;
    uint8_t program[PROGRAM_BYTES];
    uint32_t id;
    for (size_t i = 0; i < LENGTH(forms); i++) {
        make_program(program, &forms[i], others);
        if (i == 0)
            assert_ok(g, armgpu_load_program(g, program, PROGRAM_BYTES, 0));
        else
            assert_ok(g, armgpu_add_program(g, program, PROGRAM_BYTES, 0, &id));
    }
    set_start(g, s);
    assert_ok(g, armgpu_assign_programs(g, ARMGPU_ASSIGN_ROUND_ROBIN, NULL, 0));
}

static void try_all(const struct target *t, uint64_t lanes, uint64_t resident,
                    uint64_t memory)
{
    const struct form widest = {"", 64, 0, {{0, NULL}}};
    armgpu *g = open_target(t, lanes, resident, memory);
    for (int round = 0; round < 4; round++) {
        struct start s = choose_places(&widest, round % 2, memory);
        struct seen expected = {memory, lanes, {0}, round == 2, {0}};
        struct seen got = expected;
        armgpu *all = open_target(&reference, lanes, 0, memory);
        load_all(all, &s, lanes % 2 == 0);
        run(all, &expected, round > 0);
        armgpu_close(all);
        if (round == 0)
            load_all(g, &s, lanes % 2 == 0);
        set_start(g, &s);
        assert_ok(g, armgpu_reset(g));
        run(g, &got, round > 0);
        compare(t, resident, &got, &expected, round > 0, "all forms", round);
    }
    armgpu_close(g);
}

static void programs_take_each_others_slots(void **state)
{
    static const uint64_t sizes[] = {320, 16384, 16448, 65600};
    (void)state;
    for (size_t i = 0; i < target_count; i++) {
        for (size_t k = 0; k < LENGTH(sizes); k++) {
            try_all(&targets[i], LANES, 1, sizes[k]);
            try_all(&targets[i], LANES - 1, 7, sizes[k]); /* without data */
            try_all(&targets[i], LANES, 64, sizes[k]);
        }
        try_all(&targets[i], 12, 5, 1 << 20);
    }
}

/* -- A run that is to end -------------------------------------------------- */

/* Fills all memory behind the program, so that all of it must be restored. */
static const struct form fill = {
    "fill", 8, 0,
    {{0xa8810822, "stp x2, x2, [x1], #16"},
     {0xeb18003f, "cmp x1, x24"},
     {0x54ffffc3, "b.cc"}}};

/* What the backend was told to restore: until it was the first time, when the
   run is asked to end, and since then. */
static struct {
    armgpu *g;
    const struct ag_backend *backend;
    uint64_t before, after;
    bool stops;
} restored;

static int32_t count_launch(ag_device *device, const ag_kernel *kernel,
                            ag_buffer *const buffers[AG_ARGUMENT_COUNT],
                            const ag_slice_args *args)
{
    if (kernel == restored.g->kernels[AG_KERNEL_SERVE].kernel &&
        args->begin > 0 &&
        (args->serve == AG_SERVE_BEGIN || args->serve == AG_SERVE_TURN ||
         args->serve == AG_SERVE_RESTORE)) {
        uint64_t bytes = args->begin * args->size;
        if (restored.before == 0)
            restored.before = bytes;
        else
            restored.after += bytes;
        if (bytes > 0 && restored.stops)
            armgpu_request_stop(restored.g);
    }
    return restored.backend->launch(device, kernel, buffers, args);
}

static void stop_while_restoring(const struct target *t, uint64_t limit,
                                 bool has_callbacks)
{
    const uint64_t lanes = 60, resident = 20, memory = 4096;
    struct start s = {{[24] = 4096, [26] = PROGRAM_BYTES}};
    struct seen seen = {memory, lanes, {0}, false, {0}};
    armgpu *g = open_target(t, lanes, resident, memory);
    struct ag_backend counting = *g->backend;
    uint64_t halted = 0;
    load_form(g, &fill, memory);
    set_start(g, &s);
    restored.g = g;
    restored.backend = g->backend;
    counting.launch = count_launch;
    g->backend = &counting;
    g->restore_bytes = limit;
    for (int i = 0; i < 6 && halted < lanes; i++) {
        restored.before = restored.after = 0;
        restored.stops = i < 5; /* in steps it would never get on */
        run(g, &seen, has_callbacks);
        assert_int_equal(seen.totals.nonzero_codes, 0);
        halted += seen.totals.stops[ARMGPU_STOP_HALT];
        /* all of a slot at once where the device fills slots by itself */
        assert_in_range(restored.before, 0, limit < memory && !has_callbacks &&
                                                    !g->state.is_mapped
                                                ? memory : limit);
        if (restored.stops)
            assert_int_equal(restored.after, 0);
    }
    assert_int_equal(halted, lanes);
    g->backend = restored.backend;
    armgpu_close(g);
}

static void a_run_that_is_to_end_restores_no_more(void **state)
{
    (void)state;
    for (size_t i = 0; i < target_count; i++)
        for (int has_callbacks = 0; has_callbacks < 2; has_callbacks++) {
            stop_while_restoring(&targets[i], 16384, has_callbacks);
            stop_while_restoring(&targets[i], 1024, has_callbacks);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_what_they_say),
        cmocka_unit_test(every_form_of_store_is_undone),
        cmocka_unit_test(programs_take_each_others_slots),
        cmocka_unit_test(a_run_that_is_to_end_restores_no_more),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
