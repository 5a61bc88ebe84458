# One syntax for numbers and times, whatever they are for.

$ armgpu run answer.bin -b cpu -m 64K -n 1K --memory-mode private --summary --json | cut -d, -f7,8
"num_lanes":1024,"total_cycles":2048

$ armgpu run loop.bin -b cpu -m 64K -n 0x1K --memory-mode private --no-table -c 1K -q

$ armgpu run odd.bin -b cpu -n 1 --load-addr 4K --pc 4K --sp 8K --reg x0=2K --lane-reg 0:x1=-1K --csv --columns pc,sp,x0,x1
pc,sp,x0,x1
0x1000,0x2000,0x800,0xfffffffffffffc00
[exit 123]

$ printf 'lane,x1\n0,3k\n' >k.csv; armgpu run answer.bin -b cpu -n 1 --regs k.csv --csv --columns x1,mem:0K:4 --find 'x1=3K'
x1,mem:0K:4
0xc00,400580d2

$ words 14000000 >spin.bin; armgpu run spin.bin -b cpu -n 1 -c 0 --timeout 50ms --no-table -q
[exit 124]

$ armgpu run answer.bin -b cpu -n 1 --timeout 1h -q --no-table && armgpu run answer.bin -b cpu -n 1 --timeout 2m -q --no-table && armgpu run answer.bin -b cpu -n 1 --timeout 1.5s -q --no-table

$ armgpu run answer.bin -b cpu -n 1 --timeout 1d
! armgpu: --timeout: '1d' is not a time; write seconds (10 or 0.5) or a unit too (500ms, 10s, 2m)
[exit 125]

$ armgpu bench --time soon
! armgpu: --time: 'soon' is not a time; write milliseconds (200) or a unit too (200ms, 1s)
[exit 125]

$ armgpu bench --time 11m
! armgpu: --time must be 1 to 600000 milliseconds
[exit 125]

$ armgpu run answer.bin -n 1 --reg x0K=1
! armgpu: --reg: unknown register 'x0K'; the names are x0 to x30, w0 to w30, fp, lr, sp, pc, nzcv, tpidr, v0 to v31 (also q, d, s and h), fpcr and fpsr
[exit 125]
