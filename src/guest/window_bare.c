/* Memory of bare metal: flash, RAM, and the stack where the program has it. */
#include "guest/window_plan.h"

#include <string.h>

/* What a linker script or assembly calls so. */
static bool find_label(const struct ag_elf *elf, const char *name,
                       uint64_t *address)
{
    const struct ag_symbol *s = ag_symbols_named(&elf->symbols, name);
    if (s == NULL || s->kind == AG_SYMBOL_FUNCTION ||
        s->kind == AG_SYMBOL_OBJECT)
        return false;
    *address = s->address;
    return true;
}

bool ag_window_top(const struct ag_elf *elf, uint64_t *top)
{
    static const char *const names[] = {
        "__stack",    "__StackTop", "_estack",  "__stack_top",
        "_stack_top", "stack_top",  "stack_end"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (find_label(elf, names[i], top))
            return true;
    return false;
}

/* Before they are rounded. */
struct places {
    struct ag_range readonly, writable;
    bool has_own_stack; /* it may lie in what is loaded */
};

static void widen(struct ag_range *r, uint64_t low, uint64_t bytes)
{
    if (r->low == r->high) {
        r->low = low;
        r->high = low + bytes;
        return;
    }
    r->low = low < r->low ? low : r->low;
    r->high = low + bytes > r->high ? low + bytes : r->high;
}

static void find_places(const struct ag_elf *elf, struct places *p)
{
    memset(p, 0, sizeof *p);
    for (size_t i = 0; i < elf->segment_count; i++) {
        const struct ag_elf_segment *s = &elf->segments[i];
        if (s->load_address != s->address) {
            widen(&p->readonly, s->load_address, s->file_bytes);
            widen(&p->writable, s->address, s->bytes);
        } else {
            widen((s->access & AG_ELF_WRITE) != 0 ? &p->writable : &p->readonly,
                  s->address, s->bytes);
        }
    }
}

static bool is_free(const struct ag_elf *elf, uint64_t low, uint64_t high)
{
    for (size_t i = 0; i < 2 * elf->segment_count; i++) {
        struct ag_range r = ag_window_part(elf, 0, i);
        if (ag_range_has_any(&r) && r.low < high && low < r.high)
            return false;
    }
    return true;
}

/* RAM up to `top`, with a stack at its end and a heap before. */
static bool use_ram_end(const struct ag_window_request *r,
                        const struct ag_range *ram, uint64_t top,
                        struct ag_window *w)
{
    uint64_t end = top, heap = ram->high, base, stack = r->stack_bytes;
    if (!ag_round_up(&end, AG_WINDOW_LINE) ||
        !ag_round_up(&heap, AG_GUEST_PAGE))
        return false;
    base = ag_round_down(ram->low, AG_WINDOW_LINE);
    if (!ag_range_has_any(ram)) { /* nothing is known of it but its end */
        if (!ag_round_up(&stack, AG_GUEST_PAGE) || top < stack)
            return false;
        base = heap = ag_round_down(top - stack, AG_WINDOW_LINE);
    }
    w->writable.base = base;
    w->writable.bytes = end - base;
    w->stack_top = ag_round_down(top, 16);
    w->heap = heap < w->stack_top ? heap : w->stack_top;
    w->stack = w->heap;
    if (w->stack_top - w->heap > r->stack_bytes)
        w->stack = ag_round_down(w->stack_top - r->stack_bytes, AG_GUEST_PAGE);
    w->stack = w->stack > w->heap ? w->stack : w->heap;
    w->heap_end = w->stack;
    return true;
}

/* A heap behind `*end`, which becomes its end, if the program has one. */
static bool place_heap(const struct ag_elf *elf,
                       const struct ag_window_request *r, struct ag_window *w,
                       uint64_t *end)
{
    uint64_t limit, heap = r->heap_bytes;
    if (!ag_round_up(end, AG_WINDOW_LINE))
        return false;
    w->heap = w->heap_end = *end;
    if (find_label(elf, "__heap_end", &limit) ||
        find_label(elf, "__HeapLimit", &limit)) {
        if (limit <= *end || limit - *end > AG_WINDOW_REACH)
            return true;
        *end = limit;
    } else if (ag_symbols_named(&elf->symbols, "_sbrk") != NULL ||
               ag_symbols_named(&elf->symbols, "sbrk") != NULL) {
        if (!ag_round_up(&heap, AG_GUEST_PAGE) || !ag_add(end, heap))
            return false;
    }
    w->heap_end = *end;
    return ag_round_up(end, AG_WINDOW_LINE);
}

/* Where a stack in another bank ends below: at what is loaded there, else as
   long as asked for. False if `top` is none there. */
static bool find_bank(const struct ag_elf *elf,
                      const struct ag_window_request *r,
                      const struct ag_range *ram, struct ag_window *w)
{
    uint64_t top = w->stack_top;
    if ((top > ram->high ? top - ram->high : ram->low - top) > AG_WINDOW_BANK)
        return false;
    w->stack = top < r->stack_bytes
                   ? 0
                   : ag_round_down(top - r->stack_bytes, AG_WINDOW_LINE);
    for (size_t i = 0; i < 2 * elf->segment_count; i++) {
        struct ag_range p = ag_window_part(elf, 0, i);
        if (p.low < top && p.high > w->stack && ag_range_has_any(&p))
            w->stack = p.high;
    }
    return w->stack < top && ag_round_up(&w->stack, AG_WINDOW_LINE) &&
           w->stack < top;
}

/* RAM whose stack is not at its end; widens it by a stack beside it. */
static bool use_own_stack(const struct ag_elf *elf,
                          const struct ag_window_request *r,
                          struct ag_range *ram, uint64_t top,
                          struct ag_window *w)
{
    struct ag_range with = *ram;
    uint64_t end = ram->high;
    if (!place_heap(elf, r, w, &end))
        return false;
    w->stack_top = ag_round_down(top, 16);
    if (top > ram->low && top <= ram->high) {
        w->stack = ag_round_down(ram->low, AG_WINDOW_LINE);
        if (w->stack_top - w->stack > r->stack_bytes)
            w->stack = ag_round_down(w->stack_top - r->stack_bytes, 16);
    } else {
        if (!find_bank(elf, r, ram, w) ||
            (w->stack < w->heap_end && w->heap < w->stack_top))
            return false;
        widen(&with, w->stack, w->stack_top - w->stack);
    }
    end = end > with.high ? end : with.high;
    if (!ag_round_up(&end, AG_WINDOW_LINE))
        return false;
    *ram = with;
    w->writable.base = ag_round_down(ram->low, AG_WINDOW_LINE);
    w->writable.bytes = end - w->writable.base;
    return true;
}

/* RAM by itself: false where it would end beyond the last address. */
static bool plan_ram(const struct ag_elf *elf,
                     const struct ag_window_request *r, struct places *p,
                     struct ag_window *w)
{
    struct ag_range *ram = &p->writable;
    uint64_t end = ram->high, top;
    if (ag_window_top(elf, &top)) {
        bool is_end = !ag_range_has_any(ram) ||
                      (top > ram->high && top - ram->high <= AG_WINDOW_REACH);
        if (is_end && use_ram_end(r, ram, top, w))
            return true;
        p->has_own_stack = !is_end && use_own_stack(elf, r, ram, top, w);
        if (p->has_own_stack)
            return true;
    }
    if (!ag_window_place_stack(r, w, &end))
        return false;
    w->writable.base = ag_round_down(ram->low, AG_WINDOW_LINE);
    w->writable.bytes = end - w->writable.base;
    return true;
}

/* Flash and RAM in two extents; false if they would touch or be near. */
static bool plan_apart(const struct places *p, struct ag_window *w)
{
    struct ag_extent *flash = &w->readonly, *ram = &w->writable;
    uint64_t end = p->readonly.high;
    flash->base = ag_round_down(p->readonly.low, AG_GUEST_PAGE);
    if (!ag_round_up(&end, AG_WINDOW_LINE))
        return false;
    flash->bytes = end - flash->base;
    return flash->base < ram->base
               ? ram->base > end && ram->base - end > AG_WINDOW_GAP
               : flash->base - ram->base >= ram->bytes;
}

/* Both in one window, which ends as they do; behind them come heap and stack if
   something is in their way. */
static bool plan_joined(const struct ag_elf *elf, const struct places *p,
                        const struct ag_window_request *r, struct ag_window *w)
{
    const struct ag_range *ro = &p->readonly, *rw = &p->writable;
    uint64_t lowest = ro->low < rw->low ? ro->low : rw->low;
    uint64_t end = w->writable.base + w->writable.bytes;
    uint64_t highest = ro->high > rw->high ? ro->high : rw->high;
    if (!is_free(elf, w->heap, w->heap_end) ||
        (!p->has_own_stack && !is_free(elf, w->stack, w->stack_top)))
        return ag_window_plan_one(lowest, rw->low, highest, r, w);
    if (highest > end && !ag_round_up(&highest, AG_WINDOW_LINE))
        return false;
    ag_window_cut(lowest, rw->low, highest > end ? highest : end, w);
    return true;
}

bool ag_window_plan_bare_metal(const struct ag_elf *elf,
                               const struct ag_window_request *r,
                               struct ag_window *w, char *sentence)
{
    struct places p;
    uint64_t top;
    find_places(elf, &p);
    if (!ag_range_has_any(&p.writable) && !ag_window_top(elf, &top))
        return ag_window_plan_one(p.readonly.low, p.readonly.high,
                                  p.readonly.high, r, w) ||
               ag_window_refuse_end(sentence);
    if (!plan_ram(elf, r, &p, w))
        return ag_window_refuse_end(sentence);
    if (!ag_range_has_any(&p.writable)) /* by its top alone */
        p.writable.low = p.writable.high = w->writable.base;
    if (!ag_range_has_any(&p.readonly) || plan_apart(&p, w) ||
        plan_joined(elf, &p, r, w))
        return true;
    return ag_window_refuse_end(sentence);
}
