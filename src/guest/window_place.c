/* Where parts of a program are, and heap and stack behind them. */
#include "guest/window_plan.h"

#include <stdio.h>

struct ag_range ag_window_part(const struct ag_elf *elf, uint64_t bias,
                               size_t i)
{
    const size_t n = elf->segment_count;
    const struct ag_elf_segment *s = &elf->segments[i < n ? i : i - n];
    struct ag_range r;
    r.low = (i < n ? s->address : s->load_address) + bias;
    r.high = r.low + (i < n ? s->bytes : s->file_bytes);
    return r;
}

bool ag_window_refuse_end(char *sentence)
{
    snprintf(sentence, AG_SENTENCE,
             "its memory would end beyond the last address");
    return false;
}

bool ag_window_place_stack(const struct ag_window_request *r,
                           struct ag_window *w, uint64_t *end)
{
    uint64_t heap = r->heap_bytes, stack = r->stack_bytes;
    if (!ag_round_up(end, AG_GUEST_PAGE) ||
        !ag_round_up(&heap, AG_GUEST_PAGE) ||
        !ag_round_up(&stack, AG_GUEST_PAGE))
        return false;
    w->heap = *end;
    if (!ag_add(end, heap))
        return false;
    w->heap_end = w->stack = *end;
    if (!ag_add(end, stack))
        return false;
    w->stack_top = *end;
    return true;
}

void ag_window_cut(uint64_t lowest, uint64_t first_writable, uint64_t end,
                   struct ag_window *w)
{
    uint64_t base = ag_round_down(lowest, AG_GUEST_PAGE);
    uint64_t cut = first_writable > lowest
                       ? ag_round_down(first_writable, AG_WINDOW_LINE)
                       : base;
    cut = cut > base ? cut : base;
    w->readonly.base = base;
    w->readonly.bytes = cut - base;
    w->writable.base = cut;
    w->writable.bytes = end - cut;
}

bool ag_window_plan_one(uint64_t lowest, uint64_t first_writable,
                        uint64_t highest, const struct ag_window_request *r,
                        struct ag_window *w)
{
    uint64_t end = highest;
    if (!ag_window_place_stack(r, w, &end))
        return false;
    ag_window_cut(lowest, first_writable < highest ? first_writable : w->heap,
                  end, w);
    return true;
}
