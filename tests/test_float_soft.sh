#!/bin/sh
# tests/test_float_soft.sh EXE [BACKEND...]: floating point by the hardware where
# that is proven to be right ends every program as floating point in integers
# does (--float auto, soft). The guest programs of programs/, those of
# tests/compiled, and tests/float/instructions.c, which executes every
# floating-point row on random states: stops, cycles, all registers, FPSR and the
# whole memory of each lane are compared.
#
#   [IMAGES=DIR] [LANES=N] [SEED=N] tests/test_float_soft.sh EXE [BACKEND...]
#
# On the CPU each program runs on 64 lanes, which are a group. All of them run
# together, LANES lanes of each (default 8), on the CPU with lanes one by one and
# on other backends, so that little is launched there. Without BACKEND: the CPU, and OpenCL where it is. The images
# are built in build/float-soft, for which a compiler is needed; IMAGES has some
# that were built elsewhere (copy build/float-soft), and needs nothing but EXE,
# sh, awk and cmp.
# shellcheck disable=SC1091,SC2013,SC2046,SC2086,SC2154
set -u

exe=$1
shift
. tests/metal/lib.sh
. tests/float/words.sh
images=${IMAGES:-build/float-soft}
lanes=${LANES:-8}
seed=${SEED:-1}

# ---- the images

# What they call of it: libraries come before sources here.
libgcc=-Wl,-u,__muldc3,-u,__divti3,-u,__modti3,-u,__udivti3,-u,__umodti3,-lgcc

# build NAME FLAG...: of C whose name is before the dot.
build()
{
    name=$1 source=tests/compiled/${1%%.*}.c
    shift
    [ -f "$source" ] || source=tests/compiled/float/${name%%.*}.c
    "$exe" cc --compiler aarch64-linux-gnu-gcc -o "$images/$name.bin" \
        tests/compiled/main.c "$source" -- -Itests/compiled \
        -fno-math-errno -O3 "$@" $libgcc >"$work/why" 2>&1 && return
    result 1 "$name builds"
    finish
}

build_compiled()
{
    for source in tests/compiled/*.c tests/compiled/float/*.c; do
        program=$(basename "$source" .c)
        case $source in
        */host.c | */main.c) continue ;;
        */float/* | */loops.c) build "$program.old" -march=armv8-a ;;
        esac
        build "$program.late" -march=armv8.6-a+fp16+crypto -ffp-contract=fast
    done
    for source in tests/compiled/float/*.c; do
        build "$(basename "$source" .c).fast" -march=armv8.6-a+fp16 -ffast-math
    done
}

build_instructions()
{
    "$exe" insns --tsv | words 4 '^$' "$more" >"$work/all" 2>"$work/rows"
    "$exe" disasm "$work/all" | grep : >"$work/text"
    allocated "$work/text" <"$work/all" >"$work/instructions"
    count=$(($(wc -c <"$work/instructions") / 8))
    echo $count >"$images/instructions"
    "$exe" cc --compiler aarch64-linux-gnu-gcc -o "$images/instructions.image" \
        tests/float/instructions.c -- \
        "-DINSTRUCTIONS=\"$work/instructions\"" "-DSEED=${seed}ull" \
        "-DCOUNT=${count}ull" -DCASES=16 >"$work/why" 2>&1 &&
        [ "$(cat "$work/rows")" -ge 450 ]
    result $? "$count instructions of $(cat "$work/rows") rows build"
}

if [ -z "${IMAGES:-}" ]; then
    need aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
    rm -rf "$images" && mkdir -p "$images" || exit 1
    build_compiled
    build_instructions
    for image in $(awk -F '\t' '$5 ~ /^[0-9]/ && $7 == "yes" { print $2 }' \
        programs/manifest.tsv); do
        cp "programs/$image" "$images"
    done
fi
[ -f "$images/instructions" ] || {
    echo "no images in $images" >"$work/why"
    result 1 "the images are there"
    finish
}

# ---- comparing

# compare WHAT ARGUMENT...: of `run`, with either kind of floating point. The
# first line has how long it took; then each lane has a line, and its memory.
compare()
{
    what=$1
    shift
    for float in auto soft; do
        "$exe" run --float $float --quiet --json --all --fp "$@" \
            2>"$work/why" >"$work/json"
        status=$?
        tail -n +2 "$work/json" >"$work/$float"
        case $status in
        0 | 123) grep -q '"v":' "$work/$float" && continue ;;
        esac
        result 1 "$what, --float $float: exit status $status"
        return
    done
    cmp "$work/auto" "$work/soft" >"$work/why" 2>&1
    status=$?
    # The first lanes that differ, without those that are like them.
    [ $status -eq 0 ] || paste -d '\n' "$work/auto" "$work/soft" |
        awk 'NR % 2 { auto = $0; next }
            auto != $0 { print substr(auto, 1, 2000); print substr($0, 1, 2000) }
        ' | sed 6q >"$work/why"
    result $status "$what"
}

private="--memory-mode private --memory 64K --dump 0:64K"

# registers IMAGE: what the manifest has it begin with, the first row's.
registers()
{
    awk -F '\t' -v bin="${1##*/}" '$2 == bin && $8 != "-" {
        n = split($8, pair, ",")
        for (i = 1; i <= n; i++)
            printf " --reg %s", pair[i]
        exit
    }' programs/manifest.tsv
}

compare_on_cpu()
{
    for image in "$images"/*.bin; do
        compare "cpu: $(basename "$image" .bin), 64 lanes" "$image" \
            -b cpu -n 64 $private $(registers "$image")
    done
}

# All programs, lane K executes program K % P; but for those that change their
# code, for which kernels are compiled once more.
# compare_together BACKEND [DEVICE]
compare_together()
{
    backend=$1 device=${2:-0}
    set --
    for image in "$images"/*.bin; do
        case $image in */jit.bin | */patch.bin) continue ;; esac
        set -- "$@" --program "$image"
    done
    n=$(($# * lanes / 2))
    compare "$backend: $(($# / 2)) programs, $lanes lanes of each" "$@" \
        -b "$backend" --device "$device" -n $n $private
}

compare_instructions()
{
    compare "$1: each of $(cat "$images/instructions") instructions in 16 states" \
        "$images/instructions.image" -b "$1" -n "$(cat "$images/instructions")" \
        --memory-mode private --memory 64K
}

if [ $# -eq 0 ]; then
    set -- cpu
    "$exe" devices | grep -q '^opencl .*[0-9]G' && set -- cpu opencl
fi
for backend; do
    if [ "$backend" = cpu ]; then
        compare_on_cpu
        compare_together cpu 1
    else
        compare_together "$backend"
    fi
    compare_instructions "$backend"
done

finish
