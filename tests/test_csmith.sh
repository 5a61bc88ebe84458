#!/bin/sh
# Random C programs: csmith writes them, and the checksum of their globals
# must be the same natively and in 4 private lanes. Each seed is compiled at
# one of five optimisation levels in turn, and each fourth is executed once more,
# translated.
#
#   [SEEDS=20] [FLOATS=6] [FIRST=1] tests/test_csmith.sh [ARMGPU]
#
# Goes on from seed FIRST until SEEDS programs have been compared. Long programs
# (many never end) are passed over and counted: lanes did not end after so many
# instructions, nor native code after so many basic blocks. Where native and
# lanes disagree, qemu-aarch64 tells whether it is the compilers that disagree.
# Sources of failures stay in build/csmith.
#
# Then the same, from seed FIRST again, until FLOATS programs with floating point
# and vectors have been compared: on 64 lanes, with what the same object gives
# under qemu-aarch64, as compilers may contract and processors have NaNs of their
# own. Every other seed is compiled for a late architecture.
set -u

armgpu=${1:-build/release/armgpu}
seeds=${SEEDS:-20}
floats=${FLOATS:-6}
first=${FIRST:-1}
cross=aarch64-linux-gnu-
out=build/csmith
include=${CSMITH_INCLUDE:-/usr/include/csmith}
patience=600 # seconds: what takes longer hangs
passed=0 failed=0 skipped=0 compared=0

# The two kinds of programs: where their headers are, what csmith may write, on
# how many lanes they run and for how long, and what native code and lanes get.
use_integers()
{
    kind='' headers=$out/integer lanes=4 max_cycles=200000000
    csmith_options="$options --no-float"
    flags="$both -I$headers"
    set_guest_flags -mgeneral-regs-only
}

use_floats()
{
    kind=' with floats' headers=$out/float lanes=64 max_cycles=3000000
    csmith_options="$options --float"
    flags="$both -I$headers -DCSMITH_FLOAT"
    case $((seed % 2)) in
    0) set_guest_flags -march=armv8-a ;;
    *) set_guest_flags -march=armv8.6-a+fp16 ;;
    esac
}

set_guest_flags()
{
    guest_flags="$flags $1 -ffreestanding -fno-pic -fno-math-errno \
        -mno-outline-atomics -fno-asynchronous-unwind-tables \
        -fno-stack-protector"
}

options="--no-argc --no-volatiles --no-volatile-pointers --quiet"
both="-std=gnu11 -w -fwrapv"
link_flags="-nostdlib -static -Wl,--build-id=none -Wl,-e,0 \
    -Wl,-z,max-page-size=4096 -Wl,--gc-sections -Wl,-T,programs/lib/flat.ld"

die()
{
    echo "test_csmith: $*" >&2
    exit 1
}

for tool in csmith ${cross}gcc ${cross}objcopy qemu-aarch64; do
    command -v "$tool" >/dev/null 2>&1 && continue
    [ "${CI:-}" != true ] || die "CI must have $tool"
    echo "# skip: no $tool"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
done
[ -f "$include/safe_math.h" ] || die "no $include/safe_math.h (libcsmith-dev)"
[ -x "$armgpu" ] || die "no $armgpu: run make first"
mkdir -p "$out/integer" "$out/float" || exit 1

# csmith's arithmetic, whole and without its floating point, which
# -mgeneral-regs-only refuses: functions are paragraphs there. Then the parts
# common to all seeds.
prepare()
{
    awk 'BEGIN { RS = ""; ORS = "\n\n" } !/float|double/' \
        "$include/safe_math.h" >"$out/integer/safe_math.h"
    cp "$include/safe_math.h" "$out/float/"
    for headers in "$out/integer" "$out/float"; do
        cp tests/compiled/csmith/csmith.h "$headers/"
    done
    use_integers
    for source in programs/lib/start.s programs/lib/rt.c; do
        name=$(basename "${source%.*}")
        # shellcheck disable=SC2086  # a list
        ${cross}gcc $guest_flags -O2 -fno-tree-loop-distribute-patterns \
            -ffunction-sections -c -o "$out/$name.o" "$source" ||
            die "$source does not compile"
    done
}

# csmith leaves a file platform.info where it runs.
build()
{
    # shellcheck disable=SC2086  # lists
    (cd "$headers" && csmith $csmith_options --seed "$seed" -o "$seed.c") &&
        ${cross}gcc $guest_flags -"$level" -c -o "$out/guest.o" \
            "$headers/$seed.c" &&
        ${cross}gcc $link_flags -o "$out/guest.elf" "$out/start.o" \
            "$out/guest.o" "$out/rt.o" -lgcc &&
        ${cross}objcopy -O binary "$out/guest.elf" "$out/$seed.bin"
}

# run_lanes ENGINE: every lane's stop reason and X0, one line for each kind there
# is.
run_lanes()
{
    "$armgpu" run "$out/$seed.bin" --backend cpu --lanes $lanes --memory 1M \
        --memory-mode private --max-cycles $max_cycles --csv --all --engine "$1" \
        --translate-budget 4000 \
        2>"$out/err" | awk -F, '
        NR == 1 {
            for (i = 1; i <= NF; i++)
                at[$i] = i
            next
        }
        {
            value = tolower($at["x0"])
            sub(/^0x0*/, "", value)
            line = $at["stop_reason"] " 0x" (value == "" ? "0" : value)
            if (!(line in seen))
                print line
            seen[line] = 1
        }'
}

run_qemu()
{
    # shellcheck disable=SC2086  # a list
    ${cross}gcc $flags -static -o "$out/qemu" "$out/guest.o" \
        tests/compiled/csmith/host.c &&
        timeout $patience qemu-aarch64 "$out/qemu"
}

# Does the program go on natively for more blocks than there are such in
# max_cycles? It counts for itself: time would be the machine's. Optimised, an
# endless loop has nothing that counts.
is_long()
{
    max_blocks=$((max_cycles / 100))
    # shellcheck disable=SC2086  # lists
    ${CC:-cc} $flags -O0 -fsanitize-coverage=trace-pc -c \
        -o "$out/counted.o" "$headers/$seed.c" || die "$seed.c does not count"
    # shellcheck disable=SC2086  # a list
    ${CC:-cc} $flags -DMAX_BLOCKS=$max_blocks -o "$out/counted" \
        "$out/counted.o" tests/compiled/csmith/host.c || die "host.c: no count"
    timeout $patience "$out/counted" >/dev/null
    [ $? -eq 3 ]
}

skip()
{
    skipped=$((skipped + 1))
    echo "# seed $seed$kind skipped: $1"
}

judge()
{
    if [ "$got" = "halt $want" ]; then
        passed=$((passed + 1))
        echo "ok $((compared += 1)) - seed $seed$kind -$level: $want"
        rm -f "$headers/$seed.c" "$out/$seed.bin"
    elif [ -z "$kind" ] && [ "$got" = "halt $(run_qemu)" ]; then
        skip "the compilers disagree: $want natively, $got"
    else
        failed=$((failed + 1))
        echo "not ok $((compared += 1)) - seed $seed$kind -$level:" \
            "$want expected, $got"
        sed 's/^/# /' "$out/err"
    fi
}

natively()
{
    # shellcheck disable=SC2086  # a list
    ${CC:-cc} $flags -O1 -o "$out/native" "$headers/$seed.c" \
        tests/compiled/csmith/host.c || die "seed $seed does not build"
    timeout $patience "$out/native" || echo "no end in $patience s"
}

# compare_seeds KIND ORACLE COUNT: from the first on, COUNT more of a kind.
compare_seeds()
{
    seed=$first left=$((compared + $3)) most=$((skipped + $3 + 20))
    while [ "$compared" -lt $left ]; do
        "$1"
        case $((seed % 5)) in
        0) level=O0 ;; 1) level=O1 ;; 2) level=O2 ;; 3) level=O3 ;;
        *) level=Os ;;
        esac
        if ! build 2>"$out/err"; then
            sed 's/^/# /' "$out/err"
            die "seed $seed$kind does not build"
        fi
        got=$(run_lanes interpreter)
        if [ $((seed % 4)) -eq 1 ]; then
            translated=$(run_lanes translated)
            [ "$translated" = "$got" ] || got="$got, translated $translated"
        fi
        if [ "${got%% *}" = max-cycles ] && is_long; then
            skip "more than $max_cycles instructions"
        else
            want=$("$2")
            judge
        fi
        seed=$((seed + 1))
        # A generator or compiler that makes nothing comparable is a failure.
        [ $skipped -le $most ] || die "$skipped seeds skipped"
    done
}

prepare
compare_seeds use_integers natively "$seeds"
compare_seeds use_floats run_qemu "$floats"

echo "1..$compared"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$compared" -gt 0 ]
