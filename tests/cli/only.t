# --only and --first-lane: a lane has its own number wherever it is shown.

$ armgpu run answer.bin -b cpu -n 100 --only 98,3:4,4 | sed 's/ in .*//' | head -12
lane  stop  code  pc   instruction  cycles  registers
   3  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x3f4000
   4  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x3f0000
  98  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x278000

lanes       3 halt
cycles      6
efficiency  1.000 (2 to 2 cycles a lane)
device      DEVICE

$ armgpu run answer.bin -b cpu -n 2 --first-lane 40 --csv --columns lane,x0,sp,tpidr
lane,x0,sp,tpidr
40,0x2a,0x2c0000,0x28
41,0x2a,0x2b8000,0x29

$ armgpu run store.bin -b cpu -n 4294967295 --memory-mode private -m 4K --only 4294967294 --reg x0=lane-4294967288 --csv --columns lane,x0,tpidr,mem:0:8
lane,x0,tpidr,mem:0:8
4294967294,0x6,0xfffffffe,010000f900000000

$ armgpu run loop.bin -b cpu -n 1000 --memory-mode private -m 4K --only 700 --reg x1=lane --trace 700 -c 3 --no-table -q
! 0x0000000000000000 d2800c81 mov x1, #0x64                    x1=0x64
! 0x0000000000000004 f1000421 subs x1, x1, #0x1                x1=0x63 nzcv=0010
! 0x0000000000000008 b5ffffe1 cbnz x1, 0x4
[exit 124]

$ armgpu run answer.bin -b cpu -n 9 --only 2,7 --json --show 1 | tr ',' '\n' | grep -e num_lanes -e '"lane"'
"num_lanes":2
{"lane":2

$ armgpu run answer.bin -b cpu -n 9 --memory-mode private -m 4K --only 2,7 --find 'lane>2' -q --csv --columns lane
lane
7

$ armgpu run store.bin -b cpu -n 9 --memory-mode private -m 4K --only 2,7 --reg x1=lane --dump 0:8 -q --no-table
memory 0x0, 8 bytes, lane 2:
00000000  02 00 00 00 00 00 00 00                           |........|

memory 0x0, 8 bytes, lane 7:
00000000  07 00 00 00 00 00 00 00                           |........|

$ armgpu run first.bin -b cpu -n 9 --only 2,4:6 --reg x0=lane -c 10 --show 0 | sed 's/ in .*//'
... 4 more lanes (--all shows them)

lanes       4 max-cycles
cycles      40
efficiency  1.000 (10 to 10 cycles a lane)
device      DEVICE
! armgpu: 4 of 4 lanes reached the limit of 10 instructions; raise it with --max-cycles

$ armgpu run answer.bin -b cpu -n 9 --only 9
! armgpu: --only: lane 9 does not exist; the run has lanes 0 to 8 (--lanes)
[exit 125]

$ armgpu run answer.bin -b cpu -n 9 --only 3:18446744073709551615
! armgpu: --only: lane 18446744073709551615 does not exist; the run has lanes 0 to 8 (--lanes)
[exit 125]

$ armgpu run answer.bin -b cpu -n 9 --only 5:3
! armgpu: --only: 5:3 is no range of lanes; write the smaller number first
[exit 125]

$ armgpu run answer.bin -b cpu -n 9 --only 5,
! armgpu: --only: lane: '' is not a number; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ armgpu run answer.bin -b cpu -n 9 --only 5 --first-lane 3
! armgpu: --first-lane and --only exclude each other; give one
[exit 125]

$ armgpu run answer.bin -b cpu -n 9 --first-lane 18446744073709551615
! armgpu: --first-lane 18446744073709551615 is more than there can be lanes
[exit 125]

$ armgpu run answer.bin -b cpu -n 9 --only 5 --trace 4
! armgpu: --trace: lane 4 is not one of those that run (--only)
[exit 125]

$ armgpu run answer.bin -b cpu -n 9 --memory-mode private -m 4K --first-lane 5 --dump 0:4@4
! armgpu: --dump: lane 4 is not one of those that run (--first-lane)
[exit 125]

$ mkdir files; for i in 1 2 3; do echo $i >files/$i; done; armgpu run load.bin -b cpu --memory-mode private -m 4K --lane-files files@0x100:x2 --reg x0=0x100 --first-lane 1 --csv --columns lane,x1,x2
lane,x1,x2
1,0xa32,0x2
2,0xa33,0x2

$ armgpu run load.bin -b cpu --memory-mode private -m 4K --lane-files files@0x100 --first-lane 3
! armgpu: --first-lane: lane 3 does not exist; there are lanes 0 to 2
[exit 125]
