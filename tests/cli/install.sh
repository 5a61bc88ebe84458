#!/bin/sh
# `make install` and `make uninstall`: what is put where, that it works from
# there, and that nothing of it stays. The executable is not built again.
#
# usage: install.sh [ARMGPU]
set -u
armgpu=${1-build/release/armgpu}
build=$(cd "$(dirname "$armgpu")" && pwd) || exit 1
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
passed=0 failed=0

# check WHAT COMMAND...: a command that must succeed.
check() {
    what=$1
    shift
    if "$@" >"$work/out" 2>&1; then
        passed=$((passed + 1))
        echo "ok - $what"
    else
        failed=$((failed + 1))
        echo "FAILED $what"
        sed 's/^/    /' "$work/out"
    fi
}

make_it() {
    make -s -C "$here" B="${build#"$here/"}" PREFIX=/usr \
        DESTDIR="$work/root" "$1"
}

check "make install" make_it install
usr=$work/root/usr
for file in bin/armgpu lib/libarmgpu.a include/armgpu.h \
    share/man/man1/armgpu.1 share/bash-completion/completions/armgpu \
    share/zsh/site-functions/_armgpu \
    share/fish/vendor_completions.d/armgpu.fish; do
    check "$file is there" [ -s "$usr/$file" ]
done
check "armgpu runs from there" "$usr/bin/armgpu" version
for shell in bash zsh; do
    command -v $shell >/dev/null || continue
    check "$shell can read its completions" $shell -n \
        "$usr"/share/$shell*/*/*armgpu
done
check "make uninstall" make_it uninstall
check "nothing stays" [ -z "$(find "$usr" -type f)" ]

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
