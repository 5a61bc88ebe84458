# run --map: pictures of lanes. first.bin halts in lanes with X0 = 0 and spins
# in others; pixels are read from PPM.

$ armgpu run first.bin -b cpu -n 6 -c 100 --lane-reg 2:x0=1 --map m.ppm --map-size 4x2 -q --no-table; head -c 11 m.ppm; tail -c 24 m.ppm | od -An -tu1 -w12
P6
4 2
255
  46 139  87  46 139  87 240 200  60  46 139  87
  46 139  87  46 139  87  96  96  96  96  96  96

$ armgpu run answer.bin -b cpu -n 5 --reg x2=lane*16 --map m.ppm --map-by x2 --show 0 2>&1 >/dev/null | tail -1
armgpu: m.ppm: 3x2 pixels by x2, from 0x0 (dark) to 0x40 (light), linear

$ tail -c 18 m.ppm | od -An -tu1 -w9
  21   6  64   0  73 122   0 142 143
  99 201 125 251 241  99  96  96  96

$ armgpu run loop.bin -b cpu -n 5 --map m.ppm --map-by cycles --map-scale log --show 0 2>&1 >/dev/null | tail -1
armgpu: m.ppm: 3x2 pixels by cycles, from 202 (dark) to 202 (light), log

$ armgpu run answer.bin -b cpu -n 4 --map m.gif
! armgpu: --map: 'm.gif' ends neither in .png nor in .ppm, the formats it can have
[exit 125]

$ armgpu run answer.bin -b cpu -n 9 --map m.ppm --map-size 4x2
! armgpu: --map-size: 4x2 has 8 pixels, too few for 9 lanes
[exit 125]

$ armgpu run answer.bin -b cpu -n 9 --map m.ppm --map-size 4by2
! armgpu: --map-size: '4by2' is not WIDTHxHEIGHT, such as 512x512, each 1 to 65535
[exit 125]

$ armgpu run answer.bin -b cpu -n 9 --map m.ppm --map-by x31
! armgpu: --map-by: 'x31' is neither stop, cycles nor a register: x0 to x30, w0 to w30, fp, lr, sp, pc, nzcv and tpidr
[exit 125]

$ armgpu run answer.bin -b cpu -n 9 --map-by x1
! armgpu: --map-by, --map-size and --map-scale need --map FILE
[exit 125]

$ armgpu run answer.bin -b cpu -n 4 -q --no-table --map nowhere/m.ppm
! armgpu: --map: 'nowhere/m.ppm' cannot be written: No such file or directory
[exit 125]

$ armgpu run answer.bin -b cpu --map nothing/x.ppm
! armgpu: --map: 'nothing/x.ppm' cannot be written: No such file or directory
[exit 125]
