/*
 * Counts the instructions that a program retires in each lane, with Unicorn:
 *
 *   unicorn PROG.bin LANES [shared|private [MEMORY [X1]]]
 *
 * Prints lane, cycles and X0, and for shared memory the first words that lanes
 * share on stderr. Shared lanes take turns of 97 instructions. A lane ends at
 * HLT, which counts; SVC, BRK and faults end the whole run.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

#define TURN 97
#define SHARED_WORDS 0x8000

struct lane {
    uc_context *context;
    uint64_t cycles;
    uint64_t x0;
    int is_done;
};

struct run {
    uc_engine *uc;
    const char *image;
    uint8_t *bytes;
    size_t image_size;
    uint64_t lanes;
    uint64_t memory_size;
    uint64_t x1;
    int is_shared;
    struct lane *current;
    struct lane *all;
};

static void check(uc_err error, const char *what)
{
    if (error == UC_ERR_OK)
        return;
    fprintf(stderr, "unicorn: %s: %s\n", what, uc_strerror(error));
    exit(1);
}

static void on_instruction(uc_engine *uc, uint64_t address, uint32_t size,
                           void *user)
{
    struct run *r = user;
    uint32_t word = 0;

    uc_mem_read(uc, address, &word, size);
    r->current->cycles++;
    if ((word & 0xFFE0001F) == 0xD4400000) { /* HLT */
        r->current->is_done = 1;
        uc_emu_stop(uc);
    }
}

static void load_image(struct run *r)
{
    FILE *f = fopen(r->image, "rb");

    r->bytes = malloc(r->memory_size);
    if (f == NULL || r->bytes == NULL) {
        perror(r->image);
        exit(1);
    }
    r->image_size = fread(r->bytes, 1, r->memory_size, f);
    fclose(f);
}

/* As `armgpu run` starts lane `number`, with the default stack size. */
static void start_lane(struct run *r, uint64_t number)
{
    uint64_t stack = 65536;
    uint64_t sp = r->memory_size;
    uint64_t zero = 0;

    while (stack * r->lanes > r->memory_size / 2)
        stack /= 2;
    if (r->is_shared)
        sp -= number * stack;
    for (int x = UC_ARM64_REG_X0; x <= UC_ARM64_REG_X28; x++)
        check(uc_reg_write(r->uc, x, &zero), "x");
    check(uc_reg_write(r->uc, UC_ARM64_REG_X29, &zero), "x29");
    check(uc_reg_write(r->uc, UC_ARM64_REG_X30, &zero), "x30");
    check(uc_reg_write(r->uc, UC_ARM64_REG_NZCV, &zero), "nzcv");
    check(uc_reg_write(r->uc, UC_ARM64_REG_X1, &r->x1), "x1");
    check(uc_reg_write(r->uc, UC_ARM64_REG_SP, &sp), "sp");
    check(uc_reg_write(r->uc, UC_ARM64_REG_TPIDRRO_EL0, &number), "tpidrro");
    check(uc_reg_write(r->uc, UC_ARM64_REG_PC, &zero), "pc");
}

static void run_lane(struct run *r, struct lane *lane, size_t count)
{
    uint64_t pc;

    r->current = lane;
    check(uc_reg_read(r->uc, UC_ARM64_REG_PC, &pc), "pc");
    check(uc_emu_start(r->uc, pc, UINT64_MAX, 0, count), r->image);
    check(uc_reg_read(r->uc, UC_ARM64_REG_X0, &lane->x0), "x0");
}

static void run_private(struct run *r)
{
    uint8_t *zeros = calloc(1, r->memory_size);

    for (uint64_t i = 0; i < r->lanes; i++) {
        check(uc_mem_write(r->uc, 0, zeros, r->memory_size), "clear");
        check(uc_mem_write(r->uc, 0, r->bytes, r->image_size), "image");
        start_lane(r, i);
        run_lane(r, &r->all[i], 0);
    }
    free(zeros);
}

static void run_shared(struct run *r)
{
    uint64_t live = r->lanes;

    check(uc_mem_write(r->uc, 0, r->bytes, r->image_size), "image");
    for (uint64_t i = 0; i < r->lanes; i++) {
        check(uc_context_alloc(r->uc, &r->all[i].context), "context");
        start_lane(r, i);
        check(uc_context_save(r->uc, r->all[i].context), "save");
    }
    for (uint64_t i = 0; live != 0; i = (i + 1) % r->lanes) {
        struct lane *lane = &r->all[i];

        if (lane->is_done)
            continue;
        check(uc_context_restore(r->uc, lane->context), "restore");
        run_lane(r, lane, TURN);
        check(uc_context_save(r->uc, lane->context), "save");
        live -= lane->is_done != 0;
    }
}

static void report(const struct run *r)
{
    uint64_t words[4] = {0};

    printf("lane\tcycles\tx0\n");
    for (uint64_t i = 0; i < r->lanes; i++)
        printf("%" PRIu64 "\t%" PRIu64 "\t0x%" PRIx64 "\n", i,
               r->all[i].cycles, r->all[i].x0);
    if (r->is_shared && r->memory_size >= SHARED_WORDS + sizeof words) {
        check(uc_mem_read(r->uc, SHARED_WORDS, words, sizeof words), "words");
        for (int i = 0; i < 4; i++)
            fprintf(stderr, "0x%x: 0x%016" PRIx64 "\n", SHARED_WORDS + 8 * i,
                    words[i]);
    }
}

int main(int argc, char **argv)
{
    struct run r = {0};
    uc_hook hook;

    if (argc < 3) {
        fprintf(stderr, "usage: unicorn PROG LANES [MODE [MEMORY [X1]]]\n");
        return 2;
    }
    r.image = argv[1];
    r.lanes = strtoull(argv[2], NULL, 0);
    r.is_shared = argc > 3 && strcmp(argv[3], "shared") == 0;
    r.memory_size = argc > 4 ? strtoull(argv[4], NULL, 0) : 65536;
    r.x1 = argc > 5 ? strtoull(argv[5], NULL, 0) : 0;
    r.all = calloc(r.lanes, sizeof *r.all);
    load_image(&r);
    check(uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &r.uc), "open");
    check(uc_ctl_set_cpu_model(r.uc, UC_CPU_ARM64_MAX), "model");
    check(uc_mem_map(r.uc, 0, r.memory_size, UC_PROT_ALL), "map");
    check(uc_hook_add(r.uc, &hook, UC_HOOK_CODE,
                      (void *)(uintptr_t)on_instruction, &r, 1, 0), "hook");
    if (r.is_shared)
        run_shared(&r);
    else
        run_private(&r);
    report(&r);
    return 0;
}
