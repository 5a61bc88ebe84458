#!/bin/sh
# armgpu bench: its counts are those of armgpu run, its times those of a clock
# outside, a wrong instruction makes it fail and say where, and what it writes
# can be read.
#
#   tests/test_bench.sh [ARMGPU]
#
# Needs make and a compiler for the wrong instruction; qemu-aarch64 and xmllint
# where they are installed.
set -u

armgpu=${1:-build/release/armgpu}
armgpu=$(cd "$(dirname "$armgpu")" && pwd)/$(basename "$armgpu")
cd "$(dirname "$0")/.." || exit 2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
if [ ! -x "$armgpu" ]; then
    echo "test_bench: no $armgpu: run make first" >&2
    exit 1
fi
passed=0 failed=0 skipped=0

# result STATUS WHAT: why it failed is in $work/why.
result() {
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
        echo "ok - $2"
        return
    fi
    failed=$((failed + 1))
    echo "FAILED $2"
    sed 's/^/    /' "$work/why"
}

skip() {
    skipped=$((skipped + 1))
    echo "skipped $1"
}

# field NAME FILE: a number or string of the first object that has it.
field() {
    sed -n "s/.*\"$1\":\"\{0,1\}\([^,\"}]*\).*/\1/p" "$2" | head -n 1
}

# -- Counts ------------------------------------------------------------------

# image PROGRAM: its file, as docs/bench.md lists them.
image() {
    case $1 in
    count) echo programs/count_from.bin ;;
    calls) echo programs/fib.bin ;;
    matmul) echo programs/matmul_f32.bin ;;
    *) echo "programs/$1.bin" ;;
    esac
}

# The same work, given to armgpu run.
run_alike() {
    "$armgpu" run "$(image "$1")" --backend cpu --lanes 5 --max-cycles 0 \
        --memory-mode "$2" --memory "$(field memory_size "$work/bench")" \
        --stack "$(field stack_size "$work/bench")" \
        --pc "$(field pc "$work/bench")" --reg x0=lane \
        --reg "x1=$(field iterations "$work/bench")" --json --show 0 \
        >"$work/run" 2>"$work/why"
}

check_counts() {
    "$armgpu" bench --backend cpu --program "$1" --lanes 5 --iterations 19 \
        --repeat 2 --memory-mode "$2" --json >"$work/bench" 2>"$work/why" &&
        run_alike "$1" "$2" &&
        [ "$(field verified "$work/bench")" = true ] &&
        for pair in instructions:total_cycles min_cycles:min_cycles \
            max_cycles:max_cycles; do
            ours=$(field "${pair%:*}" "$work/bench")
            theirs=$(field "${pair#*:}" "$work/run")
            [ -n "$ours" ] && [ "$ours" = "$theirs" ] && continue
            echo "${pair%:*}: bench has $ours, run $theirs" >"$work/why"
            return 1
        done
}

programs='count alu mixed sha256 crc32 sort collatz stream calls nbody matmul
    libm fir chacha20 sha256_ce'
for program in $programs; do
    for mode in shared private; do
        check_counts "$program" $mode
        result $? "$program counts as run does, $mode memory"
    done
done

# Inputs repeat from lane 1,024 on; every lane is checked.
"$armgpu" bench --backend cpu --program mixed --lanes 3000 --iterations 50 \
    --repeat 1 --csv >"$work/out" 2>"$work/why" &&
    grep -q "^mixed,cpu,shared,interpreter,3000,.*,$((3000 * (10 * 50 + 5)))," "$work/out"
result $? "3,000 lanes"

# -- Time ----------------------------------------------------------------------

# timed ITERATIONS: what bench took for `calls` by our clock, $took nanoseconds.
timed() {
    begin=$(date +%s%N)
    "$armgpu" bench --backend cpu --program calls --lanes 2 --repeat 1 \
        --iterations "$1" --json >"$work/bench" 2>"$work/why" || return
    took=$(($(date +%s%N) - begin))
}

# What the process takes is what it reports and the rest: starting, ending and
# the host's own work, which is a hundredth for `calls`. Runs with next to no
# work just before and after say what the rest takes on this machine now. Load
# that changes in between spoils an attempt: one of some has to agree.
outside_clock() {
    for attempt in 1 2 3 4 5 6; do
        timed 1 || return 1
        rest=$took
        timed "$1" || return 1
        whole=$took inside=$(field seconds_median "$work/bench")
        timed 1 || return 1
        [ "$took" -le "$rest" ] || rest=$took
        awk -v inside="$inside" -v whole="$whole" -v rest="$rest" 'BEGIN {
            outside = whole / 1e9
            rest = rest / 1e9
            printf "%.3f s outside, %.3f s inside, %.3f s for the rest\n",
                outside, inside, rest
            exit !(inside <= outside && inside > 0.95 * outside - rest)
        }' >"$work/why" && return 0
        echo "attempt $attempt: $(cat "$work/why")" >&2
    done
    return 1
}

# In sanitizer builds the host's own work and leaving take their time too.
case $("$armgpu" version | sed -n 's/^mode: //p'):$(date +%N) in
*:*[!0-9]*) skip "outside clock: date has no nanoseconds here" ;;
release:*)
    # About two seconds of work, whatever this machine is doing.
    "$armgpu" bench --backend cpu --program calls --lanes 2 --repeat 1 \
        --time 2000 --json >"$work/bench" 2>"$work/why"
    outside_clock "$(field iterations "$work/bench")"
    result $? "an outside clock agrees"
    ;;
*) skip "outside clock: not a release build" ;;
esac

# -- Other comparisons ---------------------------------------------------------

"$armgpu" bench --backend cpu --program alu --program sort --lanes 2 --quick \
    --against native --json >"$work/bench" 2>"$work/why" &&
    awk '
    function field(name) {
        match($0, "\"" name "\":[^,}]*")
        return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3)
    }
    /"native_seconds":/ {
        times = field("seconds_median") / field("native_seconds")
        stated = field("native_times_faster")
        print times " times, stated as " stated
        right += stated > 0.9999 * times && stated < 1.0001 * times
    }
    END { exit right != 2 }' "$work/bench" >"$work/why"
result $? "native code is measured, and compared"

if command -v qemu-aarch64 >/dev/null; then
    "$armgpu" bench --backend cpu --program alu --program sha256 \
        --program nbody --program sha256_ce --lanes 2 \
        --quick --against qemu --json >"$work/bench" 2>"$work/why" &&
        [ "$(grep -c '"qemu_ips":[1-9][0-9.e+]*,"qemu_processes":[1-9]' \
            "$work/bench")" -eq 4 ]
    result $? "qemu computes the same"
else
    skip "qemu-aarch64 is not installed"
fi

PATH=/nowhere "$armgpu" bench --backend cpu --program alu --lanes 1 --quick \
    --against qemu >"$work/out" 2>"$work/why"
[ $? -eq 125 ] && grep -q 'qemu-aarch64 is not installed' "$work/why"
result $? "a missing qemu is said"

TMPDIR=/nowhere "$armgpu" bench --backend cpu --program alu --lanes 1 --quick \
    --against qemu >"$work/out" 2>"$work/why"
[ $? -eq 125 ] && grep -q 'no file could be made in /nowhere' "$work/why"
result $? "its programs go to TMPDIR"

# ARMGPU_TEST_BACKENDS=cpu keeps drivers out of sanitizer builds.
if [ "${ARMGPU_TEST_BACKENDS:-}" = cpu ]; then
    skip "OpenCL kernels: only the cpu backend is wanted"
elif "$armgpu" devices 2>/dev/null | grep '^opencl' | grep -qv 'not usable'; then
    "$armgpu" bench --backend opencl --program mixed --program sha256 \
        --program calls --program fir --program chacha20 --program sha256_ce \
        --program nbody --lanes 1030 --quick --against native --json \
        >"$work/bench" 2>"$work/why" &&
        [ "$(grep -c '"kernel_times_faster":[0-9]' "$work/bench")" -eq 5 ]
    result $? "the same C as OpenCL kernels has the host's results"
else
    skip "OpenCL kernels: no device"
fi

# -- Output --------------------------------------------------------------------

"$armgpu" bench --backend cpu --lanes 4,1 --quick --csv --plot "$work/p.svg" \
    >"$work/csv" 2>"$work/why" &&
    awk -F, 'NR == 1 { n = NF } NF != n { bad++ }
        END { exit bad || NR != 31 }' "$work/csv"
result $? "CSV has a line a measurement and as many columns in each"

if command -v xmllint >/dev/null; then
    xmllint --noout "$work/p.svg" 2>"$work/why"
    result $? "the plot is XML"
else
    skip "the plot as XML: xmllint is not installed"
fi
[ "$(grep -c '^<path class="line"' "$work/p.svg")" -eq 15 ] &&
    [ "$(grep -c '>cpu [a-z0-9_]* [0-9.]*[ kMG]*</text>' "$work/p.svg")" -eq 15 ]
result $? "the plot has 15 lines with their names"
[ "$(grep -c '^<path class="whisker"' "$work/p.svg")" -eq 30 ]
result $? "the plot has a whisker for each measurement"

"$armgpu" bench --backend cpu --program alu --lanes 1 --quick \
    --plot "$work/nowhere/p.svg" >/dev/null 2>"$work/why"
[ $? -eq 125 ] && grep -q 'cannot be written' "$work/why"
result $? "a plot that cannot be written is said"

# -- A wrong instruction -------------------------------------------------------

# One ADD is wrong for some operands, in a copy of the tree, and in the host's
# sine the last bit of a sixth. Everything else is right, so it is the comparison
# that must notice.
build_broken() {
    mkdir "$work/tree" &&
        cp -R Makefile include kernels src programs tests "$work/tree" &&
        sed 's/W(d, x + y);/W(d, x + y + (x >> 63));/' kernels/a64/addsub.h \
            >"$work/tree/kernels/a64/addsub.h" &&
        ! cmp -s kernels/a64/addsub.h "$work/tree/kernels/a64/addsub.h" &&
        sed 's|-1.0 / 6)|-0x1.5555555555556p-3)|' programs/libm.c \
            >"$work/tree/programs/libm.c" &&
        ! cmp -s programs/libm.c "$work/tree/programs/libm.c" &&
        (
            unset MAKEFLAGS MFLAGS WERROR # not those of the test's own make
            make -s -C "$work/tree" MODE=debug CFLAGS=-O1 GROUP_ISAS= \
                WITH_PNG=0 build/debug/armgpu
        )
}

if build_broken >"$work/why" 2>&1; then
    "$work/tree/build/debug/armgpu" bench --backend cpu --program alu \
        --lanes 7 --iterations 100 >"$work/out" 2>"$work/why"
    [ $? -eq 1 ] && [ ! -s "$work/out" ] &&
        grep -q 'program alu, backend cpu, lane [0-6] of 7: X0: expected 0x[0-9a-f]*, got 0x' \
            "$work/why"
    result $? "a wrong ADD makes it fail, without figures, and names the lane"
    "$work/tree/build/debug/armgpu" bench --backend cpu --program alu \
        --program count --lanes 7 --iterations 100 --json >"$work/out" \
        2>"$work/why"
    [ $? -eq 1 ] && grep -q '"program":"alu".*"verified":false' "$work/out" &&
        ! grep -q '"program":"alu".*"ips_median"' "$work/out" &&
        grep -q '"program":"count".*"verified":true' "$work/out"
    result $? "the program that is right is still measured"
    "$work/tree/build/debug/armgpu" bench --backend cpu --program libm \
        --lanes 7 --iterations 100 >"$work/out" 2>"$work/why"
    [ $? -eq 1 ] && [ ! -s "$work/out" ] &&
        grep -q 'program libm, backend cpu, lane [0-6] of 7: X0: expected' \
            "$work/why"
    result $? "a sixth whose last bit differs is noticed"
    "$work/tree/build/debug/armgpu" run programs/fib.bin --lanes 64 \
        --backend cpu --device 2 >"$work/out" 2>"$work/why"
    [ $? -eq 125 ] && grep -q 'device 2 .* is not in this build' "$work/why"
    result $? "a build without lane groups says so"
else
    result 1 "building with a wrong ADD"
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
