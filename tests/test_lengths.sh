#!/bin/sh
# tests/test_lengths.sh: no file of src, kernels and include is longer than 500
# lines, but tables and the public header; no function longer than 60, but the
# two loops that dispatch operations, which are one switch each.
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# lengths FILE...: "FILE LINES" for files, "FILE:NAME LINES" for functions, whose
# braces stand in the first column.
lengths() {
    awk 'FNR == 1 && before != "" { print before, last }
         { before = FILENAME; last = FNR }
         /^[a-zA-Z].*\(/ && !/;$/ { head = $0 }
         /^{/ { start = FNR }
         /^}/ && start > 0 {
             name = head; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name)
             print FILENAME ":" name, FNR - start + 1; start = 0 }
         END { print before, last }' "$@"
}

# too_long: reads lengths, prints those that are too long.
too_long() {
    awk '{ most = $1 ~ /:/ ? 60 : 500 } $2 > most' |
        grep -v -e '^include/armgpu\.h ' -e ':ag_execute_run ' \
            -e ':ag_run_group '
}

check() {
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED   $1"
    fi
}

find src kernels include \( -name '*.[ch]' -o -name '*.c[lu]' -o \
    -name '*.metal' \) | sort >"$work/files"
# shellcheck disable=SC2046 # no name has spaces
lengths $(cat "$work/files") >"$work/lengths"
too_long <"$work/lengths" | tee "$work/long"
check "files and functions are short" "$(wc -l <"$work/long")" 0
check "all files were read" \
    "$(grep -c -v : "$work/lengths")" "$(wc -l <"$work/files")"

# The check itself.
{
    echo 'static int f(int a)'
    echo '{'
    seq 59
    echo '}'
    seq 440
} >"$work/long.c"
check "what is too long is noticed" \
    "$(lengths "$work/long.c" | too_long | wc -l)" 2

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
