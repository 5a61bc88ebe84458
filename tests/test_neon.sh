#!/bin/sh
# Lane groups on NEON: armgpu for AArch64 Linux, run by qemu-aarch64 where this
# machine is another one. 64 lanes execute each instruction together, the guest
# programs end as expected, in groups and one by one, and the conformance test
# finds groups to do what lanes do one by one.
#
#   tests/test_neon.sh [ARMGPU]
#
# ARMGPU is what is tested on an AArch64 machine; elsewhere build/neon is built.
# shellcheck disable=SC1091,SC2154
set -u

armgpu=${1:-build/release/armgpu}
. tests/metal/lib.sh
one_by_one=1 groups=2 # devices of the cpu backend
# All that lanes do in private memory, and some that meet in shared memory.
programs="alu mixed stream fib sieve crc32 sha256 sort collatz strsearch matmul
    jit stops counter_lse ticket barrier"

case $(uname -m) in
aarch64 | arm64)
    cp "$armgpu" "$work/armgpu" || exit 1
    ;;
*)
    need aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
    need qemu-aarch64 qemu-user
    # What runs while building is for this machine.
    need_build MODE=release build/gen/insngen build/gen/embed \
        build/gen/embed_files
    # Static, so that qemu needs no other files; optimised as fast as compilers are.
    ${MAKE:-make} -s -j2 B=build/neon MODE=debug SYSTEM=Linux METAL=no \
        WITH_PNG=0 WERROR=1 CFLAGS=-O1 CC=aarch64-linux-gnu-gcc AR=aarch64-linux-gnu-ar \
        LDFLAGS=-static build/neon/armgpu >"$work/why" 2>&1
    status=$?
    result $status "armgpu for aarch64 builds without warnings"
    [ $status -eq 0 ] || finish
    cat >"$work/armgpu" <<EOF
#!/bin/sh
exec qemu-aarch64 "$PWD/build/neon/armgpu" "\$@"
EOF
    chmod +x "$work/armgpu"
    ;;
esac

# ---- the devices are what they say

"$work/armgpu" devices >"$work/why" 2>&1 && grep -q '^cpu  *0 ' "$work/why"
result $? "devices lists the cpu"
"$work/armgpu" run programs/alu.bin --backend cpu --device 3 >"$work/out" \
    2>"$work/why"
[ $? -eq 125 ] && grep -q 'device 3 does not exist' "$work/why"
result $? "NEON is the only kind of groups here"

# tbz w4, #0, 8; nop; ldadd x1, x2, [x0]; ldadd x1, x3, [x0]; hlt
printf '\104\000\000\066\037\040\003\325\002\000\041\370\003\000\041\370\000\000\100\324' \
    >"$work/tickets.bin"

# tickets DEVICE LANES FACTOR DISTANCE: each lane's first ticket is its number
# times FACTOR, the second DISTANCE later. Together all take the first before
# any takes the second, though every other lane executed the NOP before.
tickets()
{
    "$work/armgpu" run "$work/tickets.bin" --backend cpu --device "$1" \
        --lanes "$2" --threads 1 --memory-mode shared --reg x0=0x8000 \
        --reg x1=1 --reg x4=lane --csv --all --columns lane,x2,x3 >"$work/out" \
        2>"$work/why" || return
    lane=0
    echo lane,x2,x3 >"$work/want"
    while [ "$lane" -lt "$2" ]; do
        printf '%d,0x%x,0x%x\n' "$lane" $((lane * $3)) $((lane * $3 + $4))
        lane=$((lane + 1))
    done >>"$work/want"
    cmp "$work/out" "$work/want" >"$work/why" 2>&1
}
tickets $groups 64 1 64 && tickets $groups 37 1 37
result $? "lanes of a group execute an instruction together"
tickets $one_by_one 64 2 1
result $? "and one by one do not"

# ---- programs

# try_programs DEVICE WHAT
try_programs()
{
    # shellcheck disable=SC2086
    DEVICE=$1 sh tests/test_programs.sh "$work/armgpu" $programs \
        >"$work/why" 2>&1
    result $? "programs $2"
}
try_programs $groups "in groups"
try_programs $one_by_one "one by one"

# ---- every subject of the conformance test

"$work/armgpu" check --backend cpu --device $groups --threads 1 --quick \
    >"$work/why" 2>&1
result $? "groups do what lanes do one by one"

finish
