/*
 * Which X registers instructions read and write, found by executing their
 * bodies on a lane that notes it.
 */
#include "translate/notes.h"
#include "translate/translate.h"

#include "a64/decode.h"

#include <string.h>

/* What is written with all this. */
#include "a64/on_vectors.h"
#include "a64/one_lane.h"

#define USES_N
#define USES_R , may_read
#define USES_W , may_write
#define USES_RW , may_read, may_write
#define USES_ALU(op, touches, form)                                            \
    case AG_OP_##op:                                                           \
        a64_##op(AG_C, AG_F USES_##touches);                                   \
        break;
#define USES_MEMORY(op, loads, form, bytes, extension, pair, back, order)      \
    case AG_OP_##op:                                                           \
        (void)a64_address_##form(AG_C, AG_F);                                  \
        break;
#define USES_BRANCH(op, touches)                                               \
    case AG_OP_##op:                                                           \
        (void)a64_##op(AG_C, AG_F, 0 USES_##touches);                          \
        break;
#define NO_ATOMIC(op)
#define NO_SYSTEM(op, touches)

static void execute(ag_lane *c, const ag_entry *e)
{
    const ag_may_read may_read = {0};
    const ag_may_write may_write = {0};
    const u32 layout = AG_LAYOUT_SHARED, d = e->d, n = e->n, m = e->m, a = e->a;
    const u64 imm = e->imm;
    switch (e->op) {
        AG_OPS(USES_ALU, USES_MEMORY, NO_ATOMIC, USES_BRANCH, NO_SYSTEM)
    default:
        break;
    }
}

static uint64_t row_bit(uint32_t row)
{
    return row < 32 ? UINT64_C(1) << row : 0;
}

uint64_t ag_use_accessed(const ag_entry *e, bool is_pair)
{
    return row_bit(e->d) | (is_pair ? row_bit(e->a) : 0);
}

/* What a memory row does besides reading its address. */
static void add_access(const ag_entry *e, const struct ag_operation *o,
                       struct ag_use *use)
{
    const uint64_t accessed = ag_use_accessed(e, o->is_pair);
    if (strcmp(o->wb, "none") != 0) {
        use->address |= row_bit(e->n);
        use->written |= row_bit(e->n);
    }
    if (o->is_load)
        use->written |= accessed;
    use->read = use->address | (o->is_load ? 0 : accessed);
}

struct ag_use ag_use_of(const ag_entry *e)
{
    const struct ag_operation *o = ag_operation_of(e->op);
    struct ag_use use = {0};
    /* Bodies may choose between operands, by flags or what is in registers. */
    for (uint32_t i = 0; i < 32; i++) {
        ag_lane lane = {.nzcv = i % 16};
        for (uint32_t row = 0; row < 32; row++)
            lane.x[row] = i < 16 ? 0 : UINT64_C(0x9e3779b97f4a7c15) * (row + i);
        execute(&lane, e);
        use.read |= lane.cycles;
        use.written |= lane.limit;
    }
    if (o->class == AG_CLASS_MEMORY) {
        use.address = use.read;
        add_access(e, o, &use);
    } else if (o->class == AG_CLASS_SYSTEM) {
        use.written = row_bit(e->d);
    }
    if (o->flags == AG_TOUCHES_R || o->flags == AG_TOUCHES_RW)
        use.read |= AG_USE_FLAGS;
    if (o->flags == AG_TOUCHES_W || o->flags == AG_TOUCHES_RW)
        use.written |= AG_USE_FLAGS;
    return use;
}
