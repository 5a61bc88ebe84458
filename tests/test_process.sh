#!/bin/sh
# tests/test_process.sh EXE: the stack that a Linux program starts with, as
# src/guest lays it out, against what qemu-aarch64 gives the same program, which
# goes over its own: strings and their places, alignment, entries of the vector
# and those of their values that are no addresses. QEMU has the vector in an
# order of its own, which is not compared, and the environment turned round.
set -u
dump=$(dirname "$1")/tests/process_dump
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
passed=0 failed=0

for tool in aarch64-linux-gnu-gcc qemu-aarch64; do
    command -v "$tool" >/dev/null && continue
    echo "skipped all: $tool is not installed"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
done

# agrees KIND ARGUMENT...: with an environment of two and of none.
agrees()
{
    guest=$work/$1
    shift
    for environment in '' 'A=1 SECOND=two'; do
        reversed=
        for pair in $environment; do
            reversed="$pair $reversed"
        done
        # shellcheck disable=SC2086 # words
        env -i $environment "$(command -v qemu-aarch64)" "$guest" "$@" |
            sort >"$work/qemu"
        # shellcheck disable=SC2086 # words
        "$dump" "$guest" "$@" -- $reversed >"$work/got"
        # Linux's order, less what is not given: no vDSO, no AT_MINSIGSTKSZ.
        order=$(sed -n 's/^\([0-9][0-9]*\).*/\1/p' "$work/got" |
            tr '\n' ' ')
        sort "$work/got" >"$work/sorted"
        if diff "$work/qemu" "$work/sorted" &&
            [ "$order" = "16 6 17 3 4 5 7 8 9 11 12 13 14 23 25 26 31 15 " ]
        then
            passed=$((passed + 1))
            echo "ok $(basename "$guest") $*, $environment"
        else
            failed=$((failed + 1))
            echo "FAILED $(basename "$guest") $*, $environment: $order"
        fi
    done
}

for kind in static static-pie; do
    aarch64-linux-gnu-gcc -O1 -$kind -I"$(dirname "$0")" \
        "$(dirname "$0")/process_guest.c" -o "$work/$kind" || exit 1
    agrees $kind
    agrees $kind one
    agrees $kind one '' 'a longer one' 4
done

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
