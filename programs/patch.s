// Rewrites an instruction of its own loop, so for one lane at a time or for
// private memory. Iteration i (0 to 19) finds `add x0, x0, #i` where the image
// has #0: X0 = 0 + 1 + ... + 19 = 190.
        mov     x0, #0
        mov     x1, #20
        adr     x2, site
        ldr     w3, [x2]
site:   add     x0, x0, #0
        add     w3, w3, #1 << 10        // imm12 is at bit 10
        str     w3, [x2]
        dc      cvau, x2
        dsb     ish
        ic      ivau, x2
        dsb     ish
        isb
        subs    x1, x1, #1
        b.ne    site
        hlt     #0
