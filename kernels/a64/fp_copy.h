/* Floating point that looks at no number: moves, selection, signs. */

AG_SIMD(FMOV_imm)
{
    V_SET(d, SPLAT(imm), SPLAT(a ? imm : 0));
}

/* a: the upper half. */
AG_SIMD(FMOV_to_x)
{
    X_SET(d, (a ? V_HI(n) : V_LO(n)) & imm);
}
AG_SIMD(FMOV_from_x)
{
    ag_v x = X(n) & imm;
    if (a)
        V_PUT(1, d, x);
    else
        V_SET(d, x, SPLAT(0));
}

/* imm: the condition's mask; a: the size, log2 of bytes. */
AG_SIMD(FCSEL)
{
    ag_v x = SEL(HOLDS(imm), V_LO(n), V_LO(m));
    V_SET(d, x & ~(u64)0 >> (64 - (8 << a)), SPLAT(0));
}

/* Signs: imm has each element's, a is 0 for a scalar, which is below imm, else
   how many halves there are; m is 0 to move, 1 for FABS, 2 for FNEG. */
AG_SIMD(FPSIGN)
{
    u64 keep = a ? ~(u64)0 : imm * 2 - 1, flip = m == 2 ? imm : 0;
    ag_v low, high = SPLAT(0);
    if (m == 1)
        keep &= ~imm;
    low = (V_LO(n) & keep) ^ flip;
    if (a == 2)
        high = (V_HI(n) & keep) ^ flip;
    V_SET(d, low, high);
}
