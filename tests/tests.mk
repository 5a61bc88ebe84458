# Tests: every tests/test_*.c is a cmocka program, test_diff_vixl.cc one in C++
# (VIXL's simulator is C++), every tests/test_*.sh a script that is given the
# executable. tests/run.sh adds up what they say.

TEST_SRC := $(wildcard tests/test_*.c)
ifneq ($(SYSTEM),Linux) # its linker replaces functions
TEST_SRC := $(filter-out tests/test_no_memory.c tests/test_elf_no_memory.c \
    tests/test_environment.c,$(TEST_SRC))
endif
# The longest first, or they would be alone in the end.
LONG_TESTS := test_backend test_cuda_compile test_diff_unicorn test_diff_groups test_forms
LONG_EXE := $(addprefix $(B)/tests/,$(LONG_TESTS))
TEST_EXE := $(addprefix $(B)/tests/,$(filter-out $(LONG_TESTS),$(notdir $(TEST_SRC:.c=))))
DIFF_OBJ := $(patsubst %.c,$(B)/%.o,$(filter-out %/unicorn.c,$(wildcard \
    tests/diff/*.c)))
UNICORN_OBJ := $(B)/tests/diff/unicorn.o
TEST_SCRIPTS := tests/test_insngen.sh=$(GEN)/insngen tests/cli/run.sh \
    tests/cli/fuzz.sh tests/cli/fuzz_elf.sh tests/cli/only.sh tests/cli/signals.sh \
    tests/cli/json_schema.sh tests/test_layers.sh tests/test_lengths.sh \
    tests/test_programs.sh tests/test_sweeps.sh
CROSS_SCRIPTS := tests/cli/cc.sh tests/cli/no_memory.sh tests/cli/install.sh \
    tests/test_run.sh tests/test_formats.sh tests/test_elf.sh \
    tests/test_process.sh tests/test_linux.sh tests/test_linux_files.sh tests/test_busybox.sh \
    tests/test_semihosting.sh tests/test_strace.sh tests/test_call.sh tests/test_engine.sh tests/test_compiler.sh \
    tests/test_bench.sh \
    tests/test_compiled.sh tests/test_csmith.sh tests/test_neon.sh \
    tests/test_float_arm.sh tests/test_float_instructions.sh \
    tests/test_float_soft.sh tests/test_crypto_arm.sh \
    tests/test_language.sh tests/test_opencl_source.sh tests/test_metal_source.sh \
    tests/test_metal.sh tests/test_metal_macos.sh
# Long scripts that make things only where no other test does, and may run beside
# any: two streams of tests end together if what both may take is long enough.
BESIDE_SCRIPTS := tests/test_linux.sh tests/test_busybox.sh tests/test_linux_files.sh \
    tests/cli/only.sh tests/cli/fuzz_elf.sh
VIXL_FLAGS := $(shell pkg-config --cflags --libs vixl 2>/dev/null || echo -lvixl)

$(B)/tests/%: tests/%.c $(LIB) $(GEN_FILES)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Itests -MMD -MP -o $@ $< $(filter %.o,$^) $(LIB) \
	    $(ALL_LDFLAGS) $(TEST_LIBS_$*) -lcmocka

$(B)/tests/test_diff_unicorn $(B)/tests/test_diff_groups: $(DIFF_OBJ) $(UNICORN_OBJ)
TEST_LIBS_test_diff_unicorn := -lunicorn

$(B)/tests/test_translate $(B)/tests/test_together: $(DIFF_OBJ) $(UNICORN_OBJ)
$(B)/tests/test_translate $(B)/tests/test_together: CFLAGS += -DCOMPILER='"$(CC)"' \
    -DCOMPILER_FLAGS='"-Ikernels -I$(GEN)"'
TEST_LIBS_test_translate := -ldl -lunicorn
TEST_LIBS_test_together := -ldl -lunicorn
TEST_LIBS_test_diff_groups := -lunicorn

$(B)/tests/diff/%.o $(B)/tests/api/%.o: INCLUDES += -Itests

API_OBJ := $(patsubst %.c,$(B)/%.o,$(wildcard tests/api/*.c))
$(B)/tests/test_random_api: $(API_OBJ)

# The conformance test is the command line's.
$(B)/tests/test_backend: $(patsubst %.c,$(B)/%.o,$(wildcard src/cli/check/*.c) \
    src/cli/text.c)

$(B)/tests/test_bench_kernel: $(patsubst %.c,$(B)/%.o,$(wildcard \
    src/cli/bench/*.c) src/cli/text.c src/cli/files.c) $(BENCH_OBJ)
TEST_LIBS_test_bench_kernel := -lm

$(B)/tests/test_plot: $(patsubst %.c,$(B)/%.o,$(wildcard src/cli/bench/*.c) \
    src/cli/text.c src/cli/files.c) $(BENCH_OBJ)
TEST_LIBS_test_plot := -lm

$(B)/tests/test_progress: $(B)/src/cli/progress.o $(B)/src/cli/text.o

# armgpu whose Metal backend talks to the classes of tests/metal/standin/: what it
# has besides is what was built anyway.
STANDIN := $(B)/standin
STANDIN_SRC := $(wildcard tests/metal/standin/*.c tests/metal/standin/*.$(shell uname -m).S)
STANDIN_OBJ := $(STANDIN)/backends.o $(patsubst %,$(B)/%.o,$(basename $(STANDIN_SRC))) \
    $(patsubst %.c,$(B)/%.o,$(wildcard src/backend/metal/*.c)) \
    $(B)/gen/kernel_metal.o
STANDIN_LIBS = $(ALL_LDFLAGS) -lobjc -rdynamic

$(STANDIN)/backends.o: src/backend/backends.c $(GEN_FILES) Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -DARMGPU_METAL=1 -MMD -MP -c -o $@ $<

$(STANDIN)/libarmgpu.a: $(STANDIN_OBJ) $(filter-out %/backends.o,$(LIB_OBJ))
	rm -f $@
	$(AR) rcs $@ $(sort $^)

$(STANDIN)/armgpu: $(CLI_OBJ) $(STANDIN)/libarmgpu.a
	$(CC) -o $@ $^ $(STANDIN_LIBS) $(PNG_LIBS) -lm

$(STANDIN)/test_forms: tests/test_forms.c $(STANDIN)/libarmgpu.a
	$(CC) $(ALL_CFLAGS) -Itests -o $@ $^ $(STANDIN_LIBS) -lcmocka

.PHONY: standin
## standin: armgpu and tests with stand-ins for Metal's classes (docs/testing.md)
standin: $(STANDIN)/armgpu $(STANDIN)/test_forms

# Berkeley SoftFloat, where `make deps` has put its sources; whole and as it is.
SOFTFLOAT := $(firstword $(wildcard build/softfloat/*/extern/berkeley-softfloat-3/source))
ifneq ($(SOFTFLOAT),)
SOFTFLOAT_LIB := build/softfloat/softfloat.a
SOFTFLOAT_OPTIONS := -DSOFTFLOAT_FAST_INT64 -DSOFTFLOAT_ROUND_ODD
$(B)/tests/test_float_softfloat: $(SOFTFLOAT_LIB)
$(B)/tests/test_float_softfloat: CFLAGS += -DHAVE_SOFTFLOAT \
    $(SOFTFLOAT_OPTIONS) -isystem $(SOFTFLOAT)/include
TEST_LIBS_test_float_softfloat := $(SOFTFLOAT_LIB)

$(SOFTFLOAT_LIB): $(SOFTFLOAT)/include/softfloat.h
	@mkdir -p $(@D)/objects
	cd $(@D)/objects && $(CC) -O2 -w -DINLINE_LEVEL=5 $(SOFTFLOAT_OPTIONS) \
	    $(addprefix -I$(CURDIR)/$(SOFTFLOAT)/,RISCV include \
	    ../../../c/berkeley-softfloat-3/build/General) -c \
	    $(CURDIR)/$(SOFTFLOAT)/*.c $(CURDIR)/$(SOFTFLOAT)/RISCV/*.c
	rm -f $@
	$(AR) rcs $@ $(@D)/objects/*.o
endif

# As entry_simd.c is compiled.
HARDWARE_OBJ := $(patsubst %,$(B)/tests/float/hardware_%.o,$(filter-out soft,$(SIMD_COPIES)))
$(B)/tests/test_float_hardware: $(HARDWARE_OBJ)
$(B)/tests/float/hardware_%.o: tests/float/hardware.c $(GEN_FILES) Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Itests $(SIMD_FLAGS_$*) -DCOPY=hardware_$* \
	    -DHAS_FMA=has_fma_$* -MMD -MP -c -o $@ $<

TEST_LIBS_test_float_host := -lm

comma := ,
TEST_LIBS_test_no_memory := $(addprefix -Wl$(comma)--wrap=,malloc calloc realloc)
TEST_LIBS_test_elf_no_memory := $(addprefix -Wl$(comma)--wrap=,malloc calloc)

TEST_LIBS_test_environment := -Wl$(comma)--wrap=getenv

$(B)/tests/test_real: $(B)/src/cli/run/real.o $(B)/src/cli/text.o \
    $(B)/src/cli/numbers.o
TEST_LIBS_test_real := -lm

$(B)/tests/test_map: $(B)/src/cli/run/map_file.o $(B)/src/cli/text.o
$(B)/tests/test_map: CFLAGS += $(PNG_CFLAGS)
TEST_LIBS_test_map := $(PNG_LIBS)

$(B)/tests/test_diff_vixl: tests/test_diff_vixl.cc $(DIFF_OBJ) $(LIB)
	@mkdir -p $(@D)
	$(CXX) -std=c++17 -Wall -Wextra $(MODE_FLAGS) $(INCLUDES) -Itests -o $@ $< \
	    $(DIFF_OBJ) $(LIB) $(ALL_LDFLAGS) $(VIXL_FLAGS) -lcmocka

.PHONY: tests tests-threads check check-core check-code check-threads soak soak-float bench-cpu \
    fuzz-elf

## tests: build the test programs
tests: $(EXE) $(LONG_EXE) $(TEST_EXE) $(B)/tests/test_diff_vixl \
    $(B)/tests/elf_dump $(B)/tests/process_dump

## check: run all tests (needs what `make deps` installs)
check: tests docs-check programs-check
	@BESIDE="$(BESIDE_SCRIPTS)" sh tests/run.sh $(EXE) $(B)/logs $(LONG_EXE) \
	    $(BESIDE_SCRIPTS) $(TEST_EXE) $(B)/tests/test_diff_vixl \
	    $(filter-out $(BESIDE_SCRIPTS),$(TEST_SCRIPTS) $(CROSS_SCRIPTS))

## check-core: the tests without compilers and GPU drivers, for sanitizer builds
# These are slow, and what litmus tests look for is the thread sanitizer's.
check-core: tests
	@$(if $(filter release,$(MODE)),,ROUNDS=64) ARMGPU_TEST_BACKENDS=cpu sh tests/run.sh $(EXE) $(B)/logs \
	    $(filter-out %/test_cuda_compile %/test_bench_kernel $(if $(filter release,$(MODE)),,%/test_litmus),$(LONG_EXE) $(TEST_EXE)) \
	    $(TEST_SCRIPTS)

# What another compiler could make of kernels, decoder, translator and groups.
CODE_EXE := $(addprefix $(B)/tests/test_,backend diff_unicorn diff_groups decoder \
    float_softfloat float_host float_hardware float_environment group_vectors \
    atomics batches code crypto crypto_hardware disasm forms linux_calls \
    linux_entries linux_heap pairs probes random_api semihosting stops \
    translate v_memory)
## check-code: those of check-core whose subject is compiled code, for another CC
check-code: $(EXE) $(CODE_EXE)
	@ARMGPU_TEST_BACKENDS=cpu sh tests/run.sh $(EXE) $(B)/logs $(CODE_EXE) \
	    tests/cli/run.sh tests/test_programs.sh tests/test_sweeps.sh

THREAD_EXE := $(addprefix $(B)/tests/test_,atomics code lanes library litmus random_api stops)
tests-threads: $(EXE) $(THREAD_EXE)
## check-threads: the tests of threads, for MODE=tsan
check-threads: tests-threads
	@ROUNDS=64 sh tests/run.sh $(EXE) $(B)/logs $(THREAD_EXE) tests/test_programs.sh

## bench-cpu: the cpu backend against qemu-aarch64 on this machine; PROGRAMS="nbody fir" to choose
bench-cpu: $(EXE)
	sh tests/bench_qemu.sh $(EXE) 64

## soak: the differential tests and Csmith for about an hour; SEED=N to choose
SEED ?= $(shell date +%s)
soak: tests
	SEED=$(SEED) COUNT=200000000 $(B)/tests/test_diff_unicorn
	SEED=$(SEED) COUNT=400000000 $(B)/tests/test_diff_groups
	SEED=$(SEED) COUNT=20000000 $(B)/tests/test_diff_vixl
	SEED=$(SEED) COUNT=5000000 $(B)/tests/test_translate
	SEED=$(SEED) COUNT=20000 $(B)/tests/test_random_api
	SEED=$(SEED) COUNT=200000000 $(B)/tests/test_window_memory
	SEED=$(SEED) ROUNDS=20000 $(B)/tests/test_window_code
	ARMGPU_TEST_BACKENDS=cpu ROUNDS=100000 $(B)/tests/test_litmus
	SEEDS=800 FLOATS=400 sh tests/test_csmith.sh $(EXE)
	LANES=4294967296 BACKEND=auto sh tests/test_sweeps.sh $(EXE)
	VARIANTS="glibc-O0 glibc-O1 glibc-O3 musl-O0 musl-O1 musl-O3" sh tests/test_linux.sh $(EXE)
	KERNELS=all $(B)/tests/test_cuda_compile
	KERNELS=all $(B)/tests/test_devices
	KERNELS=all sh tests/test_metal_source.sh
	KERNELS=all sh tests/test_metal.sh $(EXE)
	KERNELS=all sh tests/test_metal_macos.sh $(EXE)
	SEED=$(SEED) COUNT=10000000 $(B)/tests/test_linux_hostile
	SEED=$(SEED) CASES=10000 $(B)/tests/test_group_vectors

## soak-float: the tests of floating point for about an hour; SEED=N to choose
soak-float: tests
	SEED=$(SEED) COUNT=8000000000 $(B)/tests/test_float_softfloat
	SEED=$(SEED) COUNT=4000000000 $(B)/tests/test_float_host
	SEED=$(SEED) COUNT=4000000 sh tests/test_float_arm.sh $(EXE)
	SEED=$(SEED) WORDS=60 CASES=4000 sh tests/test_float_instructions.sh $(EXE)

## fuzz-elf: libFuzzer (clang) over the ELF loader for TIME seconds
TIME ?= 600
FUZZ := build/fuzz
FUZZ_SRC := tests/fuzz/elf.c $(wildcard src/guest/*.c)
fuzz-elf:
	@mkdir -p $(FUZZ)/elf.seeds $(FUZZ)/elf.corpus
	clang -std=c11 $(WARN) -DFUZZ_SEEDS $(INCLUDES) -Itests \
	    -o $(FUZZ)/elf_seeds $(FUZZ_SRC)
	$(FUZZ)/elf_seeds $(FUZZ)/elf.seeds
	clang -std=c11 $(WARN) -O1 -g -fsanitize=fuzzer,address,undefined \
	    -fno-sanitize-recover=all $(INCLUDES) -Itests -o $(FUZZ)/elf $(FUZZ_SRC)
	$(FUZZ)/elf -max_total_time=$(TIME) -max_len=4096 -timeout=10 \
	    -print_final_stats=1 -artifact_prefix=$(FUZZ)/elf- \
	    $(FUZZ)/elf.corpus $(FUZZ)/elf.seeds

-include $(STANDIN_OBJ:.o=.d) $(LONG_EXE:=.d) $(TEST_EXE:=.d) $(B)/tests/elf_dump.d $(B)/tests/process_dump.d \
    $(DIFF_OBJ:.o=.d) $(UNICORN_OBJ:.o=.d) \
    $(API_OBJ:.o=.d) $(HARDWARE_OBJ:.o=.d)

# What batches of kernels/table/batch.insn are chosen by; the sample programs count
# twice. BATCHES=N proposes N of at most three operations.
BATCH_SAMPLES := $(addprefix programs/,$(addsuffix .bin,alu collatz count_from \
    crc32 fib jit matmul mixed patch sha256 sieve sort strsearch))
.PHONY: batches
## batches: what the batches of instructions are worth (BATCHES=N proposes N)
batches: $(EXE) $(B)/tests/choose_batches
	sh tests/test_compiled.sh $(EXE) >/dev/null
	$(B)/tests/choose_batches $(if $(BATCHES),-n $(BATCHES) -l 3) \
	    $(BATCH_SAMPLES) $(BATCH_SAMPLES) build/compiled/*.O[123s].bin
