# Lanes that differ: inputs, programs, waves, rows to files, conditions.

$ words d53bd060 9b007c00 d4400000 >square.bin # x0 = lane * lane

$ words d2820000 39400002 d4400000 >byte.bin # x2 = the byte at 0x1000

$ printf '#!/bin/sh\nexec armgpu run -b cpu -m 64K --memory-mode private "$@"\n' >../bin/sweep; chmod +x ../bin/sweep

$ sweep square.bin -n 5 --out - --out-format csv
lane,stop_reason,stop_code,pc,cycles,x0
0,halt,0x0,0x8,3,0x0
1,halt,0x0,0x8,3,0x1
2,halt,0x0,0x8,3,0x4
3,halt,0x0,0x8,3,0x9
4,halt,0x0,0x8,3,0x10

$ sweep square.bin -n 3 --out - --out-format csv --columns lane,stop,code,pc,cycles,x0..x2,w0,sp,nzcv,tpidr,program,mem:0:6,fault_address
lane,stop,code,pc,cycles,x0,x1,x2,w0,sp,nzcv,tpidr,program,mem:0:6,fault_address
0,halt,0x0,0x8,3,0x0,0x0,0x0,0x0,0x10000,0000,0x0,0,60d03bd5007c,
1,halt,0x0,0x8,3,0x1,0x0,0x0,0x1,0x10000,0000,0x1,0,60d03bd5007c,
2,halt,0x0,0x8,3,0x4,0x0,0x0,0x4,0x10000,0000,0x2,0,60d03bd5007c,

$ sweep square.bin -n 3 --out - --out-format jsonl --columns lane,stop_reason,stop_code,x0,nzcv,mem:8:4,cycles
{"lane":0,"stop_reason":"halt","stop_code":"0x0","x0":"0x0","nzcv":"0000","mem:8:4":"000040d4","cycles":3}
{"lane":1,"stop_reason":"halt","stop_code":"0x0","x0":"0x1","nzcv":"0000","mem:8:4":"000040d4","cycles":3}
{"lane":2,"stop_reason":"halt","stop_code":"0x0","x0":"0x4","nzcv":"0000","mem:8:4":"000040d4","cycles":3}

$ sweep load.bin -n 2 --reg x0=lane*0x20000 --out - --out-format jsonl --columns lane,stop,fault_address,fault_access
{"lane":0,"stop":"halt","fault_address":null,"fault_access":null}
{"lane":1,"stop":"data-fault","fault_address":"0x20000","fault_access":"read"}
[exit 123]

$ sweep load.bin -n 2 --reg x0=lane*0x20000 --out rows.csv --columns lane,stop,fault_address,fault_access -q --no-table; cat rows.csv
lane,stop,fault_address,fault_access
0,halt,,
1,data-fault,0x20000,read

$ sweep square.bin -n 3 --out rows.bin --columns lane,w0,stop,nzcv,mem:0:2 -q --no-table && od -An -v -tx1 -w22 rows.bin
 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 60 d0
 01 00 00 00 00 00 00 00 01 00 00 00 01 00 00 00 00 00 00 00 60 d0
 02 00 00 00 00 00 00 00 04 00 00 00 01 00 00 00 00 00 00 00 60 d0

$ sweep square.bin -n 2 --csv --columns pc --find 'pc=8'
pc
0x8
0x8

$ sweep square.bin -n 3 --csv --columns lane,x0
lane,x0
0,0x0
1,0x1
2,0x4

$ armgpu run square.bin -b cpu -n 3 --csv --columns lane,x0,mem:0:4
lane,x0,mem:0:4
0,0x0,60d03bd5
1,0x1,60d03bd5
2,0x4,60d03bd5

$ sweep square.bin -n 40 --out rows.jsonl --columns lane,x0 --show 1 --resident 4; wc -l <rows.jsonl; tail -1 rows.jsonl
lane  stop  code  pc   instruction  cycles  registers
   0  halt  0x0   0x8  hlt #0x0          3  sp=0x10000
... 39 more lanes (--all shows them)

lanes       40 halt
cycles      120 in TIME: SPEED
efficiency  1.000 (3 to 3 cycles a lane)
device      DEVICE
40
{"lane":39,"x0":"0x5f1"}

$ sweep square.bin -n 100 --find 'x0>=100 && x0<150'
lane  stop  code  pc   instruction  cycles  registers
  10  halt  0x0   0x8  hlt #0x0          3  x0=0x64 sp=0x10000
  11  halt  0x0   0x8  hlt #0x0          3  x0=0x79 sp=0x10000
  12  halt  0x0   0x8  hlt #0x0          3  x0=0x90 sp=0x10000

lanes       100 halt
matches     3
cycles      300 in TIME: SPEED
efficiency  1.000 (3 to 3 cycles a lane)
device      DEVICE

$ sweep square.bin -n 100 --find 'x0=lane*3+10' --json
{"schema":"armgpu.run/1","program":"square.bin","backend":"cpu","device":"DEVICE","memory_mode":"private","memory_size":65536,"num_lanes":100,"total_cycles":300,"elapsed_seconds":TIME,"avg_ips":SPEED,"min_cycles":3,"max_cycles":3,"lane_efficiency":1,"stops":{"halt":100},"matches":1,"examined":100,
"lanes":[
{"lane":5,"stop_reason":"halt","stop_code":"0x0","pc":"0x8","sp":"0x10000","nzcv":"0000","cycles":3,"x":["0x19","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0"]}
]}

$ sweep square.bin -n 100 --find 'lane-2=x0*1-2, stop=halt' -q --no-table --out - --out-format csv --columns lane
lane
0
1

$ sweep square.bin -n 100 --find 'x0=7' --show 3
lanes       100 halt
matches     0
cycles      300 in TIME: SPEED
efficiency  1.000 (3 to 3 cycles a lane)
device      DEVICE
! armgpu: no lane matches --find

$ sweep square.bin -n 100 --find 'x0=7' -q --no-table

$ sweep first.bin -n 50 -c 100 --reg x0=lane --find 'stop!=max-cycles' --first 1 --csv --columns lane,stop
lane,stop
0,halt
! armgpu: stopped at the first lane that matches (--first); later lanes were not looked at

$ sweep first.bin -n 50 -c 100 --reg x0=lane --find 'stop!=halt' --first 3 --out - --out-format csv --columns lane,stop
lane,stop
1,max-cycles
2,max-cycles
3,max-cycles
! armgpu: stopped at the first 3 lanes that match (--first); later lanes were not looked at
[exit 124]

$ armgpu run square.bin -b cpu -n 100 --find 'mem:0:4=0xd53bd060 && x0>9' --first 2 --out - --out-format csv --columns lane,x0
lane,x0
4,0x10
5,0x19
! armgpu: stopped at the first 2 lanes that match (--first); later lanes were not looked at

$ sweep square.bin -n 100 --find 'x0>50' --first 2 --dump 0:4 --dump 4:4@1 -q --no-table
memory 0x0, 4 bytes, lane 8:
00000000  60 d0 3b d5                                       |`.;.|

memory 0x0, 4 bytes, lane 9:
00000000  60 d0 3b d5                                       |`.;.|

memory 0x4, 4 bytes, lane 1:
00000004  00 7c 00 9b                                       |.|..|

$ sweep square.bin -n 1000 --resident 7 --summary
lanes       1000 halt
cycles      3000 in TIME: SPEED
efficiency  1.000 (3 to 3 cycles a lane)
device      DEVICE

$ sweep square.bin -n 1000 --resident 7 --summary --json
{"schema":"armgpu.run/1","program":"square.bin","backend":"cpu","device":"DEVICE","memory_mode":"private","memory_size":65536,"num_lanes":1000,"total_cycles":3000,"elapsed_seconds":TIME,"avg_ips":SPEED,"min_cycles":3,"max_cycles":3,"lane_efficiency":1,"stops":{"halt":1000}}

$ sweep halt3.bin -n 10 --summary
lanes       10 halt
cycles      10 in TIME: SPEED
efficiency  1.000 (1 to 1 cycles a lane)
device      DEVICE
[exit 123]

$ sweep loop.bin -n 10 -c 9 --summary
lanes       10 max-cycles
cycles      90 in TIME: SPEED
efficiency  1.000 (9 to 9 cycles a lane)
device      DEVICE
! armgpu: 10 of 10 lanes reached the limit of 9 instructions; raise it with --max-cycles
[exit 124]

$ sweep square.bin -n 1000 --resident 7 --show 2 --dump 0:2 --dump 2:2@900
lane  stop  code  pc   instruction  cycles  registers
   0  halt  0x0   0x8  hlt #0x0          3  sp=0x10000
   1  halt  0x0   0x8  hlt #0x0          3  x0=0x1 sp=0x10000
... 998 more lanes (--all shows them)

lanes       1000 halt
cycles      3000 in TIME: SPEED
efficiency  1.000 (3 to 3 cycles a lane)
device      DEVICE

memory 0x0, 2 bytes, lane 0:
00000000  60 d0                                             |`.|

memory 0x0, 2 bytes, lane 1:
00000000  60 d0                                             |`.|

memory 0x2, 2 bytes, lane 900:
00000002  3b d5                                             |;.|

$ sweep square.bin -n 1000 --resident 7 --csv --columns lane,x0 | awk -F, 'NR == 1 { next } $1 != NR - 2 { print "order", $0 } END { print NR, $0 }'
1001 999,0xf3a71

$ sweep square.bin -n 9 --resident 2 --csv --show 2 --columns lane --out rows.csv; wc -l <rows.csv
lane
0
1
10

$ sweep square.bin -n 9 --resident 2 --json --show 1 --find lane=4
{"schema":"armgpu.run/1","program":"square.bin","backend":"cpu","device":"DEVICE","memory_mode":"private","memory_size":65536,"num_lanes":9,"total_cycles":27,"elapsed_seconds":TIME,"avg_ips":SPEED,"min_cycles":3,"max_cycles":3,"lane_efficiency":1,"stops":{"halt":9},"matches":1,"examined":9,
"lanes":[
{"lane":4,"stop_reason":"halt","stop_code":"0x0","pc":"0x8","sp":"0x10000","nzcv":"0000","cycles":3,"x":["0x10","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0"]}
]}

$ sweep square.bin -n 9 --resident 2 --json | tail -3
{"lane":7,"stop_reason":"halt","stop_code":"0x0","pc":"0x8","sp":"0x10000","nzcv":"0000","cycles":3,"x":["0x31","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0"]},
{"lane":8,"stop_reason":"halt","stop_code":"0x0","pc":"0x8","sp":"0x10000","nzcv":"0000","cycles":3,"x":["0x40","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0"]}
]}

$ sweep udf.bin -n 9 --resident 2 --show 0
... 9 more lanes (--all shows them)

lanes 0-8: undefined at 0x4: UDF is undefined for ever, by design of the architecture

lanes       9 undefined
cycles      9 in TIME: SPEED
efficiency  1.000 (1 to 1 cycles a lane)
device      DEVICE
[exit 123]

$ printf 'lane,x1,pc\n3,7,4\n8,9,0\n' >r.csv; sweep loop.bin -n 10 --resident 3 --regs r.csv --lane-reg 9:x5=1 --reg x2=lane*2 --reg w3=lane-1 --csv --columns lane,cycles,x1,x2,x3,x5
lane,cycles,x1,x2,x3,x5
0,202,0x0,0x0,0xffffffff,0x0
1,202,0x0,0x2,0x0,0x0
2,202,0x0,0x4,0x1,0x0
3,15,0x0,0x6,0x2,0x0
4,202,0x0,0x8,0x3,0x0
5,202,0x0,0xa,0x4,0x0
6,202,0x0,0xc,0x5,0x0
7,202,0x0,0xe,0x6,0x0
8,202,0x0,0x10,0x7,0x0
9,202,0x0,0x12,0x8,0x1

$ i=0; while [ $i -lt 10 ]; do printf "lane%04d" $i; i=$((i + 1)); done >in.bin

$ words d2820000 f9400001 d4400000 >word.bin; sweep word.bin -n 10 --resident 3 --lane-data in.bin@0x1000:8 --csv --columns lane,mem:0x1004:4
lane,mem:0x1004:4
0,30303030
1,30303031
2,30303032
3,30303033
4,30303034
5,30303035
6,30303036
7,30303037
8,30303038
9,30303039

$ sweep word.bin --lane-data in.bin@0x1000:20 --csv --columns lane,x1
lane,x1
0,0x30303030656e616c
1,0x656e616c32303030
2,0x35303030656e616c
3,0x656e616c37303030

$ sweep word.bin --lane-data in.bin@0x1000:20 --lane-data in.bin@0x2000:32 --csv --columns lane,mem:0x2000:8
lane,mem:0x2000:8
0,6c616e6530303030
1,6c616e6530303034

$ sweep word.bin --lane-data in.bin@0x1000:81
! armgpu: --lane-data: 'in.bin' has 80 bytes, enough for 0 lanes of 81 bytes, not for 32; give fewer --lanes or a longer file
[exit 125]

$ mkdir corpus empty; printf a >corpus/b; printf bcd >corpus/a; : >corpus/z; printf q >corpus/.hidden; mkdir corpus/deeper; sweep byte.bin --lane-files corpus@0x1000:x5 --csv --columns lane,x2,x5
lane,x2,x5
0,0x62,0x3
1,0x61,0x1
2,0x0,0x0

$ sweep byte.bin -n 2 --lane-files corpus@0x1000 --csv --columns lane,x1,x2
lane,x1,x2
0,0x3,0x62
1,0x1,0x61

$ sweep --program byte.bin --program square.bin --program answer.bin@0x100 -n 7 --resident 2 --csv --columns lane,program,pc,x0
lane,program,pc,x0
0,0,0x8,0x1000
1,1,0x8,0x1
2,2,0x104,0x2a
3,0,0x8,0x1000
4,1,0x8,0x10
5,2,0x104,0x2a
6,0,0x8,0x1000

$ sweep --program byte.bin --program square.bin --program answer.bin@0x100 --assign block -n 7 --resident 2 --csv --columns lane,program,pc,x0
lane,program,pc,x0
0,0,0x8,0x1000
1,0,0x8,0x1000
2,0,0x8,0x1000
3,1,0x8,0x9
4,1,0x8,0x10
5,1,0x8,0x19
6,2,0x104,0x2a

$ sweep square.bin -n 3 --reg nzcv=lane*0x10000000 --csv --columns nzcv
nzcv
0000
0001
0010

$ printf 'lane,program\n4,1\n1,2\n3,1\n' >assign.csv; sweep --program byte.bin --program square.bin --program answer.bin@0x100 --assign assign.csv -n 7 --resident 2 --csv --columns lane,program,x0
lane,program,x0
0,0,0x1000
1,2,0x2a
2,0,0x1000
3,1,0x9
4,1,0x10
5,0,0x1000
6,0,0x1000

$ armgpu run -b cpu -m 64K --program byte.bin --program square.bin@0x80 --program answer.bin@0x100 --assign assign.csv -n 7 --csv --columns lane,program,pc,x0
lane,program,pc,x0
0,0,0x8,0x1000
1,2,0x104,0x2a
2,0,0x8,0x1000
3,1,0x88,0x9
4,1,0x88,0x10
5,0,0x8,0x1000
6,0,0x8,0x1000

$ sweep --program square.bin --program answer.bin -n 2 --json
{"schema":"armgpu.run/1","program":"square.bin","programs":["square.bin","answer.bin"],"backend":"cpu","device":"DEVICE","memory_mode":"private","memory_size":65536,"num_lanes":2,"total_cycles":5,"elapsed_seconds":TIME,"avg_ips":SPEED,"min_cycles":2,"max_cycles":3,"lane_efficiency":0.666666667,"stops":{"halt":2},
"lanes":[
{"lane":0,"stop_reason":"halt","stop_code":"0x0","pc":"0x8","sp":"0x10000","nzcv":"0000","cycles":3,"program":0,"x":["0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0"]},
{"lane":1,"stop_reason":"halt","stop_code":"0x0","pc":"0x4","sp":"0x10000","nzcv":"0000","cycles":2,"program":1,"x":["0x2a","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0"]}
]}

$ sweep square.bin -n 4294967296 --reg pc=lane*0x1000 --lane-reg 16:pc=0 --summary
! armgpu: lane 17: the start PC 0x11000 is outside memory, which ends at 0xffff; check --pc, or give more with --memory
[exit 125]

$ armgpu run square.bin -b cpu --find 'x0'
! armgpu: --find 'x0', column 1: 'x0' has no comparison; write =, !=, <, <=, > or >=
[exit 125]

$ armgpu run square.bin -b cpu --find 'x0!='
! armgpu: --find 'x0!=', column 5: a column or a number is missing
[exit 125]

$ armgpu run square.bin -b cpu --find 'x0!=0 && y1=2'
! armgpu: --find 'x0!=0 && y1=2', column 10: 'y1' is no column; the columns are lane, stop_reason, stop_code, pc, cycles, x0 to x30, w0 to w30, sp, nzcv, tpidr, v0 to v31 (also q, d, s and h), fpcr, fpsr, program, fault_address, fault_access, file, exit, stdout, stderr, symbol and mem:ADDR:LEN
[exit 125]

$ armgpu run square.bin -b cpu --find 'x0!=0 &&'
! armgpu: --find 'x0!=0 &&', column 9: a condition is missing; write one such as x0!=0
[exit 125]

$ armgpu run square.bin -b cpu --find 'stop=stopped'
! armgpu: --find 'stop=stopped', column 6: 'stopped' is no stop reason; they are halt, syscall, max-cycles, breakpoint, undefined, data-fault, fetch-fault, alignment-fault, exit, device-fault, interrupted and deadlock
[exit 125]

$ armgpu run square.bin -b cpu --find 'x0=lane*z'
! armgpu: --find 'x0=lane*z', column 9: 'z' is no column; the columns are lane, stop_reason, stop_code, pc, cycles, x0 to x30, w0 to w30, sp, nzcv, tpidr, v0 to v31 (also q, d, s and h), fpcr, fpsr, program, fault_address, fault_access, file, exit, stdout, stderr, symbol and mem:ADDR:LEN
[exit 125]

$ armgpu run square.bin -b cpu --find '1=2'
! armgpu: --find '1=2', column 1: '1=2' compares numbers only; name a column such as x0
[exit 125]

$ armgpu run square.bin -b cpu --find 'mem:0:3=0'
! armgpu: --find 'mem:0:3=0', column 1: 'mem:0:3' cannot be compared; LEN is 1, 2, 4 or 8 here
[exit 125]

$ armgpu run square.bin -b cpu --find 'mem:0x3ffffc:8=0'
! armgpu: --find: 8 bytes at 0x3ffffc are not all in memory, which ends at 0x3fffff
[exit 125]

$ armgpu run square.bin -b cpu --first 1
! armgpu: --first says how many lanes --find is to find; give --find too
[exit 125]

$ armgpu run square.bin -b cpu --first 0 --find x0=1
! armgpu: --first must be 1 or more
[exit 125]

$ armgpu run square.bin -b cpu --out x.csv --columns lane,x31
! armgpu: --columns: 'x31' is no column; the columns are lane, stop_reason, stop_code, pc, cycles, x0 to x30, w0 to w30, sp, nzcv, tpidr, v0 to v31 (also q, d, s and h), fpcr, fpsr, program, fault_address, fault_access, file, exit, stdout, stderr, symbol and mem:ADDR:LEN
[exit 125]

$ armgpu run square.bin -b cpu --out x.csv --columns lane,,x1
! armgpu: --columns: '' is no column; the columns are lane, stop_reason, stop_code, pc, cycles, x0 to x30, w0 to w30, sp, nzcv, tpidr, v0 to v31 (also q, d, s and h), fpcr, fpsr, program, fault_address, fault_access, file, exit, stdout, stderr, symbol and mem:ADDR:LEN
[exit 125]

$ armgpu run square.bin -b cpu --out x.csv --columns x3..x1
! armgpu: --columns: 'x3..x1' is no range of registers; write x0..x30
[exit 125]

$ armgpu run square.bin -b cpu --out x.csv --columns mem:0:0
! armgpu: --columns: 'mem:0:0' shows no memory; LEN is 1 or more
[exit 125]

$ armgpu run square.bin -b cpu --out x.csv --columns mem:0x3fffff:2
! armgpu: --columns: 2 bytes at 0x3fffff are not all in memory, which ends at 0x3fffff
[exit 125]

$ armgpu run square.bin -b cpu --out x.txt
! armgpu: --out: 'x.txt' does not end in .csv, .jsonl or .bin; say which format it has with --out-format
[exit 125]

$ armgpu run square.bin -b cpu --out none/x.csv
! armgpu: --out: cannot write 'none/x.csv': No such file or directory; check the path and its permissions
[exit 125]

$ armgpu run square.bin -b cpu --columns x0
x0
0x0
0x1
0x4
0x9
0x10
0x19
0x24
0x31
0x40
0x51
0x64
0x79
0x90
0xa9
0xc4
0xe1
... 16 more lanes (--all shows them)

lanes       32 halt
cycles      96 in TIME: SPEED
efficiency  1.000 (3 to 3 cycles a lane)
device      DEVICE

$ armgpu run square.bin -b cpu --out - --out-format bin --json
! armgpu: --out - writes rows to the standard output, where --json cannot be too; give --out a file
[exit 125]

$ armgpu run square.bin -b cpu --summary --all
! armgpu: --summary and --all exclude each other; give one
[exit 125]

$ armgpu run square.bin -b cpu --resident 4
! armgpu: --resident needs memory of each lane's own; add --memory-mode private
[exit 125]

$ armgpu run word.bin -b cpu --lane-data in.bin@0x1000:8
! armgpu: --lane-data needs memory of each lane's own; add --memory-mode private
[exit 125]

$ sweep word.bin -n 11 --lane-data in.bin@0x1000:8
! armgpu: --lane-data: 'in.bin' has 80 bytes, enough for 10 lanes of 8 bytes, not for 11; give fewer --lanes or a longer file
[exit 125]

$ sweep word.bin -n 1 --lane-data in.bin@0x1000
! armgpu: --lane-data: 'in.bin' has no stride; write FILE@ADDR:STRIDE, with the bytes of one lane as STRIDE
[exit 125]

$ sweep word.bin -n 1 --lane-data in.bin@0x1000:0
! armgpu: --lane-data: a stride of 0 bytes gives lanes nothing; write 1 or more
[exit 125]

$ sweep word.bin -n 1 --lane-data in.bin@0xfffc:8
! armgpu: --lane-data: a lane's part does not fit into memory, which ends at 0xffff: it has 8 bytes and begins at 0xfffc; give more with --memory
[exit 125]

$ sweep word.bin -n 1 --lane-data none.bin@0:8
! armgpu: cannot open 'none.bin': No such file or directory; check the path and its permissions
[exit 125]

$ sweep byte.bin --lane-files empty@0x1000
! armgpu: --lane-files: 'empty' has no files, so there is nothing for lanes to do
[exit 125]

$ sweep byte.bin --lane-files none@0x1000
! armgpu: --lane-files: cannot open 'none': No such file or directory; give a directory
[exit 125]

$ sweep byte.bin --lane-files corpus@0xfffe
! armgpu: --lane-files: 'corpus/a' does not fit into memory, which ends at 0xffff: it has 3 bytes and begins at 0xfffe; give more with --memory
[exit 125]

$ sweep byte.bin --lane-files corpus@0x1000:pc
! armgpu: --lane-files: 'pc' is no register for the length of a lane's file; write x0 to x30
[exit 125]

$ sweep byte.bin -n 4 --lane-files corpus@0x1000
! armgpu: --lane-files: 'corpus' has 3 files, not one for each of 4 lanes; leave out --lanes
[exit 125]

$ sweep --program byte.bin --program none.bin
! armgpu: cannot open 'none.bin': No such file or directory; check the path and its permissions
[exit 127]

$ sweep byte.bin --program answer.bin
! armgpu: 'byte.bin' and --program exclude each other; write --program byte.bin
[exit 125]

$ sweep byte.bin --assign block
! armgpu: --assign needs programs to choose from; give two or more with --program
[exit 125]

$ armgpu run -b cpu --program byte.bin --program answer.bin
! armgpu: --program: 'byte.bin' at 0x0 and 'answer.bin' at 0x0 overlap in shared memory; give them addresses with FILE@ADDR, or use --memory-mode private
[exit 125]

$ sweep --program byte.bin --program answer.bin@2
! armgpu: --program: address 0x2 is not a multiple of 4, the size of an instruction
[exit 125]

$ printf 'lane,program\n1,2\n' >assign.csv; sweep --program byte.bin --program answer.bin --assign assign.csv
! armgpu: assign.csv:2: '2' is no program; they are counted from 0 in the order of --program
[exit 125]

$ printf 'lane,x0\n1,2\n' >assign.csv; sweep --program byte.bin --program answer.bin --assign assign.csv
! armgpu: assign.csv:1: column 'x0' is not known; the columns are lane and program
[exit 125]

$ printf 'lane,program\n99,1\n' >assign.csv; sweep --program byte.bin --program answer.bin --assign assign.csv
! armgpu: assign.csv:2: lane '99' does not exist; the run has lanes 0 to 31 (--lanes)
[exit 125]

$ sweep --program byte.bin --program answer.bin --assign fair
! armgpu: cannot open 'fair': No such file or directory; check the path and its permissions
[exit 125]
