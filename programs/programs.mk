# The guest programs; included by the Makefile of the project's root.
#
#   make programs           rebuild programs/*.bin from their sources
#   make programs-check     build into build/programs, compare with the
#                           committed files, and recompute expected results
#   make programs-expected  rewrite programs/expected from native C and Unicorn
#
# Needs aarch64-linux-gnu-gcc, or clang with ld.lld and llvm-objcopy. All names
# begin with GUEST_ and nothing outside this file depends on them.

GUEST_OUT := build/programs
GUEST_ASM := $(patsubst programs/%.s,%,$(wildcard programs/*.s))
GUEST_C := $(patsubst programs/%.c,%,$(wildcard programs/*.c))
GUEST_BINS := $(patsubst %,$(GUEST_OUT)/%.bin,$(GUEST_ASM) $(GUEST_C))

GUEST_CROSS ?= aarch64-linux-gnu-
ifneq ($(shell command -v $(GUEST_CROSS)gcc 2>/dev/null),)
GUEST_CC := $(GUEST_CROSS)gcc
GUEST_OBJCOPY := $(GUEST_CROSS)objcopy
else
GUEST_CC := clang --target=aarch64-linux-gnu -fuse-ld=lld
GUEST_OBJCOPY := $(shell command -v llvm-objcopy || echo llvm-objcopy-14)
endif

# `armgpu cc` takes the same, but most programs use no V registers: what their
# images are for is the speed and the tests of integer programs. The others are
# compiled for vectors, and fuse no operations but those whose source says so.
GUEST_VECTORS := nbody matmul_f32 fir chacha20 sha256_ce libm
GUEST_USES = $(if $(filter $1,$(GUEST_VECTORS)),-O3 -ffp-contract=off \
    $(GUEST_USES_$1),-mgeneral-regs-only)
GUEST_USES_sha256_ce := -march=armv8-a+crypto
GUEST_HEADERS := $(wildcard programs/*.h programs/lib/*.h)
GUEST_TAKE = $(shell sed -n 's/^$1: //p' programs/lib/flags)
GUEST_FLAGS := $(call GUEST_TAKE,link) -Wl,-T,programs/lib/flat.ld
GUEST_CFLAGS := -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow \
    -Wstrict-prototypes -Iprograms/lib \
    $(call GUEST_TAKE,c) \
    $(call GUEST_TAKE,$(if $(findstring clang,$(GUEST_CC)),clang,gcc))
GUEST_LIB := programs/lib/start.s programs/lib/rt.c

$(GUEST_OUT)/%.elf: programs/%.s programs/lib/flat.ld
	@mkdir -p $(GUEST_OUT)
	$(GUEST_CC) $(GUEST_FLAGS) -o $@ $<

$(GUEST_OUT)/%.elf: programs/%.c $(GUEST_LIB) $(GUEST_HEADERS) \
    programs/lib/flat.ld
	@mkdir -p $(GUEST_OUT)
	$(GUEST_CC) $(GUEST_CFLAGS) $(call GUEST_USES,$*) $(GUEST_FLAGS) -o $@ \
	    $(GUEST_LIB) $<

$(GUEST_OUT)/%.bin: $(GUEST_OUT)/%.elf
	$(GUEST_OBJCOPY) -O binary $< $@

# A program's expected results: the C of the same name in programs/reference,
# which assembly and ARM64's vectors have, or else its own, compiled natively.
GUEST_NATIVE := sieve crc32 sha256 sort collatz strsearch matmul alu mixed fib \
    stream mandelbrot nbody matmul_f32 fir chacha20 libm
GUEST_ARGUMENT_mandelbrot := 8
GUEST_TSVS := $(patsubst %,$(GUEST_OUT)/expected/%.tsv,$(GUEST_NATIVE))

GUEST_NATIVE_CC = @mkdir -p $(GUEST_OUT) && $(CC) -std=c11 -O1 \
    -ffp-contract=off -Iprograms/lib -o $@ $< programs/reference/native.c -lm

$(GUEST_OUT)/%.native: programs/reference/%.c programs/reference/native.c \
    $(GUEST_HEADERS)
	$(GUEST_NATIVE_CC)

$(GUEST_OUT)/%.native: programs/%.c programs/reference/native.c $(GUEST_HEADERS)
	$(GUEST_NATIVE_CC)

$(GUEST_OUT)/expected/%.tsv: $(GUEST_OUT)/%.native
	@mkdir -p $(GUEST_OUT)/expected
	$< 64 $(GUEST_ARGUMENT_$*) > $@

# Instruction counts, from the committed binaries.
GUEST_COUNTED := sieve crc32 sha256 sort collatz strsearch matmul fib mul8 \
    popcount32 nbody matmul_f32 fir chacha20 sha256_ce libm
GUEST_COUNTS := $(patsubst %,$(GUEST_OUT)/counts/%.tsv,$(GUEST_COUNTED))

$(GUEST_OUT)/unicorn: programs/reference/unicorn.c
	@mkdir -p $(GUEST_OUT)
	$(CC) -std=c11 -O1 -o $@ $< -lunicorn

$(GUEST_OUT)/counts/%.tsv: programs/%.bin $(GUEST_OUT)/unicorn
	@mkdir -p $(GUEST_OUT)/counts
	$(GUEST_OUT)/unicorn $< 64 | cut -f 1,2 > $@

.PHONY: programs programs-build programs-native programs-check \
    programs-expected
.SECONDARY: $(GUEST_BINS:.bin=.elf) $(GUEST_NATIVE:%=$(GUEST_OUT)/%.native)

programs-build: $(GUEST_BINS)

programs-native: $(GUEST_TSVS)

## programs: rebuild programs/*.bin from source (needs a cross-compiler)
programs: programs-build
	install -m 644 $(GUEST_BINS) programs/

## programs-check: compare programs/*.bin and expected results with the sources
programs-check: programs-native
	programs/check.sh $(GUEST_OUT) "$(GUEST_CC)" "$(MAKE) --no-print-directory"

programs-expected: $(GUEST_TSVS) $(GUEST_COUNTS)
	install -m 644 $(GUEST_TSVS) programs/expected/
	for f in $(GUEST_COUNTED); do \
	    cp $(GUEST_OUT)/counts/$$f.tsv programs/expected/$$f.cycles.tsv; done
