// Ten instructions an iteration: xorshift64, then load, add, store at a
// random place of a 4 KiB table, and the loop. Control flow is the same in
// all lanes, addresses are not. The table lies just below SP, so each lane has
// its own in shared memory too (with at least 4 KiB of stack a lane).
// X1 is the number of iterations, 1,000 if it is 0; the result is in X0.
// 10 * iterations + 6 instructions (one more for the default).
        mrs     x0, tpidrro_el0
        sub     x2, sp, #4096
        add     x3, x0, #1              // xorshift state: never 0
        mov     x0, #0
        cbnz    x1, loop
        mov     x1, #1000
loop:   eor     x3, x3, x3, lsl #13
        eor     x3, x3, x3, lsr #7
        eor     x3, x3, x3, lsl #17
        and     x4, x3, #0xFF8
        ldr     x5, [x2, x4]
        add     x5, x5, x3
        str     x5, [x2, x4]
        add     x0, x0, x5
        subs    x1, x1, #1
        b.ne    loop
        hlt     #0
