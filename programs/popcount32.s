// Checks a population count without branches against one that clears a bit at
// a time, one value a lane: lane + X1, 32 bits, so that 2^32 lanes try them
// all. Ends in `hlt #0` where they agree, with 19 + 5 * count instructions,
// else in `hlt #1`; a run that wants no lane, only totals, still sees it.
        .text
        .global _start
_start: mrs     x0, tpidrro_el0
        add     w2, w0, w1              // the value

        lsr     w3, w2, #1              // sums of 2, 4 and 8 bits
        and     w3, w3, #0x55555555
        sub     w3, w2, w3
        and     w4, w3, #0x33333333
        lsr     w3, w3, #2
        and     w3, w3, #0x33333333
        add     w3, w3, w4
        add     w3, w3, w3, lsr #4
        and     w3, w3, #0x0f0f0f0f
        mov     w4, #0x01010101
        mul     w3, w3, w4
        lsr     w3, w3, #24             // the sum of the four bytes

        mov     w5, wzr
1:      cbz     w2, 2f
        sub     w6, w2, #1
        and     w2, w2, w6              // without its lowest bit
        add     w5, w5, #1
        b       1b

2:      subs    w0, w3, w5
        b.ne    3f
        hlt     #0
3:      hlt     #1
