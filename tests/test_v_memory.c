/*
 * Loads and stores of V registers and of structures against a model that moves
 * bytes as the Arm ARM's pseudocode does: random words of every row, in both
 * private layouts and in shared memory, on lanes of a group that access
 * different places. Some accesses reach beyond memory: then nothing may change,
 * the base neither.
 *
 *   SEED=N    seed (default 1, printed)
 *   WORDS=N   words a row (default 60)
 */
#include "guest.h"
#include "random.h"

#include "code/insn.h"

#include <stdbool.h>

#define MEMORY 1024
#define LANES 5
#define PROGRAM_BYTES 128 /* what literals reach is in it */

struct model {
    uint8_t v[32][16];
    uint64_t x[33]; /* 31: SP, 32: zero */
    uint8_t memory[MEMORY];
    bool faulted;
    uint64_t address; /* of the access, and how many bytes */
    uint64_t bytes;
};

static struct random_source source;

static uint32_t number_from(const char *name, uint32_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? (uint32_t)strtoul(text, NULL, 0) : otherwise;
}

static uint32_t field(uint32_t w, int low, int width)
{
    return w >> low & ((1u << width) - 1);
}

static uint64_t signed_field(uint32_t w, int low, int width)
{
    uint64_t v = field(w, low, width);
    return v >> (width - 1) != 0 ? v - (UINT64_C(1) << width) : v;
}

/* -- The model ------------------------------------------------------------- */

/* The whole access is tested before anything of it happens. */
static bool begins(struct model *m, uint64_t address, uint64_t bytes)
{
    m->address = address;
    m->bytes = bytes;
    m->faulted = address > MEMORY - bytes;
    return !m->faulted;
}

static void move(struct model *m, bool is_load, uint64_t offset, uint32_t bytes,
                 uint32_t r, uint32_t from)
{
    uint8_t *there = m->memory + m->address + offset;
    uint8_t *here = m->v[r & 31] + from;
    if (is_load)
        memcpy(here, there, bytes);
    else
        memcpy(there, here, bytes);
}

static void move_registers(struct model *m, bool is_load, uint64_t address,
                           uint32_t bytes, uint32_t first, uint32_t second,
                           bool is_pair)
{
    if (!begins(m, address, is_pair ? bytes * 2 : bytes))
        return;
    for (uint32_t i = 0; i <= is_pair; i++) {
        uint32_t r = i == 0 ? first : second;
        if (is_load)
            memset(m->v[r], 0, 16);
        move(m, is_load, i * bytes, bytes, r, 0);
    }
}

static uint64_t extended(const struct model *m, uint32_t w)
{
    uint32_t rm = field(w, 16, 5);
    uint64_t v = m->x[rm == 31 ? 32 : rm];
    if (field(w, 13, 3) == 2)
        return (uint32_t)v;
    return field(w, 13, 3) == 6 ? (uint64_t)(int64_t)(int32_t)v : v;
}

/* LDR, STR, LDUR, STUR: bits 29:27 are 111. */
static void execute_single(struct model *m, uint32_t w)
{
    uint32_t size = field(w, 30, 2) | field(w, 23, 1) << 2;
    uint64_t *base = &m->x[field(w, 5, 5)];
    uint64_t address = *base, after = *base;
    if (field(w, 24, 1)) {
        address += (uint64_t)field(w, 10, 12) << size;
    } else if (field(w, 21, 1)) {
        address += extended(m, w) << (field(w, 12, 1) ? size : 0);
    } else {
        if (field(w, 10, 2) != 0)
            after += signed_field(w, 12, 9);
        if (field(w, 10, 2) != 1)
            address += signed_field(w, 12, 9);
    }
    move_registers(m, field(w, 22, 1), address, 1u << size, field(w, 0, 5), 0,
                   false);
    if (!m->faulted)
        *base = after;
}

static void execute_pair(struct model *m, uint32_t w)
{
    uint32_t bytes = 4u << field(w, 30, 2), kind = field(w, 23, 2);
    uint64_t *base = &m->x[field(w, 5, 5)];
    uint64_t moved = *base + signed_field(w, 15, 7) * bytes;
    move_registers(m, field(w, 22, 1), kind == 1 ? *base : moved, bytes,
                   field(w, 0, 5), field(w, 10, 5), true);
    if (!m->faulted && (kind & 1) != 0)
        *base = moved;
}

static void move_structures(struct model *m, uint32_t w)
{
    static const uint32_t turns[11] = {4, 0, 1, 0, 3, 0, 1, 1, 2, 0, 1};
    static const uint32_t registers[11] = {4, 0, 4, 0, 3, 0, 3, 1, 2, 0, 2};
    uint32_t opcode = field(w, 12, 4), size = field(w, 10, 2);
    uint32_t q = field(w, 30, 1), bytes = 1u << size;
    uint32_t elements = 8u << q >> size;
    uint32_t repeats = registers[opcode] / turns[opcode];
    uint64_t offset = 0;
    bool is_load = field(w, 22, 1);
    if (!begins(m, m->x[field(w, 5, 5)], registers[opcode] * (8u << q)))
        return;
    for (uint32_t i = 0; is_load && i < registers[opcode]; i++)
        memset(m->v[(field(w, 0, 5) + i) & 31], 0, 16);
    for (uint32_t k = 0; k < repeats; k++)
        for (uint32_t e = 0; e < elements; e++)
            for (uint32_t s = 0; s < turns[opcode]; s++, offset += bytes)
                move(m, is_load, offset, bytes, field(w, 0, 5) + k + s,
                     e * bytes);
}

/* The element is what Q:S:size have left of the size. */
static void move_element(struct model *m, uint32_t w)
{
    uint32_t count = 1 + field(w, 21, 1) + 2 * field(w, 13, 1);
    uint32_t scale = field(w, 14, 2), q = field(w, 30, 1);
    uint32_t index = q << 3 | field(w, 12, 1) << 2 | field(w, 10, 2);
    bool is_replicated = scale == 3;
    if (is_replicated)
        scale = field(w, 10, 2);
    else if (scale == 2 && field(w, 10, 1))
        scale = 3;
    if (!begins(m, m->x[field(w, 5, 5)], count << scale))
        return;
    for (uint32_t s = 0; s < count; s++) {
        uint32_t r = (field(w, 0, 5) + s) & 31, bytes = 1u << scale;
        if (!is_replicated) {
            move(m, field(w, 22, 1), s * bytes, bytes, r,
                 (index >> scale) * bytes);
            continue;
        }
        memset(m->v[r], 0, 16);
        for (uint32_t at = 0; at < 8u << q; at += bytes)
            move(m, true, s * bytes, bytes, r, at);
    }
}

static void execute(struct model *m, uint32_t w)
{
    uint32_t rm = field(w, 16, 5);
    if (field(w, 27, 3) == 7) {
        execute_single(m, w);
    } else if (field(w, 27, 3) == 5) {
        execute_pair(m, w);
    } else if (field(w, 27, 3) == 3) {
        move_registers(m, true, signed_field(w, 5, 19) * 4,
                       4u << field(w, 30, 2), field(w, 0, 5), 0, false);
    } else {
        if (field(w, 24, 1))
            move_element(m, w);
        else
            move_structures(m, w);
        if (!m->faulted && field(w, 23, 1))
            m->x[field(w, 5, 5)] += rm == 31 ? m->bytes : m->x[rm];
    }
}

/* -- One word on all lanes ------------------------------------------------- */

static struct model lanes[LANES];
static uint64_t faults, accesses;

/* A base from which the access is somewhere in memory, more often at its end
   than elsewhere, or beyond it. */
static void choose_base(struct model *m, uint32_t w)
{
    struct model probe;
    uint64_t *base = &m->x[field(w, 5, 5)];
    uint64_t target = PROGRAM_BYTES +
                      random_below(&source, MEMORY - PROGRAM_BYTES - 64);
    *base = 0;
    probe = *m;
    probe.memory[0] = 0;
    execute(&probe, w);
    if (random_one_in(&source, 4))
        target = MEMORY - probe.bytes + random_below(&source, 5) - 3;
    else if (random_one_in(&source, 8))
        target = random_next(&source) << random_below(&source, 64);
    if (random_one_in(&source, 2))
        target &= ~(uint64_t)15;
    if (target < PROGRAM_BYTES)
        target = PROGRAM_BYTES; /* never the program itself */
    *base = target - probe.address;
}

/* Rm is neither the base, which the model would see change, nor large where
   that would only ever be outside memory. */
static void begin_lane(struct model *m, uint32_t w)
{
    uint32_t rm = field(w, 16, 5);
    memset(m, 0, sizeof *m);
    for (int r = 0; r < 32; r++) {
        m->x[r] = random_value(&source);
        for (int i = 0; i < 16; i++)
            m->v[r][i] = (uint8_t)random_next(&source);
    }
    for (int i = PROGRAM_BYTES; i < MEMORY; i++)
        m->memory[i] = (uint8_t)random_next(&source);
    memcpy(m->memory, &w, 4);
    memcpy(m->memory + 4, &(uint32_t){HLT}, 4);
    if (rm != field(w, 5, 5) && random_one_in(&source, 2))
        m->x[rm] = random_below(&source, 256);
    choose_base(m, w);
}

static void put_lane(armgpu *g, uint64_t lane, const struct model *m)
{
    armgpu_state s = {.size = sizeof s};
    assert_ok(g, armgpu_get_state(g, lane, 1, &s));
    memcpy(s.x, m->x, sizeof s.x);
    s.sp = m->x[31];
    memcpy(s.v, m->v, sizeof s.v);
    assert_ok(g, armgpu_set_state(g, lane, 1, &s));
    assert_ok(g, armgpu_write_memory(g, lane, PROGRAM_BYTES,
                                     m->memory + PROGRAM_BYTES,
                                     MEMORY - PROGRAM_BYTES));
}

static void check_lane(armgpu *g, uint64_t lane, const struct model *m,
                       const char *text)
{
    uint8_t memory[MEMORY];
    armgpu_state s = state_of(g, lane);
    armgpu_lane_result r = result_of(g, lane);
    assert_ok(g, armgpu_read_memory(g, lane, 0, memory, MEMORY));
    if (m->faulted && (r.stop_reason != ARMGPU_STOP_DATA_FAULT ||
                       r.stop_code != m->address ||
                       r.access_size != m->bytes || r.cycles != 0))
        fail_msg("%s: lane %d should fault at 0x%llx, %llu bytes", text,
                 (int)lane, (unsigned long long)m->address,
                 (unsigned long long)m->bytes);
    if (!m->faulted && r.stop_reason != ARMGPU_STOP_HALT)
        fail_msg("%s: lane %d: %s", text, (int)lane,
                 armgpu_stop_name(r.stop_reason));
    for (int i = 0; i < 32; i++)
        if (memcmp(s.v[i], m->v[i], 16) != 0)
            fail_msg("%s: lane %d: v%d differs", text, (int)lane, i);
    if (memcmp(s.x, m->x, sizeof s.x) != 0 || s.sp != m->x[31])
        fail_msg("%s: lane %d: the base differs", text, (int)lane);
    if (memcmp(memory, m->memory, MEMORY) != 0)
        fail_msg("%s: lane %d: memory differs", text, (int)lane);
}

static void run_word(armgpu *g, uint64_t n, uint32_t w)
{
    const uint32_t words[PROGRAM_BYTES / 4] = {w, HLT};
    char text[128];
    armgpu_disassemble(w, 0, 0, text, sizeof text);
    assert_ok(g, armgpu_reset(g));
    load_words(g, 0, words, LENGTH(words));
    for (uint64_t i = 0; i < n; i++) {
        begin_lane(&lanes[i], w);
        put_lane(g, i, &lanes[i]);
        execute(&lanes[i], w);
        accesses++;
        faults += lanes[i].faulted;
    }
    assert_ok(g, armgpu_execute(g, 10, NULL));
    for (uint64_t i = 0; i < n; i++)
        check_lane(g, i, &lanes[i], text);
}

/* -- Rows ------------------------------------------------------------------ */

/* The base stays apart from the index, literals inside the program. */
static uint32_t word_of(uint32_t row)
{
    const struct ag_insn_row *r = ag_insn_row(row);
    for (;;) {
        uint32_t w = (uint32_t)random_next(&source);
        if (strstr(r->group, "loadlit") != NULL)
            w = (w & 31) | random_below(&source, PROGRAM_BYTES / 4 - 4) << 5;
        w = (w & ~r->mask) | r->value;
        if (armgpu_find_instruction(w) != row)
            continue;
        if (field(w, 16, 5) != field(w, 5, 5) || field(w, 16, 5) == 31)
            return w;
    }
}

static void all_rows_on(armgpu *g, uint64_t n)
{
    uint32_t each = number_from("WORDS", 60), rows = 0;
    for (uint32_t i = 0; i < ag_insn_implemented(); i++) {
        if (strcmp(ag_insn_row(i)->insn_class, "vmemory") != 0)
            continue;
        rows++;
        for (uint32_t k = 0; k < each; k++)
            run_word(g, n, word_of(i));
    }
    printf("%u rows, %llu accesses so far, %llu outside memory\n", rows,
           (unsigned long long)accesses, (unsigned long long)faults);
    assert_true(rows >= 229);
    armgpu_close(g);
}

static void begin(void)
{
    uint32_t seed = number_from("SEED", 1);
    source = random_for(seed, 0x76, 0);
    printf("SEED=%u\n", seed);
}

static armgpu *open_private(uint32_t layout, uint64_t n)
{
    armgpu_options o;
    armgpu_options_init(&o);
    o.lanes = n;
    o.memory_size = MEMORY;
    o.memory_mode = ARMGPU_MEMORY_PRIVATE;
    o.private_layout = layout;
    o.threads = 1;
    o.backend = "cpu";
    return open_with(&o);
}

static void one_lane(void **state)
{
    (void)state;
    begin();
    all_rows_on(open_private(1, 1), 1);
}

static void a_group_linear(void **state)
{
    (void)state;
    begin();
    all_rows_on(open_private(1, LANES), LANES);
}

static void a_group_interleaved(void **state)
{
    (void)state;
    begin();
    all_rows_on(open_private(2, LANES), LANES);
}

static void shared_memory(void **state)
{
    (void)state;
    begin();
    all_rows_on(open_guest(1, MEMORY, ARMGPU_MEMORY_SHARED, 1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_lane),
        cmocka_unit_test(a_group_linear),
        cmocka_unit_test(a_group_interleaved),
        cmocka_unit_test(shared_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
