/*
 * What a region's text has on its lines, wherever they stand: instructions,
 * ways out, tests (text.c). Which lines there are, and in which braces, is
 * emit.c's.
 */
#ifndef AG_TEXT_H
#define AG_TEXT_H

#include "translate/translate.h"

struct text {
    const struct ag_region *r;
    FILE *out;
    int depth;
    bool is_together; /* of lanes: bodies on vectors, but of what is alike */
};

void ag_text_indent(const struct text *t);

/* By whose ways out a block is left: "58" for the loop at 0x58. */
const char *ag_text_loop(const struct text *t, const struct ag_block *b,
                         char name[20]);

/* A way out for `pc`, so many instructions of the block being done; the line
   does not end. */
void ag_text_leave(const struct text *t, const struct ag_block *b, uint64_t pc,
                   uint32_t retired);

/* The instruction, as a comment, and the line ends. */
void ag_text_comment(const struct text *t,
                     const struct ag_region_instruction *i);

/* Where lanes are together, that so much is alike from here on; or no line,
   where they are not. */
void ag_text_same(const struct text *t, uint64_t alike);

/* Of the rest of what is alike that it is needed of each lane. */
void ag_text_spread(const struct text *t, uint64_t rows);

/* What a block's accesses need, in the ways out of a loop. */
void ag_text_checks(const struct text *t, const struct ag_block *b,
                    const char *loop);

/* Whether a block's branch is taken, or is not: an expression but for its
   closing parenthesis. */
void ag_text_condition(const struct text *t, const struct ag_block *b,
                       bool is_taken);

/* All of a block but its conditional branch; what it needs is tested before,
   unless it begins a loop. */
void ag_text_instructions(const struct text *t, const struct ag_block *b);

#endif
