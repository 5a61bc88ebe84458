/*
 * Range and alignment of a block's accesses. Those that lie at constant
 * distances from one value are one test: where the block begins, of what a
 * register holds there; else before the first of them. One that fails leaves
 * for where it stands, so that the interpreter does what can be done: whether
 * it is a fault, and of which access, is not known here.
 */
#include "translate/translate.h"

#include <string.h>

/* What registers hold: a value that one of them was given, or held when the
   block began, and more. Those of one root have one test, NULL: none yet. */
struct values {
    struct value {
        uint32_t root; /* below 32: the register's as the block begins */
        uint64_t more;
        struct ag_check *check;
        uint64_t tested; /* `more` of what its register holds */
    } x[32];
    uint32_t num_roots;
};
#define NO_ROOT UINT32_MAX

static void begin(struct values *v)
{
    for (uint32_t i = 0; i < 32; i++)
        v->x[i] = (struct value){.root = i};
    v->num_roots = 32;
}

static struct value value_of(const struct values *v, uint32_t row)
{
    return row < 32 ? v->x[row] : (struct value){.root = NO_ROOT};
}

static void change(struct values *v, uint32_t row, struct value to)
{
    if (row < 32)
        v->x[row] = to;
}

/* Something else, of which nothing is known. */
static void change_all(struct values *v, uint32_t row)
{
    change(v, row, (struct value){.root = v->num_roots++});
}

static struct value plus(struct value value, uint64_t more)
{
    value.more += more;
    return value;
}

static void step(struct values *v, const struct ag_region_instruction *i)
{
    const struct ag_operation *o = ag_operation_of(i->entry.op);
    const ag_entry *e = &i->entry;
    uint32_t row;
    uint64_t more;
    if (o->class == AG_CLASS_MEMORY) {
        if (strcmp(o->wb, "none") != 0)
            change(v, e->n, plus(value_of(v, e->n), e->imm));
        if (o->is_load) {
            change_all(v, e->d);
            if (o->is_pair)
                change_all(v, e->a);
        }
    } else if (o->class == AG_CLASS_ALU && ag_adds_constant(e, &row, &more)) {
        change(v, e->d, plus(value_of(v, row), more));
    } else if (o->class == AG_CLASS_SIMD || o->class == AG_CLASS_VMEMORY) {
        for (row = 0; row < 32; row++)
            if ((i->use.written >> row & 1) != 0)
                change_all(v, row);
    } else {
        change_all(v, e->d);
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
    return strcmp(o->address, "base") == 0 ? base
                                           : (struct value){.root = NO_ROOT};
}

/* Bytes that one test may span, so that it says no more than the accesses. */
#define MOST_SPAN 4096

static bool is_at_beginning(const struct ag_block *b, struct value base)
{
    return base.root < 32 && b->num_checks < AG_MOST_CHECKS;
}

/* Begins the test of a base's root: where the block begins, or before this
   instruction. */
static struct ag_check *begin_check(struct values *v, struct ag_block *b,
                                    struct ag_region_instruction *i,
                                    uint64_t tested)
{
    const struct value base = v->x[i->entry.n];
    const bool is_early = is_at_beginning(b, base);
    struct ag_check *c = is_early ? &b->checks[b->num_checks++] : &i->check;
    c->row = is_early ? (uint8_t)base.root : i->entry.n;
    for (uint32_t k = 0; k < 32; k++)
        if (v->x[k].root == base.root) {
            v->x[k].check = c;
            v->x[k].tested = tested;
        }
    return c;
}

/* Whether a test may have these bytes in it, from its register on. */
static bool is_near(int64_t first, uint32_t bytes, uint32_t size)
{
    return first >= -MOST_SPAN && first + (int64_t)size <= MOST_SPAN &&
           first % (int64_t)bytes == 0;
}

/* Joins an access to the test of its root; false: it has one of its own. */
static bool join(struct values *v, struct ag_block *b,
                 struct ag_region_instruction *i)
{
    const struct ag_operation *o = ag_operation_of(i->entry.op);
    const struct value at = place_of(v, i);
    const uint32_t bytes = o->size, size = bytes << o->is_pair;
    if (at.root == NO_ROOT)
        return false;
    const bool is_first = at.check == NULL;
    const uint64_t tested = !is_first                ? at.tested
                            : is_at_beginning(b, at) ? 0
                                                     : v->x[i->entry.n].more;
    const int64_t first = (int64_t)(at.more - tested),
                  end = first + (int64_t)size;
    if (!is_near(first, bytes, size))
        return false;
    struct ag_check *c = is_first ? begin_check(v, b, i, tested) : at.check;
    c->is_load = (is_first || c->is_load) && o->is_load;
    c->first = is_first || first < c->first ? first : c->first;
    c->end = is_first || end > c->end ? end : c->end;
    c->bytes = bytes > c->bytes ? bytes : c->bytes;
    return true;
}

/* A test begins at a multiple of what it tests for. */
static void round_down(struct ag_check *c)
{
    c->first &= -(int64_t)c->bytes;
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
            if (ag_operation_of(at->entry.op)->class == AG_CLASS_MEMORY)
                at->is_checked = join(&v, b, at);
            step(&v, at);
        }
        for (uint32_t k = 0; k < b->num_checks; k++)
            round_down(&b->checks[k]);
        for (uint32_t k = 0; k < count; k++)
            round_down(&r->instructions[b->first + k].check);
    }
}
