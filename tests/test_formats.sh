#!/bin/sh
# tests/test_formats.sh EXE: files that are no flat images, made by compilers,
# are named, and the commands that armgpu says to make an image with work when
# they are copied. As PROG an ELF program would run as it is. Needs aarch64-linux-gnu-gcc; what clang can make is skipped
# where it is missing.
set -u
exe=$(cd "$(dirname "$1")" && pwd)
root=$(cd "$(dirname "$0")/.." && pwd)
PATH=$exe:$PATH
LC_ALL=C
export PATH LC_ALL
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1
passed=0 failed=0 skipped=0

# is WHAT EXPECTED GOT
is()
{
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
        echo "ok $1"
    else
        failed=$((failed + 1))
        echo "FAILED $1"
        printf '# expected %s\n# got      %s\n' "$2" "$3"
    fi
}

skip()
{
    skipped=$((skipped + 1))
    echo "skipped $1"
}

# refused FILE: what armgpu says it is; the status must be 126, and the size of
# memory must not matter.
refused()
{
    armgpu run --program "$1" -n 1 -b cpu >out 2>message
    [ $? -eq 126 ] || echo "status"
    armgpu run --program "$1" -n 1 -b cpu -m 4K >out 2>small
    [ $? -eq 126 ] || echo "status in little memory"
    cmp -s message small || echo "another message in little memory"
    sed -n "s/^armgpu: '[^']*' is \\(an* [^,;]*\\|compressed [^;]*\\).*/\\1/p" message
}

# followed: X0 of lane 0 after the commands of the message.
followed()
{
    sed -n 's/.*\(image: \|make one: \|unpack it: \)//p' message >commands
    sed 's/$/ -b cpu -n 1 --no-table --csv --columns x0/' commands >commands.sh
    sh -e commands.sh | tail -n 1
}

for tool in gcc objcopy ld as; do
    command -v aarch64-linux-gnu-$tool >/dev/null && continue
    skip "all: aarch64-linux-gnu-$tool is not installed"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
done

cat >table.c <<'END'
static const unsigned table[4] = {10, 20, 42, 30};
static unsigned changed = 7;
void _start(void)
{
    volatile unsigned i = 2;
    register unsigned long x0 __asm__("x0") = table[i] + (changed -= 7);
    __asm__ volatile("hlt #0" : : "r"(x0));
}
END
echo 'unsigned f(unsigned x) { return x + 1; }' >f.c
echo 'int main(void) { return 0; }' >main.c
gcc=aarch64-linux-gnu-gcc
bare="-O1 -ffreestanding -nostdlib"
# shellcheck disable=SC2086 # options
{
    $gcc $bare -c table.c -o 'an object.o'
    $gcc $bare -static table.c -o prog.elf
    $gcc $bare -static -Wl,-Ttext=0 table.c -o zero
    $gcc $bare -fPIE -pie table.c -o pie
    $gcc main.c -o dynamic
    $gcc $bare -mbig-endian -c table.c -o big.o
}

is "an object" "an ELF object" "$(refused 'an object.o')"
is "an object, as said" 0x2a "$(followed)"
armgpu run 'an object.o' -b cpu 2>message
is "an object as PROG" 126 $?
is "an object as PROG, as said" 0x2a "$(followed)"
is "a program" "an ELF program" "$(refused prog.elf)"
is "a program, as said" 0x2a "$(followed)"
is "a program without headers in memory" "an ELF program" "$(refused zero)"
is "the same, as said" 0x2a "$(followed)"
is "disasm of what was said" "$(aarch64-linux-gnu-objdump -d prog.elf |
    grep -c 'hlt')" "$(armgpu disasm prog.elf 2>&1 | sed 's/.*make one: //' |
    sh -e | grep -c 'hlt')"
is "position-independent" "a dynamic ELF program or library" "$(refused pie)"
is "dynamic" "a dynamic ELF program or library" "$(refused dynamic)"
is "big-endian" "an ELF object for big-endian AArch64" "$(refused big.o)"
if [ "$(uname -m)" = x86_64 ]; then
    cc -c f.c -o own.o
    is "this machine's own" "an ELF object for x86-64" "$(refused own.o)"
fi

cp prog.elf "it's one.elf"
armgpu run --program "it's one.elf" >out 2>message
is "a quote in a name, as said" 0x2a "$(followed)"

printf '\100\005\200\322\000\000\100\324' | gzip -c >small.gz
is "gzip" "compressed (gzip)" "$(refused small.gz)"
is "gzip, as said" 0x2a "$(followed)"
printf '#!/bin/sh\necho\n' >script
is "a script" "a script" "$(refused script)"

if command -v clang >/dev/null; then
    clang --target=arm64-apple-macos11 -ffreestanding -c f.c -o macho.o
    is "Mach-O" "a Mach-O object for arm64" "$(refused macho.o)"
    clang --target=x86_64-pc-windows-gnu -ffreestanding -c f.c -o coff.o
    clang --target=riscv64 -ffreestanding -c f.c -o riscv.o 2>/dev/null &&
        is "RISC-V" "an ELF object for RISC-V" "$(refused riscv.o)"
else
    skip "Mach-O: no clang"
fi

# What 'armgpu help images' says works in the sources.
mkdir sources && cp -R "$root/programs" sources && cd sources || exit 1
echo 'unsigned long program(unsigned long lane, unsigned long argument)
{ return lane * 2 + 40 + argument; }' >prog.c
printf '_start:\n    mov x0, #42\n    hlt #0\n' >prog.s
armgpu help images | sed -n '/^  armgpu cc/p' >from_c
armgpu help images | sed -n '/^  aarch64.*-as/,/^$/p' >from_s
sh -e from_c >out 2>&1
is "an image of C" 0x2a "$(armgpu run prog.bin -b cpu -n 2 --no-table --csv \
    --columns x0 | tail -n 1)"
sh -e from_s >out 2>&1
is "an image of assembly" 0x2a "$(armgpu run prog.bin -b cpu -n 2 --no-table \
    --csv --columns x0 | tail -n 1)"
for image in programs/*.bin; do
    armgpu disasm "$image" --count 1 >/dev/null || echo "$image"
done >refused
is "no image of programs is taken for another thing" "" "$(cat refused)"

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
