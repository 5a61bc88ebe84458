# --find: signs, widths, C's operators, what is refused, what it says it found.

$ words d53bd060 51000c00 d4400000 >minus.bin # w0 = lane - 3

$ printf '#!/bin/sh\nexec armgpu run minus.bin -b cpu -m 64K --memory-mode private -n 8 -q --out - --out-format csv --columns lane "$@" | tail -n +2 | paste -sd " "\n' >../bin/found; chmod +x ../bin/found

$ found --find 'w0=-1'
2

$ found --find 'w0<-1'
0 1

$ found --find 'w0>-2'
2 3 4 5 6 7

$ found --find 's:w0<0'
0 1 2

$ found --find 's:w0<=0xffffffff && w0!=-2'
0 2

$ found --find '-1>w0'
0 1

$ found --find 's:w0>>1=-1'
1 2

$ found --find 's:w0/2=-1'
0 1

$ found --find 's:w0*2+lane<0'
0 1

$ found --find 'x0=-1'


$ found --find 'w0=0xfffffffe||lane==7'
1 7

$ found --find 'w0&1'
0 2 4 6

$ found --find '(w0&6)=2'
5 6

$ found --find '!(w0&1),lane%3=1'
1 7

$ found --find 'lane=1||lane=2&&w0=4'
1

$ found --find '(lane=1||lane=2)&&w0=0xffffffff'
2

$ found --find 'lane=1||lane=2,lane>=2'
2

$ found --find '1<<lane=w0+8'
3

$ found --find '(lane^5|2)=7 && lane/2=1'
2

$ found --find 'lane/w0=3'


$ found --find 's:mem:0:1=0x60&&mem:0:4>0x100' --find 'lane<2'
0 1

$ found --find 'max-cycles=stop||halt=stop&&lane>5'
6 7

$ found --find '3<=lane' --find 'lane<5'
3 4

$ found --find "lane=9$(i=0; while [ $i -lt 1000 ]; do printf '||lane=3'; i=$((i + 1)); done)"
3

$ armgpu run minus.bin -b cpu --find 'w0<0'
! armgpu: --find 'w0<0', column 1: 'w0<0' can never hold: without a sign no value is below 0 or above the most; write s:w0 for a signed comparison
[exit 125]

$ armgpu run minus.bin -b cpu --find 'x1=0||5>lane&&w0>0xffffffff'
! armgpu: --find 'x1=0||5>lane&&w0>0xffffffff', column 15: 'w0>0xffffffff' can never hold: without a sign no value is below 0 or above the most; write s:w0 for a signed comparison
[exit 125]

$ armgpu run minus.bin -b cpu --find 's:w0<-0x80000000'
! armgpu: --find 's:w0<-0x80000000', column 1: 's:w0<-0x80000000' can never hold
[exit 125]

$ armgpu run minus.bin -b cpu --find 'w0=0x100000000'
! armgpu: --find 'w0=0x100000000', column 4: '0x100000000' does not fit into the 32 bits of w0
[exit 125]

$ armgpu run minus.bin -b cpu --find 'mem:0:1=-200'
! armgpu: --find 'mem:0:1=-200', column 9: '-200' does not fit into the 8 bits of mem:0:1
[exit 125]

$ armgpu run minus.bin -b cpu --find '(x0&6)=1'
! armgpu: --find '(x0&6)=1', column 1: '(x0&6)=1' can never hold
[exit 125]

$ armgpu run minus.bin -b cpu --find 'lane%16=16'
! armgpu: --find 'lane%16=16', column 1: 'lane%16=16' can never hold
[exit 125]

$ armgpu run minus.bin -b cpu --find 'w0>>8>0xffffff'
! armgpu: --find 'w0>>8>0xffffff', column 1: 'w0>>8>0xffffff' can never hold
[exit 125]

$ armgpu run minus.bin -b cpu --find 'x0&1=1'
! armgpu: --find 'x0&1=1', column 4: '1=1' compares numbers only; name a column such as x0
[exit 125]

$ armgpu run minus.bin -b cpu --find 'x0=1|2'
! armgpu: --find 'x0=1|2', column 1: 'x0=1' is true or false, not a number; parentheses say what belongs together: (x0&1)=0
[exit 125]

$ armgpu run minus.bin -b cpu --find '1<x0<9'
! armgpu: --find '1<x0<9', column 1: '1<x0' is true or false, not a number; parentheses say what belongs together: (x0&1)=0
[exit 125]

$ armgpu run minus.bin -b cpu --find 'x0||x1=2'
! armgpu: --find 'x0||x1=2', column 1: 'x0' has no comparison; write =, !=, <, <=, > or >=
[exit 125]

$ armgpu run minus.bin -b cpu --find '(x0=1'
! armgpu: --find '(x0=1', column 1: '(' is not closed
[exit 125]

$ armgpu run minus.bin -b cpu --find 'x0=1)'
! armgpu: --find 'x0=1)', column 5: ')' has no ( before it
[exit 125]

$ armgpu run minus.bin -b cpu --find 'x0=1 $'
! armgpu: --find 'x0=1 $', column 6: '$' cannot be read
[exit 125]

$ armgpu run minus.bin -b cpu --find 'x0=1||'
! armgpu: --find 'x0=1||', column 7: a condition is missing; write one such as x0!=0
[exit 125]

$ armgpu run minus.bin -b cpu --find 'x0/(2-2)=1'
! armgpu: --find 'x0/(2-2)=1', column 1: 'x0/(2-2)' divides by 0
[exit 125]

$ armgpu run minus.bin -b cpu --find 'lane=halt'
! armgpu: --find 'lane=halt', column 6: 'halt' is a stop reason; compare it with stop
[exit 125]

$ armgpu run minus.bin -b cpu --find 'stop=halt+1'
! armgpu: --find 'stop=halt+1', column 6: 'halt' is a name, not a number to compute with
[exit 125]

$ armgpu run minus.bin -b cpu --find 'x0=-9223372036854775809'
! armgpu: --find 'x0=-9223372036854775809', column 5: '9223372036854775809' does not fit into 64 bits
[exit 125]

$ armgpu run minus.bin -b cpu --find 's:y0=1'
! armgpu: --find 's:y0=1', column 1: 's:y0' is no column; the columns are lane, stop_reason, stop_code, pc, cycles, x0 to x30, w0 to w30, sp, nzcv, tpidr, v0 to v31 (also q, d, s and h), fpcr, fpsr, program, fault_address, fault_access, file, exit, stdout, stderr, symbol and mem:ADDR:LEN
[exit 125]

$ armgpu run minus.bin -b cpu --find "$(printf '%080d=x0' 0 | tr 0 '(')" 2>&1 | grep -o 'column.*'
column 65: parentheses are too deep

$ armgpu run minus.bin -b cpu --find "x0=$(i=0; while [ $i -lt 5000 ]; do printf x0+; i=$((i + 1)); done)1" 2>&1 | grep -o 'column.*'
column 6148: the expression is too long

$ armgpu run minus.bin -b cpu -n 8 --find 'w0=77' --require-match --csv --columns lane
lane
! armgpu: no lane matches --find
[exit 1]

$ armgpu run minus.bin -b cpu -n 8 --find 'w0=3' --require-match -q --no-table

$ armgpu run halt3.bin -b cpu -n 8 --find 'x1=3' --require-match -q --no-table
[exit 1]

$ armgpu run halt3.bin -b cpu -n 8 --find 'x1=0' --require-match -q --no-table
[exit 123]

$ armgpu run halt3.bin -b cpu -n 8 --require-match
! armgpu: --require-match says what it means that --find finds nothing; give --find too
[exit 125]

$ armgpu run spin.bin -b cpu -m 64K --memory-mode private -n 3 --resident 1 -c 0 --timeout 50ms --find 'x0=7' --require-match --csv --columns lane
lane
! armgpu: stopped after 0.05 s (--timeout); 3 of 3 lanes had not finished
! armgpu: no lane matches --find; 1 of 3 lanes were examined
[exit 124]

$ armgpu run minus.bin -b cpu -n 8 --find 'lane>1' --json --show 0 | grep -o '"matches.*'
"matches":6,"examined":8,"lanes_cut":true,

$ armgpu run minus.bin -b cpu -m 64K --memory-mode private -n 800 --resident 1 --find 'lane>1' --first 2 --json --show 1 2>&1 | grep -o '"matches.*\|^arm.*'
"matches":2,"examined":4,"stopped_at_first":true,"lanes_cut":true,
armgpu: stopped at the first 2 lanes that match (--first); later lanes were not looked at

$ armgpu run spin.bin -b cpu -m 64K --memory-mode private -n 3 --resident 1 -c 0 --timeout 50ms --json --summary -q | grep -o '"stops.*'
"stops":{"interrupted":1},"timed_out":true,"lanes_not_begun":2}

$ interrupt armgpu run spin.bin -b cpu -m 64K --memory-mode private -n 3 --resident 1 -c 0 --json --summary -q | grep -o '"stops.*'
"stops":{"interrupted":1},"interrupted":"SIGINT","lanes_not_begun":2}
