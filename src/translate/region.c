/*
 * Which instructions make a region, and its blocks. They are looked at from the
 * entries outward, block by block, until the budget is used: where a branch
 * leads and what comes behind a call first, then what is called; or, where it
 * is known what lanes were seen at, what is likely to be executed most, until
 * nothing is.
 */
#include "translate/translate.h"

#include "code/decode.h"

#include "a64/operands.h"

#include <stdlib.h>
#include <string.h>

#define SMALL                                                                  \
    64             /* instructions of a function that is taken as it is called \
                    */
#define AHEAD 16   /* instructions: what was seen there is of one block, say */
#define BRANCHES 4 /* of what comes to a branch each way has so much, say; */
#define SELDOM 64  /* one where nothing was seen has less, if the other has */
#define COLD 256   /* what has less than 1 in so many is not looked at */

/* An address to be looked at; the hottest first, and of these the first. */
struct place {
    uint64_t pc, heat, number;
};
struct queue {
    struct place *heap;
    size_t count, room;
    uint64_t next;
    const struct ag_heat *seen; /* NULL: nothing is known, all is looked at */
    uint64_t least;
};

/* Without heat: near, and called. */
enum { CALLED = 1, NEAR };

static bool is_before(const struct place *a, const struct place *b)
{
    return a->heat != b->heat ? a->heat > b->heat : a->number < b->number;
}

static bool put(struct queue *q, uint64_t pc, uint64_t heat)
{
    const struct place place = {pc, heat, q->next++};
    size_t at = q->count;
    if (heat < q->least)
        return true;
    if (q->count == q->room) {
        size_t room = q->room == 0 ? 64 : q->room * 2;
        struct place *heap = realloc(q->heap, room * sizeof *heap);
        if (heap == NULL)
            return false;
        q->heap = heap;
        q->room = room;
    }
    q->count++;
    for (; at > 0 && is_before(&place, &q->heap[(at - 1) / 2]);
         at = (at - 1) / 2)
        q->heap[at] = q->heap[(at - 1) / 2];
    q->heap[at] = place;
    return true;
}

/* The next one; false: there is none. */
static bool take(struct queue *q, struct place *first)
{
    if (q->count == 0)
        return false;
    *first = q->heap[0];
    const struct place last = q->heap[--q->count];
    size_t at = 0;
    for (size_t below; (below = 2 * at + 1) < q->count; at = below) {
        if (below + 1 < q->count &&
            is_before(&q->heap[below + 1], &q->heap[below]))
            below++;
        if (!is_before(&q->heap[below], &last))
            break;
        q->heap[at] = q->heap[below];
    }
    q->heap[at] = last;
    return true;
}

/* What was seen in [from, to), in parts of 1 / COLD. */
static uint64_t heat_of(const struct queue *q, uint64_t from, uint64_t to)
{
    uint64_t heat = 0;
    for (size_t i = 0; i < q->seen->n; i++)
        if (q->seen->pcs[i].pc >= from && q->seen->pcs[i].pc < to)
            heat += q->seen->pcs[i].count;
    return heat * COLD;
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
    if (o->class == AG_CLASS_SYSTEM)
        return ag_is_still_read(&i->entry);
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
    ag_decode(word, pc, &i->entry);
    i->is_translated = is_translated(f, i);
    *place_of(f, pc) = f->count;
    return i;
}

/* What is called is to be looked at even if nothing was seen there. */
static bool is_small(const struct queue *q, uint64_t target)
{
    uint64_t start, end;
    ag_function_at(q->seen->functions, target, &start, &end);
    return start == target && (end - start) / 4 <= SMALL;
}

/* Of a block that has `heat`, what one way has at least, if so much was seen
   there and so much where the other of a conditional branch leads. */
static uint64_t part_of(const struct ag_branch *b, uint64_t heat, uint64_t seen,
                        uint64_t other)
{
    return !b->is_conditional        ? heat
           : seen == 0 && other != 0 ? heat / SELDOM
                                     : heat / BRANCHES;
}

/* Where a branch leads and what is behind it; false: out of memory. */
static bool put_ways(struct queue *q, const struct ag_branch *b, uint64_t pc,
                     uint64_t heat)
{
    const uint64_t target = b->target;
    uint64_t there = b->is_call ? CALLED : NEAR, behind = NEAR;
    if (q->seen != NULL) {
        const uint64_t hot = heat_of(q, target, target + 4 * AHEAD),
                       next = heat_of(q, pc + 4, pc + 4 * AHEAD);
        there =
            hot + (!b->is_call           ? part_of(b, heat, hot, next)
                   : is_small(q, target) ? heat / 2 /* what is behind first */
                                         : 0);
        behind = next + part_of(b, heat, next, hot);
    }
    return (b->is_indirect || put(q, target, there)) &&
           ((!b->is_conditional && !b->is_call) || put(q, pc + 4, behind));
}

/* Looks at instructions from a place on to the end of their block; false: out
   of memory. */
static bool look(struct found *f, const struct ag_code_source *source,
                 struct queue *q, const struct place *first)
{
    uint64_t pc = first->pc, heat = first->heat;
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
            /* Lanes come back behind it. */
            return put(q, pc + 4, q->seen != NULL ? heat : NEAR);
        if (ag_operation_of(i->entry.op)->class != AG_CLASS_BRANCH)
            continue;
        const struct ag_branch b = ag_branch_of(&i->entry, pc);
        if (q->seen != NULL && heat < heat_of(q, first->pc, pc + 4))
            heat = heat_of(q, first->pc, pc + 4);
        return put_ways(q, &b, pc, heat);
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
    struct ag_block b = {.pc = list[k].pc, .first = k, .times = 1};
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

static void name_registers(struct ag_region *r)
{
    for (uint32_t i = 0; i < r->num_instructions; i++) {
        const struct ag_v_use *v = &r->instructions[i].v;
        const uint8_t class =
            ag_operation_of(r->instructions[i].entry.op)->class;
        r->instructions[i].use =
            class == AG_CLASS_SIMD || class == AG_CLASS_VMEMORY
                ? v->x
                : ag_use_of(&r->instructions[i].entry);
        r->changes |= r->instructions[i].use.written;
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
    ag_region_count_loops(r);
    ag_region_find_checks(r);
    return true;
}

/* What an entry has: enough at least for one branch behind it. */
static uint64_t entry_heat(const struct queue *q, uint64_t entry)
{
    return q->seen == NULL
               ? NEAR
               : heat_of(q, entry, entry + 4 * AHEAD) + q->least * BRANCHES;
}

static uint64_t least_heat(const struct ag_heat *seen)
{
    uint64_t all = 0;
    for (size_t i = 0; seen != NULL && i < seen->n; i++)
        all += seen->pcs[i].count;
    return all;
}

bool ag_region_open(struct ag_region *r, const struct ag_code_source *source,
                    const uint64_t *entries, size_t num_entries,
                    uint32_t budget, const struct ag_heat *seen)
{
    struct found f = {.is_on_v = source->is_on_v};
    struct queue q = {.seen = seen, .least = least_heat(seen)};
    struct place place;
    memset(r, 0, sizeof *r);
    bool ok = open_found(&f, budget);
    for (size_t i = 0; i < num_entries && ok; i++)
        ok = put(&q, entries[i], entry_heat(&q, entries[i]));
    while (ok && take(&q, &place))
        ok = look(&f, source, &q, &place);
    free(q.heap);
    free(f.places);
    r->instructions = f.list;
    r->num_instructions = f.count;
    if (ok)
        qsort(f.list, f.count, sizeof *f.list, compare_addresses);
    name_registers(r);
    return ok && make_blocks(r, entries, num_entries) && ag_region_structure(r);
}

uint64_t ag_region_entries(const struct ag_region *r)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < r->num_blocks; i++)
        n += ag_region_is_entered(&r->blocks[i]);
    return n;
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
