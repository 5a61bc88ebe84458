#!/bin/sh
# tests/cli/only.sh EXE: lanes of --only and --first-lane end as they do in a
# run of all, whatever they begin with, on the CPU and, where there is a device,
# OpenCL: rows of every register, cycles, stops and memory are compared.
set -u
exe=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
programs=$(cd "$(dirname "$0")/../../programs" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1
passed=0 failed=0 skipped=0

result() { # STATUS NAME
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED   $2"
    fi
}

# sweep BACKEND NAME ARGUMENT...: rows of all lanes against those of some.
columns=lane,stop_reason,stop_code,cycles,pc,x0..x30,sp,nzcv,tpidr,program
sweep() {
    backend=$1 name=$2
    shift 2
    set -- -q --backend "$backend" --max-cycles 20000 "$@"
    for resident in 0 7; do
        case $name in
        shared*)
            [ $resident = 0 ] || continue
            more="--columns $columns"
            ;;
        *) more="--resident $resident --columns $columns,mem:0x3f00:256" ;;
        esac
        # shellcheck disable=SC2086 # words
        "$exe" run "$@" $more --out all.csv >/dev/null 2>why
        # shellcheck disable=SC2086
        "$exe" run "$@" $more --out only.csv --only 290:299,0,17,64:70,71 \
            >/dev/null 2>why
        sed -n '1p;2p;19p;66,73p;292,301p' all.csv >want.csv
        [ "$(wc -l <all.csv)" -eq 301 ] && cmp -s want.csv only.csv
        result $? "$backend, $name, $resident resident: --only"
    done
    # The same in the table's rows, which other code prints.
    # shellcheck disable=SC2086
    "$exe" run "$@" --csv >all.csv 2>why
    "$exe" run "$@" --csv --only 17,290:299 >only.csv 2>why
    sed -n '1p;19p;292,301p' all.csv >want.csv
    [ "$(wc -l <all.csv)" -eq 301 ] && cmp -s want.csv only.csv
    result $? "$backend, $name: rows of --csv"
}

# first_lane BACKEND NAME ARGUMENT...: the last 60 of 300 lanes.
first_lane() {
    backend=$1 name=$2
    shift 2
    "$exe" run "$@" -q --backend "$backend" --max-cycles 20000 --lanes 300 \
        --columns $columns --out all.csv >/dev/null 2>why
    "$exe" run "$@" -q --backend "$backend" --max-cycles 20000 --lanes 60 \
        --columns $columns --out late.csv --first-lane 240 >/dev/null 2>why
    sed -n '1p;242,301p' all.csv >want.csv
    cmp -s want.csv late.csv
    result $? "$backend, $name: --first-lane"
}

mkdir files
lane=0
while [ $lane -lt 300 ]; do
    printf '%d %d' $lane $((lane * 7919)) >"files/$(printf %03d $lane)"
    lane=$((lane + 1))
done
cat files/* | head -c 2400 >data.bin
{
    echo lane,x2,x3
    awk 'BEGIN { for (i = 0; i < 300; i += 3) print i "," i * i "," i + 5 }'
} >regs.csv
{
    echo lane,program
    awk 'BEGIN { for (i = 0; i < 300; i += 2) print i "," i % 3 }'
} >assign.csv
# ldr x4, [x1]; add x4, x4, x2; str x4, [x0, x3, lsl #3]; hlt #0, and a sum of
# the bytes from x1 to x2
words() {
    for word; do
        for shift in 0 8 16 24; do
            # shellcheck disable=SC2059 # the format is the byte
            printf "\\$(printf %03o $((0x$word >> shift & 255)))"
        done
    done
}
words f9400024 8b020084 f8237804 d4400000 >store.bin
words b4000082 38401425 8b050084 d1000442 17fffffc d4400000 >sum.bin

private="--memory-mode private --memory 16K"
suite() {
    # shellcheck disable=SC2086 # words
    {
        sweep "$1" registers store.bin $private --lanes 300 --lane-reg 17:x2=3 \
            --reg 'x1=lane*8' --reg x0=0x3f00 --regs regs.csv \
            --lane-reg 5:x2=9
        sweep "$1" lane-data store.bin $private --lanes 300 \
            --reg x1=0x2000 --reg x0=0x3f00 --lane-data data.bin@0x2000:8
        sweep "$1" lane-files sum.bin $private --lane-files files@0x2000:x2 \
            --reg x1=0x2000 --reg x0=0x3f00
        for how in roundrobin block assign.csv; do
            sweep "$1" "programs $how" $private --lanes 300 --assign $how \
                --program store.bin --program sum.bin@0x400 \
                --program "$programs/collatz.bin" --reg x1=0x40 --reg x0=0x3f00
        done
        sweep "$1" shared "$programs/crc32.bin" --lanes 300
        sweep "$1" "shared stacks" "$programs/fib.bin" --lanes 300 --stack 2K
        first_lane "$1" registers store.bin $private --regs regs.csv
        first_lane "$1" shared "$programs/sort.bin" --memory 8M
        first_lane "$1" lane-data store.bin $private --lane-data \
            data.bin@0x2000:8 --reg x1=0x2000 --reg x0=0x3f00
    }
}

suite cpu
case ${ARMGPU_TEST_BACKENDS-opencl} in
*opencl*)
    if "$exe" run store.bin -q -b opencl >/dev/null 2>&1; then
        suite opencl
    else
        skipped=1
        echo "SKIPPED  opencl: no device"
    fi
    ;;
esac
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
