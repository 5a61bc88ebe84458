/* Formatters of floating point, for disasm.c alone. */

/* Vn.CT: so many elements of 8 << size bits. */
static void ag_fmt_vn(struct ag_text *o, u64 r, u64 size, u64 count)
{
    put_format(o, "v%u.%u%c", (unsigned)r, (unsigned)count, "bhsdq"[size & 7]);
}

/* Vn.T[index] */
static void ag_fmt_velement(struct ag_text *o, u64 r, u64 size, u64 index)
{
    put_format(o, "v%u.%c[%u]", (unsigned)r, "bhsdq"[size & 7],
               (unsigned)index);
}

/* Vn.CT[index]: groups of elements. */
static void ag_fmt_vgroup(struct ag_text *o, u64 r, u64 size, u64 count,
                          u64 index)
{
    ag_fmt_vn(o, r, size, count);
    put_format(o, "[%u]", (unsigned)index);
}

/* BFMLALB, BFMLALT */
static void ag_fmt_bt(struct ag_text *o, u64 is_top)
{
    ag_put(o, is_top ? "t" : "b");
}

/* VFPExpandImm(): 16 to 31 sixteenths, eight powers of two. */
static void ag_fmt_fpimm(struct ag_text *o, u64 imm8)
{
    double value = (double)(16 + (imm8 & 15)) / 128;
    unsigned power = ((unsigned)imm8 >> 4 & 7) ^ 4;
    put_format(o, "#%.18e",
               (imm8 >> 7 ? -value : value) * (double)(1u << power));
}
