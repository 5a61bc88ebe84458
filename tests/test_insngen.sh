#!/bin/sh
# The table generator accepts and refuses what it should, and the real table and
# its committed page agree with it.
#
#   tests/test_insngen.sh [INSNGEN]   (default build/gen/insngen)
#
# tests/insngen/ok_*.insn must be accepted in silence; `# emits: FILE: TEXT`
# demands TEXT in that generated file. err_*.insn must be refused: their first
# line is `# error: LINE: TEXT`, what the complaint must say about which line.
set -u

insngen=${1:-$(dirname "$0")/../build/gen/insngen}
if [ $# -gt 1 ] || [ ! -x "$insngen" ]; then
    echo "usage: tests/test_insngen.sh [INSNGEN]" >&2
    exit 2
fi
insngen=$(cd "$(dirname "$insngen")" && pwd)/$(basename "$insngen")
cd "$(dirname "$0")/.." || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
passed=0
failed=0

pass() {
    passed=$((passed + 1))
}

fail() {
    failed=$((failed + 1))
    echo "FAILED $*"
    sed 's/^/    /' "$work/stderr"
}

# generate FILE...: fresh output in $work/out, complaints in $work/stderr
generate() {
    rm -rf "$work/out"
    mkdir "$work/out"
    "$insngen" -o "$work/out" "$@" >"$work/stdout" 2>"$work/stderr"
}

is_silent() {
    [ ! -s "$work/stdout" ] && [ ! -s "$work/stderr" ]
}

# Prints the first demand of FILE that the output does not meet.
unmet() {
    sed -n 's/^# emits: //p' "$1" | while IFS= read -r demand; do
        file=${demand%%: *}
        text=${demand#*: }
        if ! grep -qF -- "$text" "$work/out/$file"; then
            printf '%s\n' "$demand"
            break
        fi
    done
}

accept() {
    if ! generate "$@"; then
        fail "$*: refused"
    elif ! is_silent; then
        fail "$*: accepted, but not in silence"
    elif ! "$insngen" "$@" >"$work/stdout" 2>"$work/stderr" || ! is_silent; then
        fail "$*: checking alone differs"
    elif [ -n "$(unmet "$1")" ]; then
        fail "$1: does not emit $(unmet "$1")"
    else
        pass
    fi
}

# complains FILE LINE TEXT: some complaint is FILE:LINE: ... TEXT ...
complains() {
    grep -F -- "$1:$2: " "$work/stderr" | grep -qF -- "$3"
}

refuse() {
    demand=$(sed -n '1s/^# error: //p' "$1")
    line=${demand%%: *}
    text=${demand#*: }
    generate "$1"
    status=$?
    if [ -z "$demand" ]; then
        fail "$1: does not begin with '# error: LINE: TEXT'"
    elif [ $status -ne 1 ]; then
        fail "$1: exit status $status, not 1"
    elif ! complains "$1" "$line" "$text"; then
        fail "$1: expected $1:$line: ... $text"
    elif [ -n "$(ls "$work/out")" ]; then
        fail "$1: refused, but wrote $(ls "$work/out")"
    else
        pass
    fi
}

# The complaint must be the only one: one mistake is one line.
refuse_once() {
    refuse "$1"
    if [ "$(wc -l <"$work/stderr")" -ne 1 ]; then
        fail "$1: one mistake, several complaints"
    fi
}

for table in tests/insngen/ok_*.insn; do
    accept "$table"
done
for table in tests/insngen/err_*.insn; do
    refuse_once "$table"
done

# A line longer than the reader's buffer is one complaint, and reading goes on.
{
    echo "# error: 2: line longer than"
    printf '#'
    dd if=/dev/zero bs=5000 count=1 2>/dev/null | tr '\0' 'x'
    echo
    echo "[test/group nonsense base]"
} >"$work/long.insn"
refuse "$work/long.insn"
if ! complains "$work/long.insn" 3 "unknown class 'nonsense'"; then
    fail "after a long line: lines are counted wrong"
fi

# Two files are one table: names are checked across them, sections are not kept.
printf '[a/b alu base]\nONE | %032d | OP\n    asm one\n' 0 >"$work/one.insn"
printf 'TWO | %031d1 | OP\n' 0 >"$work/two.insn"
if generate "$work/one.insn" "$work/two.insn" ||
    ! complains "$work/two.insn" 1 "a row before the first section"; then
    fail "a second file has no section of its own"
else
    pass
fi
if generate "$work/one.insn" "$work/one.insn" ||
    ! complains "$work/one.insn" 2 "ONE is also at $work/one.insn:2"; then
    fail "one name in two files"
else
    pass
fi

# Files that cannot be read or written, and misuse.
for arguments in "$work/missing.insn" "$work" \
    "-o $work/missing $work/one.insn"; do
    # shellcheck disable=SC2086
    if "$insngen" $arguments >"$work/stdout" 2>"$work/stderr"; then
        fail "insngen $arguments: accepted"
    elif [ ! -s "$work/stderr" ]; then
        fail "insngen $arguments: says nothing"
    else
        pass
    fi
done
for arguments in "" "-o" "-o $work" "--help"; do
    # shellcheck disable=SC2086
    "$insngen" $arguments >"$work/stdout" 2>"$work/stderr"
    status=$?
    if [ $status -ne 2 ] || ! grep -q '^usage: ' "$work/stderr"; then
        fail "insngen $arguments: exit status $status, not 2 with its usage"
    else
        pass
    fi
done

# The real table, and the page that is made from it.
# The project's own, in the order of the Makefile.
names=$(sed -n '/^INSN_TABLES/,/)/p' Makefile | tr -d '\\)\n' |
    sed 's/.*%\.insn,//')
tables=$(for t in $names; do echo "kernels/table/$t.insn"; done)
# shellcheck disable=SC2086
accept $tables
page=docs/instructions.md
# shellcheck disable=SC2086
if ! generate $tables ||
    ! cmp $page "$work/out/instructions.md" >"$work/stderr" 2>&1; then
    fail "$page is not what the table gives: run 'make $page'"
else
    pass
fi

echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
