/* The lines of a block: see text.h. */
#include "translate/text.h"

#include "armgpu.h"

#include <inttypes.h>

void ag_text_indent(const struct text *t)
{
    for (int i = 0; i < t->depth; i++)
        fputs("    ", t->out);
}

const char *ag_text_loop(const struct text *t, const struct ag_block *b,
                         char name[20])
{
    if (b->in_loop == AG_NO_BLOCK)
        return "region";
    snprintf(name, 20, "%" PRIx64, t->r->blocks[b->in_loop].pc);
    return name;
}

void ag_text_leave(const struct text *t, const struct ag_block *b, uint64_t pc,
                   uint32_t retired)
{
    char name[20];
    ag_text_indent(t);
    fprintf(t->out, "AG_LEAVE_FOR(%s, (u64)0x%" PRIx64 ", %" PRIu32 ");",
            ag_text_loop(t, b, name), pc, retired);
}

void ag_text_same(const struct text *t, uint64_t alike)
{
    if (!t->is_together)
        return;
    ag_text_indent(t);
    fprintf(t->out, "AG_SAME((u64)0x%" PRIx64 ");\n", alike);
}

void ag_text_spread(const struct text *t, uint64_t rows)
{
    for (uint32_t i = 0; i < 32; i++)
        if ((rows >> i & 1) != 0) {
            ag_text_indent(t);
            fprintf(t->out, "AG_SPREAD(%" PRIu32 ");\n", i);
        }
    if ((rows & AG_USE_FLAGS) != 0) {
        ag_text_indent(t);
        fputs("AG_SPREAD_FLAGS();\n", t->out);
    }
}

static void emit_fields(const struct text *t, const ag_entry *e)
{
    fprintf(t->out, "%u, %u, %u, %u, (u64)0x%" PRIx64, e->d, e->n, e->m, e->a,
            e->imm);
}

static const char *flag_arguments(const struct ag_operation *o)
{
    static const char *const arguments[] = {[AG_TOUCHES_N] = "",
                                            [AG_TOUCHES_R] = ", may_read",
                                            [AG_TOUCHES_W] = ", may_write",
                                            [AG_TOUCHES_RW] =
                                                ", may_read, may_write"};
    return arguments[o->flags];
}

/* What an instruction says of itself may be a comment too, which must not end
   ours. */
void ag_text_comment(const struct text *t,
                     const struct ag_region_instruction *i)
{
    char text[128];
    armgpu_disassemble(i->word, i->pc, 0, text, sizeof text);
    for (char *p = text; *p != '\0'; p++)
        if (*p == '\t' ||
            (*p == '*' && (p[1] == '/' || (p > text && p[-1] == '/'))))
            *p = ' ';
    fprintf(t->out, " /* 0x%" PRIx64 ": %s */\n", i->pc, text);
}

/* A body's call: on the lane; or on lanes that hold so much alike. */
static void emit_call(const struct text *t,
                      const struct ag_region_instruction *i, uint64_t alike)
{
    const struct ag_operation *o = ag_operation_of(i->entry.op);
    if (!t->is_together)
        fprintf(t->out, "a64_%s(AG_C, ", o->name);
    else if (ag_is_alike(i, alike))
        fprintf(t->out, "a64_%s(AG_ALIKE_C, ", o->name);
    else
        fprintf(t->out, "agv_%s(AG_C, ", o->name);
    emit_fields(t, &i->entry);
    if (o->class == AG_CLASS_BRANCH || o->class == AG_CLASS_SYSTEM)
        fprintf(t->out, ", (u64)0x%" PRIx64, i->pc);
    fprintf(t->out, "%s)", flag_arguments(o));
}

/* An access's macro: there is another one where its address is alike. */
static const char *access_kind(const struct text *t, uint64_t address,
                               uint64_t alike)
{
    return t->is_together && (address & ~alike) == 0 ? "_ALIKE" : "";
}

/* A test that leaves for `pc`, behind so many instructions of the block. */
static void emit_check(const struct text *t, const char *loop, uint64_t pc,
                       uint32_t retired, const struct ag_check *c,
                       uint64_t alike)
{
    ag_text_indent(t);
    fprintf(t->out,
            "AG_CHECK%s(%s, (u64)0x%" PRIx64 ", %" PRIu32
            ", %u, (u64)0x%" PRIx64 ", %u, %u, %u);\n",
            access_kind(t, UINT64_C(1) << c->row, alike), loop, pc, retired,
            c->row, (uint64_t)c->first, (uint32_t)(c->end - c->first), c->bytes,
            c->is_load);
}

void ag_text_checks(const struct text *t, const struct ag_block *b,
                    const char *loop)
{
    for (uint32_t i = 0; i < b->num_checks; i++)
        emit_check(t, loop, b->pc, 0, &b->checks[i], b->alike);
}

/* Lines that say the same of each of these registers. */
static void emit_rows(const struct text *t, const char *macro, uint64_t rows)
{
    for (uint32_t i = 0; i < 32; i++)
        if ((rows >> i & 1) != 0)
            fprintf(t->out, " AG_%s(%" PRIu32 ");", macro, i);
}

/* On lanes one by one: of what it names and reads it is told, and what it
   changes is taken. */
static void emit_apart(const struct text *t,
                       const struct ag_region_instruction *i)
{
    fputs("{", t->out);
    emit_rows(t, "GIVE_X", i->use.read & UINT32_MAX);
    emit_rows(t, "GIVE_V", i->v.named);
    if (((i->use.read | i->use.written) & AG_USE_FLAGS) != 0)
        fputs(" AG_GIVE_FLAGS();", t->out);
    fprintf(t->out, " AG_APART(%s, ", ag_operation_of(i->entry.op)->name);
    emit_fields(t, &i->entry);
    fputs(");", t->out);
    emit_rows(t, "TAKE_X", i->use.written & UINT32_MAX);
    emit_rows(t, "TAKE_V", i->v.changed);
    if ((i->use.written & AG_USE_FLAGS) != 0)
        fputs(" AG_TAKE_FLAGS();", t->out);
    fputs(" }", t->out);
}

/* An operation on V registers, of lanes together. */
static void emit_on_vectors(const struct text *t,
                            const struct ag_region_instruction *i)
{
    char name[AG_TRIED_BYTES];
    const enum ag_on_vectors on = ag_on_vectors(&i->entry, name);
    if (on == AG_ON_VECTORS_NEVER) {
        emit_apart(t, i);
        return;
    }
    if (on == AG_ON_VECTORS_TRIED)
        fprintf(t->out, "if (AG_UNLIKELY(!ag_try_%s(c, ", name);
    else
        fprintf(t->out, "agv_%s(c, ", ag_operation_of(i->entry.op)->name);
    emit_fields(t, &i->entry);
    if (on == AG_ON_VECTORS_TRIED) {
        fputs("))) ", t->out);
        emit_apart(t, i);
    } else {
        fputs(");", t->out);
    }
}

/* An operation on V registers. */
static void emit_on_v(const struct text *t, const struct ag_block *b,
                      const struct ag_region_instruction *i, uint32_t retired,
                      uint64_t alike)
{
    char name[20];
    const struct ag_operation *o = ag_operation_of(i->entry.op);
    if (o->class == AG_CLASS_VMEMORY) {
        fprintf(t->out,
                "AG_ACCESS_V%s_AT(%s, (u64)0x%" PRIx64 ", %" PRIu32 ", %s, ",
                access_kind(t, i->use.address, alike), ag_text_loop(t, b, name),
                i->pc, retired, o->name);
    } else if (t->is_together) {
        emit_on_vectors(t, i);
        return;
    } else if (i->v.is_short) {
        fprintf(t->out, "AG_SHORT_V(%s, %u, %u, ", o->name, i->v.short_kind,
                i->v.short_shape);
    } else {
        fprintf(t->out, "a64_%s(c, ", o->name);
    }
    emit_fields(t, &i->entry);
    fputs(");", t->out);
}

static void emit_access(const struct text *t, const struct ag_block *b,
                        const struct ag_region_instruction *i, uint32_t retired,
                        uint64_t alike)
{
    const struct ag_operation *o = ag_operation_of(i->entry.op);
    const char *kind = access_kind(t, i->use.address, alike);
    char name[20];
    if (i->is_checked)
        fprintf(t->out, "AG_ACCESS%s(", kind);
    else
        fprintf(t->out, "AG_ACCESS%s_AT(%s, (u64)0x%" PRIx64 ", %" PRIu32 ", ",
                kind, ag_text_loop(t, b, name), i->pc, retired);
    fprintf(t->out, "%u, %s, %u, %s, %u, %s, ", o->is_load, o->address, o->size,
            o->ext, o->is_pair, o->wb);
    emit_fields(t, &i->entry);
    fputs(");", t->out);
}

/* What an instruction on lanes that hold so much alike needs of each of them;
   an access whose address is alike only what it stores. */
static void emit_needs(const struct text *t,
                       const struct ag_region_instruction *i, uint64_t alike)
{
    const struct ag_operation *o = ag_operation_of(i->entry.op);
    uint64_t rows = i->use.read & alike;
    if (!t->is_together || ag_is_alike(i, alike))
        return;
    if (o->class == AG_CLASS_MEMORY && (i->use.address & ~alike) == 0)
        rows &= o->is_load ? 0 : ag_use_accessed(&i->entry, o->is_pair);
    else if (o->class == AG_CLASS_VMEMORY && (i->use.address & ~alike) == 0)
        rows = 0;
    ag_text_spread(t, rows);
}

static void emit_instruction(const struct text *t, const struct ag_block *b,
                             uint32_t retired, uint64_t alike)
{
    const struct ag_region_instruction *i =
        &t->r->instructions[b->first + retired];
    const struct ag_operation *o = ag_operation_of(i->entry.op);
    char name[20];
    if (i->check.bytes != 0)
        emit_check(t, ag_text_loop(t, b, name), i->pc, retired, &i->check,
                   alike);
    emit_needs(t, i, alike);
    ag_text_indent(t);
    if (o->class == AG_CLASS_MEMORY) {
        emit_access(t, b, i, retired, alike);
    } else if (o->class == AG_CLASS_SIMD || o->class == AG_CLASS_VMEMORY) {
        emit_on_v(t, b, i, retired, alike);
    } else {
        emit_call(t, i, alike);
        fputc(';', t->out);
    }
    ag_text_comment(t, i);
    if (ag_alike_after(i, alike) != alike)
        ag_text_same(t, ag_alike_after(i, alike));
}

static void emit_retired(const struct text *t, const struct ag_block *b)
{
    ag_text_indent(t);
    fprintf(t->out, "left -= %" PRIu32 ";\n", ag_block_retires(b));
}

void ag_text_condition(const struct text *t, const struct ag_block *b,
                       bool is_taken)
{
    const struct ag_region_instruction *i =
        &t->r->instructions[b->first + b->count - 1];
    emit_call(t, i, ag_alike_at_end(t->r, b));
    fprintf(t->out, " %s (u64)0x%" PRIx64, is_taken ? "==" : "!=", b->to[0]);
}

/* A branch that always goes: where it says. */
static void emit_branch(const struct text *t,
                        const struct ag_region_instruction *i, bool is_indirect,
                        uint64_t alike)
{
    ag_text_indent(t);
    fputs(is_indirect ? "to = " : "(void)", t->out);
    emit_call(t, i, alike);
    fputc(';', t->out);
    ag_text_comment(t, i);
}

/* That lanes leave before a branch by which they part, behind so many
   instructions of the block. */
static void emit_parting(const struct text *t, const struct ag_block *b,
                         uint32_t retired, uint64_t alike)
{
    const struct ag_region_instruction *i =
        &t->r->instructions[b->first + retired];
    char name[20];
    if (!t->is_together || ag_is_alike(i, alike))
        return;
    emit_needs(t, i, alike);
    ag_text_indent(t);
    fprintf(t->out, "AG_PARTS%s(%s, (u64)0x%" PRIx64 ", %" PRIu32 ", ",
            b->end == AG_ENDS_INDIRECT ? "_AT" : "", ag_text_loop(t, b, name),
            i->pc, retired);
    if (b->end == AG_ENDS_INDIRECT)
        fprintf(t->out, "%u", i->entry.n);
    else
        emit_call(t, i, alike);
    fputs(");\n", t->out);
}

/* What is written before a block's last instruction, or with it where that is
   no branch; what is alike behind it. */
static uint64_t emit_turn(const struct text *t, const struct ag_block *b,
                          uint64_t alike)
{
    const bool has_last = !b->is_branch && b->end != AG_ENDS_LEAVING;
    for (uint32_t i = 0; i + !has_last < b->count; i++) {
        emit_instruction(t, b, i, alike);
        alike = ag_alike_after(&t->r->instructions[b->first + i], alike);
    }
    return alike;
}

/* Those of a loop that goes round so often: its branch goes back, and the last
   time it does not. */
static void emit_turns(const struct text *t, const struct ag_block *b)
{
    uint64_t alike = b->alike;
    for (uint32_t i = 0; i < b->times; i++) {
        alike = emit_turn(t, b, alike);
        ag_text_indent(t);
        ag_text_comment(t, &t->r->instructions[b->first + b->count - 1]);
    }
}

void ag_text_instructions(const struct text *t, const struct ag_block *b)
{
    const struct ag_region_instruction *last =
        &t->r->instructions[b->first + b->count - 1];
    uint64_t alike = b->alike;
    char name[20];
    if (!b->is_loop)
        ag_text_checks(t, b, ag_text_loop(t, b, name));
    if (b->times > 1) {
        emit_turns(t, b);
        emit_retired(t, b);
        return;
    }
    alike = emit_turn(t, b, alike);
    if (b->end == AG_ENDS_CONDITIONAL || b->end == AG_ENDS_INDIRECT)
        emit_parting(t, b, b->count - 1, alike);
    if (b->is_branch && b->end != AG_ENDS_CONDITIONAL) {
        emit_branch(t, last, b->end == AG_ENDS_INDIRECT, alike);
        if (ag_alike_after(last, alike) != alike)
            ag_text_same(t, ag_alike_after(last, alike));
    }
    if (b->end != AG_ENDS_LEAVING) {
        emit_retired(t, b);
        return;
    }
    ag_text_leave(t, b, last->pc, b->count - 1);
    ag_text_comment(t, last);
}
