/*
 * Which instructions make a region, and its blocks. They are looked at from the
 * entries outward, block by block, until the budget is used: where a branch
 * leads and what comes behind a call is near, what is called is further away.
 */
#include "translate/translate.h"

#include "a64/decode.h"

#include <stdlib.h>
#include <string.h>

#define SMALL                                                                  \
    64 /* instructions of a function that is taken as it is called             \
        */

/* Addresses whose instructions are still to be looked at, first come first. */
struct queue {
    uint64_t *pcs;
    size_t first, count, room;
};
struct queues {
    struct queue near, called;
    const struct ag_functions *small; /* of these small ones alone are; NULL:
                                         all that is called is looked at */
};

static bool put(struct queue *q, uint64_t pc)
{
    if (q->count == q->room) {
        size_t room = q->room == 0 ? 64 : q->room * 2;
        uint64_t *pcs = realloc(q->pcs, room * sizeof *pcs);
        if (pcs == NULL)
            return false;
        q->pcs = pcs;
        q->room = room;
    }
    q->pcs[q->count++] = pc;
    return true;
}

/* Instructions found so far, by a hash of their addresses; no address is
   taken out. */
struct found {
    struct ag_region_instruction *list;
    uint32_t count, room;
    uint32_t *places; /* index + 1, 0: none */
    uint32_t mask;
    bool is_on_v;
};

static uint32_t *place_of(const struct found *f, uint64_t pc)
{
    uint32_t at = (uint32_t)((pc >> 2) * UINT64_C(0x9e3779b97f4a7c15) >> 32);
    for (;; at++) {
        uint32_t *place = &f->places[at & f->mask];
        if (*place == 0 || f->list[*place - 1].pc == pc)
            return place;
    }
}

static bool open_found(struct found *f, uint32_t budget)
{
    uint32_t places = 64;
    while (places < budget * 2)
        places *= 2;
    f->mask = places - 1;
    f->room = budget;
    f->places = calloc(places, sizeof *f->places);
    f->list = calloc(budget > 0 ? budget : 1, sizeof *f->list);
    return f->places != NULL && f->list != NULL;
}

static struct ag_region_instruction *find(const struct found *f, uint64_t pc)
{
    uint32_t place = *place_of(f, pc);
    return place == 0 ? NULL : &f->list[place - 1];
}

static bool is_translated(const struct found *f,
                          struct ag_region_instruction *i)
{
    const struct ag_operation *o = ag_operation_of(i->entry.op);
    if (o->class == AG_CLASS_SIMD || o->class == AG_CLASS_VMEMORY)
        return f->is_on_v && ag_v_use_of(&i->entry, &i->v);
    return o->class != AG_CLASS_OTHER && !o->is_ordered;
}

/* What is at an address, of which it is known that it was not looked at; NULL
   if there is nothing or the budget is used. */
static struct ag_region_instruction *
add(struct found *f, const struct ag_code_source *source, uint64_t pc)
{
    uint32_t word;
    if (f->count == f->room || (pc & 3) != 0 ||
        !source->word(source->user, pc, &word))
        return NULL;
    struct ag_region_instruction *i = &f->list[f->count++];
    *i = (struct ag_region_instruction){.pc = pc, .word = word};
    a64_decode(word, pc, &i->entry);
    i->is_translated = is_translated(f, i);
    *place_of(f, pc) = f->count;
    return i;
}

/* What is called is to be looked at. */
static bool is_followed(const struct queues *q, uint64_t target)
{
    uint64_t start, end;
    if (q->small == NULL)
        return true;
    ag_function_at(q->small, target, &start, &end);
    return start == target && (end - start) / 4 <= SMALL;
}

/* Where a branch leads, if that is to be looked at; false: out of memory. */
static bool put_target(struct queues *q, const struct ag_branch *b)
{
    if (b->is_indirect || (b->is_call && !is_followed(q, b->target)))
        return true;
    return put(b->is_call ? &q->called : &q->near, b->target);
}

/* Looks at instructions from pc on to the end of their block; false: out of
   memory. */
static bool look(struct found *f, const struct ag_code_source *source,
                 struct queues *q, uint64_t pc)
{
    for (bool is_first = true;; is_first = false, pc += 4) {
        struct ag_region_instruction *i = find(f, pc);
        bool is_known = i != NULL;
        if (i == NULL)
            i = add(f, source, pc);
        if (i == NULL)
            return true;
        i->is_leader = i->is_leader || is_first;
        if (is_known)
            return true;
        if (i->entry.op == AG_OP_UNDEFINED)
            return true; /* lanes end there, and what follows may be data */
        if (!i->is_translated)
            return put(&q->near, pc + 4); /* lanes come back behind it */
        if (ag_operation_of(i->entry.op)->class != AG_CLASS_BRANCH)
            continue;
        const struct ag_branch b = ag_branch_of(&i->entry, pc);
        return put_target(q, &b) &&
               ((!b.is_conditional && !b.is_call) || put(&q->near, pc + 4));
    }
}

static int compare_addresses(const void *left, const void *right)
{
    const struct ag_region_instruction *a = left, *b = right;
    return a->pc < b->pc ? -1 : a->pc > b->pc;
}

/* -- Blocks --------------------------------------------------------------- */

/* The block that begins at an address. */
static uint32_t block_at(const struct ag_region *r, uint64_t pc)
{
    uint32_t low = 0, high = r->num_blocks;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (r->blocks[middle].pc < pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low < r->num_blocks && r->blocks[low].pc == pc ? low : AG_NO_BLOCK;
}

/* Where a block that begins with the k-th instruction ends: behind a branch,
   before what others come to, with what is not executed here. */
static struct ag_block cut_block(const struct ag_region *r, uint32_t k)
{
    const struct ag_region_instruction *list = r->instructions;
    struct ag_block b = {.pc = list[k].pc, .first = k};
    for (;; k++) {
        const struct ag_region_instruction *i = &list[k];
        b.count++;
        b.to[0] = b.to[1] = i->pc + 4;
        if (!i->is_translated) {
            b.end = AG_ENDS_LEAVING;
            return b;
        }
        if (ag_operation_of(i->entry.op)->class == AG_CLASS_BRANCH) {
            const struct ag_branch branch = ag_branch_of(&i->entry, i->pc);
            b.end = branch.is_indirect      ? AG_ENDS_INDIRECT
                    : branch.is_conditional ? AG_ENDS_CONDITIONAL
                                            : AG_ENDS_NEXT;
            b.to[0] = branch.target;
            b.is_branch = true;
            b.is_call = branch.is_call;
            return b;
        }
        if (k + 1 == r->num_instructions || list[k + 1].pc != i->pc + 4 ||
            list[k + 1].is_leader) {
            b.end = AG_ENDS_NEXT;
            return b;
        }
    }
}

/* Entries: those that were asked for, what is called, where calls come back to,
   what is behind an instruction that is executed elsewhere. */
static void mark_entry(struct ag_region *r, uint64_t pc)
{
    uint32_t b = block_at(r, pc);
    if (b != AG_NO_BLOCK)
        r->blocks[b].is_entry = true;
}

static void connect(struct ag_region *r)
{
    for (uint32_t i = 0; i < r->num_blocks; i++) {
        struct ag_block *b = &r->blocks[i];
        const uint64_t behind = r->instructions[b->first + b->count - 1].pc + 4;
        const bool goes =
            b->end == AG_ENDS_NEXT || b->end == AG_ENDS_CONDITIONAL;
        b->next[0] = goes ? block_at(r, b->to[0]) : AG_NO_BLOCK;
        b->next[1] =
            b->end == AG_ENDS_CONDITIONAL ? block_at(r, b->to[1]) : AG_NO_BLOCK;
        if (b->end == AG_ENDS_LEAVING || b->is_call)
            mark_entry(r, behind);
        if (b->is_call && goes)
            mark_entry(r, b->to[0]);
    }
}

/* Registers that an instruction may change, a bit each, and bit 32 for the
   flags. */
static uint64_t changed_by(const struct ag_region_instruction *i)
{
    const struct ag_operation *o = ag_operation_of(i->entry.op);
    const ag_entry *e = &i->entry;
    uint64_t rows = UINT64_C(1) << e->d;
    if (o->class == AG_CLASS_SIMD || o->class == AG_CLASS_VMEMORY)
        return ((rows | UINT64_C(1) << e->n) & UINT32_MAX) | UINT64_C(1) << 32;
    if (o->class == AG_CLASS_MEMORY)
        rows |= UINT64_C(1) << e->n | (o->is_pair ? UINT64_C(1) << e->a : 0);
    if (o->class == AG_CLASS_BRANCH && ag_branch_of(e, i->pc).is_call)
        rows |= UINT64_C(1) << 30;
    rows &= UINT32_MAX;
    return o->flags == AG_TOUCHES_W || o->flags == AG_TOUCHES_RW
               ? rows | UINT64_C(1) << 32
               : rows;
}

static void name_registers(struct ag_region *r)
{
    for (uint32_t i = 0; i < r->num_instructions; i++) {
        const struct ag_v_use *v = &r->instructions[i].v;
        r->changes |= changed_by(&r->instructions[i]);
        r->v.named |= v->named;
        r->v.changed |= v->changed;
        r->v.filled |= v->filled;
    }
}

static bool make_blocks(struct ag_region *r, const uint64_t *entries,
                        size_t num_entries)
{
    const uint32_t n = r->num_instructions;
    r->blocks = calloc(n > 0 ? n : 1, sizeof *r->blocks);
    r->by_order = calloc(n > 0 ? n : 1, sizeof *r->by_order);
    if (r->blocks == NULL || r->by_order == NULL)
        return false;
    for (uint32_t k = 0; k < n; k += r->blocks[r->num_blocks - 1].count)
        r->blocks[r->num_blocks++] = cut_block(r, k);
    for (size_t i = 0; i < num_entries; i++)
        mark_entry(r, entries[i]);
    connect(r);
    ag_region_find_checks(r);
    return true;
}

/* The next address to look at; false: there is none. */
static bool take(struct queues *q, uint64_t *pc)
{
    struct queue *from = q->near.first < q->near.count ? &q->near : &q->called;
    if (from->first == from->count)
        return false;
    *pc = from->pcs[from->first++];
    return true;
}

static bool open_region(struct ag_region *r,
                        const struct ag_code_source *source,
                        const uint64_t *entries, size_t num_entries,
                        uint32_t budget, const struct ag_functions *small)
{
    struct found f = {.is_on_v = source->is_on_v};
    struct queues q = {.small = small};
    uint64_t pc;
    memset(r, 0, sizeof *r);
    bool ok = open_found(&f, budget);
    for (size_t i = 0; i < num_entries && ok; i++)
        ok = put(&q.near, entries[i]);
    while (ok && take(&q, &pc))
        ok = look(&f, source, &q, pc);
    free(q.near.pcs);
    free(q.called.pcs);
    free(f.places);
    r->instructions = f.list;
    r->num_instructions = f.count;
    if (ok)
        qsort(f.list, f.count, sizeof *f.list, compare_addresses);
    name_registers(r);
    return ok && make_blocks(r, entries, num_entries) && ag_region_structure(r);
}

bool ag_region_open(struct ag_region *r, const struct ag_code_source *source,
                    const uint64_t *entries, size_t num_entries,
                    uint32_t budget)
{
    return open_region(r, source, entries, num_entries, budget, NULL);
}

bool ag_region_open_hot(struct ag_region *r,
                        const struct ag_code_source *source,
                        const struct ag_functions *f, const uint64_t *entries,
                        size_t num_entries, uint32_t budget)
{
    return open_region(r, source, entries, num_entries, budget, f);
}

bool ag_region_has(const struct ag_region *r, uint64_t pc)
{
    const struct ag_region_instruction wanted = {.pc = pc};
    return r->num_instructions > 0 &&
           bsearch(&wanted, r->instructions, r->num_instructions, sizeof wanted,
                   compare_addresses) != NULL;
}

void ag_region_close(struct ag_region *r)
{
    free(r->instructions);
    free(r->blocks);
    free(r->by_order);
    memset(r, 0, sizeof *r);
}
