# Every way that a lane ends badly: the row, and the line that explains it.

$ armgpu run store.bin -b cpu -n 2 -m 64K --reg x0=0x10000
lane  stop        code     pc   instruction   cycles  registers
   0  data-fault  0x10000  0x0  str x1, [x0]       0  x0=0x10000 sp=0x10000
   1  data-fault  0x10000  0x0  str x1, [x0]       0  x0=0x10000 sp=0xc000

lanes 0-1: data-fault at 0x0: 8-byte write at 0x10000, outside memory, which ends at 0xffff

lanes       2 data-fault
cycles      0 in TIME: SPEED
efficiency  1.000 (0 to 0 cycles a lane)
device      DEVICE
[exit 123]

$ armgpu run load.bin -b cpu -n 4 -m 64K --reg x0=lane*8+0xfff0
lane  stop        code     pc   instruction   cycles  registers
   0  halt        0x0      0x4  hlt #0x0           2  x0=0xfff0 sp=0x10000
   1  halt        0x0      0x4  hlt #0x0           2  x0=0xfff8 sp=0xe000
   2  data-fault  0x10000  0x0  ldr x1, [x0]       0  x0=0x10000 sp=0xc000
   3  data-fault  0x10008  0x0  ldr x1, [x0]       0  x0=0x10008 sp=0xa000

lanes 2-3: data-fault at 0x0: 8-byte read at 0x10000 (lane 2), outside memory, which ends at 0xffff

lanes       2 halt, 2 data-fault
cycles      4 in TIME: SPEED
efficiency  0.000 (0 to 2 cycles a lane)
device      DEVICE
[exit 123]

$ armgpu run exclusive.bin -b cpu -n 1 -m 64K --reg x0=4
lane  stop             code  pc   instruction    cycles  registers
   0  alignment-fault  0x4   0x0  ldxr x1, [x0]       0  x0=0x4 sp=0x10000

lane 0: alignment-fault at 0x0: 8-byte read at 0x4, which is not aligned as this instruction needs it

lanes       1 alignment-fault
cycles      0 in TIME: SPEED
efficiency  1.000 (0 to 0 cycles a lane)
device      DEVICE
[exit 123]

$ armgpu run return.bin -b cpu -n 2 -m 64K --reg lr=lane*0x10000+0x10000
lane  stop         code  pc       instruction  cycles  registers
   0  fetch-fault  -     0x10000  -                 1  x30=0x10000 sp=0x10000
   1  fetch-fault  -     0x20000  -                 1  x30=0x20000 sp=0xc000

lane 0: fetch-fault at 0x10000: the PC is outside memory, which ends at 0xffff
lane 1: fetch-fault at 0x20000: the PC is outside memory, which ends at 0xffff

lanes       2 fetch-fault
cycles      2 in TIME: SPEED
efficiency  1.000 (1 to 1 cycles a lane)
device      DEVICE
[exit 123]

$ armgpu run return.bin -b cpu -n 1 -m 64K --reg lr=2
lane  stop         code  pc   instruction  cycles  registers
   0  fetch-fault  -     0x2  -                 1  x30=0x2 sp=0x10000

lane 0: fetch-fault at 0x2: the PC is not a multiple of 4

lanes       1 fetch-fault
cycles      1 in TIME: SPEED
efficiency  1.000 (1 to 1 cycles a lane)
device      DEVICE
[exit 123]

$ armgpu run syscall.bin -b cpu -n 1 -m 64K
lane  stop     code  pc   instruction  cycles  registers
   0  syscall  0x7   0x8  udf #0            2  sp=0x10000

lane 0: syscall at 0x4: there is no operating system to call; a program ends well with hlt #0

lanes       1 syscall
cycles      2 in TIME: SPEED
efficiency  1.000 (2 to 2 cycles a lane)
device      DEVICE
[exit 123]

$ armgpu run break.bin -b cpu -n 1 -m 64K
lane  stop        code  pc   instruction  cycles  registers
   0  breakpoint  0x1   0x0  brk #0x1          1  sp=0x10000

lane 0: breakpoint at 0x0 with code 0x1

lanes       1 breakpoint
cycles      1 in TIME: SPEED
efficiency  1.000 (1 to 1 cycles a lane)
device      DEVICE
[exit 123]

$ armgpu run float.bin -b cpu -n 3 -m 64K
lane  stop       code        pc   instruction       cycles  registers
   0  undefined  0x1e7a0000  0x0  .inst 0x1e7a0000       0  sp=0x10000
   1  undefined  0x1e7a0000  0x0  .inst 0x1e7a0000       0  sp=0xe000
   2  undefined  0x1e7a0000  0x0  .inst 0x1e7a0000       0  sp=0xc000

lanes 0-2: undefined at 0x0: FCVTAS (encoding FCVTAS_sisd_32D) needs FPRCVT, which is not implemented

lanes       3 undefined
cycles      0 in TIME: SPEED
efficiency  1.000 (0 to 0 cycles a lane)
device      DEVICE
[exit 123]

$ armgpu run udf.bin -b cpu -n 3 -m 64K
lane  stop       code        pc   instruction  cycles  registers
   0  undefined  0x00000000  0x4  udf #0            1  sp=0x10000
   1  undefined  0x00000000  0x4  udf #0            1  sp=0xe000
   2  undefined  0x00000000  0x4  udf #0            1  sp=0xc000

lanes 0-2: undefined at 0x4: UDF is undefined for ever, by design of the architecture

lanes       3 undefined
cycles      3 in TIME: SPEED
efficiency  1.000 (1 to 1 cycles a lane)
device      DEVICE
[exit 123]

$ armgpu run return.bin -b cpu -n 40 -m 64K --reg lr=lane*0x10000+0x10000 --show 1
lane  stop         code  pc       instruction  cycles  registers
   0  fetch-fault  -     0x10000  -                 1  x30=0x10000 sp=0x10000
... 39 more lanes (--all shows them)

lane 0: fetch-fault at 0x10000: the PC is outside memory, which ends at 0xffff
lane 1: fetch-fault at 0x20000: the PC is outside memory, which ends at 0xffff
lane 2: fetch-fault at 0x30000: the PC is outside memory, which ends at 0xffff
lane 3: fetch-fault at 0x40000: the PC is outside memory, which ends at 0xffff
lane 4: fetch-fault at 0x50000: the PC is outside memory, which ends at 0xffff
lane 5: fetch-fault at 0x60000: the PC is outside memory, which ends at 0xffff
lane 6: fetch-fault at 0x70000: the PC is outside memory, which ends at 0xffff
lane 7: fetch-fault at 0x80000: the PC is outside memory, which ends at 0xffff
32 more lanes ended badly at other places

lanes       40 fetch-fault
cycles      40 in TIME: SPEED
efficiency  1.000 (1 to 1 cycles a lane)
device      DEVICE
! armgpu: warning: 40 lanes have stacks of 512 bytes each in 65536 bytes of shared memory: leave out --memory (memory_size 0: as needed), or use --memory-mode private (ARMGPU_MEMORY_PRIVATE)
[exit 123]

$ armgpu run store.bin -b cpu -n 12 -m 64K --reg x0=lane*8+0x100 --lane-reg 1:x0=-8 --lane-reg 3:x0=-8 --lane-reg 5:x0=-8 --lane-reg 6:x0=-8 --lane-reg 8:x0=-8 --lane-reg 10:x0=-16 --show 1
lane  stop  code  pc   instruction  cycles  registers
   0  halt  0x0   0x4  hlt #0x0          2  x0=0x100 sp=0x10000
... 11 more lanes (--all shows them)

lanes 1, 3, 5-6, 8 and 1 more: data-fault at 0x0: 8-byte write at 0xfffffffffffffff8 (lane 1), outside memory, which ends at 0xffff

lanes       6 halt, 6 data-fault
cycles      12 in TIME: SPEED
efficiency  0.000 (0 to 2 cycles a lane)
device      DEVICE
! armgpu: warning: 12 lanes have stacks of 2048 bytes each in 65536 bytes of shared memory: leave out --memory (memory_size 0: as needed), or use --memory-mode private (ARMGPU_MEMORY_PRIVATE)
[exit 123]
