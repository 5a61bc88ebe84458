# run --map: pictures of lanes. first.bin halts in lanes with X0 = 0 and spins
# in others; pixels are read from PPM, one of each lane's square: `squares W H S`
# prints those of W times H lanes of S pixels, a row a line, and says where a
# square has two colours.

$ cat >squares <<'END'
> W=$1 H=$2 S=$3; tail -c $((3 * W * H * S * S)) m.ppm | od -An -v -tu1 -w3 |
> awk -v w="$W" -v s="$S" '{ x = int((NR - 1) % (w * s) / s); y = int((NR - 1) / (w * s * s)); $1 = $1
>   if ((y, x) in c && c[y, x] != $0) { print "two colours at", x, y; exit } c[y, x] = $0; h = y }
>   END { for (y = 0; y <= h; y++) { l = ""; for (x = 0; x < w; x++) l = l (x ? "; " : "") c[y, x]; print l } }'
> END

$ armgpu run first.bin -b cpu -n 6 -c 100 --lane-reg 2:x0=1 --map m.ppm --map-size 4x2 -q --no-table; head -c 15 m.ppm; sh squares 4 2 128
P6
512 256
255
46 139 87; 46 139 87; 240 200 60; 46 139 87
46 139 87; 46 139 87; 96 96 96; 96 96 96

$ armgpu run first.bin -b cpu -n 6 -c 100 --lane-reg 2:x0=1 --map m.ppm --map-size 4x2 --summary
lanes       5 halt, 1 max-cycles
cycles      110 in TIME: SPEED
efficiency  0.020 (2 to 100 cycles a lane)
device      DEVICE
map         m.ppm: 4x2 lanes of 128x128 pixels by stop
            green         halt
            yellow        max-cycles
            grey          no lane
! armgpu: 1 of 6 lanes reached the limit of 100 instructions; raise it with --max-cycles
[exit 124]

$ armgpu run halt3.bin -b cpu -n 9 --map m.ppm --summary | sed '1,/^device/d'
map         m.ppm: 3x3 lanes of 170x170 pixels by stop
            olive         halt, code not 0

$ armgpu run answer.bin -b cpu -n 5 --reg x2=lane*16 --map m.ppm --map-by x2 --show 0 | sed '1,/^device/d'; sh squares 3 2 170
map         m.ppm: 3x2 lanes of 170x170 pixels by x2, linear
            dark blue     0x0
            blue          0x10
            turquoise     0x20
            green         0x30
            light yellow  0x40
            grey          no lane
21 6 64; 0 73 122; 0 142 143
99 201 125; 251 241 99; 96 96 96

$ armgpu run answer.bin -b cpu -n 5 --reg x2=lane --map m.ppm --map-by x2 --map-scale log --summary | sed '1,/^device/d'
map         m.ppm: 3x2 lanes of 170x170 pixels by x2, log
            dark blue     0x0
            turquoise     0x1
            green         0x2
            light yellow  0x4
            grey          no lane

$ armgpu run answer.bin -b cpu -n 2 --reg x2=lane --map m.ppm --map-by x2 --summary | sed '1,/^device/d'; head -n 2 m.ppm
map         m.ppm: 2x1 lanes of 256x256 pixels by x2, linear
            dark blue     0x0
            light yellow  0x1
P6
512 256

$ armgpu run loop.bin -b cpu -n 5 --map m.ppm --map-by cycles --map-scale log --show 0 | sed '1,/^device/d'
map         m.ppm: 3x2 lanes of 170x170 pixels by cycles, log
            dark blue     202 in every lane
            grey          no lane

$ armgpu run loop.bin -b cpu -n 5 --map m.ppm --map-by cycles --no-table; armgpu run answer.bin -b cpu -n 5 --reg x2=lane*16 --map m.ppm --map-by x2 --csv --columns lane; armgpu run answer.bin -b cpu -n 5 --map m.ppm --no-table --dump 0:4
lane
0
1
2
3
4
memory 0x0, 4 bytes:
00000000  40 05 80 d2                                       |@...|
! armgpu: m.ppm: 3x2 lanes by cycles, 202 in every lane, linear
! armgpu: m.ppm: 3x2 lanes by x2, from 0x0 (dark) to 0x40 (light), linear
! armgpu: m.ppm: 3x2 lanes by stop

$ armgpu run answer.bin -b cpu -n 5 --map m.ppm --map-by sp --summary --dump 0:4 | sed '1,/^device/d'
map         m.ppm: 3x2 lanes of 170x170 pixels by sp, linear
            dark blue     0x3c0000
            blue          0x3d0000
            turquoise     0x3e0000
            green         0x3f0000
            light yellow  0x400000
            grey          no lane

memory 0x0, 4 bytes:
00000000  40 05 80 d2                                       |@...|

$ armgpu run answer.bin -b cpu -n 128 --map m.ppm -q --no-table; head -n 2 m.ppm; armgpu run answer.bin -b cpu -n 263000 --memory-mode private -m 4K --map m.ppm -q --no-table; head -n 2 m.ppm; armgpu run answer.bin -b cpu -n 600 --map m.ppm --map-size 600x1 -q --no-table; head -n 2 m.ppm
P6
504 462
P6
513 513
P6
600 1

$ armgpu run answer.bin -b cpu -n 4 --map m.gif
! armgpu: --map: 'm.gif' ends neither in .png nor in .ppm, the formats it can have
[exit 125]

$ armgpu run answer.bin -b cpu -n 9 --map m.ppm --map-size 4x2
! armgpu: --map-size: 4x2 has 8 places, too few for 9 lanes
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
