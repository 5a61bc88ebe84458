# ELF programs: arguments, input and output of processes, where they stop, and
# what is wrong with the options for them.
# needs: aarch64-linux-gnu-gcc aarch64-linux-gnu-addr2line

$ cat >hello.c <<'C'
> #include <stdio.h>
> #include <stdlib.h>
> #include <string.h>
> __attribute__((noinline)) void crash(volatile int *p) { *p = 1; }
> static int is(const char *a, const char *b) { return strcmp(a, b) == 0; }
> int main(int argc, char **argv)
> {
>     const char *what = argc > 1 ? argv[1] : "", *name = getenv("NAME");
>     int c;
>     if (is(what, "exit")) return puts("exits"), atoi(argv[2]);
>     if (is(what, "crash")) puts("before"), fflush(stdout), crash(NULL);
>     if (is(what, "env")) return puts(name != NULL ? name : "none"), 0;
>     if (is(what, "bytes")) return fwrite("a\xff\0\"b\n", 1, 6, stdout) != 6;
>     if (is(what, "many")) for (c = 0; c < atoi(argv[2]); c++) puts("line");
>     if (is(what, "cat")) {
>         while ((c = getchar()) != EOF) putchar(c);
>         return fputs("read\n", stderr), 0;
>     }
>     for (c = 1; c < argc; c++) printf("[%s]", argv[c]);
>     return puts("\nsecond"), 0;
> }
> C

$ aarch64-linux-gnu-gcc -O1 -g -static -o hello.elf hello.c

$ printf '#!/bin/sh\nexec armgpu run hello.elf -b cpu "$@"\n' >../bin/hello; chmod +x ../bin/hello

$ hello

second

$ hello -- one 'two words' {lane}
[one][two words][0]
second

$ armgpu run -b cpu -- hello.elf one
[one]
second

$ armgpu run - -b cpu -- one <hello.elf
[one]
second

$ cat hello.elf | armgpu run /dev/stdin -b cpu -- one
[one]
second

$ hello -n 3 -- {lane} a{lane}b{ | sed '/^$/,$d'
lane  stop  exit  stdout
   0  exit     0  [0][a0b{]
   1  exit     0  [1][a1b{]
   2  exit     0  [2][a2b{]

$ hello -- exit 3
exits
! armgpu: exit with status 3
[exit 123]

$ hello --propagate -- exit 3
exits
[exit 3]

$ hello --propagate -- exit 0
exits

$ hello -q -- exit 3
exits
[exit 123]

$ hello -n 3 -- exit {lane} | sed '/^calls/,$d'
lane  stop  exit  stdout
   0  exit     0  exits
   1  exit     1  exits
   2  exit     2  exits

lanes 1-2: exit with other statuses than 0

lanes       3 exit

$ hello -- crash 2>&1 | sed 's/0x4[0-9a-f]*/PLACE/'
before
armgpu: data-fault at PLACE (crash+0x4, hello.c:4): 4-byte write at 0x0, a null pointer

$ hello --propagate -- crash 2>&1 | sed 's/0x4[0-9a-f]*/PLACE/'
before
armgpu: data-fault at PLACE (crash+0x4, hello.c:4): 4-byte write at 0x0, a null pointer

$ hello -q -- crash
before
[exit 123]

$ PATH=../bin hello -- crash 2>&1 | sed 's/0x4[0-9a-f]*/PLACE/'
before
armgpu: data-fault at PLACE (crash+0x4): 4-byte write at 0x0, a null pointer

$ hello -n 2 -- crash | sed '/^calls/,$d; s/0x4[0-9a-f]*/PLACE/'
lane  stop        exit  stdout
   0  data-fault     -  before
   1  data-fault     -  before

lanes 0-1: data-fault at PLACE (crash+0x4, hello.c:4): 4-byte write at 0x0, a null pointer

lanes       2 data-fault

$ hello -n 2 --csv --columns lane,stop,exit,stdout,symbol -- crash
lane,stop,exit,stdout,symbol
0,data-fault,,"before
",crash+0x4
1,data-fault,,"before
",crash+0x4
[exit 123]

$ hello -n 2 --json -- crash | grep -o '"symbol":"[^"]*","source":"[^"]*"\|"stdout":"[^"]*"'
"symbol":"crash+0x4","source":"hello.c:4"
"symbol":"crash+0x4","source":"hello.c:4"
"stdout":"before\u000a"
"symbol":"crash+0x4","source":"hello.c:4"
"stdout":"before\u000a"

$ printf 'one  two\n"a \\" b" '"'"'c \\ {lane}'"'"' d\\ e\n\nlast' >args; hello --args args --csv --columns lane,stdout -- x
lane,stdout
0,"[x][one][two]
second
"
1,"[x][a "" b][c \ 1][d e]
second
"
2,"[x]
second
"
3,"[x][last]
second
"

$ hello --args args -n 2 --csv --columns lane,stdout
lane,stdout
0,"[one][two]
second
"
1,"[a "" b][c \ 1][d e]
second
"

$ hello --args args -n 9
! armgpu: --args: 'args' has 4 lines, not one for each of 9 lanes; leave out --lanes
[exit 125]

$ printf 'fine\n"open\n' >open; hello --args open
! armgpu: --args: line 2 of 'open' has a " without a second
[exit 125]

$ printf "it's\n" >open; hello --args open
! armgpu: --args: line 1 of 'open' has a ' without a second
[exit 125]

$ printf 'end\\' >open; hello --args open
! armgpu: --args: line 1 of 'open' ends in a \
[exit 125]

$ printf '\000\n' >open; hello --args open
! armgpu: --args: line 1 of 'open' has a byte of 0, which no argument can have
[exit 125]

$ hello --args nothing
! armgpu: cannot open 'nothing': No such file or directory; check the path and its permissions
[exit 125]

$ hello --args /dev/null
! armgpu: --args: '/dev/null' is empty, so there is nothing for lanes to do
[exit 125]

$ hello -- env
none

$ NAME=host hello -- env
none

$ hello --env NAME=x --env OTHER= -- env
x

$ hello --env NAME
! armgpu: --env: 'NAME' is not NAME=VALUE; the value may be empty
[exit 125]

$ hello --env =x
! armgpu: --env: '=x' is not NAME=VALUE; the value may be empty
[exit 125]

$ printf 'first\nsecond\nthird' >lines; hello --stdin lines -- cat
first
second
third! read

$ hello --stdin - --stdout - -n 2 -q -- cat <lines
first
second
thirdfirst
second
third
$ hello --stdin-lines lines --stdout prefix -- cat
0: first
1: second
2: third
! 0: read
! 1: read
! 2: read

$ hello --stdin-lines lines -n 4
! armgpu: --stdin-lines: 'lines' has 3 lines, not one for each of 4 lanes; leave out --lanes
[exit 125]

$ hello --stdin-lines lines --args args --csv --columns lane,stdout -- cat
lane,stdout
0,"first
"
1,"second
"
2,third

$ mkdir in; printf B >in/b; printf A >in/a; hello --stdin-dir in --csv --columns lane,stdout,stderr -- cat
lane,stdout,stderr
0,A,"read
"
1,B,"read
"

$ hello --stdin-dir in -n 3
! armgpu: --stdin-dir: 'in' has 2 files, not one for each of 3 lanes; leave out --lanes
[exit 125]

$ hello --stdin-dir nothing
! armgpu: --stdin-dir: cannot open 'nothing': No such file or directory; give a directory
[exit 125]

$ hello --stdin nothing
! armgpu: cannot open 'nothing': No such file or directory; check the path and its permissions
[exit 125]

$ hello --stdin-lines /dev/null
! armgpu: --stdin-lines: '/dev/null' is empty, so there is nothing for lanes to do
[exit 125]

$ hello --stdin /dev/null -- cat
! read

$ hello --stdin lines --stdin-lines lines
! armgpu: --stdin, --stdin-dir and --stdin-lines exclude each other; give one
[exit 125]

$ hello --stdin - --args - <args
! armgpu: --args and --stdin cannot both read the standard input; give a file
[exit 125]

$ armgpu run - --stdin - <hello.elf
! armgpu: the standard input cannot be the program and its input; give the program as a file
[exit 125]

$ hello -n 3 --stdout all -- {lane} | sed '/^$/,$d'; cat all
lane  stop  exit  stdout
   0  exit     0  [0]
   1  exit     0  [1]
   2  exit     0  [2]
[0]
second
[1]
second
[2]
second

$ hello --stdout all -- exit 1; cat all
exits
! armgpu: exit with status 1

$ hello --stdout all --stdin lines -- cat; echo; cat all; echo

first
second
third
! read

$ hello --stdin lines --stdout out/ -n 2 -q -- cat | head -2; head out/*
lane  stop  exit  stdout
   0  exit     0  first
==> out/0.err <==
read

==> out/0.out <==
first
second
third
==> out/1.err <==
read

==> out/1.out <==
first
second
third
$ hello --stdout out/ -n 2 -q -- many 100000 | head -2; wc -l out/0.out out/1.out
lane  stop  exit  stdout
   0  exit     0  line
 100002 out/0.out
 100002 out/1.out
 200004 total

$ hello -n 2 --stdout prefix -- many 2
0: line
0: line
0: [many][2]
0: second
1: line
1: line
1: [many][2]
1: second

$ hello --stdout nothing/all
! armgpu: --stdout: cannot write 'nothing/all': No such file or directory; check the path and its permissions
[exit 125]

$ hello --stdout nothing/all/
! armgpu: --stdout: cannot write 'nothing/all/': No such file or directory; check the path and its permissions
[exit 125]

$ hello --stdout ''
! armgpu: --stdout: the name of the file is empty; give one, DIR/ or prefix
[exit 125]

$ hello --stdout hello.elf
! armgpu: --stdout: 'hello.elf' is the program 'hello.elf', which writing would destroy; give another name
[exit 125]

$ hello --stdin lines --stdout lines
! armgpu: --stdout: 'lines' is the file of --stdin 'lines', which writing would destroy; give another name
[exit 125]

$ hello --stdout same --out same --out-format csv
! armgpu: --out and --stdout: 'same' and 'same' are one file, and it cannot have both; give another name
[exit 125]

$ hello --stdout prefix --json
! armgpu: --stdout prefix writes to the standard output, where --json cannot be too; give --stdout a file
[exit 125]

$ hello --stdout - --out - --out-format csv
! armgpu: --stdout - writes to the standard output, where --out - cannot be too; give --stdout a file
[exit 125]

$ hello -n 2 --json -- bytes | grep -o '"exit_status.*"stderr":""'
"exit_status":0,"stdout":"a\ufffd\u0000\"b\u000a","stdout_base64":"Yf8AImIK","stderr":""
"exit_status":0,"stdout":"a\ufffd\u0000\"b\u000a","stdout_base64":"Yf8AImIK","stderr":""

$ hello -n 2 --json --columns lane,exit,stdout -- bytes | tail -4
"lanes":[
{"lane":0,"exit":0,"stdout":"a\ufffd\u0000\"b\u000a","stdout_base64":"Yf8AImIK"},
{"lane":1,"exit":0,"stdout":"a\ufffd\u0000\"b\u000a","stdout_base64":"Yf8AImIK"}
]}

$ hello -n 2 --out - --out-format jsonl --columns lane,stdout -- bytes
{"lane":0,"stdout":"a\ufffd\u0000\"b\u000a","stdout_base64":"Yf8AImIK"}
{"lane":1,"stdout":"a\ufffd\u0000\"b\u000a","stdout_base64":"Yf8AImIK"}

$ hello -n 2 --csv --columns stop,exit,stdout -- 'a "b"'
stop,exit,stdout
exit,0,"[a ""b""]
second
"
exit,0,"[a ""b""]
second
"

$ hello -n 2 --columns stdout,lane -- 'a	b' "$(printf '%0100d' 0)" | head -3
stdout                                                                      lane
[a\tb][0000000000000000000000000000000000000000000000000000000000000000...     0
[a\tb][0000000000000000000000000000000000000000000000000000000000000000...     1

$ hello -n 2 --out - --out-format bin --columns lane,stdout
! armgpu: --columns: 'stdout' has no fixed width, which rows in bin need; write .csv or .jsonl
[exit 125]

$ hello -n 2 --out rows.bin --columns lane,exit -q --no-table -- exit 7; od -An -tx1 -w12 rows.bin
 00 00 00 00 00 00 00 00 07 00 00 00
 01 00 00 00 00 00 00 00 07 00 00 00

$ hello -n 20 --find 'stdout~"[1"' --csv --columns lane -- {lane}
lane
1
10
11
12
13
14
15
16
17
18
19

$ hello -n 20 --find 'stdout ~ "[1" && stdout!~"[1]\n"' --first 2 --csv --columns lane -- {lane}
lane
10
11
! armgpu: stopped at the first 2 lanes that match (--first); later lanes were not looked at

$ hello -n 20 --find "stdout~'[3' || exit==1 || lane=0" --stdout all --csv --columns lane -- {lane}; cat all
lane
0
3
[0]
second
[3]
second

$ hello -n 3 --find 'exit==2' --csv --columns lane -- exit {lane}
lane
2
[exit 123]

$ hello -n 3 --find 'stop=exit, exit!=2' --csv --columns lane -- exit {lane}
lane
0
1
[exit 123]

$ hello -n 1 --find 'stderr~"read"' --csv --columns lane -- cat
lane
0

$ hello -n 1 --find 'symbol~"crash"' --csv --columns lane -- crash
lane
0
[exit 123]

$ hello --find 'stdout="x"'
! armgpu: --find 'stdout="x"', column 1: 'stdout' is text: write ~ and what it has, or !~ and what it has not, in quotes: stdout~"FAIL"
[exit 125]

$ hello --find 'stdout~x'
! armgpu: --find 'stdout~x', column 1: 'stdout~' needs a text in quotes behind ~: stdout~"FAIL"
[exit 125]

$ hello --find 'stdout~"x'
! armgpu: --find 'stdout~"x', column 1: 'stdout~"x' needs a text in quotes behind ~: stdout~"FAIL"
[exit 125]

$ hello --find 'stdout~""'
! armgpu: --find 'stdout~""', column 1: 'stdout~""' looks for an empty text, which is everywhere
[exit 125]

$ hello --find 'stdout'
! armgpu: --find 'stdout', column 1: 'stdout' is text: write ~ and what it has, or !~ and what it has not, in quotes: stdout~"FAIL"
[exit 125]

$ hello --find 'x0~"a"'
! armgpu: --find 'x0~"a"', column 1: 'x0~"a"' is not what ~ is for: it looks into stdout, stderr and symbol
[exit 125]

$ hello --find 'file~"a"'
! armgpu: --find 'file~"a"', column 1: 'file~"a"' is not what ~ is for: it looks into stdout, stderr and symbol
[exit 125]

$ hello --find '1+stdout~"a"'
! armgpu: --find '1+stdout~"a"', column 3: 'stdout~"a"' is true or false, not a number; parentheses say what belongs together: (x0&1)=0
[exit 125]

$ armgpu run answer.bin --find 'stdout~"a"'
! armgpu: --find: 'stdout' is for ELF programs
[exit 125]

$ armgpu run answer.bin --columns exit
! armgpu: --columns: 'exit' is for ELF programs
[exit 125]

$ hello --columns stdout:d
! armgpu: --columns: 'stdout:d' is text; :d, :i and :x are for numbers
[exit 125]

$ hello --verbose -- a 2>&1 | sed 's/0x[0-9a-f]*/ADDRESS/g; s/build id .*/build id/; /backend/d'
armgpu: hello.elf is a Linux program: its OS/ABI is GNU/Linux; build id
armgpu: memory of a lane: ADDRESS..ADDRESS read-only, one copy; ADDRESS..ADDRESS writable, 1.2 MiB a lane (heap 1 MiB, stack 128 KiB)
[a]
second

$ hello --json | grep -o '"kind":.*"stack"' | sed 's/"0x[0-9a-f]*"/ADDRESS/g; s/"bytes":[0-9]*/BYTES/g; s/"build_id":"[0-9a-f]*",//'
"kind":"linux","why":"its OS/ABI is GNU/Linux","entry":ADDRESS,"read_only":{"address":ADDRESS,BYTES},"writable":{"address":ADDRESS,BYTES},"heap":{"address":ADDRESS,BYTES},"stack"

$ hello --load-addr 0
! armgpu: --load-addr is for flat images, and 'hello.elf' is an ELF program
[exit 125]

$ hello --memory 1M
! armgpu: --memory is for flat images, and 'hello.elf' is an ELF program
[exit 125]

$ hello --memory-mode shared
! armgpu: --memory-mode shared is for flat images, and 'hello.elf' is an ELF program
[exit 125]

$ hello --memory-mode private -- a
[a]
second

$ hello --data lines@0
! armgpu: --data is for flat images, and 'hello.elf' is an ELF program
[exit 125]

$ hello --assign block
! armgpu: --assign needs programs to choose from; give two or more with --program
[exit 125]

$ hello --lane-data lines@0x10:1 2>&1 | sed 's/0x[48][0-9a-f]*/A/g; s/0x5[0-9a-f]*/A/'
armgpu: --lane-data: a lane's part does not fit into the program's memory, A..A (read-only) and A..A: it has 1 bytes and begins at 0x10

$ hello --dump 0:4 2>&1 | sed 's/0x[48][0-9a-f]*/A/g; s/0x5[0-9a-f]*/A/'
armgpu: --dump: 4 bytes at 0x0 are not all in the program's memory, A..A (read-only) and A..A

$ hello --pc 0 2>&1 | sed 's/0x[48][0-9a-f]*/A/g; s/0x5[0-9a-f]*/A/'
armgpu: lane 0: the start PC 0x0 is outside the program's memory, A..A (read-only) and A..A; check --pc

$ hello --entry nothing
! armgpu: hello.elf: it has no symbol 'nothing' to begin at
[exit 125]

$ hello --entry
! armgpu: option '--entry' needs an argument (SYMBOL). Try 'armgpu help run'.
[exit 125]

$ hello --as bsd
! armgpu: --as: 'bsd' is not one of its values: linux, bare-metal
[exit 125]

$ hello --heap x
! armgpu: --heap: 'x' is not a size; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ hello --stack x
! armgpu: --stack: 'x' is not a size; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ hello --memory-base 5
! armgpu: hello.elf: its memory cannot begin at 0x5, which is no multiple of 4096
[exit 125]

$ hello --seed x
! armgpu: --seed: 'x' is not a number; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ hello --stdout-bytes 0
! armgpu: --stdout-bytes must be more than 0; write a size such as 4K
[exit 125]

$ hello --stdout-bytes x
! armgpu: --stdout-bytes: 'x' is not a size; write decimal (4096), hexadecimal (0x1000) or a multiple with K, M or G (64K)
[exit 125]

$ hello -n 2 --propagate
! armgpu: --propagate needs one lane, and 2 run
[exit 125]

$ for o in '--args lines' '--env A=1' '--stdin lines' '--stdin-dir in' '--stdin-lines lines' '--seed 1' '--stdout x' '--stdout-bytes 1K' '--heap 1M' '--memory-base 0' '--entry main' '--as linux' --strict-syscalls --propagate '-- x'; do armgpu run answer.bin $o; done
! armgpu: --args is for ELF programs, and 'answer.bin' is none
! armgpu: --env is for ELF programs, and 'answer.bin' is none
! armgpu: --stdin is for ELF programs, and 'answer.bin' is none
! armgpu: --stdin-dir is for ELF programs, and 'answer.bin' is none
! armgpu: --stdin-lines is for ELF programs, and 'answer.bin' is none
! armgpu: --seed is for ELF programs, and 'answer.bin' is none
! armgpu: --stdout is for ELF programs, and 'answer.bin' is none
! armgpu: --stdout-bytes is for ELF programs, and 'answer.bin' is none
! armgpu: --heap is for ELF programs, and 'answer.bin' is none
! armgpu: --memory-base is for ELF programs, and 'answer.bin' is none
! armgpu: --entry is for ELF programs, and 'answer.bin' is none
! armgpu: --as is for ELF programs, and 'answer.bin' is none
! armgpu: --strict-syscalls is for ELF programs, and 'answer.bin' is none
! armgpu: --propagate is for ELF programs, and 'answer.bin' is none
! armgpu: arguments behind -- are for ELF programs, and 'answer.bin' is none
[exit 125]

$ armgpu run --program answer.bin --args lines
! armgpu: --args is for an ELF program, which is given as PROG, not with --program
[exit 125]

$ armgpu run nothing.elf --args lines
! armgpu: cannot open 'nothing.elf': No such file or directory; check the path and its permissions
[exit 127]

$ aarch64-linux-gnu-gcc -o dynamic hello.c; armgpu run dynamic
! armgpu: dynamic: it needs its interpreter /lib/ld-linux-aarch64.so.1: link it with -static
[exit 126]

$ head -c 3000 hello.elf >cut.elf; armgpu run cut.elf
! armgpu: cut.elf: its section headers are not in the file: is it cut off?
[exit 126]

$ printf '\177ELF' >short.elf; armgpu run short.elf
! armgpu: short.elf: it ends within its ELF header
[exit 126]

$ aarch64-linux-gnu-gcc -c -o hello.o hello.c; armgpu run hello.o
! armgpu: 'hello.o' is an ELF object, which is not linked; link it and make a flat image: aarch64-linux-gnu-ld -Ttext=0 -e 0 -o hello.elf hello.o && aarch64-linux-gnu-objcopy -O binary hello.elf hello.bin && armgpu run hello.bin
[exit 126]

$ cat >bare.s <<'S'
> .global _start
> _start: mov w0, #4
> adr x1, text
> hlt #0xf000
> mov w0, #0x99
> hlt #0xf000
> mov w0, #7
> hlt #0xf000
> mov w0, #0x18
> adr x1, status
> hlt #0xf000
> svc #0
> .balign 8
> status: .quad 0x20026, 3
> text: .asciz "hello\n"
> S

$ aarch64-linux-gnu-gcc -nostdlib -static -Wl,--build-id=none -o bare.elf bare.s; aarch64-linux-gnu-objcopy -O binary -j .text bare.elf bare.bin; printf '1\n2\n' >two

$ armgpu run -b cpu bare.elf --stdin two
hello
! armgpu: exit with status 3
[exit 123]

$ armgpu run -b cpu bare.elf --stdin two --propagate
hello
[exit 3]

$ armgpu run -b cpu bare.elf
hello
! armgpu: deadlock at 0x400090 (_start+0x18): it waits for input, which is at its end
[exit 123]

$ armgpu run -b cpu bare.elf --strict-syscalls
hello
! armgpu: syscall at 0x400088 (_start+0x10): there is no such system call (--strict-syscalls)
[exit 123]

$ armgpu run -b cpu bare.elf --semihosting off
! armgpu: halt at 0x400080 (_start+0x8) with code 0xf000
[exit 123]

$ armgpu run -b cpu bare.elf --as linux --semihosting on
! armgpu: a Linux program has system calls, not semihosting: leave that out, or open it as bare metal
[exit 125]

$ armgpu run -b cpu bare.elf --stdin-lines two | sed '/^$/,$d'
lane  stop  exit  stdout
   0  exit     3  hello
   1  exit     3  hello

$ armgpu run -b cpu bare.bin -n 1 | sed -n 2p
   0  halt  0xf000  0x8  hlt #0xf000       3  x0=0x4 x1=0x40 sp=0x400000

$ armgpu run -b cpu bare.bin --semihosting on --stdin two
hello
! armgpu: exit with status 3
[exit 123]

$ armgpu run -b cpu bare.bin --semihosting on --load-addr 0x40000000 --stdin two -n 2 --json | grep -o '"kind":[^,]*\|"exit_status":[0-9]*'
"kind":"bare-metal"
"exit_status":3
"exit_status":3

$ armgpu run -b cpu - --semihosting on --stdin two <bare.bin
hello
! armgpu: exit with status 3
[exit 123]

$ armgpu run -b cpu bare.bin --semihosting on --memory 1M
! armgpu: --memory is not for a flat image with --semihosting on, whose lanes have a memory of their own: the image, --heap and --stack
[exit 125]

$ armgpu run -b cpu bare.bin --semihosting on --load-addr 2
! armgpu: --load-addr 0x2 is not a multiple of 4 below 2^63, where a program can begin
[exit 125]

$ armgpu run -b cpu --program bare.bin --semihosting on
! armgpu: --semihosting on is for an ELF program, which is given as PROG, not with --program
[exit 125]

$ armgpu run -b cpu nothere.bin --semihosting on
! armgpu: cannot open 'nothere.bin': No such file or directory; check the path and its permissions
[exit 127]

$ armgpu run -b cpu bare.elf --root .
! armgpu: --root is for Linux programs, and 'bare.elf' is one of bare metal
[exit 125]
