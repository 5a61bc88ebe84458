#!/bin/sh
# armgpu as a macOS executable, without a Mac: the whole of it is built by Zig's
# compiler (which brings macOS's headers), the Metal backend alone by clang and
# lld; a small loader runs both against the stand-ins, arm64 under qemu. This is
# the run that notices what only Apple's calling convention makes wrong.
# ZIG names the compiler; else build/zig has the `ziglang` package of PyPI.
# shellcheck disable=SC1091,SC2154
set -u

. tests/metal/lib.sh
sdk=tests/metal/sdk
frameworks=$sdk/System/Library/Frameworks
runs=build/metal-machorun
mkdir -p "$runs"
export STANDIN_REPORT=1 STANDIN_CACHE=build/metal-cache

need clang clang
need clang++ clang
lld=$(command -v ld64.lld || command -v ld64.lld-14 ||
    find /usr/lib/llvm-*/bin/ld64.lld 2>/dev/null | head -n 1)
[ -n "$lld" ] || need ld64.lld lld
need qemu-aarch64 qemu-user
need aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
need_build build/gen/embed build/gen/kernel_metal.c build/gen/region_metal.c

# loader ARCH COMPILER: builds the loader for this CPU with the stand-ins.
loader()
{
    $2 -std=c11 -O1 -g -Wall -Wextra -Werror -o "$runs/$1" \
        tests/metal/macho/*.c tests/metal/standin/*.c \
        "tests/metal/standin/msgsend.$1.S" -rdynamic -lobjc -ldl -lm -pthread \
        >"$work/why" 2>&1
}
echo 'int main(void) { return 0; }' >"$work/objc.c"
aarch64-linux-gnu-gcc -o "$work/objc" "$work/objc.c" -lobjc 2>/dev/null || {
    skip test_metal_macos.sh \
        "no libobjc for aarch64: install libobjc-12-dev-arm64-cross"
    finish
}
loader aarch64 aarch64-linux-gnu-gcc
result $? "the loader for arm64 compiles"

# on_arm64 EXECUTABLE ARGUMENT...
on_arm64()
{
    STANDIN_CXX="clang++ -O1 --target=aarch64-linux-gnu -fuse-ld=lld \
-mno-outline-atomics" qemu-aarch64 -L /usr/aarch64-linux-gnu "$runs/aarch64" \
        "$@"
}

# ---- the backend alone, by clang and lld

# freestanding OUT SOURCE...: with options from $options.
freestanding()
{
    out=$1
    shift
    rm -f "$work"/*.o
    for source in "$@"; do
        # shellcheck disable=SC2086
        clang --target=arm64-apple-macos13 -std=c11 -ffreestanding \
            -nostdlibinc -fno-stack-protector -O2 -Wall -Wextra -Werror \
            -isystem tests/metal/freestanding -Isrc -Ikernels -Iinclude \
            -Ibuild/gen ${options:-} -c "$source" \
            -o "$work/$(basename "$source").o" >>"$work/why" 2>&1 || return
    done
    "$lld" -arch arm64 -platform_version macos 13.0 13.3 -syslibroot $sdk \
        -L$sdk/usr/lib -Ltests/metal/freestanding -F$frameworks "$work"/*.o \
        -lSystem -lobjc -framework Metal -framework Foundation \
        -framework CoreGraphics -o "$out" >>"$work/why" 2>&1
}
backend="$(echo src/backend/metal/*.c) src/backend/build.c src/backend/wait.c \
    src/backend/listing.c build/gen/kernel_metal.c build/gen/region_metal.c"
# shellcheck disable=SC2086
freestanding "$work/backend" $backend tests/metal/freestanding/main.c
result $? "the backend alone links for arm64"
on_arm64 "$work/backend" >"$work/why" 2>&1
result $? "and opens a device, compiles, moves bytes"

freestanding "$work/cast" src/backend/metal/metal_api.c tests/metal/variadic.c &&
    on_arm64 "$work/cast" >"$work/why" 2>&1
result $? "a message of the right type arrives whole"
options=-DVARIADIC
freestanding "$work/variadic" src/backend/metal/metal_api.c tests/metal/variadic.c
result $? "one that is variadic compiles"
on_arm64 "$work/variadic" >"$work/why" 2>&1
[ $? -eq 97 ] && grep -q 'newBufferWithLength:options: with' "$work/why"
result $? "and is noticed"
options=

# ---- the whole of armgpu, by Zig's compiler

zig=${ZIG:-}
if [ -z "$zig" ] && [ -d build/zig/ziglang ]; then
    zig="env PYTHONPATH=$PWD/build/zig python3 -m ziglang"
fi
if [ -z "$zig" ]; then
    skip "armgpu for macOS" "no Zig: python3 -m pip install --target build/zig \
ziglang"
    finish
fi

# macos ARCH: builds armgpu for it, warnings being errors, for arm64 with lane
# groups; optimised no more than what runs here needs.
macos()
{
    case $1 in aarch64) isa=neon ;; *) isa= ;; esac
    ${MAKE:-make} -s -j2 SYSTEM=Darwin METAL=yes WERROR=1 WITH_PNG=0 \
        MODE=debug CFLAGS=-O1 GROUP_ISAS=$isa \
        B="build/metal-macos-$1" CC="$zig cc -target $1-macos.13.0" \
        AR="$zig ar" LDFLAGS="-L$sdk/usr/lib -F$frameworks" \
        "build/metal-macos-$1/armgpu" >"$work/why" 2>&1 &&
        [ ! -s "$work/why" ]
}

# same RUNNER ARCH PROGRAM: 128 lanes on Metal as on the CPU.
same()
{
    "$1" "build/metal-macos-$2/armgpu" run "programs/$3.bin" --lanes 128 \
        --csv --all --backend cpu >"$work/cpu" 2>"$work/why"
    "$1" "build/metal-macos-$2/armgpu" run "programs/$3.bin" --lanes 128 \
        --csv --all --backend metal >"$work/metal" 2>>"$work/why"
    [ "$(wc -l <"$work/cpu")" -eq 129 ] &&
        cmp "$work/cpu" "$work/metal" >>"$work/why" 2>&1 &&
        grep -q ' 0 objects alive, pool depth 0' "$work/why"
    result $? "$2: $3 on 128 lanes as the CPU has it"
}

# says RUNNER ARCH WAY PATTERN: a failure as armgpu reports it.
says()
{
    STANDIN=$3 "$1" "build/metal-macos-$2/armgpu" run programs/fib.bin \
        --lanes 128 --backend metal >"$work/out" 2>"$work/why"
    [ $? -eq 125 ] && grep -q "$4" "$work/why" &&
        grep -q ' 0 objects alive, pool depth 0' "$work/why"
    result $? "$2: $3 is reported"
}

# try RUNNER ARCH: builds, lists, runs and fails.
try()
{
    macos "$2"
    status=$?
    result $status "$2: all of armgpu builds without warnings"
    [ $status -eq 0 ] || return
    "$1" "build/metal-macos-$2/armgpu" devices >"$work/out" 2>"$work/why" &&
        grep -q '^metal .*Stand-in GPU' "$work/out"
    result $? "$2: devices lists Metal"
    grep -q '^cpu .*Stand-in CPU' "$work/out"
    result $? "$2: the CPU has the name that macOS gives it"
    for program in fib collatz sha256; do
        same "$1" "$2" $program
    done
    says "$1" "$2" compile-error undeclared
    says "$1" "$2" timeout 'took too long'
    "$1" "build/metal-macos-$2/armgpu" check --backend metal --quick --only stops \
        >"$work/out" 2>"$work/why" && grep -q ' 0 of another type' "$work/out"
    result $? "$2: messages' types are the system's"
    "$1" "build/metal-macos-$2/armgpu" check --backend metal --quick --only stops \
        --engine translated >"$work/why" 2>&1 &&
        grep -q ' 0 objects alive, pool depth 0' "$work/why"
    result $? "$2: lanes are translated as they are interpreted"
}
try on_arm64 aarch64

# Not under an emulator: only where this machine is one of that kind. What is built
# once more has no use of Metal (Apple's GPUs are beside arm64): with
# KERNELS=all.
if [ "$(uname -m)" = x86_64 ] && [ "${KERNELS:-}" = all ]; then
    loader x86_64 cc
    result $? "the loader for x86_64 compiles"
    # shellcheck disable=SC2317
    here()
    {
        "$runs/x86_64" "$@"
    }
    try here x86_64
fi

finish
