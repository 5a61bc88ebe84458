#!/bin/sh
# tests/bench_qemu.sh EXE [LANES [BACKEND OPTIONS...]]: armgpu's CPU backend on
# one thread against qemu-aarch64 (user mode) on the same code, in one run.
#
# Every program is built twice around the same machine code (tests/bench/start.s):
# as a flat image and as a Linux process. qemu's instructions are those that
# armgpu counts for lane 0 of the same length; both must give the same sum. Times
# are CPU time of the whole process, best of RUNS, so start-up counts.
# Needs aarch64-linux-gnu-gcc and qemu-aarch64. OUT keeps what is built, PROGRAMS
# names those to run, such as "nbody fir"; LONGER=100 has lanes do so much more,
# for few of them or fast ones.
set -eu
exe=$1 lanes=${2:-64}
[ $# -le 2 ] && set -- "$exe" "$lanes"
shift; [ $# -gt 0 ] && shift
here=$(cd "$(dirname "$0")" && pwd)
root=${here%/tests}
out=${OUT:-$(mktemp -d)}
runs=${RUNS:-3}
cross=aarch64-linux-gnu-
mkdir -p "$out"

# name, source, argument, calls of program() for armgpu, for qemu, kind; what
# comes after kind are the compiler's options where V registers are used, as in
# programs/programs.mk.
vectors='-O3 -ffp-contract=off'
programs="mixed programs/mixed.s 1000 600 5000 convergent
alu programs/alu.s 1000 1500 8000 convergent
crc32 programs/crc32.c 1 800 8000 convergent
sha256 programs/sha256.c 1 2500 20000 convergent
loads tests/bench/loads.s 1000 1000 5000 convergent
calls tests/bench/calls.s 12 500 3000 convergent
sort programs/sort.c 0 200 3000 divergent
collatz programs/collatz.c 0 300 6000 divergent
nbody programs/nbody.c 200 25 3000 float $vectors
matmul programs/matmul_f32.c 40 10 1200 float $vectors
libm programs/libm.c 200 40 4500 float $vectors
fir programs/fir.c 100 20 4500 vector $vectors
chacha20 programs/chacha20.c 100 16 2500 vector $vectors
sha256_ce programs/sha256_ce.c 200 60 3000 vector $vectors -march=armv8-a+crypto"

# build NAME SOURCE ARGUMENT REPEATS [linux]: $out/NAME.bin or $out/NAME.linux,
# with what $options says
build() {
    file=$root/$2
    case $2 in
    programs/*.s) # program() instead of a whole image
        { echo '.global program'; echo 'program:'
          sed '/mrs *x0, tpidrro_el0/d; s/hlt *#0/ret/' "$file"
        } > "$out/$1.s"
        file=$out/$1.s ;;
    esac
    script=$root/programs/lib/flat.ld define=
    [ $# -lt 5 ] || define=-Wa,--defsym,LINUX=1
    ${cross}gcc -c -Wa,--defsym,REPEATS="$4" -Wa,--defsym,ARGUMENT="$3" \
        $define -o "$out/start.o" "$here/bench/start.s"
    link="-nostdlib -static -fno-pic -Wl,--build-id=none -ffreestanding \
        -O2 -march=armv8-a -fno-math-errno -mno-outline-atomics \
        -fno-tree-loop-distribute-patterns -I$root/programs/lib \
        ${options:--mgeneral-regs-only}"
    if [ $# -lt 5 ]; then
        # shellcheck disable=SC2086
        ${cross}gcc $link -Wl,-e,0 -Wl,-T,"$script" -o "$out/$1.elf" \
            "$out/start.o" "$file" "$root/programs/lib/rt.c"
        ${cross}objcopy -O binary "$out/$1.elf" "$out/$1.bin"
    else
        # shellcheck disable=SC2086
        ${cross}gcc $link -o "$out/$1.linux" "$out/start.o" "$file" \
            "$root/programs/lib/rt.c"
    fi
}

# seconds COMMAND...: CPU time, best of $runs
seconds() {
    best=
    i=0
    while [ $i -lt "$runs" ]; do
        t=$( { bash -c 'TIMEFORMAT="%U %S"; time "$@" >/dev/null 2>&1' x "$@"; } \
            2>&1 | awk '{ print $1 + $2 }')
        best=$(echo "$t $best" | awk '{ print ($2 == "" || $1 < $2) ? $1 : $2 }')
        i=$((i + 1))
    done
    echo "$best"
}

field() { # field NAME FILE: a number or hex string at the top level of JSON
    sed -n 's/.*"'"$1"'":"\{0,1\}\([0-9a-fx.]*\).*/\1/p' "$2" | head -n 1
}

# qemu_count NAME: what qemu's process executes between the same two points
check_sum() { # check_sum NAME OPTIONS...: lane 0 alone against qemu
    name=$1; shift
    "$exe" run "$out/$name.bin" -n 1 -b cpu -c 0 --json "$@" > "$out/one.json"
    mine=$(sed -n 's/.*"x":\["\(0x[0-9a-f]*\)".*/\1/p' "$out/one.json")
    theirs=0x$(qemu-aarch64 "$out/$name.linux" | od -An -tx8 | tr -d ' ' |
        sed 's/^0*\(.\)/\1/')
    [ "$mine" = "$theirs" ] || {
        echo "$name: $mine here, $theirs in qemu" >&2
        exit 1
    }
}

printf '%s\n' "$lanes lanes, one thread: $*; $(qemu-aarch64 --version | head -n 1)"
printf '%-10s %14s %9s %14s %9s %7s\n' program 'instructions' 'G/s' \
    'qemu instr.' 'G/s' ratio
: > "$out/ratios"
echo "$programs" | while read -r name source argument repeats qemu_repeats kind \
    options; do
    case " ${PROGRAMS:-$name} " in *" $name "*) ;; *) continue ;; esac
    build "$name" "$source" "$argument" "$qemu_repeats" linux
    build "$name" "$source" "$argument" "$qemu_repeats"
    check_sum "$name" --memory-mode private --memory 64K
    theirs=$(field total_cycles "$out/one.json")
    their_time=$(seconds qemu-aarch64 "$out/$name.linux")
    build "$name" "$source" "$argument" $((repeats * ${LONGER:-1}))
    "$exe" run "$out/$name.bin" -n "$lanes" -b cpu -c 0 --threads 1 \
        --memory-mode private --memory 64K "$@" --json --show 1 > "$out/all.json"
    ours=$(field total_cycles "$out/all.json")
    our_time=$(seconds "$exe" run "$out/$name.bin" -n "$lanes" -b cpu -c 0 \
        --threads 1 --memory-mode private --memory 64K "$@" --show 1)
    echo "$name $ours $our_time $theirs $their_time $kind" |
        awk '{ a = $2 / $3 / 1e9; q = $4 / $5 / 1e9
               printf "%-10s %14d %9.2f %14d %9.2f %7.2f\n", $1, $2, a, $4, q, a / q
               print $6, a / q >> "'"$out/ratios"'" }'
done
awk '{ sum[$1] += log($2); n[$1]++ }
     END { for (k in n) printf "geometric mean, %s: %.2f\n", k, exp(sum[k] / n[k]) }' \
    "$out/ratios"
