# Help, the manual page and the completions, which come from the same list.
# needs: mandoc bash

$ armgpu help
usage: armgpu SUBCOMMAND [options]

Runs one ARM64 (A64) program on many lanes at once. A lane is a whole ARM64 CPU
with its own registers, PC and flags.

Subcommands:
  run        run a program on N lanes and print how each ended
  disasm     disassemble a program
  insns      list the instructions
  devices    list what can execute lanes here
  check      compare backends with the CPU, bit for bit
  bench      measure programs, with every lane's result checked
  help       explain a subcommand
  version    print the version and what is compiled in

'armgpu help SUBCOMMAND' explains one of them.
To begin: armgpu run prog.bin --lanes 128

$ armgpu help run
usage: armgpu run PROG [options]

Runs the flat A64 image PROG on N lanes at once and prints how each of them
ended. PROG may be - for the standard input; --program takes its place where
lanes execute different programs. Numbers are decimal or 0x; sizes also take K,
M and G.

Lanes and device:
  -n, --lanes N               Run N lanes (default 32).
  -b, --backend NAME          Execute on this backend (default auto); 'armgpu
                              devices' lists them.
      --device K              Take the backend's device K (default 0).
      --threads N             Use N threads of the CPU (default 0: one per
                              core).
      --spread K              Give K threads of each GPU warp a lane (default 0:
                              what is fast, 1 where lanes are few).
      --resident N            Private memory: have N lanes on the device at one
                              time, and begin the next when one ends (default 0:
                              as many as are fast).

Limits:
  -c, --max-cycles N          Stop a lane after N instructions (default
                              10000000; 0: no limit).
      --timeout S             Stop all lanes after S seconds, such as 10 or 0.5
                              (default 0: never).

Memory and program:
  -m, --memory SIZE           Memory, or memory of each lane if private (default
                              4M; shared memory of more than 128 lanes grows, so
                              that each has a stack of 16K or --stack).
      --memory-mode MODE      shared: all lanes see one memory (default);
                              private: each has its own, which suits many lanes
                              better.
      --load-addr A           Place the program at address A (default 0).
      --data FILE@ADDR        Place a file's bytes at ADDR after the program.
                              May be repeated.
      --lane-data FILE@ADDR:STRIDE
                              Private memory: place bytes K*STRIDE to
                              (K+1)*STRIDE-1 of a file at ADDR of lane K. May be
                              repeated.
      --lane-files DIR@ADDR[:xN]
                              Private memory: place the K-th file of a
                              directory, by name, at ADDR of lane K, and its
                              length in a register (default x1). Without --lanes
                              there is a lane for every file. May be repeated.
      --program FILE[@ADDR]   One of several programs, in place of PROG; at
                              ADDR, or at the load address. May be repeated.
      --assign HOW            Which lane executes which program: in turn
                              (default), in blocks, or as a file with the
                              columns lane and program says.
      --stack SIZE            Shared memory: distance between the lanes' stacks
                              (default: half the memory over all lanes, at most
                              64K).

Start values:
      --pc A                  Begin at address A (default: the load address).
      --sp A                  Begin with SP = A in every lane.
      --reg NAME=EXPR         Begin with EXPR in a register: a number, lane,
                              lane+C, lane*K or lane*K+C. May be repeated.
      --lane-reg L:NAME=V     Begin with V in a register of lane L. May be
                              repeated.
      --regs FILE.csv         Begin with the values of a file whose first line
                              names the columns: lane and registers. May be
                              repeated.

Output:
      --show N                Print the first N lanes (default 16; all with
                              --json and --csv).
      --all                   Print all lanes.
      --summary               Print no lanes, only totals.
      --find EXPR             Print and write only lanes for which EXPR holds:
                              comparisons such as x0!=0, stop=data-fault,
                              cycles>1000 or x0=lane*2+1, joined by && or
                              commas.
      --first K               Stop when the K lowest lanes that match --find are
                              known.
      --out FILE              Write a row a lane, in order, as lanes end; the
                              format is that of the name: .csv, .jsonl or .bin.
                              With - to the standard output, without the table.
      --out-format FORMAT     The format of --out, whatever its name is.
      --columns LIST          The columns of --out and --csv, with commas: lane,
                              stop_reason, stop_code, pc, cycles, x0 to x30, w0
                              to w30, sp, nzcv, tpidr, program, fault_address,
                              fault_access and mem:ADDR:LEN; x0..x7 is a range.
      --dump ADDR:LEN[@LANE]  Print memory after the run; of every lane printed
                              if memory is private and no LANE is given. May be
                              repeated.
      --json                  Print one JSON object.
      --csv                   Print a CSV table, one line a lane.
      --map FILE              Also draw a picture, .png or .ppm, with one pixel
                              a lane.
      --map-by WHAT           Colour the picture by stop (default), cycles or a
                              register such as x0.
      --map-size WxH          Lay the lanes out in rows of W (default: as square
                              as they allow).
      --map-scale SCALE       Spread colours evenly over numbers (linear,
                              default) or over their logarithms.
      --no-aliases            Disassemble with the instructions' own names: orr,
                              not mov.
      --trace LANE            Print every instruction that LANE executes to the
                              standard error (slow).
  -q, --quiet                 Print no table and no remarks: only errors, and
                              what --json, --csv or --dump ask for.
      --progress WHEN         Draw a progress line: auto (on a terminal), always
                              or never.
      --color WHEN            Colour the table: auto (on a terminal), always or
                              never.
  -h, --help                  Print this help.

Exit status:
    0  Every lane ended in halt with code 0.
  123  Some lane ended otherwise.
  124  Some lane reached --max-cycles or --timeout, and none ended badly.
  125  armgpu itself failed: wrong usage, device, memory, output.
  126  The file is not a program that can run.
  127  The program was not found.
  129  SIGHUP ended the run; the results so far are printed.
  130  Interrupted from the keyboard; the results so far are printed.
  143  SIGTERM ended the run, as timeout(1) does; the results so far are
       printed.

$ armgpu --help | head -1; armgpu -h | head -1
usage: armgpu SUBCOMMAND [options]
usage: armgpu SUBCOMMAND [options]

$ armgpu run --help | head -1; armgpu run -h | head -1; armgpu help help | head -1
usage: armgpu run PROG [options]
usage: armgpu run PROG [options]
usage: armgpu help [SUBCOMMAND] [options]

$ for c in run disasm insns devices check help version; do armgpu help $c; done | awk 'length > 80'

$ armgpu run nothing.bin -n 0 --help | head -1
usage: armgpu run PROG [options]

$ armgpu help --man >armgpu.1; mandoc -T lint -W style armgpu.1 2>/dev/null

$ mandoc -T ascii armgpu.1 | col -b | sed -n '/^NAME/,/^DESCRIPTION/p'
NAME
     armgpu - run an ARM64 program on many lanes at once

SYNOPSIS
     armgpu run PROG [options]
     armgpu disasm PROG [options]
     armgpu insns [TEXT] [options]
     armgpu devices [options]
     armgpu check [options]
     armgpu bench [options]
     armgpu help [SUBCOMMAND] [options]
     armgpu version [options]

DESCRIPTION

$ for o in $(armgpu help run | sed -n 's/^ .*\(--[a-z-]*\).*/\1/p'); do mandoc -T ascii armgpu.1 | col -b | grep -q -e " *$o" || echo "$o is not in the manual"; done

$ sed -n -e 's/\\e/\\/g' -e '/^printf/p' -e '/^armgpu run answer/p' -e '/^armgpu disasm/p' armgpu.1 >examples; sh -e examples
lane  stop  code  pc   instruction  cycles  registers
   0  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x400000
   1  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x3f0000
   2  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x3e0000
   3  halt  0x0   0x4  hlt #0x0          2  x0=0x2a sp=0x3d0000

lanes       4 halt
cycles      8 in TIME: SPEED
efficiency  1.000 (2 to 2 cycles a lane)
device      DEVICE
   0:	d2800540 	mov	x0, #0x2a                  	// #42
   4:	d4400000 	hlt	#0x0
! armgpu: backend cpu: REASON

$ armgpu help --completions bash >c.bash; bash -n c.bash

$ bash -c '. ./c.bash; t() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _armgpu; echo "$* -> ${COMPREPLY[*]}"; }; t armgpu r; t armgpu run --mem; t armgpu run --memory-mode ""; t armgpu run answ; t armgpu help d; t armgpu run --data lo; t armgpu run --lanes ""'
armgpu r -> run
armgpu run --mem -> --memory --memory-mode
armgpu run --memory-mode  -> shared private
armgpu run answ -> answer.bin
armgpu help d -> disasm devices
armgpu run --data lo -> load.bin loop.bin
armgpu run --lanes  -> 

$ armgpu help --completions zsh | grep -e '--memory-mode' -e '--dump'
            '*--memory-mode[shared\: all lanes see one memory (default); private\: each has its own, which suits many lanes better.]:MODE:(shared private)' \
            '*--dump[Print memory after the run; of every lane printed if memory is private and no LANE is given]:ADDR\:LEN\[@LANE\]:' \
            '(-q --quiet)'{-q,--quiet}'[Print no table and no remarks\: only errors, and what --json, --csv or --dump ask for.]' \
            '*--memory-mode[shared\: all lanes see one memory (default); private\: each has its own.]:MODE:(shared private)' \

$ armgpu help --completions fish | grep -e '-l data' -e '-l backend'
complete -c armgpu -n '__fish_seen_subcommand_from run' -l backend -s b -x -a 'auto cpu cuda metal opencl' -d 'Execute on this backend (default auto); \'armgpu devices\' lists them.'
complete -c armgpu -n '__fish_seen_subcommand_from run' -l data -r -F -d 'Place a file\'s bytes at ADDR after the program'
complete -c armgpu -n '__fish_seen_subcommand_from check' -l backend -s b -x -a 'cpu cuda metal opencl' -d 'Check this backend (default: all that can be used but cpu, or else cpu with several threads).'
complete -c armgpu -n '__fish_seen_subcommand_from bench' -l backend -s b -x -a 'cpu cuda metal opencl' -d 'Measure this backend (default: the first GPU, or else cpu)'
