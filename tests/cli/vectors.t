# V registers, FPCR and FPSR: how they are set, printed, judged and traced.

$ words d53bd060 d2820001 3dc00022 4ee08443 3d800423 d4400000 >vec.bin # q2 = [0x1000]; v3.2d = v2 + v0; [0x1010] = q3

$ words d4400000 >halt.bin

$ armgpu run vec.bin -b cpu -n 3 -m 64K --reg d0=lane*0.5 --reg v5=0xffeeddccbbaa99887766554433221100 -q
lane  stop  code  pc    instruction  cycles
   0  halt  0x0   0x14  hlt #0x0          6
      x1=0x1000 sp=0x10000 v5=0xffeeddccbbaa99887766554433221100
   1  halt  0x0   0x14  hlt #0x0          6
      x0=0x1 x1=0x1000 sp=0xe000 v0=0x3fe0000000000000 d0=0.5
      v3=0x3fe0000000000000 d3=0.5 v5=0xffeeddccbbaa99887766554433221100
   2  halt  0x0   0x14  hlt #0x0          6
      x0=0x2 x1=0x1000 sp=0xc000 v0=0x3ff0000000000000 d0=1
      v3=0x3ff0000000000000 d3=1 v5=0xffeeddccbbaa99887766554433221100

lanes       3 halt
cycles      18 in TIME: SPEED
efficiency  1.000 (6 to 6 cycles a lane)
device      DEVICE

$ armgpu run halt.bin -b cpu -n 1 -m 64K --reg v0=1 --reg d1=-1.5 --reg s2=0.1 --reg h3=0.5 --reg d4=nan --reg d5=-inf --reg v6=-1 --reg s7=1e30 --reg q8=340282366920938463463374607431768211455 --reg fpcr=0x3000000 --reg fpsr=0x1f
lane  stop  code  pc   instruction  cycles
   0  halt  0x0   0x0  hlt #0x0          1
      sp=0x10000 fpcr=0x3000000 fpsr=0x1f v0=0x1 v1=0xbff8000000000000 d1=-1.5
      v2=0x3dcccccd s2=0.1 v3=0x3800 v4=0x7ff8000000000000 d4=nan
      v5=0xfff0000000000000 d5=-inf v6=0xffffffffffffffff v7=0x7149f2ca
      v8=0xffffffffffffffffffffffffffffffff

lanes       1 halt
cycles      1 in TIME: SPEED
efficiency  1.000 (1 to 1 cycles a lane)
device      DEVICE

$ armgpu run halt.bin -b cpu -n 1 -m 64K --fp -q
lane  stop  code  pc   instruction  cycles
   0  halt  0x0   0x0  hlt #0x0          1
      sp=0x10000 fpcr=0x0 fpsr=0x0 v0=0x0 v1=0x0 v2=0x0 v3=0x0 v4=0x0 v5=0x0
      v6=0x0 v7=0x0 v8=0x0 v9=0x0 v10=0x0 v11=0x0 v12=0x0 v13=0x0 v14=0x0
      v15=0x0 v16=0x0 v17=0x0 v18=0x0 v19=0x0 v20=0x0 v21=0x0 v22=0x0 v23=0x0
      v24=0x0 v25=0x0 v26=0x0 v27=0x0 v28=0x0 v29=0x0 v30=0x0 v31=0x0

lanes       1 halt
cycles      1 in TIME: SPEED
efficiency  1.000 (1 to 1 cycles a lane)
device      DEVICE

$ armgpu run halt.bin -b cpu -n 1 -m 64K --json -q | grep -c '"v":'
0
[exit 1]

$ armgpu run halt.bin -b cpu -n 1 -m 64K --json -q --fp | grep -o '"fpcr".*'
"fpcr":"0x0","fpsr":"0x0","v":["0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0"]}

$ armgpu run vec.bin -b cpu -n 2 -m 64K --json -q --lane-reg 1:q0=0x10000000000000000 | grep -o '"fpcr".*'
"fpcr":"0x0","fpsr":"0x0","v":["0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0"]},
"fpcr":"0x0","fpsr":"0x0","v":["0x10000000000000000","0x0","0x0","0x10000000000000000","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0","0x0"]}

$ armgpu run vec.bin -b cpu -n 9 -m 64K --memory-mode private --resident 2 --all -q --reg d0=lane/4.0 --lane-reg 6:v31=7 --no-aliases | tail -n +14 | head -13
      x0=0x4 x1=0x1000 sp=0x10000 v0=0x3ff0000000000000 d0=1
      v3=0x3ff0000000000000 d3=1
   5  halt  0x0   0x14  hlt #0x0          6
      x0=0x5 x1=0x1000 sp=0x10000 v0=0x3ff4000000000000 d0=1.25
      v3=0x3ff4000000000000 d3=1.25
   6  halt  0x0   0x14  hlt #0x0          6
      x0=0x6 x1=0x1000 sp=0x10000 v0=0x3ff8000000000000 d0=1.5
      v3=0x3ff8000000000000 d3=1.5 v31=0x7
   7  halt  0x0   0x14  hlt #0x0          6
      x0=0x7 x1=0x1000 sp=0x10000 v0=0x3ffc000000000000 d0=1.75
      v3=0x3ffc000000000000 d3=1.75
   8  halt  0x0   0x14  hlt #0x0          6
      x0=0x8 x1=0x1000 sp=0x10000 v0=0x4000000000000000 d0=2

$ printf 'lane,v0,s1\n2,0x0123456789abcdef0123456789abcdef,0.1\n0,5,-0\n' >v.csv; armgpu run halt.bin -b cpu -n 3 -m 64K --memory-mode private --resident 1 --regs v.csv --columns lane,v0,q0:x,d0,s1,h1,s1:x,s1:i,d1:d,fpcr,fpsr -q --out - --out-format csv
lane,v0,q0:x,d0,s1,h1,s1:x,s1:i,d1:d,fpcr,fpsr
0,0x5,0x5,2.5e-323,-0,0,0x80000000,-2147483648,2147483648,0x0,0x0
1,0x0,0x0,0,0,0,0x0,0,0,0x0,0x0
2,0x123456789abcdef0123456789abcdef,0x123456789abcdef0123456789abcdef,3.512700564088504e-303,0.1,-19.2,0x3dcccccd,1036831949,1036831949,0x0,0x0

$ armgpu run halt.bin -b cpu -n 3 -m 64K --regs v.csv --reg d2=lane*1e300*1e300 --reg d3=lane-1 --columns lane,d2,d3,s1,v0 --json -q | grep '^{"lane'
{"lane":0,"d2":0,"d3":-1,"s1":-0,"v0":"0x5"},
{"lane":1,"d2":"inf","d3":0,"s1":0,"v0":"0x0"},
{"lane":2,"d2":"inf","d3":1,"s1":0.1,"v0":"0x123456789abcdef0123456789abcdef"}

$ armgpu run halt.bin -b cpu -n 1 -m 64K --reg v1=0x0123456789abcdef0011223344556677 --columns v1,d1,s1,h1,fpsr --out - --out-format bin -q | od -An -tx1 -w16
 77 66 55 44 33 22 11 00 ef cd ab 89 67 45 23 01
 77 66 55 44 33 22 11 00 77 66 55 44 77 66 00 00
 00 00

$ armgpu run vec.bin -b cpu -n 3 -m 64K --reg v0=0xffffffffffffffffffffffffffffffff --reg d7=lane*0.1 --reg fpcr=lane'<<22' --csv --fp -q >a.csv; head -1 a.csv; sed 's/pc,/pcx,/' a.csv | cut -d, -f1,8-38,41- >b.csv; armgpu run halt.bin -b cpu -n 3 -m 64K --regs b.csv --csv --fp -q | cut -d, -f1,8-38,41- | cmp - b.csv && echo same
lane,stop_reason,stop_code,pc,sp,nzcv,cycles,x0,x1,x2,x3,x4,x5,x6,x7,x8,x9,x10,x11,x12,x13,x14,x15,x16,x17,x18,x19,x20,x21,x22,x23,x24,x25,x26,x27,x28,x29,x30,fault_address,fault_access,fpcr,fpsr,v0,v1,v2,v3,v4,v5,v6,v7,v8,v9,v10,v11,v12,v13,v14,v15,v16,v17,v18,v19,v20,v21,v22,v23,v24,v25,v26,v27,v28,v29,v30,v31
same

$ armgpu run halt.bin -b cpu -n 5 -m 64K --reg d0=0.1*lane --reg s1=lane/7.0 --reg h2=lane/3.0 --lane-reg 3:d0=nan:0xfff8000000000123 --lane-reg 4:s1=-nan --columns lane,d0,s1,h2 --csv -q | tee c.csv; armgpu run halt.bin -b cpu -n 5 -m 64K --regs c.csv --columns lane,d0,s1,h2 --csv -q | cmp - c.csv && echo same
lane,d0,s1,h2
0,0,0,0
1,0.1,0.14285715,0.3333
2,0.2,0.2857143,0.6665
3,nan:0xfff8000000000123,0.42857143,1
4,0.4,nan:0xffc00000,1.333
same

$ armgpu run halt.bin -b cpu -n 2 -m 64K --reg d0=-2.5 --columns lane,d0:i,d1:x --csv -q | tee d.csv; armgpu run halt.bin -b cpu -n 2 -m 64K --regs d.csv --columns v0,d0 --csv -q
lane,d0:i,d1:x
0,-4610560118520545280,0x0
1,-4610560118520545280,0x0
v0,d0
0xc004000000000000,-2.5
0xc004000000000000,-2.5

$ armgpu run halt.bin -b cpu -n 2 -m 64K --columns d0..d3,v30..v31:x,s0..s1:x -q --csv
d0,d1,d2,d3,v30:x,v31:x,s0:x,s1:x
0,0,0,0,0x0,0x0,0x0,0x0
0,0,0,0,0x0,0x0,0x0,0x0

$ armgpu run vec.bin -b cpu -n 3 -m 64K --reg d0=lane*0.5 --trace 1 -q --no-table
! 0x0000000000000000 d53bd060 mrs x0, tpidrro_el0              x0=0x1
! 0x0000000000000004 d2820001 mov x1, #0x1000                  x1=0x1000
! 0x0000000000000008 3dc00022 ldr q2, [x1]
! 0x000000000000000c 4ee08443 add v3.2d, v2.2d, v0.2d          v3=0x3fe0000000000000 d3=0.5
! 0x0000000000000010 3d800423 str q3, [x1, #16]
! 0x0000000000000014 d4400000 hlt #0x0

$ armgpu run halt.bin -b cpu -n 4 -m 64K --reg d0=lane --reg d1=lane/2 --reg d2=lane/2.0 --reg d3=lane-2 --reg d4=-lane*.5e0+0x1p-1 --reg s5=1/3.0 --reg d6='(lane&1)*inf' --reg v7=lane*3 --columns lane,d0,d1,d2,d3,d4,s5,d6,v7 -q --csv
lane,d0,d1,d2,d3,d4,s5,d6,v7
0,0,0,0,-2,0.5,0.33333334,nan,0x0
1,1,0,0.5,-1,0,0.33333334,inf,0x3
2,2,1,1,0,-0.5,0.33333334,nan,0x6
3,3,1,1.5,1,-1,0.33333334,inf,0x9

$ armgpu run halt.bin -b cpu -n 2 -m 64K --reg d0=-0.0 --reg d1=-0 --reg d2=-0.0*lane --columns d0,d1,d2 -q --csv
d0,d1,d2
-0,-0,-0
-0,-0,-0

$ armgpu run halt.bin -b cpu -n 1 -m 64K --reg d0=1e-9 --reg d1=0x10 --reg d2=4K --reg s3=16777217 --reg h4=2049 --columns d0,d1,d2,s3,h4 -q --csv
d0,d1,d2,s3,h4
1e-09,16,4096,16777216,2048

$ printf '#!/bin/sh\nexec armgpu run vec.bin -b cpu -m 64K --memory-mode private -n 10 --reg d0=lane/2.0-2 --lane-reg 9:d0=nan --reg s1=lane/10.0 --lane-reg 8:v0=0x4000000000000000000000000000000 -q --out - --out-format csv --columns lane "$@" | tail -n +2 | paste -sd " "\n' >../bin/found; chmod +x ../bin/found

$ found --find 'd0>0.25'
5 6 7

$ found --find 'd0!=d0'
9

$ found --find '!(d0>=0)'
0 1 2 3 9

$ found --find 'd0<-1e0'
0 1

$ found --find '-1>d0'
0 1

$ found --find 's1=0.1 || s1=.3'
1 3

$ found --find 's1*10=lane'
0 5

$ found --find 'd0*2+4=lane && x0>2'
3 4 5 6 7

$ found --find 'd0<s:lane-5.25'
7 8

$ found --find 'd0=x0/4'
6

$ found --find 'd0=-inf || s1=inf'


$ found --find 's1>1e300'


$ found --find 'v0=0x4000000000000000000000000000000'
8

$ found --find 'v0>=0xc000000000000000'
0 8

$ found --find 'v0<0x3ff0000000000001 && v0!=x4'
5 6

$ found --find 'v3=v0 && v0<=x1'
4

$ found --find '(d0:x>>63)=1'
0 1 2 3

$ found --find 'd0:i<0'

! armgpu: --find 'd0:i<0', column 1: 'd0:i<0' can never hold: without a sign no value is below 0 or above the most; write s:d0:i for a signed comparison

$ found --find 'fpsr=0 && fpcr=0' --first 2 --columns lane,fpsr
0,0,0x0 1,1,0x0

$ armgpu run halt.bin --find 'd0&1'
! armgpu: --find 'd0&1', column 1: 'd0' is a floating-point number; %, <<, >>, &, ^, | and ~ are for integers
[exit 125]

$ armgpu run halt.bin --find 'd0%2.0=0'
! armgpu: --find 'd0%2.0=0', column 1: 'd0' is a floating-point number; %, <<, >>, &, ^, | and ~ are for integers
[exit 125]

$ armgpu run halt.bin --find '(1.5<<lane)=3'
! armgpu: --find '(1.5<<lane)=3', column 2: '1.5' is a floating-point number; %, <<, >>, &, ^, | and ~ are for integers
[exit 125]

$ armgpu run halt.bin --find '~d0=1'
! armgpu: --find '~d0=1', column 2: 'd0' is a floating-point number; %, <<, >>, &, ^, | and ~ are for integers
[exit 125]

$ armgpu run halt.bin --find 'd0=nan'
! armgpu: --find 'd0=nan', column 4: 'nan' is equal to nothing, not even itself; write d0!=d0 to find NaNs
[exit 125]

$ armgpu run halt.bin --find 'd0'
! armgpu: --find 'd0', column 1: 'd0' has no comparison; write =, !=, <, <=, > or >=
[exit 125]

$ armgpu run halt.bin --find '1.5<2'
! armgpu: --find '1.5<2', column 1: '1.5<2' compares numbers only; name a column such as x0
[exit 125]

$ armgpu run halt.bin --find 's:d0<1'
! armgpu: --find 's:d0<1', column 1: 's:d0' cannot have s: before it: floating-point numbers have their sign, and V registers none
[exit 125]

$ armgpu run halt.bin --find 'd0=halt'
! armgpu: --find 'd0=halt', column 4: 'halt' is a stop reason; compare it with stop
[exit 125]

$ armgpu run halt.bin --find 'd0=1e'
! armgpu: --find 'd0=1e', column 4: '1e' is no floating-point number; write one such as 1.5, 1e-9, 0x1.8p3, inf or nan
[exit 125]

$ armgpu run halt.bin --find 'd0=1e999'
! armgpu: --find 'd0=1e999', column 4: '1e999' is too large for a double
[exit 125]

$ armgpu run halt.bin --find 'v0+1=2'
! armgpu: --find 'v0+1=2', column 1: 'v0' has 128 bits and can only be compared; the lower half of v0 is d0:x
[exit 125]

$ armgpu run halt.bin --find 'v0=-1'
! armgpu: --find 'v0=-1', column 4: '-1' is no unsigned integer, as the 128 bits that it is compared with are
[exit 125]

$ armgpu run halt.bin --find 'v0=d0'
! armgpu: --find 'v0=d0', column 4: 'd0' is no unsigned integer, as the 128 bits that it is compared with are
[exit 125]

$ armgpu run halt.bin --find 'v0=0x100000000000000000000000000000000'
! armgpu: --find 'v0=0x100000000000000000000000000000000', column 4: '0x100000000000000000000000000000000' is no number of 128 bits
[exit 125]

$ armgpu run halt.bin --find 'd32=0'
! armgpu: --find 'd32=0', column 1: 'd32' is no column; the columns are lane, stop_reason, stop_code, pc, cycles, x0 to x30, w0 to w30, sp, nzcv, tpidr, v0 to v31 (also q, d, s and h), fpcr, fpsr, program, fault_address, fault_access, file, exit, stdout, stderr, symbol and mem:ADDR:LEN
[exit 125]

$ armgpu run halt.bin --reg v32=0
! armgpu: --reg: unknown register 'v32'; the names are x0 to x30, w0 to w30, fp, lr, sp, pc, nzcv, tpidr, v0 to v31 (also q, d, s and h), fpcr and fpsr
[exit 125]

$ armgpu run halt.bin --reg v0=0x100000000000000000000000000000000
! armgpu: --reg v0: '0x100000000000000000000000000000000' does not fit into the 128 bits of a V register
[exit 125]

$ armgpu run halt.bin --reg v0=12345678901234567z
! armgpu: --reg v0: '12345678901234567z', column 1: '12345678901234567z' is not a number; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ armgpu run halt.bin --reg v0=0.5
! armgpu: --reg v0: '0.5' is a floating-point number; those are for registers such as d0, s0 and h0
[exit 125]

$ armgpu run halt.bin --reg x0=lane*0.5
! armgpu: --reg x0: 'lane*0.5' is a floating-point number; those are for registers such as d0, s0 and h0
[exit 125]

$ armgpu run halt.bin --reg d0=1e999
! armgpu: --reg d0: '1e999' is too large for a double
[exit 125]

$ armgpu run halt.bin -b cpu -n 1 --reg s0=1.000000059604644775390626 --reg h1=-1.0004882812500000000001 --columns s0:i,h1:i -q --csv --find 's0=1.000000059604644775390626 && h1=-1.0004882812500000000001'
s0:i,h1:i
1065353217,-17407

$ armgpu run halt.bin --reg s0=1e39
! armgpu: --reg s0: '1e39' is too large for a single
[exit 125]

$ armgpu run halt.bin --reg h0=65520
! armgpu: --reg h0: '65520' is too large for a half
[exit 125]

$ armgpu run halt.bin --reg d0=
! armgpu: --reg d0: '' is no floating-point number; write one such as 1.5, 1e-9, 0x1.8p3, inf or nan
[exit 125]

$ armgpu run halt.bin --reg d0=1.5.2
! armgpu: --reg d0: '1.5.2', column 1: '1.5.2' is no floating-point number; write one such as 1.5, 1e-9, 0x1.8p3, inf or nan
[exit 125]

$ armgpu run halt.bin --reg d0=lane%1.5
! armgpu: --reg d0: 'lane%1.5', column 6: '1.5' is a floating-point number; %, <<, >>, &, ^, | and ~ are for integers
[exit 125]

$ armgpu run halt.bin --lane-reg 0:d0=lane
! armgpu: --lane-reg 0:d0: 'lane' is no floating-point number; write one such as 1.5, 1e-9, 0x1.8p3, inf or nan
[exit 125]

$ armgpu run halt.bin --lane-reg 0:d0=nan:1
! armgpu: --lane-reg 0:d0: 'nan:1' is no floating-point number; write one such as 1.5, 1e-9, 0x1.8p3, inf or nan
[exit 125]

$ armgpu run halt.bin --lane-reg 0:v0=-1
! armgpu: --lane-reg 0:v0: '-1' is not a number; write decimal digits or 0x and hexadecimal ones
[exit 125]

$ armgpu run halt.bin --reg fpcr=1
! armgpu: --reg fpcr: '1' is not FPCR, whose bits are 26 to 22 and 19 (AHP, DN, FZ, RMode, FZ16)
[exit 125]

$ armgpu run halt.bin --reg fpsr=0x100
! armgpu: --reg fpsr: '0x100' is not FPSR, whose bits are 27, 7 and 4 to 0 (QC, IDC, IXC, UFC, OFC, DZC, IOC)
[exit 125]

$ armgpu run halt.bin -n 4 --reg fpcr=lane'<<18'
! armgpu: lane 1: 0x40000 is not FPCR, whose bits are those of 0x7c80000
[exit 125]

$ printf 'lane,v0,d0\n' >t.csv; armgpu run halt.bin --regs t.csv
! armgpu: t.csv:1: column 'd0' is there twice
[exit 125]

$ printf 'lane,d0\n0,abc\n' >t.csv; armgpu run halt.bin --regs t.csv
! armgpu: t.csv:2: 'abc' is no floating-point number; write one such as 1.5, 1e-9, 0x1.8p3, inf or nan
[exit 125]

$ printf 'lane,s0:i\n0,0x100000000\n' >t.csv; armgpu run halt.bin --regs t.csv
! armgpu: t.csv:2: '0x100000000' does not fit into the register's bits
[exit 125]

$ armgpu run halt.bin --columns v0:d
! armgpu: --columns: 'v0:d' has 128 bits, which are written in 0x only
[exit 125]

$ armgpu run halt.bin --columns v0..v3:i
! armgpu: --columns: 'v0..v3:i' have 128 bits, which are written in 0x only
[exit 125]

$ armgpu run halt.bin --columns d0..s3
! armgpu: --columns: 'd0..s3' is no range of registers; write x0..x30
[exit 125]

$ armgpu run halt.bin --map p.ppm --map-by d0
! armgpu: --map-by: 'd0' is neither stop, cycles nor a register: x0 to x30, w0 to w30, fp, lr, sp, pc, nzcv and tpidr
[exit 125]

$ ARMGPU_FLOAT=hard armgpu run halt.bin -b cpu -n 1 -q
! armgpu: ARMGPU_FLOAT is 'hard': it must be 'auto' or 'soft'
[exit 125]

$ armgpu run halt.bin --float hard
! armgpu: --float: 'hard' is not one of its values: auto, soft
[exit 125]

$ ARMGPU_FLOAT=hard armgpu run vec.bin --float auto -b cpu -n 2 -m 64K --reg d0=lane*0.1 --reg d2=0.3 -q | grep v3=
      v3=0x3fb999999999999a d3=0.1

$ for float in auto soft; do armgpu run vec.bin --float $float -b cpu -n 3 -m 64K --reg d0=lane*0.1 --reg d2=0.3 -q | grep v3=; done
      v3=0x3fb999999999999a d3=0.1
      v3=0x3fc999999999999a d3=0.2
      v3=0x3fb999999999999a d3=0.1
      v3=0x3fc999999999999a d3=0.2
