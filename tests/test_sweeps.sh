#!/bin/sh
# Sweeps: exhaustive checks of a function over its inputs, more lanes than are
# resident, programs side by side with the results they have alone, and stacks in
# shared memory. What must come out is computed here or known, or is what each
# lane gives with memory of its own.
#
#   tests/test_sweeps.sh [ARMGPU]
#
# LANES=N is how many values popcount32 tries (2^20; `make soak` all 2^32).
set -u

armgpu=${1:-build/release/armgpu}
lanes=${LANES:-1048576}
backend=${BACKEND:-cpu}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
if [ ! -x "$armgpu" ]; then
    echo "test_sweeps: no $armgpu: run make first" >&2
    exit 1
fi
passed=0 failed=0

# is NAME EXPECTED GOT: one line of TAP.
is()
{
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
        echo "ok $((passed + failed)) - $1"
    else
        failed=$((failed + 1))
        echo "not ok $((passed + failed)) - $1"
        printf '# expected %s\n# got      %s\n' "$2" "$3" | head -n 20
    fi
}

sweep()
{
    "$armgpu" run -b "$backend" --memory-mode private -m 4K -q --no-table "$@"
}

# count MATCHES: the number of lanes that --find counted in --json.
count()
{
    sed -n 's/.*"matches":\([0-9]*\).*/\1/p' "$work/json"
}

# -- 8 x 8 bits, every pair a lane ---------------------------------------------

sweep programs/mul8.bin -n 65536 --find 'x0!=0' --json >"$work/json"
is "mul8: exit status when every product is right" 0 $?
is "mul8: no wrong product of 65,536" 0 "$(count)"

# A 15-bit accumulator loses bit 15: wrong are the products from 32,768 on.
awk 'BEGIN {
    for (lane = 0; lane < 65536; lane++)
        if ((lane % 256) * int(lane / 256) >= 32768)
            printf "%d,0x8000\n", lane
}' >"$work/wrong"
for resident in 0 100; do
    sweep programs/mul8.bin -n 65536 --reg x1=15 --find 'x0!=0' --csv \
        --columns lane,x0 --resident $resident | sed 1d >"$work/found"
    cmp "$work/wrong" "$work/found" >"$work/cmp" 2>&1
    is "mul8: the wrong products of a narrow accumulator, resident $resident" \
        "0 " "$? $(cat "$work/cmp")"
    is "mul8: the first three of them, resident $resident" \
        "$(head -n 3 "$work/wrong")" \
        "$(sweep programs/mul8.bin -n 65536 --reg x1=15 --find 'x0!=0' \
            --first 3 --csv --columns lane,x0 --resident $resident | sed 1d)"
done

# -- 32 bits, in waves ---------------------------------------------------------

# The last values first: 2^32 - 1 is among them however few there are.
sweep programs/popcount32.bin -n "$lanes" --resident 4096 --reg "x1=$((4294967296 - lanes))" \
    --summary --json >"$work/json"
is "popcount32: exit status of $lanes values" 0 $?
is "popcount32: all of them halted" "{\"halt\":$lanes}" \
    "$(sed -n 's/.*"stops":\({[^}]*}\).*/\1/p' "$work/json")"
# Half of all bits are set: 19 instructions a value, and 5 a bit.
if [ "$lanes" -eq 4294967296 ]; then
    is "popcount32: instructions of all values" $((4294967296 * 19 + 5 * 16 * 4294967296)) \
        "$(sed -n 's/.*"total_cycles":\([0-9]*\).*/\1/p' "$work/json")"
fi
# Without its fourth step (NOP at 0x24) it is wrong, and totals alone say so.
printf '\037\040\003\325' >"$work/nop.bin"
sweep programs/popcount32.bin -n 10000 --resident 64 --summary \
    --data "$work/nop.bin@0x24" >/dev/null
is "popcount32: exit status when some counts are wrong" 123 $?

# -- Shared memory of the default size ------------------------------------------

# stacks PROGRAM LANES: every lane ends as with memory of its own.
stacks()
{
    for mode in private shared; do
        size=
        [ $mode = shared ] || size='-m 64K'
        # shellcheck disable=SC2086 # an option and its argument, or nothing
        "$armgpu" run "programs/$1.bin" -b "$backend" -q --memory-mode $mode $size \
            -n "$2" --csv --columns lane,stop_reason,stop_code,pc,cycles,x0 \
            >"$work/$mode"
    done
    cmp "$work/private" "$work/shared" >"$work/cmp" 2>&1
    is "$1: $2 lanes have stacks in shared memory of the default size" \
        "0 $(($2 + 1)) " "$? $(wc -l <"$work/shared" | tr -d ' ') $(cat "$work/cmp")"
}

stacks crc32 65536
stacks sort 8192

# -- Five programs -------------------------------------------------------------

columns=lane,stop_reason,stop_code,pc,cycles,x0..x30,sp,nzcv

for program in crc32 sha256 sort collatz matmul; do
    "$armgpu" run "programs/$program.bin" -b "$backend" --memory-mode private \
        -m 64K -n 60 --csv --columns $columns | sed 1d >"$work/$program.alone"
done

# shift_to I NAME...: the I-th name, from 0, into $name.
shift_to()
{
    shift $(($1 + 1))
    name=$1
}

# mixed CHOICE ARGUMENT...: the programs together, against each alone; CHOICE
# is awk for the program of `lane`.
mixed()
{
    choice=$1
    shift
    rm -f "$work/together"
    "$armgpu" run -b "$backend" -m 64K -n 60 --csv --columns $columns \
        --program programs/crc32.bin --program programs/sha256.bin \
        --program programs/sort.bin --program programs/collatz.bin \
        --program programs/matmul.bin "$@" | sed 1d >"$work/together"
    is "five programs: lanes with $*" 60 "$(wc -l <"$work/together" | tr -d ' ')"
    awk "BEGIN { for (lane = 0; lane < 60; lane++) print int($choice) }" |
        while read -r i; do
            shift_to "$i" crc32 sha256 sort collatz matmul
            line=$((${line:-0} + 1))
            sed -n "${line}p" "$work/$name.alone"
        done >"$work/expected"
    cmp "$work/expected" "$work/together" >"$work/cmp" 2>&1
    is "five programs: as each alone with $*" "0 " "$? $(cat "$work/cmp")"
}

mixed 'lane % 5' --memory-mode private
mixed 'lane % 5' --memory-mode private --resident 7
mixed 'lane / 12' --memory-mode private --assign block --resident 16
awk 'BEGIN {
    print "program,lane"
    for (lane = 59; lane >= 0; lane--)
        print lane * lane % 5 "," lane
}' >"$work/assign.csv"
mixed 'lane * lane % 5' --memory-mode private --assign "$work/assign.csv"
mixed 'lane * lane % 5' --memory-mode private --assign "$work/assign.csv" \
    --resident 9

echo "1..$((passed + failed))"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
