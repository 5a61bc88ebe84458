/* How instructions on V registers are executed for lanes together: by a body on
   vectors of lanes, if there is one. */
#include "translate/translate.h"

#include "a64/operands.h"
#include "group/real_ops.h"

/* Bodies on vectors that are whole: of all operands, and of any processor. */
static bool is_whole(const ag_entry *e)
{
    switch (e->op) {
#define WHOLE(op) case AG_OP_##op:
        AG_SIMD_VECTOR_OPS(WHOLE)
    case AG_OP_VCOUNT:
        return true;
    case AG_OP_VSHIFT:
        return !ag_is_shift_of_lanes(e->op, e->a);
    default:
        return false;
    }
}

#define NAME(what) [AG_FP_##what] = #what,
static const char *const ones[] = {AG_REAL_ONE(NAME)};
static const char *const twos[] = {AG_REAL_TWO_OF_ANY(NAME)
                                       AG_REAL_TWO_OF_ROWS(NAME)};
static const char *const twos_of_any[] = {AG_REAL_TWO_OF_ANY(NAME)};

/* Of doubles or singles: OP_WHAT_BITS, by the list of those that there are. */
static bool name_real(const ag_entry *e, const char *op,
                      const char *const *whats, size_t count, char *name)
{
    const uint32_t format = AG_FP_FORMAT(e->imm), what = AG_FP_WHAT(e->imm);
    if ((format != AG_DOUBLE && format != AG_SINGLE) || what >= count ||
        whats[what] == NULL)
        return false;
    snprintf(name, AG_TRIED_BYTES, "%s_%s_%d", op, whats[what],
             format == AG_DOUBLE ? 64 : 32);
    return true;
}
#define LENGTH(list) (sizeof(list) / sizeof *(list))
#define NAME_REAL(op, whats) name_real(e, op, whats, LENGTH(whats), name)

static bool name_fused(const ag_entry *e, char *name)
{
    const uint32_t format = AG_FP_FORMAT(e->imm);
    snprintf(name, AG_TRIED_BYTES, "FP3_%d", format == AG_DOUBLE ? 64 : 32);
    return format == AG_DOUBLE || format == AG_SINGLE;
}

static bool name_cvt(const ag_entry *e, char *name)
{
    const uint32_t cvt = ag_fp_cvt_of(e->imm);
    snprintf(name, AG_TRIED_BYTES, "FCVT_%s",
             cvt == AG_FP_LENGTHENS ? "lengthen" : "shorten");
    return cvt != AG_FP_CONVERTS;
}

/* kernels/engine/together_v.h and together_real.h have these. */
static bool is_tried(const ag_entry *e, char *name)
{
    switch (e->op) {
    case AG_OP_FP1:
        return NAME_REAL("FP1", ones);
    case AG_OP_FP2:
        return NAME_REAL("FP2", twos);
    case AG_OP_FPPAIR:
        return NAME_REAL("FPPAIR", twos_of_any);
    case AG_OP_FPREDUCE:
        return NAME_REAL("FPREDUCE", twos_of_any);
    case AG_OP_FP3:
        return name_fused(e, name);
    case AG_OP_FCVT:
        return name_cvt(e, name);
    case AG_OP_VTBL:
    case AG_OP_FTOX:
    case AG_OP_FFROMX:
    case AG_OP_FCMP:
        snprintf(name, AG_TRIED_BYTES, "%s", ag_operation_of(e->op)->name);
        return true;
    default:
        return false;
    }
}

enum ag_on_vectors ag_on_vectors(const ag_entry *e, char name[AG_TRIED_BYTES])
{
    return is_whole(e)         ? AG_ON_VECTORS
           : is_tried(e, name) ? AG_ON_VECTORS_TRIED
                               : AG_ON_VECTORS_NEVER;
}
