#!/bin/sh
# Is the kernel text that goes to Metal's compiler Metal's language? Clang's
# OpenCL C++ front end has the same address spaces; what it lets pass and Metal
# does not is looked for in what it makes of the text. Every sample of
# tests/metal/check/refused/ must be refused for the reason in its first line.
# What this cannot show: that Apple's own compiler says the same.
set -u

# shellcheck disable=SC1091,SC2154
. tests/metal/lib.sh
embed=build/gen/embed
need clang clang
[ -x "$embed" ] || need_build "$embed"
[ -x build/release/armgpu ] || need_build build/release/armgpu

check="clang -x clcpp -cl-std=clc++2021 -cl-no-stdinc --target=spir64 \
    -Itests/metal/check -Wall -Werror -Wno-unknown-attributes \
    -Wno-unused-function -fno-color-diagnostics"

# What the front end accepts and Metal does not, from its syntax tree.
look_at_tree()
{
    sed 's/ used / /' "$1" | awk '
    function wrong(what) {
        print what ": " $0
        found = 1
    }
    /CXXThisExpr/ { next }
    /__generic [A-Za-z0-9_ ]*\*/ { wrong("pointer without address space") }
    /ParmVarDecl .*[0-9] [A-Za-z_][A-Za-z_0-9]* .*__generic [A-Za-z0-9_ ]*&/ {
        wrong("reference without address space")
    }
    /^[|`]-VarDecl/ && !/__constant/ { wrong("variable outside of constant") }
    /^[|` ][ |`]+-VarDecl .* static/ && !/__constant/ {
        wrong("static variable in a function")
    }
    /\047[^\047]*long long/ { wrong("long long") }
    /LambdaExpr/ { wrong("lambda") }
    END { exit found }' | sort -u | head -n 20
}

# Fails if functions call each other in a circle.
look_for_recursion()
{
    awk '
    /^define / {
        match($0, /@[A-Za-z_0-9.$]+/)
        caller = substr($0, RSTART, RLENGTH)
    }
    / call / && match($0, /@[A-Za-z_0-9.$]+\(/) {
        print caller, substr($0, RSTART, RLENGTH - 1)
    }' "$1" | tsort 2>&1 >/dev/null | sed 's/^/recursion: /'
}

# refusals FILE OPTION...: what is wrong with it, nothing if all is well.
refusals()
{
    file=$1
    shift
    # shellcheck disable=SC2086
    $check "$@" -fsyntax-only -Xclang -ast-dump "$file" \
        >"$work/tree" 2>"$work/errors" || cat "$work/errors"
    look_at_tree "$work/tree"
    # shellcheck disable=SC2086
    $check "$@" -E "$file" 2>/dev/null | grep '__builtin_' |
        sed 's/^/builtin of the compiler: /'
    # shellcheck disable=SC2086
    $check "$@" -O0 -S -emit-llvm -o "$work/code.ll" "$file" 2>/dev/null &&
        look_for_recursion "$work/code.ll" && return
    echo 'calls cannot be followed: no code was generated'
}

"$embed" -t entry/entry.metal "$work/kernel.metal" kernels build/gen
# Version, layout, V registers, own code, process: every two of them in every way
# that there is of two; all of them with KERNELS=all.
kinds="240-0-0-0-0 240-1-1-1-0 240-0-1-0-1 310-1-0-1-0 310-0-1-1-0 310-1-1-0-1"
if [ "${KERNELS:-}" = all ]; then
    kinds=
    for has in 0-0-0 0-1-0 1-0-0 1-1-0 1-0-1; do
        kinds="$kinds 240-0-$has 240-1-$has 310-0-$has 310-1-$has"
    done
fi
for kind in $kinds; do
    has=${kind#*-*-} layout=${kind#*-} os=${kind##*-}
    version=${kind%%-*} layout=${layout%%-*} v=${has%%-*} own=${has#*-}
    own=${own%-*}
    refusals "$work/kernel.metal" -D__METAL_VERSION__="$version" \
        -DAG_LAYOUT="$layout" -DAG_GROUP_LANES=96 -DAG_HAS_V="$v" \
        -DAG_HAS_OWN_CODE="$own" -DAG_HAS_LINUX="$os" \
        -DAG_HAS_FUNCTION="$os" >"$work/why"
    where="version $version, layout $layout"
    [ ! -s "$work/why" ]
    result $? "kernel: $where, V plane $v, own code $own, process $os"
done

# Regions, as `armgpu translate` prints them.
for program in sort collatz mixed fib fir libm; do
    build/release/armgpu translate --language metal programs/$program.bin \
        >"$work/region.metal"
    has_v=-DAG_HAS_V=$(grep -c '^AG_REGION_ENDS_V(' "$work/region.metal")
    for layout in 1 2; do
        refusals "$work/region.metal" -D__METAL_VERSION__=240 \
            -DAG_LAYOUT=$layout -DAG_MARKS=1 "$has_v" >"$work/why"
        [ ! -s "$work/why" ]
        result $? "region: $program, layout $layout"
    done
done

for sample in tests/metal/check/refused/*.metal; do
    reason=$(sed -n '1s,^// refused: ,,p' "$sample")
    refusals "$sample" -D__METAL_VERSION__=240 >"$work/why"
    [ -n "$reason" ] && grep -E -q "$reason" "$work/why"
    result $? "$(basename "$sample"): refused for '$reason'"
done

finish
