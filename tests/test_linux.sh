#!/bin/sh
# tests/test_linux.sh EXE: the C programs of programs/linux, each on 64 lanes with
# arguments and inputs of its own, must print and exit as under qemu-aarch64, lane
# by lane. They are linked statically with glibc at -O2 and as a static PIE, with
# Debian's musl at -O2, and by Zig (clang and its musl). On the CPU with
# one thread and several, and on OpenCL; see linux/common.sh for LANES and
# BACKEND. PROGRAMS names some of them, VARIANTS some ways of building: glibc and
# musl have any level, as in `musl-O1`.
#
# Needs aarch64-linux-gnu-gcc, qemu-aarch64 and python3; musl's files come from
# build/arm64, Zig from build/zig, where `make deps` puts them.
set -u
exe=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "$0")/.." || exit 1
out=$PWD/build/linux
# shellcheck source=tests/linux/common.sh
. tests/linux/common.sh
need aarch64-linux-gnu-gcc qemu-aarch64 python3
rm -rf "$out"
mkdir -p "$out/text" "$out/glibc-O2" || exit 1

gcc=aarch64-linux-gnu-gcc
arm64=build/arm64/usr
musl=$arm64/lib/aarch64-linux-musl
# What an operation gives must not depend on what a compiler fuses.
flags="-std=c11 -ffp-contract=off -Wall -Wextra -Werror"

# build VARIANT PROGRAM: LIBC-LEVEL, or LIBC-LEVEL-pie.
build()
{
    level=${1#*-}
    source=programs/linux/$2.c
    # shellcheck disable=SC2086 # options
    case $1 in
    glibc-*-pie)
        $gcc $flags "-${level%-pie}" -static-pie "$source" -o "$out/$1/$2" -lm
        ;;
    glibc-*)
        $gcc $flags "-$level" -static "$source" -o "$out/$1/$2" -lm
        ;;
    musl-*)
        $gcc $flags "-$level" -static -no-pie -nostdlib -nostdinc \
            -isystem $arm64/include/aarch64-linux-musl \
            -isystem "$($gcc -print-file-name=include)" $musl/crt1.o \
            $musl/crti.o "$source" -o "$out/$1/$2" -Wl,--start-group \
            $musl/libc.a -lgcc -lgcc_eh -Wl,--end-group $musl/crtn.o
        ;;
    zig-*)
        PYTHONPATH=build/zig python3 -m ziglang cc -target aarch64-linux-musl \
            $flags "-$level" -static "$source" -o "$out/$1/$2"
        ;;
    esac
}

# Inputs, by a generator of awk's own so that they are the same everywhere.
# random_lines SEED WORDS...: a line a lane of words chosen at random.
random_lines()
{
    awk -v lanes="$lanes" -v seed="$1" '
        function random(n) {
            seed = (seed * 1309 + 13849) % 65536
            return int(seed / 65536 * n)
        }
        BEGIN {
            for (i = 2; i < ARGC; i++)
                words[i - 2] = ARGV[i]
            for (lane = 0; lane < lanes; lane++) {
                line = ""
                for (n = random(12); n > 0; n--)
                    line = line (line == "" ? "" : " ") words[random(ARGC - 2)]
                print line
            }
        }' "$@"
}

make_inputs()
{
    each 'lane %d' >"$out/lane.args"
    # shellcheck disable=SC2016 # dollars are for the program
    random_lines 1 alpha '"beta gamma"' "'a  b'c" '""' 'delta epsilon' '$WHO' '$NOBODY' -x --json \
        {} -- 'ünï' >"$out/words.args"
    random_lines 2 the quick brown fox jumps over a lazy dog Dog-DOG \
        antidisestablishmentarianism 42 >"$out/words.lines"
    each '{"lane": %d, "list": [1, 2.5e-3, true, null]}' '[%d' '[[[%d]]], ' \
        '"text \\u00e9 \\n of %d"' '{"a" %d}' '-0.%de+1' '' 'nul %d' \
        '{"": {"": {"": %d}}}' '"\\x %d"' '[1, %d' '[]' >"$out/json_check.lines"
    each 'put=%d;put=2;seek=9;put=%d;show=9' 'show=99' 'seek=-%d;put=1' \
        'seek=3;put=0x%d;show=3' 'seek=-1;show=1;put=%d' '' ';;' 'put=1e' \
        >"$out/fuzz.lines"
    each '' '' 'seek=12;put=%d;show=12' 'seek=-9;put=1' >"$out/fuzz.args"
    each '%d' '' '24' '0' '1' >"$out/matrix.args"
    each '%d' '500' '' '1' >"$out/records.args"
    each '%d 100' '7%d 50' >"$out/heap.args"
    each '4 full' '1 none' '16 full' '3 line' '0' '9' '17 line' \
        >"$out/writer.args"
    each return exit quick abort assert raise '' >"$out/aborts.args"
    each '%d 1 -3' '0x%d' '%d x' '' '99999999999 %d' '2147483647 %d' '-1 -%d' \
        >"$out/fails.args"
    each '%d 0.1 -%d.5e10' 'inf -inf nan' '1e-%d 4.9e-324' 'x %d 1e308' '' \
        '0x1.8p%d 3.14159265358979' >"$out/numbers.lines"
    each '%d + 2 * (3 - %d) / 4' '1 / (%d - %d)' '((%d)' '2 *' '-%d %% 7 - -1' \
        '99999 * 99999 * 99999' '1 2' '' >"$out/calculator.args"
    lane=0
    while [ $lane -lt "$lanes" ]; do # texts of none to some thousand lines
        file=$out/text/$(printf '%07d' $lane)
        head -n $((lane * lane % 97)) programs/README.md >"$file"
        [ $((lane % 5)) -ne 4 ] || printf 'no newline %d' $lane >>"$file"
        lane=$((lane + 1))
    done
}

# give PROGRAM COMMAND...: the command, and what the program's lanes are given.
give()
{
    given=$1
    shift
    case $given in
    hello) "$@" --args "$out/lane.args" ;;
    args) "$@" --args "$out/words.args" --env WHO=me --env EMPTY= ;;
    wordcount | crc | tokens | huffman) "$@" --stdin-dir "$out/text" ;;
    json_check | numbers) "$@" --stdin-lines "$out/$given.lines" ;;
    fuzz_target)
        "$@" --args "$out/fuzz.args" --stdin-lines "$out/fuzz.lines"
        ;;
    *) "$@" --args "$out/$given.args" ;;
    esac
}

# Other ways to give and to take the same: one input for all lanes, a line each,
# arguments on the command line, files of standard output.
try_otherwise()
{
    expect crc-one "$out/$1/crc" --stdin programs/README.md
    try "crc $1, --stdin" crc-one "$every_backend" "$out/$1/crc" \
        --stdin programs/README.md
    expect wordcount-lines "$out/$1/wordcount" --stdin-lines "$out/words.lines"
    try "wordcount $1, --stdin-lines" wordcount-lines "$every_backend" \
        "$out/$1/wordcount" --stdin-lines "$out/words.lines"
    # shellcheck disable=SC2016 # the dollar is for the program
    expect args-own "$out/$1/args" --env WHO=me -- '{lane}' 'of{lane} ' '$WHO' ''
    # shellcheck disable=SC2016 # the dollar is for the program
    try "args $1, arguments behind --" args-own "$every_backend" \
        "$out/$1/args" --env WHO=me -- '{lane}' 'of{lane} ' '$WHO' ''
    case $all_backends in
    *opencl*) # kernels with forms of vector operations, as on NVIDIA's GPUs
        ARMGPU_FORMS=1
        export ARMGPU_FORMS
        # shellcheck disable=SC2016 # as above
        try "args $1, forms" args-own opencl "$out/$1/args" --env WHO=me -- \
            '{lane}' 'of{lane} ' '$WHO' ''
        unset ARMGPU_FORMS
        ;;
    esac
    check "writer $1, --stdout DIR/" files_are_as_expected "$1"
    check "output comes as it is written" output_comes_as_it_is_written
}

# What a program has written appears while it goes on, which it does for ever.
# shellcheck disable=SC2317 # called by check()
output_comes_as_it_is_written()
{
    echo 'int puts(const char *); int fflush(void *);
        int main(void) { puts("ready"); fflush(0); for (;;) ; }' \
        >"$out/endless.c"
    aarch64-linux-gnu-gcc -static -o "$out/endless" "$out/endless.c" || return
    : >"$out/endless.lines"
    "$exe" run --backend cpu "$out/endless" >"$out/endless.lines" 2>&1 &
    tries=0
    while [ ! -s "$out/endless.lines" ] && [ "$tries" -lt 300 ]; do
        sleep 1
        tries=$((tries + 1))
    done
    seen=$(cat "$out/endless.lines")
    kill -TERM $!
    wait $!
    [ "$seen" = ready ]
}

# shellcheck disable=SC2317 # called by check()
files_are_as_expected()
{
    rm -rf "$out/files"
    same "writer-${1%%-*}" "$out/$1/writer" --args "$out/writer.args" \
        --stdout "$out/files/" &&
        python3 tests/linux/judge.py "$expected" "$out/got" "$out/files"
}

# Whether the machine has what a variant is built with.
can_build()
{
    case $1 in
    musl-*) [ -e $musl/libc.a ] ;;
    zig-*) [ -d build/zig/ziglang ] ;;
    esac
}

# Zig takes its time, and is there for its compiler and library, not for programs.
is_built()
{
    [ "$libc" != zig ] && return
    case $1 in
    hello | json_check | heap | numbers | tokens | writer) ;;
    *) false ;;
    esac
}

# All programs, built so; what they must do is asked once for each C library.
try_variant()
{
    variant=$1 libc=${1%%-*} list=$every_backend
    case $variant in
    *-O2) list=$all_backends ;;
    esac
    mkdir -p "$out/$variant"
    for program in $programs; do
        is_built "$program" || continue
        build "$variant" "$program" || die "$program does not build: $variant"
        [ -e "$out/$program-$libc.expected" ] ||
            give "$program" expect "$program-$libc" "$out/$variant/$program"
        give "$program" try "$program $variant" "$program-$libc" "$list" \
            "$out/$variant/$program"
    done
}

programs=${PROGRAMS:-$(basename -s .c programs/linux/*.c)}
make_inputs
build glibc-O2 args || die "args does not build"
check_judge "$out/glibc-O2/args"
backends
for variant in ${VARIANTS:-glibc-O2 glibc-O2-pie musl-O2 zig-O2}; do
    if can_build "$variant"; then
        try_variant "$variant"
    else
        [ "${CI:-}" != true ] || die "CI must have what builds $variant"
        skip "$variant: 'make deps' brings what it is built with"
    fi
done
[ -n "${PROGRAMS:-}${VARIANTS:-}" ] || try_otherwise glibc-O2
finish
