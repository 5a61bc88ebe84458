/*
 * The instruction table's columns by operation, and what branches do, which
 * their bodies say.
 */
#include "translate/translate.h"

#include "a64/decode.h"
#include "a64/sysreg.h"
#include "engine/scalar.h"
/* After the values that they are written for. */
#include "a64/on_vectors.h"
#include "a64/one_lane.h"
#include "lane/memory.h"

#include <string.h>

#define OPERATION_ALU(op, touches, form)                                       \
    [AG_OP_##op] = {                                                           \
        .name = #op, .class = AG_CLASS_ALU, .flags = AG_TOUCHES_##touches},
#define OPERATION_MEMORY(op, loads, form, bytes, extension, pair, back, order) \
    [AG_OP_##op] = {.name = #op,                                               \
                    .class = AG_CLASS_MEMORY,                                  \
                    .is_load = (loads),                                        \
                    .size = (bytes),                                           \
                    .is_pair = (pair),                                         \
                    .is_ordered = AG_ORDER_##order != AG_RELAXED,              \
                    .address = #form,                                          \
                    .ext = #extension,                                         \
                    .wb = #back},
#define OPERATION_BRANCH(op, touches)                                          \
    [AG_OP_##op] = {                                                           \
        .name = #op, .class = AG_CLASS_BRANCH, .flags = AG_TOUCHES_##touches},
#define NO_OPERATION_ATOMIC(op)
#define OPERATION_SYSTEM(op, touches)                                          \
    [AG_OP_##op] = {                                                           \
        .name = #op, .class = AG_CLASS_SYSTEM, .flags = AG_TOUCHES_##touches},
#define NO_OPERATION_SYSTEM(op, touches)
#define OPERATION_SIMD(op) [AG_OP_##op] = {.name = #op, .class = AG_CLASS_SIMD},
#define OPERATION_VMEMORY(op)                                                  \
    [AG_OP_##op] = {.name = #op, .class = AG_CLASS_VMEMORY},

static const struct ag_operation operations[AG_OP_COUNT] = {
    AG_OPS(OPERATION_ALU, OPERATION_MEMORY, NO_OPERATION_ATOMIC,
           OPERATION_BRANCH, OPERATION_SYSTEM) AG_SIMD_OPS(OPERATION_SIMD)
        AG_CRYPTO_OPS(OPERATION_SIMD) AG_VMEMORY_OPS(OPERATION_VMEMORY)};

const struct ag_operation *ag_operation_of(uint32_t op)
{
    static const struct ag_operation other = {.name = ""};
    return op < AG_OP_COUNT && operations[op].name != NULL ? &operations[op]
                                                           : &other;
}

bool ag_is_still_read(const ag_entry *e)
{
    return e->op == AG_OP_MRS && AG_IS_STILL_SYSREG(e->imm);
}

/* -- Bodies, executed ------------------------------------------------------ */

/* An operation of class ALU, or a branch; where it goes. Of others nothing
   changes. */
static uint64_t execute(ag_lane *c, const ag_entry *e, uint64_t pc)
{
    const ag_may_read may_read = {0};
    const ag_may_write may_write = {0};
    const u32 layout = AG_LAYOUT_SHARED, d = e->d, n = e->n, m = e->m, a = e->a;
    const u64 imm = e->imm;
    switch (e->op) {
#define TOUCHES_N
#define TOUCHES_R , may_read
#define TOUCHES_W , may_write
#define TOUCHES_RW , may_read, may_write
#define GIVES(op, touches, form)                                               \
    case AG_OP_##op:                                                           \
        a64_##op(AG_C, AG_F TOUCHES_##touches);                                \
        break;
#define NO_MEMORY(op, loads, form, bytes, extension, pair, back, order)
#define GOES(op, touches)                                                      \
    case AG_OP_##op:                                                           \
        return a64_##op(AG_C, AG_F, pc TOUCHES_##touches);
        AG_OPS(GIVES, NO_MEMORY, NO_OPERATION_ATOMIC, GOES, NO_OPERATION_SYSTEM)
    default:
        break;
    }
    return pc + 4;
}

uint64_t ag_execute_on(const ag_entry *e, uint64_t pc, uint64_t x[32],
                       uint32_t *nzcv)
{
    ag_lane lane = {.nzcv = *nzcv};
    memcpy(lane.x, x, 32 * sizeof *x);
    const uint64_t next = execute(&lane, e, pc);
    memcpy(x, lane.x, 32 * sizeof *x);
    *nzcv = lane.nzcv;
    return next;
}

/* -- Branches ------------------------------------------------------------- */

/* Where a lane goes whose registers all hold `value` and whose flags are these;
   X30 afterwards. */
static uint64_t goes_to(const ag_entry *e, uint64_t pc, uint64_t value,
                        uint32_t nzcv, uint64_t *link)
{
    uint64_t x[32];
    for (uint32_t i = 0; i < 32; i++)
        x[i] = value;
    const uint64_t next = ag_execute_on(e, pc, x, &nzcv);
    *link = x[30];
    return next;
}

#define NO_ADDRESS UINT64_C(0xb4dadd7e55e5c0d3) /* that an instruction has */

struct ag_branch ag_branch_of(const ag_entry *e, uint64_t pc)
{
    struct ag_branch b = {.target = pc + 4};
    uint64_t link;
    b.is_indirect = goes_to(e, pc, NO_ADDRESS, 0, &link) == NO_ADDRESS;
    b.is_call = link != NO_ADDRESS;
    bool goes_on = false;
    for (uint32_t i = 0; i < 32 && !b.is_indirect; i++) {
        uint64_t next =
            goes_to(e, pc, i < 16 ? 0 : ~UINT64_C(0), i % 16, &link);
        if (next == pc + 4)
            goes_on = true;
        else
            b.target = next;
    }
    b.is_conditional = goes_on && b.target != pc + 4;
    return b;
}

/* -- Sums ----------------------------------------------------------------- */

/* X[d] after an operation of class ALU, on these registers. */
static uint64_t result_of(const ag_entry *e, const uint64_t *x)
{
    ag_lane lane = {0};
    memcpy(lane.x, x, 32 * sizeof *x);
    (void)execute(&lane, e, 0);
    return lane.x[e->d];
}

bool ag_adds_constant(const ag_entry *e, uint32_t *row, uint64_t *constant)
{
    uint64_t x[2][32], random = NO_ADDRESS;
    for (uint32_t i = 0; i < 64; i++)
        x[i / 32][i % 32] = random = random * 6364136223846793005 + i;
    const uint64_t first = result_of(e, x[0]), second = result_of(e, x[1]);
    const uint32_t rows[] = {e->n, e->m};
    for (uint32_t i = 0; i < 2; i++) {
        *row = rows[i];
        if (e->d < 32 && *row < 32 &&
            first - x[0][*row] == second - x[1][*row]) {
            *constant = first - x[0][*row];
            return true;
        }
    }
    return false;
}
