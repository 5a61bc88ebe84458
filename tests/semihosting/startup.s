// For test_semihosting.sh: what start-up code does, a stack from SYS_HEAPINFO as
// newlib's takes it, then output and an exit whose status says what was wrong.
    .global _start
_start:
    mrs x0, currentel
    cmp x0, #4
    mov x19, #1
    b.ne leave
    mov x0, #0x300000
    msr cpacr_el1, x0
    isb
    adr x0, _start
    msr vbar_el1, x0
    msr ttbr0_el1, x0
    mov x0, #0xff
    msr mair_el1, x0
    msr tcr_el1, x0
    tlbi vmalle1
    tlbi vae1is, x0
    ic iallu
    dsb sy
    isb
    mrs x0, sctlr_el1
    mov x20, x0
    mov x1, #0x1005 // MMU and caches
    orr x0, x0, x1
    msr sctlr_el1, x0
    isb
    msr spsel, #1
    msr daifset, #15
    msr daifclr, #2
    mrs x0, daif
    msr daif, x0
    mov x19, #2
    mrs x0, sctlr_el1 // what was written is not kept
    cmp x0, x20
    b.ne leave
    mov x19, #3
    mrs x0, cpacr_el1
    cmp x0, #0x300000
    b.ne leave
    // The stack.
    mov w0, #0x16
    adr x1, heapinfo
    hlt #0xf000
    adr x2, info
    ldp x3, x4, [x2]
    ldp x5, x6, [x2, #16]
    mov x19, #4
    cmp x3, x4
    b.hi leave
    cmp x6, x5
    b.hs leave
    mov sp, x5
    stp x3, x4, [sp, #-16]!
    mov w0, #4
    adr x1, text
    hlt #0xf000
    mov x19, #0
leave:
    adr x1, status
    str x19, [x1, #8]
    mov w0, #0x18
    hlt #0xf000
    .balign 8
heapinfo:
    .quad info
info:
    .quad 0, 0, 0, 0
status:
    .quad 0x20026, 0
text:
    .asciz "started\n"
