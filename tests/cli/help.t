# Help, the manual page and the completions, which come from the same list.
# needs: mandoc bash

$ armgpu help | tee overview
usage: armgpu SUBCOMMAND [options]

Runs one ARM64 (A64) program on many lanes at once. A lane is a whole ARM64 CPU
with its own registers, PC and flags.

Subcommands:
  run        run a program on N lanes and print how each ended
  cc         make a program of C sources, for armgpu run
  disasm     disassemble a program
  translate  show a program as it is compiled
  insns      list the instructions
  devices    list what can execute lanes here
  check      compare backends with the CPU, bit for bit
  bench      measure programs, with every lane's result checked
  help       explain a subcommand or a topic
  version    print the version and what is compiled in

Topics:
  images     what can be run, and how to make it
  elf        ELF programs: arguments, input, output
  sweeps     a lane an input, a result a lane
  memory     shared and private memory, stacks
  json       what --json prints
  stops      why lanes stop
  exit       exit statuses

'armgpu help NAME' explains one of them.
To begin: armgpu run prog.bin --lanes 128

$ armgpu help run
usage: armgpu run PROG [options]

Runs PROG on N lanes at once and prints how each of them ended. PROG is a flat
A64 image or an ELF program that is linked statically: of that each lane is a
process, whose arguments follow the options behind --; {lane} in one is the
lane's number. PROG may be - for the standard input; --program takes its place
where lanes execute different images. Numbers are decimal or 0x, or multiples
with K, M or G (of 1024).

Lanes and device:
  -n, --lanes N               Run N lanes (default 32; of an ELF program 1).
      --only A[:B],...        Of the N lanes run just these, A to B, as they are
                              in a run of all: with their own numbers, inputs,
                              registers and programs.
      --first-lane A          Run N lanes from lane A on: --lanes A+N with
                              --only A:A+N-1.
  -b, --backend NAME          Execute on this backend (default auto); 'armgpu
                              devices' lists them.
      --device K              Take the backend's device K (default 0).
      --threads N             Use N threads of the CPU (default 0: one per
                              core).
      --spread K              Give K threads of each GPU warp a lane (default 0:
                              what is fast, 1 where lanes are few).
      --float MODE            auto: compute floating point by the hardware where
                              its result is proven (default, unless ARMGPU_FLOAT
                              is soft); soft: in integers. Results are the same.
      --engine ENGINE         Private memory: interpret instructions, or
                              translate the program and compile it (on a CPU by
                              $ARMGPU_CC, cc, clang or gcc): before it begins if
                              it is small, else while it runs, and of a large
                              one what is hot; auto (default): interpret, and on
                              a CPU, CUDA or a GPU of OpenCL translate beside a
                              run that lasts, for as long as that is faster.
                              interpreter: translate nothing and start no
                              compiler. Results are the same.
      --translate-budget N    Translate programs of fewer than N instructions
                              whole, before they begin, and of larger ones a
                              quarter of that (default 4000, and from 500 on
                              while they run; at most 65536).
      --resident N            Private memory: have N lanes on the device at one
                              time, and begin the next when one ends (default 0:
                              as many as are fast).

Limits:
  -c, --max-cycles N          Stop a lane after N instructions (default
                              10000000, of an ELF program 0; 0: no limit).
      --timeout TIME          Stop all lanes after TIME, in seconds or with ms,
                              s, m or h: 0.5, 10s, 2m (default 0: never).

Memory and program:
  -m, --memory SIZE           Memory, or memory of each lane if private (default
                              4M; shared memory of more than 128 lanes grows, so
                              that each has a stack of 16K or --stack).
      --memory-mode MODE      shared: all lanes see one memory (default);
                              private: each has its own, which suits many lanes
                              better, and which ELF programs always have.
      --load-addr A           Place the program at address A (default 0).
      --data FILE@ADDR        Place a file's bytes at ADDR after the program.
                              May be repeated.
      --lane-data FILE@ADDR:STRIDE
                              Private memory: place bytes K*STRIDE to
                              (K+1)*STRIDE-1 of a file at ADDR of lane K.
                              Without --lanes there is a lane for every STRIDE
                              bytes. May be repeated.
      --lane-files DIR@ADDR[:xN]
                              Private memory: place the K-th file of a
                              directory, by name, at ADDR of lane K, and its
                              length in a register (default x1). Without --lanes
                              there is a lane for every file. May be repeated.
      --program FILE[@ADDR]   One of several programs, in place of PROG; at
                              ADDR, or at the load address. May be repeated.
      --assign HOW|FILE       Which lane executes which program: in turn
                              (default), in blocks, or as a file with the
                              columns lane and program says.
      --stack SIZE            Shared memory: distance between the lanes' stacks
                              (default: half the memory over all lanes, at most
                              64K). ELF programs: a lane's stack (default 128K).

Programs of ELF files:
      --args FILE             Give lane K the words of line K as arguments,
                              behind those that follow --. They are split as a
                              shell does, with quotes and \, but nothing is
                              expanded except {lane}. Without --lanes there is a
                              lane for every line.
      --env NAME=VALUE        Set a variable of the program's environment, which
                              is empty without. May be repeated.
      --stdin FILE            The standard input of every lane (default: empty);
                              - is armgpu's own.
      --stdin-dir DIR         Give lane K the K-th file of a directory, by name,
                              as its standard input. Without --lanes there is a
                              lane for every file.
      --stdin-lines FILE      Give lane K line K as its standard input. Without
                              --lanes there is a lane for every line.
      --root DIR              Let lanes see the files in a directory of this
                              machine, which is their /; no path or link leads
                              out of it, and what a lane writes is its own, in
                              memory (default: / is empty but for /tmp).
      --file GUEST=HOST       Let lanes see file HOST of this machine as GUEST.
                              May be repeated.
      --collect DIR           Write the files that a lane has made or opened for
                              writing to DIR/LANE/path when it ends (default:
                              they are dropped).
      --file-bytes SIZE       What these may have together in one lane (default
                              64M; 0: lanes write no files).
      --stdout WHERE          Write what lanes print to a file, one lane's after
                              the other's (- is the standard output); with DIR/
                              to DIR/LANE.out and DIR/LANE.err; with prefix to
                              the standard output, each line behind its lane's
                              number.
      --stdout-bytes SIZE     A lane's buffer on the device for what it prints
                              (default 4K); when it is full the lane waits, and
                              nothing is lost.
      --propagate             One lane: exit with the program's own status.
      --heap SIZE             Memory of a lane for brk, mmap and malloc (default
                              1M).
      --memory-base A         Let memory begin at address A, a multiple of 4K.
      --entry SYMBOL          Begin at a symbol in place of the program's entry.
      --call SYMBOL           Call one function in place of main, with the
                              arguments that --reg and the like put into x0 to
                              x8 and v0 to v7, and stop when it returns.
      --as KIND               What the program expects (default: as the file
                              looks).
      --semihosting WHEN      What hlt #0xf000 of a bare-metal program does:
                              auto: asks for input, output and the like, if the
                              program has one (default); on: so too, also of a
                              flat image, which then is as an ELF program; off:
                              stops the lane.
      --seed N                Of the random numbers that lanes get from the
                              system (default 0).
      --strict-syscalls       Stop a lane at a system call that there is not, as
                              syscall (default: it gets ENOSYS).

Devices and stubs:
      --mmio ADDR:LEN=WHAT    Private memory: let lanes access LEN bytes at
                              ADDR, outside their memory. With const:V a read
                              gives V, and writes are dropped; with file:FILE a
                              read gives the next byte of a file, 0 behind its
                              end, to each lane from the beginning; with null it
                              gives 0. Of what is written to file and null the
                              lowest byte is the lane's output. Later ranges
                              count before earlier ones. May be repeated.
      --stub SYMBOL=VALUE     Let a function return VALUE in X0 at once: its
                              first instructions are replaced. In place of
                              SYMBOL an address, of flat images always. May be
                              repeated.

Start values:
      --pc A                  Begin at address A (default: the load address).
      --sp A                  Begin with SP = A in every lane.
      --reg NAME=EXPR         Begin with EXPR in a register: a number, or an
                              expression of lane, such as 2*lane+1, lane/256 or
                              lane%16; for d0, s0 or h0 such as 1.5, 1e-9, inf
                              or lane*0.5. May be repeated.
      --lane-reg L:NAME=V     Begin with V in a register of lane L. May be
                              repeated.
      --regs FILE.csv         Begin with the values of a file whose first line
                              names the columns: lane and registers. Other
                              columns that --csv and --out write set nothing.
                              May be repeated.

Output:
      --show N                Print the first N lanes (default 16; all with
                              --json and --csv).
      --fp                    Print FPCR, FPSR and V registers even where they
                              are 0: in the table, --json and --csv. Without,
                              the table has those that are not 0, --json all of
                              them once a lane has used V registers, and --csv
                              none.
      --all                   Print all lanes.
      --summary               Print no lanes, only totals.
      --no-table              Print neither lanes nor totals: only what --json,
                              --csv, --dump or --out ask for.
      --find EXPR             Print and write only lanes for which EXPR holds:
                              x0!=0, stop=data-fault, cycles>1000 or
                              x0=lane*2+1, with C's operators and a comma for
                              &&. Signed with s:x0<0 or a negative number:
                              w0=-1. Floating-point: d0>1e-9, d0!=d0 for NaNs.
                              Of programs exit==3, stdout~"FAIL" and
                              stdout!~"ok". May be repeated.
      --first K               Stop when the K lowest lanes that match --find are
                              known.
      --require-match         Exit with 1 when no lane matches --find.
      --out FILE              Write a row a lane, in order, as lanes end; the
                              format is that of the name: .csv, .jsonl or .bin.
                              With - to the standard output, without the table.
      --out-format FORMAT     The format of --out, whatever its name is.
      --columns LIST          The columns of --out if that is given, and of
                              --csv, or else of the table or --json, with
                              commas: lane, stop_reason, stop_code, pc, cycles,
                              x0 to x30, w0 to w30, sp, nzcv, tpidr, v0 to v31
                              (also q, d, s and h), fpcr, fpsr, program,
                              fault_address, fault_access, file, exit, stdout,
                              stderr, symbol and mem:ADDR:LEN; x0..x7 is a
                              range; x0:d is decimal, x0:i signed, x0:x
                              hexadecimal.
      --dump ADDR:LEN[@LANE]  Print memory after the run; of every lane printed
                              if memory is private and no LANE is given. May be
                              repeated.
      --json                  Print one JSON object.
      --csv                   Print a CSV table, one line a lane.
      --map FILE              Also draw a picture, .png or .ppm, with a square a
                              lane.
      --map-by WHAT           Colour the picture by stop (default), cycles or a
                              register such as x0.
      --map-size WxH          Lay the lanes out in H rows of W (default: as
                              square as they allow).
      --map-scale SCALE       Spread colours evenly over numbers (linear,
                              default) or over their logarithms.
      --no-aliases            Disassemble with the instructions' own names: orr,
                              not mov.
      --trace LANE            Print every instruction that LANE executes to the
                              standard error; other lanes run as without.
      --strace LANE           Print every system call of LANE to the standard
                              error, as strace does.
  -q, --quiet                 Print no remarks: only results and errors.
      --verbose               Also say why the backend was chosen, what memory
                              an ELF program has and what was translated.
      --progress WHEN         Draw a progress line: auto (on a terminal), always
                              or never.
      --color WHEN            Colour the table: auto (on a terminal), always or
                              never.
  -h, --help                  Print this help.

Exit status:
    0  Every lane ended in halt or exit with code 0.
    1  No lane matched --find, with --require-match.
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
usage: armgpu help [NAME] [options]

$ for c in $(sed -n 's/^  \([a-z]*\)  .*/\1/p' overview); do armgpu help $c; done | awk 'length > 80'
with the first of them, or at --pc. An image has no headers, no dynamic linking and no

$ armgpu run nothing.bin -n 0 --help | head -1
usage: armgpu run PROG [options]

$ armgpu help --man >armgpu.1; mandoc -T lint -W style armgpu.1 2>/dev/null

$ mandoc -T ascii armgpu.1 | col -b | sed -n '/^NAME/,/^DESCRIPTION/p'
NAME
     armgpu - run an ARM64 program on many lanes at once

SYNOPSIS
     armgpu run PROG [options]
     armgpu cc FILE.c... [options]
     armgpu disasm PROG [options]
     armgpu translate PROG [options]
     armgpu insns [TEXT] [options]
     armgpu devices [options]
     armgpu check [options]
     armgpu bench [options]
     armgpu help [NAME] [options]
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

$ armgpu help stops
stops: why lanes stop

Why a lane stopped, where its PC then is, and what the code beside it says.
Lanes that can go on do so when the library executes again. run counts halt
and exit as ended well if the code is 0, and a limit as 124 (help exit).

  armgpu run prog.bin -n 1000 --find 'stop=data-fault' --all
  armgpu run prog.bin -n 1000 --find 'stop!=halt' --first 1

  reason           PC             code         the lane
  halt             of the HLT     imm16        ended
  syscall          after the SVC  imm16        can go on
  max-cycles       next           -            limit, can go on
  breakpoint       of the BRK     imm16        ended badly
  watchpoint       of the access  address      ended badly
  undefined        of the word    the word     ended badly
  data-fault       of the access  address      ended badly
  fetch-fault      the bad PC     -            ended badly
  alignment-fault  of the access  address      ended badly
  exit             after the call exit status  ended
  device-fault     last known     -            ended badly
  interrupted      next           -            limit, can go on
  deadlock         of the SVC     system call  ended badly

$ armgpu help exit
exit: exit statuses

run exits with one of these: the worst lane decides, but that the run was
interrupted outranks its lanes. The other subcommands exit with 0, 125, 126
or 127, check with 1 if a backend differed from the CPU, bench with 1 if a
lane's result was wrong.

  armgpu run prog.bin -q --no-table || echo "ended with $?"
  timeout --preserve-status 60 armgpu run prog.bin   # 143, not 124

    0  Every lane ended in halt or exit with code 0.
    1  No lane matched --find, with --require-match.
  123  Some lane ended otherwise.
  124  Some lane reached --max-cycles or --timeout, and none ended badly.
  125  armgpu itself failed: wrong usage, device, memory, output.
  126  The file is not a program that can run.
  127  The program was not found.
  129  SIGHUP ended the run; the results so far are printed.
  130  Interrupted from the keyboard; the results so far are printed.
  143  SIGTERM ended the run, as timeout(1) does; the results so far are
       printed.

$ for t in images sweeps memory json; do armgpu help $t | wc -l | awk '$1 < 20 || $1 > 50'; mandoc -T ascii armgpu.1 | col -bx | tr -s ' \n' '\n\n' >man.words; armgpu help $t | sed '1,2d' | tr -s ' \n' '\n\n' | grep -v '^$' | while read -r word; do grep -qxF -e "$word" man.words || echo "$t: $word"; done; done

$ mandoc -T ascii armgpu.1 | col -b | sed -n 's/^     \([A-Z_]*\)[, ]*.*/\1/p' | grep -c ARMGPU_
9

$ armgpu help stpos
! armgpu: unknown subcommand or topic 'stpos'; did you mean 'stops'? Try 'armgpu help'.
[exit 125]

$ armgpu help nothing
! armgpu: unknown subcommand or topic 'nothing'. Try 'armgpu help'.
[exit 125]

$ armgpu sweeps
! armgpu: 'sweeps' is a topic: write 'armgpu help sweeps'
[exit 125]

$ armgpu --versoin
! armgpu: unknown option '--versoin'; did you mean '--version'? Try 'armgpu help'.
[exit 125]

$ armgpu --hlep
! armgpu: unknown option '--hlep'; did you mean '--help'? Try 'armgpu help'.
[exit 125]
