#!/bin/sh
# Runs test programs and scripts and adds up what they say. A line says that a
# test begins, another what came of it and in how many seconds; the output of a
# test that failed or skipped something follows. The last line of all is
# `N passed, N failed, N skipped`.
# usage: run.sh ARMGPU LOGDIR TEST...
# A TEST that ends in .sh is given ARMGPU (or the path after a `=`). Two tests run
# at a time: programs in any company, and scripts that BESIDE names; other
# scripts, which build things in the same places, never two together. Before the
# last line stand the ten that took longest.
#
# Compiled kernels are not kept (docs/gpu.md), unless ARMGPU_CACHE says otherwise:
# PoCL keeps them itself, and for a file of ours compiles each twice.
#
# A script's last line is like the one above, a cmocka program says it in its own
# words. A test that says neither has failed, and so has one that ends with a
# status other than 0 or by a signal, whatever it said before.
set -u

exe=$1
logs=$2
shift 2
: "${ARMGPU_CACHE:=off}"
export ARMGPU_CACHE
mkdir -p "$logs"
rm -rf "$logs"/*.taken

log_of() {
    echo "$logs/$(basename "$(dirname "$1")")_$(basename "$1").log"
}

# A script that no other may run beside.
is_alone() {
    case " ${BESIDE:-} " in *" $1 "*) return 1 ;; esac
    case $1 in *.sh | *=*) ;; *) false ;; esac
}

# Runs a test between two lines for report().
run_test() {
    argument=$exe test=$1
    case $test in
    *=*) argument=${test#*=} test=${test%%=*} ;;
    esac
    log=$(log_of "$test")
    echo "begins $test"
    start=$(date +%s)
    { # so that the shell's own words about a signal are in the log too
        case $test in
        *.sh) sh "$test" "$argument" ;;
        *) "$test" ;;
        esac
    } >"$log" 2>&1
    echo "ended $test $? $(($(date +%s) - start))"
}

# Runs the others that nobody else has taken: a folder can be made only once.
run_others() {
    for test in "$@"; do
        if ! is_alone "$test" && mkdir "$(log_of "$test").taken" 2>/dev/null; then
            run_test "$test"
        fi
    done
}

run_tests() {
    run_others "$@" &
    for test in "$@"; do
        ! is_alone "$test" || run_test "$test"
    done
    run_others "$@"
    wait
}

# number PATTERN LOG: the last one that \(...\) matches in whole lines, or 0.
number() {
    n=$(sed -n "s/^$1\$/\1/p" "$2" | tail -n 1)
    echo "${n:-0}"
}

# Sets p, f and s to what a log says passed, failed and was skipped.
count() {
    n='[0-9][0-9]*'
    if grep -qx "$n passed, $n failed, $n skipped" "$1"; then
        p=$(number "\($n\) passed, $n failed, $n skipped" "$1")
        f=$(number "$n passed, \($n\) failed, $n skipped" "$1")
        s=$(number "$n passed, $n failed, \($n\) skipped" "$1")
    else
        p=$(number "\[  PASSED  \] \($n\) test.*" "$1")
        f=$(number "\[  FAILED  \] \($n\) test.*" "$1")
        s=$(number "\[  SKIPPED \] \($n\) test.*" "$1")
    fi
}

# What is wrong with a test besides what it says itself.
wrong_with() {
    if [ "$1" -gt 128 ]; then
        echo "was ended by signal $(kill -l "$1" 2>/dev/null)"
    elif [ "$1" -ne 0 ]; then
        echo "ended with status $1"
    elif [ $((p + f + s)) -eq 0 ]; then
        echo "ran no test"
    fi
}

# judge TEST STATUS SECONDS
judge() {
    log=$(log_of "$1")
    count "$log"
    wrong=$(wrong_with "$2")
    [ -z "$wrong" ] || [ "$f" -ne 0 ] || f=1
    printf '%-32s %5d passed %3d failed %3d skipped  %4d s\n' \
        "$(basename "$log" .log)" "$p" "$f" "$s" "$3"
    if [ "$f" -ne 0 ]; then
        echo "--- $1${wrong:+ $wrong}:"
        tail -n 60 "$log"
        echo "---"
    elif [ "$s" -ne 0 ]; then
        grep -i 'skip' "$log" | grep -v ' passed, ' | head -n 5
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    times="$times$(printf '%6d s  %s' "$3" "$(basename "$log" .log)")
"
}

# Prints what comes of N tests; the only one that writes, so that nothing that
# two tests say is mixed.
report() {
    passed=0 failed=0 skipped=0 left=$1 times=
    while read -r event test status seconds; do
        if [ "$event" = begins ]; then
            echo "$(basename "$(log_of "$test")" .log) begins"
        else
            judge "$test" "$status" "$seconds"
            left=$((left - 1))
        fi
    done
    if [ "$left" -ne 0 ]; then
        echo "$left tests did not end"
        failed=$((failed + left))
    fi
    echo "the longest:"
    printf '%s' "$times" | sort -rn | head -n 10
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ]
}

run_tests "$@" | report $#
