/*
 * Which V registers instructions name, and which others they read and write,
 * found by executing their bodies, as regions have them, on a lane that only
 * notes it.
 */
#define AG_IS_REGION 1
#define AG_FLOAT_SOFT 1 /* the host's is the caller's */
#include "translate/translate.h"

#include "lane/memory.h"

/* -- A lane that notes ---------------------------------------------------- */

/* Notes of a register, in the lane's v[0]: it is named, it may become another,
   and its upper half something other than zero. */
#define NAMED 1
#define CHANGED 2
#define FILLED 4

/* Its v[1] says what they hold; both halves hold the same. */
static u64 note_named(ag_lane *c, u32 r)
{
    c->v[0][r & 31] |= NAMED;
    return c->v[1][r & 31];
}
static void note_changed(ag_lane *c, u32 part, u32 r, u64 half)
{
    c->v[0][r & 31] |= NAMED | CHANGED | (part != 0 && half != 0 ? FILLED : 0);
}
#undef AG_V_HALF
#undef AG_V_PUT
#define AG_V_HALF(part, r) ((void)(part), note_named(c, (r)))
#define AG_V_PUT(part, r, value) note_changed(c, (part), (r), (value))

/* It may access all memory, which is ones. */
static u32 note_check(AG_CTX, u64 address AG_UNUSED, u32 bytes AG_UNUSED,
                      u32 unit AG_UNUSED, u32 access AG_UNUSED)
{
    return AG_NEXT;
}
static u64 note_load(AG_CTX, u64 address AG_UNUSED, u32 bytes AG_UNUSED,
                     int order AG_UNUSED)
{
    return UINT64_MAX;
}
static u64 note_load_64(AG_CTX, u64 address AG_UNUSED, int order AG_UNUSED)
{
    return UINT64_MAX;
}
static void note_store(AG_CTX, u64 address AG_UNUSED, u64 v AG_UNUSED,
                       u32 bytes AG_UNUSED, int order AG_UNUSED)
{
}
static void note_store_64(AG_CTX, u64 address AG_UNUSED, u64 v AG_UNUSED,
                          int order AG_UNUSED)
{
}
#define ag_check_units note_check
#define ag_load note_load
#define ag_load_64 note_load_64
#define ag_store note_store
#define ag_store_64 note_store_64

/* Of others that, and flags. */
#include "translate/notes.h"

static u64 note_cond(ag_lane *c, ag_may_read may_read, u64 mask)
{
    c->cycles |= AG_USE_FLAGS;
    return ag_cond(c, may_read, mask);
}
static void note_set_nzcv(ag_lane *c, ag_may_write may_write AG_UNUSED,
                          u64 nzcv AG_UNUSED)
{
    c->limit |= AG_USE_FLAGS;
}
#define ag_cond note_cond
#define ag_set_nzcv note_set_nzcv

/* What is written with all this. */
#include "engine/region.h"

/* -- Instructions --------------------------------------------------------- */

static void execute(ag_lane *c, const ag_entry *e)
{
    const u32 layout = AG_LAYOUT_SHARED, d = e->d, n = e->n, m = e->m, a = e->a;
    const u64 imm = e->imm;
    switch (e->op) {
#define EXECUTE_SIMD(op)                                                       \
    case AG_OP_##op:                                                           \
        a64_##op(c, AG_F);                                                     \
        break;
#define EXECUTE_VMEMORY(op)                                                    \
    case AG_OP_##op:                                                           \
        (void)a64_##op(AG_C, AG_F);                                            \
        break;
        AG_SIMD_OPS(EXECUTE_SIMD)
        AG_CRYPTO_OPS(EXECUTE_SIMD)
        AG_VMEMORY_OPS(EXECUTE_VMEMORY)
    default:
        break;
    }
}

/* With any flags; registers r hold `content` times r, plus `more`. */
static struct ag_v_use note(const ag_entry *e, uint64_t content, uint64_t more)
{
    struct ag_v_use use = {0};
    ag_lane lane = {0};
    for (uint32_t r = 0; r < 32; r++)
        lane.x[r] = lane.v[1][r] = content * r + more;
    for (uint32_t nzcv = 0; nzcv < 16; nzcv++) {
        lane.nzcv = nzcv;
        lane.flags_kind = AG_FLAGS_PACKED;
        execute(&lane, e);
    }
    for (uint32_t r = 0; r < 32; r++) {
        use.named |= (uint32_t)((lane.v[0][r] & NAMED) != 0) << r;
        use.changed |= (uint32_t)((lane.v[0][r] & CHANGED) != 0) << r;
        use.filled |= (uint32_t)((lane.v[0][r] & FILLED) != 0) << r;
    }
    use.x.read = lane.cycles;
    use.x.written = lane.limit;
    return use;
}

bool ag_v_use_of(const ag_entry *e, struct ag_v_use *use)
{
    static const uint64_t contents[][2] = {
        {0, 0},
        {0, UINT64_C(0x1010101010101010)},
        {0, UINT64_MAX},
        {UINT64_C(0x9e3779b97f4a7c15), UINT64_C(0x3ff5000040490fdb)}};
    const uint32_t kind = ag_short_kind(e->op, e->imm);
    *use = (struct ag_v_use){.short_kind = (uint8_t)kind,
                             .short_shape = (uint8_t)AG_FP_SHAPE(e->imm)};
    use->is_short = kind != AG_SHORT_KINDS && use->short_shape != 0;
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
        const struct ag_v_use here = note(e, contents[i][0], contents[i][1]);
        if (i > 0 && here.named != use->named) {
            *use = (struct ag_v_use){.filled = here.changed};
            return false;
        }
        use->named |= here.named;
        use->changed |= here.changed;
        use->filled |= here.filled;
        use->x.read |= here.x.read;
        use->x.written |= here.x.written;
    }
    if (ag_operation_of(e->op)->class == AG_CLASS_VMEMORY)
        use->x.address = use->x.read;
    return true;
}
