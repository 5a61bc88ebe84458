# check: comparing a backend with one thread of the CPU.
# needs: /proc/self/status

$ armgpu check --backend cpu --threads 2 --only stops:0 | sed 's/(.*)/(DEVICE)/; s/ *[0-9.]*  every/ TIME  every/'
cpu, 2 threads (DEVICE) against cpu, 1 thread, lanes one by one, seed 1
subject         lanes   differ  seconds  what
stops            2000        0 TIME  every stop reason
1 passed, 0 failed

$ armgpu check --backend cpu --only edges:1 --quick --json | sed 's/"seconds":[0-9.]*/"seconds":TIME/'
{"schema":"armgpu.check/1","seed":1,"quick":true,"checks":[
{"backend":"cpu","index":0,"threads":8,"usable":true,"device":"DEVICE","subjects":[
{"subject":"edges","lanes":1000,"differ":0,"seconds":TIME,"report":""}]}
],"passed":1,"failed":0}

$ armgpu check --backend cpu --seed 2 --only words:7 | tail -1
1 passed, 0 failed

$ armgpu check --backend nothing 2>&1 | sed 's/which has .*/which has NAMES/'
armgpu: nothing device 0 cannot be checked: backend 'nothing' is not in this build, which has NAMES

$ armgpu check --backend nothing --json 2>&1 | sed 's/which has [^"]*/which has NAMES/'
armgpu: nothing device 0 cannot be checked: backend 'nothing' is not in this build, which has NAMES
{"schema":"armgpu.check/1","seed":1,"quick":false,"checks":[
{"backend":"nothing","index":0,"threads":0,"usable":false,"detail":"backend 'nothing' is not in this build, which has NAMES","subjects":[]}
],"passed":0,"failed":0}

$ armgpu check --backend nothing 2>/dev/null
[exit 125]

$ armgpu check --backend cpu --device 9
! armgpu: cpu device 9, 8 threads cannot be checked: device 9 does not exist: the cpu backend has 0 (the best there is), 1 (one by one), 2 (groups, SSE2), 3 (groups, AVX2), 4 (groups, AVX-512)
[exit 125]

$ armgpu check --device 1
! armgpu: --device needs --backend: each backend counts its own
[exit 125]

$ armgpu check --only nothing
! armgpu: --only: there is no subject 'nothing'; 'armgpu check --quick' lists them
[exit 125]

$ armgpu check --only locks --engine translated
! armgpu: --only: 'locks' is about shared memory, where nothing is translated; leave out --engine translated
[exit 125]

$ armgpu check --only words:x
! armgpu: --only: round: 'x' is not a number; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ armgpu check --threads 5000
! armgpu: --threads must be 1024 or fewer
[exit 125]

$ armgpu check all
! armgpu: check takes no operand, but 'all' was given
[exit 125]

$ armgpu check -b cpu --device 4294967296
! armgpu: --device 4294967296 does not exist; 'armgpu devices' lists the devices
[exit 125]

$ interrupt armgpu check -b cpu --only words >out; echo $?; sed -n '/(interrupted)/s/ .*  / ... /p; $p' out
130
words ... single instructions of every row (interrupted)
0 passed, 0 failed
! armgpu: interrupted; 0 of 1 subjects were checked to the end

$ interrupt armgpu check -b cpu --json 2>/dev/null | sed -n 's/.*"report":"".*\(,"interrupted".*\)/\1/p; $p'
,"interrupted":true}]}
],"passed":0,"failed":0,"interrupted":true}
