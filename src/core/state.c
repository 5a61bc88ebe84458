/*
 * Lane state as the host sees it: rows of a slot, why its lane stopped, what
 * that adds to a result. Everything else in src/core may use this.
 */
#include "core/engine.h"
#include "linux/records.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Kernels and armgpu.h mean the same. */
#define ARMGPU_X(name, value, text, pc, code, traits, colour)                  \
    _Static_assert((int)AG_STOP_##name == value, #name);
ARMGPU_STOPS(ARMGPU_X)
#undef ARMGPU_X
#define ARMGPU_X(name, value, text, pc, code, traits, colour)                  \
    | ((traits)&ARMGPU_STOP_HAS_STATUS ? 1u << (value) : 0u)
_Static_assert(AG_STOPS_WITH_STATUS == (0u ARMGPU_STOPS(ARMGPU_X)), "status");
#undef ARMGPU_X
_Static_assert(AG_CODE_PROBE == ARMGPU_CODE_BREAKPOINT, "breakpoints");
_Static_assert(ARMGPU_STOP_COUNT <= AG_TALLY_ROWS - AG_TALLY_STOPS, "tallies");

bool ag_host_lists_lanes(const struct armgpu *g)
{
    return g->info.slice_fuel != 0;
}

uint64_t *ag_lane_row(uint64_t *state, uint64_t slot, uint32_t row)
{
    return state + ag_state_index(slot, row);
}

uint32_t ag_lane_stop(uint64_t *state, uint64_t slot)
{
    return AG_STATUS_STOP(*ag_lane_row(state, slot, AG_STATE_STATUS));
}

/* Stop details go with the old reason; flags and monitor stay: this is the
   host's doing, not the guest's. So does what a lane passes that is only
   interrupted. */
void ag_lane_set_stop(uint64_t *state, uint64_t slot, uint32_t reason)
{
    uint64_t *status = ag_lane_row(state, slot, AG_STATE_STATUS);
    bool stays = (armgpu_stop_traits(reason) & ARMGPU_STOP_IS_LIMIT) != 0;
    *status = AG_STATUS(reason, 0, 0) |
              (stays ? *status & AG_STATUS_PASSES : 0);
    *ag_lane_row(state, slot, AG_STATE_CODE) = 0;
    *ag_lane_row(state, slot, AG_STATE_REQUEST) = AG_REQUEST_NONE;
}

static bool stopped_at_probe(uint64_t *state, uint64_t slot)
{
    return ag_lane_stop(state, slot) == ARMGPU_STOP_BREAKPOINT &&
           *ag_lane_row(state, slot, AG_STATE_CODE) == AG_CODE_PROBE;
}

bool ag_lane_passes(uint64_t *state, uint64_t slot)
{
    return ag_passes(*ag_lane_row(state, slot, AG_STATE_STATUS),
                     *ag_lane_row(state, slot, AG_STATE_CYCLES),
                     *ag_lane_row(state, slot, AG_STATE_START));
}

bool ag_lane_go_on(uint64_t *state, uint64_t slot)
{
    bool at_probe = stopped_at_probe(state, slot);
    bool passes = at_probe || ag_lane_passes(state, slot);
    uint32_t traits = armgpu_stop_traits(ag_lane_stop(state, slot));
    if (!at_probe && !(traits & ARMGPU_STOP_GOES_ON))
        return false;
    ag_lane_set_stop(state, slot, ARMGPU_STOP_RUNNING);
    if (passes)
        *ag_lane_row(state, slot, AG_STATE_STATUS) |= AG_STATUS_PASSES;
    return true;
}

/* A lane that goes on elsewhere is not in the middle of a call any more: of a
   write the host took the beginning, of another it has the answer, or was told. */
static void leave_call(struct armgpu *g, uint64_t slot, uint64_t pc)
{
    uint64_t *taken =
        ag_plane_row(g, AG_PLANE_LINUX, slot, AG_LINUX_TAKEN);
    uint64_t *shown =
        ag_plane_row(g, AG_PLANE_LINUX, slot, AG_LINUX_SHOWN);
    uint64_t *state = (uint64_t *)(void *)g->state.host;
    if (taken == NULL || *ag_lane_row(state, slot, AG_STATE_PC) == pc)
        return;
    uint64_t *asked = ag_plane_row(g, AG_PLANE_LINUX, slot, AG_LINUX_ASKED);
    *taken = *shown = 0;
    if ((*asked & AG_ASKED_ANSWERED(0)) != 0)
        *asked = 0;
}

void ag_lane_set_pc(struct armgpu *g, uint64_t slot, uint64_t pc)
{
    uint64_t *state = (uint64_t *)(void *)g->state.host;
    leave_call(g, slot, pc);
    *ag_lane_row(state, slot, AG_STATE_PC) = pc;
    *ag_lane_row(state, slot, AG_STATE_MONITOR_SIZE) = 0;
    ag_lane_set_stop(state, slot, ARMGPU_STOP_RUNNING);
}

/* -- Planes ---------------------------------------------------------------- */

_Static_assert(AG_STATE_SP == AG_ROW_SP, "registers come first");

#define AT_MIRROR(NAME, name) {AG_##NAME##_ROWS, offsetof(struct armgpu, name)},
static const struct {
    uint32_t rows;
    size_t mirror; /* in the handle */
} planes[AG_PLANE_COUNT] = {AG_PLANES(AT_MIRROR)};

struct ag_mirror *ag_plane_mirror(const struct armgpu *g, uint32_t plane)
{
    struct ag_mirror *m = ag_plane_of(g, plane);
    return m->buffer != NULL ? m : NULL;
}

struct ag_mirror *ag_plane_of(const struct armgpu *g, uint32_t plane)
{
    return (void *)((char *)(uintptr_t)g + planes[plane].mirror);
}

uint64_t *ag_plane_row(const struct armgpu *g, uint32_t plane, uint64_t slot,
                       uint32_t row)
{
    struct ag_mirror *m = ag_plane_mirror(g, plane);
    return m == NULL ? NULL
                     : (uint64_t *)(void *)m->host +
                           ag_plane_index(planes[plane].rows, slot, row);
}

uint32_t ag_plane_rows(uint32_t plane)
{
    return planes[plane].rows;
}

uint64_t ag_plane_bytes(const struct armgpu *g, uint32_t plane)
{
    return ag_block_lanes(g) * planes[plane].rows * sizeof(uint64_t);
}

uint64_t ag_state_bytes(const struct armgpu *g)
{
    uint64_t rows = 0;
    for (uint32_t i = 0; i < AG_PLANE_COUNT; i++)
        rows += ag_plane_mirror(g, i) != NULL ? planes[i].rows : 0;
    return rows * sizeof(uint64_t);
}

/* -- armgpu_state ---------------------------------------------------------- */

/* What rows.h says of rows: where they are in the structure, in words. */
enum { MAP_KEPT, MAP_CLEARED, MAP_WORDS, MAP_FLAGS, MAP_HALVES };
#define WORD(field) (offsetof(armgpu_state, field) / sizeof(uint64_t))
#define KEPT MAP_KEPT, 0, 0
#define CLEARED MAP_CLEARED, 0, 0
#define WORDS(field, first, step) MAP_WORDS, WORD(field) + (first), (step)
#define FLAGS(field) MAP_FLAGS, WORD(field), 0
#define HALVES(low, high) MAP_HALVES, WORD(low), WORD(high)
#define ROWS(PLANE, ROW, count, factor, constant, map)                         \
    {AG_PLANE_##PLANE, AG_##PLANE##_##ROW, (count), map},
#define ROWS_OF(NAME, name) AG_##NAME##_PLANE(ROWS)
static const struct rows {
    uint32_t plane, row, count;
    uint32_t map;
    size_t word, other; /* WORDS: other is the step */
} all_rows[] = {AG_PLANES(ROWS_OF)};
#define ROWS_COUNT (sizeof all_rows / sizeof all_rows[0])

static void get_row(const struct rows *r, uint32_t k, uint64_t word,
                    uint64_t *s)
{
    if (r->map == MAP_WORDS) {
        s[r->word + k * r->other] = word;
    } else if (r->map == MAP_FLAGS) {
        s[r->word] = word << 28;
    } else if (r->map == MAP_HALVES) {
        s[r->word] = word & 0xffffffff;
        s[r->other] = word >> 32;
    }
}

static uint64_t set_row(const struct rows *r, uint32_t k, uint64_t word,
                        const uint64_t *s)
{
    switch (r->map) {
    case MAP_KEPT:
        return word;
    case MAP_WORDS:
        return s[r->word + k * r->other];
    case MAP_FLAGS:
        return s[r->word] >> 28 & 15;
    case MAP_HALVES:
        return (s[r->word] & 0xffffffff) | s[r->other] << 32;
    default:
        return 0;
    }
}

void ag_state_get(const struct armgpu *g, uint64_t slot, armgpu_state *s)
{
    for (size_t i = 0; i < ROWS_COUNT; i++) {
        const struct rows *r = &all_rows[i];
        uint64_t *word = ag_plane_row(g, r->plane, slot, r->row);
        for (uint32_t k = 0; k < r->count && word != NULL; k++)
            get_row(r, k, word[k * AG_BLOCK], (uint64_t *)(void *)s);
    }
}

void ag_state_set(struct armgpu *g, uint64_t slot, const armgpu_state *s)
{
    leave_call(g, slot, s->pc);
    for (size_t i = 0; i < ROWS_COUNT; i++) {
        const struct rows *r = &all_rows[i];
        uint64_t *word = ag_plane_row(g, r->plane, slot, r->row);
        for (uint32_t k = 0; k < r->count && word != NULL; k++)
            word[k * AG_BLOCK] = set_row(r, k, word[k * AG_BLOCK],
                                         (const uint64_t *)(const void *)s);
    }
}

/* Lanes begin with zeros in all planes that are not there from the start. */
bool ag_state_wants(const armgpu_state *s, uint32_t plane)
{
    uint64_t any = 0;
    for (size_t i = 0; i < ROWS_COUNT; i++) {
        const struct rows *r = &all_rows[i];
        for (uint32_t k = 0; k < r->count && r->plane == plane; k++)
            any |= set_row(r, k, 0, (const uint64_t *)(const void *)s);
    }
    return any != 0;
}

/* -- Results --------------------------------------------------------------- */

void ag_lane_result(uint64_t *state, uint64_t slot, armgpu_lane_result *out)
{
    uint64_t status = *ag_lane_row(state, slot, AG_STATE_STATUS);
    memset(out, 0, sizeof *out);
    out->cycles = *ag_lane_row(state, slot, AG_STATE_CYCLES);
    out->pc = *ag_lane_row(state, slot, AG_STATE_PC);
    out->stop_code = *ag_lane_row(state, slot, AG_STATE_CODE);
    out->stop_reason = AG_STATUS_STOP(status);
    out->access = AG_STATUS_ACCESS(status);
    out->access_size = AG_STATUS_SIZE(status);
}

void ag_count_lane(armgpu_result *t, const armgpu_lane_result *lane,
                   uint64_t start)
{
    uint64_t cycles = lane->cycles - start;
    t->total_cycles += cycles;
    if (cycles < t->min_cycles)
        t->min_cycles = cycles;
    if (cycles > t->max_cycles)
        t->max_cycles = cycles;
    if (lane->stop_reason < ARMGPU_STOP_COUNT)
        t->stops[lane->stop_reason]++;
    t->nonzero_codes += lane->stop_code != 0 &&
                        (armgpu_stop_traits(lane->stop_reason) &
                         ARMGPU_STOP_HAS_STATUS) != 0;
}
