/*
 * Loops that go round a number of times that is known: one block, which goes
 * back to itself or on, and before which the block that alone leads to it gives
 * what its branch depends on. They become a block that is executed so often,
 * with no branch, no test of what is left and no way in: no lane is inside when
 * its turn ends, and the interpreter takes one that is there for another reason
 * to the loop's end. Nothing in them leaves the region.
 *
 * How often is found by executing bodies, of instructions that depend on
 * nothing that the block before does not give.
 *
 * Where a region has branches to what a register holds, other than returns and
 * calls, they may lead to a loop, which has to be a way in then: none is
 * counted.
 */
#include "translate/translate.h"

/* What is known of registers and flags. */
struct known {
    uint64_t rows; /* bits as ag_use has them */
    uint64_t x[32];
    uint32_t nzcv;
};

/* Where an instruction goes, of which that is known; or 1, where none is. */
static uint64_t step(struct known *k, const struct ag_region_instruction *i)
{
    const uint8_t class = ag_operation_of(i->entry.op)->class;
    if ((class != AG_CLASS_ALU && class != AG_CLASS_BRANCH) ||
        (i->use.read & ~k->rows) != 0) {
        k->rows &= ~i->use.written;
        return 1;
    }
    k->rows |= i->use.written;
    return ag_execute_on(&i->entry, i->pc, k->x, &k->nzcv);
}

/* Where a block goes. */
static uint64_t follow(struct known *k, const struct ag_region *r,
                       const struct ag_block *b)
{
    uint64_t next = 1;
    for (uint32_t i = 0; i < b->count; i++)
        next = step(k, &r->instructions[b->first + i]);
    return next;
}

/* The block that alone leads to a loop of one block, or AG_NO_BLOCK. */
static uint32_t comes_from(const struct ag_region *r, uint32_t loop)
{
    uint32_t from = AG_NO_BLOCK, edges = 0;
    for (uint32_t i = 0; i < r->num_blocks; i++)
        for (uint32_t k = 0; k < 2; k++)
            if (i != loop && r->blocks[i].next[k] == loop) {
                from = i;
                edges++;
            }
    return edges == 1 ? from : AG_NO_BLOCK;
}

/* How often a loop goes round that `from` leads to; 0: it is not known, or too
   often to be written so. */
static uint32_t times(const struct ag_region *r, const struct ag_block *from,
                      const struct ag_block *loop)
{
    struct known k = {0};
    (void)follow(&k, r, from);
    for (uint32_t i = 1; i * loop->count <= AG_MOST_WRITTEN; i++) {
        const uint64_t next = follow(&k, r, loop);
        if (next != loop->pc)
            return next == 1 ? 0 : i;
    }
    return 0;
}

/* X30 is what returns branch to. */
static bool jumps_anywhere(const struct ag_region *r)
{
    bool jumps = false;
    for (uint32_t i = 0; i < r->num_blocks; i++) {
        const struct ag_block *b = &r->blocks[i];
        jumps |= b->end == AG_ENDS_INDIRECT && !b->is_call &&
                 r->instructions[b->first + b->count - 1].entry.n != 30;
    }
    return jumps;
}

/* Budgets count instructions once, and compilers take more than in proportion
   to what is written: so much more that may be, of all loops. */
static uint32_t most_more(const struct ag_region *r)
{
    return AG_MOST_WRITTEN + r->num_instructions / 2;
}

void ag_region_count_loops(struct ag_region *r)
{
    uint32_t more = jumps_anywhere(r) ? 0 : most_more(r);
    for (uint32_t i = 0; i < r->num_blocks; i++) {
        struct ag_block *b = &r->blocks[i];
        const uint32_t back = b->next[0] == i ? 0 : 1;
        if (b->end != AG_ENDS_CONDITIONAL || b->next[back] != i ||
            b->is_entry || ag_block_may_leave(r, b))
            continue;
        const uint32_t from = comes_from(r, i);
        const uint32_t n =
            from == AG_NO_BLOCK ? 0 : times(r, &r->blocks[from], b);
        if (n == 0 || (n - 1) * b->count > more)
            continue;
        more -= (n - 1) * b->count;
        b->times = n;
        b->end = AG_ENDS_NEXT;
        b->to[0] = b->to[1 - back];
        b->next[0] = b->next[1 - back];
        b->next[1] = AG_NO_BLOCK;
    }
}
