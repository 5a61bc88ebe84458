/*
 * Memory of lanes for the host: one address of one lane or of many. Code that
 * is written is decoded anew.
 */
#include "core/program.h"

#include <stdlib.h>
#include <string.h>

/* Shared and linear memory of one lane is one piece; -1 where it is not. */
static int64_t place(const struct armgpu *g, uint64_t slot, uint64_t address)
{
    if (AG_HAS_ROWS(g->layout))
        return -1;
    return (int64_t)(ag_slot_offset(g->layout, g->memory_stride, slot) +
                     address);
}

/* Slots of lanes[i], or of first + i; NULL after a failure. */
static uint32_t *find_slots(struct armgpu *g, const uint64_t *lanes,
                            uint64_t first, uint64_t n, int32_t *error)
{
    uint32_t *slots = malloc((size_t)n * sizeof *slots);
    *error = slots != NULL
                 ? ARMGPU_OK
                 : ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    for (uint64_t i = 0; i < n && *error == ARMGPU_OK; i++) {
        uint64_t slot = 0;
        *error = ag_slot_of(g, lanes != NULL ? lanes[i] : first + i, &slot);
        slots[i] = (uint32_t)slot;
    }
    return slots;
}

/* One piece of memory in the buffer. */
static int32_t transfer(struct armgpu *g, uint32_t what, int64_t at,
                        void *bytes, size_t size)
{
    int32_t failed =
        what == AG_SERVE_READ
            ? g->backend->download(g->device, bytes, g->memory, (uint64_t)at,
                                   size)
            : g->backend->upload(g->device, g->memory, (uint64_t)at, bytes,
                                 size);
    return failed ? ag_device_failed(g) : ARMGPU_OK;
}

/* In shared memory the lanes' blocks follow each other in the caller's. */
static int32_t move_pieces(struct armgpu *g, uint32_t what,
                           const uint32_t *slots, uint64_t n, uint64_t address,
                           uint8_t *bytes, size_t size)
{
    int32_t error = ARMGPU_OK;
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++)
        error = transfer(g, what, place(g, slots[i], address),
                         bytes + i * size, size);
    return error;
}

static int32_t move(struct armgpu *g, uint32_t what, const uint32_t *slots,
                    uint64_t n, uint64_t address, uint8_t *bytes, size_t size)
{
    bool is_in_pieces = !g->is_private ||
                        (!AG_HAS_ROWS(g->layout) &&
                         (n == 1 || g->state.is_mapped));
    return is_in_pieces ? move_pieces(g, what, slots, n, address, bytes, size)
                        : ag_serve_memory(g, what, slots, n, address, bytes,
                                          size);
}

/* The same for what begins in what all lanes read: blocks lie `stride` apart. */
static int32_t read_piece(struct armgpu *g, const struct ag_piece *piece,
                          const uint32_t *slots, uint64_t n, uint8_t *bytes,
                          size_t size, size_t stride)
{
    int32_t error = ARMGPU_OK;
    if (!piece->is_once && size == stride)
        return move(g, AG_SERVE_READ, slots, n, piece->offset, bytes, size);
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i++)
        if (piece->is_once)
            memcpy(bytes + i * stride,
                   ag_program_readonly(g->program) + piece->offset, size);
        else
            error = move(g, AG_SERVE_READ, slots + i, 1, piece->offset,
                         bytes + i * stride, size);
    return error;
}

static int32_t read_slots(struct armgpu *g, const uint32_t *slots, uint64_t n,
                          uint64_t address, uint8_t *bytes, size_t size)
{
    int32_t error = ARMGPU_OK;
    for (size_t done = 0; done < size && error == ARMGPU_OK;) {
        const struct ag_piece piece = ag_piece_at(g, address + done);
        size_t here = piece.bytes < size - done ? (size_t)piece.bytes
                                                : size - done;
        error = read_piece(g, &piece, slots, n, bytes + done, here, size);
        done += here;
    }
    return error;
}

static int32_t read_lanes(struct armgpu *g, const uint64_t *lanes,
                          uint64_t first, uint64_t n, uint64_t address,
                          void *bytes, size_t size)
{
    int32_t error = ag_check_range(g, "a read", address, size);
    if (error != ARMGPU_OK || n == 0)
        return error;
    uint32_t *slots = find_slots(g, lanes, first, n, &error);
    if (error == ARMGPU_OK)
        error = read_slots(g, slots, n, address, bytes, size);
    free(slots);
    return error;
}

int32_t armgpu_read_memory_lanes(armgpu *g, const uint64_t *lanes, uint64_t n,
                                 uint64_t address, void *bytes, size_t size)
{
    return read_lanes(g, lanes, 0, n, address, bytes, size);
}

int32_t armgpu_read_memory_range(armgpu *g, uint64_t first, uint64_t n,
                                 uint64_t address, void *bytes, size_t size)
{
    int32_t error = ag_check_lanes(g, first, n);
    return error != ARMGPU_OK
               ? error
               : read_lanes(g, NULL, first, n, address, bytes, size);
}

int32_t armgpu_read_memory(armgpu *g, uint64_t lane, uint64_t address,
                           void *bytes, size_t size)
{
    return armgpu_read_memory_range(g, lane, 1, address, bytes, size);
}

/* It is not as it began any more, whether it can be written or not. */
static int32_t mark(struct armgpu *g, const uint32_t *slots, uint64_t n,
                    uint64_t address, size_t size)
{
    u64 pieces = ag_pieces(ag_piece_shift(g->memory_size), address,
                           address + size);
    for (uint64_t i = 0; g->has_marks && i < n; i++) {
        uint64_t *state = ag_state_write(g, slots[i]);
        if (state == NULL)
            return ARMGPU_ERROR_DEVICE;
        *ag_lane_row(state, slots[i], AG_STATE_DIRTY) |= pieces;
    }
    return ARMGPU_OK;
}

static int32_t write_slots(struct armgpu *g, const uint32_t *slots, uint64_t n,
                           uint64_t address, const void *bytes, size_t size)
{
    const uint64_t offset = address - g->view.base;
    int32_t error = mark(g, slots, n, offset, size);
    if (error == ARMGPU_OK)
        error = move(g, AG_SERVE_WRITE, slots, n, offset,
                     (uint8_t *)(uintptr_t)bytes, size);
    return error != ARMGPU_OK
               ? error
               : ag_code_changed(g, slots, n, offset + g->view.code_base,
                                 size);
}

int32_t armgpu_write_memory_range(armgpu *g, uint64_t first, uint64_t n,
                                  uint64_t address, const void *bytes,
                                  size_t size)
{
    int32_t error = ag_check_lanes(g, first, n);
    if (error == ARMGPU_OK)
        error = ag_check_own(g, "a write", address, size);
    if (error != ARMGPU_OK || n == 0)
        return error;
    uint32_t *slots = find_slots(g, NULL, first, n, &error);
    if (error == ARMGPU_OK && size > 0)
        error = write_slots(g, slots, n, address, bytes, size);
    g->has_program = g->has_program || error == ARMGPU_OK;
    free(slots);
    return error;
}

int32_t armgpu_write_memory(armgpu *g, uint64_t lane, uint64_t address,
                            const void *bytes, size_t size)
{
    return armgpu_write_memory_range(g, lane, 1, address, bytes, size);
}

/* -- For system calls ------------------------------------------------------- */

uint64_t ag_memory_room(const struct armgpu *g, uint64_t address, uint64_t size,
                        bool writes)
{
    uint64_t n = 0;
    while (n < size) {
        const struct ag_piece piece = ag_piece_at(g, address + n);
        if (piece.bytes == 0 || (writes && piece.is_once))
            break;
        n += piece.bytes < size - n ? piece.bytes : size - n;
    }
    return n;
}

int32_t ag_memory_get(struct armgpu *g, uint32_t slot, uint64_t address,
                      void *bytes, size_t size)
{
    return read_slots(g, &slot, 1, address, bytes, size);
}

/* As the lane's own stores do: code that it executes there it has to announce. */
int32_t ag_memory_put(struct armgpu *g, uint32_t slot, uint64_t address,
                      const void *bytes, size_t size)
{
    const uint64_t offset = address - g->view.base;
    int32_t error = size > 0 ? mark(g, &slot, 1, offset, size) : ARMGPU_OK;
    return error != ARMGPU_OK || size == 0
               ? error
               : move(g, AG_SERVE_WRITE, &slot, 1, offset,
                      (uint8_t *)(uintptr_t)bytes, size);
}
