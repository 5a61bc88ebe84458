/*
 * Code of ELF programs against a model that fetches word by word: segments full
 * of random additions and branches, within and between what may only be read
 * and lanes' own memory, off their ends and to nowhere; words that a lane puts
 * into its own memory (STR, IC IVAU) and words that the host puts there;
 * breakpoints, and one lane traced.
 *
 *   SEED=N     seed (default 1, printed)
 *   ROUNDS=N   rounds a handle (default 40)
 */
#include "memory_model.h"
#include "random.h"
#include "targets.h"
#include "window_image.h"

#define LANES 70
#define CYCLES 150
#define ZONE 0x200 /* bytes at the data's end that lanes write words to */
#define BREAKPOINTS 12
#define IVAU 0xd50b752b /* ic ivau, x11, behind str w10, [x11] */

static const struct window_shape shapes[] = {
    {"touching", ARMGPU_PROGRAM_LINUX, 0xaaaaaaaa0000, 0x21c0, 0xaaaaaaaa21c0,
     0x1a00, 4096, 0},
    {"flash below", ARMGPU_PROGRAM_BARE_METAL, 0x8000000, 0x1fc8, 0x20000000,
     0x1840, 4096, 0},
    {"flash above", ARMGPU_PROGRAM_BARE_METAL, 0xffffffff80000000, 0x1240,
     0x10040, 0x1600, 4096, 0x11b00},
    {"flash above, touching", ARMGPU_PROGRAM_BARE_METAL, 0x200000, 0x10c0,
     0x1fe500, 0x1a80, 4096, 0x200000},
    {"own memory alone", ARMGPU_PROGRAM_LINUX, 0, 0, 0x10000, 0x1740, 4096, 0},
};

struct lane {
    struct model m; /* of memory: what is fetched */
    uint64_t cycles;
    uint32_t nzcv, stop;
    uint64_t code;
    bool passes; /* the breakpoint at its PC */
};

static struct random_source source;
static struct window_image image;
static const struct window_shape *shape;
static struct lane lanes[LANES];
static uint8_t own[LANES][0x4000], once[0x3000];
static uint64_t breakpoints[BREAKPOINTS];
static size_t breakpoint_count;
static uint64_t traced[CYCLES + 1], trace_count;
static uint32_t traced_words[CYCLES + 1];

static uint64_t number_from(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? strtoull(text, NULL, 0) : otherwise;
}

/* -- Words ----------------------------------------------------------------- */

/* An address of code, often the first or last of an extent, or behind it. */
static uint64_t code_place(void)
{
    const armgpu_program_info *f = &image.info;
    const bool is_own = f->readonly_bytes == 0 || random_one_in(&source, 2);
    uint64_t at = is_own ? f->writable_address : f->readonly_address;
    uint64_t bytes = is_own ? f->writable_bytes : f->readonly_bytes;
    switch (random_below(&source, 12)) {
    case 0:
        return at;
    case 1:
        return at + bytes - 4 * (1 + random_below(&source, 3));
    case 2:
        return random_one_in(&source, 6) ? at + bytes : at;
    default:
        if (is_own) /* what has words */
            bytes = shape->data_at + shape->data_bytes - at;
        return at + random_below(&source, bytes / 4) * 4;
    }
}

static uint32_t branch(uint32_t w, uint64_t pc, int low, int width)
{
    uint64_t by = (code_place() - pc) / 4;
    if (by + (UINT64_C(1) << (width - 1)) >= UINT64_C(1) << width)
        by = random_below(&source, 64) - UINT64_C(20);
    return w | ((uint32_t)by & ((1u << width) - 1)) << low;
}

/* One that lanes may find in any place. */
static uint32_t plain_word(uint64_t pc)
{
    switch (random_below(&source, 24)) {
    case 0:
        return branch(0x14000000 | random_below(&source, 2) << 31, pc, 0, 26);
    case 1:
    case 2:
        return branch(0x54000000 | random_below(&source, 16), pc, 5, 19);
    case 3: /* CBZ, CBNZ of X0, X1, W0, W1 */
        return branch(0x34000000 | random_below(&source, 2) << 31 |
                          random_below(&source, 2) << 24 |
                          random_below(&source, 2),
                      pc, 5, 19);
    case 4: /* TBZ, TBNZ */
        return branch(0x36000000 | random_below(&source, 2) << 24 |
                          random_below(&source, 8) << 19,
                      pc, 5, 14);
    case 5: /* BR, BLR, RET */
        return 0xd61f0000 | random_below(&source, 3) << 21 |
               (2 + random_below(&source, 7)) << 5;
    case 6:
        return 0x10000001 | random_below(&source, 4) << 29 |
               random_below(&source, 0x1000) << 5; /* ADR X1 */
    case 7:
        if (random_one_in(&source, 8))
            return HLT | random_below(&source, 99) << 5;
        return random_one_in(&source, 8) ? 0xd4200000 | 7 << 5 /* BRK */
               : random_one_in(&source, 8) ? random_below(&source, 0x10000)
                                           : 0xd503201f;
    default: /* ADD Xd, X0, imm */
        return 0x91000000 | random_below(&source, 4096) << 10 |
               random_below(&source, 8) / 7;
    }
}

/* STR and IC IVAU go together; IC IVAU alone is anywhere. */
static void put_words(uint8_t *bytes, uint64_t at, uint64_t size)
{
    for (uint64_t i = 0; i + 4 <= size; i += 4) {
        bool is_pair = i + 8 + ZONE < size && random_one_in(&source, 30);
        if (is_pair)
            put(bytes, i, 4, 0xb900016a); /* str w10, [x11] */
        i += is_pair ? 4 : 0;
        put(bytes, i, 4,
            is_pair                      ? IVAU
            : random_one_in(&source, 60) ? 0xd50b752c /* ic ivau, x12 */
                                         : plain_word(at + i));
    }
}

/* -- The model ------------------------------------------------------------- */

static bool is_breakpoint(uint64_t pc)
{
    for (size_t i = 0; i < breakpoint_count; i++)
        if (breakpoints[i] == pc)
            return true;
    return false;
}

static bool holds(uint32_t nzcv, uint32_t cond)
{
    bool n = nzcv >> 3 & 1, z = nzcv >> 2 & 1, c = nzcv >> 1 & 1, v = nzcv & 1;
    const bool all[] = {z, c, n, v, c && !z, n == v, n == v && !z, true};
    return all[cond >> 1] != ((cond & 1) != 0 && cond != 15);
}

static uint64_t target(uint64_t pc, uint32_t w, int low, int width)
{
    return pc + signed_field(w, low, width) * 4;
}

static bool end(struct lane *l, uint32_t stop, uint64_t code)
{
    l->stop = stop;
    l->code = code;
    return false;
}

/* Executes w; false if it stops the lane. */
static bool step(struct lane *l, uint32_t w)
{
    uint64_t *x = l->m.x, pc = l->m.pc, next = pc + 4, to;
    if (w >> 24 == 0x91) {
        x[field(w, 0, 5)] = x[field(w, 5, 5)] + field(w, 10, 12);
    } else if (field(w, 26, 5) == 5) {
        if (w >> 31)
            x[30] = next;
        next = target(pc, w, 0, 26);
    } else if (w >> 24 == 0x54) {
        next = holds(l->nzcv, w & 15) ? target(pc, w, 5, 19) : next;
    } else if ((w & 0x7e000000) == 0x34000000) {
        to = w >> 31 ? x[w & 1] : (uint32_t)x[w & 1];
        next = (to == 0) != field(w, 24, 1) ? target(pc, w, 5, 19) : next;
    } else if ((w & 0xfe000000) == 0x36000000) {
        to = x[w & 31] >> field(w, 19, 5) & 1;
        next = to == field(w, 24, 1) ? target(pc, w, 5, 14) : next;
    } else if (w >> 25 == 0x6b) {
        to = x[field(w, 5, 5)];
        if (field(w, 21, 2) == 1)
            x[30] = next;
        next = to;
    } else if ((w & 0x9f000000) == 0x10000000) {
        x[1] = pc + (signed_field(w, 5, 19) << 2 | field(w, 29, 2));
    } else if (w == 0xb900016a) {
        model_execute(&l->m, w);
        if (l->m.stop != ARMGPU_STOP_RUNNING)
            return end(l, l->m.stop, l->m.address);
    } else if (w >> 21 == HLT >> 21) {
        l->cycles++;
        return end(l, ARMGPU_STOP_HALT, field(w, 5, 16));
    } else if (w >> 21 == 0xd4200000 >> 21) {
        l->cycles++;
        return end(l, ARMGPU_STOP_BREAKPOINT, field(w, 5, 16));
    } else if (w >> 16 == 0) {
        return end(l, ARMGPU_STOP_UNDEFINED, w);
    }
    l->m.pc = next;
    l->cycles++;
    return true;
}

/* Up to CYCLES instructions; `is_traced`: these are what the callback is to
   have seen. */
static void model_run(struct lane *l, bool is_traced)
{
    for (uint32_t n = 0;; n++) {
        if (n == CYCLES) {
            end(l, ARMGPU_STOP_MAX_CYCLES, 0);
            return;
        }
        if (!l->passes && l->m.pc % 4 == 0 && is_breakpoint(l->m.pc)) {
            l->passes = true;
            end(l, ARMGPU_STOP_BREAKPOINT, ARMGPU_CODE_BREAKPOINT);
            return;
        }
        l->passes = false;
        if (l->m.pc % 4 != 0 || model_byte(&l->m, l->m.pc) == NULL) {
            end(l, ARMGPU_STOP_FETCH_FAULT, 0);
            return;
        }
        uint32_t w = (uint32_t)model_load(&l->m, l->m.pc, 4);
        if (is_traced && (traced[n] != l->m.pc || traced_words[n] != w))
            fail_msg("%s: instruction %u was traced at 0x%llx as 0x%x, not at "
                     "0x%llx as 0x%x", shape->name, n,
                     (unsigned long long)traced[n], traced_words[n],
                     (unsigned long long)l->m.pc, w);
        if (!step(l, w))
            return;
    }
}

/* -- A handle -------------------------------------------------------------- */

static void begin_lane(struct lane *l)
{
    const uint64_t zone = shape->data_at + shape->data_bytes - ZONE;
    for (int r = 0; r < 32; r++)
        l->m.x[r] = r < 2 ? random_below(&source, 3) : code_place();
    if (random_one_in(&source, 4))
        l->m.x[8] = random_value(&source);
    l->m.x[11] = zone + random_below(&source, ZONE / 4) * 4;
    l->m.x[10] = plain_word(l->m.x[11]);
    if (random_one_in(&source, 20))
        l->m.x[11] = code_place() & ~UINT64_C(3);
    if (model_byte(&l->m, l->m.x[11]) != NULL && l->m.x[11] < zone)
        l->m.x[11] = 0; /* words that stores would be among */
    if (random_one_in(&source, 4))
        l->m.x[12] = random_value(&source);
    l->nzcv = random_below(&source, 16);
    do
        l->m.pc = code_place();
    while (model_byte(&l->m, l->m.pc) == NULL);
    l->cycles = 0;
    l->passes = false;
}

/* It has stored a word, of which it is about to say so. */
static bool is_between(const struct lane *l)
{
    return l->m.pc % 4 == 0 && model_has(&l->m, l->m.pc, 4, false) &&
           model_load(&l->m, l->m.pc, 4) == IVAU;
}

static void put_lane(armgpu *g, uint64_t i)
{
    const struct lane *l = &lanes[i];
    armgpu_state s = {.size = sizeof s};
    memcpy(s.x, l->m.x, sizeof s.x);
    s.sp = l->m.x[31];
    s.pc = l->m.pc;
    s.nzcv = (uint64_t)l->nzcv << 28;
    assert_ok(g, armgpu_set_state(g, i, 1, &s));
}

static void check_lane(armgpu *g, uint64_t i)
{
    const struct lane *l = &lanes[i];
    armgpu_state s = state_of(g, i);
    armgpu_lane_result r = result_of(g, i);
    if (r.stop_reason != l->stop || r.stop_code != l->code ||
        r.pc != l->m.pc || r.cycles != l->cycles)
        fail_msg("%s: lane %d: %s 0x%llx at 0x%llx after %llu; expected %s "
                 "0x%llx at 0x%llx after %llu",
                 shape->name, (int)i, armgpu_stop_name(r.stop_reason),
                 (unsigned long long)r.stop_code, (unsigned long long)r.pc,
                 (unsigned long long)r.cycles, armgpu_stop_name(l->stop),
                 (unsigned long long)l->code, (unsigned long long)l->m.pc,
                 (unsigned long long)l->cycles);
    for (int k = 0; k < 31; k++)
        if (s.x[k] != l->m.x[k])
            fail_msg("%s: lane %d at 0x%llx: x%d is 0x%llx, expected 0x%llx",
                     shape->name, (int)i, (unsigned long long)r.pc, k,
                     (unsigned long long)s.x[k],
                     (unsigned long long)l->m.x[k]);
}

/* A word in some lanes' memory, by the host. */
static void write_words(armgpu *g, uint64_t n)
{
    const uint64_t first = random_below(&source, n);
    const uint64_t some = 1 + random_below(&source, n - first);
    uint64_t at = code_place() & ~UINT64_C(3);
    uint8_t bytes[LANES * 4];
    if (!model_has(&lanes[0].m, at, 4, true) ||
        model_load(&lanes[0].m, at, 4) == IVAU)
        return;
    for (uint64_t i = 0; i < some; i++) {
        uint32_t w = plain_word(at);
        put(bytes, 4 * (size_t)i, 4, w);
        model_store(&lanes[first + i].m, at, w, 4);
    }
    assert_ok(g, armgpu_write_memory_range(g, first, some, at, bytes, 4));
}

static void change_breakpoints(armgpu *g)
{
    while (breakpoint_count > 0)
        assert_ok(g, armgpu_clear_breakpoint(
                         g, breakpoints[--breakpoint_count]));
    while (breakpoint_count < BREAKPOINTS) {
        uint64_t at = code_place();
        if (model_byte(&lanes[0].m, at) == NULL) {
            assert_int_equal(armgpu_set_breakpoint(g, at), ARMGPU_ERROR_RANGE);
            continue;
        }
        if (is_breakpoint(at))
            continue;
        assert_ok(g, armgpu_set_breakpoint(g, at));
        breakpoints[breakpoint_count++] = at;
    }
}

static int32_t on_step(void *user, uint64_t lane, const armgpu_state *s,
                       uint32_t word)
{
    (void)user, (void)lane;
    assert_true(trace_count < LENGTH(traced));
    traced[trace_count] = s->pc;
    traced_words[trace_count++] = word;
    return 0;
}

static void run_round(armgpu *g, uint64_t n, uint32_t round)
{
    const uint64_t traced_lane = round % 4 == 3 ? random_below(&source, n) : n;
    for (uint64_t i = 0; i < n; i++) {
        struct lane *l = &lanes[i];
        const uint32_t traits = armgpu_stop_traits(l->stop);
        if (round > 0 && ((traits & ARMGPU_STOP_GOES_ON) != 0 || l->passes) &&
            (is_between(l) || !random_one_in(&source, 4)))
            continue;
        begin_lane(l);
        if (round % 2 == 0 && i > 0 && !random_one_in(&source, 8)) {
            l->m.pc = lanes[0].m.pc; /* together */
            memcpy(l->m.x, lanes[0].m.x, sizeof l->m.x);
        }
        put_lane(g, i);
    }
    trace_count = 0;
    if (traced_lane < n)
        assert_ok(g, armgpu_set_trace(g, traced_lane, on_step, NULL));
    assert_ok(g, armgpu_execute(g, CYCLES, NULL));
    assert_ok(g, armgpu_set_trace(g, 0, NULL, NULL));
    for (uint64_t i = 0; i < n; i++) {
        model_run(&lanes[i], i == traced_lane);
        check_lane(g, i);
    }
}

/* Strings and random bytes that a process begins with become words. */
static void cover_stack(armgpu *g, uint64_t n)
{
    uint8_t words[0x180];
    const uint64_t at =
        image.info.stack + image.info.stack_bytes - sizeof words;
    for (size_t i = 0; i < sizeof words; i += 4)
        put(words, i, 4, plain_word(at + i));
    for (uint64_t i = 0; i < n; i++) {
        assert_ok(g, armgpu_write_memory(g, i, at, words, sizeof words));
        memcpy(model_own(&lanes[i].m, at), words, sizeof words);
    }
}

static void begin_models(armgpu *g, uint64_t n)
{
    const armgpu_program_info *f = &image.info;
    memset(lanes, 0, sizeof lanes);
    assert_true(f->writable_bytes <= sizeof own[0] &&
                f->readonly_bytes <= sizeof once);
    assert_ok(g, armgpu_read_memory(g, 0, f->readonly_address, once,
                                    (size_t)f->readonly_bytes));
    for (uint64_t i = 0; i < n; i++) {
        lanes[i].m.own = own[i];
        lanes[i].m.once = once;
        lanes[i].m.own_at = f->writable_address;
        lanes[i].m.own_bytes = f->writable_bytes;
        lanes[i].m.once_at = f->readonly_address;
        lanes[i].m.once_bytes = f->readonly_bytes;
        assert_ok(g, armgpu_read_memory(g, i, f->writable_address, own[i],
                                        (size_t)f->writable_bytes));
    }
    if (shape->kind == ARMGPU_PROGRAM_LINUX)
        cover_stack(g, n);
}

static void check_memory(armgpu *g, uint64_t n)
{
    static uint8_t seen[0x4000];
    const armgpu_program_info *f = &image.info;
    for (uint64_t i = 0; i < n; i++) {
        assert_ok(g, armgpu_read_memory(g, i, f->writable_address, seen,
                                        (size_t)f->writable_bytes));
        assert_memory_equal(seen, own[i], (size_t)f->writable_bytes);
    }
}

static void run_handle(const struct target *t, uint64_t n, uint64_t rounds)
{
    armgpu_options o = options_for(t, n, 0, 0);
    o.program = image.program;
    armgpu *g = open_with(&o);
    breakpoint_count = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        if (round % 16 == 0) {
            assert_ok(g, armgpu_reset(g));
            begin_models(g, n);
        }
        if (round % 16 > 8)
            write_words(g, n);
        if (round % 8 == 5)
            change_breakpoints(g);
        run_round(g, n, round % 16);
    }
    check_memory(g, n);
    armgpu_close(g);
}

static void against_model(void **state)
{
    const uint64_t seed = number_from("SEED", 1);
    const uint64_t rounds = number_from("ROUNDS", 40);
    (void)state;
    printf("SEED=%llu\n", (unsigned long long)seed);
    source = random_for(seed, 0x78, 0);
    find_targets();
    for (size_t i = 0; i < LENGTH(shapes) * target_count; i++) {
        shape = &shapes[i % LENGTH(shapes)];
        shape_image(&image, shape);
        open_image(&image, shape);
        close_image(&image);
        put_words(image.text, shape->text_at, shape->text_bytes);
        put_words(image.data, shape->data_at, shape->data_bytes);
        open_image(&image, shape);
        run_handle(&targets[i / LENGTH(shapes)], 1 + random_below(&source, 3),
                   rounds);
        run_handle(&targets[i / LENGTH(shapes)], LANES, rounds);
        close_image(&image);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(against_model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
