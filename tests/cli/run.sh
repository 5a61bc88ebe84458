#!/bin/sh
# Runs the command line's transcripts: every *.t here is a list of commands,
# each with the output it must give. After a "$ " line come standard output,
# standard error with "! " before each line, and "[exit N]" unless N is 0;
# "> " continues a command. What depends on the machine (times, device) is
# replaced by words in capitals. Lines before the first command are comments;
# "# needs: NAME..." skips the file where a command or a path is not there.
#
# usage: run.sh [--update] [ARMGPU [TRANSCRIPT...]]
set -u
here=$(cd "$(dirname "$0")" && pwd)
update=
if [ "${1-}" = --update ]; then
    update=yes
    shift
fi
armgpu=${1-$here/../../build/release/armgpu}
[ $# -gt 0 ] && shift
if [ ! -x "$armgpu" ]; then
    echo "run.sh: $armgpu is not there; build it with make" >&2
    exit 1
fi
armgpu=$(cd "$(dirname "$armgpu")" && pwd)/$(basename "$armgpu")
[ $# -gt 0 ] || set -- "$here"/*.t

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$work/bin" "$work/images"
ln -s "$armgpu" "$work/bin/armgpu"
cat >"$work/bin/words" <<'WORDS'
#!/bin/sh
# words HEX...: 32-bit words as little-endian bytes
for word; do
    for shift in 0 8 16 24; do
        # shellcheck disable=SC2059 # the format is the byte
        printf "\\$(printf %03o $((0x$word >> shift & 255)))"
    done
done
WORDS
cat >"$work/bin/interrupt" <<'INTERRUPT'
#!/bin/sh
# interrupt armgpu ARGUMENT...: runs it, and interrupts it once it catches that:
# before, the signal would end it without a word. Signal 2 is bit 1 of the mask.
{
    signal=KILL patience=6000 # a twentieth of a second each
    while kill -0 $$ && [ $((patience -= 1)) -gt 0 ]; do
        if grep -q '^Name:.armgpu$' /proc/$$/status &&
            grep -q '^SigCgt:.*[2367abef]$' /proc/$$/status; then
            signal=INT
            break
        fi
        sleep 0.05
    done
    kill -s $signal $$
} >/dev/null 2>&1 &
# Who runs tests in the background may have it ignored, which armgpu respects.
exec perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$@"
INTERRUPT
chmod +x "$work/bin/words" "$work/bin/interrupt"
PATH=$work/bin:$PATH
LC_ALL=C
TERM=dumb
export PATH LC_ALL TERM
unset POSIXLY_CORRECT NO_COLOR

# The guest programs that the transcripts use; see the comments.
make_images() {
    words d2800540 d4400000 >answer.bin                   # mov x0, #42; hlt #0
    words d2800c81 f1000421 b5ffffe1 d4400000 >loop.bin   # x1 = 100 down to 0
    words 14000000 >spin.bin                              # b .
    words f9000001 d4400000 >store.bin                    # str x1, [x0]
    words f9400001 d4400000 >load.bin                     # ldr x1, [x0]
    words c85f7c01 d4400000 >exclusive.bin                # ldxr x1, [x0]
    words d65f03c0 >return.bin                            # ret
    words d503201f d40000e1 >syscall.bin                  # nop; svc #7
    words d4200020 >break.bin                             # brk #1
    words d4400060 >halt3.bin                             # hlt #3
    words 1e7a0000 >float.bin                             # fcvtas s0, d0
    words d503201f 00000000 >udf.bin                      # nop; udf #0
    words b4000040 14000000 d4400000 >first.bin           # cbz x0, ok; b .
    printf abc >odd.bin
    : >empty.bin
}

normalise() {
    sed -e 's/^\(cycles  *[0-9]* in \).*/\1TIME: SPEED/' \
        -e 's/^device      .*/device      DEVICE/' \
        -e 's/"device":"[^"]*"/"device":"DEVICE"/' \
        -e 's/"elapsed_seconds":[-+.0-9e]*/"elapsed_seconds":TIME/' \
        -e 's/"avg_ips":[-+.0-9e]*/"avg_ips":SPEED/' \
        -e 's/^\(! armgpu: backend cpu: \).*/\1REASON/'
}

# The command in $command, its output, its status.
run_command() {
    [ -n "$command" ] || return 0
    printf '\n'
    printf '%s\n' "$command" | sed -e '1s/^/$ /' -e '2,$s/^/> /'
    (eval "$command") >"$work/out" 2>"$work/err" </dev/null
    status=$?
    { cat "$work/out"; sed 's/^/! /' "$work/err"; } | normalise
    [ $status -eq 0 ] || echo "[exit $status]"
}

# Prints the transcript in $1 as it comes out now.
replay() {
    command=
    comments=yes
    while IFS= read -r line; do
        case $line in
        '$ '*)
            run_command
            comments=
            command=${line#"$ "}
            ;;
        '> '*)
            command="$command
${line#> }"
            ;;
        *)
            [ -z "$comments" ] || [ -z "$line" ] || printf '%s\n' "$line"
            ;;
        esac
    done <"$1"
    run_command
}

is_missing() {
    needs=$(sed -n 's/^# needs: //p' "$1")
    for need in $needs; do
        case $need in
        /*) [ -e "$need" ] || return 0 ;;
        *) command -v "$need" >/dev/null || return 0 ;;
        esac
    done
    return 1
}

passed=0 failed=0 skipped=0
from=$PWD
for transcript; do
    cd "$from" || exit 1
    name=$(basename "$transcript" .t)
    if is_missing "$transcript"; then
        echo "skipped  $name ($(sed -n 's/^# //p;q' "$transcript"))"
        skipped=$((skipped + 1))
        continue
    fi
    transcript=$(cd "$(dirname "$transcript")" && pwd)/$name.t
    rm -rf "$work/images"
    mkdir "$work/images"
    cd "$work/images" || exit 1
    make_images
    replay "$transcript" >"$work/actual"
    if cmp -s "$transcript" "$work/actual"; then
        echo "ok       $name"
        passed=$((passed + 1))
    elif [ -n "$update" ]; then
        cp "$work/actual" "$transcript"
        echo "updated  $name"
    else
        echo "FAILED   $name"
        diff -u "$transcript" "$work/actual"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
