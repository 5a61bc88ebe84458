/*
 * From an instruction word to a code-table entry. The decision tree and the
 * operands come from the instruction table; operands.h has the functions that its
 * expressions call.
 */
#ifndef AG_A64_DECODE_H
#define AG_A64_DECODE_H

#include "a64/operands.h"

#define AG_BITS(w, low, width) ((w) >> (low) & (0xffffffffu >> (32 - (width))))

#include "a64_decoder.h"

#if AG_HAS_OWN_CODE
/*
 * Fills *e for the word at pc, but for `run`; returns its row, 0 if the word is
 * unallocated (the entry then executes as UNDEFINED).
 */
AG_FN u32 a64_decode(u32 w, u64 pc, AG_PRIVATE ag_entry *e)
{
    u32 row = a64_find_row(w);
    e->op = a64_row_ops[row];
    e->run = 1;
    e->d = AG_ROW_SINK;
    e->n = AG_ROW_ZERO;
    e->m = AG_ROW_ZERO;
    e->a = 0;
    e->imm = 0;
    a64_operands(row, w, pc, e);
    return row;
}
#endif

#endif
