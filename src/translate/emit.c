/*
 * A region as text: a switch over its entries, and under each entry its tree. A
 * block that is reached in one way stands where that is; one that is reached in
 * several stands behind braces around all of them (AG_AROUND), and a loop is
 * braces as well (AG_LOOP). AG_GO leads out of braces, or to their beginning:
 * by goto, and in languages without by `break`, for which the closing line says
 * what stands behind, and whether something leads further out. (Ramsey: Beyond
 * Relooper.)
 *
 * A lane that comes in at a loop inside a tree comes in by the tree's entry,
 * with the loop's number in `in`: what lies on the way is passed over. Loops
 * would have two beginnings otherwise, which compilers make bad code of.
 */
#include "translate/text.h"

#include <inttypes.h>

/* Braces that are open. */
struct around {
    const struct around *outer;
    const struct ag_block *target; /* what AG_GO leads to by them; NULL: the
                                      switch */
    bool is_loop;                  /* to its beginning again */
    bool *is_passed;               /* something inside leads further out */
};

static void emit_tree(struct text *t, uint32_t block,
                      const struct around *around);

/* -- Edges ---------------------------------------------------------------- */

/* To a block that something else leads to as well. */
static void emit_go(const struct text *t, const struct ag_block *from,
                    const struct ag_block *to, const struct around *around)
{
    char name[20];
    for (; around->target != NULL && around->target != to;
         around = around->outer)
        *around->is_passed = true;
    const bool is_again = around->target != NULL && around->is_loop;
    if (is_again)
        ag_text_checks(t, to, ag_text_loop(t, from, name));
    ag_text_indent(t);
    fprintf(t->out, "AG_%s(%" PRIx64 ");\n", is_again ? "AGAIN" : "GO", to->pc);
}

static void emit_edge(struct text *t, const struct ag_block *from,
                      uint32_t which, const struct around *around)
{
    const uint32_t next = from->next[which];
    const struct ag_block *b = next == AG_NO_BLOCK ? NULL : &t->r->blocks[next];
    if (b == NULL) {
        ag_text_leave(t, from, from->to[which], 0);
        fputc('\n', t->out);
        return;
    }
    if (ag_block_stands_at(t->r, from, which)) {
        emit_tree(t, next, around);
        return;
    }
    if (b->is_entry || from->is_back[which]) {
        char name[20];
        ag_text_indent(t);
        fprintf(t->out, "AG_TEST_%s(%s, (u64)0x%" PRIx64 ");\n",
                from->is_back[which] && b->is_inner ? "FLOOR" : "LEFT",
                ag_text_loop(t, from, name), b->pc);
    }
    emit_go(t, from, b, around);
}

/* -- Blocks --------------------------------------------------------------- */

/* Whether there are loops in that. */
static bool leads_to_loops(const struct text *t, const struct ag_block *b,
                           uint32_t which)
{
    if (!ag_block_stands_at(t->r, b, which))
        return false;
    const struct ag_block *to = &t->r->blocks[b->next[which]];
    return to->loops_first != to->loops_end;
}

/* An edge that a block's branch leads to or not, behind the condition for it:
   in braces, with the branch as a comment. */
static void emit_in_braces(struct text *t, const struct ag_block *b,
                           uint32_t which, const struct around *around)
{
    fputs(") {", t->out);
    ag_text_comment(t, &t->r->instructions[b->first + b->count - 1]);
    t->depth++;
    emit_edge(t, b, which, around);
    t->depth--;
    ag_text_indent(t);
    fputs("}\n", t->out);
}

static void emit_conditional(struct text *t, const struct ag_block *b,
                             const struct around *around, bool passes)
{
    ag_text_indent(t);
    fputs("if (", t->out);
    if (passes && leads_to_loops(t, b, 0))
        fprintf(t->out, "AG_IS_IN(%" PRIu32 ", %" PRIu32 ") || ",
                t->r->blocks[b->next[0]].loops_first,
                t->r->blocks[b->next[0]].loops_end);
    if (passes)
        fputs("(in == 0 && ", t->out);
    ag_text_condition(t, b, true);
    if (passes)
        fputs(")", t->out);
    emit_in_braces(t, b, 0, around);
    emit_edge(t, b, 1, around);
}

/* One turn of a chain of blocks, behind which the next one stands. */
static void emit_turn(struct text *t, const struct ag_block *head,
                      const struct around *around)
{
    const uint32_t first = (uint32_t)(head - t->r->blocks);
    const struct ag_block *b = head;
    char name[20];
    do {
        const uint32_t edge = ag_chain_edge(t->r, first, b);
        ag_text_instructions(t, b);
        if (b->end == AG_ENDS_CONDITIONAL) {
            ag_text_indent(t);
            fputs("if (", t->out);
            ag_text_condition(t, b, edge == 1);
            emit_in_braces(t, b, 1 - edge, around);
        }
        b = &t->r->blocks[b->next[edge]];
    } while (b != head);
    ag_text_checks(t, head, ag_text_loop(t, head, name));
}

static void emit_block(struct text *t, const struct ag_block *b,
                       const struct around *around)
{
    if (b->turns > 1) {
        fprintf(t->out, "#if AG_REPEATS_LOOPS > %d\n", b->is_left);
        for (uint32_t i = 1; i < b->turns; i++)
            emit_turn(t, b, around);
        fputs("#endif\n", t->out);
    }
    const bool passes = leads_to_loops(t, b, 0) || leads_to_loops(t, b, 1);
    if (passes) {
        ag_text_indent(t);
        fputs("if (in == 0) {\n", t->out);
        t->depth++;
    }
    ag_text_instructions(t, b);
    if (passes) {
        t->depth--;
        ag_text_indent(t);
        fputs("}\n", t->out);
    }
    if (b->end == AG_ENDS_CONDITIONAL) {
        emit_conditional(t, b, around, passes);
    } else if (b->end == AG_ENDS_NEXT) {
        emit_edge(t, b, 0, around);
    } else if (b->end == AG_ENDS_INDIRECT) {
        for (; around->target != NULL; around = around->outer)
            *around->is_passed = true;
        char name[20];
        ag_text_indent(t);
        fprintf(t->out, "AG_TEST_LEFT(%s, to);\n", ag_text_loop(t, b, name));
        ag_text_indent(t);
        fputs("AG_SWITCH();\n", t->out);
    }
}

/*
 * A block, in braces for each of those before `until` that stand behind it: the
 * first of them innermost. With a loop there are two kinds of them: behind the
 * loop
 * (`is_after`), and in it.
 */
static void emit_within(struct text *t, const struct ag_block *b,
                        uint32_t until, bool is_after,
                        const struct around *around);

/* Braces of a loop, and in it what stands behind its beginning. */
static void emit_loop(struct text *t, const struct ag_block *b,
                      const struct around *around)
{
    bool is_passed = false;
    const struct around here = {around, b, true, &is_passed};
    const bool passes = b->loops_end - b->loops_first > (b->loop != 0);
    char name[20];
    if (b->loop != 0) { /* an entry has its label, and nothing before it */
        ag_text_indent(t);
        fprintf(t->out, "AG_COMES_IN(%" PRIu32 ")\n", b->loop);
        ag_text_indent(t);
        fprintf(t->out, "AG_LABEL(%" PRIx64 ")\n", b->pc);
    }
    if (passes && b->num_checks != 0) {
        ag_text_indent(t);
        fputs("if (in == 0) {\n", t->out);
        t->depth++;
    }
    ag_text_checks(t, b, ag_text_loop(t, b, name));
    if (passes && b->num_checks != 0) {
        t->depth--;
        ag_text_indent(t);
        fputs("}\n", t->out);
    }
    ag_text_indent(t);
    fprintf(t->out, "AG_LOOP(%" PRIx64 ") {\n", b->pc);
    t->depth++;
    emit_within(t, b, AG_NO_BLOCK, false, &here);
    t->depth--;
    ag_text_indent(t);
    fprintf(t->out, "} AG_LOOP_ENDS(%" PRIx64 ")\n", b->pc);
    ag_text_indent(t);
    fprintf(t->out, "AG_LEAVES(%" PRIx64 ")\n", b->pc);
}

/* Braces around it all, behind which a block stands. */
static void emit_around(struct text *t, const struct ag_block *b, uint32_t last,
                        bool is_after, const struct around *around)
{
    const struct ag_block *behind = &t->r->blocks[last];
    const bool passes = behind->loops_first != behind->loops_end;
    bool is_passed = false;
    const struct around here = {around, behind, false, &is_passed};
    ag_text_indent(t);
    if (passes) {
        fprintf(t->out, "if (!AG_IS_IN(%" PRIu32 ", %" PRIu32 ")) {\n",
                behind->loops_first, behind->loops_end);
        t->depth++;
        ag_text_indent(t);
    }
    fputs("AG_AROUND {\n", t->out);
    t->depth++;
    emit_within(t, b, last, is_after, &here);
    t->depth--;
    ag_text_indent(t);
    fprintf(t->out, "} AG_BEHIND(%" PRIx64 ", %d)\n", behind->pc, is_passed);
    if (passes) {
        t->depth--;
        ag_text_indent(t);
        fputs("}\n", t->out);
    }
    if (behind->loop == 0) {
        ag_text_indent(t);
        fprintf(t->out, "AG_LABEL(%" PRIx64 ")\n", behind->pc);
    }
    emit_tree(t, last, around);
}

static void emit_within(struct text *t, const struct ag_block *b,
                        uint32_t until, bool is_after,
                        const struct around *around)
{
    const struct ag_block *blocks = t->r->blocks;
    uint32_t last = AG_NO_BLOCK;
    for (uint32_t i = b->child; i != until && i != AG_NO_BLOCK;
         i = blocks[i].sibling)
        if (blocks[i].stands_behind && blocks[i].is_after_loop == is_after)
            last = i;
    if (last != AG_NO_BLOCK)
        emit_around(t, b, last, is_after, around);
    else if (is_after)
        emit_loop(t, b, around);
    else
        emit_block(t, b, around);
}

static void emit_tree(struct text *t, uint32_t block,
                      const struct around *around)
{
    const struct ag_block *b = &t->r->blocks[block];
    emit_within(t, b, AG_NO_BLOCK, b->is_loop, around);
}

/* -- Regions -------------------------------------------------------------- */

/* An entry's part of the switch. */
static void emit_entry(struct text *t, uint32_t block)
{
    const struct ag_block *b = &t->r->blocks[block];
    bool is_passed = false;
    const struct around whole = {NULL, NULL, false, &is_passed};
    fprintf(t->out, "    AG_ENTRY(%" PRIx64 ")\n", b->pc);
    t->depth = 2;
    emit_tree(t, block, &whole);
}

/* The ways in at loops of a tree. */
static void emit_ways_in(const struct text *t, uint32_t block,
                         const struct ag_block *entry)
{
    const struct ag_block *b = &t->r->blocks[block];
    if (b->loop != 0)
        fprintf(t->out,
                "    AG_WAY_IN(%" PRIx64 ", %" PRIu32 ", %" PRIx64 ")\n", b->pc,
                b->loop, entry->pc);
    for (uint32_t i = b->child; i != AG_NO_BLOCK; i = t->r->blocks[i].sibling)
        emit_ways_in(t, i, entry);
}

void ag_region_emit(const struct ag_region *r, uint32_t number, FILE *out)
{
    struct text t = {.r = r, .out = out};
    if (r->v.named == 0)
        fprintf(out, "AG_REGION_BEGINS(%" PRIu32 ", 0x%" PRIx64 ")\n", number,
                r->changes);
    else
        fprintf(out,
                "AG_REGION_BEGINS_V(%" PRIu32 ", 0x%" PRIx64 ", 0x%" PRIx32
                "u)\n",
                number, r->changes, r->v.changed);
    for (uint32_t i = 0; i < r->num_ordered; i++) {
        const uint32_t at = r->by_order[i];
        if (!r->blocks[at].is_entry)
            continue;
        emit_ways_in(&t, at, &r->blocks[at]);
        emit_entry(&t, at);
    }
    if (r->v.named == 0)
        fprintf(out,
                "AG_REGION_ENDS(%" PRIu32 ", %" PRIu32 ", 0x%" PRIx64 ")\n",
                number, r->longest, r->changes);
    else
        fprintf(out,
                "AG_REGION_ENDS_V(%" PRIu32 ", %" PRIu32 ", 0x%" PRIx64
                ", 0x%" PRIx32 "u, 0x%" PRIx32 "u, 0x%" PRIx32 "u)\n",
                number, r->longest, r->changes, r->v.named, r->v.changed,
                r->v.changed & ~r->v.filled);
}
