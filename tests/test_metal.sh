#!/bin/sh
# The Metal backend, unchanged, against the stand-ins of tests/metal/standin/:
# broken rules are noticed, failures of the system are reported, programs and
# the conformance test give what the CPU gives, and nothing is left behind.
# shellcheck disable=SC1091,SC2154
set -u

. tests/metal/lib.sh
need clang++ clang
need cc gcc
echo 'int main(void) { return 0; }' >"$work/objc.c"
cc -o "$work/objc" "$work/objc.c" -lobjc 2>/dev/null || {
    skip test_metal.sh "no libobjc: install libobjc-12-dev"
    finish
}
exe=${1:-build/release/armgpu}
need_build "B=$(dirname "$exe")" standin
build=$(dirname "$exe")/standin
armgpu=$build/armgpu
export STANDIN_REPORT=1 STANDIN_CACHE=build/metal-cache

# ---- the stand-ins notice what breaks a rule

cc -std=c11 -O1 -g -Isrc -Ikernels -Iinclude -o "$work/negative" \
    tests/metal/negative.c "$build/libarmgpu.a" -rdynamic -lobjc -ldl -pthread \
    2>"$work/why"
result $? "negative.c compiles"

# breaks RULE PATTERN: it ends with the stand-ins' status and says so.
breaks()
{
    "$work/negative" "$1" >"$work/why" 2>&1
    status=$?
    [ $status -eq 97 ] && grep -q "standin: .*$2" "$work/why"
    result $? "$1: noticed"
}
"$work/negative" fine >"$work/why" 2>&1
result $? "barriers, ballots and atomics do what Metal says"
! STANDIN_SANITIZE=undefined "$work/negative" overflow >"$work/why" 2>&1 &&
    grep -q 'runtime error: signed integer overflow' "$work/why"
result $? "overflow: noticed"
breaks typo 'StandinDevice does not answer newComandQueue'
breaks nil 'newCommandQueue is sent to nil'
breaks kind 'a StandinQueue where a StandinPipeline is needed'
breaks no-pool 'autoreleased with no pool'
breaks open-pool 'pool depth 1'
breaks pool-order 'innermost'
breaks over-release 'a StandinQueue is used after its release'
breaks used-after-release 'a StandinBuffer is used after its release'
breaks leak '2 objects alive'
breaks released-encoder 'released before endEncoding'
breaks commit-first 'commit before endEncoding'
breaks two-commits 'commit twice'
breaks two-encoders 'computeCommandEncoder before'
breaks after-end 'used after endEncoding'
breaks buffer-index 'buffer index 31'
breaks buffer-offset 'offset 12 in a buffer of 12 bytes'
breaks buffer-missing 'takes a buffer at index 1'
breaks bytes-too-many '4097 bytes'
breaks bytes-too-few 'takes 4 bytes at index 2'
breaks past-the-end 'byte 512 of a buffer of 512 was written'
breaks group-size '1024 x 1 x 1 threads'
breaks no-groups '0 x 1 x 1 threadgroups'
breaks options 'options 0x30'
breaks no-length 'length 0'
breaks divergent 'wait at different points'

# ---- the backend reports what fails

# reports WAYS STATUS PATTERN: as armgpu says it, with nothing left behind.
reports()
{
    STANDIN=$1 "$armgpu" run programs/collatz.bin --lanes 128 \
        --backend metal >"$work/out" 2>"$work/why"
    status=$?
    [ $status -eq "$2" ] && grep -q "$3" "$work/why" &&
        grep -q ' 0 objects alive, pool depth 0' "$work/why"
    result $? "$1: exit status $2 and a sentence"
}
reports nil-device 125 'Metal has no device'
reports old-gpu 125 'an Apple GPU of family 7'
reports nil-queue 125 'no command queue'
reports nil-buffer 125 'armgpu: Stand-in GPU has no'
reports compile-error 125 'undeclared'
reports compile-error,null-error 125 'compiling the kernels failed'
reports nil-function 125 'kernels lack one'
reports pipeline-error 125 'making a pipeline failed'
reports nil-commands 125 'no command buffer'
reports timeout 125 'took too long'
reports interactivity 125 'kept the display waiting'
export ARMGPU_METAL_TIMEOUT=1 # too short for a launch on a busy machine
reports hang 125 'did not end within 1 seconds'
export ARMGPU_METAL_TIMEOUT=soon
reports fine 125 "ARMGPU_METAL_TIMEOUT is 'soon': it must be a number"
unset ARMGPU_METAL_TIMEOUT
reports no-default-device 0 standin

# That a GPU was chosen or that there is none is said when asked for, that one is
# there and does not open always.
chosen()
{
    STANDIN=$1 "$armgpu" run programs/fib.bin --lanes 5000 --summary \
        --backend auto ${2:+"$2"} 2>&1 >/dev/null | grep -c '^armgpu: backend'
}
[ "$(chosen fine)" -eq 0 ] && [ "$(chosen fine --verbose)" -eq 1 ] &&
    [ "$(chosen nil-device)" -eq 0 ] && [ "$(chosen pipeline-error)" -eq 1 ] &&
    [ "$(chosen pipeline-error -q)" -eq 0 ]
result $? "a GPU that does not open is told"
reports compile-warning 0 standin

cc -std=c11 -O1 -g -Iinclude -o "$work/waves" tests/metal/waves.c \
    "$build/libarmgpu.a" -rdynamic -lobjc -ldl -pthread 2>"$work/why" &&
    "$work/waves" >"$work/why" 2>&1
result $? "waves are as large as what executes at one time asks for"

"$armgpu" devices >"$work/out" 2>"$work/why" &&
    grep -q '^metal .*Stand-in GPU' "$work/out"
result $? "devices lists it"
STANDIN=nil-device "$armgpu" devices >"$work/out" 2>"$work/why" &&
    grep -q '^metal .*not usable' "$work/out"
result $? "devices says why it is not usable"

# ---- it gives what the CPU gives

for os in 12 14 26; do
    STANDIN_OS=$os "$armgpu" run programs/fib.bin --lanes 64 --csv --all \
        --backend metal >"$work/out" 2>"$work/why"
    "$armgpu" run programs/fib.bin --lanes 64 --csv --all --backend cpu \
        2>/dev/null | cmp - "$work/out" >>"$work/why" 2>&1
    result $? "macOS $os: fib as the CPU has it"
done

"$armgpu" check --backend metal --quick >"$work/why" 2>&1 &&
    grep -q ' 0 objects alive, pool depth 0' "$work/why"
result $? "conformance with the CPU, bit for bit"
"$armgpu" check --backend metal --quick --spread 7 >"$work/why" 2>&1
result $? "the same with 7 lanes a SIMD group"

# Translated code: regions are compiled as kernels are. KERNELS=all: all subjects.
for subject in edges sequences limits stops resume code programs \
    ${KERNELS:+words many float}; do
    "$armgpu" check --backend metal --quick --engine translated \
        --only "$subject" >"$work/why" 2>&1 &&
        grep -q ' 0 objects alive, pool depth 0' "$work/why"
    result $? "$subject, translated"
done
QUICK=1 BACKENDS=metal sh tests/test_engine.sh "$armgpu" >"$work/why" 2>&1
status=$?
result $status "programs, translated: $(tail -n 1 "$work/why")"

# Forms where their bodies are compiled once more in a namespace, as for CUDA,
# and where sums and products are the processor's: Metal's C++ can be both.
bits=__builtin_bit_cast
ARMGPU_TEST_BACKENDS=metal STANDIN_CXX="clang++ -O1 -ffp-contract=off \
    -fno-math-errno -DAG_HAS_NAMESPACES=1 -DAG_REAL_OPERATORS=1 \
    -DAG_HAS_F64=1 -DAG_HAS_F32=1 \
    '-DAG_F64(x)=$bits(double,(u64)(x))' '-DAG_F64_BITS(x)=$bits(u64,(x))' \
    '-DAG_F32(x)=$bits(float,(u32)(x))' '-DAG_F32_BITS(x)=$bits(u32,(x))' \
    '-DAG_F64_SQRT(x)=__builtin_sqrt(x)' '-DAG_F32_SQRT(x)=__builtin_sqrtf(x)' \
    '-DAG_F64_FMA(x,y,z)=__builtin_fma(x,y,z)' \
    '-DAG_F32_FMA(x,y,z)=__builtin_fmaf(x,y,z)'" \
    "$build/test_forms" >"$work/why" 2>&1 &&
    ! grep -q SKIPPED "$work/why"
result $? "forms as operations without them, in a namespace"

# The kernels with clang's check of undefined behaviour.
for subject in words edges sequences stops programs; do
    STANDIN_SANITIZE=undefined "$armgpu" check --backend metal --quick \
        --only $subject >"$work/why" 2>&1
    status=$?
    ! grep -q 'runtime error' "$work/why" && [ $status -eq 0 ]
    result $? "$subject without undefined behaviour"
done

unset STANDIN_REPORT
BACKEND=metal sh tests/test_programs.sh "$armgpu" >"$work/why" 2>&1
status=$?

result $status "programs: $(tail -n 1 "$work/why")"

finish
