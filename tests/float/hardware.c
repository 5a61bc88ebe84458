/* The functions of kernels/float/hardware.h for one instruction set: COPY and
   HAS_FMA are what they are called. */
#include "float/hardware_case.h"

uint32_t HAS_FMA(void)
{
    return AG_HAS_FMA;
}

ag_float COPY(const struct hardware_case *c)
{
    const uint64_t *x = c->x;
    switch (c->operation) {
    case ADD:
        return ag_hard_add(c->format, x[0], x[1], c->fpcr);
    case SUB: /* of constant format */
        return c->format == AG_DOUBLE
                   ? ag_hard_sub_in(AG_DOUBLE, x[0], x[1], c->fpcr)
                   : ag_hard_sub_in(AG_SINGLE, x[0], x[1], c->fpcr);
    case MUL:
        return ag_hard_mul(c->format, x[0], x[1], c->fpcr);
    case DIV:
        return ag_hard_div(c->format, x[0], x[1], c->fpcr);
    case SQRT:
        return ag_hard_sqrt(c->format, x[0], c->fpcr);
    case MUL_ADD:
        return ag_hard_mul_add(c->format, x[2], x[0], x[1], c->fpcr);
    case FROM_INTEGER:
        return ag_hard_from_integer(c->format, x[0], c->bits, c->is_unsigned,
                                    c->fpcr);
    case TO_INTEGER:
        return ag_hard_to_integer(c->format, x[0], c->bits, c->is_unsigned,
                                  c->fpcr);
    default:
        return ag_hard_convert(c->format, other_format(c->format), x[0],
                               c->fpcr);
    }
}
