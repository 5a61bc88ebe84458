// Four counters shared by all lanes, 8 to 64 bits wide, each incremented 255
// times a lane with LDADDB, LDADDH, LDADD W and LDADD X. No old value is kept,
// so every lane ends alike whatever the order; the narrow counters wrap
// without touching their neighbours.
// Shared words: +0 byte, +2 halfword, +4 word, +8 doubleword.
        .arch   armv8-a+lse
        mrs     x0, tpidrro_el0
        mov     x1, #0x8000
        add     x2, x1, #2
        add     x3, x1, #4
        add     x4, x1, #8
        mov     x5, #1
        mov     x6, #255
loop:   ldaddb  w5, wzr, [x1]
        ldaddh  w5, wzr, [x2]
        ldaddl  w5, wzr, [x3]
        ldaddal x5, xzr, [x4]
        subs    x6, x6, #1
        b.ne    loop
        hlt     #0
