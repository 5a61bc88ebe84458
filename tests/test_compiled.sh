#!/bin/sh
# Compiles the programs of tests/compiled for aarch64 at five optimisation
# levels and runs each on 64 private lanes with 64 inputs. The same objects run
# under qemu-aarch64, the same C runs natively, and all must agree. These have no
# floating point; then the same again with it and vectors, for the oldest and a
# late architecture, and with the programs of tests/compiled/float: what these
# must give is what qemu-aarch64 gives, as compilers may contract. Vectors must
# be there: mnemonics are looked for in the objects. On OpenCL, where it is, run
# those of -O3 that compute with V registers most, and one of each level of those
# without translated; on the CPU a third of -O2 are executed once more, translated.
#
#   tests/test_compiled.sh [ARMGPU [PROGRAM...]]
#
# Images stay in build/compiled as PROGRAM.LEVEL.bin. Needs
# aarch64-linux-gnu-gcc with its libc, and qemu-aarch64.
set -u

armgpu=${1:-build/release/armgpu}
[ $# -eq 0 ] || shift
cross=aarch64-linux-gnu-
out=build/compiled
lanes=64
passed=0 failed=0 count=0 number=0

flags="-std=c11 -Itests/compiled -Iprograms/lib -fno-stack-protector"
guest_flags="$flags -ffreestanding -fno-pic \
    -mno-outline-atomics -fno-asynchronous-unwind-tables"
link_flags="-nostdlib -static -Wl,--build-id=none -Wl,-e,0 \
    -Wl,-z,max-page-size=4096 -Wl,--gc-sections -Wl,-T,programs/lib/flat.ld"

die()
{
    echo "test_compiled: $*" >&2
    exit 1
}

for tool in ${cross}gcc ${cross}objcopy qemu-aarch64; do
    command -v "$tool" >/dev/null 2>&1 && continue
    [ "${CI:-}" != true ] || die "CI must have $tool"
    echo "# skip: no $tool"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
done
[ -x "$armgpu" ] || die "no $armgpu: run make first"
mkdir -p "$out" || exit 1

# compare WHAT GOT: a file of results against the native ones of $program.
compare()
{
    count=$((count + 1))
    if cmp -s "$2" "$out/$program.native"; then
        passed=$((passed + 1))
        echo "ok $count - $1"
    else
        failed=$((failed + 1))
        echo "not ok $count - $1"
        diff "$2" "$out/$program.native" | sed -n 's/^/# /; 1,6p'
        [ ! -s "$out/err" ] || sed 's/^/# /' "$out/err"
    fi
}

# build_host SUFFIX COMPILER FLAG...: an object of each program, and one
# executable $out/host.SUFFIX that runs them all.
build_host()
{
    suffix=$1 cc=$2
    shift 2
    objects='' list=''
    for program in $programs; do
        list="$list X($program)"
        source=tests/compiled/$program.c
        [ -f "$source" ] || source=tests/compiled/float/$program.c
        $cc "$@" -Dtest="test_$program" -c -o "$out/$program.$suffix.o" \
            "$source" || die "$program.c does not compile"
        objects="$objects $out/$program.$suffix.o"
    done
    # shellcheck disable=SC2086  # lists
    $cc $flags -DTESTS="$list" -static -o "$out/host.$suffix" \
        tests/compiled/host.c $objects || die "host.c does not link"
}

# The object of one program and level as a flat image.
build_image()
{
    # shellcheck disable=SC2086  # lists
    ${cross}gcc $link_flags -Wl,--defsym=test="test_$program" \
        -o "$out/image.elf" "$out/start.o" "$out/main.o" "$out/rt.o" \
        "$out/$program.$level.o" -lgcc &&
        ${cross}objcopy -O binary "$out/image.elf" "$out/$program.$level.bin"
}

# run_image BACKEND OPTION...
run_image()
{
    "$armgpu" run "$out/$program.$level.bin" --backend "$@" --lanes $lanes \
        --memory-mode private --memory 256K --max-cycles 0 --csv --all \
        2>"$out/err" | awk -F, -v program="$program" '
        NR == 1 {
            for (i = 1; i <= NF; i++)
                at[$i] = i
            next
        }
        {
            value = tolower($at["x0"])
            sub(/^0x0*/, "", value)
            if ($at["stop_reason"] != "halt")
                value = value " " $at["stop_reason"] " at " $at["pc"]
            print program "," $at["lane"] ",0x" (value == "" ? "0" : value)
        }' >"$out/got"
}

# run_translated BACKEND: armgpu would say that lanes are interpreted, as it does
# when a compiler takes too long: PoCL's takes a minute of some of these programs.
run_translated()
{
    export ARMGPU_CC_SECONDS=1000
    run_image "$1" --engine translated --translate-budget 4000
    ! grep '^armgpu: interpreted' "$out/err" >>"$out/got"
    compare "$program -$level, translated ($1)" "$out/got"
}

# What lane 0 executes on V registers; the second column is the word.
count_vectors()
{
    vectors=$((vectors + $("$armgpu" run "$out/$program.$level.bin" \
        --backend cpu --lanes 1 --memory-mode private --memory 256K \
        --max-cycles 0 --quiet --trace 0 2>&1 |
        grep -c '^0x[0-9a-f]* .[c-f]')))
}

programs='' floats='' vectors=0
for program; do
    if [ -f "tests/compiled/float/$program.c" ]; then
        floats="$floats $program"
    else
        programs="$programs $program"
    fi
done
[ $# -ne 0 ] || for source in tests/compiled/float/*.c; do
    floats="$floats $(basename "$source" .c)"
done
[ $# -ne 0 ] || for source in tests/compiled/*.c; do
    case ${source##*/} in
    host.c | main.c) ;;
    *) programs="$programs $(basename "$source" .c)" ;;
    esac
done

# shellcheck disable=SC2086  # a list
build_host native "${CC:-cc}" $flags -O1
"$out/host.native" >"$out/native" || die "native run failed"
for source in programs/lib/start.s programs/lib/rt.c tests/compiled/main.c; do
    name=$(basename "${source%.*}")
    # shellcheck disable=SC2086  # a list
    ${cross}gcc $guest_flags -mgeneral-regs-only -O2 -fno-tree-loop-distribute-patterns \
        -ffunction-sections -c -o "$out/$name.o" "$source" ||
        die "$source does not compile"
done
for program in $programs; do
    grep "^$program," "$out/native" >"$out/$program.native"
done

# try LEVEL FLAG...: all of $programs, built so.
try()
{
    level=$1
    shift
    # shellcheck disable=SC2086  # a list
    build_host "$level" ${cross}gcc $guest_flags "$@"
    qemu-aarch64 "$out/host.$level" >"$out/qemu.$level" 2>"$out/err"
    for program in $programs; do
        grep "^$program," "$out/qemu.$level" >"$out/got"
        if [ -f "tests/compiled/float/$program.c" ]; then
            [ -s "$out/got" ] || die "$program -$level: qemu-aarch64 fails"
            cp "$out/got" "$out/$program.native"
        else
            compare "$program -$level, qemu-aarch64" "$out/got"
        fi
        build_image || die "$program -$level does not link"
        run_image cpu
        compare "$program -$level, armgpu" "$out/got"
        case "$level $program" in
        O0\ bits | O1\ switches | O2\ prngs | O3\ sorting | Os\ calls)
            [ -z "$opencl" ] || run_translated opencl
            ;;
        esac
        [ "$level" != O2 ] || [ $((number % 3)) -ne 0 ] || run_translated cpu
        number=$((number + 1))
        case "$level $program" in
        fp-O3\ loops | late-O3\ reals | late-O3\ neon | fast-O3\ *) ;;
        *) continue ;;
        esac
        [ -n "$opencl" ] || continue
        count_vectors
        run_image opencl
        compare "$program -$level, armgpu on OpenCL" "$out/got"
    done
}

# has OBJECT MNEMONIC...: each is in the object's code, on V registers.
has()
{
    object=$1
    shift
    for mnemonic; do
        ${cross}objdump -d "$out/$object" |
            grep -q "	$mnemonic	{*[vdshq][0-9]" ||
            die "the compiler makes no $mnemonic in $object"
    done
}

opencl=$("$armgpu" devices | grep '^opencl .*[0-9]G')
[ -n "$opencl" ] || [ "${CI:-}" != true ] || die "CI must have OpenCL"

for optimisation in O0 O1 O2 O3 Os; do
    [ -n "$programs" ] || break
    try "$optimisation" -mgeneral-regs-only -"$optimisation"
done
programs="$programs $floats"
for optimisation in O2 O3; do
    try "fp-$optimisation" -"$optimisation" -fno-math-errno -march=armv8-a
    try "late-$optimisation" -"$optimisation" -fno-math-errno \
        -ffp-contract=fast -march=armv8.6-a+fp16+crypto
done
case $programs in
*loops*)
    has loops.fp-O3.o ld2 ld3 ld4 st2 st3 st4 addv umlal2 uaddw smin umax \
        sshl ushl mla tbl uzp1 shrn2 bit
    ;;
esac
case $floats in
*reals*)
    has reals.fp-O3.o ld2 ld3 ld4 st2 st3 st4 fcvtl2 fcvtn2 fcvtzs fcvtzu \
        scvtf ucvtf fsqrt fdiv frintm frintp frintz fmul
    has reals.late-O3.o fmla fmls
    ;;
esac
case $floats in
*neon*)
    has neon.fp-O3.o sqadd uqsub sqrdmulh sqdmlal tbl tbx pmull2 ld3 st4 \
        sqrshrn2 suqadd frecps fmulx fcvtxn2
    has neon.late-O3.o udot usmmla fcmla aese sha256h sqrdmlah
    ;;
esac
programs=$floats # complex products, and sums in any order
[ -z "$floats" ] || try fast-O3 -O3 -ffast-math -march=armv8.6-a+fp16

[ $vectors -eq 0 ] || echo "# OpenCL executed $((vectors * lanes))" \
    "instructions on V registers if all lanes went the way of the first"
echo "1..$count"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ] && [ "$count" -gt 0 ]
