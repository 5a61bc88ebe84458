#!/bin/sh
# Signals that end a run: SIGTERM and SIGHUP print what there is, in whole rows
# with the summary, and so does whatever comes right behind them; one that comes
# later kills, and one that was ignored stays so. Nothing here waits for a time
# to pass, only for what the run writes.
#
# usage: signals.sh [ARMGPU]
set -u

# A shell cannot take back that a signal was ignored when it began, as nohup(1)
# and job control leave it.
if [ "${SIGNALS_ARE_DEFAULT-no}" = no ] && command -v perl >/dev/null; then
    SIGNALS_ARE_DEFAULT=yes
    export SIGNALS_ARE_DEFAULT
    # shellcheck disable=SC2016
    exec perl -e '$SIG{$_} = "DEFAULT" for qw(HUP INT TERM); exec @ARGV' \
        sh "$0" "$@"
fi

armgpu=${1-build/release/armgpu}
armgpu=$(cd "$(dirname "$armgpu")" && pwd)/$(basename "$armgpu")
LC_ALL=C
export LC_ALL
work=$(mktemp -d) || exit 1
pid=
trap '[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1
printf '\100\005\200\322\000\000\100\324' >answer.bin # mov x0, #42; hlt #0
printf '\000\000\000\024' >spin.bin                   # b .
mkfifo pipe
passed=0 failed=0

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
        cat out err | tr '\r' '\n' | sed 's/^/    /'
    fi
}

# Waits until a file has something in it.
wait_for() {
    tries=0
    until [ -s "$1" ]; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] && kill -0 "$pid" 2>/dev/null || return 1
        sleep 1
    done
}

# ended: the run's status, in $status too.
ended() {
    wait "$pid"
    status=$?
    pid=
}

# A run that writes rows until it is stopped.
start_rows() {
    rm -f rows.csv
    "$armgpu" run answer.bin -b cpu --memory-mode private -m 4K --resident 2048 \
        -n 1000000000000 --summary --out rows.csv --columns lane,cycles,x0 \
        >out 2>err &
    pid=$!
    wait_for rows.csv
}

# A run of lanes that do not end, to the standard output $1.
start_spin() {
    output=$1
    shift
    : >err
    "$armgpu" run spin.bin -b cpu -c 0 --progress always "$@" >"$output" 2>err &
    pid=$!
    wait_for err
}

# rows_are_whole FILE: a heading, then every lane's row up to the last newline;
# lanes that were interrupted had not begun.
rows_are_whole() {
    [ "$(tail -c 1 "$1" | od -An -tx1 | tr -d ' ')" = 0a ] &&
        awk -F, 'NR == 1 { fine = $0 == "lane,cycles,x0"; next }
            $0 != (NR - 2) ",2,0x2a" && $0 != (NR - 2) ",0,0x0" { fine = 0 }
            END { exit !(fine && NR > 1) }' "$1"
}

# ended_with STATUS...: one of them, with the summary and the remark.
ended_with() {
    case " $* " in
    *" $status "*) ;;
    *) return 1 ;;
    esac
    grep -q '^lanes ' out && grep -q 'armgpu: interrupted; ' err
}

for signal in TERM:143 HUP:129; do
    name=${signal%:*} expected=${signal#*:}
    start_rows
    kill -s "$name" "$pid"
    ended
    check "SIG$name: status $expected, summary" ended_with "$expected"
    check "SIG$name: whole rows" rows_are_whole rows.csv

    start_spin out -n 3
    kill -s "$name" "$pid"
    ended
    check "SIG$name: lanes that spin" ended_with "$expected"
    check "SIG$name: their table" grep -q '^lanes  *3 interrupted$' out
done

# timeout(1) and a shell whose terminal goes say it twice. On a busy machine the
# second may come to the run late and kill it: one of some attempts is enough.
for attempt in 1 2 3 4 5 6; do
    start_rows
    kill -STOP "$pid"
    kill -s HUP "$pid"
    kill -s TERM "$pid"
    kill -CONT "$pid"
    ended
    ended_with 129 143 && break
    echo "attempt $attempt: killed with status $status" >&2
done
check "two signals at once are one" ended_with 129 143
check "two signals at once: whole rows" rows_are_whole rows.csv

# nohup(1): SIGHUP is ignored, so it is SIGTERM that ends the run.
trap '' HUP
start_rows
trap 'exit 1' HUP
kill -s HUP "$pid"
kill -s TERM "$pid"
ended
check "ignored SIGHUP stays ignored" ended_with 143

# Lanes that share memory are written after they ended: here most rows are not
# yet, because nobody has read them.
"$armgpu" run answer.bin -b cpu -n 100000 --summary --out pipe \
    --out-format csv --columns lane,cycles,x0 -q >out 2>err &
pid=$!
{
    read -r heading
    kill -s TERM "$pid"
    echo "$heading"
    cat
} <pipe >rows.csv
ended
check "rows after the run: status" [ "$status" -eq 143 ]
check "rows after the run: all of them" [ "$(wc -l <rows.csv)" -eq 100001 ]
check "rows after the run: whole" rows_are_whole rows.csv

# A table that nobody reads: the first signal is not enough, another one is.
exec 3<>pipe
start_spin pipe -n 50000 --csv
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    kill -s TERM "$pid" 2>/dev/null || break
    sleep 1
done
: >out
check "another signal kills" [ "$try" -gt 2 ]
check "another signal kills: in time" [ "$try" -lt 20 ]
kill -KILL "$pid" 2>/dev/null
ended
check "another signal kills: status" [ "$status" -eq 143 ]
exec 3>&-

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
