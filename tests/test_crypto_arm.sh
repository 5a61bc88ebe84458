#!/bin/sh
# Cryptographic operations by AArch64's own instructions, as a copy of
# kernels/entry/entry_crypto.c has them, against those in software: on this
# processor where that is its architecture, else under qemu-aarch64.
#
#   [SEED=N] [COUNT=N] tests/test_crypto_arm.sh    COUNT cases of each
#
# shellcheck disable=SC1091,SC2154,SC2086
set -u

. tests/metal/lib.sh

cc=${CC:-cc} run=''
case $(uname -sm) in
"Linux aarch64")
    grep -qw 'sha2' /proc/cpuinfo || {
        skip "$(basename "$0")" "this processor has no such instructions"
        finish
    }
    ;;
*)
    need aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
    need qemu-aarch64 qemu-user
    cc=aarch64-linux-gnu-gcc run=qemu-aarch64
    ;;
esac

flags='-std=c11 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror'
flags="$flags -Ikernels -Itests -Ibuild/gen"

# What a build for AArch64 has, as the Makefile compiles it.
copy()
{
    name=$1
    shift
    $cc $flags "$@" -DAG_CRYPTO_ENTRY=ag_kernel_crypto_$name -c \
        -o "$work/$name.o" kernels/entry/entry_crypto.c
}

# Static, so that qemu needs no other files.
{
    copy soft -DAG_CRYPTO_SOFTWARE=1 &&
        copy sha -march=armv8-a+crypto &&
        $cc $flags -static -o "$work/arm" tests/crypto/arm.c "$work/soft.o" \
            "$work/sha.o"
} >"$work/why" 2>&1
status=$?
result $status "the copies of kernels/entry/entry_crypto.c build without warnings"
[ $status -eq 0 ] || finish

$run "$work/arm" "${SEED:-1}" ${COUNT:-} >"$work/out" 2>&1
status=$?
grep '^# seed' "$work/out"
cp "$work/out" "$work/why"
result $status "instructions and software agree: $(tail -n 1 "$work/out")"

finish
