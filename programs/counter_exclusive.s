// Counters shared by all lanes and incremented 256 times a lane with pairs of
// load- and store-exclusive: one doubleword plainly, one word with acquire and
// release. Retries depend on the order in which lanes run; the sums do not.
// Shared words: +0 doubleword, +8 word.
        mrs     x0, tpidrro_el0
        mov     x1, #0x8000
        add     x2, x1, #8
        mov     x3, #256
loop:   ldxr    x4, [x1]
        add     x4, x4, #1
        stxr    w5, x4, [x1]
        cbnz    w5, loop
again:  ldaxr   w4, [x2]
        add     w4, w4, #1
        stlxr   w5, w4, [x2]
        cbnz    w5, again
        subs    x3, x3, #1
        b.ne    loop
        hlt     #0
