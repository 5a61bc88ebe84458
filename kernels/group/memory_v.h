/*
 * Loads and stores of V registers in a lane group: pieces of up to 8 bytes, each
 * to or from a row, as memory.h accesses general registers; in private memory
 * also such as are not naturally aligned. What may fault, and in shared memory
 * what is not aligned, goes lane by lane.
 */
#ifndef AG_GROUP_MEMORY_V_H
#define AG_GROUP_MEMORY_V_H

#include <string.h>

#include "group/elements.h"
#include "group/memory.h"
#include "group/vregs.h"

typedef struct ag_v_access {
    ag_group_access s; /* of one piece */
    u64 odd;           /* bits that are set in some address */
} ag_v_access;

/* The rows of V registers follow those of general ones: as memory.h counts. */
#define AG_V_ROW_OF(part, r) (AG_ROW_V + AG_V_ROW(part, r))

AG_INLINE u64 ag_any_bits(ag_vec v)
{
    u64 bits = 0;
    u32 k;
    for (k = 0; k < AG_VECTOR_LANES; k++)
        bits |= v[k];
    return bits;
}

/* Finds the addresses; false if one of the accesses to `total` bytes there is
   not inside memory, or if shared memory has one that is not aligned. */
AG_INLINE u32 ag_check_v(ag_group *g, ag_v_access *v, u32 is_load, u32 form,
                         u32 total, u32 piece)
{
    ag_group_access *s = &v->s;
    ag_vec outside = ag_splat(0), odd = outside;
    u32 q, is_inside;
    s->bytes = 1;
    s->is_pair = 0;
    s->ext = AG_EXT_none;
    ag_find_first(g, 1, s, form);
    if (s->is_uniform) {
        v->odd = s->first;
        is_inside = ag_check_first(g, s, is_load, total);
    } else {
        ag_find_rows(g, 1, s, form, is_load);
        for (q = 0; q < g->used_count; q++) {
            const u32 i = g->used[q];
            const ag_vec x = *ag_vector(g->address, i) & *ag_vector(g->mask, i);
            outside |= ag_outside(g, g->has_window, is_load, x, total);
            odd |= x;
        }
        v->odd = ag_any_bits(odd);
        is_inside = ag_top_bits(outside) == 0;
    }
    return is_inside &&
           !(AG_IS_SHARED(g->layout) && (v->odd & (piece - 1)) != 0);
}

/* -- Pieces that are not aligned, in private memory ------------------------ */

AG_INLINE ag_mem64 *ag_word_of_lane(const ag_group *g, u32 k, u64 address)
{
    return (ag_mem64 *)(void *)(g->lane.memory + g->base[k] +
                                ag_byte_offset(AG_LAYOUT_INTERLEAVED,
                                               address & ~(u64)7));
}

AG_INLINE u64 ag_address_of(const ag_group *g, const ag_group_access *s, u32 k)
{
    return s->is_uniform ? s->first : g->address[k];
}

AG_INLINE u64 ag_load_odd(const ag_group *g, u32 k, u64 address, u32 bytes)
{
    const u32 shift = (u32)(address & 7) * 8;
    u64 v = 0;
    if (!AG_HAS_ROWS(g->layout) || address >= g->lane.memory_size) {
        const uintptr_t memory = (uintptr_t)g->lane.memory;
        memcpy(&v, (const void *)(memory + ag_place_of(g, k, address)), bytes);
        return v;
    }
    v = *ag_word_of_lane(g, k, address) >> shift;
    if (shift + bytes * 8 > 64)
        v |= *ag_word_of_lane(g, k, address + 8) << (64 - shift);
    return v & ~(u64)0 >> (64 - bytes * 8);
}

AG_INLINE void ag_store_odd(const ag_group *g, u32 k, u64 address, u32 bytes,
                            u64 v)
{
    const u32 shift = (u32)(address & 7) * 8;
    const u64 bits = ~(u64)0 >> (64 - bytes * 8);
    ag_mem64 *p;
    if (!AG_HAS_ROWS(g->layout)) {
        memcpy(g->lane.memory + g->base[k] + address, &v, bytes);
        return;
    }
    p = ag_word_of_lane(g, k, address);
    *p = (*p & ~(bits << shift)) | (v & bits) << shift;
    if (shift + bytes * 8 <= 64)
        return;
    p = ag_word_of_lane(g, k, address + 8);
    *p = (*p & ~(bits >> (64 - shift))) | (v & bits) >> (64 - shift);
}

/* Vectors whose lanes have the same address and are all this group's; lanes of
   others are given back. */
AG_INLINE u64 ag_load_odd_rows(ag_group *g, const ag_group_access *s, u32 row,
                               u64 address)
{
    const u32 shift = (u32)(address & 7) * 8;
    const u64 bits = ~(u64)0 >> (64 - s->bytes * 8);
    const u32 is_wide = shift + s->bytes * 8 > 64;
    u64 rest = 0;
    u32 q;
    for (q = 0; q < g->used_count; q++) {
        const u32 i = g->used[q];
        ag_vec v;
        if (AG_UNLIKELY(!ag_is_owned(g, i))) {
            rest |= ag_active_of(g, i) << i * AG_VECTOR_LANES;
            continue;
        }
        v = *ag_word_row(g, i, address) >> shift;
        if (is_wide)
            v |= *ag_word_row(g, i, address + 8) << (64 - shift);
        ag_put(g, i, 1, g->x[row], v & bits);
    }
    return rest;
}

AG_INLINE u64 ag_store_odd_rows(ag_group *g, const ag_group_access *s, u32 row,
                                u64 address)
{
    const u32 shift = (u32)(address & 7) * 8;
    const u64 bits = ~(u64)0 >> (64 - s->bytes * 8);
    const u32 is_wide = shift + s->bytes * 8 > 64;
    u64 rest = 0;
    u32 q;
    for (q = 0; q < g->used_count; q++) {
        const u32 i = g->used[q];
        const ag_vec v = *ag_vector(g->x[row], i), mask = *ag_vector(g->mask, i);
        ag_vec *p;
        if (AG_UNLIKELY(!ag_is_owned(g, i))) {
            rest |= ag_active_of(g, i) << i * AG_VECTOR_LANES;
            continue;
        }
        p = ag_word_row(g, i, address);
        *p = ag_select(mask & bits << shift, v << shift, *p);
        if (!is_wide)
            continue;
        p = ag_word_row(g, i, address + 8);
        *p = ag_select(mask & bits >> (64 - shift), v >> (64 - shift), *p);
    }
    return rest;
}

/* -- Pieces ---------------------------------------------------------------- */

AG_FN __attribute__((noinline)) void ag_load_piece(ag_group *g, ag_v_access *v,
                                                   u32 row, u64 offset,
                                                   u32 bytes)
{
    ag_group_access *s = &v->s;
    u64 rest = g->active;
    s->bytes = bytes;
    if (((v->odd | offset) & (bytes - 1)) == 0) {
        ag_load_register(g, 1, s, row, offset);
        return;
    }
    if (s->is_row)
        rest = ag_load_odd_rows(g, s, row, s->first + offset);
    for (; rest != 0; rest &= rest - 1) {
        const u32 k = ag_first(rest);
        g->x[row][k] =
            ag_load_odd(g, k, ag_address_of(g, s, k) + offset, bytes);
    }
}

AG_FN __attribute__((noinline)) void ag_store_piece(ag_group *g, ag_v_access *v,
                                                    u32 row, u64 offset,
                                                    u32 bytes)
{
    ag_group_access *s = &v->s;
    u64 rest = g->active;
    s->bytes = bytes;
    if (((v->odd | offset) & (bytes - 1)) == 0) {
        ag_store_register(g, 1, s, row, offset);
        return;
    }
    if (s->is_row)
        rest = ag_store_odd_rows(g, s, row, s->first + offset);
    for (; rest != 0; rest &= rest - 1) {
        const u32 k = ag_first(rest);
        ag_store_odd(g, k, ag_address_of(g, s, k) + offset, bytes,
                     g->x[row][k]);
    }
}

/* Half of V[r] becomes zero. */
AG_INLINE void ag_clear_row(ag_group *g, u32 row)
{
    u32 q;
    for (q = 0; q < g->used_count; q++)
        ag_put(g, g->used[q], 1, g->x[row], ag_splat(0));
}

/* Before a store of `total` bytes. */
AG_INLINE void ag_mark_v(ag_group *g, const ag_v_access *v, u32 total)
{
    if (AG_IS_SHARED(g->layout))
        return;
    ag_mark_rows(g, 1, &v->s, 0);
    ag_mark_rows(g, 1, &v->s, total - 1);
}

/* -- One or two registers -------------------------------------------------- */

AG_INLINE void ag_access_register(ag_group *g, ag_v_access *v, u32 is_load,
                                  u32 r, u64 offset, u32 size)
{
    const u32 bytes = size >= 3 ? 8 : 1u << size;
    if (is_load) {
        ag_load_piece(g, v, AG_V_ROW_OF(0, r), offset, bytes);
        if (size == 4)
            ag_load_piece(g, v, AG_V_ROW_OF(1, r), offset + 8, 8);
        else
            ag_clear_row(g, AG_V_ROW_OF(1, r));
    } else {
        ag_store_piece(g, v, AG_V_ROW_OF(0, r), offset, bytes);
        if (size == 4)
            ag_store_piece(g, v, AG_V_ROW_OF(1, r), offset + 8, 8);
    }
}

AG_INLINE u32 ag_form_of_v(u64 imm)
{
    if (AG_V_WB(imm) == AG_WB_post)
        return AG_FORM_base;
    switch (AG_V_OPTION(imm)) {
    case 0:
        return AG_FORM_base_imm;
    case 2:
        return AG_FORM_base_uxtw;
    case 6:
        return AG_FORM_base_sxtw;
    default:
        return AG_FORM_base_lsl;
    }
}

/* LDR_V, STR_V; true if done. */
AG_INLINE u32 ag_registers_v(ag_group *g, u32 is_load, u32 fields, u64 imm)
{
    const u32 size = AG_V_SIZE(imm), is_pair = AG_V_IS_PAIR(imm);
    const u32 total = 1u << (size + is_pair);
    ag_v_access v;
    v.s.d = fields & 0xff;
    v.s.n = fields >> 8 & 0xff;
    v.s.m = fields >> 16 & 0xff;
    v.s.a = fields >> 24;
    v.s.imm = a64_sx(imm, AG_V_OFFSET_BITS);
    if (AG_UNLIKELY(!ag_check_v(g, &v, is_load, ag_form_of_v(imm), total,
                                size >= 3 ? 8 : 1u << size)))
        return 0;
    if (!is_load)
        ag_mark_v(g, &v, total);
    ag_access_register(g, &v, is_load, v.s.d, 0, size);
    if (is_pair)
        ag_access_register(g, &v, is_load, v.s.a, (u64)1 << size, size);
    if (AG_V_WB(imm) != AG_WB_none)
        ag_write_back(g, 1, &v.s);
    return 1;
}

#include "group/memory_v_struct.h"

/* True if the operation was executed for all active lanes; else nothing was. */
AG_INLINE u32 ag_memory_vectors(ag_group *g, u32 op, u32 fields, u64 imm)
{
    switch (op) {
    case AG_OP_LDR_V:
        return ag_registers_v(g, 1, fields, imm);
    case AG_OP_STR_V:
        return ag_registers_v(g, 0, fields, imm);
    case AG_OP_LD_V_structs:
        return ag_structs_v(g, 1, fields, imm);
    case AG_OP_ST_V_structs:
        return ag_structs_v(g, 0, fields, imm);
    case AG_OP_LD_V_element:
        return ag_element_v(g, 1, fields, imm);
    case AG_OP_ST_V_element:
        return ag_element_v(g, 0, fields, imm);
    case AG_OP_LD_V_replicate:
        return ag_replicate_v(g, fields, imm);
    default:
        return 0;
    }
}

#endif
