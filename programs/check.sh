#!/bin/sh
# Compares the committed guest programs with what their sources give; called
# by `make programs-check` from the project's root.
#
#   programs/check.sh OUT "COMPILER" "MAKE"
#
# Expected results are recomputed natively and must match always. Images must
# match byte for byte where the compiler is the one that the manifest names;
# with another, C programs may differ, and are then run instead of compared.
set -u

out=$1 cc=$2 make=$3
failed=0 same=0 differing=

fail()
{
    echo "programs-check: $*" >&2
    failed=$((failed + 1))
}

check_expected()
{
    for file in "$out"/expected/*.tsv; do
        cmp "$file" "programs/expected/${file##*/}" ||
            fail "programs/expected/${file##*/}: native C gives other values"
    done
}

compare_image()
{
    name=$(basename "$1" .bin)
    if cmp -s "$1" "programs/$name.bin"; then
        same=$((same + 1))
    elif [ -f "programs/$name.s" ] || [ "$made_by" = "$recorded" ]; then
        fail "programs/$name.bin is not what its source gives ($made_by)"
    else
        differing="$differing $name"
    fi
}

run_differing()
{
    echo "programs-check: differs: built by another compiler" \
        "($made_by instead of $recorded):$differing"
    if [ -x build/release/armgpu ]; then
        # shellcheck disable=SC2086  # a list of names
        BINS=$out tests/test_programs.sh build/release/armgpu $differing ||
            fail "programs built by $made_by do not behave as expected"
    else
        echo "programs-check: skip running them: no build/release/armgpu"
    fi
}

check_expected
if ! command -v "${cc%% *}" >/dev/null 2>&1 ||
    { [ "${cc%% *}" = clang ] && ! command -v ld.lld >/dev/null 2>&1; }; then
    echo "programs-check: skip images: no aarch64-linux-gnu-gcc," \
        "nor clang with ld.lld"
    [ "${CI:-}" != true ] || fail "CI must have a cross-compiler"
    exit $((failed != 0))
fi

made_by=$($cc --version | head -n 1)
recorded=$(sed -n 's/^# compiler: //p' programs/manifest.tsv)
$make programs-build >"$out/log" 2>&1 || { cat "$out/log"; exit 1; }
for image in programs/*.bin; do
    [ -f "$out/${image##*/}" ] || fail "$image has no source"
done
for image in "$out"/*.bin; do
    compare_image "$image"
done
[ -z "$differing" ] || run_differing
echo "programs-check: $same images match, $failed failed"
exit $((failed != 0))
