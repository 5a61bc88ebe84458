// Loads and stores of every size below SP, 14 of 19 instructions a round, X1
// rounds: addresses are the same in all lanes, values are not.
        .global program
program:
        sub     x2, sp, #2048
        mov     x3, #0
1:      and     x4, x3, #0x3f8
        add     x5, x2, x4
        str     x0, [x5]
        stp     x0, x3, [x5, #8]
        ldr     x6, [x5, #8]
        add     x0, x0, x6
        ldp     x7, x8, [x5]
        str     w7, [x5, #32]
        ldr     w9, [x5, #32]
        ldrsw   x10, [x5, #36]
        strh    w0, [x5, #40]
        ldrh    w11, [x5, #40]
        strb    w9, [x5, #43]
        ldrb    w12, [x5, #40]
        ldr     x13, [x2, x4]
        str     x13, [x5, #48]
        add     x3, x3, #8
        subs    x1, x1, #1
        b.ne    1b
        add     x0, x12, x13
        ret
