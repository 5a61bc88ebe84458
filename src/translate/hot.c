/*
 * What of a large program is worth a region: the code that lanes were seen in.
 * Each address that is hot stands for a beginning: that of its function, or of
 * the largest loop around it that is not too large, or what nothing but an
 * indirect branch leads to. The beginnings that most addresses stand for are
 * the region's entries.
 */
#include "translate/translate.h"

#include "code/decode.h"

#include <stdlib.h>
#include <string.h>

#define MOST_ENTRIES 32
#define COLD 20 /* beginnings that together have less than 1 in so many */
#define MOST_ROUNDS 3
#define FAR 4096 /* instructions that are looked at on either side */

/* A direct branch that is no call, at pc; false: there is something else. */
static bool read_branch(const struct ag_code_source *source, uint64_t pc,
                        struct ag_branch *b)
{
    ag_entry entry;
    uint32_t word;
    if (!source->word(source->user, pc, &word))
        return false;
    ag_decode(word, pc, &entry);
    if (ag_operation_of(entry.op)->class != AG_CLASS_BRANCH)
        return false;
    *b = ag_branch_of(&entry, pc);
    return !b->is_call;
}

/* Of the loops in [start, end) that have pc and no more than `most`
   instructions, the beginning of the largest, or of the smallest; pc if there
   is none. */
static uint64_t loop_around(const struct ag_code_source *source, uint64_t start,
                            uint64_t end, uint64_t pc, uint32_t most,
                            bool is_smallest)
{
    const uint64_t reach = 4 * (uint64_t)(most < FAR ? most : FAR);
    uint64_t head = pc;
    struct ag_branch b;
    for (uint64_t at = pc;
         at < end && at - pc < reach && !(is_smallest && head != pc); at += 4)
        if (read_branch(source, at, &b) && !b.is_indirect &&
            b.target >= start && b.target < head && at - b.target < reach)
            head = b.target;
    return head;
}

/* What is behind the last branch before pc that always goes elsewhere: nothing
   comes to it but by a branch. */
static uint64_t behind_branch(const struct ag_code_source *source,
                              uint64_t start, uint64_t pc)
{
    struct ag_branch b;
    for (uint64_t at = pc; at > start && pc - at < 4 * FAR; at -= 4)
        if (read_branch(source, at - 4, &b) && !b.is_conditional)
            return at;
    return pc - start < 4 * FAR ? start : pc;
}

/* Where to come in for what is at pc, if not with its whole function. */
static uint64_t near_beginning(const struct ag_code_source *source,
                               uint64_t start, uint64_t end, uint64_t pc,
                               uint32_t budget, bool is_nearest)
{
    const uint64_t head =
        loop_around(source, start, end, pc, budget / 2, is_nearest);
    return head != pc ? head : behind_branch(source, start, pc);
}

struct beginnings {
    struct ag_hot_pc list[AG_HOT_PCS];
    size_t count;
};

static void add_beginning(struct beginnings *all, uint64_t pc, uint64_t heat)
{
    size_t i = 0;
    while (i < all->count && all->list[i].pc != pc)
        i++;
    if (i == all->count)
        all->list[all->count++] = (struct ag_hot_pc){pc, 0};
    all->list[i].count += heat;
}

int ag_compare_heat(const void *left, const void *right)
{
    const struct ag_hot_pc *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return a->pc < b->pc ? -1 : a->pc > b->pc;
}

/* What a function begins with, or its loop where it takes more than half of the
   budget. */
static void find_beginnings(struct beginnings *all,
                            const struct ag_code_source *source,
                            const struct ag_functions *f,
                            const struct ag_hot_pc *pcs, size_t n,
                            uint32_t budget)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t start, end;
        ag_function_at(f, pcs[i].pc, &start, &end);
        if ((end - start) / 4 > budget / 2)
            start =
                near_beginning(source, start, end, pcs[i].pc, budget, false);
        add_beginning(all, start, pcs[i].count);
    }
    qsort(all->list, all->count, sizeof *all->list, ag_compare_heat);
}

/* Those that have nearly all of the heat; how many. */
static size_t take_hottest(const struct beginnings *all, uint64_t *entries)
{
    uint64_t heat = 0, rest;
    size_t n = 0;
    for (size_t i = 0; i < all->count; i++)
        heat += all->list[i].count;
    rest = heat;
    while (n < all->count && n < MOST_ENTRIES && rest > heat / COLD) {
        entries[n] = all->list[n].pc;
        rest -= all->list[n++].count;
    }
    return n;
}

/* What is reached from none of the entries, cases of a switch, say, or has no
   room behind what is; how many entries that are new. */
static size_t take_missing(const struct ag_region *r,
                           const struct ag_code_source *source,
                           const struct ag_functions *f,
                           const struct ag_hot_pc *pcs, size_t n,
                           uint32_t budget, uint64_t *entries, size_t *count)
{
    const size_t before = *count;
    for (size_t i = 0; i < n && *count < 2 * MOST_ENTRIES; i++) {
        const uint64_t pc = pcs[i].pc;
        uint64_t start, end;
        if (ag_region_has(r, pc))
            continue;
        ag_function_at(f, pc, &start, &end);
        start = near_beginning(source, start, end, pc, budget, true);
        size_t k = 0;
        while (k < *count && entries[k] != start)
            k++;
        if (k == *count)
            entries[(*count)++] = start;
    }
    return *count - before;
}

bool ag_hot_region(struct ag_region *r, const struct ag_code_source *source,
                   const struct ag_functions *f, const struct ag_hot_pc *pcs,
                   size_t n, uint32_t budget)
{
    struct beginnings all = {.count = 0};
    uint64_t entries[2 * MOST_ENTRIES];
    if (n > AG_HOT_PCS)
        n = AG_HOT_PCS;
    const struct ag_heat heat = {pcs, n, f};
    find_beginnings(&all, source, f, pcs, n, budget);
    size_t count = take_hottest(&all, entries), missing;
    for (int round = 0;; round++) {
        if (!ag_region_open(r, source, entries, count, budget, &heat))
            return false;
        missing = round < MOST_ROUNDS ? take_missing(r, source, f, pcs, n,
                                                     budget, entries, &count)
                                      : 0;
        if (missing == 0)
            return true;
        ag_region_close(r);
    }
}
