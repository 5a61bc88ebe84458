#!/bin/sh
# tests/test_elf.sh EXE: the ELF loader on files that linkers make, compared with
# what readelf says of them: kind, entry, segments, build id, names of symbols
# and of addresses; what is no static program is refused. Needs
# aarch64-linux-gnu-gcc; files of clang with lld, of Zig, of musl and of picolibc
# are skipped where those are missing.
set -u
exe=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
dump=$(dirname "$exe")/tests/elf_dump
root=$(cd "$(dirname "$0")/.." && pwd)
LC_ALL=C
export LC_ALL
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1
passed=0 failed=0 skipped=0
readelf=aarch64-linux-gnu-readelf
gcc=aarch64-linux-gnu-gcc

# is WHAT EXPECTED GOT
is()
{
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
        echo "ok $1"
    else
        failed=$((failed + 1))
        echo "FAILED $1"
        printf '# expected %s\n# got      %s\n' "$2" "$3" | head -n 40
    fi
}

skip()
{
    skipped=$((skipped + 1))
    echo "skipped $1"
}

# What readelf says, in elf_dump's words: segments by address that are not empty
# (a Linux program's load addresses are its addresses); without bytes in the file
# they have no offset.
segments_of()
{
    $readelf -Wl "$1" | awk '
        function number(hex) { sub(/^0x0*/, "", hex)
                               return "0x" (hex == "" ? "0" : hex) }
        $1 == "LOAD" && number($6) != "0x0" {
            flags = $7; if ($8 !~ /^0x/) flags = flags $8
            offset = number($5) == "0x0" ? "0x0" : number($2)
            print $3, offset, number($3), number($4), number($5),
                  number($6), flags, $NF }' | sort | cut -d' ' -f2- |
        sed 's/^/segment /'
}

# Functions, objects and labels of sections, and constants, by address and name.
symbols_of()
{
    $readelf -Ws "$1" | awk -v table="$2" '
        /^Symbol table/ { is_here = index($0, table) }
        is_here && $4 ~ /^(FUNC|IFUNC|OBJECT|NOTYPE)$/ && $7 != "UND" &&
        NF >= 8 && !($4 == "NOTYPE" && $8 ~ /^\$[xd](\.|$)/) {
            size = $3 ~ /^0x/ ? "big" : $3
            kind = $4 ~ /FUNC/ ? "function" : $4 == "OBJECT" ? "object" \
                                                             : "label"
            if ($7 == "ABS") kind = "constant"
            binding = $5 == "LOCAL" ? "local" : $5 == "WEAK" ? "weak" \
                                                             : "global"
            print "symbol", $2, size, kind, binding, $8 }' | sort
}

# agrees FILE KIND [TABLE]: all that readelf and elf_dump both say.
agrees()
{
    if ! "$dump" "$1" >said 2>&1; then
        is "$1 is read" "" "$(cat said)"
        return
    fi
    is "$1: kind" "$2" "$(sed -n 's/^kind //p' said)"
    is "$1: segments" "$(segments_of "$1")" "$(grep '^segment' said)"
    is "$1: entry" "$($readelf -h "$1" |
        sed -n 's/ *Entry point address: *//p') code" \
        "$(sed -n 's/^entry //p' said)"
    is "$1: its bytes" ": every byte has its place" \
        "$(sed -n 's/^guest at 0x[0-9a-f]*//p; /^guest:/p' said)"
    is "$1: build id" "$($readelf -Wn "$1" |
        sed -n 's/.*Build ID: \([0-9a-f]*\).*/\1/p')" \
        "$(sed -n 's/^build-id //p' said)"
    symbols_of "$1" "'.${3-symtab}'" >expected
    grep '^symbol' said | sort >got
    is "$1: $(wc -l <expected) symbols" "$(cat expected)" "$(cat got)"
}

# refuses FILE SENTENCE
refuses()
{
    "$dump" "$1" >said 2>&1
    is "$1: exit status" 126 $?
    is "$1: sentence" "$2" "$(cat said)"
}

for tool in gcc readelf ld as; do
    command -v aarch64-linux-gnu-$tool >/dev/null && continue
    skip "all: aarch64-linux-gnu-$tool is not installed"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
done

cat >hello.c <<'END'
#include <stdio.h>
static __thread int per_thread = 5;
int changed = 3, zero[1000];
__attribute__((noinline)) static int add(int a, int b) { return a + b; }
int main(int argc, char **argv)
{
    (void)argv;
    printf("hello %d\n", add(argc, per_thread + changed + zero[argc]));
    return 0;
}
END
cat >bare.c <<'END'
static int table[4] = {1, 2, 3, 4};
int zero[100];
int helper(int i) { return table[i & 3]++; }
void _start(void)
{
    zero[1] = helper(zero[2]);
    for (;;)
        __asm__ volatile("hlt #0");
}
END
cat >zero.c <<'END'
int zero[100];
#ifdef PER_THREAD
__thread int copy[100];
#else
int copy[100];
#endif
void _start(void)
{
    copy[1] = zero[2] + 1;
    for (;;)
        __asm__ volatile("hlt #0" : : : "memory");
}
END
cat >semihosting.c <<'END'
void _start(void)
{
    register int x0 __asm__("w0") = 0x18;
    __asm__ volatile("hlt #0xf000" : : "r"(x0));
}
END
cat >levels.s <<'END'
.globl _start
_start: mrs x0, currentel
    adr x1, 1f
    msr elr_el2, x1
    eret
1:  hlt #0
END
cat >constants.c <<'END'
const unsigned words[] = {0xd69f03e0, 0xd51cc000, 0xd45e0000};
int main(int argc, char **argv)
{
    (void)argv;
    return (int)words[argc & 1];
}
void _start(void)
{
    for (;;)
        main(1, 0);
}
END
cat >flash.ld <<'END'
MEMORY {
    flash (rx) : ORIGIN = 0x0, LENGTH = 1M
    ram (rwx) : ORIGIN = 0x40000000, LENGTH = 1M
}
ENTRY(_start)
__stack = ORIGIN(ram) + LENGTH(ram);
__ram_bytes = ABSOLUTE(LENGTH(ram));
SECTIONS {
    .text : { *(.text*) *(.rodata*) } >flash
    .data : { *(.data*) } >ram AT>flash
    .bss (NOLOAD) : { *(.bss*) *(COMMON) } >ram
    /DISCARD/ : { *(.comment) *(.eh_frame*) *(.note*) }
}
END
cat >in-ram.ld <<'END'
ENTRY(_start)
SECTIONS {
    . = 0x40000000;
    .text : { *(.text.init.enter) *(.text*) *(.rodata*) }
    . = ALIGN(0x10000);
    .data : {
        __data_start = .;
        stack_low = .;
        . += 0x4000;
        __stack = .;
        *(.data*)
        . = ALIGN(8);
        __tls_base = .;
    }
    .tdata : { *(.tdata*) *(.tbss*) }
    __data_source = __data_start;
    __data_size = 0;
    __tdata_size = SIZEOF(.tdata);
    __arm64_tls_tcb_offset = 16;
    .bss : { __bss_start = .; *(.bss*) *(COMMON) . = ALIGN(8); }
    __bss_size = SIZEOF(.bss);
    __bss_end = .;
    __heap_start = .;
    . += 0x2000;
    __heap_end = .;
    /DISCARD/ : { *(.comment) *(.eh_frame*) *(.note*) }
}
END
printf '.globl _start\n_start: mov x8, #93\nwait: svc #0\n' >linux.s
linux='linux, nothing says otherwise'
privileged='it has privileged instructions or calls semihosting'
plain='-O1 -ffreestanding -nostdlib -static'

# shellcheck disable=SC2086 # options
{
    $gcc -O1 -static hello.c -o static
    $gcc -O3 -g -static -s hello.c -o stripped
    $gcc -O1 -static-pie hello.c -o static-pie
    $gcc -O1 -static-pie -s hello.c -o stripped-pie
    $gcc -O1 hello.c -o dynamic
    $gcc -O1 -no-pie hello.c -o dynamic-no-pie
    $gcc -O1 -shared -fPIC bare.c -nostdlib -o library
    $gcc $plain bare.c -o plain
    $gcc $plain zero.c -o zero
    $gcc $plain -DPER_THREAD zero.c -o zero-thread
    $gcc $plain -Wl,-N,--no-warn-rwx-segments bare.c -o writable-text
    $gcc $plain -Wl,--build-id=none -T flash.ld bare.c -o flash
    $gcc $plain semihosting.c -o semihosting
    aarch64-linux-gnu-as levels.s -o levels.o
    aarch64-linux-gnu-ld levels.o -o levels
    aarch64-linux-gnu-ld -pie --no-dynamic-linker levels.o -o levels-pie
    $gcc $plain constants.c -o constants
    $gcc -c bare.c -o object
    $gcc -O1 -mbig-endian -c bare.c -o big-endian
    $gcc -O1 -mabi=ilp32 -c bare.c -o ilp32
    aarch64-linux-gnu-as linux.s -o linux.o
    aarch64-linux-gnu-ld linux.o -o assembly
    head -c 70000 static >short
    # Without its section headers: their offset and number are 0.
    cp plain sectionless
    printf '\0\0\0\0\0\0\0\0' |
        dd of=sectionless bs=1 seek=40 conv=notrunc 2>err
    printf '\0\0' | dd of=sectionless bs=1 seek=60 conv=notrunc 2>err
}

agrees static 'linux, its OS/ABI is GNU/Linux'
is "static: what it has" "has tls stack" "$(grep '^has' said)"
main=0x$(sed -n 's/^symbol \([0-9a-f]*\) .* main$/\1/p' said)
add=0x$(sed -n 's/^symbol \([0-9a-f]*\) .* add$/\1/p' said)
is "names of addresses" "main
main+0x4
add+0x4" "$("$dump" static any "$main" $((main + 4)) $((add + 4)) |
    sed -n 's/^at [^ ]* //p')"
agrees stripped "linux, it has glibc's note"
is "stripped: no symbols" 0 "$(grep -c '^symbol' said)"
agrees static-pie 'linux, its OS/ABI is GNU/Linux, pie'
agrees stripped-pie "linux, it has glibc's note, pie" dynsym
agrees plain "$linux"
agrees zero "$linux" # their segments of zeros are said to lie beyond the end
agrees zero-thread "$linux"
is "zero-thread: what it has" "has tls stack" "$(grep '^has' said)"
agrees writable-text "$linux"
agrees assembly "$linux"
is "assembly: no PT_GNU_STACK" "has executable-stack" "$(grep '^has' said)"
agrees flash 'bare-metal, a segment is on the first page'
is "flash: RAM up to its symbol" \
    "writable 0x40000000+0x100000" "$(sed -n 's/^window.*\(wr.*\)/\1/p' said)"
agrees semihosting "bare-metal, $privileged"
agrees levels "bare-metal, $privileged"
agrees levels-pie "bare-metal, $privileged, pie"
agrees constants "$linux" # one segment has them and the code
agrees sectionless "$linux"

interpreter=/lib/ld-linux-aarch64.so.1
refuses dynamic "it needs its interpreter $interpreter: link it with -static"
refuses dynamic-no-pie \
    "it needs its interpreter $interpreter: link it with -static"
refuses library "it is a shared library, not a program"
refuses object "it is an object file: link it to a program first, with -static"
refuses big-endian "it is big-endian: compile and link it without -mbig-endian"
refuses ilp32 \
    "it is a 32-bit ELF file: link a 64-bit program, without -mabi=ilp32"
refuses short "its section headers are not in the file: is it cut off?"
refuses hello.c "it is no ELF file"
if [ "$(uname -m)" = x86_64 ]; then
    refuses "$exe" "it is for x86-64 (ELF machine 62), not AArch64"
fi

if command -v clang >/dev/null && command -v ld.lld >/dev/null; then
    # shellcheck disable=SC2086 # options
    {
        clang --target=aarch64-none-elf $plain -fuse-ld=lld bare.c -o lld
        clang --target=aarch64-none-elf $plain -fuse-ld=lld semihosting.c \
            -o lld-semihosting
        clang --target=aarch64-none-elf $plain -fuse-ld=lld -Wl,-T,flash.ld \
            bare.c -o lld-flash
    }
    agrees lld "$linux"
    is "lld: PT_GNU_STACK on bare metal too" "has stack" "$(grep '^has' said)"
    agrees lld-semihosting "bare-metal, $privileged"
    agrees lld-flash 'bare-metal, a segment is on the first page'
else
    skip "files of clang and lld: not installed"
fi

specs=/usr/lib/picolibc/aarch64-linux-gnu/picolibc.specs
if [ -f "$specs" ]; then
    cat >pico.c <<'END'
#include <stdio.h>
#include <stdlib.h>
int changed[4] = {1, 2, 3, 4}, zero[1000];
int main(int argc, char **argv)
{
    char *p = malloc(100);
    (void)argv;
    zero[argc & 3] = changed[argc & 3];
    printf("hello %p\n", (void *)p);
    return 0;
}
END
    for crt0 in semihost minimal; do
        $gcc -specs=$specs --crt0=$crt0 --oslib=semihost -O1 -static -no-pie \
            pico.c -o pico-$crt0
        agrees pico-$crt0 \
            'bare-metal, a segment is loaded where it does not run'
        is "pico-$crt0: RAM up to __stack" "writable 0x20000000+0x8000" \
            "$(sed -n 's/^window.*\(wr.*\)/\1/p' said)"
    done
    # Code in RAM: start-up code alone says what it is.
    $gcc -specs=$specs --crt0=semihost --oslib=semihost -O1 -static -no-pie \
        -T in-ram.ld pico.c -o pico-ram
    agrees pico-ram "bare-metal, $privileged"
    is "pico-ram: its stack is in .bss" "stack 0x40010000 0x40014000" \
        "$(sed -n 's/^heap.*\(stack.*\)/\1/p' said)"
else
    skip "files of picolibc: not installed"
fi

if [ -d "$root/build/zig/ziglang" ]; then
    zig() { PYTHONPATH=$root/build/zig python3 -m ziglang "$@"; }
    zig cc -target aarch64-linux-musl -O1 -static hello.c -o zig-musl
    agrees zig-musl "$linux"
else
    skip "files of Zig: 'make deps' brings it"
fi

# For which Zig would compile its musl once more, minutes of work.
musl=$root/build/arm64/usr/lib/aarch64-linux-musl
if [ -e "$musl/rcrt1.o" ]; then
    $gcc -O1 -static-pie -nostdlib -nostdinc \
        -isystem "$root/build/arm64/usr/include/aarch64-linux-musl" \
        -isystem "$($gcc -print-file-name=include)" "$musl/rcrt1.o" \
        "$musl/crti.o" hello.c -o musl-pie -Wl,--start-group "$musl/libc.a" \
        -lgcc -lgcc_eh -Wl,--end-group "$musl/crtn.o"
    agrees musl-pie 'linux, it is position-independent, pie'
else
    skip "files of musl: 'make deps' brings it"
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
