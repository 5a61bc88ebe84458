/*
 * What armgpu_open() is asked for: defaults, checks, and how much memory lanes
 * that share it need for their stacks.
 */
#include "base/environment.h"
#include "base/sized.h"
#include "core/program.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LANES (UINT64_C(1) << 48)
#define MAX_MEMORY (UINT64_C(1) << 37) /* bytes a lane sees */
#define MIN_MEMORY 64                  /* a DC ZVA block */
#define DEFAULT_MEMORY (4 << 20)
/* Of each lane, where no size is given: at most, and at least where the memory
   is made for it. Compiled C rarely needs less than what is warned of. */
#define MAX_DEFAULT_STACK (64 * 1024)
#define MIN_DEFAULT_STACK (16 * 1024)
#define SMALL_STACK 4096
/* More takes compilers minutes. */
#define TRANSLATE_BUDGET 4000
#define TRANSLATE_WAITS 500 /* a second or some */

static armgpu_options defaults(void)
{
    armgpu_options o;
    memset(&o, 0, sizeof o);
    o.lanes = 32;
    o.memory_mode = ARMGPU_MEMORY_SHARED;
    return o;
}

void armgpu_options_init_size(armgpu_options *options, uint64_t size)
{
    armgpu_options o = defaults();
    ag_give_sized(options, size, &o, sizeof o);
}

static uint64_t memory_of(const armgpu_options *o)
{
    uint64_t lanes = o->lanes != 0 ? o->lanes : 1, memory = DEFAULT_MEMORY;
    uint64_t stack = o->stack_size != 0 ? o->stack_size : MIN_DEFAULT_STACK;
    if (o->memory_size != 0)
        return o->memory_size;
    while (o->memory_mode == ARMGPU_MEMORY_SHARED &&
           memory / 2 / lanes < stack && memory <= UINT64_MAX / 2)
        memory *= 2;
    return memory;
}

uint64_t armgpu_options_memory(const armgpu_options *options)
{
    armgpu_options o = defaults();
    ag_take_sized(&o, sizeof o, options, options->size);
    return memory_of(&o);
}

/* The largest power of two that gives all lanes half the memory. */
static uint64_t default_stack(uint64_t lanes, uint64_t memory)
{
    uint64_t stack = MAX_DEFAULT_STACK;
    while (stack >= 16 && stack > memory / 2 / lanes)
        stack /= 2;
    return stack >= 16 ? stack : 0;
}

/* -- Checks ---------------------------------------------------------------- */

static int32_t check_lanes(struct armgpu *g, const armgpu_options *o)
{
    uint64_t most = o->memory_mode == ARMGPU_MEMORY_SHARED ? AG_MAX_RESIDENT
                                                           : MAX_LANES;
    if (o->lanes == 0)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "0 lanes would run nothing: ask for 1 or more");
    if (o->lanes > most)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "%" PRIu64 " lanes are too many: at most %" PRIu64
                       " can run", o->lanes, most);
    if (o->resident > AG_MAX_RESIDENT && o->resident != ARMGPU_RESIDENT_FAST)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "%" PRIu64 " lanes are too many: at most %" PRIu32
                       " can be there at one time", o->resident,
                       AG_MAX_RESIDENT);
    if (o->spread > ARMGPU_MAX_SPREAD)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "%" PRIu32 " lanes a warp are too many: at most %d",
                       o->spread, ARMGPU_MAX_SPREAD);
    return ARMGPU_OK;
}

static int32_t check_memory(struct armgpu *g, const armgpu_options *o)
{
    if (o->private_layout > AG_LAYOUT_INTERLEAVED)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "private layout %" PRIu32 " is not 0, 1 or 2",
                       o->private_layout);
    if (o->memory_mode > ARMGPU_MEMORY_PRIVATE)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "memory mode %" PRIu32 " is neither shared (0) nor "
                       "private (1)", o->memory_mode);
    if (o->memory_size != 0 &&
        (o->memory_size < MIN_MEMORY || o->memory_size % MIN_MEMORY != 0 ||
         o->memory_size > MAX_MEMORY))
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "a memory of %" PRIu64 " bytes is not possible: it is a "
                       "multiple of 64, at most 128 GiB", o->memory_size);
    if (o->stack_size % 16 != 0)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "a stack of %" PRIu64 " bytes is not a multiple of 16",
                       o->stack_size);
    return ARMGPU_OK;
}

/* Small stacks instead would be overrun without a word. */
int32_t ag_refuse_stacks(struct armgpu *g, const char *why)
{
    char text[32];
    return ag_fail(g, ARMGPU_ERROR_MEMORY,
                   "%" PRIu64 " lanes with stacks of %" PRIu64 " bytes need "
                   "%s of shared memory, %s: use private memory "
                   "(--memory-mode private --memory 64K; "
                   "ARMGPU_MEMORY_PRIVATE) or smaller stacks (--stack; "
                   "stack_size)", g->lanes_end, g->stack_size,
                   ag_format_bytes(g->memory_size, text), why);
}

/* -- What they mean -------------------------------------------------------- */

/* Where the caller gave a size for the memory, but none for stacks. */
static void warn_of_stacks(struct armgpu *g)
{
    char stacks[64] = "leave no room for stacks";
    if (g->stack_size != 0)
        snprintf(stacks, sizeof stacks, "have stacks of %" PRIu64 " bytes each",
                 g->stack_size);
    snprintf(g->warning, sizeof g->warning,
             "%" PRIu64 " lanes %s in %" PRIu64 " bytes of shared memory%s: "
             "leave out --memory (memory_size 0: as needed), or use "
             "--memory-mode private (ARMGPU_MEMORY_PRIVATE)", g->lanes_end,
             stacks, g->memory_size,
             g->stack_size == 0 ? ", so SP starts at 0" : "");
}

static int32_t take_stacks(struct armgpu *g, const armgpu_options *o)
{
    if (g->stack_size > g->memory_size / g->lanes_end)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "%" PRIu64 " stacks of %" PRIu64 " bytes do not fit a "
                       "memory of %" PRIu64 " bytes", g->lanes_end,
                       g->stack_size, g->memory_size);
    if (g->stack_size == 0)
        g->stack_size = default_stack(g->lanes_end, g->memory_size);
    if (g->memory_size > MAX_MEMORY)
        return ag_refuse_stacks(g, "and 128 GiB is the most there can be");
    if (o->stack_size == 0 && g->stack_size < SMALL_STACK)
        warn_of_stacks(g);
    return ARMGPU_OK;
}

static void take_private(struct armgpu *g, const armgpu_options *o)
{
    g->layout = o->private_layout; /* 0: see open_device() */
    /* Copies a multiple of 4 KiB apart would share cache sets. */
    g->memory_stride = g->memory_size;
    if (g->memory_stride % AG_PAGE_BYTES == 0)
        g->memory_stride += AG_CACHE_LINE;
}

/* For measuring: see waves.c. */
static enum ag_refill refill_asked_for(void)
{
    const char *text = ag_getenv("ARMGPU_REFILL");
    if (text == NULL)
        return AG_REFILL_THERE;
    return strcmp(text, "0") == 0 ? AG_REFILL_LATE : AG_REFILL_HERE;
}

/* Whether floating point is computed in integers alone; else by the hardware
   where that is proven to give the same bits. */
static int32_t take_float(struct armgpu *g, const armgpu_options *o)
{
    const char *text = ag_getenv("ARMGPU_FLOAT");
    g->soft_float = o->float_mode == ARMGPU_FLOAT_SOFT;
    if (o->float_mode > ARMGPU_FLOAT_SOFT)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "floating-point mode %" PRIu32 " is not 0, 1 or 2",
                       o->float_mode);
    if (o->float_mode != ARMGPU_FLOAT_DEFAULT || text == NULL ||
        text[0] == '\0' || strcmp(text, "auto") == 0)
        return ARMGPU_OK;
    g->soft_float = strcmp(text, "soft") == 0;
    if (g->soft_float)
        return ARMGPU_OK;
    return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                   "ARMGPU_FLOAT is '%.64s': it must be 'auto' or 'soft'",
                   text);
}

/* Those that are read later, where nobody can be told any more. */
static int32_t check_numbers(struct armgpu *g)
{
    static const enum ag_number read_later[] = {AG_ARMGPU_CC_SECONDS,
                                                AG_ARMGPU_CODE_PAGES};
    char why[AG_MESSAGE_BYTES];
    double value;
    for (size_t i = 0; i < sizeof read_later / sizeof *read_later; i++)
        if (!ag_env_number(read_later[i], &value, why, sizeof why))
            return ag_fail(g, ARMGPU_ERROR_ARGUMENT, "%s", why);
    return ARMGPU_OK;
}

static int32_t take_engine(struct armgpu *g, const armgpu_options *o)
{
    struct ag_regions *r = &g->regions;
    r->is_auto = o->engine == ARMGPU_ENGINE_AUTO;
    r->is_wanted = o->engine != ARMGPU_ENGINE_INTERPRETER;
    r->is_stale = true;
    r->budget = o->translate_budget != 0 ? o->translate_budget
                                         : TRANSLATE_BUDGET;
    r->waits = o->translate_budget != 0 ? r->budget : TRANSLATE_WAITS;
    if (r->budget <= ARMGPU_MAX_TRANSLATE_BUDGET)
        return ARMGPU_OK;
    return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                   "a budget of %" PRIu32 " instructions to translate is too "
                   "large: at most %d are possible", r->budget,
                   ARMGPU_MAX_TRANSLATE_BUDGET);
}

int32_t ag_take_options(struct armgpu *g, const armgpu_options *from,
                        armgpu_options *o)
{
    int32_t error = ag_check_size(g, "armgpu_options", from->size);
    if (error == ARMGPU_OK)
        error = ag_check_known(g, "armgpu_options", from, from->size,
                               sizeof *o);
    if (error != ARMGPU_OK)
        return error;
    *o = defaults();
    ag_take_sized(o, sizeof *o, from, from->size);
    if (o->program != NULL) { /* which brings its own */
        o->memory_mode = ARMGPU_MEMORY_PRIVATE;
        error = ag_program_take(g, o);
        o->memory_size = g->memory_size;
    }
    if (error == ARMGPU_OK)
        error = check_lanes(g, o);
    if (error == ARMGPU_OK)
        error = check_memory(g, o);
    if (error == ARMGPU_OK)
        error = take_float(g, o);
    if (error == ARMGPU_OK)
        error = check_numbers(g);
    if (error != ARMGPU_OK)
        return error;
    g->num_lanes = g->lanes_end = o->lanes;
    error = ag_only_open(g, o->only, o->num_only);
    if (error != ARMGPU_OK)
        return error;
    g->resident = g->num_lanes;
    g->memory_size = memory_of(o);
    g->stack_size = o->stack_size;
    g->spread = o->spread;
    error = take_engine(g, o);
    if (error != ARMGPU_OK)
        return error;
    g->refill = refill_asked_for();
    g->is_private = o->memory_mode == ARMGPU_MEMORY_PRIVATE;
    error = ag_mmio_take(g, o);
    if (error != ARMGPU_OK)
        return error;
    if (!g->is_private) {
        g->layout = AG_LAYOUT_SHARED;
        return take_stacks(g, o);
    }
    take_private(g, o);
    return ARMGPU_OK;
}
