# --trace: one line an instruction on standard error; with waves, where the lane
# is gone when the run is over, its last line too.

$ words d2800041 f1000421 b5ffffe1 54000040 d503201f f9000001 d4400000 >t.bin

$ armgpu run t.bin -b cpu -n 3 -m 64K --trace 1 -q --no-table
! 0x0000000000000000 d2800041 mov x1, #0x2                     x1=0x2
! 0x0000000000000004 f1000421 subs x1, x1, #0x1                x1=0x1 nzcv=0010
! 0x0000000000000008 b5ffffe1 cbnz x1, 0x4
! 0x0000000000000004 f1000421 subs x1, x1, #0x1                x1=0x0 nzcv=0110
! 0x0000000000000008 b5ffffe1 cbnz x1, 0x4
! 0x000000000000000c 54000040 b.eq 0x14
! 0x0000000000000014 f9000001 str x1, [x0]
! 0x0000000000000018 d4400000 hlt #0x0

$ armgpu run t.bin -b cpu -n 3 -m 64K --trace 1 -q --no-table --reg x0=-1 --reg nzcv=1111
! 0x0000000000000000 d2800041 mov x1, #0x2                     x1=0x2
! 0x0000000000000004 f1000421 subs x1, x1, #0x1                x1=0x1 nzcv=0010
! 0x0000000000000008 b5ffffe1 cbnz x1, 0x4
! 0x0000000000000004 f1000421 subs x1, x1, #0x1                x1=0x0 nzcv=0110
! 0x0000000000000008 b5ffffe1 cbnz x1, 0x4
! 0x000000000000000c 54000040 b.eq 0x14
! 0x0000000000000014 f9000001 str x1, [x0]
[exit 123]

$ armgpu run answer.bin -b cpu -n 1 --trace 0 --json --show 0 | head -1 | cut -c1-30
{"schema":"armgpu.run/1","prog
! 0x0000000000000000 d2800540 mov x0, #0x2a                    x0=0x2a
! 0x0000000000000004 d4400000 hlt #0x0

$ armgpu run spin.bin -b cpu -n 2 --trace 1 -c 3 -q --no-table
! 0x0000000000000000 14000000 b 0x0
! 0x0000000000000000 14000000 b 0x0
! 0x0000000000000000 14000000 b 0x0
[exit 124]

$ armgpu run answer.bin -b cpu -n 5 --memory-mode private -m 64K --resident 2 --trace 1 --no-table -q
! 0x0000000000000000 d2800540 mov x0, #0x2a                    x0=0x2a
! 0x0000000000000004 d4400000 hlt #0x0

$ armgpu run answer.bin -b cpu -n 5 --memory-mode private -m 64K --resident 2 --trace 3 --out out.csv -q --no-table
! 0x0000000000000000 d2800540 mov x0, #0x2a                    x0=0x2a
! 0x0000000000000004 d4400000 hlt #0x0

$ armgpu run loop.bin -b cpu -n 5 --memory-mode private -m 64K --resident 1 --trace 4 -c 2 -q --no-table
! 0x0000000000000000 d2800c81 mov x1, #0x64                    x1=0x64
! 0x0000000000000004 f1000421 subs x1, x1, #0x1                x1=0x63 nzcv=0010
[exit 124]
