# The table for people, its totals and the exit statuses. What would be the same
# on every small run is said with --verbose; -q drops remarks and keeps results.

$ armgpu run answer.bin --lanes 4
lane  stop  code  pc   instruction  cycles  registers
   0  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x400000
   1  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x3f0000
   2  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x3e0000
   3  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x3d0000

lanes       4 halt
cycles      8 in TIME: SPEED
efficiency  1.000 (2 to 2 cycles a lane)
device      DEVICE

$ armgpu run answer.bin -n 4 --verbose | head -1
lane  stop  code  pc   instruction  cycles  registers
! armgpu: backend cpu: REASON

$ armgpu run answer.bin -n 4 --verbose -q | head -1
lane  stop  code  pc   instruction  cycles  registers

$ armgpu run spin.bin -b cpu -n 1 -c 9 -q
lane  stop        code  pc   instruction  cycles  registers
   0  max-cycles  -     0x0  b 0x0             9  sp=0x400000

lanes       1 max-cycles
cycles      9 in TIME: SPEED
efficiency  1.000 (9 to 9 cycles a lane)
device      DEVICE
[exit 124]

$ armgpu run spin.bin -b cpu -n 1 -c 9 -q --no-table; armgpu run halt3.bin -b cpu -n 1 --no-table --csv --columns lane,x0
lane,x0
0,0x0
[exit 123]

$ armgpu run loop.bin -n 3 -b cpu --memory-mode private -m 64K
lane  stop  code  pc   instruction  cycles  registers
   0  halt  0x0   0xc  hlt #0x0        202  sp=0x10000 nzcv=0110
   1  halt  0x0   0xc  hlt #0x0        202  sp=0x10000 nzcv=0110
   2  halt  0x0   0xc  hlt #0x0        202  sp=0x10000 nzcv=0110

lanes       3 halt
cycles      606 in TIME: SPEED
efficiency  1.000 (202 to 202 cycles a lane)
device      DEVICE

$ armgpu run answer.bin -b cpu
lane  stop  code  pc   instruction  cycles  registers
   0  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x400000
   1  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x3f0000
   2  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x3e0000
   3  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x3d0000
   4  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x3c0000
   5  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x3b0000
   6  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x3a0000
   7  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x390000
   8  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x380000
   9  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x370000
  10  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x360000
  11  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x350000
  12  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x340000
  13  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x330000
  14  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x320000
  15  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x310000
... 16 more lanes (--all shows them)

lanes       32 halt
cycles      64 in TIME: SPEED
efficiency  1.000 (2 to 2 cycles a lane)
device      DEVICE

$ armgpu run answer.bin -b cpu -n 5 --show 2
lane  stop  code  pc   instruction  cycles  registers
   0  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x400000
   1  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x3f0000
... 3 more lanes (--all shows them)

lanes       5 halt
cycles      10 in TIME: SPEED
efficiency  1.000 (2 to 2 cycles a lane)
device      DEVICE

$ armgpu run answer.bin -b cpu -n 3 --show 2
lane  stop  code  pc   instruction  cycles  registers
   0  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x400000
   1  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x3f0000
... 1 more lane (--all shows them)

lanes       3 halt
cycles      6 in TIME: SPEED
efficiency  1.000 (2 to 2 cycles a lane)
device      DEVICE

$ armgpu run answer.bin -b cpu -n 5 --show 0
... 5 more lanes (--all shows them)

lanes       5 halt
cycles      10 in TIME: SPEED
efficiency  1.000 (2 to 2 cycles a lane)
device      DEVICE

$ armgpu run answer.bin -b cpu -n 18 --all | grep -c halt
19

$ armgpu run answer.bin -b cpu -n 2 -q --no-table

$ armgpu run halt3.bin -b cpu -n 2
lane  stop  code  pc   instruction  cycles  registers
   0  halt  0x3   0x0  hlt #0x3          1  sp=0x400000
   1  halt  0x3   0x0  hlt #0x3          1  sp=0x3f0000

lanes 0-1: halt at 0x0 with code 0x3

lanes       2 halt
cycles      2 in TIME: SPEED
efficiency  1.000 (1 to 1 cycles a lane)
device      DEVICE
[exit 123]

$ armgpu run spin.bin -b cpu -n 2 -c 1000
lane  stop        code  pc   instruction  cycles  registers
   0  max-cycles  -     0x0  b 0x0          1000  sp=0x400000
   1  max-cycles  -     0x0  b 0x0          1000  sp=0x3f0000

lanes       2 max-cycles
cycles      2000 in TIME: SPEED
efficiency  1.000 (1000 to 1000 cycles a lane)
device      DEVICE
! armgpu: 2 of 2 lanes reached the limit of 1000 instructions; raise it with --max-cycles
[exit 124]

$ armgpu run first.bin -b cpu -n 4 -c 100 --reg x0=lane
lane  stop        code  pc   instruction  cycles  registers
   0  halt        0x0   0x8  hlt #0x0          2  sp=0x400000
   1  max-cycles  -     0x4  b 0x4           100  x0=0x1 sp=0x3f0000
   2  max-cycles  -     0x4  b 0x4           100  x0=0x2 sp=0x3e0000
   3  max-cycles  -     0x4  b 0x4           100  x0=0x3 sp=0x3d0000

lanes       1 halt, 3 max-cycles
cycles      302 in TIME: SPEED
efficiency  0.020 (2 to 100 cycles a lane)
device      DEVICE
! armgpu: 3 of 4 lanes reached the limit of 100 instructions; raise it with --max-cycles
[exit 124]

$ armgpu run first.bin -b cpu -n 4 -c 100 --reg x0=lane -q --no-table
[exit 124]

$ cat answer.bin | armgpu run - -b cpu -n 1
lane  stop  code  pc   instruction  cycles  registers
   0  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x400000

lanes       1 halt
cycles      2 in TIME: SPEED
efficiency  1.000 (2 to 2 cycles a lane)
device      DEVICE

$ armgpu run -b cpu -n 1 -- answer.bin
lane  stop  code  pc   instruction  cycles  registers
   0  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x400000

lanes       1 halt
cycles      2 in TIME: SPEED
efficiency  1.000 (2 to 2 cycles a lane)
device      DEVICE

$ armgpu run answer.bin -b cpu -n 1 --color always | od -c | grep -c 033
3

$ armgpu run answer.bin -b cpu -n 1 --color never | od -c | grep -c 033
0
[exit 1]

$ armgpu run answer.bin -b cpu -n 1 --load-addr 0x1000 --stack 256
lane  stop  code  pc      instruction  cycles  registers
   0  halt  0x0   0x1004  hlt #0x0          2  x0=0x2a sp=0x400000

lanes       1 halt
cycles      2 in TIME: SPEED
efficiency  1.000 (2 to 2 cycles a lane)
device      DEVICE

$ armgpu run answer.bin -b cpu -n 2 --no-aliases
lane  stop  code  pc   instruction  cycles  registers
   0  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x400000
   1  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x3f0000

lanes       2 halt
cycles      4 in TIME: SPEED
efficiency  1.000 (2 to 2 cycles a lane)
device      DEVICE

$ armgpu run answer.bin -b cpu -n 100 -m 64
lane  stop  code  pc   instruction  cycles  registers
   0  halt  0x0   0x4  hlt #0x0          2  x0=0x2a
   1  halt  0x0   0x4  hlt #0x0          2  x0=0x2a
   2  halt  0x0   0x4  hlt #0x0          2  x0=0x2a
   3  halt  0x0   0x4  hlt #0x0          2  x0=0x2a
   4  halt  0x0   0x4  hlt #0x0          2  x0=0x2a
   5  halt  0x0   0x4  hlt #0x0          2  x0=0x2a
   6  halt  0x0   0x4  hlt #0x0          2  x0=0x2a
   7  halt  0x0   0x4  hlt #0x0          2  x0=0x2a
   8  halt  0x0   0x4  hlt #0x0          2  x0=0x2a
   9  halt  0x0   0x4  hlt #0x0          2  x0=0x2a
  10  halt  0x0   0x4  hlt #0x0          2  x0=0x2a
  11  halt  0x0   0x4  hlt #0x0          2  x0=0x2a
  12  halt  0x0   0x4  hlt #0x0          2  x0=0x2a
  13  halt  0x0   0x4  hlt #0x0          2  x0=0x2a
  14  halt  0x0   0x4  hlt #0x0          2  x0=0x2a
  15  halt  0x0   0x4  hlt #0x0          2  x0=0x2a
... 84 more lanes (--all shows them)

lanes       100 halt
cycles      200 in TIME: SPEED
efficiency  1.000 (2 to 2 cycles a lane)
device      DEVICE
! armgpu: warning: 100 lanes leave no room for stacks in 64 bytes of shared memory, so SP starts at 0: leave out --memory (memory_size 0: as needed), or use --memory-mode private (ARMGPU_MEMORY_PRIVATE)
