# bench: what does not depend on time. Figures: tests/test_bench.sh.

$ armgpu bench -b cpu -p alu -n 1,3 --iterations 1000 --repeat 2 --json | sed 's/\("[a-z_]*\(ips\|seconds\)[a-z_]*\|"speedup\|"efficiency\)":[-+.0-9e]*/\1":N/g'
{"schema":"armgpu.bench/1","runs":[
{"program":"alu","backend":"cpu","device":"DEVICE","memory_mode":"shared","engine":"interpreter","pc":"0x4","lanes":1,"memory_size":5184,"stack_size":1088,"iterations":1000,"instructions":8004,"min_cycles":8004,"max_cycles":8004,"lane_efficiency":1,"repeats":2,"ips_median":N,"ips_min":N,"ips_max":N,"device_ips_median":N,"seconds_median":N,"seconds_min":N,"seconds_max":N,"device_seconds_median":N,"start_seconds":N,"compile_seconds":N,"speedup":N,"efficiency":N,"verified":true},
{"program":"alu","backend":"cpu","device":"DEVICE","memory_mode":"shared","engine":"interpreter","pc":"0x4","lanes":3,"memory_size":7360,"stack_size":1088,"iterations":1000,"instructions":24012,"min_cycles":8004,"max_cycles":8004,"lane_efficiency":1,"repeats":2,"ips_median":N,"ips_min":N,"ips_max":N,"device_ips_median":N,"seconds_median":N,"seconds_min":N,"seconds_max":N,"device_seconds_median":N,"start_seconds":N,"compile_seconds":N,"speedup":N,"efficiency":N,"verified":true}
]}

$ armgpu bench -b cpu -p calls -n 10 --iterations 8 --repeat 1 --csv | cut -d, -f 1-13
program,backend,memory_mode,engine,lanes,memory_size,stack_size,iterations,instructions,min_cycles,max_cycles,lane_efficiency,repeats
calls,cpu,shared,interpreter,10,14976,1088,8,479850,47985,47985,1,1

$ armgpu bench -b cpu -p alu -n 1,2 --iterations 10 | awk 'NR > 1 { print $1, $2 }'
program lanes
alu 1
alu 2

$ armgpu bench -b cpu --memory-mode private --engine interpreter --engine translated -p alu -n 2 --iterations 10 | awk 'NR > 1 { print $1, $2, $3 }'
program engine lanes
alu interpreter 2
alu translated 2

$ armgpu bench -b cpu --engine translated -p alu -n 2 --iterations 10 --csv | awk 'NR > 1' | cut -d, -f1-5
alu,cpu,shared,translated,2
! armgpu: alu, 2 lanes: interpreted: lanes share memory; with --memory-mode private each has its own

$ armgpu bench -b cpu --against peak -p alu -n 2 --iterations 10 | awk 'NR > 1 { print $1, $NF }'
program peak
alu -
! armgpu: --against peak: how much cpu can issue at most is not known; it is on CUDA

$ armgpu bench -b cpu --engine fast
! armgpu: --engine: 'fast' is not one of its values: auto, interpreter, translated
[exit 125]

$ armgpu bench -b cpu --engine auto --engine translated --plot speed.svg
! armgpu: --plot draws one engine; give one --engine
[exit 125]

$ armgpu bench -b nothing -p alu 2>&1 | sed 's/which has .*/which has NAMES/'
armgpu: backend 'nothing' is not in this build, which has NAMES

$ armgpu bench -b cpu -p nothing
! armgpu: --program: there is no 'nothing'; 'armgpu help bench' lists the programs
[exit 125]

$ armgpu bench -b cpu -n 1,x
! armgpu: --lanes: 'x' is not a number; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ armgpu bench -b cpu -n 1,,2
! armgpu: --lanes: '' is not a number; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ armgpu bench -b cpu -n 0
! armgpu: --lanes must be 1 or more
[exit 125]

$ armgpu bench --against time
! armgpu: --against: 'time' is not one of its values: native, qemu, peak
[exit 125]

$ armgpu bench --json --csv
! armgpu: --json and --csv exclude each other; give one
[exit 125]

$ armgpu bench --repeat 0
! armgpu: --repeat must be 1 to 1000
[exit 125]

$ armgpu bench --time 0
! armgpu: --time must be 1 to 600000 milliseconds
[exit 125]

$ armgpu bench --iterations 0
! armgpu: --iterations must be 1 or more
[exit 125]

$ armgpu bench --device 1
! armgpu: --device needs one --backend: each backend counts its own
[exit 125]

$ armgpu bench alu
! armgpu: bench takes no operand, but 'alu' was given; its programs are chosen with --program
[exit 125]

$ armgpu bench -b cpu --device 4294967296
! armgpu: --device 4294967296 does not exist; 'armgpu devices' lists the devices
[exit 125]

$ armgpu bench -b cpu -p alu -n 1 --plot nothing/x.svg
! armgpu: --plot: 'nothing/x.svg' cannot be written: No such file or directory
[exit 125]
