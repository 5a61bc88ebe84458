# Being stopped: --timeout, Ctrl-C, a reader that leaves, a full disk.
# needs: /proc/self/status /dev/full

$ armgpu run spin.bin -b cpu -n 2 -c 0 --timeout 0.2 | sed -n '/^lanes/p'; armgpu run spin.bin -b cpu -n 2 -c 0 --timeout 0.2 -q --no-table
lanes       2 interrupted
! armgpu: stopped after 0.2 s (--timeout); 2 of 2 lanes had not finished
[exit 124]

$ armgpu run spin.bin -b cpu -n 2 -c 0 --timeout 0.2 --json | grep -c interrupted
3
! armgpu: stopped after 0.2 s (--timeout); 2 of 2 lanes had not finished

$ armgpu run answer.bin -b cpu -n 2 --timeout 1000000 -q --no-table

$ armgpu run spin.bin -b cpu -n 2 -c 0 --timeout 0.2 --find x0=1 --no-table
! armgpu: stopped after 0.2 s (--timeout); 2 of 2 lanes had not finished
! armgpu: no lane matches --find, of 0 that ended
[exit 124]

$ for s in 0.2 5 300; do armgpu run first.bin -b cpu -n 3 -c 0 --timeout $s --reg x0=lane --lane-reg 1:pc=0x100 -q --csv >rows; code=$?; grep -q undefined rows && break; done; cut -d, -f1,2 rows; exit $code
lane,stop_reason
0,halt
1,undefined
2,interrupted
[exit 123]

$ interrupt armgpu run spin.bin -b cpu -n 3 -c 0 --csv | cut -d, -f1,2
lane,stop_reason
0,interrupted
1,interrupted
2,interrupted
! armgpu: interrupted; 3 of 3 lanes had not finished, and these are the results so far

$ interrupt armgpu run spin.bin -b cpu -n 3 -c 0 | sed -n '/^lanes/p'; interrupt armgpu run spin.bin -b cpu -n 3 -c 0 -q --no-table
lanes       3 interrupted
! armgpu: interrupted; 3 of 3 lanes had not finished, and these are the results so far
[exit 130]

$ interrupt armgpu run spin.bin -b cpu -n 3 -c 0 --trace 0 -q --no-table 2>/dev/null
[exit 130]

$ armgpu run answer.bin -b cpu -n 20000 -m 64K --json | head -1 | cut -c1-24
{"schema":"armgpu.run/1"
! armgpu: warning: 20000 lanes leave no room for stacks in 65536 bytes of shared memory, so SP starts at 0: leave out --memory (memory_size 0: as needed), or use --memory-mode private (ARMGPU_MEMORY_PRIVATE)

$ armgpu run answer.bin -b cpu -n 2 >/dev/full
! armgpu: cannot write standard output: No space left on device; the results are incomplete
[exit 125]

$ armgpu run answer.bin -b cpu -n 20000 -m 64K --json >/dev/full
! armgpu: warning: 20000 lanes leave no room for stacks in 65536 bytes of shared memory, so SP starts at 0: leave out --memory (memory_size 0: as needed), or use --memory-mode private (ARMGPU_MEMORY_PRIVATE)
! armgpu: cannot write standard output: No space left on device; the results are incomplete
[exit 125]

$ armgpu run answer.bin -b cpu -n 2 --csv >&-
! armgpu: cannot write standard output: Bad file descriptor; the results are incomplete
[exit 125]

$ armgpu help run >/dev/full
! armgpu: cannot write standard output: No space left on device; the results are incomplete
[exit 125]

$ armgpu run spin.bin -b cpu -n 2 -c 0 --timeout 300 --progress always 2>&1 >/dev/null | head -c 55 | tr '\r' '\n' | awk '/lanes/ { sub(/lanes, .*/, "lanes, ..."); print }'
[                    ]  0%, 0/2 lanes, ...

$ armgpu run spin.bin -b cpu -n 2 -c 0 --timeout 0.7 2>&1 >/dev/null | tr '\r' '\n' | grep -c instr/s
0
[exit 1]
