/* objc_msgSend and objc_msgSend_stret over GCC's runtime: every register that
   may hold an argument is kept, standin_lookup gives the method, and a jump to
   it leaves arguments on the stack where they are. */
        .macro  lookup_and_jump receiver, selector
        pushq   %rbp
        movq    %rsp, %rbp
        subq    $192, %rsp
        movq    %rdi, 0(%rsp)
        movq    %rsi, 8(%rsp)
        movq    %rdx, 16(%rsp)
        movq    %rcx, 24(%rsp)
        movq    %r8, 32(%rsp)
        movq    %r9, 40(%rsp)
        movq    %rax, 48(%rsp)
        movups  %xmm0, 64(%rsp)
        movups  %xmm1, 80(%rsp)
        movups  %xmm2, 96(%rsp)
        movups  %xmm3, 112(%rsp)
        movups  %xmm4, 128(%rsp)
        movups  %xmm5, 144(%rsp)
        movups  %xmm6, 160(%rsp)
        movups  %xmm7, 176(%rsp)
        movq    \receiver, %rdi
        movq    \selector, %rsi
        call    standin_lookup@PLT
        movq    %rax, %r11
        movq    0(%rsp), %rdi
        movq    8(%rsp), %rsi
        movq    16(%rsp), %rdx
        movq    24(%rsp), %rcx
        movq    32(%rsp), %r8
        movq    40(%rsp), %r9
        movq    48(%rsp), %rax
        movups  64(%rsp), %xmm0
        movups  80(%rsp), %xmm1
        movups  96(%rsp), %xmm2
        movups  112(%rsp), %xmm3
        movups  128(%rsp), %xmm4
        movups  144(%rsp), %xmm5
        movups  160(%rsp), %xmm6
        movups  176(%rsp), %xmm7
        leave
        jmp     *%r11
        .endm

        .text
        .globl  objc_msgSend
        .type   objc_msgSend, @function
objc_msgSend:
        lookup_and_jump %rdi, %rsi
        .size   objc_msgSend, .-objc_msgSend

/* The address of the result comes first. */
        .globl  objc_msgSend_stret
        .type   objc_msgSend_stret, @function
objc_msgSend_stret:
        lookup_and_jump %rsi, %rdx
        .size   objc_msgSend_stret, .-objc_msgSend_stret

/* A message to nil: zero in every register that returns a result. */
        .globl  standin_nil
        .type   standin_nil, @function
standin_nil:
        xorl    %eax, %eax
        xorl    %edx, %edx
        xorps   %xmm0, %xmm0
        xorps   %xmm1, %xmm1
        ret
        .size   standin_nil, .-standin_nil

        .section .note.GNU-stack, "", @progbits
