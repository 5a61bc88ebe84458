/* How much memory a program takes, and why it is so much. */
#include "guest/window_plan.h"

#include <inttypes.h>
#include <stdio.h>

/* What the program has in its extents, for i < 2 * segment_count + 2. */
static struct ag_range part_of_window(const struct ag_elf *elf,
                                      const struct ag_window *w, size_t i)
{
    const struct ag_range heap = {w->heap, w->heap_end};
    const struct ag_range stack = {w->stack, w->stack_top};
    return i < 2 * elf->segment_count ? ag_window_part(elf, w->bias, i)
           : i % 2 == 0               ? heap
                                      : stack;
}

/* Where an extent has nothing from `low` on, if that is more than `gap`. */
static void look_for_gap(const struct ag_elf *elf, const struct ag_window *w,
                         const struct ag_extent *e, uint64_t low,
                         struct ag_range *gap)
{
    uint64_t high = e->base + e->bytes;
    if (low < e->base || low >= high)
        return;
    for (size_t i = 0; i < 2 * elf->segment_count + 2; i++) {
        struct ag_range r = part_of_window(elf, w, i);
        if (r.low <= low && low < r.high)
            return;
        if (r.low > low && r.low < high && ag_range_has_any(&r))
            high = r.low;
    }
    if (high - low > gap->high - gap->low) {
        gap->low = low;
        gap->high = high;
    }
}

/* The widest range that an extent has and the program has nothing in. It takes
   the square of the number of segments, which headers of 64 KiB bound. */
static struct ag_range find_gap(const struct ag_elf *elf,
                                const struct ag_window *w)
{
    struct ag_range gap = {0, 0};
    look_for_gap(elf, w, &w->readonly, w->readonly.base, &gap);
    look_for_gap(elf, w, &w->writable, w->writable.base, &gap);
    for (size_t i = 0; i < 2 * elf->segment_count + 2; i++) {
        uint64_t end = part_of_window(elf, w, i).high;
        look_for_gap(elf, w, &w->readonly, end, &gap);
        look_for_gap(elf, w, &w->writable, end, &gap);
    }
    return gap;
}

bool ag_window_check_size(const struct ag_elf *elf,
                          const struct ag_window_request *r,
                          const struct ag_window *w, char *sentence)
{
    /* They do not overlap: no carry. */
    uint64_t bytes = w->readonly.bytes + w->writable.bytes;
    uint64_t most = r->most_bytes != 0 ? r->most_bytes : AG_WINDOW_MOST;
    struct ag_range gap;
    int length;
    if (bytes <= most)
        return true;
    length =
        snprintf(sentence, AG_SENTENCE,
                 "its memory would take %" PRIu64 " bytes, more than %" PRIu64,
                 bytes, most);
    gap = find_gap(elf, w);
    if (gap.high - gap.low >= bytes / 2)
        snprintf(sentence + length, AG_SENTENCE - (size_t)length,
                 ", with nothing from 0x%" PRIx64 " to 0x%" PRIx64, gap.low,
                 gap.high);
    return false;
}
