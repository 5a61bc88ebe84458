/*
 * Range and alignment of a block's accesses, tested where the block begins.
 * Those that lie at constant distances from what a register holds there are one
 * test. One that fails leaves for the block's beginning, so that the
 * interpreter does what can be done of it: whether it is a fault is not known
 * here.
 */
#include "translate/translate.h"

#include <string.h>

/* What registers hold: what one of them held when the block began, and more. */
struct values {
    struct value {
        uint8_t root; /* NO_ROOT: it is not known */
        uint64_t more;
    } x[32];
};
#define NO_ROOT 255

static void begin(struct values *v)
{
    for (uint32_t i = 0; i < 32; i++)
        v->x[i] = (struct value){(uint8_t)i, 0};
}

static struct value value_of(const struct values *v, uint32_t row)
{
    return row < 32 ? v->x[row] : (struct value){NO_ROOT, 0};
}

static void change(struct values *v, uint32_t row, struct value to)
{
    if (row < 32)
        v->x[row] = to;
}

static struct value plus(struct value value, uint64_t more)
{
    value.more += more;
    return value;
}

static void step(struct values *v, const struct ag_region_instruction *i)
{
    const struct value unknown = {NO_ROOT, 0};
    const struct ag_operation *o = ag_operation_of(i->entry.op);
    const ag_entry *e = &i->entry;
    uint32_t row;
    uint64_t more;
    if (o->class == AG_CLASS_MEMORY) {
        if (strcmp(o->wb, "none") != 0)
            change(v, e->n, plus(value_of(v, e->n), e->imm));
        if (o->is_load) {
            change(v, e->d, unknown);
            if (o->is_pair)
                change(v, e->a, unknown);
        }
    } else if (o->class == AG_CLASS_ALU && ag_adds_constant(e, &row, &more)) {
        change(v, e->d, plus(value_of(v, row), more));
    } else {
        change(v, e->d, unknown);
        if (o->class == AG_CLASS_VMEMORY)
            change(v, e->n, unknown);
    }
}

/* Where an access is, if its address is a register's value and a constant. */
static struct value place_of(const struct values *v,
                             const struct ag_region_instruction *i)
{
    const struct ag_operation *o = ag_operation_of(i->entry.op);
    const struct value base = value_of(v, i->entry.n);
    if (strcmp(o->address, "base_imm") == 0)
        return strcmp(o->wb, "post") == 0 ? base : plus(base, i->entry.imm);
    return strcmp(o->address, "base") == 0 ? base : (struct value){NO_ROOT, 0};
}

/* Bytes that one test may span, so that it says no more than the accesses. */
#define MOST_SPAN 4096

/* Joins an access to the test of its register; false: it has one of its own. */
static bool join(struct ag_block *b, struct value at, uint32_t bytes,
                 uint32_t size, bool is_load)
{
    const int64_t first = (int64_t)at.more, end = first + (int64_t)size;
    struct ag_check *c = b->checks, *none = c + b->num_checks;
    if (at.root == NO_ROOT || first < -MOST_SPAN || end > MOST_SPAN ||
        first % (int64_t)bytes != 0)
        return false;
    while (c < none && c->row != at.root)
        c++;
    if (c == b->checks + AG_MOST_CHECKS)
        return false;
    if (c == none) {
        b->num_checks++;
        *c = (struct ag_check){at.root, first, end, bytes, is_load};
    }
    c->first = first < c->first ? first : c->first;
    c->end = end > c->end ? end : c->end;
    c->bytes = bytes > c->bytes ? bytes : c->bytes;
    c->is_load = c->is_load && is_load;
    return true;
}

void ag_region_find_checks(struct ag_region *r)
{
    for (uint32_t i = 0; i < r->num_blocks; i++) {
        struct ag_block *b = &r->blocks[i];
        const uint32_t count = b->count - (b->end == AG_ENDS_LEAVING);
        struct values v;
        begin(&v);
        for (uint32_t k = 0; k < count; k++) {
            struct ag_region_instruction *at = &r->instructions[b->first + k];
            const struct ag_operation *o = ag_operation_of(at->entry.op);
            if (o->class == AG_CLASS_MEMORY)
                at->is_checked =
                    join(b, place_of(&v, at), o->size,
                         (uint32_t)o->size << o->is_pair, o->is_load);
            step(&v, at);
        }
        for (uint32_t k = 0; k < b->num_checks; k++)
            b->checks[k].first &= -(int64_t)b->checks[k].bytes;
    }
}
