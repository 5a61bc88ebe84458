#!/bin/sh
# tests/cli/cc.sh EXE: armgpu cc with each compiler that is here: what it makes
# runs, without a warning on the way; what a flat image cannot hold is refused
# in words; nothing is left behind, whatever ends it.
set -u
exe=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
programs=$(cd "$(dirname "$0")/../../programs" && pwd)
work=$(mktemp -d) || exit 1
pid=
trap '[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
LC_ALL=C
export LC_ALL
mkdir "$work/in it" "$work/tmp, too" "$work/bin" || exit 1
cd "$work/in it" || exit 1
passed=0 failed=0 skipped=0
TMPDIR="$work/tmp, too"
export TMPDIR
system_path=$PATH

result() { # STATUS NAME
    if [ "$1" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED   $2"
        sed 's/^/    /' err
    fi
}

# cc ARGUMENT...: its messages are in err, its status in $status.
cc() {
    "$exe" cc "$@" >out 2>err
    status=$?
}

# is WHAT STATUS [TEXT]: the last command's status, and what it said: TEXT is in
# it, or nothing.
is() {
    [ "$status" -eq "$2" ] && if [ $# -gt 2 ]; then
        grep -qF -- "$3" err
    else
        [ ! -s err ] && [ ! -s out ]
    fi
    result $? "$name: $1 (status $status)"
}

# gives IMAGE VALUES: X0 of lanes 0 to 2.
gives() {
    got=$("$exe" run "$1" -q -b cpu -n 3 -m 64K --memory-mode private \
        --csv --columns x0 --reg x1=lane+7 2>err | tr '\n' ' ')
    [ "$got" = "x0 $2 " ]
    result $? "$name: $1 gives $got, not $2"
}

cat >plain.c <<'C'
#include <stdint.h>
static uint64_t counter = 5, zeroed[4];
static const char *const words[] = {"ab", "c", ""};
struct block { uint64_t w[20]; };
extern int nowhere(void) __attribute__((weak));
extern int nothing __attribute__((weak));
uint64_t program(uint64_t lane, uint64_t argument)
{
    struct block a = {{argument, lane}}, b = a;
    volatile struct block *p = &b;
    zeroed[lane & 3] += (uint64_t)words[lane % 3][0] + counter++;
    if (nowhere || &nothing)
        return 0;
    return zeroed[lane & 3] + p->w[0] + p->w[1];
}
C
cat >'with space.c' <<'C'
#include "guest.h"
uint64_t helper(uint64_t x);
uint64_t program(uint64_t lane, uint64_t argument)
{
    return helper(lane) + argument;
}
C
cat >-dash.c <<'C'
#include <stdint.h>
#ifndef N
#define N 1
#endif
uint64_t helper(uint64_t x)
{
#ifdef __OPTIMIZE__
    return x * N;
#else
    return x * N + 100;
#endif
}
C
cat >constructor.c <<'C'
#include <stdint.h>
static volatile uint64_t x;
__attribute__((constructor)) static void f(void) { x = 3; }
uint64_t program(uint64_t lane, uint64_t argument)
{
    return lane + argument + x;
}
C
sed s/constructor/destructor/ constructor.c >destructor.c
cat >local.c <<'C'
#include <stdint.h>
static _Thread_local volatile uint64_t x;
uint64_t program(uint64_t lane, uint64_t argument)
{
    return x++ + lane + argument;
}
C
cat >ifunc.c <<'C'
#include <stdint.h>
static uint64_t one(void) { return 1; }
static void *pick(void) { return (void *)one; }
uint64_t f(void) __attribute__((ifunc("pick")));
uint64_t program(uint64_t lane, uint64_t argument)
{
    return f() + lane + argument;
}
C
cat >float.c <<'C'
#include <stdint.h>
uint64_t program(uint64_t lane, uint64_t argument)
{
    double root = __builtin_sqrt((double)(lane * argument)) + 0.25;

    return (uint64_t)(root * 1000);
}
C
echo 'uint64_t program(' >wrong.c
echo 'int printf(const char *, ...); unsigned long program(unsigned long a,
unsigned long b) { return (unsigned long)printf("%lu", a + b); }' >library.c

# What cannot be said in a flat image is refused, and what was there stays.
refuses() { # SOURCE TEXT [FLAG...]
    source=$1 text=$2
    shift 2
    echo old >old.bin
    cc -o old.bin "$source" "$@"
    is "$source is refused" 126 "$text"
    [ "$(cat old.bin)" = old ]
    result $? "$name: $source leaves the output"
}

with_compiler() {
    cc plain.c
    is "plain.c" 0
    gives plain.bin "0x6d 0x71 0x10"
    cc float.c
    is "float.c" 0
    gives float.bin "0xfa 0xc06 0x118c"
    cc -o several.bin "with space.c" ./-dash.c
    is "several files" 0
    gives several.bin "0x7 0x9 0xb"
    cc -o "with space.bin" "with space.c" ./-dash.c -- -DN=3 -O0
    is "flags" 0
    gives "with space.bin" "0x6b 0x6f 0x73"
    refuses constructor.c "nothing runs constructors in a flat image"
    refuses destructor.c "nothing runs destructors in a flat image"
    refuses local.c "no thread-local variables in a flat image"
    refuses ifunc.c "nothing relocates a flat image"
    refuses plain.c "nothing relocates a flat image" -- -shared -fPIC
    refuses wrong.c "wrong.c:1"
    refuses library.c "printf"
}

# only NAME...: PATH has just these programs.
only() {
    rm -rf "${work:?}/bin"
    mkdir "$work/bin"
    for program; do
        at=$(PATH=$system_path command -v "$program") &&
            ln -s "$at" "$work/bin/$program"
    done
}

have() {
    for program; do
        PATH=$system_path command -v "$program" >/dev/null || {
            skipped=$((skipped + 1))
            echo "SKIPPED  $name: no $program"
            return 1
        }
    done
}

# The tools of this script by their paths, so that PATH may be what is tested.
tools="cat sed grep mkdir rm ln tr echo cmp ls sleep head"

name=gcc
if have aarch64-linux-gnu-gcc; then
    # shellcheck disable=SC2086 # words
    only aarch64-linux-gnu-gcc $tools
    PATH=$work/bin with_compiler
    made_by=$(aarch64-linux-gnu-gcc --version | head -n 1)
    if [ "$made_by" = "$(sed -n 's/^# compiler: //p' \
        "$programs/manifest.tsv")" ]; then
        for source in sort sha256 mandelbrot barrier; do
            PATH=$work/bin cc -o "$source.bin" "$programs/$source.c" -- \
                -std=c11 -mgeneral-regs-only
            cmp "$source.bin" "$programs/$source.bin" >err 2>&1
            result $? "$name: $source.c gives programs/$source.bin"
        done
    fi
fi
name="clang and lld"
if have clang ld.lld; then
    # shellcheck disable=SC2086
    only clang ld.lld $tools
    PATH=$work/bin with_compiler
    cc --compiler clang plain.c
    is "--compiler clang" 0
fi
name="clang and ld"
if have clang aarch64-linux-gnu-ld; then
    # shellcheck disable=SC2086
    only clang aarch64-linux-gnu-ld $tools
    PATH=$work/bin with_compiler
fi

name=nothing
# shellcheck disable=SC2086
only $tools
PATH=$work/bin cc plain.c
is "advice" 125 "gcc-aarch64-linux-gnu"
grep -q 'brew install llvm lld' err && grep -q 'dnf install clang lld' err
result $? "advice for every system"
(unset PATH && "$exe" cc plain.c >out 2>err)
[ $? -eq 125 ]
result $? "no PATH"
printf '#!/bin/sh\nexit 1\n' >"$work/bin/clang"
chmod +x "$work/bin/clang"
if ! [ "$(uname -sm)" = "Linux aarch64" ]; then
    PATH=$work/bin cc plain.c
    is "clang without a linker" 125 "apt-get install lld"
fi

name=files
# shellcheck disable=SC2016
printf '#!/bin/sh\necho called\nexit 1\n' >fake-gcc
printf '#!/bin/sh\nkill -SEGV $$\n' >crashing-gcc
chmod +x fake-gcc crashing-gcc
cc --compiler ./fake-gcc
is "no source" 125 "cc needs a source"
cc --compiler ./fake-gcc -- -O1
is "only flags" 125 "cc needs a source"
cc --compiler ./fake-gcc plain.c missing.c
is "missing source" 127 "'missing.c'"
cc --compiler ./fake-gcc -o plain.c plain.c
is "output over a source" 125 "destroy"
ln -s plain.c link.c
cc --compiler ./fake-gcc -o link.c "with space.c" plain.c
is "output over a source by a link" 125 "destroy"
grep -q words plain.c
result $? "the source is there"
cc --compiler ./fake-gcc -o - plain.c
is "output to stdout" 125 "standard output"
cc --compiler ./nobody plain.c
is "no such compiler" 125 "'./nobody' is not there"
cc --compiler ./fake-gcc plain.c
[ "$status" -eq 126 ] && grep -q called out
result $? "the compiler's words"
cc --compiler ./crashing-gcc plain.c
is "a compiler that crashes" 125 "signal 11"
if have aarch64-linux-gnu-gcc; then
    cc --compiler aarch64-linux-gnu-gcc -o missing/prog.bin plain.c
    is "output that cannot be" 125 "cannot write 'missing/prog.bin'"
fi
TMPDIR=/nonexistent cc --compiler ./fake-gcc plain.c
is "no place for work" 125 "TMPDIR"

# A compiler that writes what it was given, and waits to be ended.
cat >waiting-gcc <<'S'
#!/bin/sh
: >"$TMPDIR/compiler's own"
sh -c 'echo $$ >starting; mv starting begun; exec sleep 1000'
S
chmod +x waiting-gcc
# ends SIGNAL STATUS
ends() {
    rm -f begun
    SIGNAL=$1 perl -e '$SIG{$_} = "DEFAULT" for qw(HUP INT TERM); exec @ARGV' \
        "$exe" cc --compiler ./waiting-gcc -o old.bin plain.c >out 2>err &
    pid=$!
    until [ -e begun ]; do sleep 0.1; done
    kill -s "$1" $pid
    wait $pid
    status=$?
    pid=
    is "$1" "$2"
    tries=0
    while kill -0 "$(cat begun)" 2>/dev/null && [ $tries -lt 300 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    [ $tries -lt 300 ]
    result $? "$name: $1 ends what the compiler started"
}
name=signals
if have perl; then
    echo old >old.bin
    ends INT 130
    ends TERM 143
    ends HUP 129
    [ "$(cat old.bin)" = old ]
    result $? "$name: the output is as it was"
fi

[ -z "$(ls -A "$TMPDIR")" ]
result $? "nothing is left in TMPDIR"
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
