#!/bin/sh
# The kernels as OpenCL C, by clang, in every form that they are compiled in:
# drivers that are made of it print its warnings on the user's terminal.
#
#   tests/test_opencl_source.sh EXE   (needs clang and the generated headers)
set -u
exe=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")

cd "$(dirname "$0")/.." || exit 2
. tests/count.sh
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

check="clang -x cl -cl-std=CL1.2 -target spir64 -Xclang
       -finclude-default-header -fsyntax-only -Ikernels -Ibuild/gen"
# shellcheck disable=SC2086
if ! echo | $check - >"$work/log" 2>&1; then
    echo "skipping: no clang that compiles OpenCL C"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi

real="-DAG_HAS_F64=1 -DAG_HAS_F32=1"
for layout in 0 1 2; do
    for more in "" "-DAG_HAS_OWN_CODE=1" "-DAG_HAS_V=1" \
        "-DAG_HAS_V=1 -DAG_HAS_OWN_CODE=1" "-DAG_HAS_V=1 -DAG_FLOAT_SOFT=1" \
        "-DAG_HAS_LINUX=1" "-DAG_HAS_LINUX=1 -DAG_HAS_V=1" \
        "-DAG_HAS_LINUX=1 -DAG_HAS_V=1 -DAG_HAS_FUNCTION=1" \
        "-DAG_HAS_V=1 -DAG_HAS_F64=1" "-DAG_HAS_V=1 -DAG_HAS_F32=1" \
        "-DAG_HAS_V=1 $real" "-DAG_HAS_V=1 $real -DAG_HAS_FMA=1" \
        "-DAG_HAS_V=1 -DAG_HAS_FORMS=1" \
        "-DAG_HAS_V=1 -DAG_HAS_FORMS=1 $real -DAG_HAS_FMA=1"; do
        # shellcheck disable=SC2086
        $check -Werror -DAG_LAYOUT=$layout -DAG_MARKS=1 $more \
            kernels/entry/entry.cl >"$work/log" 2>&1
        count $? "layout $layout $more" "$work/log"
    done
done

# Regions, as `armgpu translate` prints them, with the options that it names and
# with others; without goto too, which other languages do not have. regions
# PROGRAM FORM...
regions() {
    program=$1
    shift
    "$exe" translate --language opencl "programs/$program.bin" >"$work/region.cl"
    set -- "$(sed -n '2s,^/\* options: \(.*\) \*/$,\1,p' "$work/region.cl")" "$@"
    for options in "$@"; do
        # shellcheck disable=SC2086
        [ -n "$options" ] &&
            $check -Werror $options "$work/region.cl" >"$work/log" 2>&1
        count $? "region of $program, $options" "$work/log"
    done
}
known="-DAG_OFFSET=u32 -DAG_KNOWN_MEMORY=0x1440 -DAG_KNOWN_BASE=0x400000 \
    -DAG_KNOWN_READONLY=0x300000 -DAG_KNOWN_READONLY_BYTES=0x40"
for program in sort collatz mixed fib; do
    regions $program "-DAG_LAYOUT=1" "-DAG_LAYOUT=2 -DAG_MARKS=1" \
        "-DAG_LAYOUT=4 $known" "-DAG_LAYOUT=2 -DAG_HAS_GOTO=0"
done
v=-DAG_HAS_V=1
for program in fir chacha20 libm sha256_ce; do
    regions $program "-DAG_LAYOUT=1 $v" "-DAG_LAYOUT=2 $v $real -DAG_HAS_FMA=1" \
        "-DAG_LAYOUT=1 $v $real -DAG_FLOAT_SOFT=1 -DAG_HAS_GOTO=0"
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
