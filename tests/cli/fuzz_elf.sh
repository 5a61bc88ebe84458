#!/bin/sh
# Runs mutated ELF programs, the same ones for the same seed, and fails when
# armgpu crashes, hangs, or ends with a status that is not documented.
#
# usage: fuzz_elf.sh [ARMGPU [CASES [SEED]]]
set -u
here=$(cd "$(dirname "$0")" && pwd)
armgpu=${1-$here/../../build/release/armgpu}
cases=${2-150}
seed=${3-1}
armgpu=$(cd "$(dirname "$armgpu")" && pwd)/$(basename "$armgpu")
root=$here/../..
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
# Sizes that headers say are refused as malloc() refuses them.
ASAN_OPTIONS=${ASAN_OPTIONS-}:allocator_may_return_null=1
export ASAN_OPTIONS

limit=
if command -v timeout >/dev/null; then
    limit='timeout -s KILL 300' # 137 when it hangs
fi
${CC-cc} -std=c11 -DFUZZ_MUTANTS -I"$root/tests" -I"$root/include" \
    -I"$root/src" -o "$work/mutants" "$root/tests/fuzz/elf.c" \
    "$root"/src/guest/*.c || exit 1
"$work/mutants" "$work" "$cases" "$seed" || exit 1

passed=0
failed=0
ran=0
for file in "$work"/*.elf; do
    # shellcheck disable=SC2086 # the limit is a command and its arguments
    $limit "$armgpu" run "$file" -b cpu -n 2 -c 1000 --json \
        >"$work/out" 2>"$work/err" </dev/null
    status=$?
    complaint=
    case $status in
    0 | 123 | 124) ran=$((ran + 1)) ;;
    125 | 126)
        [ ! -s "$work/out" ] || complaint="output of a refused program"
        grep -q '^armgpu: ' "$work/err" || complaint="no reason given"
        ;;
    *) complaint="status that is not documented" ;;
    esac
    if grep -q -e 'runtime error:' -e 'Sanitizer' "$work/err"; then
        complaint=sanitizer
    fi
    if [ -z "$complaint" ]; then
        passed=$((passed + 1))
        continue
    fi
    failed=$((failed + 1))
    echo "FAILED   $(basename "$file") of seed $seed, status $status: $complaint"
    sed -e 's/^/    /' -e 10q "$work/err"
done
# Mutants that are all refused would show little.
if [ "$ran" -lt $((cases / 10)) ]; then
    failed=$((failed + 1))
    echo "FAILED   only $ran of $cases programs were executed"
fi
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
