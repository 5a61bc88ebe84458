// Start code of the programs that tests/bench_qemu.sh compares: calls program()
// REPEATS times, each time with another lane's number and ARGUMENT, and adds up
// what it returns. As a flat image for armgpu it ends in HLT with the sum in X0;
// with LINUX defined it is lane 0 as a Linux process, which writes the sum to
// its standard output. What lies between is the same code.
        .section .text.start, "ax"
        .global _start
_start:
        .ifdef  LINUX
        mov     x20, #0
        .else
        mrs     x20, tpidrro_el0
        .endif
        ldr     x21, =REPEATS
        mov     x22, #0
again:  mov     x0, x20
        ldr     x1, =ARGUMENT
        bl      program
        add     x22, x22, x0
        add     x20, x20, #64
        subs    x21, x21, #1
        b.ne    again
        mov     x0, x22
        .ifdef  LINUX
        str     x0, [sp, #-16]!
        mov     x0, #1
        mov     x1, sp
        mov     x2, #8
        mov     x8, #64
        svc     #0
        mov     x0, #0
        mov     x8, #93
        svc     #0
        .endif
        hlt     #0
        .ltorg
