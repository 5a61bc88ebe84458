# Bad input: one sentence, nothing on standard output, the right status.

$ armgpu
! usage: armgpu SUBCOMMAND [options]
! 
! Runs one ARM64 (A64) program on many lanes at once. A lane is a whole ARM64 CPU
! with its own registers, PC and flags.
! 
! Subcommands:
!   run        run a program on N lanes and print how each ended
!   cc         make a program of C sources, for armgpu run
!   disasm     disassemble a program
!   translate  show a program as it is compiled
!   insns      list the instructions
!   devices    list what can execute lanes here
!   check      compare backends with the CPU, bit for bit
!   bench      measure programs, with every lane's result checked
!   help       explain a subcommand or a topic
!   version    print the version and what is compiled in
! 
! Topics:
!   images     what can be run, and how to make it
!   elf        ELF programs: arguments, input, output
!   sweeps     a lane an input, a result a lane
!   memory     shared and private memory, stacks
!   json       what --json prints
!   stops      why lanes stop
!   exit       exit statuses
! 
! 'armgpu help NAME' explains one of them.
! To begin: armgpu run prog.bin --lanes 128
[exit 125]

$ armgpu rnu
! armgpu: unknown subcommand 'rnu'; did you mean 'run'? Try 'armgpu help'.
[exit 125]

$ armgpu answer.bin
! armgpu: unknown subcommand 'answer.bin'; to run that file, write 'armgpu run answer.bin'
[exit 125]

$ armgpu nothing
! armgpu: unknown subcommand 'nothing'. Try 'armgpu help'.
[exit 125]

$ armgpu --nothing
! armgpu: unknown option '--nothing'. Try 'armgpu help'.
[exit 125]

$ armgpu run
! armgpu: run needs a program: armgpu run PROG. Try 'armgpu help run'.
[exit 125]

$ armgpu run answer.bin odd.bin
! armgpu: unexpected operand 'odd.bin' after 'answer.bin'. Try 'armgpu help run'.
[exit 125]

$ armgpu run nothing.bin
! armgpu: cannot open 'nothing.bin': No such file or directory; check the path and its permissions
[exit 127]

$ armgpu run nothing/x.bin
! armgpu: cannot open 'nothing/x.bin': No such file or directory; check the path and its permissions
[exit 127]

$ armgpu run .
! armgpu: '.' is a directory; give the path of a file
[exit 126]

$ armgpu run empty.bin
! armgpu: 'empty.bin' is empty; check the command that made it
[exit 126]

$ armgpu run - <empty.bin
! armgpu: 'standard input' is empty; check the command that made it
[exit 126]

$ cp answer.bin secret.bin; chmod 000 secret.bin; if [ -r secret.bin ]; then echo 126; else armgpu run secret.bin 2>/dev/null; echo $?; fi; rm -f secret.bin
126

$ { printf '\177ELF'; words 00010102 0 0 00b70003 1 0 0 0 0 0 0; } >prog.elf; armgpu run prog.elf
! armgpu: prog.elf: it ends within its ELF header
[exit 126]

$ { words feedfacf 0100000c 0 2; } >prog.macho; armgpu run prog.macho
! armgpu: 'prog.macho' is a Mach-O program for arm64, which cannot be made a flat image of A64 instructions; compile its source as 'armgpu help images' says
[exit 126]

$ { cat prog.elf; head -c 100000 /dev/zero; } >large.elf; armgpu run large.elf -m 64K
! armgpu: large.elf: its ELF header says that it has 0 bytes, which are too few
[exit 126]

$ printf '#!/bin/sh\necho run me\n' >run.sh; armgpu run run.sh; armgpu disasm run.sh
! armgpu: 'run.sh' is a script, not a program of A64 instructions; 'armgpu help images' says how to make one
! armgpu: 'run.sh' is a script, not a program of A64 instructions; 'armgpu help images' says how to make one
[exit 126]

$ armgpu run prog.elf --json
! armgpu: prog.elf: it ends within its ELF header
[exit 126]

$ armgpu run "$(printf 'new\nline\033[31m')"
! armgpu: cannot open 'new?line?[31m': No such file or directory; check the path and its permissions
[exit 127]

$ armgpu run answer.bin -n 0
! armgpu: --lanes must be 1 or more
[exit 125]

$ armgpu run answer.bin -n many
! armgpu: --lanes: 'many' is not a number; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ armgpu run answer.bin -n -1
! armgpu: --lanes: '-1' is not a number; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ armgpu run answer.bin -n 4Q
! armgpu: --lanes: '4Q' is not a number; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ armgpu run answer.bin -n 18446744073709551616
! armgpu: --lanes: '18446744073709551616' does not fit into 64 bits
[exit 125]

$ armgpu run answer.bin -n 18446744073709551615
! armgpu: 18446744073709551615 lanes are too many: at most 4294966272 can run
[exit 125]

$ armgpu run answer.bin -n 0x
! armgpu: --lanes: '0x' is not a number; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ armgpu run answer.bin --lanse 3
! armgpu: unknown option '--lanse'; did you mean '--lanes'? Try 'armgpu help run'.
[exit 125]

$ armgpu run answer.bin --mem 64K
! armgpu: option '--mem' could be --memory or --memory-base; write it in full. Try 'armgpu help run'.
[exit 125]

$ armgpu run answer.bin --nothing
! armgpu: unknown option '--nothing'. Try 'armgpu help run'.
[exit 125]

$ armgpu run answer.bin -x
! armgpu: unknown option '-x'. Try 'armgpu help run'.
[exit 125]

$ armgpu run answer.bin --json=yes
! armgpu: option '--json' takes no argument. Try 'armgpu help run'.
[exit 125]

$ armgpu run answer.bin --lanes
! armgpu: option '--lanes' needs an argument (N). Try 'armgpu help run'.
[exit 125]

$ armgpu run answer.bin -n
! armgpu: option '--lanes' needs an argument (N). Try 'armgpu help run'.
[exit 125]

$ armgpu run answer.bin --memory 12Q
! armgpu: --memory: '12Q' is not a size; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ armgpu run answer.bin --memory 0
! armgpu: --memory must be more than 0; write a size such as 4M
[exit 125]

$ armgpu run answer.bin --memory 100
! armgpu: a memory of 100 bytes is not possible: it is a multiple of 64, at most 128 GiB
[exit 125]

$ armgpu run answer.bin --memory 17179869184G
! armgpu: --memory: '17179869184G' does not fit into 64 bits
[exit 125]

$ armgpu run answer.bin --memory-mode both
! armgpu: --memory-mode: 'both' is not one of its values: shared, private
[exit 125]

$ armgpu run answer.bin --load-addr 6
! armgpu: --load-addr 0x6 is not a multiple of 4, the size of an instruction
[exit 125]

$ armgpu run answer.bin --load-addr 4Q
! armgpu: --load-addr: '4Q' is not a number; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ armgpu run answer.bin --load-addr 0x400000
! armgpu: --load-addr 0x400000 is outside memory, which ends at 0x3fffff; give more with --memory
[exit 125]

$ armgpu run answer.bin --load-addr 0x3ffffc
! armgpu: 'answer.bin' does not fit into memory, which has 4 bytes from load address 0x3ffffc on; give more with --memory
[exit 125]

$ armgpu run loop.bin -m 64 --load-addr 0x34
! armgpu: 'loop.bin' does not fit into memory, which has 12 bytes from load address 0x34 on; give more with --memory
[exit 125]

$ mkfifo pipe; head -c 100000 /dev/zero >pipe 2>/dev/null & armgpu run pipe -m 64K; rm pipe; wait
! armgpu: 'pipe' does not fit into memory, which has 65536 bytes from load address 0x0 on; give more with --memory

$ armgpu run /dev/zero -m 2G
! armgpu: '/dev/zero' is no regular file, and has more than 1 GiB; write what it gives into a file
[exit 126]

$ armgpu run - --data /dev/zero@4 -m 2G <loop.bin
! armgpu: '/dev/zero' is no regular file, and has more than 1 GiB; write what it gives into a file
[exit 125]

$ armgpu run /dev/zero -m 64K
! armgpu: '/dev/zero' does not fit into memory, which has 65536 bytes from load address 0x0 on; give more with --memory
[exit 125]

$ armgpu run answer.bin -b abacus
! armgpu: backend 'abacus' is not in this build, which has auto, cuda, opencl, cpu
[exit 125]

$ armgpu run answer.bin -b cpu --device 9
! armgpu: device 9 does not exist: the cpu backend has 0 (the best there is), 1 (one by one), 2 (groups, SSE2), 3 (groups, AVX2), 4 (groups, AVX-512)
[exit 125]

$ armgpu run answer.bin --device 4294967296
! armgpu: --device 4294967296 does not exist; 'armgpu devices' lists the devices
[exit 125]

$ armgpu run answer.bin --device 1
! armgpu: device 1 needs a backend: each backend counts its own
[exit 125]

$ armgpu run answer.bin --threads 1025
! armgpu: --threads must be 1024 or fewer
[exit 125]

$ armgpu run answer.bin --spread 65
! armgpu: --spread must be 64 or fewer
[exit 125]

$ armgpu bench --spread 65
! armgpu: --spread must be 64 or fewer
[exit 125]

$ armgpu check --spread 4294967297
! armgpu: --spread must be 64 or fewer
[exit 125]

$ armgpu run answer.bin --stack 100
! armgpu: a stack of 100 bytes is not a multiple of 16
[exit 125]

$ armgpu run answer.bin --timeout soon
! armgpu: --timeout: 'soon' is not a time; write seconds (10 or 0.5) or a unit too (500ms, 10s, 2m)
[exit 125]

$ armgpu run answer.bin --timeout 1.
! armgpu: --timeout: '1.' is not a time; write seconds (10 or 0.5) or a unit too (500ms, 10s, 2m)
[exit 125]

$ armgpu run answer.bin --timeout -1
! armgpu: --timeout: '-1' is not a time; write seconds (10 or 0.5) or a unit too (500ms, 10s, 2m)
[exit 125]

$ armgpu run answer.bin --data answer.bin
! armgpu: --data: 'answer.bin' is not FILE@ADDR; write the file's name, @ and an address, such as table.bin@0x1000
[exit 125]

$ armgpu run answer.bin --data @0
! armgpu: --data: '@0' is not FILE@ADDR; write the file's name, @ and an address, such as table.bin@0x1000
[exit 125]

$ armgpu run answer.bin --data answer.bin@here
! armgpu: --data: address: 'here' is not a number; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ armgpu run answer.bin --data nothing.bin@0x100
! armgpu: cannot open 'nothing.bin': No such file or directory; check the path and its permissions
[exit 125]

$ armgpu run answer.bin --data empty.bin@0x100
! armgpu: 'empty.bin' is empty; check the command that made it
[exit 125]

$ armgpu run answer.bin --data answer.bin@0x400000
! armgpu: --data: address 0x400000 is outside memory, which ends at 0x3fffff; give more with --memory
[exit 125]

$ armgpu run answer.bin --data answer.bin@0x3ffffc
! armgpu: --data: 'answer.bin' does not fit into memory, which ends at 0x3fffff, from 0x3ffffc on; give more with --memory
[exit 125]

$ armgpu run answer.bin --dump 0x100
! armgpu: --dump: '0x100' is not ADDR:LEN[@LANE]; write an address and a size, such as 0x1000:64 or 0x1000:64@3
[exit 125]

$ armgpu run answer.bin --dump 0x100:x
! armgpu: --dump: length: 'x' is not a size; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ armgpu run answer.bin --dump 0x100:0
! armgpu: --dump: a length of 0 bytes shows nothing; write 1 or more
[exit 125]

$ armgpu run answer.bin --dump 0x100@1:4
! armgpu: --dump: '0x100@1:4' is not ADDR:LEN[@LANE]; write an address and a size, such as 0x1000:64 or 0x1000:64@3
[exit 125]

$ armgpu run answer.bin --dump 0x3fffff:2
! armgpu: --dump: 2 bytes at 0x3fffff are not all in memory, which ends at 0x3fffff
[exit 125]

$ armgpu run answer.bin --dump 0xffffffffffffffff:2
! armgpu: --dump: 2 bytes at 0xffffffffffffffff are not all in memory, which ends at 0x3fffff
[exit 125]

$ armgpu run answer.bin --dump 0:4@32
! armgpu: --dump: lane 32 does not exist; the run has lanes 0 to 31 (--lanes)
[exit 125]

$ armgpu run answer.bin --trace 32
! armgpu: --trace: lane 32 does not exist; the run has lanes 0 to 31 (--lanes)
[exit 125]

$ armgpu run answer.bin --json --csv
! armgpu: --json and --csv exclude each other; give one
[exit 125]

$ armgpu run answer.bin --show 1 --all
! armgpu: --show and --all exclude each other; give one
[exit 125]

$ armgpu run answer.bin --csv --dump 0:4
! armgpu: --dump does not fit into the table of --csv; use --json
[exit 125]

$ armgpu run answer.bin --progress maybe
! armgpu: --progress: 'maybe' is not one of its values: auto, always, never
[exit 125]

$ armgpu disasm
! armgpu: disasm needs a file: armgpu disasm PROG. Try 'armgpu help disasm'.
[exit 125]

$ armgpu disasm nothing.bin
! armgpu: cannot open 'nothing.bin': No such file or directory; check the path and its permissions
[exit 127]

$ armgpu disasm empty.bin
! armgpu: 'empty.bin' is empty; check the command that made it
[exit 126]

$ armgpu disasm prog.elf
! armgpu: 'prog.elf' is a dynamic ELF program or library, and there is no system here that loads it; link it with -static -no-pie and give that
[exit 126]

$ armgpu disasm answer.bin --start 2
! armgpu: --start 0x2 is not a multiple of 4, the size of an instruction
[exit 125]

$ armgpu disasm answer.bin --start 8
! armgpu: --start 0x8 is outside 'answer.bin', which is at 0x0 to 0x7
[exit 125]

$ armgpu disasm answer.bin --load-addr 16 --start 12
! armgpu: --start 0xc is outside 'answer.bin', which is at 0x10 to 0x17
[exit 125]

$ armgpu disasm answer.bin --load-addr 0xfffffffffffffffc
! armgpu: 'answer.bin' at 0xfffffffffffffffc would pass the end of the 64-bit address space; give a lower --load-addr
[exit 125]

$ armgpu disasm answer.bin --count 0
! armgpu: --count must be 1 or more
[exit 125]

$ armgpu insns no-such-instruction
! armgpu: no instruction matches 'no-such-instruction'; 'armgpu insns' lists all
[exit 125]

$ armgpu insns --tsv --json
! armgpu: --tsv and --json exclude each other; give one
[exit 125]

$ armgpu devices all
! armgpu: devices takes no operand, but 'all' was given
[exit 125]

$ armgpu version 2
! armgpu: version takes no operand, but '2' was given
[exit 125]

$ armgpu help nothing
! armgpu: unknown subcommand or topic 'nothing'. Try 'armgpu help'.
[exit 125]

$ armgpu help --completions tcsh
! armgpu: --completions: 'tcsh' is not one of its values: bash, zsh, fish
[exit 125]

$ armgpu run answer.bin -b cpu --memory-mode private --engine translated --translate-budget 0
! armgpu: --translate-budget must be 1 to 65536 instructions
[exit 125]

$ armgpu run answer.bin -b cpu --translate-budget 99999999999
! armgpu: --translate-budget must be 1 to 65536 instructions
[exit 125]

$ armgpu run answer.bin -b cpu --translate-budget all
! armgpu: --translate-budget: 'all' is not a number; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ ARMGPU_CC_SECONDS=1e9 armgpu run answer.bin -b cpu -n 1
! armgpu: ARMGPU_CC_SECONDS is '1e9': it must be a number from 0.001 to 86400
[exit 125]
