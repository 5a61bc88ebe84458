/*
 * For tests of system calls and semihosting: lanes that are processes, or have
 * that, and make the calls of a table that lies in their memory, one after the
 * other. What each gave is written behind each other as well. What they write to
 * descriptors is kept.
 */
#ifndef AG_TESTS_LINUX_GUEST_H
#define AG_TESTS_LINUX_GUEST_H

#include "targets.h"

#include "core/engine.h"
#include "linux/calls.h"

#define CALLS_AT UINT64_C(0x1000)
#define RESULTS_AT UINT64_C(0x40000)
#define DATA_AT UINT64_C(0x60000)
#define HEAP_AT UINT64_C(0x80000)
#define HEAP_END UINT64_C(0xfc000)
#define MEMORY UINT64_C(0x100000)
#define MOST_CALLS 4096
#define SVC UINT32_C(0xd4000001)
#define HLT_F000 UINT32_C(0xd45e0000)

/* Numbers of system calls: N_read and so on. */
#define CALL_NUMBER(number, name, where, shape) N_##name = (number),
enum { AG_LINUX_CALLS(CALL_NUMBER) N_unknown = 500 };

struct call {
    uint64_t x[6], number;
};

/* What lanes wrote, in the order in which it came. */
struct written {
    uint8_t *bytes;
    size_t n, room;
};
#define MOST_LANES 256
static struct {
    struct written of[MOST_LANES][2]; /* by lane and descriptor - 1 */
    char order[MOST_LANES][512];      /* '1' and '2', as calls came */
    uint64_t last_lane, stop_after, calls;
} written;

static inline void forget_written(void)
{
    for (size_t i = 0; i < MOST_LANES; i++)
        for (size_t d = 0; d < 2; d++)
            free(written.of[i][d].bytes);
    memset(&written, 0, sizeof written);
}

static inline int32_t take_output(void *user, uint64_t lane,
                                  uint32_t descriptor, const void *bytes,
                                  uint64_t n)
{
    (void)user;
    assert_true(lane < MOST_LANES && n > 0);
    assert_in_range(descriptor, 1, 2);
    struct written *w = &written.of[lane][descriptor - 1];
    if (w->n + n > w->room) {
        w->room = (w->n + n) * 2;
        w->bytes = realloc(w->bytes, w->room);
        assert_non_null(w->bytes);
    }
    memcpy(w->bytes + w->n, bytes, n);
    w->n += n;
    char *order = written.order[lane];
    size_t at = strlen(order);
    if ((at == 0 || order[at - 1] != (char)('0' + descriptor)) &&
        at + 1 < sizeof written.order[lane])
        order[at] = (char)('0' + descriptor);
    written.last_lane = lane;
    return ++written.calls == written.stop_after;
}

static inline struct ag_process_setup process_setup(void)
{
    return (struct ag_process_setup){.heap = HEAP_AT,
                                     .heap_end = HEAP_END,
                                     .seed = 1,
                                     .output = take_output};
}

/* The program: calls as X20 lists them, X21 of them, results to X19. */
static inline void load_caller_by(armgpu *g, uint32_t instruction)
{
    uint32_t code[] = {
        0xa8c10680, /* next: ldp x0, x1, [x20], #16 */
        0xa8c10e82, /* ldp x2, x3, [x20], #16 */
        0xa8c11684, /* ldp x4, x5, [x20], #16 */
        0xf8408688, /* ldr x8, [x20], #8 */
        0xd4000001, /* svc #0 */
        0xf8008660, /* str x0, [x19], #8 */
        0xf10006b5, /* subs x21, x21, #1 */
        0x54ffff21, /* b.ne next */
        HLT,
    };
    check_text(code[0], "ldp x0, x1, [x20], #16");
    check_text(code[3], "ldr x8, [x20], #8");
    check_text(code[4], "svc #0");
    check_text(code[5], "str x0, [x19], #8");
    check_text(code[6], "subs x21, x21, #0x1");
    code[4] = instruction;
    load_words(g, 0, code, LENGTH(code));
}
static inline void load_caller(armgpu *g)
{
    load_caller_by(g, SVC);
}

static inline void load_calls(armgpu *g, const struct call *calls, size_t n)
{
    assert_true(n <= MOST_CALLS);
    assert_ok(g, armgpu_load_data(g, calls, n * sizeof *calls, CALLS_AT));
    assert_ok(g, armgpu_set_register_all(g, 19, 0, RESULTS_AT));
    assert_ok(g, armgpu_set_register_all(g, 20, 0, CALLS_AT));
    assert_ok(g, armgpu_set_register_all(g, 21, 0, n));
}

static inline armgpu *open_process(const struct target *t, uint64_t lanes,
                                   uint64_t resident,
                                   const struct ag_process_setup *setup)
{
    armgpu *g = open_target(t, lanes, resident, MEMORY);
    forget_written();
    assert_ok(g, ag_process_start(g, setup));
    load_caller_by(g, setup->is_semihosting ? HLT_F000 : SVC);
    return g;
}

/* The lanes, which ended, make other calls. */
static inline void make_calls(armgpu *g, const struct call *calls, size_t n,
                              uint64_t max_cycles)
{
    uint64_t lanes = armgpu_get_num_lanes(g);
    uint64_t *regs = calloc((size_t)lanes, 32 * sizeof *regs);
    assert_non_null(regs);
    assert_true(n <= MOST_CALLS);
    for (uint64_t lane = 0; lane < lanes; lane++) {
        regs[lane * 32 + 19] = RESULTS_AT;
        regs[lane * 32 + 20] = CALLS_AT;
        regs[lane * 32 + 21] = n;
        assert_ok(g, armgpu_write_memory(g, lane, CALLS_AT, calls,
                                         n * sizeof *calls));
    }
    assert_ok(g, armgpu_set_registers(g, 0, lanes, regs));
    assert_ok(g, armgpu_set_pc_all(g, 0));
    assert_ok(g, armgpu_execute(g, max_cycles, NULL));
    free(regs);
}

static inline uint64_t given(armgpu *g, uint64_t lane, size_t call)
{
    return memory_word(g, lane, RESULTS_AT + 8 * call);
}

static inline void check_given(armgpu *g, uint64_t lane, size_t call,
                               int64_t want)
{
    uint64_t got = given(g, lane, call);
    if (got != (uint64_t)want)
        fail_msg("lane %llu, call %zu gave %lld, not %lld",
                 (unsigned long long)lane, call, (long long)got,
                 (long long)want);
}

#endif
