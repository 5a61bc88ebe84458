/*
 * Trees of blocks. An edge to an entry leaves the tree that it is in, whichever
 * that is; without those that go back, to a block that is on the way in a
 * depth-first search, there are no cycles. A block belongs to the tree whose
 * entry dominates it; one that several trees lead to is made an entry, and so
 * is what an edge goes back to that does not come from what it dominates, until
 * there is none. (Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm,
 * with a root before all entries.)
 */
#include "translate/translate.h"

#include <stdlib.h>

#define ROOT (AG_NO_BLOCK - 1)

/* What a block goes to that is no entry, or AG_NO_BLOCK. */
static uint32_t goes_to(const struct ag_region *r, const struct ag_block *b,
                        uint32_t which)
{
    const uint32_t next = b->next[which];
    return next != AG_NO_BLOCK && !r->blocks[next].is_entry ? next
                                                            : AG_NO_BLOCK;
}

/* The same without what goes back: inside its tree, and on. */
static uint32_t inside(const struct ag_region *r, const struct ag_block *b,
                       uint32_t which)
{
    return b->is_back[which] ? AG_NO_BLOCK : goes_to(r, b, which);
}

/* -- Order ---------------------------------------------------------------- */

struct search {
    uint32_t *stack; /* blocks on the way */
    uint8_t *went;   /* how many of a block's edges were followed */
    uint8_t *state;  /* 0: not seen, 1: on the way, 2: done */
    uint32_t depth, places;
};

static void enter(struct search *s, uint32_t block)
{
    s->state[block] = 1;
    s->went[block] = 0;
    s->stack[s->depth++] = block;
}

/* Depth-first from a block. */
static void visit(struct ag_region *r, struct search *s, uint32_t from)
{
    enter(s, from);
    while (s->depth > 0) {
        const uint32_t at = s->stack[s->depth - 1];
        if (s->went[at] == 2) {
            s->state[at] = 2;
            s->depth--;
            r->by_order[--s->places] = at;
            continue;
        }
        const uint32_t which = s->went[at]++;
        const uint32_t next = goes_to(r, &r->blocks[at], which);
        if (next == AG_NO_BLOCK)
            continue;
        if (s->state[next] == 0)
            enter(s, next);
        else if (s->state[next] == 1)
            r->blocks[at].is_back[which] = true;
    }
}

/* Blocks in reverse postorder, all that entries lead to. */
static bool put_in_order(struct ag_region *r)
{
    const uint32_t n = r->num_blocks;
    struct search s = {.stack = malloc((n + 1) * sizeof *s.stack),
                       .went = malloc(n + 1),
                       .state = calloc(n + 1, 1),
                       .places = n};
    bool ok = s.stack != NULL && s.went != NULL && s.state != NULL;
    for (uint32_t i = 0; i < n; i++) {
        r->blocks[i].order = AG_NO_BLOCK;
        r->blocks[i].is_back[0] = r->blocks[i].is_back[1] = false;
    }
    for (uint32_t i = n; ok && i-- > 0;)
        if (r->blocks[i].is_entry && s.state[i] == 0)
            visit(r, &s, i);
    r->num_ordered = n - s.places;
    for (uint32_t i = 0; i < r->num_ordered; i++) {
        r->by_order[i] = r->by_order[s.places + i];
        r->blocks[r->by_order[i]].order = i;
    }
    free(s.stack);
    free(s.went);
    free(s.state);
    return ok;
}

/* -- Dominators ----------------------------------------------------------- */

static uint32_t dominator_of(const struct ag_region *r, uint32_t block)
{
    return r->blocks[block].is_entry ? ROOT : r->blocks[block].dominator;
}

/* The nearest block that dominates both. */
static uint32_t meet(const struct ag_region *r, uint32_t a, uint32_t b)
{
    while (a != b && a != ROOT && b != ROOT) {
        if (r->blocks[a].order > r->blocks[b].order)
            a = dominator_of(r, a);
        else
            b = dominator_of(r, b);
    }
    return a == b ? a : ROOT;
}

/* One pass is enough where there are no cycles. Returns whether some block
   became an entry. */
static bool find_dominators(struct ag_region *r)
{
    bool has_changed = false;
    for (uint32_t i = 0; i < r->num_blocks; i++) {
        r->blocks[i].dominator = AG_NO_BLOCK;
        r->blocks[i].comings = 0;
    }
    for (uint32_t i = 0; i < r->num_ordered; i++) {
        const uint32_t at = r->by_order[i];
        struct ag_block *b = &r->blocks[at];
        if (!b->is_entry && b->dominator == ROOT) {
            b->is_entry = true; /* what it is reached by is not inside then */
            has_changed = true;
        }
        for (uint32_t k = 0; k < 2; k++) {
            const uint32_t next = inside(r, b, k);
            if (next == AG_NO_BLOCK)
                continue;
            struct ag_block *to = &r->blocks[next];
            to->dominator = to->comings == 0 ? at : meet(r, to->dominator, at);
            to->comings++;
        }
    }
    return has_changed;
}

/* -- What follows from it ------------------------------------------------- */

/* What stands in or behind each block, in reverse postorder. */
static void find_children(struct ag_region *r)
{
    for (uint32_t i = 0; i < r->num_blocks; i++)
        r->blocks[i].child = r->blocks[i].sibling = AG_NO_BLOCK;
    for (uint32_t i = r->num_ordered; i-- > 0;) {
        const uint32_t at = r->by_order[i];
        struct ag_block *b = &r->blocks[at];
        if (b->is_entry)
            continue;
        b->sibling = r->blocks[b->parent].child;
        r->blocks[b->parent].child = at;
    }
}

/* A loop that is written several times has all turns but the last before it,
   wherever that one is left. */
static uint32_t written(const struct ag_block *b)
{
    return ag_block_retires(b) + b->more;
}

/* Instructions from a tree's entry to the end of each block, and of all. */
static void find_longest(struct ag_region *r)
{
    for (uint32_t i = 0; i < r->num_blocks; i++)
        r->blocks[i].longest = written(&r->blocks[i]);
    r->longest = 0;
    for (uint32_t i = 0; i < r->num_ordered; i++) {
        struct ag_block *b = &r->blocks[r->by_order[i]];
        for (uint32_t k = 0; k < 2; k++) {
            const uint32_t next = inside(r, b, k);
            if (next == AG_NO_BLOCK)
                continue;
            struct ag_block *to = &r->blocks[next];
            if (to->longest < b->longest + written(to))
                to->longest = b->longest + written(to);
        }
        if (r->longest < b->longest)
            r->longest = b->longest;
    }
}

/* -- Loops ---------------------------------------------------------------- */

static bool dominates(const struct ag_region *r, uint32_t a, uint32_t b)
{
    while (b != a && !r->blocks[b].is_entry)
        b = r->blocks[b].dominator;
    return b == a;
}

/* Beginnings of loops; one that does not dominate what goes back to it becomes
   an entry: true. */
static bool find_loops(struct ag_region *r)
{
    bool has_changed = false;
    for (uint32_t i = 0; i < r->num_blocks; i++)
        r->blocks[i].is_loop = false;
    for (uint32_t i = 0; i < r->num_ordered; i++) {
        const uint32_t at = r->by_order[i];
        for (uint32_t k = 0; k < 2; k++) {
            const uint32_t to = r->blocks[at].next[k];
            if (!r->blocks[at].is_back[k])
                continue;
            r->blocks[to].is_loop = true;
            if (!dominates(r, to, at) && !r->blocks[to].is_entry)
                r->blocks[to].is_entry = has_changed = true;
        }
    }
    return has_changed;
}

/* Whether a loop of the same tree has a block, of which the loops inside it are
   known, and the next one outside each. */
static bool is_in_loop(const struct ag_region *r, const uint32_t *outer,
                       uint32_t loop, uint32_t block)
{
    uint32_t at = r->blocks[block].in_loop;
    while (at != AG_NO_BLOCK && at != loop)
        at = outer[at];
    return at == loop;
}

/* The blocks that lead to one, its edges that go back among them. */
struct comers {
    uint32_t *first; /* by block, and one more: where its own begin in `list` */
    uint32_t *list;
};

static bool open_comers(const struct ag_region *r, struct comers *c)
{
    const uint32_t n = r->num_blocks;
    c->first = calloc(n + 2, sizeof *c->first);
    c->list = malloc((2 * n + 1) * sizeof *c->list);
    if (c->first == NULL || c->list == NULL)
        return false;
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < r->num_ordered; i++)
            for (uint32_t k = 0; k < 2; k++) {
                const uint32_t at = r->by_order[i];
                const struct ag_block *b = &r->blocks[at];
                const uint32_t next =
                    b->is_back[k] ? b->next[k] : inside(r, b, k);
                if (next == AG_NO_BLOCK)
                    continue;
                if (pass == 0)
                    c->first[next + 2]++;
                else
                    c->list[c->first[next + 1]++] = at;
            }
        for (uint32_t i = 1; i < n + 2 && pass == 0; i++)
            c->first[i] += c->first[i - 1];
    }
    return true;
}

static void close_comers(struct comers *c)
{
    free(c->first);
    free(c->list);
}

/* Marks a loop's blocks, from what goes back to its beginning up to there.
   Loops inside it are known: they are gone past, and have it outside them. */
static void mark_loop(struct ag_region *r, const struct comers *c,
                      uint32_t loop, uint32_t *outer, uint32_t *stack)
{
    uint32_t depth = 0;
    r->blocks[loop].in_loop = loop;
    for (uint32_t i = c->first[loop]; i < c->first[loop + 1]; i++)
        if (dominates(r, loop, c->list[i]))
            stack[depth++] = c->list[i];
    while (depth > 0) {
        uint32_t at = stack[--depth];
        if (r->blocks[at].in_loop == AG_NO_BLOCK) {
            r->blocks[at].in_loop = loop;
        } else {
            at = r->blocks[at].in_loop;
            while (at != loop && outer[at] != AG_NO_BLOCK)
                at = outer[at];
            if (at == loop)
                continue;
            outer[at] = loop;
        }
        for (uint32_t i = c->first[at]; i < c->first[at + 1]; i++)
            stack[depth++] = c->list[i];
    }
}

/* The outermost loop that `from` is in and `block` is not. */
static uint32_t loop_left(const struct ag_region *r, const uint32_t *outer,
                          uint32_t from, uint32_t block)
{
    uint32_t left = AG_NO_BLOCK, at = r->blocks[from].in_loop;
    for (; at != AG_NO_BLOCK && !is_in_loop(r, outer, at, block);
         at = outer[at])
        left = at;
    return left;
}

static void find_parents(struct ag_region *r, const uint32_t *outer)
{
    for (uint32_t i = 0; i < r->num_ordered; i++) {
        const uint32_t at = r->by_order[i];
        struct ag_block *b = &r->blocks[at];
        b->parent = b->dominator;
        b->stands_behind = b->comings > 1;
        b->is_after_loop = false;
        if (b->is_entry)
            continue;
        const uint32_t left = loop_left(r, outer, b->dominator, at);
        if (left == AG_NO_BLOCK)
            continue;
        b->parent = left;
        b->stands_behind = b->is_after_loop = true;
    }
}

/* Which loops blocks are in, and where they stand therefore. */
static bool find_places(struct ag_region *r)
{
    const uint32_t n = r->num_blocks;
    uint32_t *outer = malloc((n + 1) * sizeof *outer);
    uint32_t *stack = malloc((4 * n + 4) * sizeof *stack);
    struct comers c = {NULL, NULL};
    const bool ok = outer != NULL && stack != NULL && open_comers(r, &c);
    for (uint32_t i = 0; ok && i < n; i++)
        r->blocks[i].in_loop = outer[i] = AG_NO_BLOCK;
    for (uint32_t i = r->num_ordered; ok && i-- > 0;)
        if (r->blocks[r->by_order[i]].is_loop)
            mark_loop(r, &c, r->by_order[i], outer, stack);
    for (uint32_t i = 0; ok && i < n; i++)
        r->blocks[i].is_inner = outer[i] != AG_NO_BLOCK;
    if (ok)
        find_parents(r, outer);
    close_comers(&c);
    free(outer);
    free(stack);
    return ok;
}

/* Numbers those of a subtree from `next` on; gives the next number. */
static uint32_t number_loops(struct ag_region *r, uint32_t block, uint32_t next)
{
    struct ag_block *b = &r->blocks[block];
    b->loops_first = next;
    b->loop = b->is_loop && !b->is_entry ? next++ : 0;
    for (uint32_t i = b->child; i != AG_NO_BLOCK; i = r->blocks[i].sibling)
        next = number_loops(r, i, next);
    b->loops_end = next;
    return next;
}

static void number_all_loops(struct ag_region *r)
{
    uint32_t next = 1;
    for (uint32_t i = 0; i < r->num_ordered; i++)
        if (r->blocks[r->by_order[i]].is_entry)
            next = number_loops(r, r->by_order[i], next);
}

bool ag_region_structure(struct ag_region *r)
{
    do
        if (!put_in_order(r))
            return false;
    while (find_dominators(r) || find_loops(r));
    if (!find_places(r))
        return false;
    find_children(r);
    ag_region_find_turns(r);
    find_longest(r);
    number_all_loops(r);
    return true;
}
