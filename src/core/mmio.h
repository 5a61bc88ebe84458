/* Devices (mmio.c): part of engine.h, which includes it. */
#ifndef AG_CORE_MMIO_H
#define AG_CORE_MMIO_H

#include "armgpu.h"

struct ag_mmio {
    armgpu_mmio *list; /* ours, and so are the inputs */
    uint64_t count;
    uint64_t *read; /* bytes of each device's input that each slot's lane has
                       read: [slot][device] */
    armgpu_output_fn output;
    void *user;
};

#define AG_NO_DEVICE UINT64_MAX

/* What was asked for; lanes' memory is known. */
int32_t ag_mmio_take(struct armgpu *g, const armgpu_options *o);
/* It is known how many slots there are. */
int32_t ag_mmio_open(struct armgpu *g);
void ag_mmio_close(struct armgpu *g);
/* Lanes begin in these slots, or in the first n. */
void ag_mmio_begin(struct armgpu *g, const uint32_t *slots, uint64_t n);
/* The device that has all of these addresses, the last one that was given. */
uint64_t ag_mmio_find(const struct armgpu *g, uint64_t address,
                      uint32_t bytes);
/* What it has to read next, over zeros. */
void ag_mmio_answer(const struct armgpu *g, uint64_t device, uint32_t slot,
                    uint8_t *to, uint32_t bytes);

#endif
