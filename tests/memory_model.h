/*
 * A model of loads, stores and atomics as the Arm ARM's pseudocode has them:
 * one word at a time, byte by byte, decoded from its bits. A lane has memory of
 * its own and memory that may only be read; all of an access is checked before
 * any of it happens, alignment first, and a stop changes nothing.
 */
#ifndef AG_TESTS_MEMORY_MODEL_H
#define AG_TESTS_MEMORY_MODEL_H

#include "armgpu.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct model {
    uint8_t v[32][16];
    uint64_t x[33]; /* 31: SP, 32: zero */
    uint64_t pc;
    uint64_t monitor_address, monitor_size, monitor[2];
    uint64_t own_at, own_bytes, once_at, once_bytes;
    uint8_t *own;
    const uint8_t *once;
    /* Of the last access. */
    uint64_t address, bytes;
    uint32_t access, stop; /* stop: ARMGPU_STOP_RUNNING if it was done */
    bool stores;
};

static inline uint32_t field(uint32_t w, int low, int width)
{
    return w >> low & ((1u << width) - 1);
}

static inline uint64_t sign_extended(uint64_t v, uint32_t bits)
{
    return bits == 64 || v >> (bits - 1) == 0 ? v : v - (UINT64_C(1) << bits);
}

static inline uint64_t signed_field(uint32_t w, int low, int width)
{
    return sign_extended(field(w, low, width), (uint32_t)width);
}

static inline uint64_t low_bytes(uint64_t v, uint64_t bytes)
{
    return bytes >= 8 ? v : v & ((UINT64_C(1) << bytes * 8) - 1);
}

/* -- Memory ---------------------------------------------------------------- */

static inline uint8_t *model_own(const struct model *m, uint64_t address)
{
    return address - m->own_at < m->own_bytes ? m->own + (address - m->own_at)
                                              : NULL;
}

static inline const uint8_t *model_byte(const struct model *m,
                                        uint64_t address)
{
    const uint8_t *own = model_own(m, address);
    if (own == NULL && address - m->once_at < m->once_bytes)
        return m->once + (address - m->once_at);
    return own;
}

enum { LOADS = 1, STORES = 2, ALIGNED = 4 };

static inline bool model_has(const struct model *m, uint64_t address,
                             uint64_t bytes, bool writes)
{
    for (uint64_t i = 0; i < bytes; i++)
        if ((writes ? model_own(m, address + i) : model_byte(m, address + i)) ==
            NULL)
            return false;
    return true;
}

/* False if the access stops the lane. What loads and stores is a load first. */
static inline bool model_begins(struct model *m, uint64_t address,
                                uint64_t bytes, uint32_t how)
{
    m->address = address;
    m->bytes = bytes;
    m->stores = (how & STORES) != 0;
    m->access =
        (how & LOADS) != 0 ? ARMGPU_ACCESS_READ : ARMGPU_ACCESS_WRITE;
    m->stop = ARMGPU_STOP_RUNNING;
    if ((how & ALIGNED) != 0 && address % bytes != 0) {
        m->stop = ARMGPU_STOP_ALIGNMENT_FAULT;
    } else if (!model_has(m, address, bytes, (how & LOADS) == 0)) {
        m->stop = ARMGPU_STOP_DATA_FAULT;
    } else if ((how & STORES) != 0 && !model_has(m, address, bytes, true)) {
        m->stop = ARMGPU_STOP_DATA_FAULT;
        m->access = ARMGPU_ACCESS_WRITE;
    }
    return m->stop == ARMGPU_STOP_RUNNING;
}

static inline uint64_t model_load(const struct model *m, uint64_t address,
                                  uint32_t bytes)
{
    uint64_t v = 0;
    for (uint32_t i = 0; i < bytes; i++)
        v |= (uint64_t)*model_byte(m, address + i) << 8 * i;
    return v;
}

static inline void model_store(struct model *m, uint64_t address, uint64_t v,
                               uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        *model_own(m, address + i) = (uint8_t)(v >> 8 * i);
}

static inline uint64_t model_x(const struct model *m, uint32_t r)
{
    return m->x[r == 31 ? 32 : r];
}

static inline void model_set_x(struct model *m, uint32_t r, uint64_t v)
{
    if (r != 31)
        m->x[r] = v;
}

/* Bytes of V[r] from `from` on, `offset` behind the access's address. */
static inline void model_move_v(struct model *m, bool is_load, uint64_t offset,
                                uint32_t bytes, uint32_t r, uint32_t from)
{
    uint8_t *here = m->v[r & 31] + from;
    for (uint32_t i = 0; i < bytes; i++)
        if (is_load)
            here[i] = *model_byte(m, m->address + offset + i);
        else
            *model_own(m, m->address + offset + i) = here[i];
}

/* -- One or two registers -------------------------------------------------- */

struct moved {
    uint64_t address, after; /* base after it */
    uint32_t bytes, sign;    /* of a register; sign: to 32 or 64 bits, or 0 */
    bool is_load, is_pair, is_v, is_ordered;
};

static inline void model_move_x(struct model *m, const struct moved *a,
                                uint32_t rn, uint32_t rt, uint32_t rt2)
{
    uint64_t v[2] = {model_x(m, rt), model_x(m, rt2)};
    for (uint32_t i = 0; i <= a->is_pair; i++) {
        uint64_t at = a->address + i * a->bytes;
        if (!a->is_load)
            model_store(m, at, v[i], a->bytes);
        else
            v[i] = model_load(m, at, a->bytes);
        if (a->sign != 0)
            v[i] = sign_extended(v[i], a->bytes * 8);
        if (a->sign == 32)
            v[i] = (uint32_t)v[i];
    }
    m->x[rn] = a->after;
    if (!a->is_load)
        return;
    model_set_x(m, rt, v[0]);
    if (a->is_pair)
        model_set_x(m, rt2, v[1]);
}

static inline void model_move(struct model *m, uint32_t w,
                              const struct moved *a)
{
    uint32_t rn = field(w, 5, 5), rt = field(w, 0, 5), rt2 = field(w, 10, 5);
    uint32_t how = a->is_load ? LOADS : STORES;
    if (a->is_ordered)
        how |= ALIGNED;
    if (!model_begins(m, a->address, (uint64_t)a->bytes << a->is_pair, how))
        return;
    if (!a->is_v) {
        model_move_x(m, a, rn, rt, rt2);
        return;
    }
    for (uint32_t i = 0; i <= a->is_pair; i++) {
        uint32_t r = i == 0 ? rt : rt2;
        if (a->is_load)
            memset(m->v[r], 0, 16);
        model_move_v(m, a->is_load, i * a->bytes, a->bytes, r, 0);
    }
    m->x[rn] = a->after;
}

static inline uint64_t model_index(const struct model *m, uint32_t w)
{
    uint64_t v = model_x(m, field(w, 16, 5));
    if (field(w, 13, 3) == 2)
        return (uint32_t)v;
    return field(w, 13, 3) == 6 ? (uint64_t)(int64_t)(int32_t)v : v;
}

/* Size and kind of LDR, STR, LDUR, LDAPUR and so on. */
static inline struct moved model_single(const struct model *m, uint32_t w)
{
    uint32_t size = field(w, 30, 2), kind = field(w, 22, 2);
    struct moved a = {.is_v = field(w, 26, 1)};
    a.address = a.after = m->x[field(w, 5, 5)];
    a.is_load = a.is_v ? kind & 1 : kind != 0;
    if (a.is_v)
        size |= kind >> 1 << 2;
    else if (kind > 1)
        a.sign = kind == 2 ? 64 : 32;
    a.bytes = 1u << size;
    return a;
}

static inline void model_register(struct model *m, uint32_t w)
{
    struct moved a = model_single(m, w);
    uint32_t scale = 0;
    while (1u << scale < a.bytes)
        scale++;
    if (field(w, 24, 1)) {
        a.address += (uint64_t)field(w, 10, 12) << scale;
    } else if (field(w, 21, 1)) {
        a.address += model_index(m, w) << (field(w, 12, 1) ? scale : 0);
    } else {
        if ((field(w, 10, 2) & 1) != 0)
            a.after += signed_field(w, 12, 9);
        if (field(w, 10, 2) != 1)
            a.address += signed_field(w, 12, 9);
    }
    model_move(m, w, &a);
}

static inline void model_ordered(struct model *m, uint32_t w)
{
    struct moved a = model_single(m, w);
    a.is_ordered = true;
    a.address += signed_field(w, 12, 9);
    model_move(m, w, &a);
}

/* LDAR, LDAPR, STLR */
static inline void model_at_base(struct model *m, uint32_t w, uint32_t bytes,
                                 bool is_load)
{
    struct moved a = {.is_load = is_load, .is_ordered = true, .bytes = bytes};
    a.address = a.after = m->x[field(w, 5, 5)];
    model_move(m, w, &a);
}

static inline void model_pair(struct model *m, uint32_t w)
{
    uint32_t kind = field(w, 23, 2), size = field(w, 30, 2);
    struct moved a = {.is_v = field(w, 26, 1), .is_pair = true};
    a.is_load = field(w, 22, 1);
    a.bytes = a.is_v ? 4u << size : size == 2 ? 8 : 4;
    a.sign = !a.is_v && size == 1 ? 64 : 0;
    a.address = a.after = m->x[field(w, 5, 5)];
    if ((kind & 1) != 0)
        a.after += signed_field(w, 15, 7) * a.bytes;
    if (kind != 1)
        a.address += signed_field(w, 15, 7) * a.bytes;
    model_move(m, w, &a);
}

static inline void model_literal(struct model *m, uint32_t w)
{
    uint32_t size = field(w, 30, 2);
    struct moved a = {.is_v = field(w, 26, 1), .is_load = true};
    a.bytes = a.is_v ? 4u << size : size == 1 ? 8 : 4;
    a.sign = !a.is_v && size == 2 ? 64 : 0;
    a.address = m->pc + signed_field(w, 5, 19) * 4;
    a.after = m->x[field(w, 5, 5)]; /* no base: bits of the offset */
    model_move(m, w, &a);
}

/* -- Structures ------------------------------------------------------------ */

static inline void model_structures(struct model *m, uint32_t w)
{
    static const uint32_t turns[11] = {4, 0, 1, 0, 3, 0, 1, 1, 2, 0, 1};
    static const uint32_t registers[11] = {4, 0, 4, 0, 3, 0, 3, 1, 2, 0, 2};
    uint32_t opcode = field(w, 12, 4), bytes = 1u << field(w, 10, 2);
    uint32_t q = field(w, 30, 1), rt = field(w, 0, 5);
    uint32_t elements = (8u << q) / bytes;
    uint64_t offset = 0;
    bool is_load = field(w, 22, 1);
    if (!model_begins(m, m->x[field(w, 5, 5)], registers[opcode] * (8u << q),
                      is_load ? LOADS : STORES))
        return;
    for (uint32_t i = 0; is_load && i < registers[opcode]; i++)
        memset(m->v[(rt + i) & 31], 0, 16);
    for (uint32_t k = 0; k < registers[opcode] / turns[opcode]; k++)
        for (uint32_t e = 0; e < elements; e++)
            for (uint32_t s = 0; s < turns[opcode]; s++, offset += bytes)
                model_move_v(m, is_load, offset, bytes, rt + k + s, e * bytes);
}

/* The element is what Q:S:size have left of the size. */
static inline void model_element(struct model *m, uint32_t w)
{
    uint32_t count = 1 + field(w, 21, 1) + 2 * field(w, 13, 1);
    uint32_t scale = field(w, 14, 2), q = field(w, 30, 1);
    uint32_t index = q << 3 | field(w, 12, 1) << 2 | field(w, 10, 2);
    bool is_load = field(w, 22, 1), is_replicated = scale == 3;
    if (is_replicated)
        scale = field(w, 10, 2);
    else if (scale == 2 && field(w, 10, 1))
        scale = 3;
    if (!model_begins(m, m->x[field(w, 5, 5)], count << scale,
                      is_load ? LOADS : STORES))
        return;
    for (uint32_t s = 0; s < count; s++) {
        uint32_t r = (field(w, 0, 5) + s) & 31, bytes = 1u << scale;
        if (!is_replicated) {
            model_move_v(m, is_load, s * bytes, bytes, r,
                         (index >> scale) * bytes);
            continue;
        }
        memset(m->v[r], 0, 16);
        for (uint32_t at = 0; at < 8u << q; at += bytes)
            model_move_v(m, true, s * bytes, bytes, r, at);
    }
}

static inline void model_any_structures(struct model *m, uint32_t w)
{
    uint32_t rm = field(w, 16, 5), rn = field(w, 5, 5);
    if (field(w, 24, 1))
        model_element(m, w);
    else
        model_structures(m, w);
    if (m->stop == ARMGPU_STOP_RUNNING && field(w, 23, 1))
        m->x[rn] += rm == 31 ? m->bytes : m->x[rm];
}

/* -- Atomics --------------------------------------------------------------- */

/* Two registers of `bytes` to the access's address. */
static inline void model_store_two(struct model *m, uint32_t bytes,
                                   const uint64_t v[2])
{
    for (uint32_t i = 0; i < 2; i++)
        model_store(m, m->address + i * bytes, v[i], bytes);
}

static inline void model_load_exclusive(struct model *m, uint32_t w,
                                        uint32_t bytes, bool is_pair)
{
    uint32_t all = bytes << is_pair;
    if (!model_begins(m, m->x[field(w, 5, 5)], all, LOADS | ALIGNED))
        return;
    m->monitor_address = m->address;
    m->monitor_size = all;
    m->monitor[0] = model_load(m, m->address, all < 8 ? all : 8);
    m->monitor[1] = all == 16 ? model_load(m, m->address + 8, 8) : 0;
    model_set_x(m, field(w, 0, 5), model_load(m, m->address, bytes));
    if (is_pair)
        model_set_x(m, field(w, 10, 5),
                    model_load(m, m->address + bytes, bytes));
}

static inline void model_store_exclusive(struct model *m, uint32_t w,
                                         uint32_t bytes, bool is_pair)
{
    uint64_t v[2] = {model_x(m, field(w, 0, 5)), model_x(m, field(w, 10, 5))};
    uint32_t all = bytes << is_pair;
    bool holds;
    if (!model_begins(m, m->x[field(w, 5, 5)], all, STORES | ALIGNED))
        return;
    holds = m->monitor_size == all && m->monitor_address == m->address &&
            m->monitor[0] == model_load(m, m->address, all < 8 ? all : 8) &&
            (all < 16 || m->monitor[1] == model_load(m, m->address + 8, 8));
    if (holds && is_pair)
        model_store_two(m, bytes, v);
    else if (holds)
        model_store(m, m->address, v[0], bytes);
    m->monitor_size = 0;
    model_set_x(m, field(w, 16, 5), !holds);
}

static inline void model_compare_and_swap(struct model *m, uint32_t w,
                                          uint32_t bytes, bool is_pair)
{
    uint32_t rs = field(w, 16, 5), rt = field(w, 0, 5);
    uint64_t old[2], new[2] = {model_x(m, rt), 0};
    bool is_equal;
    if (!model_begins(m, m->x[field(w, 5, 5)], bytes << is_pair,
                      LOADS | STORES | ALIGNED))
        return;
    old[0] = model_load(m, m->address, bytes);
    is_equal = old[0] == low_bytes(model_x(m, rs), bytes);
    if (is_pair) {
        old[1] = model_load(m, m->address + bytes, bytes);
        new[1] = model_x(m, rt + 1);
        is_equal =
            is_equal && old[1] == low_bytes(model_x(m, rs + 1), bytes);
        if (is_equal)
            model_store_two(m, bytes, new);
        model_set_x(m, rs + 1, old[1]);
    } else if (is_equal) {
        model_store(m, m->address, new[0], bytes);
    }
    model_set_x(m, rs, old[0]);
}

static inline uint64_t model_operation(uint32_t o, uint64_t old, uint64_t v,
                                       uint32_t bits)
{
    bool is_less = (int64_t)sign_extended(old, bits) <
                   (int64_t)sign_extended(v, bits);
    switch (o) {
    case 0:
        return old + v;
    case 1:
        return old & ~v;
    case 2:
        return old ^ v;
    case 3:
        return old | v;
    case 4:
        return is_less ? v : old;
    case 5:
        return is_less ? old : v;
    case 6:
        return old < v ? v : old;
    case 7:
        return old < v ? old : v;
    default:
        return v;
    }
}

static inline void model_read_modify_write(struct model *m, uint32_t w)
{
    uint32_t bytes = 1u << field(w, 30, 2);
    uint64_t v = low_bytes(model_x(m, field(w, 16, 5)), bytes), old;
    if (field(w, 12, 4) == 12) { /* LDAPR */
        model_at_base(m, w, bytes, true);
        return;
    }
    if (!model_begins(m, m->x[field(w, 5, 5)], bytes, LOADS | STORES | ALIGNED))
        return;
    old = model_load(m, m->address, bytes);
    model_store(m, m->address,
                model_operation(field(w, 12, 4), old, v, bytes * 8), bytes);
    model_set_x(m, field(w, 0, 5), old);
}

/* Bits 29:24 are 001000. */
static inline void model_exclusive(struct model *m, uint32_t w)
{
    uint32_t bytes = 1u << field(w, 30, 2);
    bool is_load = field(w, 22, 1), is_two = field(w, 21, 1);
    if (field(w, 23, 1) && is_two) {
        model_compare_and_swap(m, w, bytes, false);
    } else if (field(w, 23, 1)) {
        model_at_base(m, w, bytes, is_load);
    } else if (is_two && !field(w, 31, 1)) {
        model_compare_and_swap(m, w, bytes * 4, true);
    } else if (is_load) {
        model_load_exclusive(m, w, bytes, is_two);
    } else {
        model_store_exclusive(m, w, bytes, is_two);
    }
}

static inline void model_zero_block(struct model *m, uint32_t w)
{
    uint64_t block = model_x(m, field(w, 0, 5)) & ~UINT64_C(63);
    if (!model_begins(m, block, 64, STORES))
        return;
    for (uint32_t i = 0; i < 64; i += 8)
        model_store(m, block + i, 0, 8);
}

/* Executes a word, m->stop says what came of it; the PC is the caller's. */
static inline void model_execute(struct model *m, uint32_t w)
{
    if (field(w, 5, 27) == 0xd50b7420 >> 5)
        model_zero_block(m, w);
    else if (field(w, 27, 3) == 7 && !field(w, 24, 1) && field(w, 21, 1) &&
             field(w, 10, 2) == 0)
        model_read_modify_write(m, w);
    else if (field(w, 27, 3) == 7)
        model_register(m, w);
    else if (field(w, 27, 3) == 5)
        model_pair(m, w);
    else if (field(w, 27, 3) == 3 && field(w, 24, 1))
        model_ordered(m, w);
    else if (field(w, 27, 3) == 3)
        model_literal(m, w);
    else if (field(w, 26, 1))
        model_any_structures(m, w);
    else
        model_exclusive(m, w);
}

#endif
