/*
 * What lanes that execute together hold alike, register by register: where
 * lanes come to a block with equal values in what an instruction reads, what it
 * writes is equal too. Loads are of the lanes' own memories, and their numbers
 * are their own. A data flow over the blocks of a region, from everything alike
 * to what is left of that.
 *
 * It is exact about what goes from block to block. Lanes also come in from
 * outside, at entries and loops; what they hold alike then is looked at as they
 * do (AG_COME_ALIKE), so what is said here of those is a guess that costs time
 * where it is wrong: lanes then go one by one.
 */
#include "translate/translate.h"

#define ALL ((UINT64_C(1) << 33) - 1)
#define STACK_POINTER (UINT64_C(1) << 31)
/* What functions give back as it was: X19 to X29, SP. */
#define PRESERVED UINT64_C(0xbff80000)
/* Of an unknown instruction everything may be a result but these. */
#define UNTOUCHED (UINT64_C(0xffffffff) & ~UINT64_C(1))

uint64_t ag_alike_after(const struct ag_region_instruction *i, uint64_t alike)
{
    const struct ag_operation *o = ag_operation_of(i->entry.op);
    const struct ag_use *use = &i->use;
    if (ag_is_alike(i, alike))
        return alike | use->written;
    if (o->class == AG_CLASS_VMEMORY && (use->address & ~alike) == 0)
        return alike; /* the base afterwards too */
    if (o->class != AG_CLASS_MEMORY)
        return alike & ~use->written;
    /* The base is alike afterwards if it was, and is not loaded. */
    const uint64_t base = use->written & use->address & alike;
    const uint64_t loaded =
        o->is_load ? ag_use_accessed(&i->entry, o->is_pair) : 0;
    return ((alike & ~use->written) | base) & ~loaded;
}

uint64_t ag_alike_at_end(const struct ag_region *r, const struct ag_block *b)
{
    const uint32_t n = ag_block_retires(b) - (b->end == AG_ENDS_LEAVING);
    uint64_t alike = b->alike;
    for (uint32_t i = 0; i < n; i++)
        alike =
            ag_alike_after(&r->instructions[b->first + i % b->count], alike);
    return alike;
}

/* -- The flow -------------------------------------------------------------- */

struct flow {
    struct ag_region *r;
    bool has_changed;
};

/* Lanes come to a block with so much alike. */
static void come(struct flow *f, struct ag_block *b, uint64_t alike)
{
    f->has_changed = f->has_changed || !b->is_met || (b->alike & ~alike) != 0;
    b->is_met = true;
    b->alike &= alike;
}

static void come_at(struct flow *f, uint64_t pc, uint64_t alike)
{
    for (uint32_t i = 0; i < f->r->num_blocks; i++)
        if (f->r->blocks[i].pc == pc)
            come(f, &f->r->blocks[i], alike);
}

static void leave_block(struct flow *f, const struct ag_block *b)
{
    struct ag_region *r = f->r;
    const struct ag_region_instruction *last =
        &r->instructions[b->first + b->count - 1];
    const uint64_t alike = ag_alike_at_end(r, b);
    for (uint32_t i = 0; i < 2; i++)
        if (b->next[i] != AG_NO_BLOCK)
            come(f, &r->blocks[b->next[i]], alike);
    /* By a register to any entry; to loops none comes so: where the text finds
       one there (`is_inside`, kernels/engine/together.h) its lanes leave. */
    for (uint32_t i = 0; b->end == AG_ENDS_INDIRECT && i < r->num_blocks; i++)
        if (r->blocks[i].is_entry)
            come(f, &r->blocks[i], alike);
    /* What is executed elsewhere, and comes back. */
    if (b->end == AG_ENDS_LEAVING)
        come_at(f, last->pc + 4, alike & UNTOUCHED & ~last->use.written);
    else if (b->is_call && b->next[0] == AG_NO_BLOCK)
        come_at(f, last->pc + 4, alike & PRESERVED);
}

static void settle(struct flow *f)
{
    do {
        f->has_changed = false;
        for (uint32_t i = 0; i < f->r->num_ordered; i++) {
            const struct ag_block *b = &f->r->blocks[f->r->by_order[i]];
            if (b->is_met)
                leave_block(f, b);
        }
    } while (f->has_changed);
}

void ag_region_find_alike(struct ag_region *r, uint64_t begins, uint64_t alike)
{
    struct flow f = {.r = r};
    for (uint32_t i = 0; i < r->num_blocks; i++) {
        r->blocks[i].alike = ALL;
        r->blocks[i].is_met = false;
    }
    come_at(&f, begins, alike & ALL);
    settle(&f);
    /* Lanes come from who knows where to what nothing here leads to. */
    for (uint32_t i = 0; i < r->num_ordered; i++) {
        struct ag_block *b = &r->blocks[r->by_order[i]];
        if (!b->is_met) {
            come(&f, b, STACK_POINTER);
            settle(&f);
        }
    }
}

uint64_t ag_alike_at_entries(const struct ag_region *r)
{
    uint64_t alike = ALL;
    for (uint32_t i = 0; i < r->num_blocks; i++)
        if (r->blocks[i].is_entry)
            alike &= r->blocks[i].alike;
    return alike;
}
