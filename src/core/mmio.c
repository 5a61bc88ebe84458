/*
 * Devices of bare metal: ranges of addresses outside lanes' memory where loads
 * and stores are not faults. What is asked for, and how far each lane has read;
 * access.c executes accesses.
 */
#include "core/engine.h"

#include "base/sized.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* An address behind a range is an address, and so is that of the line behind. */
#define HIGHEST (UINT64_MAX - 2 * AG_CACHE_LINE)
#define MOST_DEVICES 4096

static bool overlaps(const armgpu_mmio *m, uint64_t address, uint64_t bytes)
{
    return m->address - address < bytes || address - m->address < m->bytes;
}

static int32_t check_one(struct armgpu *g, const armgpu_mmio *m)
{
    const ag_view *v = &g->view;
    if (m->kind > ARMGPU_MMIO_INPUT || m->reserved != 0)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "a device at 0x%" PRIx64 " of kind %" PRIu32 " is not "
                       "possible: there are 0, 1 and 2", m->address, m->kind);
    if (m->bytes == 0 || m->address > HIGHEST ||
        m->bytes > HIGHEST - m->address)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "a device of %" PRIu64 " bytes at 0x%" PRIx64 " is not "
                       "possible: it has a byte or more, and ends before the "
                       "last addresses", m->bytes, m->address);
    if (overlaps(m, v->base, g->memory_size) ||
        (v->readonly_bytes != 0 &&
         overlaps(m, v->readonly, v->readonly_bytes)))
        return ag_fail(g, ARMGPU_ERROR_RANGE,
                       "a device of %" PRIu64 " bytes at 0x%" PRIx64
                       " is not possible: lanes have memory there", m->bytes,
                       m->address);
    return ARMGPU_OK;
}

/* Inputs too: the caller's are not needed any more. */
static int32_t copy_list(struct armgpu *g, const armgpu_options *o)
{
    struct ag_mmio *s = &g->mmio;
    s->list = calloc((size_t)o->num_mmio, sizeof *s->list);
    bool fine = s->list != NULL;
    for (uint64_t i = 0; fine && i < o->num_mmio; i++) {
        armgpu_mmio *m = &s->list[s->count++];
        const uint64_t bytes = o->mmio[i].input_bytes;
        uint8_t *copy = NULL;
        *m = o->mmio[i];
        m->input = NULL;
        if (m->kind != ARMGPU_MMIO_INPUT || bytes == 0)
            continue;
        copy = bytes <= SIZE_MAX ? malloc((size_t)bytes) : NULL;
        fine = copy != NULL;
        if (fine)
            memcpy(copy, o->mmio[i].input, (size_t)bytes);
        m->input = copy;
    }
    return fine ? ARMGPU_OK : ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
}

int32_t ag_mmio_take(struct armgpu *g, const armgpu_options *o)
{
    armgpu_process process = {.size = sizeof process};
    int32_t error = ARMGPU_OK;
    if (o->num_mmio == 0)
        return ARMGPU_OK;
    if (!g->is_private)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "devices need lanes with private memory: use "
                       "--memory-mode private (ARMGPU_MEMORY_PRIVATE)");
    if (g->memory_size < 2 * AG_ACCESS_BYTES)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "devices need lanes that have %d bytes of memory or "
                       "more, and these have %" PRIu64, 2 * AG_ACCESS_BYTES,
                       g->memory_size);
    if (o->num_mmio > MOST_DEVICES)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "%" PRIu64 " devices are too many: at most %d",
                       o->num_mmio, MOST_DEVICES);
    if (o->process != NULL)
        error = ag_check_size(g, "armgpu_process", o->process->size);
    for (uint64_t i = 0; i < o->num_mmio && error == ARMGPU_OK; i++)
        error = check_one(g, &o->mmio[i]);
    if (error == ARMGPU_OK)
        error = copy_list(g, o);
    if (error != ARMGPU_OK || o->process == NULL)
        return error;
    ag_take_sized(&process, sizeof process, o->process, o->process->size);
    g->mmio.output = process.output;
    g->mmio.user = process.user;
    return ARMGPU_OK;
}

int32_t ag_mmio_open(struct armgpu *g)
{
    struct ag_mmio *s = &g->mmio;
    if (s->count == 0)
        return ARMGPU_OK;
    s->read = calloc((size_t)(g->resident * s->count), sizeof *s->read);
    return s->read != NULL ? ARMGPU_OK
                           : ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
}

void ag_mmio_begin(struct armgpu *g, const uint32_t *slots, uint64_t n)
{
    struct ag_mmio *s = &g->mmio;
    for (uint64_t i = 0; s->read != NULL && i < n; i++)
        memset(s->read + (slots == NULL ? i : slots[i]) * s->count, 0,
               (size_t)s->count * sizeof *s->read);
}

void ag_mmio_close(struct armgpu *g)
{
    for (uint64_t i = 0; i < g->mmio.count; i++)
        free((void *)(uintptr_t)g->mmio.list[i].input);
    free(g->mmio.list);
    free(g->mmio.read);
}

uint64_t ag_mmio_find(const struct armgpu *g, uint64_t address, uint32_t bytes)
{
    const struct ag_mmio *s = &g->mmio;
    for (uint64_t i = s->count; i-- > 0;) {
        const uint64_t at = address - s->list[i].address;
        if (at < s->list[i].bytes && s->list[i].bytes - at >= bytes)
            return i;
    }
    return AG_NO_DEVICE;
}

void ag_mmio_answer(const struct armgpu *g, uint64_t device, uint32_t slot,
                    uint8_t *to, uint32_t bytes)
{
    const armgpu_mmio *m = &g->mmio.list[device];
    const uint64_t read = g->mmio.read[slot * g->mmio.count + device];
    if (m->kind == ARMGPU_MMIO_CONST)
        for (uint32_t i = 0; i < bytes && i < 8; i++)
            to[i] = (uint8_t)(m->value >> 8 * i);
    else if (m->kind == ARMGPU_MMIO_INPUT && read < m->input_bytes)
        to[0] = ((const uint8_t *)m->input)[read];
}
