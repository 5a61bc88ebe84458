/* Formatters of loads and stores of structures, for disasm.c alone. */

/* Registers from r on; a range where there are more than two and none comes
   after V31. */
static void put_register_list(struct ag_text *o, u64 r, u64 count,
                              const char *arrangement)
{
    u64 last = (r + count - 1) & 31;
    put_format(o, "{v%u.%s", (unsigned)r, arrangement);
    if (count > 2 && last > r)
        put_format(o, "-v%u.%s", (unsigned)last, arrangement);
    else
        for (u64 i = 1; i < count; i++)
            put_format(o, ", v%u.%s", (unsigned)(r + i) & 31, arrangement);
    ag_put(o, "}");
}

/* {Vt.T, Vt2.T, ...} */
static void ag_fmt_vlist(struct ag_text *o, u64 r, u64 count, u64 size, u64 q)
{
    char arrangement[8];
    (void)snprintf(arrangement, sizeof arrangement, "%u%c",
                   (q ? 16u : 8u) >> size, "bhsd"[size & 3]);
    put_register_list(o, r, count, arrangement);
}

/* {Vt.T, Vt2.T, ...}[index] */
static void ag_fmt_velements(struct ag_text *o, u64 r, u64 count, u64 size,
                             u64 index)
{
    const char arrangement[2] = {"bhsd"[size & 3], '\0'};
    put_register_list(o, r, count, arrangement);
    put_format(o, "[%u]", (unsigned)index);
}
