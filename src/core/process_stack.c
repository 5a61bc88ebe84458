/* The stack that processes begin with. */
#include "core/program.h"

#include "a64/sysreg.h"
#include "base/bytes.h"
#include "lane/random.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A field of an ID register that is at least so much gives a bit: as Linux says
   it (arch/arm64/kernel/cpufeature.c, elf_hwcaps). */
#define PFR0(low, least, bit) AT_LEAST(AG_ID_AA64PFR0, low, least, bit)
#define ISAR0(low, least, bit) AT_LEAST(AG_ID_AA64ISAR0, low, least, bit)
#define ISAR1(low, least, bit) AT_LEAST(AG_ID_AA64ISAR1, low, least, bit)
#define AT_LEAST(reg, low, least, bit)                                         \
    ((uint64_t)(((uint64_t)(reg) >> (low)&15) >= (least)) << (bit))
/* 15 is none: two fields are signed. */
#define PFR0_SIGNED(low, least, bit)                                           \
    ((uint64_t)((((uint64_t)AG_ID_AA64PFR0 >> (low)&15) ^ 8) >=                \
                ((least) ^ 8))                                                 \
     << (bit))

static uint64_t hwcap(void)
{
    return PFR0_SIGNED(16, 0, 0) | PFR0_SIGNED(20, 0, 1) | /* FP, ASIMD */
           ISAR0(4, 1, 3) | ISAR0(4, 2, 4) |               /* AES, PMULL */
           ISAR0(8, 1, 5) | ISAR0(12, 1, 6) |              /* SHA1, SHA2 */
           ISAR0(16, 1, 7) | ISAR0(20, 2, 8) |             /* CRC32, ATOMICS */
           PFR0_SIGNED(16, 1, 9) | PFR0_SIGNED(20, 1, 10) | /* FPHP, ASIMDHP */
           UINT64_C(1) << 11 | ISAR0(28, 1, 12) |          /* CPUID, ASIMDRDM */
           ISAR1(12, 1, 13) | ISAR1(16, 1, 14) |           /* JSCVT, FCMA */
           ISAR1(20, 1, 15) | ISAR0(32, 1, 17) |           /* LRCPC, SHA3 */
           ISAR0(36, 1, 18) | ISAR0(40, 1, 19) |           /* SM3, SM4 */
           ISAR0(44, 1, 20) | ISAR0(12, 2, 21) |           /* ASIMDDP, SHA512 */
           ISAR0(48, 1, 23) | ISAR1(20, 2, 26) |          /* ASIMDFHM, ILRCPC */
           ISAR0(52, 1, 27);                               /* FLAGM */
}

static uint64_t hwcap2(void)
{
    return ISAR0(52, 2, 7) | ISAR1(32, 1, 8) |  /* FLAGM2, FRINT */
           ISAR1(52, 1, 13) | ISAR1(44, 1, 14); /* I8MM, BF16 */
}

/* With AT_RANDOM's bytes as the device writes them. */
static struct ag_process describe(const armgpu_process *p, uint64_t lane,
                                  const char *const *arguments, size_t count)
{
    struct ag_process process = {.file_name = p->name,
                               .arguments = arguments,
                               .argument_count = count,
                               .environment = p->environment,
                               .environment_count = p->num_environment,
                               .hwcap = hwcap(),
                               .hwcap2 = hwcap2()};
    for (uint64_t i = 0; i < AG_RANDOM_BYTES / 8; i++)
        ag_set_64(process.random + 8 * i, ag_random_64(p->seed, lane, i));
    return process;
}

int32_t ag_stack_lay(struct armgpu *g, const armgpu_process *p, uint64_t lane,
                     const char *const *arguments, size_t count,
                     struct ag_stack *stack)
{
    const struct ag_guest *guest = ag_program_guest(g->program);
    const struct ag_process process = describe(p, lane, arguments, count);
    char sentence[AG_SENTENCE];
    uint64_t random;
    stack->bytes_count = (size_t)ag_process_bytes(&process);
    stack->bytes = malloc(stack->bytes_count);
    if (stack->bytes == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    if (!ag_guest_stack(guest, &process, stack->bytes, stack->bytes_count,
                        &stack->sp, &random, sentence)) {
        free(stack->bytes);
        stack->bytes = NULL;
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT, "lane %" PRIu64 ": %s", lane,
                       sentence);
    }
    stack->random = random - g->view.base;
    return ARMGPU_OK;
}

/* -- Lanes with arguments of their own ------------------------------------- */

#define SOME_LANES 8192 /* that are written together */

/* Stacks of lanes [first, first + n): the upper ends, `room` bytes each. */
struct stacks {
    uint64_t first, n;
    size_t room;
    struct ag_stack of[SOME_LANES];
};

int32_t ag_arguments_of(struct armgpu *g, uint64_t lane, const char **arguments,
                        uint64_t *count)
{
    const armgpu_process *p = &g->process;
    *count = p->arguments_of(p->user, lane, arguments, AG_MOST_ARGUMENTS);
    return *count <= AG_MOST_ARGUMENTS
               ? ARMGPU_OK
               : ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                         "lane %" PRIu64 " has %" PRIu64
                         " arguments: at most %d are possible",
                         lane, *count, AG_MOST_ARGUMENTS);
}

static int32_t lay_stacks(struct armgpu *g, struct stacks *s)
{
    const char **arguments = malloc(AG_MOST_ARGUMENTS * sizeof *arguments);
    int32_t error = arguments != NULL
                        ? ARMGPU_OK
                        : ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    for (uint64_t i = 0; i < s->n && error == ARMGPU_OK; i++) {
        uint64_t lane = s->first + i, count = 0;
        error = ag_arguments_of(g, lane, arguments, &count);
        if (error == ARMGPU_OK)
            error = ag_stack_lay(g, &g->process, lane, arguments, (size_t)count,
                                 &s->of[i]);
        if (error == ARMGPU_OK && s->of[i].bytes_count > s->room)
            s->room = s->of[i].bytes_count;
    }
    free(arguments);
    return error;
}

static int32_t write_stacks(struct armgpu *g, const struct stacks *s)
{
    const uint64_t top = ag_program_guest(g->program)->window.stack_top;
    uint8_t *all = calloc((size_t)s->n, s->room);
    int32_t error = all != NULL
                        ? ARMGPU_OK
                        : ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    for (uint64_t i = 0; i < s->n && error == ARMGPU_OK; i++)
        memcpy(all + (i + 1) * s->room - s->of[i].bytes_count, s->of[i].bytes,
               s->of[i].bytes_count);
    if (error == ARMGPU_OK)
        error = armgpu_write_memory_range(g, s->first, s->n, top - s->room, all,
                                          s->room);
    free(all);
    return error;
}

/* When all memory is written: what is sent to the device before each write is
   all state that has changed. */
static int32_t set_sps(struct armgpu *g, uint64_t first, uint64_t n,
                       const uint64_t *sps)
{
    for (uint64_t i = 0; i < n; i++) {
        uint64_t slot = 0, *state;
        int32_t error = ag_slot_of(g, first + i, &slot);
        if (error != ARMGPU_OK)
            return error;
        state = ag_state_write(g, slot);
        if (state == NULL)
            return ARMGPU_ERROR_DEVICE;
        *ag_lane_row(state, slot, AG_STATE_SP) = sps[i];
    }
    return ARMGPU_OK;
}

/* Lays and writes the stacks of some lanes; sps[k] is the k-th one's SP. */
static int32_t prepare_some(struct armgpu *g, struct stacks *s, uint64_t first,
                            uint64_t n, uint64_t *sps)
{
    memset(s, 0, sizeof *s);
    s->first = first;
    s->n = n;
    int32_t error = lay_stacks(g, s);
    if (error == ARMGPU_OK)
        error = write_stacks(g, s);
    for (uint64_t k = 0; k < n; k++) {
        sps[k] = s->of[k].sp;
        free(s->of[k].bytes);
    }
    return error;
}

int32_t ag_process_prepare(struct armgpu *g, uint64_t first, uint64_t n)
{
    struct stacks *s = malloc(sizeof *s);
    uint64_t *sps = malloc((size_t)n * sizeof *sps);
    int32_t error = s != NULL && sps != NULL
                        ? ARMGPU_OK
                        : ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    for (uint64_t i = 0; i < n && error == ARMGPU_OK; i += SOME_LANES)
        error = prepare_some(g, s, first + i,
                             n - i < SOME_LANES ? n - i : SOME_LANES, sps + i);
    if (error == ARMGPU_OK)
        error = set_sps(g, first, n, sps);
    free(sps);
    free(s);
    return error;
}
