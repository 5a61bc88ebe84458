#!/bin/sh
# tests/test_engine.sh EXE: guest programs end on translated code as they do when
# they are interpreted: registers, PCs, cycles, stops and memory of every lane, at
# the end and at limits, with lanes that begin when others end. On the CPU, and a
# part of it on OpenCL; BACKENDS= chooses others, which have all of it, or with
# QUICK=1 what OpenCL has and the glibc program. `armgpu translate` prints what is compiled.
set -u
exe=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/.." || exit 1
. tests/count.sh
skipped=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# Each run would compile the interpreter anew on OpenCL.
export XDG_CACHE_HOME="$work" ARMGPU_CACHE=on
# However slow the machine is.
export ARMGPU_CC_SECONDS=1000

# lanes ENGINE PROGRAM OPTION...: rows of all, and where the run differs by engine
# nothing else.
lanes() {
    engine=$1 program=$2
    shift 2
    "$exe" run "$program" -b "$backend" --engine "$engine" \
        --memory-mode private --all --csv -q "$@" 2>"$work/$engine.err" |
        grep -v elapsed
}

# same NAME PROGRAM OPTION...
same() {
    name=$1
    shift
    lanes interpreter "$@" >"$work/interpreter"
    lanes translated "$@" >"$work/translated"
    diff "$work/interpreter" "$work/translated" >"$work/diff"
    count $? "$name" "$work/diff" "$work/translated.err"
    [ -s "$work/interpreter" ]
    count $? "$name: there are lanes" "$work/interpreter.err"
}

# Those that lanes are in regions for nearly all the time.
integers()
{
    for name; do
        program=programs/$name.bin
        same "$name" "$program" -n 70 --memory 64K --reg x1=3 -c 3000000
        same "$name, waves" "$program" -n 50 --memory 64K --reg x1=lane \
            --resident 16 -c 3000000
        for limit in 1 17 1003; do
            same "$name, limit $limit" "$program" -n 33 --memory 64K \
                --reg x1=2 -c $limit
        done
    done
}

# V registers: a plane that comes when the first lane needs it.
vectors()
{
    for name; do
        program=programs/$name.bin
        same "$name" "$program" --fp -n 40 --memory 64K --reg x1=lane -c 200000
        same "$name, waves" "$program" --fp -n 20 --memory 64K --reg x1=2 \
            --resident 8 -c 20000
        for limit in 17 1003; do
            same "$name, limit $limit" "$program" --fp -n 5 --memory 64K \
                --reg x1=2 -c $limit
        done
    done
    "$exe" run programs/chacha20.bin -b "$backend" --engine translated -n 20 \
        --memory-mode private --memory 64K --reg x1=2000 -c 3000000 --verbose \
        >"$work/out" 2>&1
    grep -Eq '(9[0-9]|100)\.[0-9]% of what lanes executed was translated' "$work/out"
    count $? "with V registers lanes are in regions" "$work/out"
}

# All others that have private memory: faults in regions, code that changes, and
# what no region has, which is a launch an instruction.
others()
{
    awk -F'\t' '!/^#/ && $5 != "-" { sub(/\.bin$/, "", $2); print $2 }' \
        programs/manifest.tsv | sort -u >"$work/names"
    while read -r name; do
        case $name in
        collatz | sort | sha256 | crc32 | mixed | alu | fib) continue ;;
        fir | chacha20 | nbody) continue ;;
        esac
        same "$name" "programs/$name.bin" -n 40 --memory 64K --reg x1=lane*3 \
            -c 20000 </dev/null
    done <"$work/names"
}

what_is_said()
{
    # LDR X1, [X0]; LDR X2, [X0, #2048]; HLT: one test of both is wider than memory.
    printf '\001\000\100\371\002\000\104\371\000\000\100\324' >"$work/span.bin"
    same "accesses further apart than memory is large" "$work/span.bin" -n 5 \
        --memory 1K
    grep -q data-fault "$work/translated"
    count $? "they are a fault" "$work/translated"
    "$exe" run programs/collatz.bin -b "$backend" --engine translated -n 8 \
        --memory-mode private --memory 64K --verbose >"$work/out" 2>&1
    grep -q '^armgpu: translated 32 instructions' "$work/out"
    count $? "what was translated is said" "$work/out"
    "$exe" run programs/collatz.bin -b "$backend" --engine translated -n 8 \
        >"$work/out" 2>&1
    grep -q '^armgpu: interpreted: lanes share memory' "$work/out"
    count $? "why nothing was is said" "$work/out"
}

# A program with a C library, whose loop is compiled while it runs.
cat >"$work/hot.c" <<'EOF'
#include <stdio.h>
#include <stdlib.h>
static unsigned __attribute__((noinline)) step(unsigned x)
{
    for (int i = 0; i < 2000; i++) {
        x ^= x << 13, x ^= x >> 17, x ^= x << 5;
        x += x & 1 ? (unsigned)i : 1;
    }
    return x;
}
int main(int argc, char **argv)
{
    unsigned x = (unsigned)atoi(argv[1]) + 1;
    for (int i = 0; i < atoi(argv[argc - 1]); i++)
        x = step(x);
    printf("%u\n", x);
    return (int)(x & 7);
}
EOF
# process ENGINE TIMES: JSON, what depends on time on a line of its own.
process() {
    "$exe" run "$work/hot" -b "$backend" --engine "$1" -n 64 --json --all \
        -- '{lane}' "$2" 2>"$work/$1.err" |
        sed 's/"elapsed_seconds":[^,]*,"avg_ips":[^,]*,//
             s/\("translation":{[^}]*}\),/\n\1\n/' >"$work/$1"
    grep -v -e '^"translation"' "$work/$1" | tr -d '\n' >"$work/$1.same"
}
# How long the compiler takes is the machine's: runs become longer until one has
# what it made.
hot()
{
    for times in 40 400 4000 40000; do
        process translated "$times"
        share=$(sed -n 's/.*"share":\([^,]*\),.*/\1/p' "$work/translated")
        ! awk "BEGIN { exit !($share > 0.5) }" || break
    done
    process interpreter "$times"
    awk "BEGIN { exit !($share > 0.5) }"
    count $? "glibc: most is translated" "$work/translated.err" \
        "$work/translated"
    cmp "$work/interpreter.same" "$work/translated.same" >"$work/diff" 2>&1
    count $? "glibc: JSON" "$work/diff" "$work/translated.err"
    grep -q '"exit":64' "$work/interpreter.same"
    count $? "glibc: lanes exit" "$work/interpreter.err"
}

has_hot=1
aarch64-linux-gnu-gcc -O2 -static -o "$work/hot" "$work/hot.c" 2>"$work/out" ||
    has_hot=0
[ $has_hot -eq 1 ] || [ "${CI:-}" != true ]
count $? "there is aarch64-linux-gnu-gcc" "$work/out"

for backend in ${BACKENDS:-cpu opencl}; do
    if ! "$exe" devices | grep -q "^$backend .*[0-9]G"; then
        [ "${CI:-}" != true ]
        count $? "CI must have $backend" "$work/out"
        echo "skipped $backend: no device"
        skipped=$((skipped + 1))
        continue
    fi
    # PoCL takes minutes for an interpreter with V registers.
    part=${QUICK:-} is_pocl=0
    [ "${BACKENDS:-} $backend" != " opencl" ] || part=1 is_pocl=1
    if [ -n "$part" ]; then
        same sort programs/sort.bin -n 70 --memory 64K --reg x1=3
        same "sort, limit 1003" programs/sort.bin -n 33 --memory 64K -c 1003
        same "mixed, waves" programs/mixed.bin -n 50 --memory 64K \
            --reg x1=lane --resident 16 -c 3000000
    else
        integers collatz sort sha256 crc32 mixed alu fib
        vectors fir chacha20 nbody
        others
    fi
    what_is_said
    [ $is_pocl -eq 1 ] || [ $has_hot -eq 0 ] || hot
done

"$exe" translate programs/collatz.bin >"$work/text"
grep -q 'a64_CSINC_64.*/\* 0x50: csinc' "$work/text"
count $? "armgpu translate" "$work/text"
# ADD X1, X0, X2; LDR X3, [X1]; LDR X4, [X1, #8]; HLT
printf '\001\000\002\213\043\000\100\371\044\004\100\371\000\000\100\324' \
    >"$work/pair.bin"
"$exe" translate "$work/pair.bin" >"$work/text"
[ "$(grep -c 'AG_CHECK(' "$work/text")" -eq 1 ] &&
    [ "$(grep -c 'AG_ACCESS(' "$work/text")" -eq 2 ]
count $? "accesses at one sum are tested together" "$work/text"
"$exe" translate "$work/none" 2>"$work/said"
[ $? -eq 127 ]
count $? "armgpu translate of nothing" "$work/said"

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
