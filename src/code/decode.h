/*
 * Words to entries of the code table, for the host: kernels/a64/decode.h, which
 * is long, compiled once.
 */
#ifndef AG_CODE_DECODE_H
#define AG_CODE_DECODE_H

#include "lane/state.h"

/* As a64_decode(): fills *e for the word at pc, but for `run`; returns its row, 0
   if the word is unallocated. */
u32 ag_decode(u32 word, u64 pc, ag_entry *e);

/* The word's row alone. */
u32 ag_decoded_row(u32 word);

#endif
