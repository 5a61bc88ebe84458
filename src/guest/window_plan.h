/*
 * What the parts of the planner of memory share. Only src/guest may include it.
 * Sizes come from files and from users: each addition is checked.
 */
#ifndef AG_GUEST_WINDOW_PLAN_H
#define AG_GUEST_WINDOW_PLAN_H

#include "guest/window.h"

/* [low, high), as it is before it is rounded; low == high: none. */
struct ag_range {
    uint64_t low, high;
};

static inline bool ag_range_has_any(const struct ag_range *r)
{
    return r->low != r->high;
}

static inline uint64_t ag_round_down(uint64_t n, uint64_t alignment)
{
    return n & ~(alignment - 1);
}

static inline bool ag_round_up(uint64_t *n, uint64_t alignment)
{
    uint64_t up = ag_round_down(*n + (alignment - 1), alignment);
    bool fits = up >= *n;
    *n = up;
    return fits;
}

static inline bool ag_add(uint64_t *n, uint64_t more)
{
    *n += more;
    return *n >= more;
}

/* What a segment takes while the program runs, for i < segment_count, and what
   it takes where it is loaded, for the next as many. */
struct ag_range ag_window_part(const struct ag_elf *elf, uint64_t bias,
                               size_t i);

/* window_place.c: false, to be returned, with the sentence for what would end
   beyond the last address. */
bool ag_window_refuse_end(char *sentence);

/* Heap and stack behind `*end`, which becomes the end of the stack. False if
   that is beyond the last address. */
bool ag_window_place_stack(const struct ag_window_request *r,
                           struct ag_window *w, uint64_t *end);

/* Cuts a window in two: what is before the first byte that may be written is
   read-only. All of it may be if that is the lowest. */
void ag_window_cut(uint64_t lowest, uint64_t first_writable, uint64_t end,
                   struct ag_window *w);

/* The window of `lowest` to `highest`, heap and stack. */
bool ag_window_plan_one(uint64_t lowest, uint64_t first_writable,
                        uint64_t highest, const struct ag_window_request *r,
                        struct ag_window *w);

/* window_bare.c */
bool ag_window_plan_bare_metal(const struct ag_elf *elf,
                               const struct ag_window_request *r,
                               struct ag_window *w, char *sentence);

/* window_size.c: refuses what takes more than is asked for. */
bool ag_window_check_size(const struct ag_elf *elf,
                          const struct ag_window_request *r,
                          const struct ag_window *w, char *sentence);

#endif
