# armgpu: `make` builds, `make run` shows it working, `make help` lists the rest.
# Everything is written below build/; build/$(MODE)/armgpu is the executable.
#
# MODE=release|debug|sanitize|asan|ubsan|tsan   WERROR=1 makes warnings errors
# QUICK=1: tests generate less
# METAL=yes|no   the Metal backend: yes on macOS, no elsewhere

MODE ?= release
CC ?= cc
CXX ?= c++
AR ?= ar
PREFIX ?= /usr/local
DESTDIR ?=
SYSTEM := $(shell uname)
METAL ?= $(if $(filter Darwin,$(SYSTEM)),yes,no)
B := build/$(MODE)
GEN := build/gen

WARN := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes
ifeq ($(WERROR),1)
WARN += -Werror
endif
MODE_FLAGS_release := -O2 -g1
MODE_FLAGS_debug := -O0 -g
MODE_FLAGS_asan := -O1 -g -fsanitize=address -fno-omit-frame-pointer
MODE_FLAGS_ubsan := -O1 -g -fsanitize=undefined -fno-sanitize-recover=all
# Both at once: one build and one run of the tests for what each of them finds. What
# both find is left to the first, or kernels take twice as long to compile.
MODE_FLAGS_sanitize := $(MODE_FLAGS_asan) -fsanitize=undefined \
    -fno-sanitize=null,object-size,pointer-overflow -fno-sanitize-recover=all
# gcc says that it does not model fences; nothing here relies on one alone.
MODE_FLAGS_tsan = -O1 -g -fsanitize=thread \
    $(if $(findstring clang,$(shell $(CC) --version)),,-Wno-tsan)
MODE_FLAGS := $(MODE_FLAGS_$(MODE))
ifeq ($(MODE_FLAGS),)
$(error MODE is release, debug, sanitize, asan, ubsan or tsan, not '$(MODE)')
endif

# CoreGraphics: without it a command-line tool may be given no default device.
METAL_LIBS_yes := -lobjc -framework Metal -framework Foundation -framework CoreGraphics
# QUICK=1: tests of generated programs generate fewer, as in all modes but release.
DEFINES := -DARMGPU_MODE='"$(if $(QUICK),quick,$(MODE))"'

# `armgpu run --map` writes PNG where libpng is installed; WITH_PNG=0 leaves it.
WITH_PNG ?= $(shell pkg-config --exists libpng 2>/dev/null && echo 1)
ifeq ($(WITH_PNG),1)
PNG_CFLAGS := -DARMGPU_HAVE_PNG $(shell pkg-config --cflags libpng)
PNG_LIBS := $(shell pkg-config --libs libpng)
endif

INCLUDES := -Iinclude -Isrc -Ikernels -I$(GEN)
# Kernels compute with the processor's floating point (kernels/float/hardware.h):
# each operation is one instruction.
FLOAT_FLAGS := -ffp-contract=off -fno-math-errno
ALL_CFLAGS = -std=c11 $(WARN) $(MODE_FLAGS) $(FLOAT_FLAGS) $(INCLUDES) $(DEFINES) $(if $(filter Darwin,$(SYSTEM)),-D_DARWIN_C_SOURCE) -pthread $(CFLAGS)
ALL_LDFLAGS = $(MODE_FLAGS) -pthread $(LDFLAGS) $(if $(filter Linux,$(SYSTEM)),-ldl) $(METAL_LIBS_$(METAL))

GEN_FILES := $(addprefix $(GEN)/,a64_ops.h a64_decoder.h insn_rows.h insn_format.h instructions.md)
INSN_TABLES := $(patsubst %,kernels/table/%.insn,base branch system ldst atomic \
    simd simd_long simd_misc simd_shift simd_copy simd_scalar simd_fp fp crypto \
    ldst_v ldst_v_struct named batch)
LIB_SRC := $(wildcard src/base/*.c src/core/*.c src/code/*.c src/guest/*.c src/translate/*.c src/backend/*.c src/backend/*/*.c) kernels/entry/entry.c kernels/entry/entry_regions.c kernels/entry/entry_linux.c
ifeq ($(METAL),no)
LIB_SRC := $(filter-out src/backend/metal/%.c,$(LIB_SRC))
endif
CLI_SRC := $(wildcard src/cli/*.c src/cli/*/*.c)
KERNELS := $(filter-out c h $(if $(filter no,$(METAL)),metal), \
    $(patsubst kernels/entry/entry.%,%,$(wildcard kernels/entry/entry.*)))
# Text alone: `armgpu translate --language` has all of them everywhere.
REGIONS := together $(patsubst kernels/entry/region.%,%,$(wildcard kernels/entry/region.*))
KERNEL_OBJ := $(KERNELS:%=$(B)/gen/kernel_%.o) $(REGIONS:%=$(B)/gen/region_%.o)
BENCH_NAMES := count_from alu mixed sha256 crc32 sort collatz stream fib \
    nbody matmul_f32 fir chacha20 sha256_ce libm
# What the host computes: for sha256_ce it is that of sha256.
BENCH_NATIVE := $(filter-out sha256_ce,$(BENCH_NAMES))
BENCH_OBJ := $(B)/gen/bench_images.o $(BENCH_NATIVE:%=$(B)/native/%.o)
# Those that can be kernels of a GPU too: without recursion, empty loops and
# floating point, of which compilers there promise less.
BENCH_KERNELS := $(filter-out count_from fib nbody matmul_f32 libm,$(BENCH_NATIVE))
BENCH_OBJ += $(BENCH_KERNELS:%=$(B)/gen/native/%.o)
# Lane groups, a copy for each instruction set the processor may have. A build
# with sanitizers, which take minutes for a copy, has one; GROUP_ISAS= none.
MACHINE := $(shell $(CC) -dumpmachine)
GROUP_ISAS := $(if $(findstring x86_64,$(MACHINE)),$(if \
    $(filter sanitize asan ubsan tsan,$(MODE)),avx2,sse2 avx2 avx512)) \
    $(if $(filter aarch64% arm64%,$(MACHINE)),neon)
GROUP_FLAGS_avx2 := -mavx2 -mfma -mbmi -mbmi2
GROUP_FLAGS_avx512 := -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx2 -mfma -mbmi -mbmi2
# Vectors are written in the source: what gcc finds besides makes it slower.
GROUP_TUNING := $(if $(filter release,$(MODE)),-O3 -fno-tree-slp-vectorize,-g1)
GROUP_OBJ := $(foreach isa,$(GROUP_ISAS),$(B)/kernels/entry/entry_group_$(isa).o \
    $(B)/kernels/entry/entry_group_v_$(isa).o)
# Operations on V registers: floating point in integers; by what every processor
# of the architecture has; and by what nearly all x86-64 ones have.
SIMD_COPIES := soft base $(if $(findstring x86_64,$(MACHINE)),fma)
SIMD_FLAGS_soft := -DAG_FLOAT_SOFT=1
SIMD_FLAGS_fma := -mavx2 -mfma -mbmi -mbmi2
SIMD_OBJ := $(patsubst %,$(B)/kernels/entry/entry_simd_%.o,$(SIMD_COPIES))
# Cryptographic operations: in software; by AES's instructions; by SHA's too,
# which all of Apple's AArch64 have.
CRYPTO_COPIES := soft $(if $(findstring x86_64,$(MACHINE)),aes sha) \
    $(if $(filter aarch64% arm64%,$(MACHINE)),sha)
CRYPTO_FLAGS_soft := -DAG_CRYPTO_SOFTWARE=1
CRYPTO_FLAGS_aes := -msse4.1 -maes -mpclmul
CRYPTO_FLAGS_sha := $(if $(findstring x86_64,$(MACHINE)), \
    $(CRYPTO_FLAGS_aes) -msha,$(if $(filter Darwin,$(SYSTEM)),,-march=armv8-a+crypto))
CRYPTO_OBJ := $(patsubst %,$(B)/kernels/entry/entry_crypto_%.o,$(CRYPTO_COPIES))
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o) $(KERNEL_OBJ) $(GROUP_OBJ) $(SIMD_OBJ) \
    $(CRYPTO_OBJ)
RECIPE := $(addprefix programs/lib/,start.s rt.c guest.h flat.ld flags)
CLI_OBJ := $(CLI_SRC:%.c=$(B)/%.o) $(BENCH_OBJ) $(B)/gen/recipe.o
LIB := $(B)/libarmgpu.a
EXE := $(B)/armgpu
MAN := $(B)/armgpu.1
SHELLS := bash zsh fish
COMPLETIONS := $(SHELLS:%=$(B)/completions.%)

.DELETE_ON_ERROR:
.SECONDARY: $(KERNELS:%=$(GEN)/kernel_%.c) $(REGIONS:%=$(GEN)/region_%.c) $(GEN)/kernel_metal.c \
    $(BENCH_KERNELS:%=$(GEN)/native/%.h) $(BENCH_KERNELS:%=$(GEN)/native/%.c)
.SUFFIXES:
.PHONY: all run deps install uninstall format lint docs docs-check help clean

## all: build the executable, the library, the man page and completions (default)
all: $(EXE) $(LIB) $(MAN) $(COMPLETIONS)

## run: build, then run a sample program on 128 lanes
run: $(EXE)
	$(EXE) run programs/collatz.bin --lanes 128

$(EXE): $(CLI_OBJ) $(LIB)
	$(CC) -o $@ $(CLI_OBJ) $(LIB) $(ALL_LDFLAGS) $(PNG_LIBS) -lm

$(B)/src/cli/run/map_file.o: CFLAGS += $(PNG_CFLAGS)

$(LIB): $(LIB_OBJ)
	rm -f $@
	$(AR) rcs $@ $(LIB_OBJ)

$(B)/%.o: %.c $(GEN_FILES) Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The list of backends is all that knows of Metal.
ifneq ($(METAL),no)
$(B)/src/backend/backends.o: DEFINES += -DARMGPU_METAL=1
endif

# AG_GROUP_sse2 and so on are the copies, NULL where the build has none.
$(B)/src/backend/cpu/cpu_engine.o: DEFINES += $(foreach isa,sse2 avx2 avx512 neon, \
    -DAG_GROUP_$(isa)=$(if $(filter $(isa),$(GROUP_ISAS)),ag_kernel_group_$(isa),NULL))

# What regions are compiled with where lanes run: as the interpreter is.
$(B)/src/backend/cpu/cpu_module.o: DEFINES += -DAG_REGION_FLAGS='"$(FLOAT_FLAGS)"' \
    -DAG_REGION_FLAGS_FMA='"$(SIMD_FLAGS_fma)"' -DAG_REGION_MACHINE='"$(MACHINE)"'
$(B)/src/backend/cpu/cpu_engine.o: DEFINES += $(foreach isa,avx2 avx512, \
    -DAG_VECTOR_FLAGS_$(isa)='"$(GROUP_FLAGS_$(isa))"')

$(B)/%.o: %.S Makefile
	@mkdir -p $(@D)
	$(CC) -c -o $@ $<

$(B)/kernels/entry/entry_group_v_%.o: kernels/entry/entry_group_v.c $(GEN_FILES) Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(GROUP_TUNING) $(GROUP_FLAGS_$*) \
	    -DAG_GROUP_ENTRY=ag_kernel_group_$* -MMD -MP -c -o $@ $<

$(B)/kernels/entry/entry_group_%.o: kernels/entry/entry_group.c $(GEN_FILES) Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(GROUP_TUNING) $(GROUP_FLAGS_$*) \
	    -DAG_GROUP_ENTRY=ag_kernel_group_$* -MMD -MP -c -o $@ $<

$(B)/kernels/entry/entry_simd_%.o: kernels/entry/entry_simd.c $(GEN_FILES) Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(SIMD_FLAGS_$*) -DAG_SIMD_ENTRY=ag_kernel_simd_$* \
	    -MMD -MP -c -o $@ $<

$(B)/kernels/entry/entry_crypto_%.o: kernels/entry/entry_crypto.c $(GEN_FILES) Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(CRYPTO_FLAGS_$*) \
	    -DAG_CRYPTO_ENTRY=ag_kernel_crypto_$* -MMD -MP -c -o $@ $<

$(B)/kernels/entry/entry.o: DEFINES += \
    -DAG_COPY_SIMD_fma=$(if $(filter fma,$(SIMD_COPIES)),ag_kernel_simd_fma,0) \
    $(foreach c,aes sha,-DAG_COPY_CRYPTO_$c=$(if \
        $(filter $c,$(CRYPTO_COPIES)),ag_kernel_crypto_$c,0))

# The table is turned into C by a program of ours, built for this machine.
$(GEN)/insngen: $(wildcard src/gen/insn*.c) src/gen/insn.h
	@mkdir -p $(@D)
	$(CC) -std=c11 $(WARN) -O1 -g -o $@ $(filter %.c,$^)

# Kernels for GPUs travel in the executable as text and are compiled there.
$(GEN)/embed: src/gen/embed.c src/base/hash.h
	@mkdir -p $(@D)
	$(CC) -std=c11 $(WARN) -O1 -g -Isrc -o $@ $<

$(GEN)/kernel_%.c: kernels/entry/entry.% $(wildcard kernels/*/*.h) $(GEN)/embed $(GEN_FILES)
	$(GEN)/embed ag_kernel_source_$* entry/entry.$* $@ kernels $(GEN)

# The same as a file, for tests of the text.
$(GEN)/region_%.c: kernels/entry/region.% $(wildcard kernels/*/*.h) $(GEN)/embed $(GEN_FILES)
	$(GEN)/embed ag_region_source_$* entry/region.$* $@ kernels $(GEN)

$(GEN)/region_together.c: kernels/entry/region_together.c $(wildcard kernels/*/*.h) $(GEN)/embed $(GEN_FILES)
	$(GEN)/embed ag_region_source_together entry/region_together.c $@ kernels $(GEN)

$(GEN)/kernel_%.txt: kernels/entry/entry.% $(wildcard kernels/*/*.h) $(GEN)/embed $(GEN_FILES)
	$(GEN)/embed -t entry/entry.$* $@ kernels $(GEN)

# The programs of `armgpu bench` travel as images, and their C for this machine
# as functions: what every lane must return, and what emulation costs. They are
# optimised as release builds are, in every MODE.
$(GEN)/embed_files: src/gen/embed_files.c
	@mkdir -p $(@D)
	$(CC) -std=c11 $(WARN) -O1 -g -o $@ $<

$(GEN)/bench_images.c: $(BENCH_NAMES:%=programs/%.bin) $(GEN)/embed_files
	$(GEN)/embed_files $@ cli/bench/bench.h ag_bench_image ag_bench_images \
	    $(filter %.bin,$^)

# What `armgpu cc` builds programs with.
$(GEN)/recipe.c: $(RECIPE) $(GEN)/embed_files
	$(GEN)/embed_files -e $@ cli/cc/cc.h ag_cc_file ag_cc_recipe $(RECIPE)

# C in programs/reference goes before that beside the image, which may be written
# with ARM64's vectors. Floating point is IEEE 754's, whatever CFLAGS say.
NATIVE = @mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) -O2 -ffp-contract=off \
    -fno-fast-math -Iprograms/lib -Dprogram=ag_bench_native_$* -c -o $@ $<
$(B)/native/%.o: programs/reference/%.c $(wildcard programs/*.h programs/lib/*.h) Makefile
	$(NATIVE)
$(B)/native/%.o: programs/%.c $(wildcard programs/*.h programs/lib/*.h) Makefile
	$(NATIVE)

$(GEN)/native/%.h: Makefile
	@mkdir -p $(@D)
	printf '#include "%s"\n' begin.h $*.c end.h > $@

$(GEN)/native/%.c: $(GEN)/native/%.h $(GEN)/embed $(wildcard programs/native/*.h) \
    $(wildcard programs/*.[ch] programs/lib/*.h programs/reference/*.c)
	$(GEN)/embed ag_native_source_$* $*.h $@ programs/native programs/lib \
	    programs/reference programs $(GEN)/native

$(B)/gen/bench_images.o: src/cli/bench/bench.h
$(B)/gen/recipe.o: src/cli/cc/cc.h
$(B)/gen/%.o: $(GEN)/%.c src/backend/backend.h
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c -o $@ $<

# Files that come out as they were keep their time: nothing is built for them.
$(GEN)/.stamp: $(GEN)/insngen $(INSN_TABLES)
	@mkdir -p $(GEN)/new
	$(GEN)/insngen -o $(GEN)/new $(INSN_TABLES)
	@for f in $(notdir $(GEN_FILES)); do \
	    cmp -s $(GEN)/new/$$f $(GEN)/$$f || mv $(GEN)/new/$$f $(GEN)/$$f; done
	@rm -rf $(GEN)/new
	@touch $@

$(GEN_FILES): $(GEN)/.stamp ;

$(MAN): $(EXE)
	$(EXE) help --man > $@

$(COMPLETIONS): $(B)/completions.%: $(EXE)
	$(EXE) help --completions $* > $@

## docs: bring docs/instructions.md up to date with the table
docs: docs/instructions.md
docs/instructions.md: $(GEN)/instructions.md
	cp $< $@

docs-check: $(GEN)/instructions.md
	cmp $< docs/instructions.md

include programs/programs.mk
include tests/tests.mk

## deps: install what the tests need (apt on Debian, brew on macOS)
deps:
	sh tests/deps.sh

# Where the shells look for completions of what is installed under a prefix.
PLACE_bash := share/bash-completion/completions/armgpu
PLACE_zsh := share/zsh/site-functions/_armgpu
PLACE_fish := share/fish/vendor_completions.d/armgpu.fish

## install: put armgpu, its library, header, man page, completions under $(PREFIX)
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib \
	    $(DESTDIR)$(PREFIX)/include $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(EXE) $(DESTDIR)$(PREFIX)/bin/armgpu
	install -m 644 $(LIB) $(DESTDIR)$(PREFIX)/lib/libarmgpu.a
	install -m 644 include/armgpu.h $(DESTDIR)$(PREFIX)/include/armgpu.h
	install -m 644 $(MAN) $(DESTDIR)$(PREFIX)/share/man/man1/armgpu.1
	install -d $(foreach s,$(SHELLS),$(dir $(DESTDIR)$(PREFIX)/$(PLACE_$s)))
	$(foreach s,$(SHELLS),install -m 644 $(B)/completions.$s $(DESTDIR)$(PREFIX)/$(PLACE_$s) &&) :

## uninstall: remove what install put there
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/armgpu $(DESTDIR)$(PREFIX)/lib/libarmgpu.a \
	    $(DESTDIR)$(PREFIX)/include/armgpu.h $(DESTDIR)$(PREFIX)/share/man/man1/armgpu.1 \
	    $(foreach s,$(SHELLS),$(DESTDIR)$(PREFIX)/$(PLACE_$s))

FORMAT_SRC := $(wildcard src/*/*.c src/*/*/*.c src/*/*.h src/*/*/*.h include/*.h kernels/*/*.h kernels/*/*.c tests/*.c tests/*.h)
## format: clang-format the sources in place
format:
	clang-format -i $(FORMAT_SRC)

## lint: static analysis of the host code and the shell scripts
lint:
	cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr -j 2 \
	    --enable=warning,portability --suppress=missingIncludeSystem \
	    --suppress=missingInclude \
	    --suppress=unknownMacro:src/backend/metal/metal_api.h \
	    --include=tests/lint.h -Iinclude -Isrc src
	shellcheck tests/*.sh tests/*/*.sh .ci/run

## help: this list
help:
	@sed -n 's/^## \([a-z-]*\): \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | \
	    awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'
	@echo "MODE=release|debug|sanitize|asan|ubsan|tsan (now $(MODE)), WERROR=1, METAL=yes|no (now $(METAL))"

## clean: remove everything that was built
clean:
	rm -rf build

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d)
