/* Plans a program's memory. */
#include "guest/window_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void ag_window_request_init(struct ag_window_request *request)
{
    memset(request, 0, sizeof *request);
    request->heap_bytes = AG_WINDOW_HEAP;
    request->stack_bytes = AG_WINDOW_STACK;
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
    uint64_t low = ag_round_down(elf->lowest, AG_GUEST_PAGE), end;
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
    if (!ag_round_up(bias, alignment))
        return ag_window_refuse_end(sentence);
    end = *bias;
    return ag_add(&end, elf->highest) || ag_window_refuse_end(sentence);
}

static bool plan_linux(const struct ag_elf *elf,
                       const struct ag_window_request *r, struct ag_window *w,
                       char *sentence)
{
    if (elf->is_position_independent && !find_bias(elf, r, &w->bias, sentence))
        return false;
    return ag_window_plan_one(elf->lowest + w->bias,
                              elf->first_writable + w->bias,
                              elf->highest + w->bias, r, w) ||
           ag_window_refuse_end(sentence);
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

bool ag_window_plan(const struct ag_elf *elf,
                    const struct ag_window_request *request,
                    struct ag_window *window, char sentence[AG_SENTENCE])
{
    memset(window, 0, sizeof *window);
    sentence[0] = '\0';
    return (elf->kind == AG_ELF_BARE_METAL
                ? ag_window_plan_bare_metal(elf, request, window, sentence)
                : plan_linux(elf, request, window, sentence)) &&
           move_base(request, window, sentence) &&
           ag_window_check_size(elf, request, window, sentence);
}
