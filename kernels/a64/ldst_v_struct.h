/*
 * Loads and stores of structures. Elements are accessed one by one, each as
 * whole as memory allows, and gathered in halves of registers. Registers count
 * on from 31 to 0. As elsewhere the whole range is checked first.
 */

#if AG_HAS_V
/* The CPU's interpreter is long enough: gcc optimises its loop badly if these
   are in it. */
#if AG_IS_COMPILED_ONCE && !AG_IS_REGION
#define AG_STRUCTS_FN AG_NOINLINE
#else
#define AG_STRUCTS_FN AG_INLINE
#endif

AG_INLINE void ag_post_index(AG_CTX, AG_FIELDS)
{
    if (AG_STRUCTS_IS_POST(imm))
        AT_BECOMES(n, AT_SUM(n, m, AG_STRUCTS_BYTES(imm)));
}

/* LD1 to LD4, ST1 to ST4, multiple structures. `first` is where the first
   element of a half lies, `apart` how far those after it are apart. */
AG_STRUCTS_FN u32 ag_memory_structs(AG_CTX, u32 is_load, AG_FIELDS)
{
    u32 count = AG_STRUCTS_COUNT(a), turns = AG_STRUCTS_TURNS(a);
    u32 size = AG_STRUCTS_SIZE(a), halves = 1 + AG_STRUCTS_IS_LONG(a);
    u32 bytes, apart, i, k;
    AG_AT at = AT_BASE(n);
    u32 result =
        AT_CHECK(at, count * halves * 8, turns == 1 ? 8 : 1u << size,
                 is_load ? AG_ACCESS_READ : AG_ACCESS_WRITE);
    if (AG_UNLIKELY(result != AG_NEXT))
        return result;
    if (turns == 1 && AT_IS_IN_WORDS(at))
        size = 3; /* wider than the elements is as good */
    bytes = 1u << size;
    apart = turns << size;
    AG_UNROLLED
    for (i = 0; i < count * halves; i++) {
        u32 r = d + i / halves, is_high = i % halves;
        u32 offset = (i / halves << size) + is_high * turns * 8;
        u32 first = turns == 1 ? 8 * i : offset;
        ag_v part = SPLAT(0);
        if (!is_load)
            part = AG_V_HALF(is_high, r);
        for (k = 0; k < 8u >> size; k++) {
            u32 from = first + k * apart;
            u32 shift = 8 * bytes * k;
            if (is_load)
                part |= AT_LOAD(at, from, bytes) << shift;
            else
                AT_STORE(at, from, bytes, part >> shift);
        }
        if (is_load) {
            AG_V_PUT(is_high, r, part);
            if (halves == 1)
                AG_V_PUT(1, r, SPLAT(0));
        }
    }
    ag_post_index(AG_C, AG_F);
    return AG_NEXT;
}

AG_VMEMORY(LD_V_structs)
{
    return ag_memory_structs(AG_C, 1, AG_F);
}
AG_VMEMORY(ST_V_structs)
{
    return ag_memory_structs(AG_C, 0, AG_F);
}

/* Single structure: one element of each register, the others stay. */
AG_STRUCTS_FN u32 ag_memory_element(AG_CTX, u32 is_load, AG_FIELDS)
{
    u32 count = AG_STRUCTS_COUNT(a), size = AG_STRUCTS_SIZE(a), i;
    u32 place = AG_STRUCTS_ELEMENT(imm) << size;
    u32 is_high = place >> 3, shift = 8 * (place & 7);
    u64 mask = a64_ones(8u << size) << shift;
    AG_AT at = AT_BASE(n);
    u32 result = AT_CHECK(at, count << size, 1u << size,
                          is_load ? AG_ACCESS_READ : AG_ACCESS_WRITE);
    if (AG_UNLIKELY(result != AG_NEXT))
        return result;
    AG_UNROLLED
    for (i = 0; i < count; i++) {
        u32 r = d + i;
        ag_v part = AG_V_HALF(is_high, r);
        if (is_load)
            AG_V_PUT(is_high, r,
                     (part & ~mask) |
                         AT_LOAD(at, i << size, 1u << size) << shift);
        else
            AT_STORE(at, i << size, 1u << size, part >> shift);
    }
    ag_post_index(AG_C, AG_F);
    return AG_NEXT;
}

AG_VMEMORY(LD_V_element)
{
    return ag_memory_element(AG_C, 1, AG_F);
}
AG_VMEMORY(ST_V_element)
{
    return ag_memory_element(AG_C, 0, AG_F);
}

/* LD1R to LD4R: what is read becomes every element of the register. */
AG_VMEMORY(LD_V_replicate)
{
    u32 count = AG_STRUCTS_COUNT(a), size = AG_STRUCTS_SIZE(a), i;
    AG_AT at = AT_BASE(n);
    u32 result = AT_CHECK(at, count << size, 1u << size, AG_ACCESS_READ);
    if (AG_UNLIKELY(result != AG_NEXT))
        return result;
    AG_UNROLLED
    for (i = 0; i < count; i++) {
        u32 r = d + i;
        ag_v v = AT_LOAD(at, i << size, 1u << size) * a64_bottoms(size);
        AG_V_PUT(0, r, v);
        AG_V_PUT(1, r, AG_STRUCTS_IS_LONG(a) ? v : SPLAT(0));
    }
    ag_post_index(AG_C, AG_F);
    return AG_NEXT;
}
#endif
