#!/bin/sh
# tests/test_layers.sh EXE: no circles. An object needs the objects that define
# its undefined symbols, a kernel header those that it includes; tsort finds an
# order in which each comes after what it needs, or names a circle.
set -u
exe=$1
build=$(dirname "$exe")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# has_order NAME: $work/edges, lines "needs needed", has no circle.
has_order() {
    if [ -s "$work/edges" ] && tsort "$work/edges" >/dev/null 2>"$work/why"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED   $1: a circle among"
        sed 's/^tsort: //' "$work/why"
    fi
}

# objects NAME DIRECTORY...: "A needs what B defines" as lines "A B".
objects() {
    name=$1
    shift
    : >"$work/all"
    for room in "$@"; do
        [ -d "$room" ] || continue
        for source in "$room"/*.c; do
            object=$build/${source%.c}.o
            [ -f "$object" ] && nm -g "$object" | awk -v o="$source" '
                NF == 3 { print "T", $3, o } NF == 2 { print "U", $2, o }'
        done
    done >"$work/all"
    awk 'BEGIN { n = 0 }
         $1 == "T" { owner[$2] = $3 }
         $1 == "U" { user[n] = $3; symbol[n++] = $2 }
         END { for (i = 0; i < n; i++) if (symbol[i] in owner)
                   print user[i] " " owner[symbol[i]] }' "$work/all" \
        >"$work/edges"
    has_order "$name"
}

objects "src/base, src/core, src/code and src/guest" src/base src/core src/code \
    src/guest
objects "src/backend" src/backend src/backend/*
objects "src/cli" src/cli src/cli/*

grep -n '^#include "' kernels/*/*.h kernels/*/*.c kernels/*/*.c[lu] \
    kernels/*/*.metal |
    sed 's/^kernels\/\([^:]*\):[0-9]*:#include "\([^"]*\)".*/\1 \2/' \
    >"$work/edges"
has_order "kernels"

# The check itself: two files that need each other.
printf 'a b\nb a\n' >"$work/edges"
before=$failed
has_order "a circle" >/dev/null
if [ "$failed" -eq "$before" ]; then
    echo "FAILED   a circle is not noticed"
    failed=$((before + 1))
else
    failed=$before
    passed=$((passed + 1))
fi

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
