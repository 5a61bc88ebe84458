# Outputs that are also inputs, or one file: nothing is written over.

$ cp answer.bin self.bin; armgpu run self.bin -n 2 -b cpu -q --no-table --out self.bin; echo $?; cmp self.bin answer.bin
125
! armgpu: --out: 'self.bin' is the program 'self.bin', which writing would destroy; give another name

$ armgpu run self.bin -n 2 -b cpu -q --no-table --out ./self.bin --out-format csv; echo $?; cmp self.bin answer.bin
125
! armgpu: --out: './self.bin' is the program 'self.bin', which writing would destroy; give another name

$ ln self.bin hard.csv; ln -s self.bin soft.csv; armgpu run self.bin -n 2 -b cpu -q --no-table --out hard.csv; echo $?; armgpu run self.bin -n 2 -b cpu -q --no-table --out soft.csv; echo $?; cmp self.bin answer.bin
125
125
! armgpu: --out: 'hard.csv' is the program 'self.bin', which writing would destroy; give another name
! armgpu: --out: 'soft.csv' is the program 'self.bin', which writing would destroy; give another name

$ armgpu run - -n 2 -b cpu -q --no-table --out hard.csv <self.bin; echo $?; cmp self.bin answer.bin
125
! armgpu: --out: 'hard.csv' is the program 'standard input', which writing would destroy; give another name

$ armgpu run answer.bin -n 2 -b cpu -q --no-table --out /dev/stdout --out-format csv --data self.bin@64 >>self.bin; echo $?; cmp self.bin answer.bin
125
! armgpu: --out: '/dev/stdout' is the file of --data 'self.bin', which writing would destroy; give another name

$ ln self.bin self.ppm; armgpu run self.bin -n 2 -b cpu -q --no-table --map self.ppm; echo $?; cmp self.bin answer.bin
125
! armgpu: --map: 'self.ppm' is the program 'self.bin', which writing would destroy; give another name

$ armgpu run --program answer.bin --program self.bin@0x100 -n 2 -b cpu -q --no-table --out hard.csv; echo $?; cmp self.bin answer.bin
125
! armgpu: --out: 'hard.csv' is the program 'self.bin', which writing would destroy; give another name

$ armgpu run answer.bin --data self.bin@0x1000 -n 2 -b cpu -q --no-table --out hard.csv; echo $?; cmp self.bin answer.bin
125
! armgpu: --out: 'hard.csv' is the file of --data 'self.bin', which writing would destroy; give another name

$ armgpu run answer.bin --lane-data self.bin@0x1000:4 --memory-mode private -n 2 -b cpu -q --no-table --out hard.csv; echo $?; cmp self.bin answer.bin
125
! armgpu: --out: 'hard.csv' is the file of --lane-data 'self.bin', which writing would destroy; give another name

$ mkdir dir; cp answer.bin dir/a; ln self.bin dir/b; armgpu run answer.bin --lane-files dir@0x1000 --memory-mode private -n 1 -b cpu -q --no-table --out hard.csv; echo $?; cmp self.bin answer.bin
125
! armgpu: --out: 'hard.csv' is the file of --lane-files 'dir/b', which writing would destroy; give another name

$ printf 'lane,x0\n1,7\n' >regs.csv; armgpu run answer.bin --regs regs.csv -n 2 -b cpu -q --no-table --out regs.csv; echo $?; cat regs.csv
125
lane,x0
1,7
! armgpu: --out: 'regs.csv' is the file of --regs 'regs.csv', which writing would destroy; give another name

$ printf 'lane,program\n1,1\n' >who.csv; armgpu run --program answer.bin --program answer.bin@0x100 --assign who.csv -n 2 -b cpu -q --no-table --out ./who.csv; echo $?; cat who.csv
125
lane,program
1,1
! armgpu: --out: './who.csv' is the file of --assign 'who.csv', which writing would destroy; give another name

$ armgpu run answer.bin -n 2 -b cpu -q --no-table --out new.ppm --out-format csv --map new.ppm; echo $?; test -e new.ppm
125
! armgpu: --out and --map: 'new.ppm' and 'new.ppm' are one file, and it cannot have both; give another name
[exit 1]

$ armgpu run answer.bin -n 2 -b cpu -q --no-table --out ./two.ppm --out-format csv --map two.ppm; echo $?; cat two.ppm
125
! armgpu: --out and --map: './two.ppm' and 'two.ppm' are one file, and it cannot have both; give another name

$ printf old >old.ppm; ln -s old.ppm rows.csv; armgpu run answer.bin -n 2 -b cpu -q --no-table --out rows.csv --map old.ppm; echo $?; grep -c old old.ppm
125
1
! armgpu: --out and --map: 'rows.csv' and 'old.ppm' are one file, and it cannot have both; give another name

$ armgpu run answer.bin -n 2 -b cpu -q --no-table --out dir/rows.csv --map dir/rows.ppm; grep -c '' dir/rows.csv; head -n 1 dir/rows.ppm
3
P6

$ armgpu run answer.bin -n 2 -b cpu -q --no-table --out dir/rows.csv; grep -c '' dir/rows.csv
3

$ armgpu run answer.bin -n 2 -b cpu -q --no-table --out /dev/stdout --out-format csv --columns lane >redirected; cat redirected
lane
0
1

$ armgpu run answer.bin -n 2 -b cpu -q --no-table --out /dev/null --out-format csv; cat answer.bin | armgpu run /dev/stdin -n 1 -b cpu -q --no-table --out /dev/stdout --out-format csv --columns lane | cat
lane
0

$ armgpu run answer.bin -n 2 -b cpu --out same.csv >same.csv; echo $?; cat same.csv
125
! armgpu: --out: the standard output goes to 'same.csv' too; give another name

$ armgpu run answer.bin -n 2 -b cpu -q --no-table --json --map same.ppm >same.ppm; echo $?; cat same.ppm
125
! armgpu: --map: the standard output goes to 'same.ppm' too; give another name

$ armgpu run answer.bin -n 2 -b cpu --out - --out-format csv --map same.ppm >same.ppm; echo $?; cat same.ppm
125
! armgpu: --map: the standard output goes to 'same.ppm' too; give another name

$ armgpu run answer.bin -n 2 -b cpu -q --no-table --dump 0:8 --out /dev/stdout --out-format csv >same.csv; echo $?; cat same.csv
125
! armgpu: --out: the standard output goes to '/dev/stdout' too; give another name

$ armgpu bench -b cpu -p alu -n 1 --quick --iterations 1 --plot same.svg >same.svg; echo $?; cat same.svg
125
! armgpu: --plot: the standard output goes to 'same.svg' too; give another name

$ armgpu run answer.bin -n 2 -b cpu -q --no-table --out later.csv --columns lane >later.csv; echo $?; cat later.csv
0
lane
0
1

$ TMPDIR=/nowhere armgpu run answer.bin -b cpu -n 3 --find x0=42
! armgpu: cannot make a temporary file for the lanes that are shown: No such file or directory; say where one can be with TMPDIR, or print none with --summary
[exit 125]
