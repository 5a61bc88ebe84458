/*
 * Where a lane goes on: the run at an address in the code table, or what keeps
 * the lane from executing it. Code of its own it decodes itself; while it
 * accesses a device (ag_move_to_device()) code stays where it is.
 */
#ifndef AG_FIND_H
#define AG_FIND_H

#include "a64/decode.h"
#include "engine/forms.h"
#include "lane/memory.h"

/* How many instructions from a place in the code table lie before a lane's own
   code begins, which is AG_STATE_OWN_CODE; 0 if it is inside. */
AG_INLINE u64 ag_before_own_code(u64 own_code, u64 at)
{
    u64 low = (own_code & 0xffffffffu) * AG_CACHE_LINE;
    u64 high = (own_code >> 32) * AG_CACHE_LINE;
    if (at >= high)
        return AG_PAGE_ENTRIES;
    return at < low ? (low - at) / 4 : 0;
}

/* Where the code table has what is at pc, AG_NO_CODE for a fetch fault. */
AG_INLINE u64 ag_code_at(AG_CTX, u64 pc)
{
    if ((pc & 3) != 0)
        return AG_NO_CODE;
    if (AG_HAS_WINDOW(layout))
        return ag_code_offset(&c->view, c->memory_size, pc);
    return pc < c->memory_size ? pc : AG_NO_CODE;
}

/* The same while a device has taken the place of memory: there is no code. */
AG_INLINE u64 ag_code_beside_device(AG_CTX,
                                    AG_PRIVATE const ag_slice_args *args,
                                    u64 pc)
{
    return AG_HAS_WINDOW(layout) && args->alone == AG_ALONE_ACCESS &&
                   (pc & 3) == 0
               ? ag_code_offset(&args->view, args->memory_size, pc)
               : AG_NO_CODE;
}

/* What the page map holds for a page of the lane's program. */
AG_INLINE u64 ag_page_of(AG_CTX, AG_PRIVATE const ag_buffers *b, u64 page)
{
    if (!AG_IS_SHARED(layout))
        page += AG_STATE(AG_STATE_PROGRAM) *
                ((c->memory_size +
                  (AG_HAS_WINDOW(layout) ? c->view.code_base : 0) +
                  AG_PAGE_BYTES - 1) >>
                 AG_PAGE_SHIFT);
    return b->pages[page];
}

/* Where a turn is in the code table: the page of the last run. */
typedef struct ag_place_in_code {
    u64 page;
    AG_GLOBAL const ag_entry *entries; /* of the page */
    AG_GLOBAL const ag_entry *at;      /* of the current run */
} ag_place_in_code;

/*
 * How much of a run may be executed when only n instructions of it are wanted:
 * a batch that begins early enough cannot go beyond them; what then remains is
 * executed one by one, without its batches.
 */
AG_INLINE u32 ag_cut_run(AG_PRIVATE ag_packed_entry *e, u32 n)
{
    u32 op = (u32)e->low & 0xffff;
    if (n >= AG_LONGEST_BATCH)
        return n - (AG_LONGEST_BATCH - 1);
    if (op >= AG_OP_END)
        e->low = (e->low & ~(u64)0xffff) | ag_v_form_ops[op - AG_OP_END];
    else if (op >= AG_OP_COUNT)
        e->low = (e->low & ~(u64)0xffff) | a64_batch_ops[op - AG_OP_COUNT][0];
    return 1;
}

/* The lane is at a region's entry: its turn ends, for the region's kernel to have
   it, but where that has let it be: in the first instruction of a turn, near the
   limit, with code of its own, or in what it can execute little of. */
AG_INLINE u32 ag_at_region(AG_CTX)
{
    return c->cycles == c->slice_start || c->limit - c->cycles <= c->longest ||
                   c->own_code != 0 ||
                   (AG_STATE(AG_STATE_STATUS) & AG_STATUS_LEFT) != 0
               ? AG_NEXT
               : AG_WAIT;
}

/*
 * What the code table has at `at` is not decoded, or is a probe: AG_NEXT if the
 * instruction there executes all the same. Asks for the page, or does what the
 * probe is for.
 */
AG_INLINE u32 ag_at_special_run(AG_CTX, u64 at, u32 run)
{
    if (run == 0)
        return ag_request(c, AG_REQUEST_DECODE,
                          at & ~(u64)(AG_PAGE_BYTES - 1));
    if (run >> AG_PROBE_SHIFT == AG_PROBE_REGION)
        return ag_at_region(AG_C);
#if AG_HAS_FUNCTION
    if (run >> AG_PROBE_SHIFT == AG_PROBE_CALL) {
        AG_STATE(AG_STATE_STATUS) |= AG_STATUS_CALLS;
        return AG_AT_FUNCTION;
    }
#endif
    return ag_passes(AG_STATE(AG_STATE_STATUS), c->cycles,
                     AG_STATE(AG_STATE_START))
               ? AG_NEXT
               : ag_stop_at_probe(c);
}

#if AG_HAS_OWN_CODE
/* The word at pc in the lane's own memory, also where a device has taken the
   place of it (ag_move_to_device()). */
AG_INLINE u32 ag_own_word(AG_CTX, AG_PRIVATE const ag_buffers *b,
                          AG_PRIVATE const ag_slice_args *args, u64 slot,
                          u64 pc)
{
    AG_GLOBAL u8 *const memory = c->memory;
    const u64 base = c->view.base, size = c->memory_size;
    u32 word;
    if (!AG_HAS_WINDOW(layout) || args->alone != AG_ALONE_ACCESS)
        return (u32)ag_load_32(AG_C, pc, AG_RELAXED);
    c->memory = b->memory + ag_slot_offset(layout, args->memory_stride, slot);
    c->view.base = args->view.base;
    c->memory_size = args->memory_size;
    word = (u32)ag_load_32(AG_C, pc, AG_RELAXED);
    c->memory = memory;
    c->view.base = base;
    c->memory_size = size;
    return word;
}
#endif

/* One instruction that the lane decodes itself; kernels that cannot are then
   replaced. The table knows of a probe there, whatever it holds. */
AG_INLINE u32 ag_find_own(AG_CTX, AG_PRIVATE const ag_buffers *b AG_UNUSED,
                          AG_PRIVATE const ag_slice_args *args AG_UNUSED,
                          u64 slot AG_UNUSED, u64 pc, u64 at,
                          AG_PRIVATE ag_place_in_code *place,
                          AG_PRIVATE ag_packed_entry *e, AG_PRIVATE u32 *count)
{
    u32 run = (u32)ag_fetch_entry(place->at).low >> 16, result = AG_NEXT;
#if AG_HAS_OWN_CODE
    ag_entry own;
#endif
    if (AG_IS_SPECIAL_RUN(run))
        result = ag_at_special_run(AG_C, at, run);
    if (result != AG_NEXT && result != AG_AT_FUNCTION)
        return result;
#if AG_HAS_OWN_CODE
    a64_decode(ag_own_word(AG_C, b, args, slot, pc), pc, &own);
    *e = ag_pack_entry(&own);
    *count = 1;
    return result;
#else
    (void)pc, (void)e, (void)count;
    return ag_request(c, AG_REQUEST_OWN_CODE, 0);
#endif
}

/*
 * The run at pc: fetches its first entry, sets *count (at most `left`), or
 * returns AG_WAIT or AG_STOP if nothing can be executed there.
 */
AG_INLINE u32 ag_find_run(AG_CTX, AG_PRIVATE const ag_buffers *b,
                          AG_PRIVATE const ag_slice_args *args, u64 slot,
                          u64 pc, u32 left, AG_PRIVATE ag_place_in_code *place,
                          AG_PRIVATE ag_packed_entry *e, AG_PRIVATE u32 *count)
{
    u64 n = left, at = ag_code_at(AG_C, pc);
    u32 run;
    if (AG_UNLIKELY(at == AG_NO_CODE)) {
        at = ag_code_beside_device(AG_C, args, pc);
        if (at == AG_NO_CODE)
            return ag_stop(c, AG_STOP_FETCH_FAULT, 0);
    }
    if (at >> AG_PAGE_SHIFT != place->page) {
        place->page = at >> AG_PAGE_SHIFT;
        place->entries =
            b->entries + ag_page_of(AG_C, b, place->page) * AG_PAGE_ENTRIES;
    }
    place->at = place->entries + ((u32)at >> 2) % AG_PAGE_ENTRIES;
    if (!AG_IS_SHARED(layout) && AG_UNLIKELY(c->own_code != 0)) {
        u64 before = ag_before_own_code(c->own_code, at);
        if (before == 0)
            return ag_find_own(AG_C, b, args, slot, pc, at, place, e, count);
        n = before < n ? before : n;
    }
    *e = ag_fetch_entry(place->at);
    run = (u32)e->low >> 16;
    if (AG_UNLIKELY(AG_IS_SPECIAL_RUN(run))) {
        u32 result = ag_at_special_run(AG_C, at, run);
        *count = 1;
        return result;
    }
    *count = n < run ? ag_cut_run(e, (u32)n) : run;
    return AG_NEXT;
}

#endif
