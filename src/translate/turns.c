/*
 * Short loops that are written several times behind each other, with one test
 * of what is left for all of them: those that are a chain of blocks, each with
 * one way on inside the loop and others that lead out of it.
 *
 * Those that may be left inside are so only where a warp has one lane: of more
 * ways out than a few ptxas makes code in which lanes of a warp that part do
 * not meet again, elsewhere in the region as well (docs/translation.md,
 * "Measured").
 */
#include "translate/translate.h"

#define MOST_TURNS 4

/* Something stands behind it, which is written once. */
static bool is_followed(const struct ag_region *r, const struct ag_block *b)
{
    for (uint32_t i = b->child; i != AG_NO_BLOCK; i = r->blocks[i].sibling)
        if (r->blocks[i].stands_behind)
            return true;
    return false;
}

/* Whether an edge leads to the next block of a chain that begins with `head`,
   or to the head again. */
static bool stays(const struct ag_region *r, uint32_t head,
                  const struct ag_block *b, uint32_t which)
{
    const uint32_t next = b->next[which];
    return next == head ||
           (next != AG_NO_BLOCK && r->blocks[next].in_loop == head &&
            ag_block_stands_at(r, b, which) &&
            !is_followed(r, &r->blocks[next]));
}

/* Whether an edge is no more than a jump: out of the chain. */
static bool leads_out(const struct ag_region *r, uint32_t head,
                      const struct ag_block *b, uint32_t which)
{
    return b->next[which] != head && !ag_block_stands_at(r, b, which);
}

uint32_t ag_chain_edge(const struct ag_region *r, uint32_t head,
                       const struct ag_block *b)
{
    if (b->end == AG_ENDS_NEXT)
        return stays(r, head, b, 0) ? 0 : 2;
    for (uint32_t i = 0; i < 2 && b->end == AG_ENDS_CONDITIONAL; i++)
        if (stays(r, head, b, i) && leads_out(r, head, b, 1 - i))
            return i;
    return 2;
}

bool ag_block_may_leave(const struct ag_region *r, const struct ag_block *b)
{
    bool is_left = b->num_checks != 0;
    for (uint32_t i = 0; i < b->count; i++)
        is_left |= ag_may_leave(&r->instructions[b->first + i]);
    return is_left;
}

/* Whether an edge has a way out of the region on it, or is one. */
static bool is_way_out(const struct ag_region *r, const struct ag_block *b,
                       uint32_t which)
{
    return b->next[which] == AG_NO_BLOCK || b->is_back[which] ||
           r->blocks[b->next[which]].is_entry;
}

/* The chain's instructions, 0: it is none; and whether it may be left. */
static uint32_t length_of(const struct ag_region *r, uint32_t head,
                          bool *is_left)
{
    uint32_t length = 0, at = head;
    do {
        const struct ag_block *b = &r->blocks[at];
        const uint32_t edge = ag_chain_edge(r, head, b);
        length += ag_block_retires(b);
        if (edge == 2 || length > AG_MOST_WRITTEN)
            return 0;
        *is_left |=
            ag_block_may_leave(r, b) ||
            (b->end == AG_ENDS_CONDITIONAL && is_way_out(r, b, 1 - edge));
        at = b->next[edge];
    } while (at != head);
    return length;
}

static void find_turns(struct ag_region *r, uint32_t head)
{
    bool is_left = false;
    const uint32_t length = length_of(r, head, &is_left);
    uint32_t turns = length == 0 ? 1 : MOST_TURNS;
    while (turns > 1 && length * turns > AG_MOST_WRITTEN)
        turns /= 2;
    r->blocks[head].turns = turns;
    r->blocks[head].more = (turns - 1) * length;
    r->blocks[head].is_left = is_left;
}

void ag_region_find_turns(struct ag_region *r)
{
    for (uint32_t i = 0; i < r->num_blocks; i++)
        if (r->blocks[i].is_loop && r->blocks[i].order != AG_NO_BLOCK)
            find_turns(r, i);
}
