// A pair of counters in one 16-byte word, incremented 256 times a lane with
// CASP (by 1 and by 3), and a doubleword one with CAS. Retries depend on the
// order in which lanes run; the sums do not.
// Shared words: +0 and +8 the pair, +16 doubleword.
        .arch   armv8-a+lse
        mrs     x0, tpidrro_el0
        mov     x1, #0x8000
        add     x2, x1, #16
        mov     x3, #256
pair:   ldp     x4, x5, [x1]
        mov     x6, x4
        mov     x7, x5
        add     x8, x4, #1
        add     x9, x5, #3
        caspal  x4, x5, x8, x9, [x1]
        cmp     x4, x6
        ccmp    x5, x7, #0, eq
        b.ne    pair
one:    ldr     x4, [x2]
        mov     x6, x4
        add     x8, x4, #1
        casal   x4, x8, [x2]
        cmp     x4, x6
        b.ne    one
        subs    x3, x3, #1
        b.ne    pair
        hlt     #0
