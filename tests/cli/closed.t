# Closed standard descriptors: no file takes their place.

$ armgpu run spin.bin -b cpu -n 2 -c 3 --summary --out f.csv --columns lane,x0 2>&- >/dev/null; echo $?; cat f.csv
124
lane,x0
0,0x0
1,0x0

$ armgpu run spin.bin -b cpu -n 2 -c 4 -q --no-table --trace 0 --memory-mode private -m 4K --out f.csv --columns lane,x0 2>&-; echo $?; cat f.csv
124
lane,x0
0,0x0
1,0x0

$ armgpu run spin.bin -b cpu -n 2 -c 3 --out f.csv --columns lane,x0 <&- >&-; echo $?; cat f.csv
125
lane,x0
0,0x0
1,0x0
! armgpu: 2 of 2 lanes reached the limit of 3 instructions; raise it with --max-cycles
! armgpu: cannot write standard output: Bad file descriptor; the results are incomplete

$ armgpu run answer.bin -b cpu -n 2 -q --no-table --out f.csv --columns lane,x0 <&- >&- 2>&-; echo $?; cat f.csv
0
lane,x0
0,0x2a
1,0x2a

$ armgpu run answer.bin -b cpu -n 2 --out f.csv --columns lane,x0 <&- >&- 2>&-; echo $?; cat f.csv
125
lane,x0
0,0x2a
1,0x2a

$ armgpu run spin.bin -b cpu -n 5 -c 3 --json --memory-mode private -m 4K --resident 2 >&-
! armgpu: 5 of 5 lanes reached the limit of 3 instructions; raise it with --max-cycles
! armgpu: cannot write standard output: Bad file descriptor; the results are incomplete
[exit 125]

$ armgpu run spin.bin -b cpu -n 5 -c 3 --json --memory-mode private -m 4K >&-
! armgpu: 5 of 5 lanes reached the limit of 3 instructions; raise it with --max-cycles
! armgpu: cannot write standard output: Bad file descriptor; the results are incomplete
[exit 125]

$ armgpu run spin.bin -b cpu -n 5 -c 3 -q --find x0=0 --csv <&- >&-
! armgpu: cannot write standard output: Bad file descriptor; the results are incomplete
[exit 125]

$ armgpu run answer.bin -b cpu -n 2 -q --no-table --map f.ppm <&- >&- 2>&-; echo $?; head -n 2 f.ppm
0
P6
512 256

$ armgpu run answer.bin -b cpu -n 2 -q --no-table --out /dev/stdout --out-format csv >&- 2>err; echo $?; grep -c 'cannot write ./dev/stdout.' err
125
1

$ armgpu run - -b cpu -n 2 --summary <&-
! armgpu: cannot read 'standard input': Bad file descriptor
[exit 126]

$ armgpu disasm answer.bin >&-
! armgpu: cannot write standard output: Bad file descriptor; the results are incomplete
[exit 125]

$ armgpu version >&- 2>&-
[exit 125]
