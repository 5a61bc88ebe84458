#!/bin/sh
# tests/test_call.sh EXE: --call: functions of an ordinary program, compared with
# the same source on the host, with one lane and many, in waves, on several
# threads and on OpenCL (BACKEND=cpu leaves it out), with output, exit() and
# faults in the function; and what is wrong with the option.
#
# Needs aarch64-linux-gnu-gcc and cc.
# shellcheck disable=SC2016 # dollars and quotes are of what armgpu says
set -u
exe=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/.." || exit 1
out=
# shellcheck source=tests/linux/common.sh
. tests/linux/common.sh
need aarch64-linux-gnu-gcc cc
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
flags="-std=c11 -O1 -ffp-contract=off"
# shellcheck disable=SC2086 # options
aarch64-linux-gnu-gcc $flags -static tests/linux/called.c \
    -o "$work/called" -lm || exit 1
# shellcheck disable=SC2086
aarch64-linux-gnu-gcc $flags -static-pie tests/linux/called.c \
    -o "$work/pie" -lm || exit 1
# shellcheck disable=SC2086
cc $flags tests/linux/called.c -o "$work/host" -lm || exit 1
cat >"$work/bare.c" <<'C'
int twice(int x) { return 2 * x; }
void _start(void) { for (;;) twice(1); }
C
aarch64-linux-gnu-gcc -O1 -static -nostdlib -ffreestanding "$work/bare.c" \
    -o "$work/bare" || exit 1
cd "$work" || exit 1

# expect NAME WANTED COMMAND...: what it writes to standard output and error.
expect() {
    name=$1
    printf '%s\n' "$2" >wanted
    shift 2
    "$@" >got 2>&1 </dev/null
    if cmp -s wanted got; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    echo "FAILED   $name"
    diff wanted got | head -20
}

# call FUNCTION OPTION...: of called, as CSV without a heading.
call() {
    function=$1
    shift
    "$exe" run called -b cpu --call "$function" --csv -q \
        --columns lane,stop,x0:d "$@" | sed 1d
}

./host 10000 >sweep
mix="--reg x0=lane*3+1 --reg w1=7"
# shellcheck disable=SC2086
{
    expect "10,000 lanes" "$(cat sweep)" call mix -n 10000 $mix
    expect "waves" "$(cat sweep)" call mix -n 10000 $mix --resident 100
    expect "threads" "$(cat sweep)" call mix -n 10000 $mix --resident 1000 \
        --threads 3
    expect "one by one" "$(head -60 sweep)" call mix -n 60 $mix --device 1
    expect "one lane" "$(sed -n 8p sweep)" call mix -n 10000 --only 7 $mix
}
awk -F, 'BEGIN { print "lane,x0,x1" }
    NR <= 500 { print $1 "," $1 * 3 + 1 ",7" }' sweep >rows.csv
expect "a table of arguments" "$(head -500 sweep)" call mix -n 500 \
    --regs rows.csv --resident 64
expect "position-independent" "$(head -50 sweep)" \
    sh -c '"$1" run pie -b cpu --call mix -n 50 --csv -q \
        --columns lane,stop,x0:d --reg "x0=lane*3+1" --reg x1=7 | sed 1d' \
    sh "$exe"
expect "floating point" "lane,d0
0,0
1,1.5
2,3" "$exe" run called -b cpu --call scale -n 3 --csv -q \
    --columns lane,d0 --reg d0=lane*lane --reg d1=1.5
expect "eight arguments" "0,halt,30321
1,halt,30321" call add9 -n 2 --reg x0=1 --reg x1=2 --reg x2=3 --reg x3=4 \
    --reg x4=5 --reg x5=6 --reg x6=7 --reg x7=8
expect "output, which is buffered" '0,halt,8,"me has 0",
1,halt,8,"me has 1",' sh -c '"$1" run called -b cpu --call says -n 2 --csv -q \
    --env NAME=me --columns lane,stop,x0:d,stdout,stderr --reg x0=lane |
    sed 1d' sh "$exe"
expect "exit, faults, an end" "0,halt,0
1,exit,5
2,data-fault,
3,exit,
4,max-cycles,
5,halt,0" sh -c '"$1" run called -b cpu --call ends -n 6 --csv -q -c 100000 \
    --columns lane,stop,exit --reg x0=lane | sed "1d
    s/^\(2\|3\|4\),\([a-z-]*\),.*/\1,\2,/;s/,halt,$/,halt,0/"' sh "$exe"
expect "main itself" "0,halt,$((1 + 6))" call main --reg x0=1
expect "at the entry" "0,halt,0
1,halt,2
2,halt,4" sh -c '"$1" run bare --as bare-metal -b cpu --call twice -n 3 --csv \
    -q --columns lane,stop,x0:d --reg x0=lane | sed 1d' sh "$exe"
expect "conditions" "9" sh -c '"$1" run called -b cpu --call ends -n 20 -q -c 50000 \
    --find "x0==9" --columns lane --csv --reg x0=lane | sed 1d' sh "$exe"
expect "a trace" "$(call mix -n 3 --reg x0=lane)" sh -c '"$1" run called \
    -b cpu --call mix -n 3 --csv -q --columns lane,stop,x0:d --reg x0=lane \
    --trace 1 --strace 1 2>trace | sed 1d' sh "$exe"
expect "a traced lane's first instructions of main()" 0 sh -c \
    'main=$(aarch64-linux-gnu-nm called | sed -n "s/ T main$//p")
    grep -c "^0x$main" trace' sh
expect "no such function" \
    "armgpu: --call: 'called' has no function 'nothing'; nm says which it has" \
    "$exe" run called -b cpu --call nothing
expect "no argument" "armgpu: --reg: with --call, x19 is the program's own; the \
function's arguments are in x0 to x8 and v0 to v7" \
    "$exe" run called -b cpu --call mix --reg x19=1

if [ "${BACKEND:-}" != cpu ] && "$exe" devices 2>/dev/null | grep -q opencl; then
    # shellcheck disable=SC2086
    expect "OpenCL" "$(head -200 sweep)" sh -c '"$@" | sed 1d' sh "$exe" run \
        called -b opencl --call mix -n 200 --resident 64 $mix --csv -q \
        --columns lane,stop,x0:d
fi

finish
