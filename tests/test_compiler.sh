#!/bin/sh
# tests/test_compiler.sh EXE: what becomes of a run whose lanes a C compiler is to
# translate for, when there is none, or one that refuses, dies, hangs, writes
# nothing or nonsense, all of this or the text for lanes together alone; that it is
# started once for what is in the cache, and not at all for a cache that others can
# write; that nothing is left behind. Lanes end in each case as they do when they
# are interpreted.
set -u
exe=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/.." || exit 1
. tests/count.sh
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/a folder" "$work/cache" "$work/bin"
export TMPDIR="$work/a folder" XDG_CACHE_HOME="$work/cache" ARMGPU_CACHE=on

# lanes ENGINE OPTION...
lanes() {
    engine=$1
    shift
    "$exe" run programs/crc32.bin -b cpu --memory-mode private --memory 64K \
        -n 5 --reg x1=3 --engine "$engine" --all --csv "$@" 2>"$work/says" |
        grep -v elapsed >"$work/got"
}

# compiler NAME, its text on standard input: what ARMGPU_CC then names.
compiler() {
    { echo '#!/bin/sh' && cat; } >"$work/bin/$1"
    chmod +x "$work/bin/$1"
    ARMGPU_CC="$work/bin/$1"
    export ARMGPU_CC
}

# falls_back NAME SENTENCE: results are right, and it is said once.
falls_back() {
    lanes translated
    cmp "$work/expected" "$work/got" >"$work/diff" 2>&1
    count $? "$1: lanes are interpreted" "$work/diff" "$work/says"
    [ "$(wc -l <"$work/says")" -eq 1 ] && grep -q "interpreted: .*$2" "$work/says"
    count $? "$1: one line says so" "$work/says"
    [ -z "$(ls "$TMPDIR")" ]
    count $? "$1: nothing is left behind" "$work/says"
}

lanes interpreter
mv "$work/got" "$work/expected"

compiler counts <<EOF
echo once >>"$work/started"
exec cc "\$@"
EOF
for turn in first second third; do
    lanes translated --verbose
    cmp "$work/expected" "$work/got" >"$work/diff" 2>&1
    count $? "lanes are the same the $turn time" "$work/diff" "$work/says"
    grep -q 'armgpu: translated [1-9]' "$work/says"
    count $? "something is translated the $turn time" "$work/says"
    made="from the cache" other="compiled once"
    [ $turn != first ] || { made="compiled once" other="from the cache"; }
    grep -q "; $made in " "$work/says" && ! grep -q "$other" "$work/says"
    count $? "it is said where it came from the $turn time" "$work/says"
done
mv "$work/started" "$work/once"
lanes interpreter --verbose
"$exe" bench -b cpu --engine interpreter --memory-mode private -p alu -n 4 \
    --iterations 1000000 --repeat 1 >/dev/null 2>>"$work/says"
"$exe" check -b cpu --engine interpreter --quick --only stops >/dev/null 2>>"$work/says"
[ ! -e "$work/started" ]
count $? "--engine interpreter starts no compiler" "$work/says"
mv "$work/once" "$work/started"
# Two where the processor has vectors of lanes: for one, and for so many together.
each=1
grep -q 'lanes together' "$work/says" && each=2
[ "$(wc -l <"$work/started")" -eq "$each" ]
count $? "what is in the cache is not compiled again" "$work/started"
chmod g+w "$work/cache/armgpu"
lanes translated
[ "$(wc -l <"$work/started")" -eq $((2 * each)) ]
count $? "a cache that others can write is not used" "$work/started"
cmp "$work/expected" "$work/got" >"$work/diff" 2>&1
count $? "lanes are the same without it" "$work/diff"
chmod g-w "$work/cache/armgpu"
for file in "$work"/cache/armgpu/cpu-*; do
    printf 'x' | dd of="$file" bs=1 seek=2000 conv=notrunc 2>/dev/null
done
lanes translated
[ "$(wc -l <"$work/started")" -eq $((3 * each)) ]
count $? "what was damaged is compiled again" "$work/started"
cmp "$work/expected" "$work/got" >"$work/diff" 2>&1
count $? "and lanes are the same" "$work/diff"
[ -z "$(ls "$TMPDIR")" ]
count $? "nothing is left behind" /dev/null
rm -rf "$work/cache/armgpu"

if ldd --version 2>/dev/null | head -n 1 | grep -q GLIBC; then
    compiler looks <<EOF
ls -l /proc/self/fd >"$work/open"
exec cc "\$@"
EOF
    lanes translated 9>"$work/nine"
    [ -s "$work/open" ] && ! grep -q /nine "$work/open"
    count $? "the compiler has no files of armgpu's caller" "$work/open"
    rm -rf "$work/cache/armgpu"
fi

compiler refuses <<'EOF'
echo "region.c: In function" >&2
echo "region.c:7: error: it will not do" >&2
exit 1
EOF
falls_back "one that refuses" "failed: region.c:7: error: it will not do; the text is in $work/cache/armgpu/refused.txt"
grep -q AG_REGION_BEGINS "$work/cache/armgpu/refused.txt"
count $? "the text is kept" "$work/says"
rm -rf "$work/cache/armgpu"
# has_other WHAT TURN: without a text for lanes together they have that for one.
has_other()
{
    lanes translated --verbose
    cmp "$work/expected" "$work/got" >"$work/diff" 2>&1
    count $? "$1: lanes are the same the $2 time" "$work/diff" "$work/says"
    grep -q 'armgpu: translated [1-9]' "$work/says"
    count $? "$1: they have the other the $2 time" "$work/says"
}
# A text for lanes together that is refused, of which they go one by one.
if [ "$each" -eq 2 ]; then
    compiler parts <<EOF
echo once >>"$work/parts"
for last do :; done
grep -q ag_together_lanes "\$last" && echo "region.c:9: error: not together" >&2 && exit 1
exec cc "\$@"
EOF
    for turn in first second; do
        has_other "one text is refused" $turn
        grep -q 'no lanes go together: .*region.c:9: error: not together' "$work/says"
        count $? "one text is refused: it is said the $turn time" "$work/says"
    done
    [ "$(wc -l <"$work/parts")" -eq 2 ]
    count $? "what was refused is not compiled again" "$work/parts"
    grep -q AG_COME_ALIKE "$work/cache/armgpu/refused.txt"
    count $? "the refused text is kept" /dev/null
    compiler lingers <<EOF
for last do :; done
if grep -q ag_together_lanes "\$last"; then
    echo \$\$ >"$work/child"
    exec sleep 1000
fi
exec cc "\$@"
EOF
    rm -rf "$work/cache/armgpu"
    for turn in first second; do
        has_other "one text hangs" $turn
    done
    child=$(cat "$work/child")
    ! kill -0 "$child" 2>/dev/null || grep -q '^State:[[:space:]]*Z' "/proc/$child/status"
    count $? "one text hangs: its compiler ends with the run" "$work/child"
    [ -z "$(ls "$TMPDIR")" ]
    count $? "one text hangs: nothing is left behind" /dev/null
    rm -rf "$work/cache/armgpu"
fi
compiler dies <<'EOF'
kill -SEGV $$
EOF
falls_back "one that dies" "ended by a signal"
compiler idles <<'EOF'
exit 0
EOF
falls_back "one that writes nothing" "wrote no object"
compiler writes <<'EOF'
while [ "$1" != -o ]; do shift; done
echo nonsense >"$2"
EOF
falls_back "one that writes nonsense" "region.so"
compiler other <<'EOF'
while [ "$1" != -o ]; do shift; done
echo 'int other;' | cc -shared -o "$2" -x c -
EOF
falls_back "one that compiles something else" "has no 'ag_translated'"
compiler hangs <<EOF
sleep 1000 &
echo \$! >"$work/sleeps"
wait
EOF
ARMGPU_CC_SECONDS=0.2
export ARMGPU_CC_SECONDS
falls_back "one that hangs" "took too long"
sleeper=$(cat "$work/sleeps")
! kill -0 "$sleeper" 2>/dev/null || grep -q '^State:[[:space:]]*Z' "/proc/$sleeper/status"
count $? "what it had started is ended too" "$work/sleeps"
unset ARMGPU_CC_SECONDS
[ ! -e "$work/cache/armgpu/refused.txt" ]
count $? "what was not refused is not kept as if it were" /dev/null
ARMGPU_CACHE=off
export ARMGPU_CACHE
ARMGPU_CC=/nothing/here
falls_back "one that is not there" "there is no such program"
unset ARMGPU_CC
path=$PATH
for tool in wc grep cmp ls cat head rm; do
    ln -s "$(command -v $tool)" "$work/bin/$tool"
done
PATH="$work/bin"
falls_back "no compiler at all" "no C compiler"
PATH=$path
TMPDIR="$work/nowhere"
export TMPDIR
lanes translated
cmp "$work/expected" "$work/got" >"$work/diff" 2>&1
count $? "no place for files: lanes are interpreted" "$work/diff" "$work/says"
grep -q 'interpreted: no directory could be made' "$work/says"
count $? "no place for files: it is said" "$work/says"
TMPDIR="$work/a folder"
(
    ulimit -f 0
    "$exe" run programs/crc32.bin -b cpu --memory-mode private --memory 64K -n 5 \
        --reg x1=3 --engine translated --all --csv 2>&1 | cat
) | grep -v elapsed | sort >"$work/got"
grep -q 'interpreted: .*could not be written' "$work/got"
count $? "a full disk: it is said" "$work/got"
grep -v '^armgpu: interpreted' "$work/got" >"$work/lanes"
sort "$work/expected" | cmp - "$work/lanes" >"$work/diff" 2>&1
count $? "a full disk: lanes are interpreted" "$work/diff" "$work/got"

# Given up while it works: by a stop before lanes begin, by the end of a run.
compiler naps <<EOF
exec >"$work/child" 2>&1
echo \$\$
sleep 1000
EOF
"$exe" run programs/crc32.bin -b cpu --memory-mode private --memory 64K -n 5 \
    --reg x1=3 --engine translated --timeout 0.2 --all --csv >"$work/got" 2>"$work/says"
[ $? -eq 124 ]
count $? "a run is stopped that waits for the compiler" "$work/says"
child=$(cat "$work/child")
! kill -0 "$child" 2>/dev/null || grep -q '^State:[[:space:]]*Z' "/proc/$child/status"
count $? "and the compiler is ended" "$work/child"
[ -z "$(ls "$TMPDIR")" ]
count $? "nothing is left behind" "$work/says"
# Lanes that wait for it: what is drawn says so, which ends the compiler here.
compiler waits <<EOF
tries=0
until grep -q compiling "$work/says" || [ \$((tries += 1)) -gt 300 ]; do sleep 0.1; done
echo "region.c:1: error: it was said" >&2
exit 1
EOF
lanes translated --progress always
tr '\r' '\n' <"$work/says" | grep -q '0%, compiling for [0-9.]* s, 0/5 lanes'
count $? "the progress line says that it compiles" "$work/says"
grep -q 'interpreted: .*it was said' "$work/says"
count $? "and it did when it said so" "$work/says"
cmp "$work/expected" "$work/got" >"$work/diff" 2>&1
count $? "and lanes are the same" "$work/diff"

# armgpu itself is killed, which asks nobody: a compiler, what that has started and
# their folder go too.
compiler remains <<EOF
sleep 1000 &
echo \$! >"$work/second"
echo \$\$ >"$work/first"
wait
EOF
"$exe" run programs/crc32.bin -b cpu --memory-mode private --memory 64K -n 5 \
    --reg x1=3 --engine translated >"$work/got" 2>"$work/says" &
killed=$!
tries=0
until [ -s "$work/first" ] || [ $((tries += 1)) -gt 300 ]; do sleep 0.1; done
kill -KILL $killed
wait $killed 2>/dev/null
remains()
{
    for process in "$work/first" "$work/second"; do
        process=$(cat "$process")
        kill -0 "$process" 2>/dev/null &&
            ! grep -q '^State:[[:space:]]*Z' "/proc/$process/status" && return 0
    done
    [ -n "$(ls "$TMPDIR")" ]
}
tries=0
while remains && [ $((tries += 1)) -lt 300 ]; do sleep 0.1; done
[ -s "$work/first" ] && ! remains
count $? "a run that is killed leaves no compiler and no folder" "$work/says"

# A larger program, for whose compiler nobody waits.
{
    left=601
    while [ $((left -= 1)) -gt 0 ]; do printf '\037\040\003\325'; done # nop
    printf '\000\000\100\324'                                      # hlt #0
} >"$work/large.bin"
"$exe" run "$work/large.bin" -b cpu --memory-mode private -n 2 --engine translated \
    --summary >"$work/got" 2>"$work/says"
grep -q 'interpreted: .*(with --translate-budget 4000 lanes wait for it)' "$work/says"
count $? "a larger program: it is said how to wait for its code" "$work/says"

# A compiler that leaves files where it is told to, as gcc does when it is ended.
compiler litters <<'EOF'
: >"$TMPDIR/ccLitter.s"
exit 1
EOF
falls_back "one that leaves files" "failed"
unset ARMGPU_CC
(
    unset PATH
    cd "$work/bin" && ln -s refuses cc && exec "$exe" devices
) >"$work/got" 2>&1
! grep -q 'compiles with cc' "$work/got"
count $? "no compiler is taken from the current folder" "$work/got"

# Other compilers.
for ARMGPU_CC in gcc clang "cc -O1" tcc; do
    command -v "${ARMGPU_CC%% *}" >/dev/null || continue
    export ARMGPU_CC
    lanes translated --verbose
    cmp "$work/expected" "$work/got" >"$work/diff" 2>&1
    count $? "$ARMGPU_CC: lanes are the same" "$work/diff" "$work/says"
    [ "$ARMGPU_CC" = tcc ] || grep -q 'armgpu: translated [1-9]' "$work/says"
    count $? "$ARMGPU_CC: something is translated" "$work/says"
done
unset ARMGPU_CC

# Two at one time, with one cache.
ARMGPU_CACHE=on
rm -rf "$work/cache/armgpu"
for k in 1 2 3; do
    "$exe" run programs/sort.bin -b cpu --memory-mode private --memory 64K -n 3 \
        --reg x1=lane --engine translated --all --csv 2>&1 |
        grep -v elapsed >"$work/together$k" &
done
wait
cmp "$work/together1" "$work/together2" >"$work/diff" 2>&1 &&
    cmp "$work/together1" "$work/together3" >>"$work/diff" 2>&1
count $? "three processes that compile the same" "$work/diff"

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
