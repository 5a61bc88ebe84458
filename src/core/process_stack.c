/* The stack that processes begin with. */
#include "core/program.h"

#include "a64/sysreg.h"

#include <stdlib.h>

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

static struct ag_process describe(const armgpu_process *p,
                                  const char *const *arguments, size_t count)
{
    return (struct ag_process){.file_name = p->name,
                               .arguments = arguments,
                               .argument_count = count,
                               .environment = p->environment,
                               .environment_count = p->num_environment,
                               .hwcap = hwcap(),
                               .hwcap2 = hwcap2()};
}

int32_t ag_stack_lay(struct armgpu *g, const armgpu_process *p,
                     const char *const *arguments, size_t count,
                     struct ag_stack *stack)
{
    const struct ag_guest *guest = ag_program_guest(g->program);
    const struct ag_process process = describe(p, arguments, count);
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
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT, "%s", sentence);
    }
    stack->random = random - g->view.base;
    return ARMGPU_OK;
}
