#!/bin/sh
# Random C programs: csmith writes them, and the checksum of their globals
# must be the same natively and in 4 private lanes. Each seed is compiled at
# one of five optimisation levels in turn.
#
#   [SEEDS=50] [FIRST=1] tests/test_csmith.sh [ARMGPU]
#
# Goes on from seed FIRST until SEEDS programs have been compared. Long programs
# (many never end) are passed over and counted: lanes did not end after so many
# instructions, nor native code after so many basic blocks. Where native and
# lanes disagree, qemu-aarch64 tells whether it is the compilers that disagree.
# Sources of failures stay in build/csmith.
set -u

armgpu=${1:-build/release/armgpu}
seeds=${SEEDS:-50}
seed=${FIRST:-1}
cross=aarch64-linux-gnu-
out=build/csmith
include=${CSMITH_INCLUDE:-/usr/include/csmith}
max_cycles=200000000
max_blocks=$((max_cycles / 100))
patience=600 # seconds: what takes longer hangs
passed=0 failed=0 skipped=0 compared=0

options="--no-argc --no-float --no-volatiles --no-volatile-pointers --quiet"
flags="-std=gnu11 -w -fwrapv -I$out"
guest_flags="$flags -ffreestanding -fno-pic -mgeneral-regs-only \
    -mno-outline-atomics -fno-asynchronous-unwind-tables -fno-stack-protector"
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
mkdir -p "$out" || exit 1

# csmith's arithmetic without its floating point, which -mgeneral-regs-only
# refuses: functions are paragraphs there. Then the parts common to all seeds.
prepare()
{
    awk 'BEGIN { RS = ""; ORS = "\n\n" } !/float|double/' \
        "$include/safe_math.h" >"$out/safe_math.h"
    cp tests/compiled/csmith/csmith.h "$out/"
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
    (cd "$out" && csmith $options --seed "$seed" -o "$seed.c") &&
        ${CC:-cc} $flags -O1 -o "$out/native" "$out/$seed.c" \
            tests/compiled/csmith/host.c &&
        ${cross}gcc $guest_flags -"$level" -c -o "$out/guest.o" \
            "$out/$seed.c" &&
        ${cross}gcc $link_flags -o "$out/guest.elf" "$out/start.o" \
            "$out/guest.o" "$out/rt.o" -lgcc &&
        ${cross}objcopy -O binary "$out/guest.elf" "$out/$seed.bin"
}

# Every lane's stop reason and X0, one line for each kind there is.
run_lanes()
{
    "$armgpu" run "$out/$seed.bin" --backend cpu --lanes 4 --memory 1M \
        --memory-mode private --max-cycles $max_cycles --csv --all \
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

# Does the program go on for more than max_blocks natively? It is compiled as
# the lanes' is, and counts for itself: time would be the machine's.
is_long()
{
    # shellcheck disable=SC2086  # lists
    ${CC:-cc} $flags -"$level" -fsanitize-coverage=trace-pc -c \
        -o "$out/counted.o" "$out/$seed.c" || die "$seed.c does not count"
    # shellcheck disable=SC2086  # a list
    ${CC:-cc} $flags -DMAX_BLOCKS=$max_blocks -o "$out/counted" \
        "$out/counted.o" tests/compiled/csmith/host.c || die "host.c: no count"
    timeout $patience "$out/counted" >/dev/null
    [ $? -eq 3 ]
}

skip()
{
    skipped=$((skipped + 1))
    echo "# seed $seed skipped: $1"
}

judge()
{
    if [ "$got" = "halt $want" ]; then
        passed=$((passed + 1))
        echo "ok $((compared += 1)) - seed $seed -$level: $want"
        rm -f "$out/$seed.c" "$out/$seed.bin"
    elif [ "$got" = "halt $(run_qemu)" ]; then
        skip "the compilers disagree: $want natively, $got"
    else
        failed=$((failed + 1))
        echo "not ok $((compared += 1)) - seed $seed -$level:" \
            "$want natively, $got"
        sed 's/^/# /' "$out/err"
    fi
}

prepare
while [ "$compared" -lt "$seeds" ]; do
    case $((seed % 5)) in
    0) level=O0 ;; 1) level=O1 ;; 2) level=O2 ;; 3) level=O3 ;; *) level=Os ;;
    esac
    if ! build 2>"$out/err"; then
        sed 's/^/# /' "$out/err"
        die "seed $seed does not build"
    fi
    got=$(run_lanes)
    if [ "${got%% *}" = max-cycles ] && is_long; then
        skip "more than $max_cycles instructions"
    else
        want=$(timeout $patience "$out/native" || echo "no end in $patience s")
        judge
    fi
    seed=$((seed + 1))
    # A generator or compiler that makes nothing comparable is a failure too.
    [ $skipped -le $((seeds + 20)) ] || die "$skipped seeds skipped"
done

echo "1..$compared"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$compared" -gt 0 ]
