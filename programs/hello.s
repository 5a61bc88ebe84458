// Linux system calls: write(1, text, 18), then exit(0). Until armgpu serves
// them, a lane stops at the first SVC with `syscall` and X8 = 64.
        mov     x0, #1
        adr     x1, text
        mov     x2, #18
        mov     x8, #64
        svc     #0
        mov     x0, #0
        mov     x8, #93
        svc     #0
        hlt     #0
text:   .ascii  "hello from a lane\n"
