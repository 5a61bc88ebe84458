# What tests/test_metal*.sh and tests/test_neon.sh share: a work folder, TAP
# lines, and skipping with a reason, which in CI on Linux is a failure. Sourced,
# not run.
# shellcheck shell=sh

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

# result STATUS WHAT: one line of TAP; what went wrong is in $work/why.
result()
{
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
        echo "ok $((passed + failed + skipped)) - $2"
    else
        failed=$((failed + 1))
        echo "not ok $((passed + failed + skipped)) - $2"
        [ ! -f "$work/why" ] || head -n 30 "$work/why" | sed 's/^/# /'
    fi
    rm -f "$work/why"
}

# skip WHAT REASON
skip()
{
    if [ "${CI:-}" = true ] && [ "$(uname)" = Linux ]; then
        echo "$2" >"$work/why"
        result 1 "$1 (nothing is skipped in CI)"
        return
    fi
    skipped=$((skipped + 1))
    echo "ok $((passed + failed + skipped)) - $1 # SKIP $2"
}

finish()
{
    echo "1..$((passed + failed + skipped))"
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ] && [ $((passed + skipped)) -gt 0 ]
    exit
}

# need COMMAND PACKAGE: ends the script where there is no such command.
need()
{
    command -v "$1" >/dev/null && return
    skip "$(basename "$0")" "no $1: install $2"
    finish
}

# Builds of the tests are not those of the make that runs them.
unset MAKEFLAGS MFLAGS

# need_build TARGET [VARIABLE=VALUE...]: makes it, ends the script on failure.
need_build()
{
    ${MAKE:-make} -s -j2 "$@" >"$work/why" 2>&1 && return
    result 1 "make $*"
    finish
}
