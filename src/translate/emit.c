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

/* -- Ways in --------------------------------------------------------------- */

/* Loops in what stands in and behind a block, itself among them: lanes come in
   at these by what lies on the way. */
static uint32_t loops_of(const struct ag_block *b)
{
    return b->loops_end - b->loops_first;
}

/* Whether there are such in what an edge leads to. */
static bool leads_to_loops(const struct text *t, const struct ag_block *b,
                           uint32_t which)
{
    return ag_block_stands_at(t->r, b, which) &&
           loops_of(&t->r->blocks[b->next[which]]) > 0;
}

/* Whether lanes come by a block on their way to a loop behind one of its edges.
   What stands behind braces around it has no way through it. */
static bool is_on_a_way(const struct text *t, const struct ag_block *b)
{
    return leads_to_loops(t, b, 0) || leads_to_loops(t, b, 1);
}

/* Braces around what lanes on such a way pass over, if there is one. */
static void open_passed_over(struct text *t, bool is_on_way)
{
    if (!is_on_way)
        return;
    ag_text_indent(t);
    fputs("if (in == 0) {\n", t->out);
    t->depth++;
}

static void close_passed_over(struct text *t, bool is_on_way)
{
    if (!is_on_way)
        return;
    t->depth--;
    ag_text_indent(t);
    fputs("}\n", t->out);
}

/* -- Edges ----------------------------------------------------------------- */

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

/* What is alike at the end of a block and not in `there`, unless lanes pass
   over the block: they have it as they came in. */
static void emit_meeting(struct text *t, const struct ag_block *from,
                         uint64_t there)
{
    const uint64_t rows = ag_alike_at_end(t->r, from) & ~there;
    if (!t->is_together || rows == 0)
        return;
    open_passed_over(t, is_on_a_way(t, from));
    ag_text_spread(t, rows);
    close_passed_over(t, is_on_a_way(t, from));
}

static void emit_edge(struct text *t, const struct ag_block *from,
                      uint32_t which, const struct around *around)
{
    const uint32_t next = from->next[which];
    const struct ag_block *b = next == AG_NO_BLOCK ? NULL : &t->r->blocks[next];
    if (b != NULL)
        emit_meeting(t, from, b->alike);
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
                             const struct around *around)
{
    const bool is_on_way = is_on_a_way(t, b);
    ag_text_indent(t);
    fputs("if (", t->out);
    if (leads_to_loops(t, b, 0))
        fprintf(t->out, "AG_IS_IN(%" PRIu32 ", %" PRIu32 ") || ",
                t->r->blocks[b->next[0]].loops_first,
                t->r->blocks[b->next[0]].loops_end);
    if (is_on_way)
        fputs("(in == 0 && ", t->out);
    ag_text_condition(t, b, true);
    if (is_on_way)
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
    ag_text_same(t, b->alike);
    if (b->turns > 1 && !t->is_together) {
        fprintf(t->out, "#if AG_REPEATS_LOOPS > %d\n", b->is_left);
        for (uint32_t i = 1; i < b->turns; i++)
            emit_turn(t, b, around);
        fputs("#endif\n", t->out);
    }
    open_passed_over(t, is_on_a_way(t, b));
    ag_text_instructions(t, b);
    close_passed_over(t, is_on_a_way(t, b));
    if (b->end == AG_ENDS_CONDITIONAL) {
        emit_conditional(t, b, around);
    } else if (b->end == AG_ENDS_NEXT) {
        emit_edge(t, b, 0, around);
    } else if (b->end == AG_ENDS_INDIRECT) {
        for (; around->target != NULL; around = around->outer)
            *around->is_passed = true;
        char name[20];
        emit_meeting(t, b, ag_alike_at_entries(t->r));
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
    /* To any loop in it but itself: one behind braces in it too. */
    const bool is_on_way = b->num_checks != 0 && loops_of(b) > (b->loop != 0);
    char name[20];
    if (b->loop != 0) { /* an entry has its label, and nothing before it */
        ag_text_indent(t);
        fprintf(t->out, "AG_COMES_IN(%" PRIu32 ")\n", b->loop);
        ag_text_indent(t);
        fprintf(t->out, "AG_LABEL(%" PRIx64 ")\n", b->pc);
    }
    ag_text_same(t, b->alike);
    open_passed_over(t, is_on_way);
    ag_text_checks(t, b, ag_text_loop(t, b, name));
    close_passed_over(t, is_on_way);
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
    const bool has_loops = loops_of(behind) > 0;
    bool is_passed = false;
    const struct around here = {around, behind, false, &is_passed};
    ag_text_indent(t);
    if (has_loops) {
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
    if (has_loops) {
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

/* What lanes must hold alike where they come in. */
static void emit_comings(const struct text *t, uint32_t number)
{
    fprintf(t->out, "AG_COME_ALIKE_BEGINS(%" PRIu32 ")\n", number);
    for (uint32_t i = 0; i < t->r->num_ordered; i++) {
        const struct ag_block *b = &t->r->blocks[t->r->by_order[i]];
        if (ag_region_is_entered(b))
            fprintf(t->out, "AG_COME_ALIKE(%" PRIx64 ", (u64)0x%" PRIx64 ")\n",
                    b->pc, b->alike);
    }
    fputs("AG_COME_ALIKE_ENDS\n", t->out);
}

static void emit_region(struct text *t, uint32_t number)
{
    const struct ag_region *r = t->r;
    FILE *out = t->out;
    if (t->is_together)
        emit_comings(t, number);
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
        emit_ways_in(t, at, &r->blocks[at]);
        emit_entry(t, at);
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

void ag_region_emit(const struct ag_region *r, uint32_t number, FILE *out)
{
    struct text t = {.r = r, .out = out};
    emit_region(&t, number);
}

void ag_region_emit_together(const struct ag_region *r, uint32_t number,
                             FILE *out)
{
    struct text t = {.r = r, .out = out, .is_together = true};
    emit_region(&t, number);
}
