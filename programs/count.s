// The counting loop: MOVZ, SUBS, CBNZ, HLT. 983,040 iterations (0xF0000, the
// most that one MOVZ gives below a million), 1 + 2 * 983,040 + 1 = 1,966,082
// instructions, all of which execute: the branch goes back to the SUBS.
        movz    x0, #0xF, lsl #16
loop:   subs    x0, x0, #1
        cbnz    x0, loop
        hlt     #0
