// The counting loop from a register: counts X1 down to 0 in 2 * X1 + 1
// instructions, so --reg x1=1000000 makes a run of the length that a
// measurement wants, and --reg x1=lane+1 lanes of unequal length.
// X1 must not be 0.
loop:   subs    x1, x1, #1
        cbnz    x1, loop
        hlt     #0
