/*
 * The library against VIXL's simulator, which was written independently of
 * QEMU: the same cases as for Unicorn where VIXL can judge them. VIXL executes
 * on the host's memory, so guest memory is mapped at the addresses that the
 * guest uses, from 64 KiB on, and no access may leave it.
 *
 * The one test in C++, because VIXL is. tests/diff/session.h says what is
 * compared and which variables of the environment choose.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <vixl/aarch64/decoder-aarch64.h>
#include <vixl/aarch64/simulator-aarch64.h>

extern "C" {
#include <cmocka.h> /* last: it defines fail() as a macro */
}

#include "diff/session.h"

namespace
{

const uint64_t kBegin = 0x10000;
const uint64_t kEnd = 0x20000;
const uint64_t kCode = 0x18000;
const uint64_t kDefaultCount = 4000000;

/* V[d] is a source: it is written before that is read. */
bool FirstIsWritten(uint32_t word)
{
    return DIFF_RD(word) == DIFF_RN(word);
}

bool SourceIsWritten(uint32_t word)
{
    return FirstIsWritten(word) || DIFF_RD(word) == DIFF_RM(word);
}

/* Of a half there are 16 registers that may have the element. */
bool ElementIsWritten(uint32_t word)
{
    return diff_bits(word, 0, 4) == diff_bits(word, 16, 4);
}

bool IsHalfOrOfHalvesOrWritten(uint32_t word)
{
    return diff_is_half(word) || diff_bits(word, 22, 2) == 1 ||
           SourceIsWritten(word);
}

const diff_exclusion exclusions[] = {
    {"MOVK_32", "", "VIXL keeps the upper half", NULL},
    {"LDSM", "B_32_memop", "VIXL sign-extends the result", NULL},
    {"LDSM", "H_32_memop", "VIXL sign-extends the result", NULL},
    {"LDTR", "", "VIXL has no unprivileged accesses", NULL},
    {"STTR", "", "VIXL has no unprivileged accesses", NULL},
    {"STXR", "", "VIXL fails some at random", NULL},
    {"STLXR", "", "VIXL fails some at random", NULL},
    {"STXP", "", "VIXL fails some at random", NULL},
    {"STLXP", "", "VIXL fails some at random", NULL},
    {"PRF", "", "VIXL checks SP of a prefetch", NULL},
    {"", "_hints", "VIXL knows few, and has FEAT_PAuth", NULL},
    {"DC_", "", "VIXL accesses the address or does not know it", NULL},
    {"IC_", "", "VIXL accesses the address or does not know it", NULL},
    {"", "crypto", "VIXL does not know them", NULL},
    DIFF_I8MM_EXCLUSIONS,
    {"BFD", "", "VIXL has no FEAT_BF16", NULL},
    {"BFML", "", "VIXL has no FEAT_BF16", NULL},
    {"BFMM", "", "VIXL has no FEAT_BF16", NULL},
    {"BFCVT", "", "VIXL has no FEAT_BF16", NULL},
    {"PMULL", "_L_1Q", "VIXL has another product", NULL},
    {"PMULL", "_L_B", "VIXL writes the result first", SourceIsWritten},
    {"SCVTF", "_asisd", "VIXL keeps what is above the result", NULL},
    {"UCVTF", "_asisd", "VIXL keeps what is above the result", NULL},
    {"SCVTF", "_asimd", "VIXL keeps what is above the result", diff_is_half},
    {"UCVTF", "_asimd", "VIXL keeps what is above the result", diff_is_half},
    {"FCVTN_", "", "VIXL keeps what is above the result", diff_is_half},
    {"FCMLA", "_elt", "VIXL keeps what is above the result, takes another "
                      "element of halves, and writes the result first",
     IsHalfOrOfHalvesOrWritten},
    {"FMLAL", "", "VIXL prefers the addend's quiet NaN to a signalling one",
     NULL},
    {"FMLSL", "", "VIXL prefers the addend's quiet NaN to a signalling one",
     NULL},
    {"FMUL", "elem", "VIXL clears the result first", ElementIsWritten},
    {"FMLA", "elem", "VIXL clears the result first", ElementIsWritten},
    {"FMLS", "elem", "VIXL clears the result first", ElementIsWritten},
    {"FCVTXN", "", "VIXL clears the result first", FirstIsWritten},
    {"FRSQRTS", "", "VIXL rounds before it halves", NULL},
    {NULL, NULL, NULL, NULL},
};

struct Vixl {
    vixl::aarch64::Decoder decoder;
    vixl::aarch64::Simulator simulator;
    Vixl() : simulator(&decoder)
    {
        simulator.SilenceExclusiveAccessWarning();
    }
};

void WriteState(vixl::aarch64::Simulator *sim, const armgpu_state &s)
{
    using vixl::aarch64::Instruction;
    using vixl::aarch64::Simulator;
    for (unsigned i = 0; i < 31; i++)
        sim->WriteXRegister(i, static_cast<int64_t>(s.x[i]),
                            Simulator::NoRegLog);
    sim->WriteXRegister(31, static_cast<int64_t>(s.sp), Simulator::NoRegLog,
                        vixl::aarch64::Reg31IsStackPointer);
    for (unsigned i = 0; i < 32; i++) {
        vixl::aarch64::Simulator::qreg_t q;
        memcpy(&q, s.v[i], sizeof q);
        sim->WriteQRegister(i, q, Simulator::NoRegLog);
    }
    sim->ReadNzcv().SetRawValue(static_cast<uint32_t>(s.nzcv));
    sim->WritePc(reinterpret_cast<const Instruction *>(s.pc),
                 Simulator::NoBranchLog);
}

void ReadState(vixl::aarch64::Simulator *sim, armgpu_state *s)
{
    for (unsigned i = 0; i < 31; i++)
        s->x[i] = static_cast<uint64_t>(sim->ReadXRegister(i));
    s->sp = static_cast<uint64_t>(
        sim->ReadXRegister(31, vixl::aarch64::Reg31IsStackPointer));
    for (unsigned i = 0; i < 32; i++) {
        vixl::aarch64::Simulator::qreg_t q = sim->ReadQRegister(i);
        memcpy(s->v[i], &q, sizeof q);
    }
    s->nzcv = sim->ReadNzcv().GetRawValue() & 0xf0000000;
    /* It drops a top byte as if it were a tag. */
    s->pc = reinterpret_cast<uint64_t>(sim->ReadPc());
    if (s->pc >> 55 & 1)
        s->pc |= UINT64_C(0xff) << 56;
}

void Run(void *context, const diff_bounds *bounds, armgpu_state *s,
         diff_outcome *out)
{
    vixl::aarch64::Simulator *sim = &static_cast<Vixl *>(context)->simulator;
    uint64_t executed = 0, vectors = 0;
    WriteState(sim, *s);
    while (reinterpret_cast<uint64_t>(sim->ReadPc()) != bounds->until &&
           (bounds->limit == 0 || executed < bounds->limit)) {
        vectors += diff_is_vector(
            *reinterpret_cast<const uint32_t *>(sim->ReadPc()));
        sim->ExecuteInstruction();
        executed++;
    }
    ReadState(sim, s);
    out->end = DIFF_DONE;
    out->executed = executed;
    out->vectors = vectors;
    out->path = 0;
}

/* VIXL decodes every time. */
void CodeChanged(void *)
{
}

diff_session session;

void TestEveryRow(void **)
{
    diff_run_singles(&session);
    assert_int_equal(session.differences, 0);
    assert_int_equal(diff_rows_missed(&session), 0);
}

void TestSequences(void **)
{
    uint64_t before = session.differences;
    diff_run_sequences(&session);
    assert_int_equal(session.differences, before);
    if (getenv("CASE") != NULL)
        return;
    assert_true(session.executed >= session.count);
    assert_true(session.vectors >= session.count / 4);
}

uint8_t *MapWindow()
{
    void *at = mmap(reinterpret_cast<void *>(kBegin), kEnd - kBegin,
                    PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (at != reinterpret_cast<void *>(kBegin)) {
        perror("mapping guest memory at 64 KiB");
        exit(1);
    }
    return static_cast<uint8_t *>(at);
}

} // namespace

int main()
{
    const CMUnitTest tests[] = {
        cmocka_unit_test(TestEveryRow),
        cmocka_unit_test(TestSequences),
    };
    Vixl vixl;
    diff_oracle oracle;
    memset(&oracle, 0, sizeof oracle);
    oracle.name = "VIXL";
    oracle.scope.window.begin = kBegin;
    oracle.scope.window.end = kEnd;
    oracle.scope.window.code = kCode;
    oracle.scope.lanes = DIFF_LANES;
    oracle.scope.aligned_sp = true;
    oracle.scope.no_fpsr = true;
    oracle.scope.num_registers = 1;
    oracle.scope.exclusions = exclusions;
    oracle.memory = MapWindow();
    oracle.context = &vixl;
    oracle.code_changed = CodeChanged;
    oracle.run = Run;
    diff_session_open(&session, &oracle, kDefaultCount);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    diff_print_summary(&session);
    diff_session_close(&session);
    return failed;
}
