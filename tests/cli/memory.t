# --data and --dump, shared and private.

$ printf 'Hello, lanes! This is data.' >hello.txt

$ armgpu run answer.bin -b cpu -n 2 -m 64K --data hello.txt@0x101 --dump 0x100:0x20 -q
memory 0x100, 32 bytes:
00000100  00 48 65 6c 6c 6f 2c 20  6c 61 6e 65 73 21 20 54  |.Hello, lanes! T|
00000110  68 69 73 20 69 73 20 64  61 74 61 2e 00 00 00 00  |his is data.....|

$ armgpu run answer.bin -b cpu -n 2 -m 64K --data hello.txt@0x100 --dump 0x105:5 --show 1
lane  stop  code  pc   instruction  cycles  registers
   0  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x10000
... 1 more lane (--all shows them)

lanes       2 halt
cycles      4 in TIME: SPEED
efficiency  1.000 (2 to 2 cycles a lane)
device      DEVICE

memory 0x105, 5 bytes:
00000105  2c 20 6c 61 6e                                    |, lan|

$ armgpu run answer.bin -b cpu -n 2 -m 64K --memory-mode private --data hello.txt@0xfff0 --dump 0xfff0:16 -q
! armgpu: --data: 'hello.txt' does not fit into memory, which ends at 0xffff, from 0xfff0 on; give more with --memory
[exit 125]

$ cp hello.txt hello.txt@1; armgpu run answer.bin -b cpu -n 2 -m 64K --data hello.txt@1@0xffe5 --dump 0xffe5:27@1 -q
memory 0xffe5, 27 bytes, lane 1:
0000ffe5  48 65 6c 6c 6f 2c 20 6c  61 6e 65 73 21 20 54 68  |Hello, lanes! Th|
0000fff5  69 73 20 69 73 20 64 61  74 61 2e                 |is is data.|

$ armgpu run store.bin -b cpu -n 3 -m 64K --memory-mode private --reg x0=0x100 --reg x1=lane+0x41 --dump 0x100:1 --show 2 -q
memory 0x100, 1 bytes, lane 0:
00000100  41                                                |A|

memory 0x100, 1 bytes, lane 1:
00000100  42                                                |B|

$ armgpu run store.bin -b cpu -n 3 -m 64K --memory-mode private --reg x0=0x100 --reg x1=lane+0x41 --dump 0x100:1@2 -q
memory 0x100, 1 bytes, lane 2:
00000100  43                                                |C|

$ printf '\100\000\100\324' >hlt2.bin; armgpu run answer.bin -b cpu -n 1 --data hlt2.bin@4 -q
[exit 123]
