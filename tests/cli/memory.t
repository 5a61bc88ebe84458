# --data and --dump, shared and private; how much memory lanes have, and their
# stacks.

$ printf 'Hello, lanes! This is data.' >hello.txt

$ armgpu run answer.bin -b cpu -n 2 -m 64K --data hello.txt@0x101 --dump 0x100:0x20 -q --no-table
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

$ armgpu run answer.bin -b cpu -n 2 -m 64K --memory-mode private --data hello.txt@0xfff0 --dump 0xfff0:16 -q --no-table
! armgpu: --data: 'hello.txt' does not fit into memory, which ends at 0xffff, from 0xfff0 on; give more with --memory
[exit 125]

$ cp hello.txt hello.txt@1; armgpu run answer.bin -b cpu -n 2 -m 64K --data hello.txt@1@0xffe5 --dump 0xffe5:27@1 -q --no-table
memory 0xffe5, 27 bytes, lane 1:
0000ffe5  48 65 6c 6c 6f 2c 20 6c  61 6e 65 73 21 20 54 68  |Hello, lanes! Th|
0000fff5  69 73 20 69 73 20 64 61  74 61 2e                 |is is data.|

$ armgpu run store.bin -b cpu -n 3 -m 64K --memory-mode private --reg x0=0x100 --reg x1=lane+0x41 --dump 0x100:1 --show 2 -q --no-table
memory 0x100, 1 bytes, lane 0:
00000100  41                                                |A|

memory 0x100, 1 bytes, lane 1:
00000100  42                                                |B|

$ armgpu run store.bin -b cpu -n 3 -m 64K --memory-mode private --reg x0=0x100 --reg x1=lane+0x41 --dump 0x100:1@2 -q --no-table
memory 0x100, 1 bytes, lane 2:
00000100  43                                                |C|

$ printf '\100\000\100\324' >hlt2.bin; armgpu run answer.bin -b cpu -n 1 --data hlt2.bin@4 -q --no-table
[exit 123]

$ words d53bd060 d10803ff d2800801 d1000421 f8217be0 b5ffffc1 d503203f d2800801 d1000421 f8617be2 eb00005f 54000081 b5ffff81 910803ff d4400000 d4400020 >stacks.bin; armgpu run stacks.bin -b cpu -n 65536 --summary
lanes       65536 halt
cycles      34013184 in TIME: SPEED
efficiency  1.000 (519 to 519 cycles a lane)
device      DEVICE

$ armgpu run stacks.bin -b cpu -n 65536 -m 4M --summary >/dev/null
! armgpu: warning: 65536 lanes have stacks of 32 bytes each in 4194304 bytes of shared memory: leave out --memory (memory_size 0: as needed), or use --memory-mode private (ARMGPU_MEMORY_PRIVATE)
[exit 123]

$ armgpu run stacks.bin -b cpu -n 65536 -m 4M --sp 0x100000 --summary >/dev/null
[exit 123]

$ armgpu run stacks.bin -b cpu -n 65536 -m 64M --reg sp=lane*512+4096 --summary >/dev/null

$ armgpu run answer.bin -b cpu -n 65536 --stack 32 --summary --json
{"schema":"armgpu.run/1","program":"answer.bin","backend":"cpu","device":"DEVICE","memory_mode":"shared","memory_size":4194304,"num_lanes":65536,"total_cycles":131072,"elapsed_seconds":TIME,"avg_ips":SPEED,"min_cycles":2,"max_cycles":2,"lane_efficiency":1,"stops":{"halt":65536}}

$ armgpu run answer.bin -b cpu -n 129 --summary --json
{"schema":"armgpu.run/1","program":"answer.bin","backend":"cpu","device":"DEVICE","memory_mode":"shared","memory_size":8388608,"num_lanes":129,"total_cycles":258,"elapsed_seconds":TIME,"avg_ips":SPEED,"min_cycles":2,"max_cycles":2,"lane_efficiency":1,"stops":{"halt":129}}

$ armgpu run answer.bin -b cpu -n 32 --stack 128K --show 2
lane  stop  code  pc   instruction  cycles  registers
   0  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x800000
   1  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x7e0000
... 30 more lanes (--all shows them)

lanes       32 halt
cycles      64 in TIME: SPEED
efficiency  1.000 (2 to 2 cycles a lane)
device      DEVICE

$ armgpu run answer.bin -b cpu -n 32 -m 4M --stack 256K
! armgpu: 32 stacks of 262144 bytes do not fit a memory of 4194304 bytes
[exit 125]

$ armgpu run answer.bin -b cpu -n 5000000
! armgpu: 5000000 lanes with stacks of 16384 bytes need 256.0 GiB of shared memory, and 128 GiB is the most there can be: use private memory (--memory-mode private --memory 64K; ARMGPU_MEMORY_PRIVATE) or smaller stacks (--stack; stack_size)
[exit 125]

$ armgpu run answer.bin -b cpu -n 4000000000 --stack 1G
! armgpu: 4000000000 lanes with stacks of 1073741824 bytes need 8388608.0 TiB of shared memory, and 128 GiB is the most there can be: use private memory (--memory-mode private --memory 64K; ARMGPU_MEMORY_PRIVATE) or smaller stacks (--stack; stack_size)
[exit 125]

$ armgpu run answer.bin -b cpu -n 1000 --load-addr 0x2000000
! armgpu: --load-addr 0x2000000 is outside memory, which ends at 0x1ffffff; give more with --memory
[exit 125]

$ armgpu run answer.bin -b cpu -n 1000 --load-addr 0x1fffff8 --dump 0x1fffff8:8 -q --no-table
memory 0x1fffff8, 8 bytes:
01fffff8  40 05 80 d2 00 00 40 d4                           |@.....@.|

$ armgpu run answer.bin -b cpu -n 1000 --dump 0x1ffffff:2
! armgpu: --dump: 2 bytes at 0x1ffffff are not all in memory, which ends at 0x1ffffff
[exit 125]

$ words d503201f 910083ff d4400000 >up.bin; words d53bd060 b4000040 d10083ff d4400000 >down.bin; armgpu run up.bin -b cpu -n 3 -m 64K --show 0
... 3 more lanes (--all shows them)

lanes       3 halt
stacks      8192 bytes each: SP ended outside in 3 lanes, first in lane 0 (--stack)
cycles      9 in TIME: SPEED
efficiency  1.000 (3 to 3 cycles a lane)
device      DEVICE

$ armgpu run up.bin -b cpu -n 3 -m 64K --json --show 0 | head -1
{"schema":"armgpu.run/1","program":"up.bin","backend":"cpu","device":"DEVICE","memory_mode":"shared","memory_size":65536,"num_lanes":3,"total_cycles":9,"elapsed_seconds":TIME,"avg_ips":SPEED,"min_cycles":3,"max_cycles":3,"lane_efficiency":1,"stops":{"halt":3},"lanes_cut":true,"sp_outside_stack":3,

$ armgpu run up.bin -b cpu -n 3 -m 64K --find lane=2 --show 0
... 1 more lane (--all shows them)

lanes       3 halt
matches     1
stacks      8192 bytes each: SP ended outside in 3 lanes, first in lane 0 (--stack)
cycles      9 in TIME: SPEED
efficiency  1.000 (3 to 3 cycles a lane)
device      DEVICE

$ armgpu run up.bin -b cpu -n 1 -m 64K --show 0 --out x.csv
... 1 more lane (--all shows them)

lanes       1 halt
stacks      32768 bytes each: SP ended outside in 1 lane, first in lane 0 (--stack)
cycles      3 in TIME: SPEED
efficiency  1.000 (3 to 3 cycles a lane)
device      DEVICE

$ armgpu run up.bin -b cpu -n 3 -m 64K --summary
lanes       3 halt
cycles      9 in TIME: SPEED
efficiency  1.000 (3 to 3 cycles a lane)
device      DEVICE

$ armgpu run up.bin -b cpu -n 3 -m 64K --reg sp=lane*16 --show 0
... 3 more lanes (--all shows them)

lanes       3 halt
cycles      9 in TIME: SPEED
efficiency  1.000 (3 to 3 cycles a lane)
device      DEVICE

$ armgpu run up.bin -b cpu -n 3 -m 64K --lane-reg 0:sp=32 --show 0
... 3 more lanes (--all shows them)

lanes       3 halt
cycles      9 in TIME: SPEED
efficiency  1.000 (3 to 3 cycles a lane)
device      DEVICE

$ armgpu run up.bin -b cpu -n 3 -m 64K --memory-mode private --show 0
... 3 more lanes (--all shows them)

lanes       3 halt
cycles      9 in TIME: SPEED
efficiency  1.000 (3 to 3 cycles a lane)
device      DEVICE

$ armgpu run down.bin -b cpu -n 3 -m 64K --stack 16 --show 3
lane  stop  code  pc   instruction  cycles  registers
   0  halt  0x0   0xc  hlt #0x0          3  sp=0x10000
   1  halt  0x0   0xc  hlt #0x0          4  x0=0x1 sp=0xffd0
   2  halt  0x0   0xc  hlt #0x0          4  x0=0x2 sp=0xffc0

lanes       3 halt
stacks      16 bytes each: SP ended outside in 2 lanes, first in lane 1 (--stack)
cycles      11 in TIME: SPEED
efficiency  0.750 (3 to 4 cycles a lane)
device      DEVICE

$ armgpu run down.bin -b cpu -n 3 -m 64K --stack 32 --show 0
... 3 more lanes (--all shows them)

lanes       3 halt
cycles      11 in TIME: SPEED
efficiency  0.750 (3 to 4 cycles a lane)
device      DEVICE
