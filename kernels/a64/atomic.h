/*
 * Exclusives, compare-and-swap and atomic memory operations. Bits 33:32 of imm
 * are the ordering (AG_ORDERED_*). An atomic wider than the device has (16 bytes
 * on GPUs) asks to be executed while no other lane runs.
 *
 * The monitor is an address, a size and the value read; a store-exclusive
 * compares and swaps. Another lane's store of the same value is not noticed
 * (ABA), as LL/SC emulated by CAS commonly behaves.
 */
#ifndef AG_A64_ATOMIC_H
#define AG_A64_ATOMIC_H

/* Does the device swap 16 bytes of memory that lanes share? */
AG_INLINE u32 ag_swaps_pairs(AG_CTX)
{
#if AG_MAY_CAS_128
    return AG_IS_SHARED(layout) && c->has_cas_128;
#else
    return 0;
#endif
}

/* True if this device cannot do `bytes` atomically now: the lane must wait. */
AG_INLINE u32 ag_must_be_alone(AG_CTX, u32 bytes)
{
    return bytes > AG_ATOMIC_BYTES && AG_IS_SHARED(layout) && !c->alone &&
           !ag_swaps_pairs(AG_C);
}

/* Before and after an access that is ordered as imm says. */
AG_INLINE u32 ag_before(AG_CTX, u64 imm)
{
    if (!AG_IS_SHARED(layout) || (imm & AG_ORDERED_RELEASE) == 0)
        return AG_NEXT;
    if (ag_must_wait(AG_C))
        return AG_WAIT;
    AG_CAS_FENCE();
    return AG_NEXT;
}
AG_INLINE u32 ag_after(AG_CTX, u64 imm)
{
    if (!AG_IS_SHARED(layout) || (imm & AG_ORDERED) == 0)
        return AG_NEXT;
    AG_CAS_FENCE();
    return ag_after_ordered(AG_C);
}

/* What an atomic that writes does first: the address is checked, and it waits
   if it cannot execute here and now. */
AG_INLINE u32 ag_begin(AG_CTX, u64 address, u32 bytes, u32 access, u64 imm)
{
    u32 result = access == AG_ACCESS_READ
                     ? ag_check_update(AG_C, address, bytes)
                     : ag_check(AG_C, address, bytes, access, 1);
    if (result != AG_NEXT)
        return result;
    if (ag_must_be_alone(AG_C, bytes))
        return ag_request(c, AG_REQUEST_ALONE, 0);
    return ag_before(AG_C, imm);
}

/* Compare and swap of 1 to 16 bytes; *lo and *hi become what was there. */
AG_INLINE u32 ag_swap_any(AG_CTX, u64 address, AG_PRIVATE u64 *lo,
                          AG_PRIVATE u64 *hi, u64 new_lo, u64 new_hi, u32 bytes)
{
    u64 old_lo, old_hi;
    u32 equal;
    if (bytes < 16)
        return ag_swap(AG_C, address, lo, new_lo, bytes);
#if AG_MAY_CAS_128
    if (ag_swaps_pairs(AG_C))
        return AG_CAS_128(ag_place(AG_C, address), lo, hi, new_lo, new_hi);
#endif
    old_lo = ag_load_64(AG_C, address, AG_RELAXED);
    old_hi = ag_load_64(AG_C, address + 8, AG_RELAXED);
    equal = old_lo == *lo && old_hi == *hi;
    *lo = old_lo;
    *hi = old_hi;
    if (equal) {
        ag_mark(AG_C, address); /* both: it is aligned */
        ag_write_64(AG_C, address, new_lo, AG_RELAXED);
        ag_write_64(AG_C, address + 8, new_hi, AG_RELAXED);
    }
    return equal;
}

AG_INLINE void ag_open_monitor(AG_CTX, u64 address, u32 bytes, u64 lo, u64 hi)
{
    AG_STATE(AG_STATE_MONITOR) = address;
    AG_STATE(AG_STATE_MONITOR_SIZE) = bytes;
    AG_STATE(AG_STATE_MONITOR_LO) = lo;
    AG_STATE(AG_STATE_MONITOR_HI) = hi;
}

/* Acquire is a sequentially consistent load where the language has one. */
AG_INLINE u64 ag_load_exclusive(AG_CTX, u64 address, u32 bytes, u64 imm)
{
    if ((imm & AG_ORDERED_ACQUIRE) != 0)
        return ag_load_aligned(AG_C, address, bytes, AG_SC);
    return ag_load_aligned(AG_C, address, bytes, AG_RELAXED);
}

/* imm bytes from [X[n]] */
AG_ATOMIC(LDX)
{
    u64 address = R(n), v;
    u32 bytes = (u32)imm;
    u32 result = ag_check(AG_C, address, bytes, AG_ACCESS_READ, 1);
    if (result != AG_NEXT)
        return result;
    v = ag_load_exclusive(AG_C, address, bytes, imm);
    ag_open_monitor(AG_C, address, bytes, v, 0);
    W(d, v);
    return ag_after(AG_C, imm);
}

/* Two registers of imm bytes. A 16-byte load need not be one access: the
   store-exclusive notices if the halves did not belong together. */
AG_ATOMIC(LDXP)
{
    u64 address = R(n), lo, hi;
    u32 bytes = (u32)imm;
    u32 result = ag_check(AG_C, address, bytes * 2, AG_ACCESS_READ, 1);
    if (result != AG_NEXT)
        return result;
    lo = ag_load_exclusive(AG_C, address, 8, imm);
    if (bytes == 4) {
        ag_open_monitor(AG_C, address, 8, lo, 0);
        W(d, (u32)lo);
        W(a, lo >> 32);
        return ag_after(AG_C, imm);
    }
    hi = ag_load_exclusive(AG_C, address + 8, 8, imm);
    ag_open_monitor(AG_C, address, 16, lo, hi);
    W(d, lo);
    W(a, hi);
    return ag_after(AG_C, imm);
}

/* Stores lo (and hi) if the monitor still holds; X[d] := 0, or 1 if not, which
   ends the turn so that whoever won can go on. */
AG_INLINE u32 ag_store_exclusive(AG_CTX, u32 d, u64 address, u64 lo, u64 hi,
                                 u32 bytes, u64 imm)
{
    u32 result = ag_begin(AG_C, address, bytes, AG_ACCESS_WRITE, imm);
    u32 done = 0;
    if (result != AG_NEXT)
        return result;
    if (AG_STATE(AG_STATE_MONITOR_SIZE) == bytes &&
        AG_STATE(AG_STATE_MONITOR) == address) {
        u64 seen_lo = AG_STATE(AG_STATE_MONITOR_LO);
        u64 seen_hi = AG_STATE(AG_STATE_MONITOR_HI);
        done = ag_swap_any(AG_C, address, &seen_lo, &seen_hi, lo, hi, bytes);
    }
    ag_close_monitor(c);
    W(d, !done);
    return done ? ag_after(AG_C, imm) : AG_END_TURN;
}
AG_ATOMIC(STX)
{
    return ag_store_exclusive(AG_C, d, R(n), R(m), 0, (u32)imm, imm);
}
AG_ATOMIC(STXP)
{
    u64 lo = R(m), hi = R(a);
    if ((u32)imm == 4)
        lo = AG_LOW32(lo) | hi << 32;
    return ag_store_exclusive(AG_C, d, R(n), lo, hi, (u32)imm * 2, imm);
}

/* X[d] := [X[n]], which becomes X[m] if it was X[a]; imm bytes */
AG_ATOMIC(CAS)
{
    u64 address = R(n), old = R(a);
    u32 bytes = (u32)imm;
    u32 result = ag_begin(AG_C, address, bytes, AG_ACCESS_READ, imm);
    if (result != AG_NEXT)
        return result;
    old &= a64_ones(bytes * 8);
    ag_swap(AG_C, address, &old, R(m), bytes);
    W(d, old);
    return ag_after(AG_C, imm);
}

/* The same on two registers; imm: their size, then the rows of the second
   ones: result, expected, new. */
AG_ATOMIC(CASP)
{
    u64 address = R(n), lo = R(a), hi = R(imm >> 16 & 0xff);
    u64 new_lo = R(m), new_hi = R(imm >> 24 & 0xff);
    u32 bytes = (u32)(imm & 0xff) * 2;
    u32 result = ag_begin(AG_C, address, bytes, AG_ACCESS_READ, imm);
    if (result != AG_NEXT)
        return result;
    if (bytes == 8) {
        lo = AG_LOW32(lo) | hi << 32;
        new_lo = AG_LOW32(new_lo) | new_hi << 32;
    }
    ag_swap_any(AG_C, address, &lo, &hi, new_lo, new_hi, bytes);
    if (bytes == 8) {
        hi = lo >> 32;
        lo = AG_LOW32(lo);
    }
    W(d, lo);
    W(imm >> 8 & 0xff, hi);
    return ag_after(AG_C, imm);
}

/* MemAtomic(): the new value; operands are zero-extended from `bytes`. */
AG_INLINE u64 ag_rmw_value(u32 kind, u64 old, u64 v, u32 bytes)
{
    u32 s = 64 - 8 * bytes;
    switch (kind) {
    case AG_RMW_ADD:
        return old + v;
    case AG_RMW_CLR:
        return old & ~v;
    case AG_RMW_EOR:
        return old ^ v;
    case AG_RMW_SET:
        return old | v;
    case AG_RMW_SMAX:
        return (i64)(old << s) > (i64)(v << s) ? old : v;
    case AG_RMW_SMIN:
        return (i64)(old << s) > (i64)(v << s) ? v : old;
    case AG_RMW_UMAX:
        return old > v ? old : v;
    case AG_RMW_UMIN:
        return old > v ? v : old;
    default:
        return v;
    }
}

/* X[d] := [X[n]], which becomes operation a of it and X[m]; imm bytes */
AG_ATOMIC(RMW)
{
    u64 address = R(n), v = R(m), old;
    u32 bytes = (u32)imm;
    u32 result = ag_begin(AG_C, address, bytes, AG_ACCESS_READ, imm);
    if (result != AG_NEXT)
        return result;
    v &= a64_ones(bytes * 8);
    old = ag_load_aligned(AG_C, address, bytes, AG_RELAXED);
    while (!ag_swap(AG_C, address, &old, ag_rmw_value(a, old, v, bytes), bytes))
        ;
    W(d, old);
    return ag_after(AG_C, imm);
}

#endif
