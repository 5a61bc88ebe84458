/*
 * What the host wants done to many slots at once, done where their memory is
 * (kernels/serve/serve.h), and the host's copy of some slots' state.
 */
#include "base/float_environment.h"
#include "core/engine.h"

#include <stdlib.h>
#include <string.h>

#define STAGING_BYTES (UINT64_C(16) << 20)
/* Threads that keep a GPU busy, and what is not worth dividing. */
#define GPU_THREADS 65536
#define MIN_PART 1024
#define MAX_WANTED 32
#define MAX_FETCHES 32
#define SUM_THREADS 4096

/* Few slots with much memory are served by several threads each. */
static void plan(const struct armgpu *g, ag_slice_args *args, uint64_t n)
{
    uint64_t threads = AG_SERVE_THREADS(n), parts = 1;
    if (!ag_host_lists_lanes(g) && threads < GPU_THREADS)
        parts = GPU_THREADS / threads;
    if (parts > args->size / MIN_PART)
        parts = args->size / MIN_PART;
    args->parts = parts < 1 ? 1 : (u32)parts;
    args->count = args->parts * (u32)threads;
    args->listed = (u32)n;
    args->memory_size = g->memory_size;
    args->memory_stride = g->memory_stride;
    args->layout = g->layout;
}

static int32_t launch(struct armgpu *g, const ag_slice_args *args,
                      ag_buffer *list, ag_buffer *staging)
{
    double seconds;
    ag_buffer *buffers[AG_ARGUMENT_COUNT];
    ag_buffers_bind(g, AG_KERNEL_SERVE, buffers);
    buffers[AG_ARGUMENT_LANES] = list;
    buffers[AG_ARGUMENT_STAGING] = staging;
    struct ag_host_float caller = ag_host_float_enter();
    bool failed =
        g->backend->launch(g->device, g->kernels[AG_KERNEL_SERVE].kernel,
                           buffers, args) ||
        g->backend->wait(g->device, &seconds);
    ag_host_float_leave(caller);
    return failed ? ag_device_failed(g) : ARMGPU_OK;
}

/* Where several threads have a slot's memory, the state that says what of it is
   to be restored stays until all of them have been through. */
static int32_t launch_begin(struct armgpu *g, ag_slice_args *args, uint64_t n,
                            ag_buffer *list, ag_buffer *staging)
{
    ag_slice_args restore = *args;
    int32_t error = ARMGPU_OK;
    if (args->parts > 1 && args->begin > 0) {
        restore.serve = AG_SERVE_RESTORE;
        error = launch(g, &restore, list, NULL);
        args->size = 0;
        plan(g, args, n);
    }
    return error != ARMGPU_OK ? error : launch(g, args, list, staging);
}

/* The memory of these slots, or of all, will be as at the start. */
static void forget_notes(struct armgpu *g, const uint32_t *slots, uint64_t n)
{
    struct ag_own_notes *notes = g->own_notes;
    for (uint64_t i = 0; notes != NULL && i < n; i++)
        memset(&notes[slots == NULL ? i : slots[i]], 0, sizeof *notes);
}

int32_t ag_serve(struct armgpu *g, ag_slice_args *args, const uint32_t *slots,
                 uint64_t n)
{
    bool begins = args->serve == AG_SERVE_BEGIN;
    int32_t error = begins ? ag_part_end(g) : ARMGPU_OK;
    if (n == 0 || error != ARMGPU_OK)
        return error;
    plan(g, args, n);
    g->is_pristine = g->is_pristine && !begins;
    if (begins && args->size != 0)
        forget_notes(g, slots, n);
    if (begins)
        ag_mmio_begin(g, slots, n);
    args->limit = g->limit;
    args->is_all = slots == NULL;
    if (slots != NULL && g->backend->upload(g->device, g->served, 0, slots,
                                            n * sizeof *slots))
        return ag_device_failed(g);
    if (begins || args->serve == AG_SERVE_IMAGE ||
        args->serve == AG_SERVE_RESTORE)
        error = ag_start_ready(g);
    if (error == ARMGPU_OK)
        error = ag_planes_to_device(g);
    if (begins)
        args->begin = (u32)n;
    if (error == ARMGPU_OK)
        error = begins ? launch_begin(g, args, n, g->served, g->staging)
                       : launch(g, args, g->served, g->staging);
    if (begins || args->serve == AG_SERVE_SET_STATE)
        ag_planes_device_wrote(g);
    return error;
}

int32_t ag_serve_turn(struct armgpu *g, ag_slice_args *args, ag_buffer *list,
                      uint64_t n)
{
    int32_t error = ag_start_ready(g);
    if (n == 0 || error != ARMGPU_OK)
        return error;
    plan(g, args, n);
    args->limit = g->limit;
    ag_planes_device_wrote(g);
    return launch_begin(g, args, n, list, g->tally);
}

int32_t ag_serve_begin_all(struct armgpu *g, uint64_t memory_bytes)
{
    ag_slice_args args = {.serve = AG_SERVE_BEGIN,
                          .program = AG_NO_PROGRAM,
                          .size = memory_bytes};
    int32_t error = ARMGPU_OK;
    bool keeps_marks = g->has_marks && memory_bytes > 0;
    if (keeps_marks)
        error = ag_part_end(g); /* the device must know of all marks */
    g->part.is_active = false;
    for (uint32_t i = 0; i < AG_PLANE_COUNT && !keeps_marks; i++) {
        struct ag_mirror *m = ag_plane_mirror(g, i);
        if (m != NULL)
            m->host_changed = false; /* all of it is written anew */
    }
    g->has_later_pc = false;
    g->start_is_stale = true;
    g->prepared = 0;
    ag_begins_clear(g);
    ag_slots_reset(g);
    if (error == ARMGPU_OK)
        error = ag_process_reset(g);
    if (error == ARMGPU_OK)
        error = ag_serve(g, &args, NULL, g->resident);
    g->is_pristine = error == ARMGPU_OK;
    g->regions.has_seen_alike = false;
    return error;
}

/* At least `bytes` of staging. */
static int32_t need_staging(struct armgpu *g, uint64_t bytes)
{
    if (bytes <= g->staging_bytes)
        return ARMGPU_OK;
    g->backend->release(g->device, g->staging);
    g->staging = g->backend->alloc(g->device, bytes);
    g->staging_bytes = g->staging == NULL ? 0 : bytes;
    return g->staging == NULL
               ? ag_fail(g, ARMGPU_ERROR_MEMORY, "%s",
                         g->backend->message(g->device))
               : ARMGPU_OK;
}

/* -- Sums ------------------------------------------------------------------ */

uint64_t ag_tally_bytes(uint64_t slots)
{
    uint64_t blocks = (slots + AG_BLOCK - 1) / AG_BLOCK;
    return blocks * AG_BLOCK * AG_TALLY_ROWS * sizeof(uint64_t);
}

static void add_tally(armgpu_result *t, const uint64_t *tally, uint64_t slot)
{
#define ROW(row) (tally[ag_tally_index(slot, (row))])
    t->total_cycles += ROW(AG_TALLY_CYCLES);
    t->nonzero_codes += ROW(AG_TALLY_CODES);
    if (ROW(AG_TALLY_MOST) > t->max_cycles)
        t->max_cycles = ROW(AG_TALLY_MOST);
    if (~ROW(AG_TALLY_LEAST) < t->min_cycles)
        t->min_cycles = ~ROW(AG_TALLY_LEAST);
    for (uint32_t i = 0; i < ARMGPU_STOP_COUNT; i++)
        t->stops[i] += ROW(AG_TALLY_STOPS + i);
#undef ROW
}

int32_t ag_tally_add(struct armgpu *g, const ag_buffer *from, uint64_t slots,
                     armgpu_result *out)
{
    uint64_t bytes = ag_tally_bytes(slots);
    uint64_t *tally = malloc((size_t)bytes);
    int32_t error = ARMGPU_OK;
    if (tally == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    if (g->backend->download(g->device, tally, from, 0, bytes))
        error = ag_device_failed(g);
    for (uint64_t i = 0; i < slots && error == ARMGPU_OK; i++)
        add_tally(out, tally, i);
    free(tally);
    return error;
}

int32_t ag_serve_sum(struct armgpu *g, armgpu_result *out)
{
    uint64_t n = g->resident < SUM_THREADS ? g->resident : SUM_THREADS;
    ag_slice_args args = {.serve = AG_SERVE_SUM, .begin = (u32)g->resident};
    int32_t error = need_staging(g, ag_tally_bytes(n));
    if (error == ARMGPU_OK &&
        g->backend->fill(g->device, g->staging, 0, 0, ag_tally_bytes(n)))
        error = ag_device_failed(g);
    if (error == ARMGPU_OK)
        error = ag_serve(g, &args, NULL, n);
    return error != ARMGPU_OK ? error : ag_tally_add(g, g->staging, n, out);
}

/* -- Memory ---------------------------------------------------------------- */

/* What fits staging: a range of one slot, or whole blocks of several. */
static int32_t serve_blocks(struct armgpu *g, uint32_t what,
                            const uint32_t *slots, uint64_t n, uint64_t address,
                            uint8_t *bytes, uint64_t size)
{
    ag_slice_args args = {.serve = what, .address = address, .size = size};
    int32_t error = need_staging(g, n * size);
    if (error != ARMGPU_OK)
        return error;
    if (what == AG_SERVE_WRITE &&
        g->backend->upload(g->device, g->staging, 0, bytes, n * size))
        return ag_device_failed(g);
    error = ag_serve(g, &args, slots, n);
    if (error == ARMGPU_OK && what == AG_SERVE_READ &&
        g->backend->download(g->device, bytes, g->staging, 0, n * size))
        error = ag_device_failed(g);
    return error;
}

int32_t ag_serve_memory(struct armgpu *g, uint32_t what, const uint32_t *slots,
                        uint64_t n, uint64_t address, void *bytes, size_t size)
{
    uint64_t most = STAGING_BYTES, piece = size < most ? size : most;
    uint64_t many = piece > 0 ? most / piece : 0;
    if (many > g->resident) /* a list may name lanes more than once */
        many = g->resident;
    int32_t error = ARMGPU_OK;
    for (uint64_t i = 0; many > 0 && i < n && error == ARMGPU_OK; i += many) {
        uint64_t count = n - i < many ? n - i : many;
        for (uint64_t at = 0; at < size && error == ARMGPU_OK; at += piece)
            error = serve_blocks(g, what, slots + i, count, address + at,
                                 (uint8_t *)bytes + i * size + at,
                                 size - at < piece ? size - at : piece);
    }
    return error;
}

/* -- State of some slots --------------------------------------------------- */

static int32_t open_part(struct armgpu *g)
{
    if (g->part.has != NULL)
        return ARMGPU_OK;
    g->part.has = calloc((size_t)g->resident, 1);
    g->part.slots = malloc((size_t)g->resident * sizeof *g->part.slots);
    if (g->part.has != NULL && g->part.slots != NULL)
        return ARMGPU_OK;
    free(g->part.has);
    free(g->part.slots);
    g->part.has = NULL;
    g->part.slots = NULL;
    return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
}

/* Between staging, which is by rows, and the mirror. */
static void copy_rows(struct armgpu *g, uint64_t *words, const uint32_t *slots,
                      uint64_t n, uint32_t what)
{
    for (uint32_t plane = 0; plane < AG_PLANE_COUNT; plane++) {
        uint32_t rows = ag_plane_rows(plane);
        if (ag_plane_mirror(g, plane) == NULL)
            continue;
        for (uint32_t row = 0; row < rows; row++)
            for (uint64_t i = 0; i < n; i++) {
                uint64_t *word = ag_plane_row(g, plane, slots[i], row);
                if (what == AG_SERVE_GET_STATE)
                    *word = words[row * n + i];
                else
                    words[row * n + i] = *word;
            }
        words += rows * n;
    }
}

static int32_t transfer_some(struct armgpu *g, const uint32_t *slots,
                             uint64_t n, uint32_t what)
{
    ag_slice_args args = {.serve = what};
    uint64_t bytes = n * ag_state_bytes(g);
    uint64_t *words = malloc((size_t)bytes);
    int32_t error = words == NULL
                        ? ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory")
                        : need_staging(g, bytes);
    if (error == ARMGPU_OK && what == AG_SERVE_SET_STATE) {
        copy_rows(g, words, slots, n, what);
        if (g->backend->upload(g->device, g->staging, 0, words, bytes))
            error = ag_device_failed(g);
    }
    if (error == ARMGPU_OK)
        error = ag_serve(g, &args, slots, n);
    if (error == ARMGPU_OK && what == AG_SERVE_GET_STATE) {
        if (g->backend->download(g->device, words, g->staging, 0, bytes))
            error = ag_device_failed(g);
        else
            copy_rows(g, words, slots, n, what);
    }
    free(words);
    return error;
}

static int32_t transfer(struct armgpu *g, const uint32_t *slots, uint64_t n,
                        uint32_t what)
{
    const uint64_t many = STAGING_BYTES / ag_state_bytes(g);
    int32_t error = ARMGPU_OK;
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i += many)
        error = transfer_some(g, slots + i, n - i < many ? n - i : many, what);
    return error;
}

int32_t ag_part_begin(struct armgpu *g, const uint32_t *slots, uint64_t n)
{
    if (!g->state.device_changed)
        return ARMGPU_OK; /* the host has all of it */
    int32_t error = ag_part_end(g);
    if (error == ARMGPU_OK)
        error = open_part(g);
    if (error == ARMGPU_OK)
        error = transfer(g, slots, n, AG_SERVE_GET_STATE);
    if (error != ARMGPU_OK)
        return error;
    memcpy(g->part.slots, slots, n * sizeof *slots);
    for (uint64_t i = 0; i < n; i++)
        g->part.has[slots[i]] = 1;
    g->part.n = n;
    g->part.has_changed = false;
    g->part.is_active = true;
    return ARMGPU_OK;
}

int32_t ag_part_end(struct armgpu *g)
{
    struct ag_part *p = &g->part;
    if (p->has == NULL)
        return ARMGPU_OK;
    for (uint64_t i = 0; i < p->n; i++)
        p->has[p->slots[i]] = 0;
    bool must_write = p->is_active && p->has_changed;
    uint64_t n = p->n;
    p->is_active = false;
    p->n = 0;
    return must_write ? transfer(g, p->slots, n, AG_SERVE_SET_STATE)
                      : ARMGPU_OK;
}

/* Single lanes are fetched a few times; who wants more gets all of them. */
int32_t ag_part_want(struct armgpu *g, uint64_t first, uint64_t n)
{
    uint32_t slots[MAX_WANTED];
    uint64_t slot, missing = 0;
    if (!g->state.device_changed || n > MAX_WANTED ||
        n > g->resident / MAX_WANTED || g->part.fetched >= MAX_FETCHES)
        return ARMGPU_OK;
    for (uint64_t i = 0; i < n; i++) {
        int32_t error = ag_slot_of(g, first + i, &slot);
        if (error != ARMGPU_OK)
            return error;
        slots[i] = (uint32_t)slot;
        missing += !g->part.is_active || !g->part.has[slot];
    }
    if (missing == 0)
        return ARMGPU_OK;
    g->part.fetched++;
    return ag_part_begin(g, slots, n);
}

uint64_t *ag_state_read(struct armgpu *g, uint64_t slot)
{
    if (g->part.is_active && g->part.has[slot])
        return (uint64_t *)(void *)g->state.host;
    if (ag_part_end(g) != ARMGPU_OK || !ag_planes_read(g))
        return NULL;
    return (uint64_t *)(void *)g->state.host;
}

uint64_t *ag_state_write(struct armgpu *g, uint64_t slot)
{
    g->is_pristine = false;
    if (g->part.is_active && g->part.has[slot]) {
        g->part.has_changed = true;
        return (uint64_t *)(void *)g->state.host;
    }
    if (ag_part_end(g) != ARMGPU_OK || !ag_planes_write(g))
        return NULL;
    return (uint64_t *)(void *)g->state.host;
}
