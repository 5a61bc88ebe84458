/*
 * The program break and anonymous mappings, inside [heap, heap end): the break
 * grows upwards from the bottom, mappings are taken from the top downwards, in
 * the highest place that is free. Which pages are mapped is a list of at most
 * AG_REGIONS stretches, ascending, none touching the next, each a row: first
 * page and the one behind the last, counted from the heap's beginning.
 *
 * Invariant: pages of the heap that are not mapped are zero. Who gives pages
 * back zeroes them, so that to map some costs nothing. Protection is accepted
 * and has no effect.
 */
#ifndef AG_LINUX_HEAP_H
#define AG_LINUX_HEAP_H

#include "linux/call.h"

#define AG_PAGE_UP(x) (((x) + (AG_PAGE_BYTES - 1)) & ~(u64)(AG_PAGE_BYTES - 1))
#define AG_PAGE_OFFSET(x) ((x) & (AG_PAGE_BYTES - 1))
/* User addresses are smaller. */
#define AG_TASK_SIZE ((u64)1 << 48)

#define AG_REGION(i) (k->rows[(AG_LINUX_REGION + (i)) * AG_BLOCK])
#define AG_REGION_FIRST(r) ((r) & 0xffffffffu)
#define AG_REGION_END(r) ((r) >> 32)
#define AG_REGION_OF(first, end) ((first) | (end) << 32)

#define AG_HEAP (k->input[AG_INPUT_HEAP])
/* Pages that there are, and those that the break has. */
AG_INLINE u64 ag_heap_pages(AG_PRIVATE const ag_call *k)
{
    u64 n = (k->input[AG_INPUT_HEAP_END] - AG_HEAP) >> AG_PAGE_SHIFT;
    return n < 0xffffffffu ? n : 0xffffffffu;
}
AG_INLINE u64 ag_break_pages(AG_PRIVATE const ag_call *k)
{
    return AG_PAGE_UP(AG_LINUX(BREAK)) >> AG_PAGE_SHIFT;
}
AG_INLINE u64 ag_page_address(AG_PRIVATE const ag_call *k, u64 page)
{
    return AG_HEAP + (page << AG_PAGE_SHIFT);
}

AG_CALL_FN void ag_zero_pages(AG_CALL_CTX, u64 first, u64 end)
{
    ag_call_zero(AG_M, ag_page_address(k, first),
                 (end - first) << AG_PAGE_SHIFT);
}

/* Pages [first, end) that are not mapped and beyond the break, the highest that
   there are; ~0 if there are none. */
AG_CALL_FN u64 ag_find_pages(AG_PRIVATE const ag_call *k, u64 n)
{
    u64 end = ag_heap_pages(k), bottom = ag_break_pages(k);
    u32 i = (u32)AG_LINUX(REGIONS);
    while (i-- > 0) {
        if (end - AG_REGION_END(AG_REGION(i)) >= n)
            return end - n;
        end = AG_REGION_FIRST(AG_REGION(i));
    }
    return end >= bottom && end - bottom >= n ? end - n : ~(u64)0;
}

/* True if some page of [first, end) is mapped. */
AG_CALL_FN u32 ag_has_pages(AG_PRIVATE const ag_call *k, u64 first, u64 end)
{
    u32 i;
    for (i = 0; i < (u32)AG_LINUX(REGIONS); i++)
        if (AG_REGION_FIRST(AG_REGION(i)) < end &&
            AG_REGION_END(AG_REGION(i)) > first)
            return 1;
    return 0;
}

/* All of them are. */
AG_CALL_FN u32 ag_has_all_pages(AG_PRIVATE const ag_call *k, u64 first, u64 end)
{
    u32 i;
    for (i = 0; i < (u32)AG_LINUX(REGIONS); i++)
        if (AG_REGION_FIRST(AG_REGION(i)) <= first &&
            AG_REGION_END(AG_REGION(i)) >= end)
            return 1;
    return 0;
}

/* Moves the regions from the i-th on to places `by` further on, or back. */
AG_INLINE void ag_shift_regions(AG_PRIVATE ag_call *k, u32 i, u32 is_up)
{
    u32 n = (u32)AG_LINUX(REGIONS), j;
    if (is_up)
        for (j = n; j > i; j--)
            AG_REGION(j) = AG_REGION(j - 1);
    else
        for (j = i; j < n; j++)
            AG_REGION(j - 1) = AG_REGION(j);
    AG_LINUX(REGIONS) = is_up ? n + 1 : n - 1;
}

/* Maps pages of which none is; false if the list is full. */
AG_CALL_FN u32 ag_map_pages(AG_PRIVATE ag_call *k, u64 first, u64 end)
{
    u32 n = (u32)AG_LINUX(REGIONS), i = 0, joins_low, joins_high;
    while (i < n && AG_REGION_END(AG_REGION(i)) <= first)
        i++;
    joins_low = i > 0 && AG_REGION_END(AG_REGION(i - 1)) == first;
    joins_high = i < n && AG_REGION_FIRST(AG_REGION(i)) == end;
    if (joins_low)
        first = AG_REGION_FIRST(AG_REGION(i - 1));
    if (joins_high)
        end = AG_REGION_END(AG_REGION(i));
    if (!joins_low && !joins_high && n == AG_REGIONS)
        return 0;
    if (joins_low && joins_high)
        ag_shift_regions(k, i, 0);
    else if (!joins_low && !joins_high)
        ag_shift_regions(k, i, 1);
    AG_REGION(joins_low ? i - 1 : i) = AG_REGION_OF(first, end);
    return 1;
}

/* Gives back what is mapped of [first, end), zeroed; false, with nothing done,
   if the list is full and one region would become two. The break's pages are
   zeroed and stay: nothing else could be there. */
AG_CALL_FN u32 ag_unmap_pages(AG_CALL_CTX, u64 first, u64 end)
{
    const u64 bottom = ag_break_pages(k);
    u32 i;
    if (first < bottom)
        ag_zero_pages(AG_CALL_C, first, end < bottom ? end : bottom);
    for (i = 0; i < (u32)AG_LINUX(REGIONS) && first < end; i++) {
        u64 low = AG_REGION_FIRST(AG_REGION(i));
        u64 high = AG_REGION_END(AG_REGION(i));
        if (low >= end || high <= first)
            continue;
        if (low < first && high > end && AG_LINUX(REGIONS) == AG_REGIONS)
            return 0; /* it is the only one */
        ag_zero_pages(AG_CALL_C, low > first ? low : first,
                      high < end ? high : end);
        if (low < first) {
            AG_REGION(i) = AG_REGION_OF(low, first);
            if (high > end) {
                ag_shift_regions(k, i + 1, 1);
                AG_REGION(i + 1) = AG_REGION_OF(end, high);
            }
        } else if (high > end) {
            AG_REGION(i) = AG_REGION_OF(end, high);
        } else {
            ag_shift_regions(k, i + 1, 0);
            i--;
        }
    }
    return 1;
}

/* Of pages [first, end) of any addresses those inside the heap; false if there
   are none. */
AG_CALL_FN u32 ag_clip_pages(AG_PRIVATE const ag_call *k, u64 address, u64 bytes,
                             AG_PRIVATE u64 *first, AG_PRIVATE u64 *end)
{
    const u64 low = AG_HEAP, high = ag_page_address(k, ag_heap_pages(k));
    u64 a = address > low ? address : low, b = address + bytes;
    b = b < high ? b : high;
    if (a >= b)
        return 0;
    *first = (a - low) >> AG_PAGE_SHIFT;
    *end = (b - low) >> AG_PAGE_SHIFT;
    return 1;
}

/* The break goes where no mapping is. Pages that it leaves are given back. */
AG_SYSCALL(brk)
{
    const u64 now = AG_LINUX(BREAK), wanted = k->x[0] - AG_HEAP;
    u64 most = AG_LINUX(REGIONS) > 0 ? AG_REGION_FIRST(AG_REGION(0))
                                     : ag_heap_pages(k);
    if (k->x[0] < AG_HEAP || wanted > most << AG_PAGE_SHIFT)
        return AG_HEAP + now;
    AG_LINUX(BREAK) = wanted;
    if (wanted < now)
        ag_call_zero(AG_M, AG_HEAP + AG_PAGE_UP(wanted),
                     AG_PAGE_UP(now) - AG_PAGE_UP(wanted));
    return k->x[0];
}

AG_SYSCALL(munmap)
{
    u64 bytes = AG_PAGE_UP(k->x[1]), first, end;
    if (AG_PAGE_OFFSET(k->x[0]) != 0 || bytes == 0 ||
        k->x[0] > AG_TASK_SIZE || k->x[1] > AG_TASK_SIZE - k->x[0])
        return AG_FAILS(INVAL);
    if (!ag_clip_pages(k, k->x[0], bytes, &first, &end))
        return 0;
    return ag_unmap_pages(AG_CALL_C, first, end) ? 0 : AG_FAILS(NOMEM);
}

#define AG_MAP_TYPE 15
#define AG_MAP_SHARED 1
#define AG_MAP_PRIVATE 2
#define AG_MAP_FIXED 0x10
#define AG_MAP_ANONYMOUS 0x20
#define AG_MAP_NOREPLACE 0x100000

/* Where MAP_FIXED says, in the heap. Pages that the break has are zeroed and
   remain its own (musl puts a guard page there). */
AG_CALL_FN u64 ag_map_fixed(AG_CALL_CTX, u64 address, u64 bytes, u32 replaces)
{
    const u64 end = ((address - AG_HEAP) >> AG_PAGE_SHIFT) +
                    (bytes >> AG_PAGE_SHIFT);
    const u64 bottom = ag_break_pages(k);
    u64 page = (address - AG_HEAP) >> AG_PAGE_SHIFT;
    if (address < AG_HEAP || end > ag_heap_pages(k))
        return AG_FAILS(NOMEM);
    if (!replaces && (page < bottom || ag_has_pages(k, page, end)))
        return AG_FAILS(EXIST);
    if (!ag_unmap_pages(AG_CALL_C, page, end))
        return AG_FAILS(NOMEM);
    page = page < bottom ? bottom : page;
    return page >= end || ag_map_pages(k, page, end) ? address
                                                     : AG_FAILS(NOMEM);
}

AG_CALL_FN u64 ag_map_anywhere(AG_CALL_CTX, u64 bytes)
{
    const u64 pages = bytes >> AG_PAGE_SHIFT;
    const u64 page = ag_find_pages(k, pages);
    if (page == ~(u64)0 || !ag_map_pages(k, page, page + pages))
        return AG_FAILS(NOMEM);
    return ag_page_address(k, page);
}

/* Anonymous ones. */
AG_CALL_FN u64 ag_map(AG_CALL_CTX, u64 address, u64 length, u32 flags)
{
    const u64 bytes = AG_PAGE_UP(length);
    const u32 is_fixed = (flags & (AG_MAP_FIXED | AG_MAP_NOREPLACE)) != 0;
    const u32 type = flags & AG_MAP_TYPE;
    if (length == 0)
        return AG_FAILS(INVAL);
    if (bytes == 0 || bytes > AG_TASK_SIZE ||
        (is_fixed && address > AG_TASK_SIZE - bytes))
        return AG_FAILS(NOMEM);
    if (is_fixed && AG_PAGE_OFFSET(address) != 0)
        return AG_FAILS(INVAL);
    if (type != AG_MAP_SHARED && type != AG_MAP_PRIVATE)
        return AG_FAILS(INVAL);
    if (is_fixed)
        return ag_map_fixed(AG_CALL_C, address, bytes,
                            (flags & AG_MAP_NOREPLACE) == 0);
    return ag_map_anywhere(AG_CALL_C, bytes);
}

/* A copy of a file's bytes: it is mapped here, and filled by the host, which says
   where there is no such file. Nothing goes back to a file. */
#define AG_PROT_WRITE 2
AG_CALL_FN u64 ag_map_file(AG_CALL_CTX, u32 flags)
{
    u64 address;
    if ((flags & AG_MAP_TYPE) == AG_MAP_SHARED && (k->x[2] & AG_PROT_WRITE) != 0)
        return AG_FAILS(NODEV);
    address = ag_map(AG_CALL_C, k->x[0], k->x[1], flags);
    if (AG_IS_ERROR(address))
        return address;
    AG_LINUX(TAKEN) = address;
    return ag_call_by_host(AG_CALL_C);
}

/* The host has done its part: address, or what is wrong. */
AG_CALL_FN u64 ag_map_answered(AG_CALL_CTX)
{
    const u64 page = (AG_LINUX(TAKEN) - AG_HEAP) >> AG_PAGE_SHIFT;
    if (AG_IS_ERROR(AG_LINUX(ANSWER)))
        ag_unmap_pages(AG_CALL_C, page,
                       page + (AG_PAGE_UP(k->x[1]) >> AG_PAGE_SHIFT));
    AG_LINUX(TAKEN) = 0;
    return AG_LINUX(ANSWER);
}

#define AG_REMAP_MAY_MOVE 1
#define AG_REMAP_KNOWN 7

/* Pages [first, first + n) become `more` of them somewhere else. */
AG_CALL_FN u64 ag_move_pages(AG_CALL_CTX, u64 first, u64 n, u64 more)
{
    const u64 to = ag_find_pages(k, more);
    u64 from = ag_page_address(k, first), i;
    u64 place;
    if (to == ~(u64)0 || !ag_map_pages(k, to, to + more))
        return AG_FAILS(NOMEM);
    place = ag_page_address(k, to);
    for (i = 0; i < n << AG_PAGE_SHIFT; i += 8) {
        u64 v = ag_load_64(AG_M, from + i, AG_RELAXED);
        if (v != 0)
            ag_store_64(AG_M, place + i, v, AG_RELAXED);
    }
    /* Touching neighbours are one region by now, of which it may be the middle,
       with no room for two: then these pages stay mapped. */
    ag_unmap_pages(AG_CALL_C, first, first + n);
    return place;
}

AG_SYSCALL(mremap)
{
    const u64 address = k->x[0], flags = k->x[3];
    u64 old = AG_PAGE_UP(k->x[1]) >> AG_PAGE_SHIFT;
    u64 n = AG_PAGE_UP(k->x[2]) >> AG_PAGE_SHIFT, first, end;
    if ((flags & ~(u64)AG_REMAP_KNOWN) != 0 || flags > AG_REMAP_MAY_MOVE ||
        AG_PAGE_OFFSET(address) != 0 || n == 0)
        return AG_FAILS(INVAL);
    first = (address - AG_HEAP) >> AG_PAGE_SHIFT;
    end = first + old;
    if (address < AG_HEAP || old > ag_heap_pages(k) ||
        !ag_has_all_pages(k, first, old == 0 ? first + 1 : end))
        return AG_FAILS(FAULT);
    if (old == 0)
        return AG_FAILS(INVAL); /* a second view, of what is shared */
    if (n <= old)
        return ag_unmap_pages(AG_CALL_C, first + n, end) ? address
                                                         : AG_FAILS(NOMEM);
    if (n > ag_heap_pages(k))
        return AG_FAILS(NOMEM);
    if (first + n <= ag_heap_pages(k) && !ag_has_pages(k, end, first + n) &&
        ag_map_pages(k, end, first + n))
        return address;
    return flags == AG_REMAP_MAY_MOVE
               ? ag_move_pages(AG_CALL_C, first, old, n)
               : AG_FAILS(NOMEM);
}

/* All of [address, address + bytes) is there: segments, stack, what of the heap
   is mapped. */
AG_CALL_FN u32 ag_is_mapped(AG_CALL_CTX, u64 address, u64 bytes)
{
    u64 first, end, free_from = ag_break_pages(k);
    if (!AG_CAN_READ(address, bytes))
        return 0;
    if (!ag_clip_pages(k, address, bytes, &first, &end) || end <= free_from)
        return 1;
    first = first > free_from ? first : free_from;
    return ag_has_all_pages(k, first, end);
}

#define AG_PROTECTIONS 0x0300003fu /* of the architecture, and growing */
AG_SYSCALL(mprotect)
{
    const u64 bytes = AG_PAGE_UP(k->x[1]);
    if (AG_PAGE_OFFSET(k->x[0]) != 0)
        return AG_FAILS(INVAL);
    if (k->x[1] == 0)
        return 0;
    if (bytes == 0 || k->x[0] + bytes <= k->x[0])
        return AG_FAILS(NOMEM);
    if ((k->x[2] & ~(u64)AG_PROTECTIONS) != 0)
        return AG_FAILS(INVAL);
    return ag_is_mapped(AG_CALL_C, k->x[0], bytes) ? 0 : AG_FAILS(NOMEM);
}

/* MADV_DONTNEED zeroes what is mapped; the others are advice. */
#define AG_ADVICE_KNOWN ((u64)0x3fff1f) /* 0 to 4, 8 to 21 */
AG_SYSCALL(madvise)
{
    const u64 bytes = AG_PAGE_UP(k->x[1]), advice = (u32)k->x[2];
    u64 first, end;
    if (advice > 21 || (AG_ADVICE_KNOWN >> advice & 1) == 0 ||
        AG_PAGE_OFFSET(k->x[0]) != 0 || (k->x[1] != 0 && bytes == 0) ||
        k->x[0] + bytes < k->x[0])
        return AG_FAILS(INVAL);
    if (bytes == 0)
        return 0;
    if (!ag_is_mapped(AG_CALL_C, k->x[0], bytes))
        return AG_FAILS(NOMEM);
    if (advice == 4 && ag_clip_pages(k, k->x[0], bytes, &first, &end))
        ag_zero_pages(AG_CALL_C, first, end);
    return 0;
}

#endif
