#!/bin/sh
# kernels/float against AArch64 instructions: results and flags with any FPCR,
# all halves where there is one operand. The instructions are this processor's
# where it has them, else qemu-aarch64's.
#
#   [SEED=N] [COUNT=N] tests/test_float_arm.sh    COUNT cases of each
#
# shellcheck disable=SC1091,SC2154,SC2086
set -u

. tests/metal/lib.sh

cc=${CC:-cc} run='' oracle=''
case $(uname -sm) in
"Linux aarch64") ;;
*)
    need aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
    need qemu-aarch64 qemu-user
    cc=aarch64-linux-gnu-gcc run=qemu-aarch64 oracle=qemu
    ;;
esac

# Static, so that qemu needs no other files.
$cc -std=c11 -O2 -Wall -Wextra -Wconversion -Wshadow -Werror -static \
    -march=armv8.6-a+fp16+fp16fml -Ikernels -Itests -o "$work/arm" \
    tests/float/arm.c >"$work/why" 2>&1
status=$?
result $status "tests/float/arm.c builds without warnings"
[ $status -eq 0 ] || finish

$run "$work/arm" $oracle "${SEED:-1}" ${COUNT:-} >"$work/out" 2>&1
status=$?
grep '^# seed' "$work/out"
cp "$work/out" "$work/why"
result $status "instructions and their calls agree: $(tail -n 1 "$work/out")"

finish
