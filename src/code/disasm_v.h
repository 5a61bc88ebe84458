/* Formatters of V registers, for disasm.c alone. */

/* Vn.T: elements of 8 << size bits, 64 or 128 of them. */
static void ag_fmt_vt(struct ag_text *o, u64 r, u64 size, u64 q)
{
    put_format(o, "v%u.%u%c", (unsigned)r, (q ? 16u : 8u) >> size,
               "bhsdq"[size & 7]);
}

/* Bn, Hn, Sn, Dn, Qn: 8 << size bits. */
static void ag_fmt_vr(struct ag_text *o, u64 size, u64 r)
{
    put_format(o, "%c%u", "bhsdq"[size & 7], (unsigned)r);
}

/* An element: Vn.T[index]. */
static void ag_fmt_ve(struct ag_text *o, u64 r, u64 size, u64 index)
{
    put_format(o, "v%u.%c[%u]", (unsigned)r, "bhsdq"[size & 7],
               (unsigned)index);
}

/* Four bytes as one element, of dot products. */
static void ag_fmt_v4b(struct ag_text *o, u64 r, u64 index)
{
    put_format(o, "v%u.4b[%u]", (unsigned)r, (unsigned)index);
}

/* Registers of 16 bytes that are one table; from three on as a range, which
   does not pass V31. */
static void ag_fmt_vtable(struct ag_text *o, u64 first, u64 count)
{
    unsigned last = (unsigned)(first + count - 1);
    if (count > 2 && last <= 31) {
        put_format(o, "{v%u.16b-v%u.16b}", (unsigned)first, last);
        return;
    }
    for (unsigned i = 0; i < count; i++)
        put_format(o, "%sv%u.16b", i == 0 ? "{" : ", ",
                   (unsigned)(first + i) & 31);
    ag_put(o, "}");
}

/* The mnemonic's end where the upper half of a register is meant. */
static void ag_fmt_two(struct ag_text *o, u64 is_upper)
{
    if (is_upper)
        ag_put(o, "2");
}
