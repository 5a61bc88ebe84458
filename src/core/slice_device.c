/*
 * Slices on a device with memory of its own. Lane state stays there during a
 * run: a launch takes all live lanes, and the kernel writes out who goes on (in
 * any order: the next launch's list), who asked for something, and how much was
 * retired, so that the host reads a few words after each slice.
 *
 * Fuel is adapted to launches of about 50 ms, at most doubling. The first launch
 * is an amount of work, because nothing is known of the device: however many
 * lanes there are it takes a slow one no more than a second. A launch in which
 * no lane used what it got says nothing of how long that takes.
 */
#include "core/run.h"
#include "base/clock.h"

#include <stdlib.h>

#define FIRST_WORK (1u << 24) /* attempts of all lanes together; at most */
#define FIRST_FUEL 4096
#define LEAST_WORK (1u << 22) /* no launch has less, for its own cost; at most */
#define LEAST_FUEL 256
#define SMALLEST_FUEL 16
#define SLICE_SECONDS 0.05

/* Where a slot's lane begins, and its program; false after a failure. */
static bool find_start(struct armgpu *g, uint32_t slot, uint64_t *pc,
                       uint32_t *program)
{
    uint64_t *state = ag_state_read(g, slot);
    if (state == NULL)
        return false;
    *pc = *ag_lane_row(state, slot, AG_STATE_PC);
    *program = (uint32_t)*ag_lane_row(state, slot, AG_STATE_PROGRAM);
    return true;
}

/* Pages that lanes begin on, so that the first slice need not ask for them: of so
   many lanes, if not all, which takes no time that one would see. */
#define LOOKED_AT 4096
static int32_t decode_first_pages(struct run *r)
{
    struct armgpu *g = r->g;
    uint64_t last = UINT64_MAX, pc, at;
    uint32_t last_program = 0, program;
    /* Odd: programs may be dealt in turn. */
    const uint64_t step = (r->count + LOOKED_AT - 1) / LOOKED_AT | 1;
    for (uint64_t i = 0; i < r->count && !g->code.has_refused; i += step) {
        if (!find_start(g, g->live[i], &pc, &program))
            return ARMGPU_ERROR_DEVICE;
        at = ag_code_of(g, pc);
        if (at == AG_NO_CODE ||
            (at >> AG_PAGE_SHIFT == last && program == last_program))
            continue;
        last = at >> AG_PAGE_SHIFT;
        last_program = program;
        int32_t error = ag_code_decode(g, program, at);
        if (error != ARMGPU_OK)
            return error;
    }
    return ARMGPU_OK;
}

/* The same where only the device has the lanes' states, all as they begin;
   what begins elsewhere asks. */
static int32_t decode_entries(struct run *r)
{
    struct armgpu *g = r->g;
    int32_t error = ARMGPU_OK;
    for (uint32_t i = 0; i < g->num_programs && error == ARMGPU_OK &&
                         !g->code.has_refused; i++)
        error = ag_code_decode(g, i, ag_code_of(g, g->program_entry[i]));
    return error;
}

/* A tally of nothing. */
static int32_t open_tally(struct armgpu *g)
{
    if (g->tally != NULL)
        return g->backend->fill(g->device, g->tally, 0, 0, ag_tally_bytes(g->resident))
                   ? ag_device_failed(g)
                   : ARMGPU_OK;
    g->tally = g->backend->alloc(g->device, ag_tally_bytes(g->resident));
    return g->tally != NULL ? ARMGPU_OK
                            : ag_fail(g, ARMGPU_ERROR_MEMORY, "%s",
                                      g->backend->message(g->device));
}

static int32_t list_live(struct run *r)
{
    struct armgpu *g = r->g;
    return r->count > 0 &&
                   g->backend->upload(g->device, g->lists[r->list].buffer, 0,
                                      g->live, r->count * sizeof *g->live)
               ? ag_device_failed(g)
               : ARMGPU_OK;
}

/* What each of `lanes` gets of so much work. */
static uint32_t share(uint64_t work, uint64_t lanes, uint32_t most)
{
    uint64_t each = work / (lanes > 0 ? lanes : 1);
    if (each > most)
        return most;
    return each < SMALLEST_FUEL ? SMALLEST_FUEL : (uint32_t)each;
}

static int32_t start(struct run *r)
{
    struct armgpu *g = r->g;
    r->fuel = share(FIRST_WORK, r->count, FIRST_FUEL);
    if (r->turns_on_device && open_tally(g) != ARMGPU_OK)
        return ARMGPU_ERROR_MEMORY;
    if (list_live(r) != ARMGPU_OK)
        return ARMGPU_ERROR_DEVICE;
    ag_code_begin_round(g);
    int32_t error =
        g->state.device_changed ? decode_entries(r) : decode_first_pages(r);
    ag_code_end_round(g);
    return error;
}

/* Where many lanes end, launches are shorter, so that slots are not idle; where
   nothing waits for a slot that pays for itself. */
static void adapt_fuel(struct run *r, uint64_t count, uint64_t asked,
                       uint64_t ended, uint64_t cycles)
{
    struct armgpu *g = r->g;
    const uint32_t least = share(LEAST_WORK, count, LEAST_FUEL);
    if (g->has_waves && ended > count / 4 && r->fuel > least &&
        g->slots.next_lane < g->num_lanes) {
        r->fuel /= 2;
        return;
    }
    if (g->has_waves && ended > count / 16)
        return;
    double wanted = r->last_seconds > 0
                        ? r->fuel * (SLICE_SECONDS / r->last_seconds)
                        : 2.0 * r->fuel;
    const double most =
        asked + ended < count && cycles >= r->fuel ? 2.0 * r->fuel : r->fuel;
    if (wanted > most)
        wanted = most;
    if (wanted > UINT32_MAX / 2)
        wanted = UINT32_MAX / 2;
    r->fuel = wanted < least ? least : (uint32_t)wanted;
}

static int compare_lanes(const void *left, const void *right)
{
    const ag_lane_request *a = left, *b = right;
    return a->slot < b->slot ? -1 : a->slot > b->slot;
}

/* Lanes whose instruction must execute alone, in lane order, in one launch. */
static int32_t run_alone(struct run *r, const ag_lane_request *asked,
                         uint64_t count)
{
    struct armgpu *g = r->g;
    ag_buffer *lanes = g->lists[1 - r->list].buffer;
    uint64_t n = 0;
    ag_slice_args args;
    for (uint64_t i = 0; i < count; i++)
        if (AG_REQUEST_KIND(asked[i].request) == AG_REQUEST_ALONE)
            g->live[n++] = asked[i].slot;
    if (n == 0)
        return ARMGPU_OK;
    if (g->backend->upload(g->device, lanes, 0, g->live, n * sizeof *g->live))
        return ag_device_failed(g);
    ag_run_fill_args(r, &args);
    args.count = (u32)n;
    args.fuel = args.turn = args.alone = 1;
    return ag_run_launch(r, lanes, lanes, &args);
}

/* Lists the lanes that asked for this in g->turned: how many. */
static uint64_t list_asking(struct armgpu *g, const ag_lane_request *asked,
                            uint64_t count, uint64_t request)
{
    uint64_t n = 0;
    for (uint64_t i = 0; i < count; i++)
        if (asked[i].request == request)
            g->turned[n++] = asked[i].slot;
    return n;
}

/* What changed code, and system calls, of which the state is fetched at once. */
static int32_t change_code(struct run *r, const ag_lane_request *asked,
                           uint64_t count)
{
    struct armgpu *g = r->g;
    uint64_t n =
        list_asking(g, asked, count, AG_REQUEST_FILES | AG_REQUEST_CALL);
    int32_t error = n == 0 ? ARMGPU_OK : ag_part_begin(g, g->turned, n);
    for (uint64_t i = 0; i < count && error == ARMGPU_OK; i++)
        if (asked[i].request != AG_ASKS_DEVICE &&
            AG_REQUEST_KIND(asked[i].request) != AG_REQUEST_ALONE &&
            AG_REQUEST_KIND(asked[i].request) != AG_REQUEST_DECODE)
            error = ag_run_serve(r, asked[i].slot, asked[i].program,
                                 asked[i].request);
    return error;
}

/* Output that has no room, of all lanes that say so, and devices. */
static int32_t serve_together(struct run *r, const ag_lane_request *asked,
                              uint64_t count)
{
    struct armgpu *g = r->g;
    uint64_t n = 0;
    for (uint64_t i = 0; i < count; i++)
        if (AG_REQUEST_DRAINS(asked[i].request))
            g->turned[n++] = asked[i].slot;
    int32_t error = ag_waves_drain(r, g->turned, n);
    n = list_asking(g, asked, count, AG_ASKS_DEVICE);
    return error != ARMGPU_OK ? error : ag_access_serve(r, g->turned, n);
}

/* As many as stay until the next launch, from where it was too many the last
   time: every lane gets its page some time, and a turn with it. */
static int32_t decode_pages(struct run *r, const ag_lane_request *asked,
                            uint64_t count)
{
    struct ag_code_bound *code = &r->g->code;
    uint64_t first = 0;
    int32_t error = ARMGPU_OK;
    while (first < count && asked[first].slot < r->next_page)
        first++;
    r->next_page = 0;
    ag_code_begin_round(r->g);
    for (uint64_t i = 0; i < count && error == ARMGPU_OK && !code->has_refused;
         i++) {
        const ag_lane_request *a = &asked[(first + i) % count];
        if (AG_REQUEST_KIND(a->request) != AG_REQUEST_DECODE)
            continue;
        error = ag_run_serve(r, a->slot, a->program, a->request);
        if (code->has_refused)
            r->next_page = a->slot;
    }
    ag_code_end_round(r->g);
    return error;
}

/* In lane order: what changed code first, then those that execute alone, while
   their pages are there. A lane that needs a page again before it can do that
   asks once more. */
static int32_t serve_requests(struct run *r, uint64_t count)
{
    struct armgpu *g = r->g;
    int32_t error = ARMGPU_OK;
    ag_lane_request *asked = malloc(count * sizeof *asked);
    if (asked == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    if (g->backend->download(g->device, asked, g->requests, 0,
                             count * sizeof *asked))
        error = ag_device_failed(g);
    if (error == ARMGPU_OK)
        qsort(asked, (size_t)count, sizeof *asked, compare_lanes);
    if (error == ARMGPU_OK)
        error = serve_together(r, asked, count);
    if (error == ARMGPU_OK)
        error = change_code(r, asked, count);
    if (error == ARMGPU_OK)
        error = run_alone(r, asked, count);
    if (error == ARMGPU_OK)
        error = decode_pages(r, asked, count);
    free(asked);
    return error;
}

/* Slots whose lanes ended are at the end of what the launch wrote. */
static int32_t turn_over(struct run *r, uint64_t count, uint64_t ended)
{
    struct armgpu *g = r->g;
    ag_buffer *list = g->lists[r->list].buffer;
    const uint64_t size = sizeof *g->turned;
    uint64_t n = 0;
    int32_t error = ARMGPU_OK;
    if (ended > 0 && g->backend->download(g->device, g->turned, list,
                                          (count - ended) * size, ended * size))
        return ag_device_failed(g);
    error = ag_waves_ended(r, g->turned, ended);
    if (error == ARMGPU_OK && !r->is_interrupted)
        error = ag_waves_begin(r, g->turned, g->resident - r->count, &n);
    if (n > 0 && g->backend->upload(g->device, list, r->count * size, g->turned,
                                    n * size))
        return ag_device_failed(g);
    r->count += n;
    return error;
}

/* Lanes begin in the next n slots of those that ended, where some are left. */
static int32_t turn_some(struct run *r, uint64_t at, uint64_t n)
{
    struct armgpu *g = r->g;
    uint64_t left = r->is_interrupted ? 0 : g->num_lanes - g->slots.next_lane;
    ag_slice_args args = {.serve = AG_SERVE_TURN,
                          .program = AG_NO_PROGRAM,
                          .first = (u32)at,
                          .begin = (u32)(n < left ? n : left),
                          .next_lane = g->slots.next_lane,
                          .size = g->memory_size};
    r->count += args.begin;
    g->slots.next_lane += args.begin;
    g->prepared = g->slots.next_lane; /* by nobody: it is too late for them */
    if (args.begin == 0)
        args.size = 0; /* they are only counted */
    return ag_serve_turn(g, &args, g->lists[r->list].buffer, n);
}

/* The same without the host looking at any lane: slots that are filled again
   follow those that go on, where they are listed already. */
static int32_t turn_over_there(struct run *r, uint64_t count, uint64_t ended)
{
    const uint64_t most = r->g->restore_bytes / r->g->memory_size;
    int32_t error = ARMGPU_OK;
    uint64_t n;
    for (uint64_t i = 0; i < ended && error == ARMGPU_OK; i += n) {
        n = ended - i;
        if (!r->is_interrupted && n > most)
            n = most > 0 ? most : 1;
        error = turn_some(r, count - ended + i, n);
        if (i + n < ended && !r->is_interrupted)
            r->is_interrupted = !ag_run_goes_on(r);
    }
    return error;
}

int32_t ag_device_tally(struct run *r)
{
    struct armgpu *g = r->g;
    int32_t error = ag_tally_add(g, g->tally, g->resident, &r->tally);
    return error == ARMGPU_OK ? ag_slots_rebuild(g) : error;
}

/*
 * Lanes of one warp execute one after the other where they are at different
 * instructions, and wait for the slowest memory access of all: as long as there
 * are fewer warps than issue at one time, lanes get more warps. Results do not
 * depend on it. (docs/performance.md, "Few lanes".)
 */
static uint32_t choose_spread(const struct armgpu *g, uint64_t lanes)
{
    uint64_t warp = g->kernels[AG_KERNEL_SLICE].warp_threads;
    uint64_t spread = g->spread;
    for (uint64_t k = 1; g->spread == 0 && spread == 0 && k < warp; k *= 2)
        if (lanes <= g->info.warps * k)
            spread = k;
    if (spread == 0 || spread >= warp ||
        lanes / spread >= AG_MAX_RESIDENT / warp) /* so are threads */
        return 0;
    return (uint32_t)spread;
}

static uint64_t count_of(const uint32_t *control, uint32_t word)
{
    return control[word] | (uint64_t)control[word + 1] << 32;
}

static int32_t execute(struct run *r)
{
    struct armgpu *g = r->g;
    const double began = ag_now();
    ag_slice_args args;
    int32_t error = ag_run_ready(r);
    if (error != ARMGPU_OK)
        return error;
    ag_run_fill_args(r, &args);
    args.count = (u32)r->count;
    args.fuel = args.turn = ag_regions_fuel(g, r->fuel);
    args.warp = g->kernels[AG_KERNEL_SLICE].warp_threads;
    args.spread = choose_spread(g, r->count);
    double before = r->device_seconds;
    error = ag_run_launch(r, g->lists[r->list].buffer,
                                  g->lists[1 - r->list].buffer, &args);
    if (error != ARMGPU_OK)
        return error;
    r->last_seconds = r->device_seconds - before;
    uint32_t *control = ag_mirror_read(g, &g->control);
    if (control == NULL)
        return ARMGPU_ERROR_DEVICE;
    uint64_t asked = control[AG_CONTROL_ASKED];
    uint64_t ended = control[AG_CONTROL_ENDED];
    r->list = 1 - r->list;
    r->count = control[AG_CONTROL_LIVE];
    const uint64_t translated = count_of(control, AG_CONTROL_TRANSLATED);
    const uint64_t cycles = translated + count_of(control, AG_CONTROL_CYCLES);
    r->cycles += cycles;
    if (args.fuel == r->fuel)
        adapt_fuel(r, args.count, asked, ended, cycles);
    if (r->turns_on_device)
        error = turn_over_there(r, args.count, ended);
    else if (r->tells_ended)
        error = turn_over(r, args.count, ended);
    if (asked != 0 && error == ARMGPU_OK)
        error = serve_requests(r, asked);
    const double seconds = ag_now() - began;
    const struct ag_work slice = {cycles, translated, seconds,
                                  seconds * args.count};
    return error != ARMGPU_OK ? error : ag_regions_ran(g, &slice);
}

static uint64_t stop(struct run *r, uint32_t reason)
{
    struct armgpu *g = r->g;
    uint64_t *state = ag_part_end(g) ? NULL : ag_mirror_write(g, &g->state);
    uint64_t n = 0;
    /* A device that failed gives nothing back: what was known stands. */
    bool has_list =
        state != NULL &&
        g->backend->download(g->device, g->live, g->lists[r->list].buffer, 0,
                             r->count * sizeof *g->live) == 0;
    if (state == NULL)
        state = ag_mirror_abandon(&g->state);
    for (uint64_t i = 0; i < (has_list ? r->count : g->resident); i++) {
        uint64_t slot = has_list ? g->live[i] : i;
        if (ag_lane_of(g, slot) == AG_NO_LANE ||
            ag_lane_stop(state, slot) != ARMGPU_STOP_RUNNING)
            continue;
        ag_lane_set_stop(state, slot, reason);
        g->turned[n++] = (uint32_t)slot;
    }
    return n;
}

const struct ag_slices ag_device_slices = {
    .start = start, .list = list_live, .execute = execute, .stop = stop};
