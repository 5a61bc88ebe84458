/* Plans a program's memory. Sizes come from files and from users: each addition
   is checked. */
#include "guest/window.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void ag_window_request_init(struct ag_window_request *request)
{
    memset(request, 0, sizeof *request);
    request->heap_bytes = AG_WINDOW_HEAP;
    request->stack_bytes = AG_WINDOW_STACK;
}

static bool refuse_end(char *sentence)
{
    snprintf(sentence, AG_SENTENCE,
             "its memory would end beyond the last address");
    return false;
}

static uint64_t round_down(uint64_t n, uint64_t alignment)
{
    return n & ~(alignment - 1);
}

static bool round_up(uint64_t *n, uint64_t alignment)
{
    uint64_t up = round_down(*n + (alignment - 1), alignment);
    bool fits = up >= *n;
    *n = up;
    return fits;
}

static bool add(uint64_t *n, uint64_t more)
{
    *n += more;
    return *n >= more;
}

bool ag_window_top(const struct ag_elf *elf, uint64_t *top)
{
    static const char *const names[] = {
        "__stack",    "__StackTop", "_estack",  "__stack_top",
        "_stack_top", "stack_top",  "stack_end"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct ag_symbol *s = ag_symbols_named(&elf->symbols, names[i]);
        if (s != NULL) {
            *top = s->address;
            return true;
        }
    }
    return false;
}

/* Two ranges before they are rounded, each [low, high), low == high: none. */
struct range {
    uint64_t low, high;
};
struct places {
    struct range readonly, writable;
};

static void widen(struct range *r, uint64_t low, uint64_t bytes)
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

/* Heap and stack behind `*end`, which becomes the end of the stack. */
static bool place_stack(const struct ag_window_request *r, struct ag_window *w,
                        uint64_t *end)
{
    uint64_t heap = r->heap_bytes, stack = r->stack_bytes;
    if (!round_up(end, AG_GUEST_PAGE) || !round_up(&heap, AG_GUEST_PAGE) ||
        !round_up(&stack, AG_GUEST_PAGE))
        return false;
    w->heap = *end;
    if (!add(end, heap))
        return false;
    w->heap_end = w->stack = *end;
    if (!add(end, stack))
        return false;
    w->stack_top = *end;
    return true;
}

/* Cuts a window in two: what is before the first byte that may be written is
   read-only. All of it may be if that is the lowest. */
static void cut_window(uint64_t lowest, uint64_t first_writable, uint64_t end,
                       struct ag_window *w)
{
    uint64_t base = round_down(lowest, AG_GUEST_PAGE);
    uint64_t cut = first_writable > lowest
                       ? round_down(first_writable, AG_WINDOW_LINE)
                       : base;
    cut = cut > base ? cut : base;
    w->readonly.base = base;
    w->readonly.bytes = cut - base;
    w->writable.base = cut;
    w->writable.bytes = end - cut;
}

/* The window of `lowest` to `highest`, heap and stack. */
static bool plan_one(uint64_t lowest, uint64_t first_writable, uint64_t highest,
                     const struct ag_window_request *r, struct ag_window *w)
{
    uint64_t end = highest;
    if (!place_stack(r, w, &end))
        return false;
    cut_window(lowest, first_writable < highest ? first_writable : w->heap, end,
               w);
    return true;
}

static uint64_t most_aligned(const struct ag_elf *elf)
{
    uint64_t most = AG_GUEST_PAGE;
    for (size_t i = 0; i < elf->segment_count; i++)
        if (elf->segments[i].alignment > most)
            most = elf->segments[i].alignment;
    return most;
}

/* The bias of a position-independent program; never 0 unless asked for. */
static bool find_bias(const struct ag_elf *elf,
                      const struct ag_window_request *r, uint64_t *bias,
                      char *sentence)
{
    uint64_t low = round_down(elf->lowest, AG_GUEST_PAGE), end;
    uint64_t alignment = most_aligned(elf);
    *bias = r->has_base            ? r->base - low
            : low < AG_WINDOW_BASE ? AG_WINDOW_BASE - low
                                   : alignment;
    if (r->has_base && (r->base < low || *bias % alignment != 0)) {
        snprintf(sentence, AG_SENTENCE,
                 "its memory cannot begin at 0x%" PRIx64 ", only at 0x%" PRIx64
                 " plus a multiple of 0x%" PRIx64,
                 r->base, low, alignment);
        return false;
    }
    if (!round_up(bias, alignment))
        return refuse_end(sentence);
    end = *bias;
    return add(&end, elf->highest) || refuse_end(sentence);
}

static bool plan_linux(const struct ag_elf *elf,
                       const struct ag_window_request *r, struct ag_window *w,
                       char *sentence)
{
    if (elf->is_position_independent && !find_bias(elf, r, &w->bias, sentence))
        return false;
    return plan_one(elf->lowest + w->bias, elf->first_writable + w->bias,
                    elf->highest + w->bias, r, w) ||
           refuse_end(sentence);
}

/* RAM up to the program's own end of it; true if it says one. */
static bool use_top(const struct ag_elf *elf, const struct ag_window_request *r,
                    const struct range *ram, struct ag_window *w)
{
    uint64_t top, end, heap = ram->high, base, stack = r->stack_bytes;
    if (!ag_window_top(elf, &top) || !round_up(&heap, AG_GUEST_PAGE))
        return false;
    end = top;
    if (!round_up(&end, AG_WINDOW_LINE))
        return false;
    base = round_down(ram->low, AG_WINDOW_LINE);
    if (ram->low == ram->high) { /* nothing is known of it but its end */
        if (!round_up(&stack, AG_GUEST_PAGE) || top < stack)
            return false;
        base = heap = round_down(top - stack, AG_WINDOW_LINE);
    } else if (top <= ram->high || top - ram->high > AG_WINDOW_REACH) {
        return false;
    }
    w->writable.base = base;
    w->writable.bytes = end - base;
    w->stack_top = round_down(top, 16);
    w->heap = heap < w->stack_top ? heap : w->stack_top;
    w->stack = w->heap;
    if (w->stack_top - w->heap > r->stack_bytes)
        w->stack = round_down(w->stack_top - r->stack_bytes, AG_GUEST_PAGE);
    w->stack = w->stack > w->heap ? w->stack : w->heap;
    w->heap_end = w->stack;
    return true;
}

/* RAM by itself: false where it would end beyond the last address. */
static bool plan_ram(const struct ag_elf *elf,
                     const struct ag_window_request *r, const struct range *ram,
                     struct ag_window *w)
{
    uint64_t end = ram->high;
    if (use_top(elf, r, ram, w))
        return true;
    if (!place_stack(r, w, &end))
        return false;
    w->writable.base = round_down(ram->low, AG_WINDOW_LINE);
    w->writable.bytes = end - w->writable.base;
    return true;
}

static bool has_any(const struct range *r)
{
    return r->low != r->high;
}

/* Flash and RAM in two extents; false if they would touch or be near. */
static bool plan_apart(const struct places *p, struct ag_window *w)
{
    struct ag_extent *flash = &w->readonly, *ram = &w->writable;
    uint64_t end = p->readonly.high;
    flash->base = round_down(p->readonly.low, AG_GUEST_PAGE);
    if (!round_up(&end, AG_WINDOW_LINE))
        return false;
    flash->bytes = end - flash->base;
    return flash->base < ram->base
               ? ram->base > end && ram->base - end > AG_WINDOW_GAP
               : flash->base - ram->base >= ram->bytes;
}

/* Both in one window, which ends as RAM does unless flash is in the way of its
   heap. */
static bool plan_joined(const struct places *p,
                        const struct ag_window_request *r, struct ag_window *w)
{
    const struct range *ro = &p->readonly, *rw = &p->writable;
    uint64_t lowest = ro->low < rw->low ? ro->low : rw->low;
    if (ro->high > w->heap)
        return plan_one(lowest, rw->low,
                        ro->high > rw->high ? ro->high : rw->high, r, w);
    cut_window(lowest, rw->low, w->writable.base + w->writable.bytes, w);
    return true;
}

static bool plan_bare_metal(const struct ag_elf *elf,
                            const struct ag_window_request *r,
                            struct ag_window *w, char *sentence)
{
    struct places p;
    uint64_t top;
    find_places(elf, &p);
    if (!has_any(&p.writable) && !ag_window_top(elf, &top))
        return plan_one(p.readonly.low, p.readonly.high, p.readonly.high, r,
                        w) ||
               refuse_end(sentence);
    if (!plan_ram(elf, r, &p.writable, w))
        return refuse_end(sentence);
    if (!has_any(&p.writable)) /* by its top alone */
        p.writable.low = p.writable.high = w->writable.base;
    if (!has_any(&p.readonly) || plan_apart(&p, w) || plan_joined(&p, r, w))
        return true;
    return refuse_end(sentence);
}

/* The first extent from the base that was asked for. */
static bool move_base(const struct ag_window_request *r, struct ag_window *w,
                      char *sentence)
{
    struct ag_extent *first =
        w->readonly.bytes != 0 && w->readonly.base <= w->writable.base
            ? &w->readonly
            : &w->writable;
    if (!r->has_base)
        return true;
    if (r->base % AG_GUEST_PAGE != 0) {
        snprintf(sentence, AG_SENTENCE,
                 "its memory cannot begin at 0x%" PRIx64
                 ", which is no multiple of %" PRIu64,
                 r->base, AG_GUEST_PAGE);
        return false;
    }
    if (r->base > first->base) {
        snprintf(sentence, AG_SENTENCE,
                 "its memory cannot begin at 0x%" PRIx64
                 ", which is beyond its first address, 0x%" PRIx64,
                 r->base, first->base);
        return false;
    }
    first->bytes += first->base - r->base;
    first->base = r->base;
    return true;
}

/* What the program has in its extents, for i < 2 * segment_count + 1. */
static struct range part(const struct ag_elf *elf, const struct ag_window *w,
                         size_t i)
{
    const size_t n = elf->segment_count;
    const struct ag_elf_segment *s = &elf->segments[i < n ? i : (i - n) % n];
    struct range r = {w->heap, w->stack_top};
    if (i < 2 * n) {
        r.low = (i < n ? s->address : s->load_address) + w->bias;
        r.high = r.low + (i < n ? s->bytes : s->file_bytes);
    }
    return r;
}

/* Where an extent has nothing from `low` on, if that is more than `gap`. */
static void look_for_gap(const struct ag_elf *elf, const struct ag_window *w,
                         const struct ag_extent *e, uint64_t low,
                         struct range *gap)
{
    uint64_t high = e->base + e->bytes;
    if (low < e->base || low >= high)
        return;
    for (size_t i = 0; i < 2 * elf->segment_count + 1; i++) {
        struct range r = part(elf, w, i);
        if (r.low <= low && low < r.high)
            return;
        if (r.low > low && r.low < high && has_any(&r))
            high = r.low;
    }
    if (high - low > gap->high - gap->low) {
        gap->low = low;
        gap->high = high;
    }
}

/* The widest range that an extent has and the program has nothing in. */
static struct range find_gap(const struct ag_elf *elf,
                             const struct ag_window *w)
{
    struct range gap = {0, 0};
    look_for_gap(elf, w, &w->readonly, w->readonly.base, &gap);
    look_for_gap(elf, w, &w->writable, w->writable.base, &gap);
    for (size_t i = 0; i < 2 * elf->segment_count + 1; i++) {
        uint64_t end = part(elf, w, i).high;
        look_for_gap(elf, w, &w->readonly, end, &gap);
        look_for_gap(elf, w, &w->writable, end, &gap);
    }
    return gap;
}

static bool check_size(const struct ag_elf *elf,
                       const struct ag_window_request *r,
                       const struct ag_window *w, char *sentence)
{
    /* They do not overlap: no carry. */
    uint64_t bytes = w->readonly.bytes + w->writable.bytes;
    uint64_t most = r->most_bytes != 0 ? r->most_bytes : AG_WINDOW_MOST;
    struct range gap;
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

bool ag_window_plan(const struct ag_elf *elf,
                    const struct ag_window_request *request,
                    struct ag_window *window, char sentence[AG_SENTENCE])
{
    memset(window, 0, sizeof *window);
    sentence[0] = '\0';
    return (elf->kind == AG_ELF_BARE_METAL
                ? plan_bare_metal(elf, request, window, sentence)
                : plan_linux(elf, request, window, sentence)) &&
           move_base(request, window, sentence) &&
           check_size(elf, request, window, sentence);
}
