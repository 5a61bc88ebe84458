/*
 * Memory of ELF programs: loads, stores and atomics of every row against a
 * model (memory_model.h), where what may only be read and lanes' own memory
 * touch, lie apart in either order, or one is missing. Lanes execute short
 * programs of random words in both, at places that all have in common and at
 * places of their own: inside, at the ends, across the border, just outside,
 * near 0, 2^63 and 2^64.
 *
 *   SEED=N     seed (default 1, printed)
 *   COUNT=N    accesses (default 600,000)
 */
#include "memory_words.h"
#include "targets.h"
#include "window_image.h"

#define LANES 70
#define WORDS 8 /* of a program, which HLT ends */
#define PROGRAM_BYTES ((WORDS + 1) * 4)
#define OWN_MOST 0x4000

static const struct window_shape shapes[] = {
    {"touching", ARMGPU_PROGRAM_LINUX, 0x400000, 0x1040, 0x401040, 0x600, 4096,
     0},
    {"touching, a line of both", ARMGPU_PROGRAM_LINUX, 0xaaaaaaaa0000, 0x11e8,
     0xaaaaaaaa11e8, 0x598, 4096, 0},
    {"flash below", ARMGPU_PROGRAM_BARE_METAL, 0x8000000, 0xfc8, 0x20000000,
     0x600, 4096, 0},
    {"flash above", ARMGPU_PROGRAM_BARE_METAL, 0xffffffff80000000, 0x1240,
     0x10040, 0x600, 4096, 0x10b00},
    {"flash above, touching", ARMGPU_PROGRAM_BARE_METAL, 0x200000, 0x8c0,
     0x1ff500, 0x600, 4096, 0x200000},
    {"own memory alone", ARMGPU_PROGRAM_LINUX, 0, 0, 0x10000, 0x740, 4096, 0},
    {"a line of flash", ARMGPU_PROGRAM_BARE_METAL, 0, 64, 0x40000000, 0x600,
     4096, 0},
    {"around 2^63", ARMGPU_PROGRAM_LINUX, 0x7ffffffffffff000, 0x1000,
     0x8000000000000000, 0x600, 4096, 0},
};

/* A program of random words, where it is. */
struct program {
    uint64_t at;
    uint32_t words[WORDS];
};

struct bench {
    const struct window_shape *shape;
    struct window_image image;
    struct program programs[256];
    size_t count, in_text; /* of programs; in text are the first */
};

static uint64_t accesses;

static uint64_t number_from(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? strtoull(text, NULL, 0) : otherwise;
}

/* -- Places ---------------------------------------------------------------- */

/* Some place at an end of an extent, or in it. */
static uint64_t place_in(uint64_t at, uint64_t bytes)
{
    switch (random_below(&source, 4)) {
    case 0:
        return at + random_below(&source, 70) - 35;
    case 1:
        return at + bytes + random_below(&source, 70) - 60;
    default:
        return at + random_below(&source, bytes == 0 ? 1 : bytes);
    }
}

static uint64_t place(const armgpu_program_info *info, bool prefers_own)
{
    uint64_t own = info->writable_address, once = info->readonly_address;
    bool is_own = random_below(&source, 4) < (prefers_own ? 3u : 1u);
    uint64_t at = is_own ? place_in(own, info->writable_bytes)
                         : place_in(once, info->readonly_bytes);
    switch (random_below(&source, 48)) {
    case 0:
        return random_below(&source, 200) - 100;
    case 1:
        return (UINT64_C(1) << 63) + random_below(&source, 200) - 100;
    case 2:
        return random_next(&source) << random_below(&source, 64);
    case 3: /* where the sign of a difference is another */
        return at + (UINT64_C(1) << 63);
    case 4:
        return (is_own ? own : once) + (UINT64_C(1) << 63) -
               random_below(&source, 64);
    default:
        return at;
    }
}

/* A literal can reach so far. */
static uint32_t aim_literal(const struct bench *b, uint32_t w, uint64_t pc)
{
    uint64_t to = place(&b->image.info, true), by = (to - pc) / 4;
    if (to - pc + (1 << 20) >= 2 << 20)
        by = random_below(&source, 64) - UINT64_C(32);
    return (w & ~(0x7ffffu << 5)) | ((uint32_t)by & 0x7ffff) << 5;
}

/* -- Programs -------------------------------------------------------------- */

static void put_programs(struct bench *b, uint8_t *bytes, uint64_t at,
                         uint64_t room)
{
    for (uint64_t i = 0; i < room; i++)
        bytes[i] = (uint8_t)random_next(&source);
    for (uint64_t i = 0; i + PROGRAM_BYTES <= room && b->count < 256;
         i += PROGRAM_BYTES + 4 * random_below(&source, 8)) {
        struct program *p = &b->programs[b->count++];
        p->at = at + i;
        for (uint32_t k = 0; k < WORDS; k++) {
            uint64_t pc = p->at + 4 * k;
            uint32_t w;
            do
                w = word_of(rows[random_below(&source, row_count)], k);
            while (!can_be_at(w, pc));
            p->words[k] = is_literal(w) ? aim_literal(b, w, pc) : w;
            put(bytes, i + 4 * k, 4, p->words[k]);
        }
        put(bytes, i + 4 * WORDS, 4, HLT);
    }
}

/* The shape's memory is known before its bytes are. */
static void make_bench(struct bench *b, const struct window_shape *s)
{
    struct window_image *m = &b->image;
    memset(b, 0, sizeof *b);
    b->shape = s;
    shape_image(m, s);
    open_image(m, s);
    close_image(m);
    assert_true(m->info.writable_bytes <= OWN_MOST);
    put_programs(b, m->text, s->text_at, s->text_bytes & ~UINT64_C(3));
    b->in_text = b->count;
    put_programs(b, m->data, (s->data_at + 3) & ~UINT64_C(3),
                 s->data_bytes & ~UINT64_C(3));
    open_image(m, s);
}

/* -- Lanes ----------------------------------------------------------------- */

static struct model lanes[LANES];
static uint8_t own[LANES][OWN_MOST], seen[LANES][OWN_MOST];
static uint8_t once[OWN_MOST];
static const struct program *runs[LANES];
static uint32_t retired[LANES];
static uint32_t near_shift; /* of a round: how far NEAR is */

/* Lanes' memory is the handle's: after a reset what it was in the beginning. */
static void begin_models(const struct bench *b, armgpu *g, uint64_t n,
                         bool is_first)
{
    static uint8_t began[LANES][OWN_MOST];
    const armgpu_program_info *info = &b->image.info;
    memset(lanes, 0, sizeof lanes);
    assert_ok(g, armgpu_read_memory(g, 0, info->readonly_address, once,
                                    (size_t)info->readonly_bytes));
    for (uint64_t i = 0; i < n; i++) {
        lanes[i].own = own[i];
        lanes[i].once = once;
        lanes[i].own_at = info->writable_address;
        lanes[i].own_bytes = info->writable_bytes;
        lanes[i].once_at = info->readonly_address;
        lanes[i].once_bytes = info->readonly_bytes;
        assert_ok(g, armgpu_read_memory(g, i, info->writable_address, own[i],
                                        (size_t)info->writable_bytes));
        if (is_first)
            memcpy(began[i], own[i], OWN_MOST);
        assert_memory_equal(own[i], began[i], (size_t)info->writable_bytes);
    }
}

static void begin_lane(struct model *m, const struct program *p)
{
    for (int r = 0; r < 32; r++) {
        m->x[r] = random_one_in(&source, 3) ? random_below(&source, 128)
                                            : random_value(&source);
        for (int i = 0; i < 16; i++)
            m->v[r][i] = (uint8_t)random_next(&source);
    }
    m->pc = p->at;
    m->monitor_size = 0;
}

/* Where the lanes of a round access memory. */
enum aims {
    ANYWHERE, /* each somewhere else */
    UNIFORM,  /* all at one place, with few exceptions */
    NEAR,     /* each a little behind it */
    INSIDE,   /* each where it may, so that all go on together */
    AIM_COUNT
};

static uint64_t place_inside(const armgpu_program_info *info, bool is_store,
                             uint64_t bytes)
{
    bool is_own = is_store || random_one_in(&source, 2) ||
                  info->readonly_bytes < bytes;
    uint64_t at = is_own ? info->writable_address : info->readonly_address;
    uint64_t most =
        (is_own ? info->writable_bytes : info->readonly_bytes) - bytes;
    uint32_t kind = random_below(&source, 8);
    return at + (kind == 0 ? 0 : kind == 1 ? most
                                           : random_below(&source, most + 1));
}

/* The place that the access of `probe`, which has base 0, is to be at. */
static uint64_t choose_place(const struct bench *b, const struct model *probe,
                             enum aims how, uint64_t to)
{
    const bool is_store = probe->stores;
    uint64_t at;
    if (how == UNIFORM && !random_one_in(&source, 50))
        return to;
    if (how == NEAR)
        return to + (random_below(&source, 4) << near_shift);
    if (how != INSIDE || random_one_in(&source, 500)) {
        at = place(&b->image.info, is_store);
        return random_one_in(&source, 3) ? at : at & ~(probe->bytes - 1);
    }
    at = place_inside(&b->image.info, is_store, probe->bytes);
    return random_one_in(&source, 8) ? at : at & ~(probe->bytes - 1);
}

/* The base of the next word, which has had no part in what was executed. */
static void aim(const struct bench *b, struct model *m, uint32_t w,
                enum aims how, uint64_t to)
{
    uint32_t r = field(w, base_field(w), 5);
    struct model probe = *m;
    if (is_literal(w))
        return;
    probe.own_bytes = probe.once_bytes = 0;
    probe.x[r] = 0;
    model_execute(&probe, w);
    m->x[r] = choose_place(b, &probe, how, to) - probe.address;
}

/* The monitor holds what is there, or not quite. */
static void set_monitor(struct model *m, uint32_t w)
{
    if (field(w, 24, 6) != 8 || field(w, 22, 2) != 0)
        return;
    m->monitor_address = m->x[field(w, 5, 5)];
    m->monitor_size = (1u << field(w, 30, 2)) << field(w, 21, 1);
    for (uint32_t i = 0; i < 2; i++)
        m->monitor[i] = 0;
    if (!model_has(m, m->monitor_address, m->monitor_size, false))
        return;
    m->monitor[0] =
        model_load(m, m->monitor_address,
                   m->monitor_size < 8 ? (uint32_t)m->monitor_size : 8);
    if (m->monitor_size == 16)
        m->monitor[1] = model_load(m, m->monitor_address + 8, 8);
    if (random_one_in(&source, 8))
        m->monitor[random_below(&source, 2)] ^= 1;
}

static void put_state(armgpu_state *s, const struct model *m)
{
    memset(s, 0, sizeof *s);
    s->size = sizeof *s;
    memcpy(s->x, m->x, sizeof s->x);
    s->sp = m->x[31];
    memcpy(s->v, m->v, sizeof s->v);
    s->pc = m->pc;
    s->monitor_address = m->monitor_address;
    s->monitor_size = m->monitor_size;
    memcpy(s->monitor_value, m->monitor, sizeof m->monitor);
}

/* Executes the program of a lane's model; *s is how it begins: a base is known
   only when its word comes. */
static void model_lane(const struct bench *b, uint64_t i, armgpu_state *s,
                       enum aims how, const uint64_t *to)
{
    struct model *m = &lanes[i];
    const struct program *p = runs[i];
    begin_lane(m, p);
    put_state(s, m);
    retired[i] = 0;
    for (uint32_t k = 0; k < WORDS; k++) {
        uint32_t w = p->words[k], r = field(w, base_field(w), 5);
        aim(b, m, w, how, to[k]);
        if (!is_literal(w) && r < 31)
            s->x[r] = m->x[r];
        else if (!is_literal(w))
            s->sp = m->x[31];
        if (k == 0) {
            set_monitor(m, w);
            s->monitor_address = m->monitor_address;
            s->monitor_size = m->monitor_size;
            memcpy(s->monitor_value, m->monitor, sizeof m->monitor);
        }
        model_execute(m, w);
        accesses++;
        if (m->stop != ARMGPU_STOP_RUNNING)
            return;
        m->pc += 4;
        retired[i]++;
    }
}

/* -- A round --------------------------------------------------------------- */

static void check_result(const struct bench *b, uint64_t i,
                         const armgpu_lane_result *r)
{
    const struct model *m = &lanes[i];
    const bool is_fault = m->stop != ARMGPU_STOP_RUNNING;
    const uint32_t stop = is_fault ? m->stop : ARMGPU_STOP_HALT;
    char text[128] = "HLT";
    if (retired[i] < WORDS)
        armgpu_disassemble(runs[i]->words[retired[i]], m->pc, 0, text,
                           sizeof text);
    if (r->stop_reason != stop || r->stop_code != (is_fault ? m->address : 0) ||
        r->access != (is_fault ? m->access : 0) ||
        r->access_size != (is_fault ? m->bytes : 0) || r->pc != m->pc ||
        r->cycles != retired[i] + !is_fault) /* HLT is one */
        fail_msg("%s: lane %d: %s at 0x%llx, 0x%llx, access %u of %u, after "
                 "%llu; expected %s at 0x%llx, 0x%llx, access %u of %llu, "
                 "after %u: %s",
                 b->shape->name, (int)i, armgpu_stop_name(r->stop_reason),
                 (unsigned long long)r->pc, (unsigned long long)r->stop_code,
                 r->access, r->access_size, (unsigned long long)r->cycles,
                 armgpu_stop_name(stop), (unsigned long long)m->pc,
                 (unsigned long long)m->address, m->access,
                 (unsigned long long)m->bytes, retired[i], text);
}

static void print_program(uint64_t i)
{
    for (uint32_t k = 0; k < WORDS; k++) {
        char text[128];
        armgpu_disassemble(runs[i]->words[k], runs[i]->at + 4 * k, 0, text,
                           sizeof text);
        printf("%s%s\n", text, k < retired[i] ? "" : " (not retired)");
    }
}

static void check_registers(const struct bench *b, uint64_t i,
                            const armgpu_state *s)
{
    const struct model *m = &lanes[i];
    int bad = -1;
    for (int r = 0; r < 32; r++)
        if ((r < 31 ? s->x[r] : s->sp) != m->x[r] ||
            memcmp(s->v[r], m->v[r], 16) != 0)
            bad = r;
    if (bad < 0)
        return;
    print_program(i);
    fail_msg("%s: lane %d: register %d differs: 0x%llx, expected 0x%llx",
             b->shape->name, (int)i, bad,
             (unsigned long long)(bad < 31 ? s->x[bad] : s->sp),
             (unsigned long long)m->x[bad]);
}

static void check_memory(const struct bench *b, armgpu *g, uint64_t n)
{
    const armgpu_program_info *info = &b->image.info;
    static uint8_t all[LANES * OWN_MOST];
    size_t size = (size_t)info->writable_bytes;
    assert_ok(g, armgpu_read_memory_range(g, 0, n, info->writable_address, all,
                                          size));
    for (uint64_t i = 0; i < n; i++)
        for (size_t k = 0; k < size; k++)
            if (all[i * size + k] != own[i][k]) {
                print_program(i);
                fail_msg("%s: lane %d: memory at 0x%llx differs",
                         b->shape->name, (int)i,
                         (unsigned long long)(info->writable_address + k));
            }
    assert_ok(g, armgpu_read_memory(g, n - 1, info->readonly_address, seen,
                                    (size_t)info->readonly_bytes));
    assert_memory_equal(seen, once, (size_t)info->readonly_bytes);
}

/* Places that lanes have in common, for each word. */
static void choose_common(const struct bench *b, enum aims how,
                          uint64_t to[WORDS])
{
    const armgpu_program_info *info = &b->image.info;
    near_shift = random_below(&source, 5);
    for (uint32_t k = 0; k < WORDS; k++) {
        to[k] = place(info, random_one_in(&source, 2)) &
                (0 - (UINT64_C(1) << random_below(&source, 5)));
        if (how == NEAR && random_one_in(&source, 8))
            to[k] = info->readonly_address + (UINT64_C(1) << 63) - 1 -
                    random_below(&source, 63);
    }
}

static void run_round(const struct bench *b, armgpu *g, uint64_t n)
{
    static armgpu_state s[LANES];
    armgpu_lane_result r[LANES];
    const bool is_apart = random_one_in(&source, 4);
    const enum aims how = (enum aims)random_below(&source, AIM_COUNT);
    uint64_t to[WORDS];
    choose_common(b, how, to);
    for (uint64_t i = 0; i < n; i++) {
        runs[i] = i > 0 && !is_apart
                      ? runs[0]
                      : &b->programs[random_below(&source, b->count)];
        model_lane(b, i, &s[i], how, to);
    }
    assert_ok(g, armgpu_set_state(g, 0, n, s));
    assert_ok(g, armgpu_execute(g, 100, NULL));
    assert_ok(g, armgpu_get_results(g, 0, n, r));
    for (uint64_t i = 0; i < n; i++)
        s[i].size = sizeof s[i];
    assert_ok(g, armgpu_get_state(g, 0, n, s));
    for (uint64_t i = 0; i < n; i++) {
        check_result(b, i, &r[i]);
        check_registers(b, i, &s[i]);
    }
}

/* -- Handles --------------------------------------------------------------- */

static void run_handle(const struct bench *b, const struct target *t,
                       uint64_t n, uint64_t until)
{
    armgpu_options o = options_for(t, n, 0, 0);
    o.program = b->image.program;
    armgpu *g = open_with(&o);
    assert_int_equal(armgpu_get_memory_size(g), b->image.info.writable_bytes);
    for (uint32_t round = 0; round == 0 || accesses < until; round++) {
        if (round % 32 == 0) {
            assert_ok(g, armgpu_reset(g));
            begin_models(b, g, n, round == 0);
        }
        run_round(b, g, n);
        if (round % 4 == 3)
            check_memory(b, g, n);
    }
    check_memory(b, g, n);
    armgpu_close(g);
}

static void every_shape(const struct target *t, uint64_t most)
{
    static const uint64_t counts[] = {1, 3, 33, LANES};
    static struct bench b;
    uint64_t from = accesses, done = 0;
    const uint64_t all = LENGTH(shapes) * LENGTH(counts);
    for (size_t i = 0; i < LENGTH(shapes); i++) {
        make_bench(&b, &shapes[i]);
        for (size_t k = 0; k < LENGTH(counts); k++)
            run_handle(&b, t, counts[k], from + most * ++done / all);
        close_image(&b.image);
    }
    printf("%s, %u threads, layout %u: %llu accesses so far\n", t->backend,
           t->threads, t->layout, (unsigned long long)accesses);
}

static void against_model(void **state)
{
    uint64_t seed = number_from("SEED", 1);
    uint64_t count = number_from("COUNT", 600000);
    (void)state;
    printf("SEED=%llu COUNT=%llu\n", (unsigned long long)seed,
           (unsigned long long)count);
    source = random_for(seed, 0x77, 0);
    find_rows();
    find_targets();
    for (size_t i = 0; i < target_count; i++)
        every_shape(&targets[i], count / target_count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(against_model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
