#!/bin/sh
# tests/test_float_instructions.sh EXE: every floating-point instruction of the
# table, and what else other oracles have not (I8MM, cryptography but by Unicorn),
# with random fields, on random V registers, FPCR and NZCV: a lane each,
# against this processor where it is an AArch64, else against qemu-aarch64.
# V registers, X0 to X7, NZCV and FPSR are compared.
#
#   [SEED=N] [WORDS=N] [CASES=N] [BACKEND=NAME] tests/test_float_instructions.sh EXE
#
# SEED of the random fields and states, WORDS of each row, CASES of each word.
# BACKEND executes the lanes; the default is the CPU, in groups and one by one,
# and then OpenCL where it is.
# shellcheck disable=SC1091,SC2154,SC2086
set -u

exe=$1
. tests/metal/lib.sh
. tests/float/words.sh

# QEMU 7.2 writes 32 bits of FCVTZS and FCVTZU of a half with fraction bits, and
# FJCVTZS of a denormal that is flushed sets Z.
except='FJCVTZS|FCVTZ._asisdshf'
cc=${CC:-cc} run=''
case $(uname -sm) in
"Linux aarch64") except='^$' more='^$' ;;
*)
    need aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
    need qemu-aarch64 qemu-user
    cc=aarch64-linux-gnu-gcc run='qemu-aarch64 -cpu max'
    ;;
esac
seed=${SEED:-1}
echo "# seed $seed"

"$exe" insns --tsv | words "${WORDS:-6}" "$except" "$more" >"$work/all.bin" 2>"$work/rows"
"$exe" disasm "$work/all.bin" | grep : >"$work/all.txt"
allocated "$work/all.txt" <"$work/all.bin" >"$work/instructions"
"$exe" disasm "$work/instructions" | grep ':.*	' | grep -v '	ret$' \
    >"$work/text"
count=$(($(wc -c <"$work/instructions") / 8))
rows=$(cat "$work/rows")
[ "$rows" -ge 450 ]
result $? "the words are of $rows rows, which are 450 or more"

set -- "-DINSTRUCTIONS=\"$work/instructions\"" "-DSEED=${seed}ull" \
    "-DCOUNT=${count}ull" \
    "-DCASES=${CASES:-40}"
$cc -std=gnu11 -O2 -Wall -Wextra -Werror -static -DPRINT \
    -o "$work/oracle" "$@" \
    tests/float/instructions.c >"$work/why" 2>&1 &&
    "$exe" cc -o "$work/program.bin" tests/float/instructions.c -- "$@" \
        >>"$work/why" 2>&1
status=$?
result $status "tests/float/instructions.c builds for both"
[ $status -eq 0 ] || finish

$run "$work/oracle" >"$work/expected" 2>"$work/why"
result $? "$(wc -l <"$work/expected") of $count instructions have been executed"

# compare BACKEND [DEVICE]
compare()
{
    "$exe" run "$work/program.bin" -b "$1" --device "${2:-0}" -n "$count" -m 64M \
        --max-cycles 0 --no-table --quiet --out - --out-format csv \
        --columns x0:x 2>"$work/why" | tail -n +2 >"$work/got"
    paste "$work/expected" "$work/got" "$work/text" |
        awk -F '\t' '$1 != $2 { print; wrong = 1 } END { exit wrong }' \
            >"$work/why" 2>&1 && [ -s "$work/got" ]
    result $? "$1, device ${2:-0}: $count instructions in ${CASES:-40} states each have the \
same effect"
}

compare "${BACKEND:-cpu}"
if [ -z "${BACKEND:-}" ]; then
    compare cpu 1 # lanes one by one
    "$exe" devices | grep -q '^opencl .*[0-9]G' && compare opencl
fi

finish
