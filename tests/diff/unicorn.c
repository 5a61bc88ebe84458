/*
 * The oracle of unicorn.h. At full speed Unicorn knows the PC of a fault only to
 * a block, so there is a second engine that stops before each instruction.
 */
#include "unicorn.h"

#include <stdlib.h>
#include <string.h>

#include <unicorn/unicorn.h>

enum { MAX_CASES = 5000 };

static bool is_vector_at(const struct diff_unicorn *u, uint64_t address)
{
    uint32_t word;
    memcpy(&word,
           u->oracle->memory + (address - u->oracle->scope.window.begin), 4);
    return diff_is_vector(word);
}

/* The path is any number that other ways through the code hardly have. */
static void on_block(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    struct diff_unicorn *u = user;
    uint64_t at;
    (void)uc;
    u->executed += size / 4;
    for (at = address; at < address + size; at += 4)
        u->vectors += is_vector_at(u, at);
    u->path = (u->path ^ address) * UINT64_C(0x9e3779b97f4a7c15);
}

static void on_code(uc_engine *uc, uint64_t address, uint32_t size, void *user)
{
    struct diff_unicorn *u = user;
    const struct diff_bounds *b = u->bounds;
    (void)size;
    if ((b->limit != 0 && u->executed == b->limit) || address == b->before) {
        uc_emu_stop(uc);
    } else {
        u->executed++;
        u->is_vector = is_vector_at(u, address);
        u->vectors += u->is_vector;
    }
}

/* Unicorn's hooks come through a pointer to void, which C leaves to the
   platform. */
static void *hook_pointer(void (*f)(uc_engine *, uint64_t, uint32_t, void *))
{
    void *p;
    memcpy(&p, &f, sizeof p);
    return p;
}

/* Data is not executable: Unicorn translates where a branch goes before it can
   be stopped, and aborts on some words that are not instructions. */
static bool map_memory(uc_engine *uc, const struct diff_oracle *oracle)
{
    const struct diff_window *w = &oracle->scope.window;
    const uint64_t after = w->code + DIFF_CODE_BYTES;
    const uint32_t data = UC_PROT_READ | UC_PROT_WRITE;
    uint8_t *bytes = oracle->memory - w->begin;
    return uc_mem_map_ptr(uc, w->begin, w->code - w->begin, data,
                          bytes + w->begin) == UC_ERR_OK &&
           uc_mem_map_ptr(uc, w->code, DIFF_CODE_BYTES, UC_PROT_ALL,
                          bytes + w->code) == UC_ERR_OK &&
           uc_mem_map_ptr(uc, after, diff_memory_end(w) - after, data,
                          bytes + after) == UC_ERR_OK;
}

static uc_engine *open_engine(struct diff_unicorn *u, int hook_type,
                              void (*hook)(uc_engine *, uint64_t, uint32_t,
                                           void *))
{
    uc_engine *uc;
    uc_hook handle;
    uint64_t fpen = UINT64_C(3) << 20;
    if (uc_open(UC_ARCH_ARM64, UC_MODE_ARM, &uc) != UC_ERR_OK ||
        uc_ctl_set_cpu_model(uc, UC_CPU_ARM64_MAX) != UC_ERR_OK ||
        !map_memory(uc, u->oracle) ||
        uc_reg_write(uc, UC_ARM64_REG_CPACR_EL1, &fpen) != UC_ERR_OK ||
        uc_hook_add(uc, &handle, hook_type, hook_pointer(hook), u, 1, 0) !=
            UC_ERR_OK)
        abort();
    return uc;
}

static void open_engines(struct diff_unicorn *u)
{
    u->whole = open_engine(u, UC_HOOK_BLOCK, on_block);
    u->stepped = open_engine(u, UC_HOOK_CODE, on_code);
    u->cases = 0;
}

static void close_engines(struct diff_unicorn *u)
{
    uc_close(u->whole);
    uc_close(u->stepped);
}

enum { FIRST_V = 31 + 6, NUM_REGISTERS = FIRST_V + 32 };

/* Register numbers, and pointers to where a state keeps them. */
static void list_registers(armgpu_state *s, int ids[NUM_REGISTERS],
                           void *values[NUM_REGISTERS])
{
    static const int others[] = {UC_ARM64_REG_SP,   UC_ARM64_REG_PC,
                                 UC_ARM64_REG_NZCV, UC_ARM64_REG_TPIDR_EL0,
                                 UC_ARM64_REG_FPCR, UC_ARM64_REG_FPSR};
    uint64_t *places[] = {&s->sp,    &s->pc,   &s->nzcv,
                          &s->tpidr, &s->fpcr, &s->fpsr};
    int i;
    for (i = 0; i < 31; i++) {
        ids[i] = i < 29 ? UC_ARM64_REG_X0 + i : UC_ARM64_REG_X29 + i - 29;
        values[i] = &s->x[i];
    }
    for (; i < FIRST_V; i++) {
        ids[i] = others[i - 31];
        values[i] = places[i - 31];
    }
    for (; i < NUM_REGISTERS; i++) {
        ids[i] = UC_ARM64_REG_V0 + i - FIRST_V;
        values[i] = s->v[i - FIRST_V];
    }
}

static enum diff_end end_of(uc_err error)
{
    switch (error) {
    case UC_ERR_OK:
        return DIFF_DONE;
    case UC_ERR_READ_UNMAPPED:
        return DIFF_READ_FAULT;
    case UC_ERR_WRITE_UNMAPPED:
        return DIFF_WRITE_FAULT;
    case UC_ERR_FETCH_UNMAPPED:
    case UC_ERR_FETCH_PROT:
        return DIFF_FETCH_FAULT;
    default:
        return DIFF_EXCEPTION;
    }
}

static void run_engine(struct diff_unicorn *u, uc_engine *uc,
                       const struct diff_bounds *bounds, armgpu_state *s,
                       struct diff_outcome *out)
{
    int ids[NUM_REGISTERS];
    void *values[NUM_REGISTERS];
    uint64_t pc = s->pc;
    list_registers(s, ids, values);
    u->bounds = bounds;
    u->executed = u->vectors = u->path = 0;
    uc_reg_write_batch(uc, ids, values, NUM_REGISTERS);
    out->end = end_of(uc_emu_start(uc, pc, bounds->until, 0, 0));
    uc_reg_read_batch(uc, ids, values, NUM_REGISTERS);
    out->executed = u->executed;
    out->vectors = u->vectors;
    out->path = u->path;
}

static void run_stepped(struct diff_unicorn *u,
                        const struct diff_bounds *bounds, armgpu_state *s,
                        struct diff_outcome *out)
{
    run_engine(u, u->stepped, bounds, s, out);
    if (out->end == DIFF_FETCH_FAULT && bounds->limit != 0 &&
        out->executed == bounds->limit)
        out->end = DIFF_DONE; /* a branch out of the code, not yet fetched */
    if (out->end != DIFF_DONE && out->end != DIFF_FETCH_FAULT) {
        out->executed--; /* counted before it was to execute */
        out->vectors -= u->is_vector;
    }
}

/* At full speed Unicorn knows the PC of a fault only to a block, so a sequence
   that faults is run again in steps. */
static void unicorn_run(void *context, const struct diff_bounds *bounds,
                        armgpu_state *s, struct diff_outcome *out)
{
    struct diff_unicorn *u = context;
    const struct diff_window *w = &u->oracle->scope.window;
    armgpu_state start = *s;
    uint64_t path;
    if (bounds->limit != 0 || bounds->before != 0) {
        run_stepped(u, bounds, s, out);
        return;
    }
    run_engine(u, u->whole, bounds, s, out);
    if (out->end == DIFF_DONE)
        return;
    path = out->path;
    memcpy(u->oracle->memory, u->oracle->image, diff_memory_bytes(w));
    *s = start;
    run_stepped(u, bounds, s, out);
    out->path = path;
}

/* Unicorn 2.0.1 may crash when its translations have filled their buffer of
   1 GiB (after some 40,000 sequences), so engines are renewed long before. */
static void unicorn_code_changed(void *context)
{
    struct diff_unicorn *u = context;
    const uint64_t code = u->oracle->scope.window.code;
    if (++u->cases == MAX_CASES) {
        close_engines(u);
        open_engines(u);
    }
    uc_ctl_remove_cache(u->whole, code, code + DIFF_CODE_BYTES);
    uc_ctl_remove_cache(u->stepped, code, code + DIFF_CODE_BYTES);
}

void diff_unicorn_open(struct diff_unicorn *u, struct diff_oracle *oracle)
{
    memset(u, 0, sizeof *u);
    u->oracle = oracle;
    oracle->memory =
        aligned_alloc(4096, (size_t)diff_memory_bytes(&oracle->scope.window));
    if (oracle->memory == NULL)
        abort();
    oracle->context = u;
    oracle->code_changed = unicorn_code_changed;
    oracle->run = unicorn_run;
    open_engines(u);
}

void diff_unicorn_close(struct diff_unicorn *u)
{
    close_engines(u);
    free(u->oracle->memory);
}
