/* The comparison of everything that a run leaves. */
#include "cli/check/check.h"

#include <stdlib.h>
#include <string.h>

#define CODE_WORDS 16

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
    ag_check_say(rig->check,
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
        ag_check_say(rig->check, "  it stopped by %s, not %s\n",
                     armgpu_stop_name(is->stop_reason),
                     armgpu_stop_name(want->stop_reason));
    if (is->stop_code != want->stop_code)
        ag_check_say(rig->check,
                     "  stop code 0x%" PRIx64 ", not 0x%" PRIx64 "\n",
                     is->stop_code, want->stop_code);
    if (is->access != want->access || is->access_size != want->access_size)
        ag_check_say(rig->check,
                     "  access %" PRIu32 " of %" PRIu32 " bytes, not %" PRIu32
                     " of %" PRIu32 "\n",
                     is->access, is->access_size, want->access,
                     want->access_size);
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
        ag_check_say(rig->check,
                     "  memory at 0x%" PRIx64 " is 0x%02x, not 0x%02x\n", i,
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
        ag_check_say(rig->check, "  0x%05" PRIx64 ": %08" PRIx32 "  %s\n", pc,
                     word, text);
        if ((word & UINT32_C(0xffe0001f)) == UINT32_C(0xd4400000))
            return;
        pc += 4;
    }
}

static void say_lane(ag_check_rig *rig, uint64_t lane)
{
    ag_check *c = rig->check;
    char names[AG_CHECK_SIDES][96];

    if (!ag_check_count(c))
        return;
    ag_check_say(
        c,
        "%s round %" PRIu64 ": lane %" PRIu64 " of %" PRIu64
        ", %s memory, ends on %s otherwise than on %s\n",
        c->subject, c->round, lane, rig->lanes,
        rig->mode == ARMGPU_MEMORY_SHARED ? "shared" : "private",
        ag_check_side_text(rig, AG_CHECK_TESTED, names[0]),
        ag_check_side_text(rig, AG_CHECK_REFERENCE, names[1]));
    say_code(rig, lane);
    say_result(rig, lane);
    for (size_t i = 1; i < sizeof(armgpu_state) / sizeof(uint64_t); i++)
        say_word(rig, lane, i);
    if (rig->mode == ARMGPU_MEMORY_PRIVATE && ag_check_read(rig, lane))
        say_memory(rig);
    ag_check_say_again(c);
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
    if (ag_check_fail(c, "shared memory of %" PRIu64 " lanes differs",
                      rig->lanes))
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
        is->nonzero_codes != want->nonzero_codes ||
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
