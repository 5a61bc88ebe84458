// Calls and returns, the same in all lanes: Fibonacci of X1 by recursion, plus
// the lane's number. (In programs/fib.s lanes differ in what they compute.)
        .global program
program:
        stp     x29, x30, [sp, #-32]!
        str     x0, [sp, #16]
        mov     x0, x1
        bl      fib
        ldr     x1, [sp, #16]
        add     x0, x0, x1
        ldp     x29, x30, [sp], #32
        ret

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
