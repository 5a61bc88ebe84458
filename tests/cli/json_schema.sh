#!/bin/sh
# The output of run --json, of every kind of run, is what docs/json.schema.json
# says, and so is the example of docs/json.md. Needs python3 with jsonschema.
#
# usage: json_schema.sh [ARMGPU]
set -u
here=$(cd "$(dirname "$0")" && pwd)
armgpu=${1-$here/../../build/release/armgpu}
armgpu=$(cd "$(dirname "$armgpu")" && pwd)/$(basename "$armgpu")
docs=$here/../../docs
if ! python3 -c 'import jsonschema' 2>/dev/null; then
    echo "python3 has no jsonschema (python3-jsonschema); tests/deps.sh installs it"
    echo "0 passed, 0 failed, 1 skipped"
    [ "${CI-}" != true ]
    exit
fi
LC_ALL=C
export LC_ALL
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1
printf '\100\005\200\322\000\000\100\324' >answer.bin # mov x0, #42; hlt #0
printf '\000\000\000\024' >spin.bin                   # b .
printf '\001\000\100\371\000\000\100\324' >load.bin   # ldr x1, [x0]; hlt #0
printf '\000\000\000\000' >udf.bin                    # udf #0
printf '\341\000\000\324' >syscall.bin                # svc #7
printf '\140\000\100\324' >halt3.bin                  # hlt #3
printf '\377\203\000\221\000\000\100\324' >up.bin   # add sp, sp, #32; hlt #0
mkdir files
: >files/a
printf b >'files/b "c'

n=0
# run ARGUMENT...: a document that must be valid, its command line beside it.
run() {
    n=$((n + 1))
    echo "run $*" >"valid-$n.why"
    "$armgpu" run -b cpu --json "$@" >"valid-$n.json" 2>err </dev/null
    [ -s "valid-$n.json" ] || cat err >&2
}

p='-m 64K --memory-mode private'
run answer.bin -n 3
run answer.bin -n 20 --show 1
run answer.bin -n 3 --summary
# shellcheck disable=SC2086 # $p is several arguments
{
    run answer.bin $p -n 30 --resident 4 --dump 0:8 --dump 4:4@2 --show 3
    run answer.bin $p -n 3 --find x0=42 --first 1
    run answer.bin $p -n 3 --find x0=41
    run spin.bin $p -n 3 -c 0 --resident 1 --timeout 50ms
    run spin.bin $p -n 3 -c 10
    run load.bin $p -n 9 --reg x0=lane*0x8000
    run udf.bin $p -n 2
    run syscall.bin $p -n 2
    run halt3.bin $p -n 2
    run answer.bin $p -n 2 --pc 2K --columns lane,x0:d,w0:i,stop,mem:0:4,fault_access
    run answer.bin $p -n 2 --fp
    run answer.bin $p -n 2 --engine translated
    run answer.bin $p -n 3 --reg v3=0x123456789abcdef0123456789abcdef --reg fpsr=1
    run answer.bin $p -n 3 --reg d0=lane/0.0 --columns lane,d0,s0,h1,v0,d0:x,fpcr
    run answer.bin $p --lane-files files@0x1000
    run answer.bin $p --lane-files files@0x1000 --columns file,lane
    run $p -n 4 --program answer.bin --program halt3.bin
    run load.bin $p -n 40 --reg x0=64K --reg pc='lane&1 * 4 + lane/16*64K-4*(lane/32)'
}
run load.bin -n 40 -m 64K --reg x0=-8 --reg sp=0
if command -v aarch64-linux-gnu-gcc >/dev/null; then
    cat >prog.c <<'C'
#include <stdio.h>
int main(int argc, char **argv)
{
    fwrite("\xff\"", 1, 2, argc > 1 ? stderr : stdout);
    if (argc > 2)
        *(volatile int *)(long)(argv[1][0] - 'a') = 1;
    return argc;
}
C
    aarch64-linux-gnu-gcc -g -static -o prog.elf prog.c
    run prog.elf
    run prog.elf -n 3 -- x
    run prog.elf -n 3 -- a b
    run prog.elf -n 3 --summary
    run prog.elf -n 3 --columns lane,exit,stdout,stderr,symbol -- x
else
    elf='elf system_calls'
fi
run up.bin -n 3 -m 64K

# The example of the documentation, and what must be refused.
# shellcheck disable=SC2016 # the backquotes are Markdown's
sed -n '/^```json$/,/^```$/p' "$docs/json.md" | sed '/^```/d' >valid-doc.json
echo 'the example of docs/json.md' >valid-doc.why
sed 's/"schema"/"schemas"/' valid-1.json >invalid-1.json
sed 's/"stops"/"more":1,"stops"/' valid-1.json >invalid-2.json
sed 's/"0x2a"/"2a"/' valid-1.json >invalid-3.json
sed 's/"pc"/"pc "/' valid-1.json >invalid-4.json
sed 's/"stop_reason":"halt"/"stop_reason":"stop"/' valid-1.json >invalid-5.json

cat >validate.py <<'PYTHON'
import glob, json, sys
from jsonschema import Draft7Validator

schema = json.load(open(sys.argv[1]))
Draft7Validator.check_schema(schema)
validator = Draft7Validator(schema)
passed = failed = 0
seen = set()
for name in sorted(glob.glob("*valid-*.json")):
    why = None
    try:
        document = json.load(open(name, encoding="utf-8"))
        errors = [e.message[:300] for e in validator.iter_errors(document)]
    except ValueError as error:
        errors = [str(error)]
    if name.startswith("valid") and not errors:
        seen |= set(document)
    if (not errors) == name.startswith("valid"):
        passed += 1
        continue
    failed += 1
    if errors:
        print("FAILED  ", open(name[:-5] + ".why").read().strip(), errors[:3])
    else:
        print("FAILED  ", name, "is taken")
missing = set(schema["properties"]) - seen - {
    "interrupted", "unexplained_lanes", "failed"} # no_memory.sh has one
missing -= set(sys.argv[2:])
if missing:
    failed += 1
    print("FAILED   no run has", ", ".join(sorted(missing)))
print(f"{passed} passed, {failed} failed, 0 skipped")
sys.exit(failed != 0)
PYTHON
# shellcheck disable=SC2086 # $elf is several arguments
python3 validate.py "$docs/json.schema.json" ${elf-}
