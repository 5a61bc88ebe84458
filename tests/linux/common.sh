# shellcheck shell=sh disable=SC2154,SC2034 # set and used where it is sourced
# What tests of Linux programs have in common: sourced, with $exe the executable
# and $out a folder for what is made. Programs run on $lanes lanes by armgpu and
# once a lane by qemu-aarch64 (reference.py), and judge.py compares.
#
# LANES: how many lanes (64). BACKEND: the only one to try, instead of the CPU
# with one thread and three, and OpenCL where it is.

lanes=${LANES:-64}
passed=0 failed=0 skipped=0
LC_ALL=C
export LC_ALL

die()
{
    echo "$(basename "$0" .sh): $*" >&2
    exit 1
}

skip()
{
    skipped=$((skipped + 1))
    echo "skipped $1"
}

finish()
{
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ] && [ $((passed + skipped)) -gt 0 ]
    exit
}

# Ends the test where a tool is missing, which a machine of CI may not lack.
need()
{
    for tool; do
        command -v "$tool" >/dev/null 2>&1 && continue
        [ "${CI:-}" != true ] || die "CI must have $tool"
        skip "all: $tool is not installed"
        finish
    done
}

# each FORMAT...: line K is the format's number K, round and round; %d: the lane.
each()
{
    awk -v lanes="$lanes" 'BEGIN {
        for (lane = 0; lane < lanes; lane++)
            printf ARGV[1 + lane % (ARGC - 1)] "\n", lane, lane
    }' "$@"
}

# check WHAT COMMAND...: the command's words are shown if it fails.
check()
{
    what=$1
    shift
    if "$@" >"$out/said" 2>&1; then
        passed=$((passed + 1))
        echo "ok $what"
    else
        failed=$((failed + 1))
        echo "FAILED $what"
        sed 's/^/# /' "$out/said" | head -n 20
    fi
}

# expect NAME PROGRAM OPTION...: what the lanes must do, in NAME.expected.
expect()
{
    expected=$out/$1.expected asked=$2
    shift 2
    python3 tests/linux/reference.py run "$asked" --lanes "$lanes" --json \
        "$@" >"$expected" || [ $? -eq 123 ] || die "no reference of $asked"
}

# same NAME PROGRAM OPTION...: armgpu's lanes do what NAME.expected says. It ends
# with 0 if all lanes exit with 0, else with 123 (or 124 and more, for what armgpu
# itself could not do, which the JSON then lacks).
same()
{
    expected=$out/$1.expected ran=$2
    shift 2
    timeout 900 "$exe" run "$ran" --lanes "$lanes" --max-cycles 0 --json \
        --all --quiet "$@" >"$out/got" 2>"$out/err"
    status=$?
    [ $status -le 123 ] || echo "exit status $status"
    head -n 5 "$out/err"
    python3 tests/linux/judge.py "$expected" "$out/got" || return 1
    [ $status -le 123 ]
}

# notices WRONG NAME: the judge sees that something is not as it must be.
notices()
{
    WRONG=$1 python3 tests/linux/reference.py run "$judged" --json \
        --lanes "$lanes" --args "$out/lane.args" --env WHO=me >"$out/got"
    python3 tests/linux/judge.py "$out/judge.expected" "$out/got"
    [ $? -eq 1 ]
}

# The judge is judged first: it accepts what is right, and nothing else.
check_judge()
{
    judged=$1
    expect judge "$judged" --args "$out/lane.args" --env WHO=me
    check "judge accepts" \
        python3 tests/linux/judge.py "$expected" "$expected"
    for wrong in stdout stderr status signal lost twice order; do
        check "judge notices: $wrong" notices $wrong
    done
}

# Backends to try, as options: all of them, and those for every program.
backends()
{
    all_backends="cpu --threads 3"
    every_backend=$all_backends
    if [ -n "${BACKEND:-}" ]; then
        all_backends=$BACKEND every_backend=$BACKEND
    else
        all_backends="$all_backends
cpu --threads 1"
        if "$exe" devices | grep -q '^opencl .*[0-9]G'; then
            all_backends="$all_backends
opencl"
        else
            [ "${CI:-}" != true ] || die "CI must have OpenCL"
            skip "OpenCL: no device"
        fi
    fi
}

# try WHAT NAME BACKENDS PROGRAM OPTION...: same() on each backend, a line each.
try()
{
    tried=$1 name=$2 list=$3 image=$4
    shift 4
    while read -r backend; do
        # shellcheck disable=SC2086 # options
        check "$tried, $backend" same "$name" "$image" --backend $backend "$@" \
            </dev/null
    done <<END
$list
END
}
