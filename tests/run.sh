#!/bin/sh
# Runs test programs and scripts, prints their output where something failed or
# was skipped, and adds up what they say: `N passed, N failed, N skipped` is the
# last line. A cmocka program says it in its own words, a script in these.
# usage: run.sh ARMGPU LOGDIR TEST...
# A TEST that ends in .sh is given ARMGPU (or the path after a `=`). Scripts run
# one after the other, and so do programs beside them: two tests at a time.
set -u

exe=$1
logs=$2
shift 2
mkdir -p "$logs"
rm -f "$logs"/*.result
passed=0 failed=0 skipped=0

# The number in front of or behind a pattern, 0 if it is not there.
count() {
    n=$(sed -n "$1" "$2" | tail -n 1)
    echo "${n:-0}"
}

log_of() {
    echo "$logs/$(basename "$(dirname "$1")")_$(basename "$1").log"
}

# Runs a test; its status and seconds are in the second file.
run_test() {
    argument=$exe test=$1
    case $test in
    *=*) argument=${test#*=} test=${test%%=*} ;;
    esac
    log=$(log_of "$test")
    start=$(date +%s)
    case $test in
    *.sh) sh "$test" "$argument" >"$log" 2>&1 ;;
    *) "$test" >"$log" 2>&1 ;;
    esac
    echo "$? $(($(date +%s) - start))" >"$log.result"
}

for test in "$@"; do
    case $test in
    *.sh | *=*) ;;
    *) run_test "$test" ;;
    esac
done &
programs=$!
for test in "$@"; do
    case $test in
    *.sh | *=*) run_test "$test" ;;
    esac
done
wait "$programs"

for test in "$@"; do
    test=${test%%=*}
    log=$(log_of "$test")
    name=$(basename "$log" .log)
    read -r status seconds <"$log.result"
    if grep -q 'passed, .* failed' "$log"; then
        p=$(count 's/^\([0-9]*\) passed, .*/\1/p' "$log")
        f=$(count 's/^.*passed, \([0-9]*\) failed.*/\1/p' "$log")
        s=$(count 's/^.*failed, \([0-9]*\) skipped.*/\1/p' "$log")
    else
        p=$(count 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log")
        f=$(count 's/^\[  FAILED  \] \([0-9]*\) test.*/\1/p' "$log")
        s=$(count 's/^\[  SKIPPED \] \([0-9]*\) test.*/\1/p' "$log")
    fi
    if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then
        f=1
    fi
    if [ "$((p + f + s))" -eq 0 ]; then
        echo "$test ran no test"
        f=1
    fi
    printf '%-32s %5d passed %3d failed %3d skipped  %4d s\n' \
        "$name" "$p" "$f" "$s" "$seconds"
    if [ "$f" -ne 0 ]; then
        echo "--- $test (exit status $status):"
        tail -n 60 "$log"
        echo "---"
    elif [ "$s" -ne 0 ]; then
        grep -i 'skip' "$log" | head -n 5
    fi
    passed=$((passed + p))
    failed=$((failed + f))
    skipped=$((skipped + s))
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
