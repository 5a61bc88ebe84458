#!/bin/sh
# tests/test_strace.sh EXE: --strace names the system calls that qemu-aarch64
# -strace does, in the same order, of some of programs/linux. rseq is left out:
# qemu does not know its name.
#
# Needs aarch64-linux-gnu-gcc and qemu-aarch64.
set -u
exe=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/.." || exit 1
out=
# shellcheck source=tests/linux/common.sh
. tests/linux/common.sh
need aarch64-linux-gnu-gcc qemu-aarch64
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# names FILE: of the calls in what strace or qemu wrote, a line each.
names() {
    grep -v 'Unknown syscall' "$1" |
        sed -n 's/^[0-9 ]*\([a-z_0-9]*\)(.*/\1/p' | grep -v '^rseq$'
}

# compare PROGRAM ARGUMENT...: with $work/input as its standard input.
compare() {
    program=$1
    shift
    aarch64-linux-gnu-gcc -std=c11 -O1 -static "programs/linux/$program.c" \
        -o "$work/$program" -lm || exit 1
    (cd "$work" && exec qemu-aarch64 -strace "$program" "$@" <input 2>qemu \
        >qemu.out)
    (cd "$work" && exec "$exe" run "$program" -b cpu -q --strace 0 \
        --stdin input -- "$@" 2>ours >ours.out)
    names "$work/qemu" >"$work/qemu.names"
    names "$work/ours" >"$work/ours.names"
    if [ "$(wc -l <"$work/ours.names")" -gt 9 ] &&
        cmp -s "$work/qemu.names" "$work/ours.names" &&
        cmp -s "$work/qemu.out" "$work/ours.out"; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    echo "FAILED   $program: qemu's calls, and ours"
    diff "$work/qemu.names" "$work/ours.names"
}

i=0
while [ $((i += 1)) -lt 400 ]; do
    echo "word $i and others, {\"key\": [1, 2]}"
done >"$work/input"
compare hello one
compare wordcount
compare tokens
compare writer 3
compare heap
compare numbers

finish
