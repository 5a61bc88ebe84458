#!/bin/sh
# tests/test_semihosting.sh EXE: programs of bare metal as they are, with picolibc's
# start-up code and library: arguments, input, output and exit status of one lane
# and of many, in waves too; start-up code that sets system registers; flat images.
# See linux/common.sh for LANES and BACKEND.
#
# Needs aarch64-linux-gnu-gcc; picolibc where it is.
# shellcheck disable=SC2317 # functions are called by their names
set -u
exe=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/.." || exit 1
out=$PWD/build/semihosting
# shellcheck source=tests/linux/common.sh
. tests/linux/common.sh
lanes=${LANES:-120}
need aarch64-linux-gnu-gcc
rm -rf "$out"
mkdir -p "$out" || exit 1
specs=/usr/lib/picolibc/aarch64-linux-gnu/picolibc.specs
gcc=aarch64-linux-gnu-gcc

# run STATUS PROGRAM OPTION...: the output is in $out/got, or why there is none.
run()
{
    wanted=$1 program=$2
    shift 2
    # shellcheck disable=SC2086 # options
    timeout 900 "$exe" run $backend "$out/$program" "$@" \
        >"$out/got" 2>"$out/err"
    status=$?
    [ $status -eq "$wanted" ] && return
    echo "status $status"
    cat "$out/got" "$out/err"
    return 1
}

# gives TEXT STATUS PROGRAM OPTION...: prints that.
gives()
{
    printf '%b' "$1" >"$out/want"
    shift
    run "$@" && diff "$out/want" "$out/got"
}

says()
{
    wanted_text=$1
    shift
    run "$@" && grep -q -e "$wanted_text" "$out/err"
}

# One lane, whose output comes as it is written.
one_lane()
{
    start='42 0 copied\n'
    check "$1: arguments" gives "${start}[a][5][b]\n" 5 "$1" --propagate -- a 5 b
    check "$1: words until a line" gives "${start}[words]\n5 words\n" 0 "$1" \
        --stdin "$out/words" -- words
    check "$1: bytes until the end" gives "${start}[bytes]\n27 bytes\n" 0 "$1" \
        --stdin "$out/words" -- bytes
    check "$1: standard error" grep -q '^error$' "$out/err"
    check "$1: abort()" run 134 "$1" --propagate -- abort
    check "$1: no input" says 'waits for input' 123 "$1" -- words
    check "$1: switched off" says 'code 0xf000' 123 "$1" --semihosting off
}

# Each with a line of its own, and much output; all there and in waves.
many_lanes()
{
    awk -v lanes="$lanes" 'BEGIN {
        for (lane = 0; lane < lanes; lane++) {
            printf "%d: 42 0 copied\n%d: [bytes][%d]\n", lane, lane, lane % 3
            printf "%d: %d bytes\n", lane, length(lane * lane * 77) + 1 } }' \
        >"$out/want.bytes"
    awk -v lanes="$lanes" 'BEGIN {
        for (lane = 0; lane < lanes; lane++) {
            printf "42 0 copied\n[many]\n"
            for (i = 0; i < 1000; i++)
                print "line " i } }' >"$out/want.many"
    for resident in 0 7 64; do
        check "$1: $lanes lanes, resident $resident" lines_of_lanes "$1"
    done
    run 0 "$1" -n "$lanes" --stdout "$out/many" --stdout-bytes 1K -- many
    check "$1: much output" diff "$out/want.many" "$out/many"
}
lines_of_lanes()
{
    run 123 "$1" --stdin-lines "$out/lines" --args "$out/arguments" \
        --stdout prefix --resident "$resident" -- bytes &&
        diff "$out/want.bytes" "$out/got" &&
        run 123 "$1" --stdin-lines "$out/lines" --args "$out/arguments" \
            --resident "$resident" --out "$out/rows.csv" \
            --columns lane,stop,exit -- bytes &&
        awk -F, -v lanes="$lanes" 'NR > 1 && ($1 != NR - 2 || $2 != "exit" ||
            $3 != (NR - 2) % 3) { bad = 1 }
            END { exit bad || NR != lanes + 1 }' "$out/rows.csv"
}

# With the flash and RAM that picolibc's linker script has by itself.
check_picolibc()
{
    for level in 0 2; do
        $gcc -specs=$specs --crt0=semihost --oslib=semihost -O$level -Wall \
            -static -no-pie tests/semihosting/words.c -o "$out/words-O$level" ||
            die "words.c does not build"
        one_lane words-O$level
        many_lanes words-O$level
    done
}

check_startup()
{
    $gcc -nostdlib -static -Wl,--build-id=none,-N,-Ttext=0x400078 \
        -Wl,--no-warn-rwx-segments tests/semihosting/startup.s \
        -o "$out/startup" || die "startup.s does not build"
    aarch64-linux-gnu-objcopy -O binary "$out/startup" "$out/startup.bin"
    check "startup: an ELF program" gives 'started\n' 0 startup
    check "startup: lanes" run 0 startup -n "$lanes" --resident 50
    check "startup: a flat image" gives 'started\n' 0 startup.bin \
        --semihosting on --load-addr 0x400078
    check "startup: registers are not there in others" \
        run 123 startup.bin -n 1 --memory-mode private
    check "startup: undefined" grep -q 'undefined' "$out/got"
}

printf 'one two\nthree  four five\n.\n' >"$out/words"
awk -v lanes="$lanes" 'BEGIN { for (k = 0; k < lanes; k++) print k * k * 77 }' \
    >"$out/lines"
each 0 1 2 >"$out/arguments"

backend="-b cpu --threads 3"
[ -z "${BACKEND:-}" ] || backend="-b $BACKEND"
check_startup
if [ -f $specs ]; then
    check_picolibc
else
    skip "programs of picolibc: not installed"
fi
finish
