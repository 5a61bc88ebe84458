/* Formatters of cryptographic instructions, for disasm.c alone. */

/* The 2 of PMULL2: the operands are the upper halves. */
static void ag_fmt_second(struct ag_text *o, u64 is_upper)
{
    ag_put(o, is_upper ? "2" : "");
}

/* Vn.S[index] */
static void ag_fmt_vword(struct ag_text *o, u64 r, u64 index)
{
    put_format(o, "v%u.s[%u]", (unsigned)r, (unsigned)index);
}
