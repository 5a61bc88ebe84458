# Devices and stubs of bare-metal programs: images that poll a UART, functions
# that return at once, and what is wrong with the options.
# needs: aarch64-linux-gnu-gcc aarch64-linux-gnu-objcopy

$ cat >start.s <<'END'
> .global _start
> _start: bl main
>         hlt #0
> END

$ cat >board.ld <<'END'
> ENTRY(_start)
> SECTIONS {
>   .text 0x40080000 : { *(.text*) *(.rodata*) }
>   .data : { *(.data*) *(.bss*) }
> }
> END

$ cat >pl011.c <<'END'
> /* A PL011 at 0x9000000: data, flags, control. */
> #define REG(offset) (*(volatile unsigned *)(0x9000000ul + (offset)))
> enum { DR = 0, FR = 0x18, CR = 0x30, RXFE = 1 << 4, TXFF = 1 << 5 };
> static void put(char c)
> {
>     while (REG(FR) & TXFF)
>         ;
>     REG(DR) = c;
> }
> static char get(void)
> {
>     while (REG(FR) & RXFE)
>         ;
>     return REG(DR);
> }
> __attribute__((noinline, used)) int self_test(int n)
> {
>     while (REG(0x5000))
>         ;
>     return n * 3;
> }
> __attribute__((noinline, used)) void nothing(void) {}
> int counter = 1;
> int main(void)
> {
>     char c;
>     REG(CR) = 0x301;
>     for (const char *s = "hello\n"; *s != 0; s++)
>         put(*s);
>     while ((c = get()) != 0)
>         put(c >= 'a' && c <= 'z' ? c - 32 : c);
>     return self_test(1);
> }
> END

$ cat >ns16550.c <<'END'
> /* A 16550 at 0x10000000 whose registers are bytes. */
> #define REG(n) (*(volatile unsigned char *)(0x10000000ul + (n)))
> enum { RBR = 0, IER = 1, FCR = 2, LCR = 3, LSR = 5, DR = 1, THRE = 1 << 5 };
> static void put(char c)
> {
>     while (!(REG(LSR) & THRE))
>         ;
>     REG(RBR) = c;
> }
> int main(void)
> {
>     char c;
>     REG(IER) = 0, REG(LCR) = 0x80, REG(LCR) = 3, REG(FCR) = 7;
>     for (;;) {
>         while (!(REG(LSR) & DR))
>             ;
>         if ((c = REG(RBR)) == 0)
>             break;
>         put(c == ' ' ? '_' : c);
>     }
>     put('\n');
>     return REG(LSR);
> }
> END

$ for i in pl011 ns16550; do aarch64-linux-gnu-gcc -O1 -ffreestanding -nostdlib -static -Wl,--build-id=none -T board.ld start.s $i.c -o $i.elf 2>/dev/null; done

$ printf 'abc def' >keys

$ cat >../bin/pl011 <<'END'
> #!/bin/sh
> exec armgpu run pl011.elf -b cpu --mmio 0x9000000:0x1000=const:0 --mmio 0x9000018:4=const:0x80 --mmio 0x9000000:4=file:keys "$@"
> END

$ chmod +x ../bin/pl011; pl011 --stub self_test=0
hello
ABC DEF
$ pl011 --stub self_test=0 -n 3
lane  stop  exit  stdout
   0  halt     -  hello
   1  halt     -  hello
   2  halt     -  hello

lanes       3 halt
calls       129 on the host, 39 bytes of output drained
cycles      489 in TIME: SPEED
efficiency  1.000 (163 to 163 cycles a lane)
device      DEVICE

$ pl011 --stub self_test=0 -n 70 --find 'stdout!~"hello"' --no-table; pl011 --stub self_test=0 -n 70 --resident 9 --find 'stdout~"ABC DEF"' --summary | grep match
matches     70
! armgpu: no lane matches --find

$ pl011 --stub self_test=0 -n 2 --stdout prefix
0: hello
0: ABC DEF
1: hello
1: ABC DEF

$ pl011 --stub self_test=0 --json | grep -o '"stop_reason":"[a-z-]*"\|"stdout":"[^"]*"'
"stop_reason":"halt"
"stdout":"hello\u000aABC DEF"

$ pl011
hello
ABC DEF! armgpu: data-fault at 0x40080010 (self_test+0x8): 4-byte read at 0x9005000, outside the program's memory
[exit 123]

$ pl011 --mmio 0x9005000:4=const:0 --trace 0 2>trace; wc -l <trace; armgpu run pl011.elf --mmio 0x9000000:0x6000=const:0 --json | grep -c '"total_cycles":'
hello
ABC DEF167
1

$ armgpu run ns16550.elf -b cpu --mmio 0x10000000:8=const:0 --mmio 0x10000005:1=const:0x61 --mmio 0x10000000:1=file:keys
abc_def

$ cat >access.s <<'END'
> .arch armv8.1-a
> .global _start
> _start:
>  movz x1, #0x900, lsl #16
>  cmp x1, #1                     // flags stay
>  ldr w2, [x1]
>  ldrb w3, [x1, #5]
>  ldursh x4, [x1, #3]
>  ldp w5, w6, [x1, #8]
>  mov x7, x1
>  ldr x8, [x7, #16]!
>  mov x9, x7
>  ldr x10, [x9], #-16
>  ldr q0, [x1, #32]
>  fmov x11, d0
>  mov x12, v0.d[1]
>  ldxr x13, [x1]
>  mov x14, #1
>  ldadd x14, x15, [x1]
>  mov w16, 'A'
>  str w16, [x1, #0x100]
>  add x17, x1, #0x100
>  strb w16, [x17, #63]
>  add w16, w16, #1
>  stur x16, [x17, #61]           // over a line's end
>  stp w16, wzr, [x17, #8]
>  mov w18, 'S'
>  swp w18, w19, [x17]
> 1: ldxr w20, [x17]
>  stxr w20, w18, [x17]
>  cbnz w20, 1b
>  movi v1.16b, 'v'
>  st1 {v1.16b, v2.16b, v3.16b, v4.16b}, [x17]
>  add x21, x1, #0x200
>  ldrb w22, [x21]
>  ldr w23, [x21]
>  ldp x24, x25, [x21]
>  ldrb w26, [x21]
>  cset x27, ne
>  mrs x28, tpidrro_el0
>  tst x28, #1
>  b.eq 2f
>  ldr w0, [x1, #0xfe]            // half of it is the next device
> 2: hlt #0
> END

$ aarch64-linux-gnu-gcc -nostdlib -static -Wl,--build-id=none -T board.ld access.s -o access.elf; aarch64-linux-gnu-objcopy -O binary access.elf access.bin; printf xyz >keys

$ cat >../bin/access <<'END'
> #!/bin/sh
> exec armgpu run "$@" -b cpu --mmio 0x9000000:0x100=const:0x8877665544332211 --mmio 0x9000100:0x100=null --mmio 0x9000200:16=file:keys
> END

$ chmod +x ../bin/access; access access.elf -n 2 --columns lane,stop,x2..x15
lane  stop        x2          x3    x4      x5          x6          x7         x8                  x9         x10                 x11                 x12  x13                 x14  x15
   0  halt        0x44332211  0x11  0x2211  0x44332211  0x88776655  0x9000010  0x8877665544332211  0x9000000  0x8877665544332211  0x8877665544332211  0x0  0x8877665544332211  0x1  0x8877665544332211
   1  data-fault  0x44332211  0x11  0x2211  0x44332211  0x88776655  0x9000010  0x8877665544332211  0x9000000  0x8877665544332211  0x8877665544332211  0x0  0x8877665544332211  0x1  0x8877665544332211

lane 1: data-fault at 0x4008009c (_start+0x9c): 4-byte read at 0x90000fe, outside the program's memory

lanes       1 halt, 1 data-fault
calls       43 on the host, 14 bytes of output drained
cycles      79 in TIME: SPEED
efficiency  0.975 (39 to 40 cycles a lane)
device      DEVICE
[exit 123]

$ access access.elf -n 2 --columns lane,stop_code,x19,x20,x22..x27,stdout
lane  stop_code  x19  x20  x22   x23   x24   x25  x26  x27  stdout
   0  0x0        0x0  0x0  0x78  0x79  0x7a  0x0  0x0  0x1  AABBSSv
   1  0x90000fe  0x0  0x0  0x78  0x79  0x7a  0x0  0x0  0x1  AABBSSv

lane 1: data-fault at 0x4008009c (_start+0x9c): 4-byte read at 0x90000fe, outside the program's memory

lanes       1 halt, 1 data-fault
calls       43 on the host, 14 bytes of output drained
cycles      79 in TIME: SPEED
efficiency  0.975 (39 to 40 cycles a lane)
device      DEVICE
[exit 123]

$ for k in 0 1; do for n in 1 2 70; do access access.elf --device $k -n $n --csv --columns stop,stop_code,pc,cycles,nzcv,x0..x27,v0,stdout | sort -u | cksum; done; done | sort | uniq -c
      4 2440646251 758
      2 912131261 444

$ access access.bin --memory-mode private -n 2 --columns stdout
stdout
AABBSSv
AABBSSv

lane 1: data-fault at 0x9c: 4-byte read at 0x90000fe, outside memory, which ends at 0x3fffff

lanes       1 halt, 1 data-fault
cycles      79 in TIME: SPEED
efficiency  0.975 (39 to 40 cycles a lane)
device      DEVICE
[exit 123]

$ access access.bin --memory-mode private -n 1 --json | grep -o '"stdout":"[^"]*"'
"stdout":"AABBSSv"

$ access access.bin --memory-mode private -n 2 --stdout prefix
0: AABBSSv
1: AABBSSv
! armgpu: lane 1: data-fault at 0x9c: 4-byte read at 0x90000fe, outside memory, which ends at 0x3fffff
[exit 123]

$ access access.bin
! armgpu: --mmio needs memory of each lane's own; add --memory-mode private
[exit 125]

$ access access.elf --mmio 0x40080000:4=null
! armgpu: a device of 4 bytes at 0x40080000 is not possible: lanes have memory there
[exit 125]

$ armgpu run access.elf --mmio 0x10=null
! armgpu: --mmio: '0x10=null' is not ADDR:LEN=const:V, ADDR:LEN=file:FILE or ADDR:LEN=null, such as 0x9000000:4=null
[exit 125]

$ armgpu run access.elf --mmio 0x10:4=zero
! armgpu: --mmio: '0x10:4=zero' is not ADDR:LEN=const:V, ADDR:LEN=file:FILE or ADDR:LEN=null, such as 0x9000000:4=null
[exit 125]

$ armgpu run access.elf --mmio 0x10:4=file:missing
! armgpu: cannot open 'missing': No such file or directory; check the path and its permissions
[exit 125]

$ armgpu run access.elf --mmio 0x10:x=null
! armgpu: --mmio: length: 'x' is not a size; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ printf 'int deep(int n) { volatile char a[4096]; a[n & 1] = 1; return n == 0 ? 0 : deep(n - 1) + a[0]; }\nint main(int c, char **v) { return deep(1000000); }\n' >deep.c; aarch64-linux-gnu-gcc -O1 -fno-optimize-sibling-calls -static -o deep.elf deep.c; armgpu run deep.elf -b cpu 2>&1 | sed 's/0x[0-9a-f]*/PLACE/g; s/+PLACE//'
armgpu: data-fault at PLACE (deep): 16-byte write at PLACE, which is read-only: one copy for all lanes; SP is PLACE: unless the program has a stack there, its stack of 131072 bytes has run over (--stack)

$ armgpu run pl011.elf --stub missing=1
! armgpu: --stub: pl011.elf: it has no function 'missing' to replace
[exit 125]

$ armgpu run pl011.elf --stub nothing=0
! armgpu: --stub: pl011.elf: 'nothing' has 4 bytes, and to return 0x0 takes 8: replace what calls it
[exit 125]

$ armgpu run pl011.elf --stub counter=0
! armgpu: --stub: pl011.elf: 'counter' is no function that could return
[exit 125]

$ armgpu run deep.elf --stub memcpy=0
! armgpu: --stub: deep.elf: 'memcpy' only chooses a function when the program starts (IFUNC): replace the one that it chooses
[exit 125]

$ armgpu run pl011.elf --stub 0x40080002=0
! armgpu: --stub: pl011.elf: there is no code at 0x40080002 that could be replaced
[exit 125]

$ armgpu run pl011.elf --stub 5=
! armgpu: --stub: value: '' is not a number; write decimal (4096), hexadecimal (0x1000), a multiple with K, M or G (64K) or negative (-1)
[exit 125]

$ armgpu run access.bin --stub main=0
! armgpu: --stub: 'main' is no address, and a flat image has no symbols; write one such as 0x1000=0
[exit 125]

$ armgpu run access.bin --stub 2=0
! armgpu: --stub: address 0x2 is not a multiple of 4, the size of an instruction
[exit 125]

$ words 94000002 d4400000 14000000 >loops; armgpu run loops -n 2 --stub 8=-2 --columns lane,stop,x0
lane  stop  x0
   0  halt  0xfffffffffffffffe
   1  halt  0xfffffffffffffffe

lanes       2 halt
cycles      8 in TIME: SPEED
efficiency  1.000 (4 to 4 cycles a lane)
device      DEVICE

$ armgpu run loops -n 2 --stub 8=0xffff1234ffff5678 --columns lane,stop,x0,x30
lane  stop  x0                  x30
   0  halt  0xffff1234ffff5678  0x4
   1  halt  0xffff1234ffff5678  0x4

lanes       2 halt
cycles      10 in TIME: SPEED
efficiency  1.000 (5 to 5 cycles a lane)
device      DEVICE
