#!/bin/sh
# Runs every guest program of programs/manifest.tsv as its row says, in each
# memory mode that applies, on one thread and on four, and checks stops,
# cycles, registers and memory. The manifest says what its columns mean.
#
#   tests/test_programs.sh [ARMGPU [NAME...]]
#
# With BINS=DIR the images are taken from there instead of programs/, as built
# by another compiler; cycles are then not compared for programs in C. BACKEND
# names another backend than cpu, DEVICE another of its devices than 0.
set -u

armgpu=${1:-build/release/armgpu}
[ $# -eq 0 ] || shift
only=" $* "
bins=${BINS:-programs}
backend=${BACKEND:-cpu}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
if [ ! -x "$armgpu" ]; then
    echo "test_programs: no $armgpu: run make first" >&2
    exit 1
fi
passed=0 failed=0 count=0

# result STATUS WHAT: one line of TAP; what went wrong is in $work/why.
result()
{
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
        echo "ok $count - $2"
    else
        failed=$((failed + 1))
        echo "not ok $count - $2"
        sed 's/^/# /' "$work/why"
    fi
}

# What --csv printed against the row's columns and files in expected/.
check_lanes()
{
    awk -F, -v lanes="$lanes" -v stop="$stop" -v code="$code" \
        -v cycles="$cycles" -v x="$x" -v files="$expected" \
        -v keep_cycles="$keep_cycles" '
    # Numbers below 2^53, from decimal or 0x.
    function number(s,    n, i) {
        if (s !~ /^0x/)
            return s + 0
        for (i = 3; i <= length(s); i++)
            n = n * 16 + index("0123456789abcdef", tolower(substr(s, i, 1))) - 1
        return n
    }
    function evaluate(s, lane,    part, k, c) {
        if (s !~ /^lane/)
            return number(s)
        sub(/^lane/, "", s)
        k = 1
        if (split(s, part, "+") == 2)
            c = number(part[2])
        if (part[1] ~ /^\*/)
            k = number(substr(part[1], 2))
        return lane * k + c
    }
    # One spelling for each value, since 64 bits do not fit awk numbers.
    function canonical(s,    digits) {
        if (s ~ /^0x/) {
            s = tolower(substr(s, 3))
            sub(/^0+/, "", s)
            return s
        }
        for (s += 0; s > 0; s = int(s / 16))
            digits = substr("0123456789abcdef", s % 16 + 1, 1) digits
        return digits
    }
    function compare(column, lane, want,    got, same) {
        if (want == "-" || (column == "cycles" && !keep_cycles))
            return
        got = $at[column]
        same = column == "stop_reason" ? got == want \
                                       : canonical(got) == canonical(want)
        if (same || bad++ >= 5)
            return
        printf "lane %s: %s is %s, not %s\n", lane, column, got, want
    }
    function read_expected(file,    line, names, fields, i, n) {
        if ((getline line < file) <= 0) {
            print file ": no such file"
            bad++
        }
        n = split(line, names, "\t")
        while ((getline line < file) > 0) {
            split(line, fields, "\t")
            for (i = 2; i <= n; i++)
                want[names[i], fields[1]] = fields[i]
        }
        for (i = 2; i <= n; i++)
            wanted[names[i]] = 1
    }
    BEGIN {
        n = split(files == "-" ? "" : files, name, ",")
        for (i = 1; i <= n; i++)
            read_expected("programs/expected/" name[i])
        registers = split(x == "-" ? "" : x, assignment, ",")
    }
    NR == 1 {
        for (i = 1; i <= NF; i++)
            at[$i] = i
        next
    }
    {
        lane = NR - 2
        compare("lane", lane, lane)
        compare("stop_reason", lane, stop)
        compare("stop_code", lane, code)
        if (cycles != "-")
            compare("cycles", lane, evaluate(cycles, lane))
        for (i = 1; i <= registers; i++) {
            split(assignment[i], pair, "=")
            compare(pair[1], lane, evaluate(pair[2], lane))
        }
        for (column in wanted)
            compare(column, lane, want[column, lane])
    }
    END {
        if (NR - 1 != lanes) {
            printf "%d lanes in the output, not %d\n", NR - 1, lanes
            bad++
        }
        exit bad != 0
    }' "$work/csv" >"$work/why" 2>&1
}

# run ARGUMENT...: the row's program, as its columns say.
run()
{
    set -- "$@" --lanes "$lanes" --max-cycles "$max_cycles" \
        --backend "$backend" --device "${DEVICE:-0}" --memory-mode "$mode" \
        --memory "$size"
    [ "$registers" = - ] || for pair in $(echo "$registers" | tr , ' '); do
        set -- "$@" --reg "$pair"
    done
    "$armgpu" run "$bins/$bin" "$@" 2>"$work/err"
}

# 0 if all lanes are to end in `halt` with code 0, else 123.
check_status()
{
    want=123
    [ "$stop $code" != "halt 0x0" ] || want=0
    [ "$1" -eq "$want" ] && return
    { echo "exit status $1, not $want"; cat "$work/err"; } >"$work/why"
    return 1
}

check_run()
{
    run --csv --all --threads "$1" >"$work/csv"
    check_status $? && check_lanes
    result $? "$name: $mode memory, $1 thread(s)"
}

# Race-free programs end alike however lanes are spread over threads.
check_repeats()
{
    check_run 1
    [ "$backend" = cpu ] || return
    cp "$work/csv" "$work/csv.1"
    check_run 4
    [ "$race_free" = yes ] || return
    cmp "$work/csv.1" "$work/csv" >"$work/why" 2>&1
    result $? "$name: $mode memory, one and four threads agree"
}

# Each word of the `memory` column against what --dump printed, whose bytes
# come in memory order.
check_memory()
{
    words=$(echo "$memory" | tr , ' ')
    for word in $words; do
        set -- "$@" --dump "${word%%=*}"
    done
    run --json "$@" | awk '
        sub(/.*"hex":"/, "") && sub(/".*/, "") {
            value = ""
            for (i = length($0) - 1; i > 0; i -= 2)
                value = value substr($0, i, 2)
            print value
        }' >"$work/words"
    for word in $words; do
        IFS= read -r got || got=nothing
        bytes=${word#*:}
        value=$(printf "%0$((${bytes%%=*} * 2))x" "${word#*=}")
        [ "$got" = "$value" ]
        status=$?
        { echo "0x$got, not 0x$value"; cat "$work/err"; } >"$work/why"
        result "$status" "$name: memory at ${word%%:*}"
    done <"$work/words"
}

tab=$(printf '\t')
grep -v '^#' programs/manifest.tsv >"$work/rows"
while IFS=$tab read -r name bin lanes shared private max_cycles race_free \
    registers stop code cycles x memory expected; do
    case $only in *" ${name%%.*} "* | "  ") ;; *) continue ;; esac
    keep_cycles=1
    [ "$bins" = programs ] || [ -f "programs/${bin%.bin}.s" ] || keep_cycles=0
    mode=private size=$private
    [ "$size" = - ] || check_repeats
    mode=shared size=$shared
    [ "$size" = - ] || check_repeats
    [ "$memory" = - ] || check_memory
done <"$work/rows"

echo "1..$count"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ] && [ "$count" -gt 0 ]
