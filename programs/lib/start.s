// Start code of the C programs: linked first, so it lies at address 0, the
// entry of a raw image. SP is the one that the emulator gives each lane; all
// other registers pass through, so an argument set with --reg x1=... arrives
// as the second parameter of program(). The result stays in X0.
        .section .text.start, "ax"
        .global _start
_start: mrs     x0, tpidrro_el0         // the lane's number
        bl      program
        hlt     #0
        .section .note.GNU-stack, "", %progbits
