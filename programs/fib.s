// Recursive Fibonacci: calls, returns and a stack. X0 = fib(8 + lane % 8),
// at most fib(15) = 610 with 1,973 calls; the stack gets 14 * 32 bytes deep.
// X1 is the number of repetitions, 1 if it is 0: each goes on as the next
// lane, and X0 is the sum.
        mrs     x0, tpidrro_el0
        mov     x20, x0
        mov     x21, #0
        cbnz    x1, 1f
        mov     x1, #1
1:      mov     x22, x1
again:  and     x0, x20, #7
        add     x0, x0, #8
        bl      fib
        add     x21, x21, x0
        add     x20, x20, #1
        subs    x22, x22, #1
        b.ne    again
        mov     x0, x21
        hlt     #0

fib:    cmp     x0, #2
        b.lo    1f
        stp     x29, x30, [sp, #-32]!
        mov     x29, sp
        str     x19, [sp, #16]
        mov     x19, x0
        sub     x0, x19, #1
        bl      fib
        sub     x1, x19, #2
        mov     x19, x0
        mov     x0, x1
        bl      fib
        add     x0, x0, x19
        ldr     x19, [sp, #16]
        ldp     x29, x30, [sp], #32
1:      ret
