/*
 * The system registers that exist: name, op0, op1, CRn, CRm, op2, what MRS
 * gives and what MSR does (v is the value written). All others are undefined;
 * the rest of the ID space (op0 3, op1 0, CRn 0, CRm 1 to 7) reads as zero, as
 * the Arm ARM says of it. ID_AA64MMFR1_EL1 is part of that rest: LO stays 0
 * while the registers of LORegions are undefined, although LDLAR and STLLR
 * execute (docs/kernels.md). AG_READ_ONLY registers are undefined to MSR.
 *
 * TPIDRRO_EL0 holds the lane number and cannot be written, although EL1 could
 * on a core: a program can rely on it.
 */
#ifndef AG_A64_SYSREG_H
#define AG_A64_SYSREG_H

/* MPIDR_EL1: affinity 0 to 2 in bits 23:0, affinity 3 in 39:32, bit 31 RES1. */
#define AG_MPIDR(lane)                                                         \
    ((u64)0x80000000 | ((lane)&0xffffff) | ((lane) >> 24 & 0xff) << 32)
/* Instruction and data lines of 64 bytes, PIPT; IDC: stores need no cleaning
   before IC IVAU. */
#define AG_CTR 0x9444c004u
/* 16 words a block for DC ZVA. */
#define AG_DCZID 4u
/* Implementer 0 (software), architecture by ID registers, part 0xa64. */
#define AG_MIDR 0x000fa640u
/* EL1 and EL0 in AArch64 only; floating point and Advanced SIMD, FP16 too. */
#define AG_ID_AA64PFR0 0x0000000000110011u
/* FlagM2, FHM, DotProd, SM4, SM3, SHA3, RDM, LSE, CRC32, SHA512, SHA1, AES. */
#define AG_ID_AA64ISAR0 0x0021111110212120u
/* I8MM, BF16, FRINTTS, LRCPC2, FCMA, JSCVT. */
#define AG_ID_AA64ISAR1 0x0010100100211000u
#define AG_FPCR_MASK 0x07c80000u /* AHP, DN, FZ, RMode, FZ16 */
#define AG_FPSR_MASK 0x0800009fu /* QC and the cumulative exception bits */
#define AG_CNTFRQ 1000000000u    /* one cycle is one nanosecond */

/* A register's number as a constant: what a64_sysreg() gives. */
#define AG_SYSREG(op0, op1, crn, crm, op2)                                     \
    ((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

#define AG_SYSREGS(X)                                                          \
    X(MIDR_EL1, 3, 0, 0, 0, 0, AG_MIDR, AG_READ_ONLY)                          \
    X(MPIDR_EL1, 3, 0, 0, 0, 5, AG_MPIDR(AG_STATE(AG_STATE_LANE)), AG_READ_ONLY)             \
    X(REVIDR_EL1, 3, 0, 0, 0, 6, 0, AG_READ_ONLY)                              \
    X(ID_AA64PFR0_EL1, 3, 0, 0, 4, 0, AG_ID_AA64PFR0, AG_READ_ONLY)            \
    X(ID_AA64ISAR0_EL1, 3, 0, 0, 6, 0, AG_ID_AA64ISAR0, AG_READ_ONLY)          \
    X(ID_AA64ISAR1_EL1, 3, 0, 0, 6, 1, AG_ID_AA64ISAR1, AG_READ_ONLY)          \
    X(CTR_EL0, 3, 3, 0, 0, 1, AG_CTR, AG_READ_ONLY)                            \
    X(DCZID_EL0, 3, 3, 0, 0, 7, AG_DCZID, AG_READ_ONLY)                        \
    X(CurrentEL, 3, 0, 4, 2, 2, 1u << 2, AG_READ_ONLY)                         \
    X(NZCV, 3, 3, 4, 2, 0, GET_NZCV() << 28,                                   \
      SET_NZCV(v >> 28 & 15))                                                  \
    X(FPCR, 3, 3, 4, 4, 0, AG_STATE(AG_STATE_FPCONTROL) & 0xffffffffu,         \
      AG_STATE(AG_STATE_FPCONTROL) = (AG_STATE(AG_STATE_FPCONTROL) & ~(u64)0xffffffff) | (v & AG_FPCR_MASK))\
    X(FPSR, 3, 3, 4, 4, 1, AG_STATE(AG_STATE_FPCONTROL) >> 32,                 \
      AG_STATE(AG_STATE_FPCONTROL) = (AG_STATE(AG_STATE_FPCONTROL) & 0xffffffffu) | (v & AG_FPSR_MASK) << 32)\
    X(TPIDR_EL0, 3, 3, 13, 0, 2, AG_STATE(AG_STATE_TPIDR),                     \
      AG_STATE(AG_STATE_TPIDR) = v)                                            \
    X(TPIDRRO_EL0, 3, 3, 13, 0, 3, AG_STATE(AG_STATE_LANE), AG_READ_ONLY)                  \
    X(CNTFRQ_EL0, 3, 3, 14, 0, 0, AG_CNTFRQ, AG_READ_ONLY)                     \
    X(CNTVCT_EL0, 3, 3, 14, 0, 2, c->cycles, AG_READ_ONLY)

/* Of AG_SYSREGS those that hold what nothing but MSR changes, if that: reading one
   is like reading a general register. Threads of C libraries are found by
   TPIDR_EL0. */
#define AG_IS_STILL_SYSREG(number)                                             \
    ((number) == AG_SYSREG(3, 3, 13, 0, 2) ||                                  \
     (number) == AG_SYSREG(3, 3, 13, 0, 3) ||                                  \
     (number) == AG_SYSREG(3, 3, 0, 0, 1) || /* CTR_EL0 */                     \
     (number) == AG_SYSREG(3, 3, 0, 0, 7))   /* DCZID_EL0 */

/*
 * Those that start-up code of bare metal sets, and what they hold there (as
 * after a reset): what is written has no effect and is not kept. Registers that
 * do what would be missed are not among them: exceptions (ELR, SPSR), stacks of
 * other levels (SP_EL0), words that programs keep there (TPIDR_EL1). SCTLR is
 * its RES1 bits; CPACR lets everybody execute floating point; no exception is
 * ever taken, so all are masked.
 */
#define AG_START_SYSREGS(X)                                                    \
    X(MDSCR_EL1, 2, 0, 0, 2, 2, 0)                                             \
    X(SCTLR_EL1, 3, 0, 1, 0, 0, 0x30d00800)                                    \
    X(ACTLR_EL1, 3, 0, 1, 0, 1, 0)                                             \
    X(CPACR_EL1, 3, 0, 1, 0, 2, 0x300000)                                      \
    X(TTBR0_EL1, 3, 0, 2, 0, 0, 0)                                             \
    X(TTBR1_EL1, 3, 0, 2, 0, 1, 0)                                             \
    X(TCR_EL1, 3, 0, 2, 0, 2, 0)                                               \
    X(SPSel, 3, 0, 4, 2, 0, 1)                                                 \
    X(MAIR_EL1, 3, 0, 10, 2, 0, 0)                                             \
    X(AMAIR_EL1, 3, 0, 10, 3, 0, 0)                                            \
    X(VBAR_EL1, 3, 0, 12, 0, 0, 0)                                             \
    X(CONTEXTIDR_EL1, 3, 0, 13, 0, 1, 0)                                       \
    X(CNTKCTL_EL1, 3, 0, 14, 1, 0, 0)                                          \
    X(DAIF, 3, 3, 4, 2, 1, 0x3c0)

AG_INLINE u32 ag_is_start_register(u64 number, AG_PRIVATE u64 *v)
{
    switch (number) {
#define AG_START_CASE(name, op0, op1, crn, crm, op2, value)                    \
    case AG_SYSREG(op0, op1, crn, crm, op2):                                   \
        *v = (value);                                                          \
        return 1;
        AG_START_SYSREGS(AG_START_CASE)
#undef AG_START_CASE
    default:
        return 0;
    }
}

/* MSR DAIFSet, DAIFClr and SPSel, and every TLBI of EL1. */
AG_INLINE u32 ag_is_start_instruction(u32 word)
{
    return (word & 0xfffff0df) == 0xd50340df ||
           (word & 0xfffff0ff) == 0xd50040bf ||
           (word & 0xfffff000) == 0xd5088000;
}

#endif
