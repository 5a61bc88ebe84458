#!/bin/sh
# tests/run.sh and .ci/run, with tests and a make that only say what they are
# told: nothing that went wrong is lost, and the last line adds up the rest.
set -u

. tests/metal/lib.sh
tests=$PWD/tests ci=$PWD/.ci/run

# program NAME: a test that is a program, from standard input.
program()
{
    { echo '#!/bin/sh'; cat; } >"$work/$1"
    chmod +x "$work/$1"
}

# run TEST...: its output in $work/out, its status in $status.
run()
{
    (cd "$work" && sh "$tests/run.sh" armgpu logs "$@") >"$work/out" 2>"$work/err"
    status=$?
    cp "$work/out" "$work/why"
}

# ends STATUS LINE: how the last run ended.
ends()
{
    [ "$status" -eq "$1" ] && [ "$(tail -n 1 "$work/out")" = "$2" ]
}

# ---- what tests say

program good.sh <<'SAYS'
echo "$1" >given
echo "3 passed, 0 failed, 1 skipped"
SAYS
program cmocka <<'SAYS'
echo '[==========] Running 5 test(s).'
echo '[  PASSED  ] 4 test(s).'
echo '[  SKIPPED ] 1 test(s), listed below:'
SAYS
run ./good.sh ./cmocka
ends 0 '7 passed, 0 failed, 2 skipped'
result $? "a script's numbers and cmocka's are added up"
run ./good.sh=other && [ "$(cat "$work/given")" = other ]
result $? "a script is given what is behind its ="

echo 'echo "1 passed, 2 failed, 0 skipped"; exit 1' | program bad.sh
run ./bad.sh ./good.sh
ends 1 '4 passed, 2 failed, 1 skipped'
result $? "failures are not counted twice"

echo 'echo "2 passed, 0 failed, 0 skipped"; echo why; exit 3' | program late.sh
run ./late.sh
ends 1 '2 passed, 1 failed, 0 skipped' && grep -q 'status 3' "$work/out" &&
    grep -q '^why' "$work/out"
result $? "a status other than 0 is a failure"

echo 'echo "[  PASSED  ] 4 test(s)."; exit 1' | program leak
run ./leak
ends 1 '4 passed, 1 failed, 0 skipped'
result $? "as when a sanitizer ends a program that passed"

echo 'echo ok 1' | program silent.sh
echo 'echo "ok - all of them: 9 passed, 0 failed, 0 skipped"' | program quote.sh
program nothing </dev/null
run ./silent.sh ./quote.sh ./nothing
ends 1 '0 passed, 3 failed, 0 skipped' &&
    [ "$(grep -c 'ran no test' "$work/out")" -eq 3 ]
result $? "a test that prints no count has failed"

program crash <<'SAYS'
seq 100
kill -SEGV $$
SAYS
run ./crash ./good.sh
ends 1 '3 passed, 1 failed, 1 skipped' && grep -q 'signal SEGV' "$work/out" &&
    grep -qx 100 "$work/out" && [ ! -s "$work/err" ]
result $? "a crash is a failure, with the last lines before it"

# ---- when it says so

# The program waits for what the script, which begins beside it, has seen.
program first <<'SAYS'
i=0
while [ ! -e seen ] && [ $((i += 1)) -lt 6000 ]; do sleep 0.05; done
echo '[  PASSED  ] 1 test(s).'
SAYS
program second.sh <<'SAYS'
i=0
while ! grep -q 'first begins' out && [ $((i += 1)) -lt 6000 ]; do
    sleep 0.05
done
grep -q 'first begins' out && ! grep -q 'first .*passed' out && echo "1 passed, 0 failed, 0 skipped"
touch seen
SAYS
run ./first ./second.sh
ends 0 '2 passed, 0 failed, 0 skipped'
result $? "a test's name is there while it runs"

# ---- which run together, and how long they took

# Each ends when it has seen the other begin.
for name in one two; do
    other=$([ $name = one ] && echo two || echo one)
    program $name.sh <<SAYS
touch $name.begun
i=0
while [ ! -e $other.begun ] && [ \$((i += 1)) -lt 6000 ]; do sleep 0.05; done
echo "1 passed, 0 failed, 0 skipped"
SAYS
done
export BESIDE='./other.sh ./two.sh'
run ./one.sh ./two.sh
ends 0 '2 passed, 0 failed, 0 skipped' && [ "$(tail -n 4 "$work/out" | head -n 1)" = 'the longest:' ]
result $? "a script that BESIDE names runs beside another"
unset BESIDE
program alone.sh <<'SAYS'
[ ! -e here ] && touch here && sleep 0.2 && rm here
echo "$((1 - $?)) passed, $? failed, 0 skipped"
SAYS
cp "$work/alone.sh" "$work/again.sh"
run ./alone.sh ./again.sh
ends 0 '2 passed, 0 failed, 0 skipped'
result $? "others do not"

# ---- .ci/run

# ci_with N: .ci/run with a make whose call N fails, and no other.
ci_with()
{
    mkdir -p "$work/bin"
    program bin/make <<SAYS
echo call >>"$work/calls"
[ "\$(wc -l <"$work/calls")" -ne $1 ] || exit 2
echo "7 passed, 0 failed, 0 skipped"
SAYS
    : >"$work/calls"
    echo 'echo 2' | program bin/nproc # which not every system has
    PATH=$work/bin:$PATH "$ci" >"$work/out" 2>"$work/err"
    status=$?
    calls=$(wc -l <"$work/calls")
    cat "$work/out" "$work/err" >"$work/why"
}

if ! command -v bash >/dev/null; then
    skip ".ci/run" "no bash"
    finish
fi
ci_with 0
all=$calls
ends 0 '7 passed, 0 failed, 0 skipped'
result $? "CI's last line is that of all tests"
[ "$(grep -c '^== .*: [0-9]* s$' "$work/out")" -ge 6 ] &&
    [ "$(sed -n '/^== seconds/,$p' "$work/out" | grep -c '^ *[0-9]')" -ge 7 ]
result $? "every step has its seconds, and they are listed at the end"
call=1
while [ "$call" -le "$all" ]; do
    ci_with "$call"
    [ "$status" -ne 0 ] && [ "$calls" -eq "$call" ] &&
        ! tail -n 1 "$work/out" | grep -q ' passed, '
    result $? "CI ends where call $call of make fails"
    call=$((call + 1))
done

finish
