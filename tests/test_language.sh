#!/bin/sh
# tests/test_language.sh EXE: what `armgpu translate --language` prints is whole:
# as C it compiles with the options that it names and nothing else, by $CC or cc.
# Of OpenCL C and Metal's language test_opencl_source.sh and test_metal_source.sh
# say that.
set -u
exe=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")

cd "$(dirname "$0")/.." || exit 2
. tests/count.sh
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
# Does it compile, with the options in it?
compiles() {
    options=$(sed -n '2s,^/\* options: \(.*\) \*/$,\1,p' "$work/text.c")
    [ -n "$options" ] || return 1
    # shellcheck disable=SC2086
    (cd "$work" && ${CC:-cc} -std=c11 -w -fsyntax-only $options text.c) \
        >"$work/log" 2>&1
}

for program in sort collatz mixed fib fir libm sha256_ce; do
    "$exe" translate programs/$program.bin --language c >"$work/text.c"
    compiles
    count $? "$program as C" "$work/log"
    "$exe" translate programs/$program.bin >"$work/region"
    sed -e '$d' "$work/text.c" | tail -n "$(wc -l <"$work/region")" |
        cmp - "$work/region" >"$work/log" 2>&1
    count $? "$program: the region is that without --language" "$work/log"
done

# The check itself: there is no such region.
echo 'AG_REGION_KERNEL(1)' >>"$work/text.c"
is_refused=1
compiles || is_refused=0
count $is_refused "what does not compile is noticed" "$work/log"

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
