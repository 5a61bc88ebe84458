#!/bin/sh
# Throws mutated command lines, register files and images at armgpu, the same
# ones for the same seed, and fails when it crashes, hangs, or ends with a
# status that is not documented.
#
# usage: fuzz.sh [ARMGPU [CASES [SEED]]]
set -u
here=$(cd "$(dirname "$0")" && pwd)
armgpu=${1-$here/../../build/release/armgpu}
cases=${2-500}
seed=${3-1}
armgpu=$(cd "$(dirname "$armgpu")" && pwd)/$(basename "$armgpu")
LC_ALL=C
TERM=dumb
export LC_ALL TERM
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1

limit=
if command -v timeout >/dev/null; then
    limit='timeout -s KILL 600' # 137 when it hangs
fi

# Runs one case; called by the generated script as: try ARGUMENT...
failed=0
ran=0
try() {
    ran=$((ran + 1))
    # shellcheck disable=SC2086 # the limit is a command and its arguments
    $limit "$armgpu" "$@" >out 2>err </dev/null
    status=$?
    case $status in
    0 | 1 | 123 | 124 | 130) ;;
    125 | 126 | 127)
        [ ! -s out ] || complain "output of a refused command" "$@"
        grep -q '^armgpu: ' err || complain "no reason given" "$@"
        ;;
    *) complain "status that is not documented" "$@" ;;
    esac
    if grep -q -e 'runtime error:' -e 'Sanitizer' err; then
        complain "sanitizer" "$@"
    fi
}

complain() {
    failed=$((failed + 1))
    printf 'fuzz: case %d, status %d: %s:' "$ran" "$status" "$1" >&2
    shift
    printf " '%s'" "$@" >&2
    printf '\n' >&2
    sed -e 's/^/    /' -e 10q err >&2
}

awk -v cases="$cases" -v seed="$seed" '
# Minimal-standard generator: every awk has integers to 2^53.
function below(n) {
    state = (state * 16807) % 2147483647
    return state % n
}
function pick(list,    words, n) {
    n = split(list, words, " ")
    return words[below(n) + 1]
}
# A word of printf for one byte.
function octal(byte) { return sprintf("\\%03o", byte) }
# Text with some bytes changed, removed, repeated, as octal escapes.
function mutate(text, changes,    i, n, out, byte, at) {
    n = length(text)
    for (i = 1; i <= n; i++)
        bytes[i] = index(ascii, substr(text, i, 1)) + 31
    for (; changes > 0; changes--) {
        at = below(n + 1) + 1
        byte = below(3) ? 32 + below(95) : 1 + below(255)
        if (at > n) { bytes[++n] = byte; continue }
        if (below(3) == 0 && n > 1) {
            for (i = at; i < n; i++) bytes[i] = bytes[i + 1]
            n--
        } else bytes[at] = byte
    }
    out = ""
    for (i = 1; i <= n; i++) out = out octal(bytes[i])
    return out
}
function argument(text) {
    if (below(12)) return "\047" text "\047"
    return "\"$(printf \047" mutate(text, 1 + below(3)) "\047)\""
}
function value(kind) {
    if (kind == "number") return pick(numbers)
    if (kind == "size") return pick(sizes)
    if (kind == "reg") return pick(names) "=" (below(3) ? pick("lane lane*3 lane*8+64 lane+1 -1 lane*0.5 lane/3.0-1e9 " numbers) : sum("lane lane 0 1 3 4 8 64 1K -1 0.5", 3))
    if (kind == "lane-reg") return pick(numbers) ":" pick(names) "=" pick(numbers)
    if (kind == "dump") return pick(numbers) ":" pick(sizes) pick("@0 @1 @40 @ :")
    if (kind == "data") return pick("image.bin regs.csv none . /dev/zero /dev/null") "@" pick(numbers)
    if (kind == "find") return below(2) ? condition(1 + below(4)) : pick(conditions) pick("&& , | ~") pick(conditions)
    if (kind == "columns") return pick(columns) "," pick(columns)
    if (kind == "lane-data") return pick("image.bin regs.csv none . /dev/zero") "@" pick(numbers) ":" pick(sizes)
    if (kind == "lane-files") return pick("files . none image.bin") "@" pick(numbers) pick(": :x1 :w30 :sp")
    return pick(kind)
}
# Sums of random shape; conditions of random shape over them.
function sum(leaves, depth) {
    if (depth == 0 || below(4) == 0) return pick(leaves)
    if (below(5) == 0) return pick("- ~ (") sum(leaves, depth - 1)
    if (below(3) == 0) return "(" sum(leaves, depth - 1) ")"
    return sum(leaves, depth - 1) pick("+ - * / % & | ^ << >>") sum(leaves, depth - 1)
}
function condition(depth) {
    if (depth == 0 || below(4) == 0)
        return sum(terms, 2) pick("= == != < <= > >= &") sum(terms, 2)
    if (below(4) == 0) return pick("! (") condition(depth - 1)
    if (below(3) == 0) return "(" condition(depth - 1) ")"
    return condition(depth - 1) pick("&& || ,") condition(depth - 1)
}
function option(    o, part) {
    o = pick(options)
    split(o, part, "=")
    if (part[2] == "") return argument(part[1])
    gsub(/,/, " ", part[2])
    return argument(part[1]) " " argument(value(part[2]))
}
function image(    i, n, out, word) {
    out = ""
    n = 1 + below(24)
    for (i = 0; i < n; i++) {
        word = below(4) ? pick(words) : ""
        if (word == "") {
            out = out octal(below(256)) octal(below(256)) octal(below(256)) octal(below(256))
            continue
        }
        # One random bit field of a real instruction.
        out = out octal(below(4) ? hex(word, 7) : below(256)) octal(below(4) ? hex(word, 5) : below(256)) \
              octal(hex(word, 3)) octal(hex(word, 1))
    }
    if (below(8) == 0) out = octal(below(256)) out
    if (below(12) == 0) out = pick("\\177ELF MZ \\317\\372\\355\\376") out
    return out
}
function hex(word, at) {
    return (index(digits, substr(word, at, 1)) - 1) * 16 + index(digits, substr(word, at + 1, 1)) - 1
}
function register_file(    i, j, n, columns, text) {
    columns = 1 + below(4)
    text = "lane"
    for (j = 0; j < columns; j++) text = text "," (below(12) ? pick(valid) : pick(names))
    n = below(6)
    for (i = 0; i < n; i++) {
        text = text "|" i
        for (j = 0; j < columns; j++) text = text "," pick(numbers)
    }
    text = mutate(text, below(2) * below(5))
    gsub(/\\174/, "\\012", text)
    return text
}
BEGIN {
    state = seed % 2147483646 + 1
    digits = "0123456789abcdef"
    for (i = 32; i < 127; i++) ascii = ascii sprintf("%c", i)
    numbers = "0 1 2 3 4 7 8 32 33 100 4096 0x10 0x1000 0xfff8 0x10000 0x7fffffff 0x3fffff -1 -8 " \
        "4294967296 18446744073709551615 18446744073709551616 0x8000000000000000 1e3 0x 08 1.5 -0x1.8p-3 .5e9 inf -nan nan:0x7e01 1e999 " \
        "0xfedcba9876543210fedcba9876543210"
    sizes = "64 128 4096 64K 65536 1M 0 1 63 64k 4M 0x10000 17179869184G K 1T -64"
    valid = "x0 x1 x2 x3 w4 w5 x6 x7 w30 x29 sp nzcv tpidr pc v0 d1 s2 h3 q4 d5:x fpsr"
    names = "x0 x1 x2 x30 w0 w30 sp pc lr fp nzcv tpidr x31 xzr y0 lane X5 v0 v31 q7 d0 D1 s2 h3 d32 fpcr fpsr"
    options = "--reg=reg --lane-reg=lane-reg --regs=regs.csv,none.csv,.,image.bin --data=data --dump=dump " \
        "--pc=number --sp=number --load-addr=number --stack=size -n=1,2,3,33,100,0,-1,18446744073709551615 " \
        "--memory=size --memory-mode=shared,private,both -b=auto,cpu,none --device=number --threads=0,1,2,7,-1 " \
        "--show=number --all --json --csv --fp -q --no-table --verbose --no-aliases --trace=0,1,31,99 --timeout=0,0.1,1,x,-1 " \
        "--progress=auto,always,never,x --color=auto,always,never,x --me=1 --max-cycles=1,10,1000 " \
        "--find=find --find=find --find=find --require-match --first=number --summary --out=rows.csv,rows.jsonl,rows.bin,none/x.csv,- " \
        "--out-format=csv,jsonl,bin --columns=columns --columns=columns --lane-data=lane-data " \
        "--lane-files=lane-files --program=image.bin,image.bin@0x100,none,.,regs.csv@3 " \
        "--assign=roundrobin,block,assign.csv,regs.csv,none --resident=number --memory-mode=private"
    conditions = "x0=0 x0!=lane x1>=lane*8+5 stop=halt stop!=data-fault stop=2 cycles<100 nzcv=0110 w3<=x4-1 " \
        "mem:0:4=0xd4400000 mem:0x10:16=1 program=1 code>0 1=1 x0 =x1 lane*-1=pc fault_access=1 d0!=d0 v1>=0x10000000000000000 s2<1e-3 v0=v1"
    terms = "lane x0 w1 s:x0 s:w2 sp pc cycles stop mem:0:4 s:mem:0x10:2 halt data-fault -1 0 1 7 0xff 1K 4294967296 d0 s1 h31 v2 d3:x 1.5 1e-9 inf nan fpsr"
    columns = "lane x0 w30 x0..x30 w1..w3 stop_reason code cycles sp pc nzcv tpidr v0 q31 d0 s1:x h2:i v0..v31 d0..d3 fpcr fpsr v1:d program fault_address " \
        "fault_access mem:0:4 mem:0x1000:64 mem:0:1M x3..x1 x9..w10 y mem:0:0"
    words = "d2800540 d4400000 91000400 f1000421 b5ffffe1 14000001 f9000001 f9400001 a9bf7bfd a8c17bfd d65f03c0 " \
        "c85f7c01 c8007c41 f8210022 c8a07c41 08207c42 d53bd040 d51b4200 d53b4200 d4000001 d4200000 9ac10820 " \
        "10000001 90000001 58000001 b8626820 f9800000 d5033bbf d50b7420 d5087600 1e202800 4e208400 9ac14c00 d69f03e0"
    for (c = 0; c < cases; c++) {
        # In turn: an image, a register file, a command line; often a sweep.
        if (c % 3 == 0)
            line = pick("disasm run run run") " image.bin"
        else if (c % 3 == 1)
            line = "run image.bin --regs regs.csv"
        else if (below(4) == 0)
            line = argument(pick("insns devices help version disasm rnu --help --version -x image.bin"))
        else
            line = "run image.bin"
        if (line ~ /^run/)
            line = line " -c 2000" (below(2) ? " -m 64K" : "") (below(2) ? " --memory-mode private" : "")
        for (n = c % 3 == 2 ? 1 + below(4) : 0; n > 0; n--)
            line = line " " (line ~ /^run/ ? option() : argument(pick("--start 4 --count 2 --json --tsv --load-addr 0x1000 hlt run")))
        printf "printf \047%s\047 >image.bin\n", image()
        printf "printf \047%s\047 >regs.csv\n", register_file()
        printf "try %s\n", line
    }
}' >script || exit 1
mkdir files
printf 'abcd' >files/a
: >files/b
printf 'lane,program\n1,0\n2,1\n' >assign.csv
# shellcheck disable=SC1091 # generated above
. ./script
echo "fuzz: $ran command lines, seed $seed"
echo "$((ran - failed)) passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ] && [ "$ran" -eq "$cases" ]
