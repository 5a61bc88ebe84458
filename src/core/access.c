/*
 * Accesses of devices (mmio.c). A lane that asks has done nothing yet: what the
 * device has to read is put into a part of its own memory that is saved
 * meanwhile, and the lane executes its instruction alone, with that part in the
 * place of the device (ag_move_to_device()). Then the host takes what was
 * stored. So whatever loads and stores there are do what they always do.
 */
#include "core/run.h"

#include <stdlib.h>
#include <string.h>

/* What a lane asked for. */
struct access {
    uint32_t slot;
    uint32_t kind, bytes; /* AG_ACCESS_*; of the access */
    uint64_t address, device, cycles;
    uint64_t place; /* of its part in the lane's memory */
};

struct accesses {
    struct access *all;
    uint64_t count;
    /* Those of one place, which are executed together. */
    struct access *list;
    uint64_t n, place;
    uint32_t *slots;
    uint8_t *saved, *bytes; /* of each; `bytes` are the device's */
};

static bool make_room(struct accesses *a, uint64_t n)
{
    a->all = malloc((size_t)n * sizeof *a->all);
    a->list = malloc((size_t)n * sizeof *a->list);
    a->slots = malloc((size_t)n * sizeof *a->slots);
    a->saved = malloc((size_t)n * AG_ACCESS_BYTES);
    a->bytes = malloc((size_t)n * AG_ACCESS_BYTES);
    return a->all != NULL && a->list != NULL && a->slots != NULL &&
           a->saved != NULL && a->bytes != NULL;
}

static void free_room(struct accesses *a)
{
    free(a->all);
    free(a->list);
    free(a->slots);
    free(a->saved);
    free(a->bytes);
}

/* Where the access is in its part. */
static uint8_t *bytes_of(const struct accesses *a, uint64_t i)
{
    return a->bytes + i * AG_ACCESS_BYTES + a->list[i].address % AG_CACHE_LINE;
}

/* No device is there: the fault that it would have been. */
static int32_t end_lane(struct armgpu *g, const struct access *x)
{
    uint64_t *state = ag_state_write(g, x->slot);
    if (state == NULL)
        return ARMGPU_ERROR_DEVICE;
    *ag_lane_row(state, x->slot, AG_STATE_STATUS) =
        AG_STATUS(AG_STOP_DATA_FAULT, x->kind, x->bytes);
    *ag_lane_row(state, x->slot, AG_STATE_REQUEST) = AG_REQUEST_NONE;
    *ag_lane_row(state, x->slot, AG_STATE_MONITOR_SIZE) = 0;
    return ARMGPU_OK;
}

/* Where in a lane's memory its part is: code of its own, which is read while it
   is executed, is elsewhere. */
static uint64_t place_for(const struct armgpu *g, uint64_t *state,
                          uint32_t slot)
{
    const uint64_t top = g->memory_size - AG_ACCESS_BYTES;
    const uint64_t pc = *ag_lane_row(state, slot, AG_STATE_PC);
    return pc - g->view.base - top < AG_ACCESS_BYTES ? 0 : top;
}

/* What these lanes asked for; those that no device answers end. */
static int32_t collect(struct armgpu *g, const uint32_t *slots, uint64_t n,
                       struct accesses *a)
{
    int32_t error = ag_part_begin(g, slots, n);
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++) {
        struct access x = {.slot = slots[i]};
        uint64_t *state = ag_state_read(g, x.slot);
        if (state == NULL)
            return ARMGPU_ERROR_DEVICE;
        const uint64_t status = *ag_lane_row(state, x.slot, AG_STATE_STATUS);
        x.kind = AG_STATUS_ACCESS(status);
        x.bytes = AG_STATUS_SIZE(status);
        x.address = *ag_lane_row(state, x.slot, AG_STATE_CODE);
        x.cycles = *ag_lane_row(state, x.slot, AG_STATE_CYCLES);
        x.place = place_for(g, state, x.slot);
        x.device = ag_mmio_find(g, x.address, x.bytes);
        if (x.device == AG_NO_DEVICE)
            error = end_lane(g, &x);
        else
            a->all[a->count++] = x;
    }
    return error;
}

/* Those of a place. */
static void choose(struct accesses *a, uint64_t place)
{
    a->place = place;
    a->n = 0;
    for (uint64_t i = 0; i < a->count; i++) {
        if (a->all[i].place != place)
            continue;
        a->slots[a->n] = a->all[i].slot;
        a->list[a->n++] = a->all[i];
    }
}

static void answer(const struct armgpu *g, const struct accesses *a)
{
    memset(a->bytes, 0, (size_t)a->n * AG_ACCESS_BYTES);
    for (uint64_t i = 0; i < a->n; i++)
        ag_mmio_answer(g, a->list[i].device, a->list[i].slot, bytes_of(a, i),
                       a->list[i].bytes);
}

static int32_t launch(struct run *r, const struct accesses *a)
{
    struct armgpu *g = r->g;
    ag_buffer *list =
        g->lists[ag_host_lists_lanes(g) ? 0 : 1 - r->list].buffer;
    ag_slice_args args;
    ag_run_fill_args(r, &args);
    args.count = (u32)a->n;
    args.fuel = args.turn = 1;
    args.alone = AG_ALONE_ACCESS;
    args.address = a->place;
    /* GPUs do it themselves. */
    for (uint64_t i = 0; i < a->n && ag_host_lists_lanes(g); i++)
        *ag_lane_row(ag_mirror_write(g, &g->state), a->slots[i],
                     AG_STATE_REQUEST) = AG_REQUEST_NONE;
    if (g->backend->upload(g->device, list, 0, a->slots,
                           a->n * sizeof *a->slots))
        return ag_device_failed(g);
    return ag_run_launch(r, list, list, &args);
}

/* The instruction of each was executed, with the device in the place of
   memory, which then is as it was. */
static int32_t execute(struct run *r, const struct accesses *a)
{
    struct armgpu *g = r->g;
    int32_t error = ag_serve_memory(g, AG_SERVE_READ, a->slots, a->n, a->place,
                                    a->saved, AG_ACCESS_BYTES);
    answer(g, a);
    if (error == ARMGPU_OK)
        error = ag_serve_memory(g, AG_SERVE_WRITE, a->slots, a->n, a->place,
                                a->bytes, AG_ACCESS_BYTES);
    if (error == ARMGPU_OK)
        error = launch(r, a);
    if (error == ARMGPU_OK)
        error = ag_serve_memory(g, AG_SERVE_READ, a->slots, a->n, a->place,
                                a->bytes, AG_ACCESS_BYTES);
    return error != ARMGPU_OK
               ? error
               : ag_serve_memory(g, AG_SERVE_WRITE, a->slots, a->n, a->place,
                                 a->saved, AG_ACCESS_BYTES);
}

/* An update reads, and has written if something else is there now. */
static bool has_written(const struct armgpu *g, const struct accesses *a,
                        uint64_t i)
{
    const struct access *x = &a->list[i];
    uint8_t before[AG_CACHE_LINE] = {0};
    if (x->kind == AG_ACCESS_WRITE)
        return true;
    ag_mmio_answer(g, x->device, x->slot, before, x->bytes);
    return memcmp(before, bytes_of(a, i), x->bytes) != 0;
}

static bool hand_out(struct armgpu *g, const struct accesses *a, uint64_t i)
{
    const struct access *x = &a->list[i];
    if (g->mmio.output == NULL ||
        g->mmio.list[x->device].kind == ARMGPU_MMIO_CONST ||
        !has_written(g, a, i))
        return false;
    g->calls.drained++;
    return g->mmio.output(g->mmio.user, ag_lane_of(g, x->slot), 1,
                          bytes_of(a, i), 1) != 0;
}

/* What was stored is handed out, what was read is gone. A lane whose page had
   been given up comes back. */
static int32_t take(struct run *r, const struct accesses *a)
{
    struct armgpu *g = r->g;
    bool stops = false;
    int32_t error = ag_waves_drain(r, a->slots, a->n);
    if (error == ARMGPU_OK)
        error = ag_part_begin(g, a->slots, a->n);
    ag_run_leave(r);
    for (uint64_t i = 0; i < a->n && error == ARMGPU_OK; i++) {
        const struct access *x = &a->list[i];
        uint64_t *state = ag_state_read(g, x->slot);
        if (state == NULL)
            error = ARMGPU_ERROR_DEVICE;
        else if (*ag_lane_row(state, x->slot, AG_STATE_CYCLES) != x->cycles) {
            stops = hand_out(g, a, i) || stops;
            g->mmio.read[x->slot * g->mmio.count + x->device] +=
                x->kind == AG_ACCESS_READ;
        }
    }
    ag_run_enter(r);
    r->is_interrupted = r->is_interrupted || stops;
    return error;
}

int32_t ag_access_serve(struct run *r, const uint32_t *slots, uint64_t n)
{
    struct armgpu *g = r->g;
    struct accesses a = {.count = 0};
    int32_t error = ARMGPU_OK;
    g->calls.host += n;
    if (n == 0)
        return ARMGPU_OK;
    if (!make_room(&a, n))
        error = ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    else
        error = collect(g, slots, n, &a);
    for (int i = 0; i < 2 && error == ARMGPU_OK; i++) {
        choose(&a, i == 0 ? g->memory_size - AG_ACCESS_BYTES : 0);
        if (error == ARMGPU_OK && a.n > 0)
            error = execute(r, &a);
        if (error == ARMGPU_OK && a.n > 0)
            error = take(r, &a);
    }
    free_room(&a);
    return error;
}
