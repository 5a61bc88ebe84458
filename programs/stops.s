// Every way a program can stop by itself, chosen by lane % 8: what the stop
// reasons look like, and that one lane's end does not touch the others.
        mrs     x0, tpidrro_el0
        and     x1, x0, #7
        mov     x2, #-8                 // an address outside any memory
        adr     x3, table
        add     x3, x3, x1, lsl #3
        br      x3
table:  hlt     #7                      // 0: halt, code 7
        nop
        brk     #3                      // 1: breakpoint, code 3
        nop
        svc     #5                      // 2: syscall, code 5
        nop
        udf     #9                      // 3: undefined, the word
        nop
        ldr     x4, [x2]                // 4: data-fault, the address
        nop
        add     x2, x3, #2              // 5: fetch-fault at an odd PC
        br      x2
        add     x2, x3, #1              // 6: alignment-fault, the address
        ldxr    x4, [x2]
        b       .                       // 7: max-cycles
        nop
