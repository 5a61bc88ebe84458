# --columns in every output, how their numbers are written, names of files.

$ words d53bd060 51000c00 d4400000 >minus.bin # w0 = lane - 3

$ printf '#!/bin/sh\nexec armgpu run minus.bin -b cpu -m 64K --memory-mode private -n 5 "$@"\n' >../bin/minus; chmod +x ../bin/minus

$ minus --columns lane,w0,w0:d,w0:i,x0:d,x0:i,stop,mem:0:2,mem:0:2:x,mem:0:1:d,cycles:x,lane:x
lane  w0                w0:d  w0:i        x0:d        x0:i  stop  mem:0:2  mem:0:2:x  mem:0:1:d  cycles:x  lane:x
   0  0xfffffffd  4294967293    -3  4294967293  4294967293  halt  60d0     0xd060            96  0x3       0x0
   1  0xfffffffe  4294967294    -2  4294967294  4294967294  halt  60d0     0xd060            96  0x3       0x1
   2  0xffffffff  4294967295    -1  4294967295  4294967295  halt  60d0     0xd060            96  0x3       0x2
   3  0x0                  0     0           0           0  halt  60d0     0xd060            96  0x3       0x3
   4  0x1                  1     1           1           1  halt  60d0     0xd060            96  0x3       0x4

lanes       5 halt
cycles      15 in TIME: SPEED
efficiency  1.000 (3 to 3 cycles a lane)
device      DEVICE

$ armgpu run minus.bin -b cpu -n 3 --columns x0,w0:i,sp --show 1
x0          w0:i  sp
0xfffffffd    -3  0x400000
... 2 more lanes (--all shows them)

lanes       3 halt
cycles      9 in TIME: SPEED
efficiency  1.000 (3 to 3 cycles a lane)
device      DEVICE

$ minus --find 's:w0<0' --columns lane,w0:i --json
{"schema":"armgpu.run/1","program":"minus.bin","backend":"cpu","device":"DEVICE","memory_mode":"private","memory_size":65536,"num_lanes":5,"total_cycles":15,"elapsed_seconds":TIME,"avg_ips":SPEED,"min_cycles":3,"max_cycles":3,"lane_efficiency":1,"stops":{"halt":5},"matches":3,"examined":5,
"lanes":[
{"lane":0,"w0:i":-3},
{"lane":1,"w0:i":-2},
{"lane":2,"w0:i":-1}
]}

$ minus --show 2 --columns lane,x0:x,x0:d,w0:i,nzcv,mem:0:2,stop_reason,fault_address:d --json
{"schema":"armgpu.run/1","program":"minus.bin","backend":"cpu","device":"DEVICE","memory_mode":"private","memory_size":65536,"num_lanes":5,"total_cycles":15,"elapsed_seconds":TIME,"avg_ips":SPEED,"min_cycles":3,"max_cycles":3,"lane_efficiency":1,"stops":{"halt":5},"lanes_cut":true,
"lanes":[
{"lane":0,"x0:x":"0xfffffffd","x0:d":4294967293,"w0:i":-3,"nzcv":"0000","mem:0:2":"60d0","stop_reason":"halt","fault_address:d":null},
{"lane":1,"x0:x":"0xfffffffe","x0:d":4294967294,"w0:i":-2,"nzcv":"0000","mem:0:2":"60d0","stop_reason":"halt","fault_address:d":null}
]}

$ minus --csv --columns x0..x1:d,w0..w1:i,x2:i --show 2
x0:d,x1:d,w0:i,w1:i,x2:i
4294967293,0,-3,0,0
4294967294,0,-2,0,0

$ minus --show 0 --columns lane --find lane=9
lanes       5 halt
matches     0
cycles      15 in TIME: SPEED
efficiency  1.000 (3 to 3 cycles a lane)
device      DEVICE
! armgpu: no lane matches --find

$ minus --out rows.bin --columns w0:i,lane:d -q --no-table; od -An -v -tx1 -w12 rows.bin
 fd ff ff ff 00 00 00 00 00 00 00 00
 fe ff ff ff 01 00 00 00 00 00 00 00
 ff ff ff ff 02 00 00 00 00 00 00 00
 00 00 00 00 03 00 00 00 00 00 00 00
 01 00 00 00 04 00 00 00 00 00 00 00

$ minus --out - --out-format jsonl --columns w0:i,lane:x
{"w0:i":-3,"lane:x":"0x0"}
{"w0:i":-2,"lane:x":"0x1"}
{"w0:i":-1,"lane:x":"0x2"}
{"w0:i":0,"lane:x":"0x3"}
{"w0:i":1,"lane:x":"0x4"}

$ minus --columns lane --summary
! armgpu: --columns says what of lanes is shown, and --summary shows none; give one, or --out too
[exit 125]

$ minus --columns mem:0:3:d
! armgpu: --columns: 'mem:0:3:d' is no number; :d, :i and :x need a LEN of 1, 2, 4 or 8
[exit 125]

$ minus --columns lane,file
! armgpu: --columns: 'file' is the name of a lane's file; give --lane-files too
[exit 125]

$ words d2820000 39400002 d4400000 >byte.bin # x2 = the byte at 0x1000

$ mkdir corpus; printf a >'corpus/b'; printf c >'corpus/a,"x'; printf d >"$(printf 'corpus/t\tq\303\251')"

$ printf '#!/bin/sh\nexec armgpu run byte.bin -b cpu -m 64K --memory-mode private --lane-files corpus@0x1000 "$@"\n' >../bin/bytes; chmod +x ../bin/bytes

$ bytes --columns file,x2:d,lane
file  x2:d  lane
a,"x    99     0
b       97     1
t?qé   100     2

lanes       3 halt
cycles      9 in TIME: SPEED
efficiency  1.000 (3 to 3 cycles a lane)
device      DEVICE

$ bytes --csv --columns file,x2 | od -An -c | head -4
   f   i   l   e   ,   x   2  \n   "   a   ,   "   "   x   "   ,
   0   x   6   3  \n   b   ,   0   x   6   1  \n   "   t  \t   q
 303 251   "   ,   0   x   6   4  \n

$ bytes --json --columns file,x2
{"schema":"armgpu.run/1","program":"byte.bin","backend":"cpu","device":"DEVICE","memory_mode":"private","memory_size":65536,"num_lanes":3,"total_cycles":9,"elapsed_seconds":TIME,"avg_ips":SPEED,"min_cycles":3,"max_cycles":3,"lane_efficiency":1,"stops":{"halt":3},
"lanes":[
{"file":"a,\"x","x2":"0x63"},
{"file":"b","x2":"0x61"},
{"file":"t\u0009qé","x2":"0x64"}
]}

$ bytes --json --show 1
{"schema":"armgpu.run/1","program":"byte.bin","backend":"cpu","device":"DEVICE","memory_mode":"private","memory_size":65536,"num_lanes":3,"total_cycles":9,"elapsed_seconds":TIME,"avg_ips":SPEED,"min_cycles":3,"max_cycles":3,"lane_efficiency":1,"stops":{"halt":3},"lanes_cut":true,
"lanes":[
{"lane":0,"stop_reason":"halt","stop_code":"0x0","pc":"0x8","sp":"0x10000","nzcv":"0000","cycles":3,"file":"a,\"x","x":["0x1000","0x1","0x63","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0"]}
]}

$ bytes --csv --columns lane,file,x2 -q >f.csv; armgpu run byte.bin -b cpu --regs f.csv -n 3 -q --no-table

$ bytes --out f.bin --columns file
! armgpu: --columns: 'file' has no fixed width, which rows in bin need; write .csv or .jsonl
[exit 125]

$ bytes --find 'file=1'
! armgpu: --find 'file=1', column 1: 'file' is text, which cannot be compared
[exit 125]

$ bytes --columns file:d
! armgpu: --columns: 'file:d' is text; :d, :i and :x are for numbers
[exit 125]
