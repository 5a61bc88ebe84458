// Recursive Fibonacci: calls, returns and a stack. X0 = fib(8 + lane % 8),
// at most fib(15) = 610 with 1,973 calls; the stack gets 14 * 32 bytes deep.
        mrs     x0, tpidrro_el0
        and     x0, x0, #7
        add     x0, x0, #8
        bl      fib
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
