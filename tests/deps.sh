#!/bin/sh
# Installs what `make check` needs, with the system's package manager: a test
# framework, the emulators that armgpu is compared with, a cross-compiler for
# the programs that it runs, what stands in for macOS, and linters. armgpu itself needs none of it.
set -eu

if command -v apt-get >/dev/null; then
    as_root=
    [ "$(id -u)" -eq 0 ] || as_root=sudo
    $as_root apt-get update
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y \
        --no-install-recommends \
        gcc g++ make clang pkg-config \
        libcmocka-dev libunicorn-dev libvixl-dev qemu-user \
        gcc-aarch64-linux-gnu binutils-aarch64-linux-gnu libc6-dev-arm64-cross \
        csmith libcsmith-dev libpng-dev libxml2-utils \
        pocl-opencl-icd ocl-icd-libopencl1 \
        mandoc shellcheck cppcheck \
        lld libobjc-12-dev libobjc-12-dev-arm64-cross python3-pip \
        python3-jsonschema
    # A C library for bare metal, which not every distribution has.
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y \
        --no-install-recommends picolibc-aarch64-linux-gnu ||
        echo "deps: no picolibc: tests of its programs are skipped" >&2
    # Zig's compiler brings what is needed to build for macOS.
    [ -d build/zig/ziglang ] ||
        python3 -m pip install --target build/zig ziglang==0.17.1
    # The package with the sources of Berkeley SoftFloat.
    softfloat=softfloatpy-1.2.3.post1
    if [ ! -d build/softfloat/$softfloat ]; then
        python3 -m pip download --no-deps --no-binary softfloatpy \
            --dest build/softfloat softfloatpy==${softfloat#*-}
        tar -xzf build/softfloat/$softfloat.tar.gz -C build/softfloat
    fi
    # Programs and a C library that run on arm64 only: unpacked, not installed.
    # Lists of what there is for arm64 stay apart from this machine's.
    if [ ! -d build/arm64/usr ]; then
        rm -rf build/arm64 build/arm64.new
        mkdir -p build/arm64.new/lists/partial
        (
            cd build/arm64.new || exit
            apt="-o APT::Architectures::=$(dpkg --print-architecture) \
                -o APT::Architectures::=arm64 -o Dir::State::Lists=$PWD/lists \
                -o Dir::Cache=$PWD"
            # shellcheck disable=SC2086 # options
            apt-get $apt update && apt-get $apt download \
                busybox-static:arm64 musl-dev:arm64 || exit
            for package in *.deb; do
                dpkg-deb -x "$package" root || exit
            done
        ) && mv build/arm64.new/root build/arm64 ||
            echo "deps: no busybox and musl for arm64: tests are skipped" >&2
        rm -rf build/arm64.new
    fi
elif command -v brew >/dev/null; then
    # No package of VIXL, and no qemu-user on macOS: those tests are skipped.
    brew install cmocka unicorn csmith libpng mandoc shellcheck cppcheck \
        aarch64-elf-binutils
else
    echo "deps: neither apt-get nor brew is here; install cmocka, Unicorn, \
VIXL, qemu-user, csmith and a cross-compiler for aarch64-linux-gnu" >&2
    exit 1
fi
