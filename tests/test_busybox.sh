#!/bin/sh
# tests/test_busybox.sh EXE: applets of Debian's busybox-static for arm64, a
# program that its authors did not write for us: each on 64 lanes with arguments
# and inputs of its own, output and exit status as under qemu-aarch64, lane by
# lane; its shell as far as no process must be made; and what changes files, with
# what it leaves. What needs fork() says so. See linux/common.sh for LANES and
# BACKEND.
#
# Needs qemu-aarch64, python3, and busybox in build/arm64, where `make deps` puts
# it.
# shellcheck disable=SC2317 # functions are called by their names
set -u
exe=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/.." || exit 1
out=$(pwd -P)/build/busybox # as realpath gives it
# shellcheck source=tests/linux/common.sh
. tests/linux/common.sh
need qemu-aarch64 python3
rm -rf "$out"
mkdir -p "$out/text" || exit 1

# Where Debian's files of /bin are depends on its release.
for busybox in build/arm64/usr/bin/busybox build/arm64/bin/busybox; do
    [ ! -x "$busybox" ] || break
done
if [ ! -x "$busybox" ]; then
    [ "${CI:-}" != true ] || die "CI must have busybox for arm64"
    skip "all: 'make deps' brings busybox for arm64"
    finish
fi
backends

# Texts of lanes: none of some, others end within a line.
lane=0
while [ $lane -lt "$lanes" ]; do
    file=$out/text/$(printf '%07d' $lane)
    head -n $((lane * lane % 61)) README.md >"$file"
    [ $((lane % 7)) -ne 3 ] || printf '%d lines to %d' $lane $lane >>"$file"
    seq $lane $((7 * lane % 40)) >>"$file"
    lane=$((lane + 1))
done

# applet NAME ARGUMENT...: with a text of its own as each lane's input. The
# options before the arguments are $options.
number=0
applet()
{
    number=$((number + 1))
    # shellcheck disable=SC2086 # options
    expect "$number" "$busybox" $options -- "$@"
    # shellcheck disable=SC2086 # options
    try "$(echo "$*" | head -c 60 | tr '\n' ' ')" $number "$backends" \
        "$busybox" $options -- "$@"
}

# Those that pass over all of an instruction set's and a C library's corners run
# everywhere, the others on one backend.
options="--stdin-dir $out/text" backends=$all_backends
# shellcheck disable=SC2016 # dollars are the applets'
{
    applet echo lane '{lane}' -n
    applet cat
    applet wc
    applet sort
    applet sort -n -r -u
    applet sha256sum
    applet sed 's/the \([a-z]*\)/<\1 {lane}>/g; 3d; $a end'
    applet awk '{ n += NF; long[length($0) % 8]++; $2 = toupper($2); print NR, $2 }
        END { for (i = 0; i < 8; i++) printf "%d %s %.4f\n", i, long[i], n / 7 }'
}

each '2^%d + %d' 'scale=20; %d/7' 'sqrt(%d)' '1/0' 'x=%d; x*=x; x' '(%d' \
    'for (i = 0; i < 5; i++) i^%d' 'define f(n) { return n * %d } f(3)' \
    >"$out/bc"
each '%d 100 ^ p' '20 k %d 7 / p' '%d v p' '0 1 / p' '%d d * 16 o p' 'p' \
    '[la 1 + d sa %d >b] sb 3 sa lbx la p' >"$out/dc"
options="--stdin-lines $out/bc"
applet bc
options="--stdin-lines $out/dc"
applet dc

# The shell, its builtins alone: arithmetic, words, functions, loops, the input.
# shellcheck disable=SC2016 # scripts
{
    options="--stdin-dir $out/text"
    applet sh -c 'echo $(({lane} * {lane} % 17)) "$0" $# "$@"; exit $((5 * {lane} & 255))' \
        'name{lane}' a 'b c' ''
    applet sh -c '
        square() { local n=$1; result=$((n * n)); return $((n % 3)); }
        i=0
        while [ $i -lt 20 ]; do
            square $((i + {lane}))
            case $? in
            0) echo "$i: $result" ;;
            1) printf "%s %05d %x\n" "$i" $result $result ;;
            *) i=$((i + 1)); [ $((i & 1)) -eq 1 ] || continue; echo odd ;;
            esac
            i=$((i + 1))
        done'
    applet sh -c '
        n=0 words=0
        while read -r first rest; do
            n=$((n + 1))
            set -- $rest
            words=$((words + $# + 1))
            case $first in
            \#* | *\|*) echo "$n: ${first#\#}: ${rest%% *} ${#rest}" ;;
            [0-9]*) eval "sum=\$((sum + first))" ;;
            esac
        done 2>&1
        echo "$n lines, $words words, ${sum:-no} numbers, ${none-unset}"
        test $n -gt 10'
    applet sh -c 'trap "echo left with \$?" EXIT
        for option in -a -b{lane} -c x; do
            while getopts ab:c: letter "$option"; do
                echo "$letter ${OPTARG-none}"
            done
            OPTIND=1
        done
        [ {lane} -lt 40 ] && exit {lane}
        set -e; false; echo not reached'
    applet sh -c 'echo to error >&2; echo "$HOME"; unset HOME
        : ${HOME:?must be set in {lane}}; echo not reached'
    applet sh -c 'if [ {lane} -gt 5 ]; then echo "unfinished; fi'
}

backends=$every_backend
applet printf '%d %5.2f %s %o\n' '{lane}' '{lane}.125' 'x{lane}' '{lane}'
applet uniq -c
applet grep -n -e '^[0-9]' -e '[[:upper:]][a-z]*'
applet grep -c -v a
applet grep -o -i -E 'l[a-z]+s?|{lane}'
applet grep -q '{lane}'
applet tr a-z A-Z
applet tr -cd '0-9\n'
applet cut -d ' ' -f 2,4-
applet cut -c 1-12
applet head -n '{lane}'
applet head -c '{lane}'
applet tail -n 3
applet tac
applet rev
applet nl
applet od -c
applet od -A x -t x2
applet hexdump -C
applet base64
applet fold -w 33
applet fold -s -w '2{lane}'
applet expand
applet paste - - -
applet md5sum
applet sha1sum
applet sha512sum
applet sha3sum
applet strings
applet tee
applet factor '{lane}001' '{lane}'
applet seq '{lane}' 3 80
applet expr '{lane}' '*' 3 % 7
applet expr 'lane{lane}' : 'lane\([0-9]\)'
applet test '{lane}' -gt 30
applet basename '/a/b{lane}.txt' .txt
applet dirname '/a/b{lane}.txt'
applet date -u -d '@{lane}00000000' '+%Y-%m-%d %H:%M:%S %a %j'
applet cal 2 '20{lane}'
applet sleep 0
applet false
applet uname -s -m
applet env
applet xargs echo
applet no-such-applet '{lane}'
options="--stdin-dir $out/text --env TZ=UTC0 --env LANE=1"
applet env
options=
applet cat # of nothing
applet sh

# What changes files. All lanes have $out/folder as --root, and under QEMU a copy of
# it each; that folder with what is collected above it is what QEMU leaves. What is
# said on standard error depends on who has the folder.
make_folder()
{
    mkdir -p "$out/folder/old/deep" "$out/folder/more" || exit 1
    cd "$out/folder/old" || exit 1
    echo "old file f" >f
    echo "g is here" >g
    echo deep >deep/file
    chmod 640 f
    ln -s f link
    ln -s ../old/deep ../more/way
    ln g h
    ln -s deep/file name
    tar --format=ustar --owner=0 --group=0 --sort=name -cf ../t.tar . &&
        rm h || exit 1
    cd - >/dev/null || exit 1
}

# under_qemu LANE ARGUMENT...: in the lane's copy.
under_qemu()
{
    lane=$1
    shift
    for word; do
        shift
        set -- "$@" "$(echo "$word" | sed "s/{lane}/$lane/g")"
    done
    (cd "$out/qemu/$lane" && qemu-aarch64 "$OLDPWD/$busybox" "$@")
}

# changes_alike ARGUMENT...: on four lanes, by $backend.
changes_alike()
{
    rm -rf "$out/qemu" "$out/tree" "$out/written" "$out/merged"
    mkdir "$out/qemu" "$out/written" "$out/merged" || return 1
    # shellcheck disable=SC2086 # options
    timeout 900 "$exe" run "$busybox" --lanes 4 --quiet --backend $backend \
        --root "$out/folder" --collect "$out/tree" \
        --stdout "$out/written/" -- "$@" >"$out/table" 2>&1
    for lane in 0 1 2 3; do
        cp -a "$out/folder" "$out/qemu/$lane" &&
            cp -a "$out/folder" "$out/merged/$lane" || return 1
        [ ! -d "$out/tree/$lane" ] || cp -a --remove-destination \
            "$out/tree/$lane/." "$out/merged/$lane" || return 1
        # The host lists folders in another order, and its root is not the copy.
        under_qemu "$lane" "$@" 2>"$out/err" | sed "s|$out/qemu/$lane/|/|" |
            sort >"$out/wanted"
        sort "$out/written/$lane.out" | diff "$out/wanted" - &&
            diff -r --no-dereference "$out/qemu/$lane" "$out/merged/$lane" ||
            return 1
    done
}

# changes ARGUMENT...: something is said, or changed, or the test shows nothing.
changes()
{
    while read -r backend; do
        check "$(echo "$*" | head -c 60), $backend" changes_alike "$@" </dev/null
        check "and it shows something" does_something
    done <<END
$every_backend
END
}

does_something()
{
    [ -s "$out/wanted" ] ||
        ! diff -r --no-dereference "$out/folder" "$out/qemu/3" >"$out/differs"
}

make_folder
changes touch 'new{lane}' old/f
changes touch -d 2001-02-03 'old/new{lane}' old/link
changes ln -s f 'old/to{lane}'
changes ln -sv ../more/way/file 'more/to{lane}'
changes ln -sfv g old/link
changes ln -sfnv 'x{lane}' more/way
changes ln -v old/f 'hard{lane}'
changes ln -fv old/f old/g
changes ln -v old/name more
changes readlink old/link
changes readlink -f more/way/../link
changes realpath more/way/file
changes cat old/link more/way/file
changes chmod -v '7{lane}0' old/f old/link
changes chmod -vR u=rwx,go-w old/g
changes chmod -c a+x,g+s t.tar more/way/file
changes cp -pv old/f 'kept{lane}'
changes cp -pv old/link 'more/kept{lane}'
changes cp -dv old/link 'more/link{lane}'
changes cp -av old 'copy{lane}'
changes cp -lv old/g 'linked{lane}'
changes cp -sv old/g 'g{lane}'
changes tar -xvf t.tar
changes sed -i 's/old/lane {lane}/' old/link
changes stat -c '%n %N %F %a %s' old/link old/f more/way more/way/file
changes find . -type l

# Processes that cannot be made: the shell says so, and so does armgpu.
says_no_fork()
{
    "$exe" run "$busybox" --lanes 2 --max-cycles 0 --json -- sh -c \
        'echo before; (echo in a subshell); echo after' \
        >"$out/got" 2>"$out/err"
    cat "$out/err" "$out/got"
    grep -q "can't fork" "$out/got" && grep -q 'before' "$out/got" &&
        ! grep -q 'in a subshell' "$out/got" && grep -q clone "$out/err"
}
check "fork: said by the shell and by armgpu" says_no_fork
finish
