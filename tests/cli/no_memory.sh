#!/bin/sh
# Memory that runs out while lanes execute: run prints what the lanes have come
# to, says why it ended, and exits with 125. An allocation of a certain size
# fails, by a library that is loaded before libc. Needs a C compiler and Linux.
#
# usage: no_memory.sh [ARMGPU]
set -u
armgpu=${1-build/release/armgpu}
armgpu=$(cd "$(dirname "$armgpu")" && pwd)/$(basename "$armgpu")
LC_ALL=C
export LC_ALL
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1
passed=0 failed=0

# Notes of changed code, 32 bytes a lane, are asked for when the first lane tells
# of some.
cat >fail.c <<'EOF'
#include <stddef.h>
#include <stdlib.h>
extern void *__libc_calloc(size_t n, size_t size);
void *calloc(size_t n, size_t size)
{
    return n == 311 && size == 32 ? NULL : __libc_calloc(n, size);
}
EOF
if ! ${CC-cc} -shared -fPIC -o fail.so fail.c 2>err ||
    ! LD_PRELOAD=./fail.so "$armgpu" version >out 2>err || [ -s err ]; then
    echo "no library can be loaded before libc here"
    echo "0 passed, 0 failed, 1 skipped"
    exit
fi

# mrs x0, tpidr_el0; cmp x0, #310; b.eq . + 8; hlt #0; ic ivau, x1; hlt #0: the
# last lane of all is the one.
printf '\100\320\073\325\037\330\004\361\100\000\000\124' >change.bin
printf '\000\000\100\324\041\165\013\325\000\000\100\324' >>change.bin

# check WHAT COMMAND...: a command that must succeed.
check() {
    what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
        echo "ok - $what"
    else
        failed=$((failed + 1))
        echo "FAILED $what: status $status"
        head -n 20 out err | sed 's/^/    /'
    fi
}

run() {
    LD_PRELOAD=./fail.so "$armgpu" run change.bin -b cpu --threads 1 -m 4K \
        --memory-mode private --lanes 311 "$@" >out 2>err
    status=$?
}
fails_once() {
    [ $status -eq 125 ] && [ "$(cat err)" = 'armgpu: out of memory' ]
}
count() { # N PATTERN: so many lines have it
    [ "$(grep -c "$2" out)" -eq "$1" ]
}

run --csv --all
check 'the status and one sentence' fails_once
check 'lanes that had ended have their results' count 310 ',halt,'
check 'those that had not are there' count 1 ',device-fault,'
run --summary
check 'the status and one sentence, with a summary' fails_once
check 'the summary has both' count 1 ' 310 halt, 1 device-fault'
run --json --summary
check 'JSON says why' count 1 '"failed":"out of memory"'
run --summary --out rows.csv
check 'the status and one sentence, with --out' fails_once
check 'all rows are there' [ "$(grep -c ',halt,' rows.csv)" -eq 310 ]
echo "$passed passed, $failed failed, 0 skipped"
[ $failed -eq 0 ]
