# Start values: --reg, --lane-reg, --regs, --pc, --sp, and what refuses them.

$ armgpu run udf.bin -b cpu -n 3 -m 64K --reg x1=lane --reg x2=lane*3 --reg x3=lane*0x10+2 --reg x4=lane+7 --reg x5=lane*-1 --reg x6=lane-1 --reg x7=-1 --reg w8=-1 --reg fp=0x1d --reg lr=30 --reg nzcv=0110 --reg sp=lane*16 --csv | cut -d, -f1,5,6,8-38
lane,sp,nzcv,x0,x1,x2,x3,x4,x5,x6,x7,x8,x9,x10,x11,x12,x13,x14,x15,x16,x17,x18,x19,x20,x21,x22,x23,x24,x25,x26,x27,x28,x29,x30
0,0x0,0110,0x0,0x0,0x0,0x2,0x7,0x0,0xffffffffffffffff,0xffffffffffffffff,0xffffffff,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x1d,0x1e
1,0x10,0110,0x0,0x1,0x3,0x12,0x8,0xffffffffffffffff,0x0,0xffffffffffffffff,0xffffffff,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x1d,0x1e
2,0x20,0110,0x0,0x2,0x6,0x22,0x9,0xfffffffffffffffe,0x1,0xffffffffffffffff,0xffffffff,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x0,0x1d,0x1e

$ armgpu run udf.bin -b cpu -n 3 -m 64K --sp 0x100 --lane-reg 1:sp=0x200 --lane-reg 2:X3=7 --lane-reg 2:nzcv=0x80000000 --csv | cut -d, -f1,5,6,8-12
lane,sp,nzcv,x0,x1,x2,x3,x4
0,0x100,0000,0x0,0x0,0x0,0x0,0x0
1,0x200,0000,0x0,0x0,0x0,0x0,0x0
2,0x100,1000,0x0,0x0,0x0,0x7,0x0

$ armgpu run answer.bin -b cpu -n 2 --pc 4 --json | grep cycles.:1
{"schema":"armgpu.run/1","program":"answer.bin","backend":"cpu","device":"DEVICE","memory_mode":"shared","memory_size":4194304,"num_lanes":2,"total_cycles":2,"elapsed_seconds":TIME,"avg_ips":SPEED,"min_cycles":1,"max_cycles":1,"lane_efficiency":1,"stops":{"halt":2},
{"lane":0,"stop_reason":"halt","stop_code":"0x0","pc":"0x4","sp":"0x400000","nzcv":"0000","cycles":1,"x":["0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0"]},
{"lane":1,"stop_reason":"halt","stop_code":"0x0","pc":"0x4","sp":"0x3f0000","nzcv":"0000","cycles":1,"x":["0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0"]}

$ armgpu run answer.bin -b cpu -n 2 --reg pc=lane*4 --csv | cut -d, -f1,7,8
lane,cycles,x0
0,2,0x2a
1,1,0x0

$ printf 'lane,x1,nzcv,W2\n2,0x10,1001,-1\n\n0,-1,0,7\n' >regs.csv

$ armgpu run udf.bin -b cpu -n 4 -m 64K --regs regs.csv --reg x1=5 --lane-reg 2:w2=9 --csv | cut -d, -f1,6,8-11
lane,nzcv,x0,x1,x2,x3
0,0000,0x0,0xffffffffffffffff,0x7,0x0
1,0000,0x0,0x5,0x0,0x0
2,1001,0x0,0x10,0x9,0x0
3,0000,0x0,0x5,0x0,0x0

$ printf '\357\273\277"lane" , "x1"\r\n1, 3\r\n' >dos.csv

$ armgpu run udf.bin -b cpu -n 2 -m 64K --regs dos.csv --csv | cut -d, -f1,9
lane,x1
0,0x0
1,0x3

$ printf 'lane,x1\n1,3' | armgpu run udf.bin -b cpu -n 2 -m 64K --regs - --csv | cut -d, -f1,9
lane,x1
0,0x0
1,0x3

$ printf 'x9,lane\n' >header.csv

$ armgpu run answer.bin -b cpu -n 1 --regs header.csv -q --no-table

$ armgpu run answer.bin --regs none.csv
! armgpu: cannot open 'none.csv': No such file or directory; check the path and its permissions
[exit 125]

$ armgpu run answer.bin --regs empty.bin
! armgpu: 'empty.bin' is empty; its first line must name the columns, such as lane,x0,x1
[exit 125]

$ printf 'lane,x1,y2\n' >c.csv; armgpu run answer.bin --regs c.csv
! armgpu: c.csv:1: column 'y2' is no register; the names are lane, x0 to x30, w0 to w30, fp, lr, sp, pc, nzcv, tpidr, v0 to v31 (also q, d, s and h), fpcr and fpsr
[exit 125]

$ printf 'lane,x1,fp,x29\n' >c.csv; armgpu run answer.bin --regs c.csv
! armgpu: c.csv:1: column 'x29' is there twice
[exit 125]

$ printf 'lane,x1,lane\n' >c.csv; armgpu run answer.bin --regs c.csv
! armgpu: c.csv:1: column 'lane' is there twice
[exit 125]

$ printf 'x1,x2\n' >c.csv; armgpu run answer.bin --regs c.csv
! armgpu: c.csv:1: no column is called lane; write a first line such as lane,x0,x1
[exit 125]

$ printf 'lane\n' >c.csv; armgpu run answer.bin --regs c.csv
! armgpu: c.csv:1: no column names a register; write a first line such as lane,x0,x1
[exit 125]

$ printf 'lane,x1\n0,1\n1\n' >c.csv; armgpu run answer.bin --regs c.csv
! armgpu: c.csv:3: 1 values, but the first line names 2 columns
[exit 125]

$ printf 'lane,x1\n0,1,2\n' >c.csv; armgpu run answer.bin --regs c.csv
! armgpu: c.csv:2: 3 values, but the first line names 2 columns
[exit 125]

$ printf 'lane,x1\n0,1\n1,1x\n' >c.csv; armgpu run answer.bin --regs c.csv
! armgpu: c.csv:3: '1x' is not a number; write decimal (4096), hexadecimal (0x1000), a multiple with K, M or G (64K) or negative (-1)
[exit 125]

$ printf 'lane,x1\n0,\n' >c.csv; armgpu run answer.bin --regs c.csv
! armgpu: c.csv:2: '' is not a number; write decimal (4096), hexadecimal (0x1000), a multiple with K, M or G (64K) or negative (-1)
[exit 125]

$ printf 'lane,x1\n32,1\n' >c.csv; armgpu run answer.bin --regs c.csv
! armgpu: c.csv:2: lane '32' does not exist; the run has lanes 0 to 31 (--lanes)
[exit 125]

$ printf 'lane,x1\n-1,1\n' >c.csv; armgpu run answer.bin --regs c.csv
! armgpu: c.csv:2: lane '-1' is not a number; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ printf 'lane,x1\n1,1\n0,1\n\n1,2\n' >c.csv; armgpu run answer.bin --regs c.csv
! armgpu: c.csv:5: lane 1 is there already, in line 2
[exit 125]

$ printf 'lane,x1\n0,1\n0,2\n0,3\n' >c.csv; armgpu run answer.bin -n 1 --regs c.csv
! armgpu: c.csv:3: lane 0 is there already, in line 2
[exit 125]

$ printf 'lane,w1\n0,0x100000000\n' >c.csv; armgpu run answer.bin --regs c.csv
! armgpu: c.csv:2: '0x100000000' does not fit into a W register's 32 bits
[exit 125]

$ printf 'lane,nzcv\n0,0120\n' >c.csv; armgpu run answer.bin --regs c.csv
! armgpu: c.csv:2: '0120' is not NZCV; write four binary digits (0110) or bits 31 to 28 (0x60000000)
[exit 125]

$ printf 'lane,x1\n0,1\0\n' >c.csv; armgpu run answer.bin --regs c.csv
! armgpu: c.csv:2: a NUL byte; this is no text file
[exit 125]

$ printf 'lane,pc\n1,3\n' >c.csv; armgpu run answer.bin -b cpu --regs c.csv
! armgpu: lane 1: the start PC 0x3 is not a multiple of 4, the size of an instruction
[exit 125]

$ yes x0 | tr '\n' , | head -c 300 >c.csv; armgpu run answer.bin --regs c.csv
! armgpu: c.csv:1: column 'x0' is there twice
[exit 125]

$ yes x0 | tr -d '\n' | head -c 5000 >c.csv; armgpu run answer.bin --regs c.csv
! armgpu: c.csv:1: the line is longer than 4096 characters
[exit 125]

$ armgpu run answer.bin --regs .
! armgpu: '.' is a directory; give the path of a file
[exit 125]

$ armgpu run answer.bin --reg y0=1
! armgpu: --reg: unknown register 'y0'; the names are x0 to x30, w0 to w30, fp, lr, sp, pc, nzcv, tpidr, v0 to v31 (also q, d, s and h), fpcr and fpsr
[exit 125]

$ armgpu run answer.bin --reg x31=1
! armgpu: --reg: unknown register 'x31'; the names are x0 to x30, w0 to w30, fp, lr, sp, pc, nzcv, tpidr, v0 to v31 (also q, d, s and h), fpcr and fpsr
[exit 125]

$ armgpu run answer.bin --reg x01=1
! armgpu: --reg: unknown register 'x01'; the names are x0 to x30, w0 to w30, fp, lr, sp, pc, nzcv, tpidr, v0 to v31 (also q, d, s and h), fpcr and fpsr
[exit 125]

$ armgpu run answer.bin --reg x0
! armgpu: --reg: 'x0' has no '='; write NAME=VALUE, such as x0=1
[exit 125]

$ armgpu run answer.bin --reg x0=
! armgpu: --reg x0: '', column 1: a number or lane is missing; write an expression such as 2*lane+1
[exit 125]

$ armgpu run answer.bin --reg x0=0x
! armgpu: --reg x0: '0x', column 1: '0x' is not a number; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ armgpu run answer.bin --reg x0=18446744073709551616
! armgpu: --reg x0: '18446744073709551616', column 1: '18446744073709551616' does not fit into 64 bits
[exit 125]

$ armgpu run answer.bin --reg x0=-9223372036854775809
! armgpu: --reg x0: '-9223372036854775809', column 2: '9223372036854775809' does not fit into 64 bits
[exit 125]

$ armgpu run answer.bin --reg 'x0=lane*'
! armgpu: --reg x0: 'lane*', column 6: a number or lane is missing; write an expression such as 2*lane+1
[exit 125]

$ armgpu run answer.bin --reg 'x0=lane*2*'
! armgpu: --reg x0: 'lane*2*', column 8: a number or lane is missing; write an expression such as 2*lane+1
[exit 125]

$ armgpu run answer.bin --reg x0=lanes
! armgpu: --reg x0: 'lanes', column 1: 'lanes' is no number, and not lane
[exit 125]

$ armgpu run answer.bin --reg w0=0x100000000
! armgpu: --reg w0: '0x100000000' does not fit into a W register's 32 bits
[exit 125]

$ armgpu run answer.bin --reg nzcv=5
! armgpu: --reg nzcv: '5' is not NZCV; write four binary digits (0110) or bits 31 to 28 (0x60000000)
[exit 125]

$ armgpu run answer.bin -b cpu --reg nzcv=lane
! armgpu: lane 1: 0x1 is not NZCV, whose flags are bits 31 to 28
[exit 125]

$ armgpu run answer.bin --lane-reg x0=1
! armgpu: --lane-reg: 'x0=1' has no ':'; write LANE:NAME=VALUE, such as 3:x0=1
[exit 125]

$ armgpu run answer.bin --lane-reg 32:x0=1
! armgpu: --lane-reg: lane 32 does not exist; the run has lanes 0 to 31 (--lanes)
[exit 125]

$ armgpu run answer.bin --lane-reg :x0=1
! armgpu: --lane-reg: lane: '' is not a number; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ armgpu run answer.bin --lane-reg 1:x0=lane
! armgpu: --lane-reg 1:x0: 'lane' is not a number; write decimal (4096), hexadecimal (0x1000), a multiple with K, M or G (64K) or negative (-1)
[exit 125]

$ armgpu run answer.bin -b cpu --pc 2
! armgpu: lane 0: the start PC 0x2 is not a multiple of 4, the size of an instruction
[exit 125]

$ armgpu run answer.bin -b cpu --pc 0x400000
! armgpu: lane 0: the start PC 0x400000 is outside memory, which ends at 0x3fffff; check --pc, or give more with --memory
[exit 125]

$ words d503201f d4400000 >nop.bin

$ armgpu run nop.bin -b cpu -n 5 --reg x0=2*lane+1 --reg x1=lane/2 --reg x2=lane%3 --reg x3='(lane+1)<<4 | lane & 1' --reg x4=~lane --reg x5=-lane --reg x6='1K*(lane-1)' --reg x7='8>>lane^3' --reg w8=-lane*5 --csv --columns x0..x7,w8
x0,x1,x2,x3,x4,x5,x6,x7,w8
0x1,0x0,0x0,0x10,0xffffffffffffffff,0x0,0xfffffffffffffc00,0xb,0x0
0x3,0x0,0x1,0x21,0xfffffffffffffffe,0xffffffffffffffff,0x0,0x7,0xfffffffb
0x5,0x1,0x2,0x30,0xfffffffffffffffd,0xfffffffffffffffe,0x400,0x1,0xfffffff6
0x7,0x1,0x0,0x41,0xfffffffffffffffc,0xfffffffffffffffd,0x800,0x2,0xfffffff1
0x9,0x2,0x1,0x50,0xfffffffffffffffb,0xfffffffffffffffc,0xc00,0x3,0xffffffec

$ armgpu run nop.bin -b cpu -m 64K --memory-mode private --resident 3 -n 1000 --reg w1='lane/256' --reg w2='lane*lane' --find 'w1!=lane/256 || w2!=lane*lane || lane=999' --csv --columns lane,w1,w2
lane,w1,w2
999,0x3,0xf3a71

$ armgpu run nop.bin -b cpu -n 4 --reg pc='(lane&1)*4' --reg nzcv='lane<<28' --csv --columns lane,cycles,nzcv
lane,cycles,nzcv
0,2,0000
1,1,0001
2,2,0010
3,1,0011

$ armgpu run nop.bin -b cpu -n 9 -m 64K --reg pc='lane/8*64K' --lane-reg 3:pc=4
! armgpu: lane 8: the start PC 0x10000 is outside memory, which ends at 0xffff; check --pc, or give more with --memory
[exit 125]

$ armgpu run nop.bin -b cpu --reg w0='1<<32'
! armgpu: --reg w0: '1<<32' does not fit into a W register's 32 bits
[exit 125]

$ armgpu run nop.bin -b cpu --reg x0=lane/0
! armgpu: --reg x0: 'lane/0', column 1: 'lane/0' divides by 0
[exit 125]

$ armgpu run nop.bin -b cpu --reg x0='lane=3'
! armgpu: --reg x0: 'lane=3', column 5: '=3' cannot be read
[exit 125]

$ armgpu run nop.bin -b cpu --reg x0='(lane'
! armgpu: --reg x0: '(lane', column 1: '(' is not closed
[exit 125]

$ armgpu run nop.bin -b cpu --reg nzcv='3*2'
! armgpu: --reg nzcv: '3*2' is not NZCV; write four binary digits (0110) or bits 31 to 28 (0x60000000)
[exit 125]

$ armgpu run nop.bin -b cpu -n 1 --reg nzcv=0110 --reg x1=7/2 --reg x2=-8/2 --csv --columns nzcv,x1,x2
nzcv,x1,x2
0110,0x3,0xfffffffffffffffc

$ armgpu run loop.bin -b cpu -m 64K -n 3 -c 9 --reg x5=lane*7 --csv -q >state.csv; armgpu run loop.bin -b cpu -m 64K -n 3 --regs state.csv --csv --columns lane,stop,cycles,x1,x5,sp
lane,stop,cycles,x1,x5,sp
0,halt,193,0x0,0x0,0x10000
1,halt,193,0x0,0x7,0xe000
2,halt,193,0x0,0xe,0xc000
! armgpu: state.csv: no register, sets nothing: stop_reason, stop_code, cycles, fault_address, fault_access

$ printf 'mem:0:4,lane,x1,"cycles"\n"a,""b",1,7,9\nc,0,8,\n' >k.csv; armgpu run answer.bin -b cpu -n 2 --regs k.csv -q --csv --columns x1
x1
0x8
0x7

$ printf 'lane,x1,stopreason\n' >k.csv; armgpu run answer.bin -b cpu -n 2 --regs k.csv
! armgpu: k.csv:1: column 'stopreason' is no register; the names are lane, x0 to x30, w0 to w30, fp, lr, sp, pc, nzcv, tpidr, v0 to v31 (also q, d, s and h), fpcr and fpsr
[exit 125]

$ printf 'lane,stop_reason\n' >k.csv; armgpu run answer.bin -b cpu -n 2 --regs k.csv
! armgpu: k.csv:1: no column names a register; write a first line such as lane,x0,x1
[exit 125]
