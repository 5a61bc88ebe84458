// A ticket lock over all lanes with LSE atomics. Each lane takes the lock 16
// times and adds 1 to a counter with a plain load and store, so the counter
// ends at 16 * lanes only if the lock excludes and orders.
// Shared words: +0 next ticket, +4 ticket being served, +8 counter.
        .arch   armv8-a+lse
        mov     x1, #0x8000
        add     x2, x1, #4
        mov     w3, #1
        mov     x4, #16
take:   ldadd   w3, w5, [x1]            // my ticket
wait:   ldar    w6, [x2]
        cmp     w6, w5
        b.eq    enter
        yield
        b       wait
enter:  ldr     x7, [x1, #8]
        add     x7, x7, #1
        str     x7, [x1, #8]
        add     w6, w6, #1
        stlr    w6, [x2]
        subs    x4, x4, #1
        b.ne    take
        mov     x0, #16
        hlt     #0
