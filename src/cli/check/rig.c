/*
 * Rigs of the conformance test: one handle of the reference and one of the
 * backend under test with the same memory and lane states, and the comparison
 * of everything that a run leaves. Rigs are kept open, since opening a device
 * may compile kernels.
 */
#include "cli/check/check.h"
#include "base/hash.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Lanes of a subject that are described in full. */
#define DESCRIBED 2
#define CODE_WORDS 16

/* -- Reports --------------------------------------------------------------- */

const char *ag_check_device_text(const ag_check_device *d, char text[64])
{
    if (strcmp(d->backend, "cpu") != 0 && d->spread != 0)
        snprintf(text, 64, "%.20s device %" PRIu32 ", %" PRIu32 " lanes a warp",
                 d->backend, d->device, d->spread);
    else if (strcmp(d->backend, "cpu") != 0)
        snprintf(text, 64, "%.20s device %" PRIu32, d->backend, d->device);
    else if (d->threads == 0)
        snprintf(text, 64, "cpu");
    else if (d->device == 0 || d->device == AG_CHECK_ONE_BY_ONE)
        snprintf(text, 64, "cpu, %" PRIu32 " thread%s%s", d->threads,
                 d->threads == 1 ? "" : "s",
                 d->device == 0 ? "" : ", lanes one by one");
    else
        snprintf(text, 64, "cpu device %" PRIu32 ", %" PRIu32 " thread%s",
                 d->device, d->threads, d->threads == 1 ? "" : "s");
    return text;
}

/* Appends to the report, up to its end. */
static void say(ag_check *c, const char *format, ...) AG_CLI_PRINTF(2, 3);
static void say(ag_check *c, const char *format, ...)
{
    size_t used = strlen(c->report);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(c->report + used, sizeof c->report - used, format, arguments);
    va_end(arguments);
}

/* The last line of what is said about a difference. */
static void say_again(ag_check *c)
{
    const ag_check_device *d = &c->devices[AG_CHECK_TESTED];

    if (ag_check_find_subject(c->subject) == NULL)
        return; /* a test's own */
    say(c, "  again: armgpu check --backend %s", d->backend);
    if (strcmp(d->backend, "cpu") == 0)
        say(c, " --threads %" PRIu32, d->threads);
    if (strcmp(d->backend, "cpu") != 0 || d->device != 0)
        say(c, " --device %" PRIu32, d->device);
    if (d->spread != 0)
        say(c, " --spread %" PRIu32, d->spread);
    say(c, " --seed %" PRIu64 " --only %s:%" PRIu64 "\n", c->seed, c->subject,
        c->round);
}

void ag_check_fail(ag_check *c, const char *format, ...)
{
    char text[1024];
    va_list arguments;

    if (c->differences++ >= DESCRIBED)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    say(c, "%s round %" PRIu64 ": %s\n", c->subject, c->round, text);
    say_again(c);
}

bool ag_check_called(ag_check_rig *rig, enum ag_check_side side, int32_t error,
                     const char *what)
{
    char name[64];

    if (error == ARMGPU_OK)
        return true;
    rig->check->is_broken = true;
    ag_check_fail(rig->check, "%s failed on %s: %s", what,
                  ag_check_device_text(&rig->check->devices[side], name),
                  armgpu_error_message(rig->g[side]));
    return false;
}

/* -- Opening --------------------------------------------------------------- */

static int32_t open_handle(const ag_check_device *d, armgpu_options *o,
                           armgpu **out)
{
    o->backend = d->backend;
    o->device = d->device;
    o->threads = d->threads;
    o->spread = d->spread;
    return armgpu_open(out, o);
}

static void say_line(void *user, const char *line)
{
    say(user, "  %s\n", line);
}

bool ag_check_opens(ag_check *c, char *text, size_t size)
{
    armgpu_options o;
    armgpu *g;
    int32_t error;

    c->report[0] = '\0';
    c->differences = 0;
    armgpu_options_init(&o);
    o.lanes = 1;
    o.memory_size = AG_CHECK_CODE;
    error = open_handle(&c->devices[AG_CHECK_TESTED], &o, &g);
    if (g == NULL)
        snprintf(text, size, "out of memory");
    else
        snprintf(text, size, "%s",
                 error == ARMGPU_OK ? armgpu_get_device(g)
                                    : armgpu_error_message(g));
    if (error == ARMGPU_OK)
        c->differences = (uint64_t)armgpu_inspect_device(g, say_line, c);
    armgpu_close(g);
    return error == ARMGPU_OK;
}

static void close_rig(ag_check_rig *rig)
{
    if (rig == NULL)
        return;
    for (int s = 0; s < AG_CHECK_SIDES; s++) {
        armgpu_close(rig->g[s]);
        free(rig->end[s]);
        free(rig->results[s]);
        free(rig->memory[s]);
    }
    free(rig->image);
    free(rig->start);
    free(rig);
}

static ag_check_rig *open_rig(ag_check *c, uint32_t mode, uint32_t layout,
                              uint64_t lanes, uint64_t memory_size)
{
    ag_check_rig *rig = ag_cli_alloc(1, sizeof *rig);
    armgpu_options o;

    armgpu_options_init(&o);
    o.lanes = rig->lanes = lanes;
    o.memory_mode = rig->mode = mode;
    rig->layout = layout;
    o.memory_size = rig->memory_size = memory_size;
    rig->check = c;
    rig->image = ag_cli_alloc((size_t)memory_size, 1);
    rig->start = ag_cli_alloc((size_t)lanes, sizeof *rig->start);
    for (int s = 0; s < AG_CHECK_SIDES; s++) {
        rig->end[s] = ag_cli_alloc((size_t)lanes, sizeof *rig->end[s]);
        rig->results[s] = ag_cli_alloc((size_t)lanes, sizeof *rig->results[s]);
        rig->memory[s] = ag_cli_alloc((size_t)memory_size, 1);
        o.private_layout = s == AG_CHECK_TESTED ? layout : 1;
        if (!ag_check_called(rig, (enum ag_check_side)s,
                             open_handle(&c->devices[s], &o, &rig->g[s]),
                             "armgpu_open")) {
            close_rig(rig);
            return NULL;
        }
    }
    return rig;
}

static uint64_t default_size(uint32_t mode, uint64_t lanes)
{
    uint64_t windows = mode == ARMGPU_MEMORY_SHARED ? lanes : 1;

    return AG_CHECK_CODE + windows * AG_CHECK_WINDOW;
}

/* Private memory lies in either way by turns; the reference's is linear. */
static uint32_t layout_of(uint32_t mode, uint64_t round)
{
    if (mode == ARMGPU_MEMORY_SHARED)
        return 0;
    return (round / 2 + round / 16) % 2 == 0 ? 2 : 1;
}

ag_check_rig *ag_check_rig_take(ag_check *c, uint32_t mode, uint64_t lanes,
                                uint64_t memory_size)
{
    ag_check_rig **slot;
    uint32_t layout = layout_of(mode, c->round);

    if (memory_size == 0)
        memory_size = default_size(mode, lanes);
    for (size_t i = 0; i < AG_CHECK_RIGS; i++) {
        ag_check_rig *rig = c->rigs[i];

        if (rig != NULL && rig->mode == mode && rig->layout == layout &&
            rig->lanes == lanes && rig->memory_size == memory_size)
            return rig;
    }
    slot = &c->rigs[c->next_rig++ % AG_CHECK_RIGS];
    close_rig(*slot);
    *slot = open_rig(c, mode, layout, lanes, memory_size);
    return *slot;
}

ag_check_rig *ag_check_rig_of(ag_check *c, uint64_t round)
{
    static const uint64_t lanes[] = {1000, 128, 33, 1, 1000, 128, 1000, 33};

    return ag_check_rig_take(
        c, round % 2 == 0 ? ARMGPU_MEMORY_PRIVATE : ARMGPU_MEMORY_SHARED,
        lanes[round / 2 % 8], 0);
}

/* -- Running --------------------------------------------------------------- */

static int32_t load(armgpu *g, const ag_check_rig *rig)
{
    /* Loaded before the reset: what is decoded comes from the image. */
    int32_t error =
        armgpu_load_data(g, rig->image, (size_t)rig->memory_size, 0);

    return error == ARMGPU_OK ? armgpu_reset(g) : error;
}

void ag_check_begin(ag_check *c, const char *subject)
{
    c->subject = subject;
    c->round = 0;
    c->cases = c->differences = 0;
    c->report[0] = '\0';
    c->is_broken = false;
}

static int32_t get_states(armgpu *g, const ag_check_rig *rig, armgpu_state *s)
{
    s->size = sizeof *s;
    return armgpu_get_state(g, 0, rig->lanes, s);
}

bool ag_check_load(ag_check_rig *rig)
{
    return AG_CHECK_BOTH(rig, load, rig) &&
           ag_check_called(
               rig, AG_CHECK_REFERENCE,
               get_states(rig->g[AG_CHECK_REFERENCE], rig, rig->start),
               "armgpu_get_state");
}

bool ag_check_start(ag_check_rig *rig)
{
    return AG_CHECK_BOTH(rig, armgpu_set_state, 0, rig->lanes, rig->start);
}

bool ag_check_execute(ag_check_rig *rig, uint64_t max_cycles)
{
    for (int s = 0; s < AG_CHECK_SIDES; s++) {
        rig->totals[s].size = sizeof rig->totals[s];
        if (!ag_check_called(
                rig, (enum ag_check_side)s,
                armgpu_execute(rig->g[s], max_cycles, &rig->totals[s]),
                "armgpu_execute"))
            return false;
    }
    return true;
}

bool ag_check_read(ag_check_rig *rig, uint64_t lane)
{
    for (int s = 0; s < AG_CHECK_SIDES; s++) {
        if (!ag_check_called(rig, (enum ag_check_side)s,
                             armgpu_read_memory(rig->g[s], lane, 0,
                                                rig->memory[s],
                                                (size_t)rig->memory_size),
                             "armgpu_read_memory"))
            return false;
    }
    return true;
}

/* -- Comparing ------------------------------------------------------------- */

/* armgpu_state is 64-bit words; the name of each. */
static const char *word_name(size_t word, char text[32])
{
#define WORD(field) (offsetof(armgpu_state, field) / sizeof(uint64_t))
    static const struct {
        size_t word;
        const char *name;
    } names[] = {
        {WORD(sp), "sp"},
        {WORD(pc), "pc"},
        {WORD(nzcv), "nzcv"},
        {WORD(tpidr), "tpidr"},
        {WORD(fpcr), "fpcr"},
        {WORD(fpsr), "fpsr"},
        {WORD(cycles), "cycles"},
        {WORD(monitor_address), "monitor_address"},
        {WORD(monitor_size), "monitor_size"},
        {WORD(monitor_value), "monitor_value"},
        {WORD(monitor_value) + 1, "monitor_value"},
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].word == word)
            return names[i].name;
    }
    if (word < WORD(sp))
        snprintf(text, 32, "x%zu", word - WORD(x));
    else
        snprintf(text, 32, "v%zu", (word - WORD(v)) / 2);
    return text;
#undef WORD
}

static void say_word(ag_check_rig *rig, uint64_t lane, size_t word)
{
    uint64_t value[AG_CHECK_SIDES], start;
    size_t offset = word * sizeof start;
    char name[32];

    for (int s = 0; s < AG_CHECK_SIDES; s++)
        memcpy(&value[s], (const char *)&rig->end[s][lane] + offset,
               sizeof start);
    if (value[0] == value[1])
        return;
    memcpy(&start, (const char *)&rig->start[lane] + offset, sizeof start);
    say(rig->check,
        "  %s is 0x%" PRIx64 ", not 0x%" PRIx64 " (0x%" PRIx64
        " at the start)\n",
        word_name(word, name), value[AG_CHECK_TESTED],
        value[AG_CHECK_REFERENCE], start);
}

static void say_result(ag_check_rig *rig, uint64_t lane)
{
    const armgpu_lane_result *is = &rig->results[AG_CHECK_TESTED][lane];
    const armgpu_lane_result *want = &rig->results[AG_CHECK_REFERENCE][lane];

    if (is->stop_reason != want->stop_reason)
        say(rig->check, "  it stopped by %s, not %s\n",
            armgpu_stop_name(is->stop_reason),
            armgpu_stop_name(want->stop_reason));
    if (is->stop_code != want->stop_code)
        say(rig->check, "  stop code 0x%" PRIx64 ", not 0x%" PRIx64 "\n",
            is->stop_code, want->stop_code);
    if (is->access != want->access || is->access_size != want->access_size)
        say(rig->check,
            "  access %" PRIu32 " of %" PRIu32 " bytes, not %" PRIu32
            " of %" PRIu32 "\n",
            is->access, is->access_size, want->access, want->access_size);
}

/* The first byte of rig->memory that differs. */
static void say_memory(ag_check_rig *rig)
{
    const uint8_t *is = rig->memory[AG_CHECK_TESTED];
    const uint8_t *want = rig->memory[AG_CHECK_REFERENCE];
    uint64_t i = 0;

    while (i < rig->memory_size && is[i] == want[i])
        i++;
    if (i < rig->memory_size)
        say(rig->check, "  memory at 0x%" PRIx64 " is 0x%02x, not 0x%02x\n", i,
            is[i], want[i]);
}

/* What the lane began to execute, up to its first HLT. */
static void say_code(ag_check_rig *rig, uint64_t lane)
{
    uint64_t pc = rig->start[lane].pc;

    for (int i = 0; i < CODE_WORDS && pc + 4 <= rig->memory_size; i++) {
        uint8_t b[4] = {0};
        char text[128];
        uint32_t word;

        (void)armgpu_read_memory(rig->g[AG_CHECK_REFERENCE], lane, pc, b, 4);
        word = (uint32_t)ag_check_get(b, 4);
        ag_cli_disassemble(word, pc, 0, text, sizeof text);
        say(rig->check, "  0x%05" PRIx64 ": %08" PRIx32 "  %s\n", pc, word,
            text);
        if ((word & UINT32_C(0xffe0001f)) == UINT32_C(0xd4400000))
            return;
        pc += 4;
    }
}

static void say_lane(ag_check_rig *rig, uint64_t lane)
{
    ag_check *c = rig->check;
    char names[AG_CHECK_SIDES][64];

    if (c->differences++ >= DESCRIBED)
        return;
    say(c,
        "%s round %" PRIu64 ": lane %" PRIu64 " of %" PRIu64
        ", %s memory, ends on %s otherwise than on %s\n",
        c->subject, c->round, lane, rig->lanes,
        rig->mode == ARMGPU_MEMORY_SHARED ? "shared" : "private",
        ag_check_device_text(&c->devices[AG_CHECK_TESTED], names[0]),
        ag_check_device_text(&c->devices[AG_CHECK_REFERENCE], names[1]));
    say_code(rig, lane);
    say_result(rig, lane);
    for (size_t i = 1; i < sizeof(armgpu_state) / sizeof(uint64_t); i++)
        say_word(rig, lane, i);
    if (rig->mode == ARMGPU_MEMORY_PRIVATE && ag_check_read(rig, lane))
        say_memory(rig);
    say_again(c);
}

/* An open monitor's address and values mean nothing. */
static void forget_open_monitors(ag_check_rig *rig, armgpu_state *s)
{
    for (uint64_t i = 0; i < rig->lanes; i++) {
        if (s[i].monitor_size != 0)
            continue;
        s[i].monitor_address = 0;
        s[i].monitor_value[0] = s[i].monitor_value[1] = 0;
    }
}

bool ag_check_read_lanes(ag_check_rig *rig, enum ag_check_side side)
{
    armgpu *g = rig->g[side];

    if (!ag_check_called(rig, side, get_states(g, rig, rig->end[side]),
                         "armgpu_get_state") ||
        !ag_check_called(
            rig, side, armgpu_get_results(g, 0, rig->lanes, rig->results[side]),
            "armgpu_get_results"))
        return false;
    forget_open_monitors(rig, rig->end[side]);
    return true;
}

static bool lane_is_alike(ag_check_rig *rig, uint64_t lane, bool with_memory)
{
    if (memcmp(&rig->end[0][lane], &rig->end[1][lane], sizeof rig->end[0][0]) ||
        memcmp(&rig->results[0][lane], &rig->results[1][lane],
               sizeof rig->results[0][0]))
        return false;
    if (!with_memory || rig->mode == ARMGPU_MEMORY_SHARED)
        return true;
    return ag_check_read(rig, lane) && memcmp(rig->memory[0], rig->memory[1],
                                              (size_t)rig->memory_size) == 0;
}

static void compare_shared_memory(ag_check_rig *rig)
{
    ag_check *c = rig->check;

    if (!ag_check_read(rig, 0) ||
        memcmp(rig->memory[0], rig->memory[1], (size_t)rig->memory_size) == 0)
        return;
    ag_check_fail(c, "shared memory of %" PRIu64 " lanes differs", rig->lanes);
    if (c->differences <= DESCRIBED)
        say_memory(rig);
}

/* What armgpu_execute() itself said. */
static void compare_totals(ag_check_rig *rig)
{
    const armgpu_result *is = &rig->totals[AG_CHECK_TESTED];
    const armgpu_result *want = &rig->totals[AG_CHECK_REFERENCE];

    if (is->num_lanes != want->num_lanes ||
        is->total_cycles != want->total_cycles ||
        is->min_cycles != want->min_cycles ||
        is->max_cycles != want->max_cycles ||
        memcmp(is->stops, want->stops, sizeof is->stops) != 0)
        ag_check_fail(rig->check,
                      "the totals of %" PRIu64 " lanes differ: %" PRIu64
                      " cycles, not %" PRIu64,
                      rig->lanes, is->total_cycles, want->total_cycles);
}

static bool compare(ag_check_rig *rig, bool with_memory)
{
    ag_check *c = rig->check;
    uint64_t before = c->differences;

    if (!ag_check_read_lanes(rig, AG_CHECK_REFERENCE) ||
        !ag_check_read_lanes(rig, AG_CHECK_TESTED))
        return false;
    for (uint64_t i = 0; i < rig->lanes && !c->is_broken; i++) {
        if (!lane_is_alike(rig, i, with_memory))
            say_lane(rig, i);
    }
    c->cases += rig->lanes;
    if (with_memory && rig->mode == ARMGPU_MEMORY_SHARED)
        compare_shared_memory(rig);
    if (c->differences == before)
        compare_totals(rig);
    return c->differences == before;
}

bool ag_check_compare(ag_check_rig *rig)
{
    return compare(rig, true);
}

bool ag_check_compare_lanes(ag_check_rig *rig)
{
    return compare(rig, false);
}

/* -- Memory ---------------------------------------------------------------- */

uint64_t ag_check_low(const ag_check_rig *rig, uint64_t lane)
{
    return AG_CHECK_CODE +
           (rig->mode == ARMGPU_MEMORY_SHARED ? lane * AG_CHECK_WINDOW : 0);
}

uint64_t ag_check_high(const ag_check_rig *rig, uint64_t lane)
{
    return ag_check_low(rig, lane) + AG_CHECK_WINDOW;
}

uint64_t ag_check_get(const uint8_t *at, size_t bytes)
{
    uint64_t value = 0;

    for (size_t i = 0; i < bytes; i++)
        value |= (uint64_t)at[i] << (8 * i);
    return value;
}

void ag_check_put(uint8_t *at, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

void ag_check_put_words(ag_check_rig *rig, uint64_t address,
                        const uint32_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ag_check_put(rig->image + address + 4 * i, words[i], 4);
}

void ag_check_random_data(ag_check_rig *rig, ag_check_random *r)
{
    memset(rig->image, 0, AG_CHECK_CODE);
    for (uint64_t i = AG_CHECK_CODE; i < rig->memory_size; i += 8)
        ag_check_put(rig->image + i, ag_check_next(r), 8);
}

/* -- A check --------------------------------------------------------------- */

void ag_check_init(ag_check *c, ag_check_device tested, uint64_t seed)
{
    memset(c, 0, sizeof *c);
    c->devices[AG_CHECK_REFERENCE].backend = "cpu";
    c->devices[AG_CHECK_REFERENCE].device = AG_CHECK_ONE_BY_ONE;
    c->devices[AG_CHECK_REFERENCE].threads = 1;
    c->devices[AG_CHECK_TESTED] = tested;
    c->seed = seed;
    ag_check_read_rows(c);
}

static void close_rigs(ag_check *c)
{
    for (size_t i = 0; i < AG_CHECK_RIGS; i++) {
        close_rig(c->rigs[i]);
        c->rigs[i] = NULL;
    }
}

void ag_check_free(ag_check *c)
{
    close_rigs(c);
    free(c->rows);
    free(c->system_moves);
}

static uint64_t round_seed(const ag_check *c)
{
    uint64_t hash = ag_hash(AG_HASH_START, c->subject, strlen(c->subject));

    return hash ^ c->seed * UINT64_C(0x9e3779b97f4a7c15) ^ c->round << 48;
}

bool ag_check_run(ag_check *c, const ag_check_subject *subject, uint64_t round)
{
    bool is_all = round == AG_CHECK_ALL_ROUNDS;
    uint64_t first = is_all ? 0 : round;
    uint64_t rounds = c->is_quick ? subject->quick_rounds : subject->rounds;
    uint64_t end = is_all ? rounds : round + 1;

    ag_check_begin(c, subject->name);
    for (c->round = first; c->round < end && !c->is_broken; c->round++) {
        ag_check_random r = {round_seed(c)};

        c->is_ended = c->goes_on != NULL &&
                      !c->goes_on(c->user, c->round - first, end - first);
        if (c->is_ended)
            break;
        subject->run(c, c->round, &r);
    }
    /* A device that failed once is opened again for the next subject. */
    if (c->is_broken)
        close_rigs(c);
    return c->differences == 0;
}

const ag_check_subject *ag_check_find_subject(const char *name)
{
    for (const ag_check_subject *s = ag_check_subjects; s->name != NULL; s++) {
        if (strcmp(s->name, name) == 0)
            return s;
    }
    return NULL;
}
