/*
 * Lanes become processes of Linux, or programs of bare metal get semihosting:
 * what their calls (kernels/linux/) have of the host, input and room for output.
 */
#include "base/sized.h"
#include "core/engine.h"
#include "linux/records.h"

#include <stdlib.h>
#include <string.h>

#define OUTPUT_BYTES UINT64_C(4096)
#define LEAST_OUTPUT UINT64_C(128)
#define MOST_OUTPUT (UINT64_C(1) << 30)
#define FETCH_BYTES (UINT64_C(16) << 20) /* at one time */

/* -- Starting --------------------------------------------------------------- */

/* Words before the bytes of inputs, which begin at a whole one, so that what is
   copied is aligned as often as possible. */
static uint64_t words_before_inputs(uint64_t n)
{
    return AG_INPUT_PLACES + n + 1;
}

/* False if it is more than there can be. */
static bool sum_bytes(const armgpu_input *of, uint64_t n, uint64_t *bytes)
{
    const uint64_t limit = SIZE_MAX / 8;
    *bytes = 0;
    for (uint64_t i = 0; i < n; i++) {
        if (of[i].size >= limit - *bytes)
            return false;
        *bytes += of[i].size;
    }
    return n < limit / 8;
}

static uint64_t in_words(uint64_t bytes)
{
    return (bytes + 7) / 8;
}

/* What is listed at a word; the bytes lie from byte `at` on. Returns where they
   end. */
static uint64_t fill_list(uint64_t *words, uint64_t list, uint64_t at,
                          const armgpu_input *of, uint64_t n)
{
    words[list] = n;
    for (uint64_t i = 0; i < n; i++) {
        words[list + 1 + i] = at;
        if (of[i].size > 0)
            memcpy((uint8_t *)words + at, of[i].bytes, (size_t)of[i].size);
        at += of[i].size;
    }
    words[list + 1 + n] = at;
    return at;
}

static void fill_input(uint64_t *words, const struct ag_process_setup *s,
                       uint64_t output_bytes)
{
    words[AG_INPUT_HEAP] = s->heap;
    words[AG_INPUT_HEAP_END] = s->heap_end;
    words[AG_INPUT_OUTPUT_BYTES] = output_bytes;
    words[AG_INPUT_SEED] = s->seed;
    words[AG_INPUT_STRICT] = s->is_strict;
    words[AG_INPUT_FILES] = s->files;
    words[AG_INPUT_STACK] = s->stack;
    words[AG_INPUT_STACK_TOP] = s->stack_top;
    uint64_t end = fill_list(words, AG_INPUT_COUNT,
                             words_before_inputs(s->num_inputs) * 8, s->inputs,
                             s->num_inputs);
    const uint64_t lines = in_words(end);
    words[AG_INPUT_LINES] = lines;
    fill_list(words, lines, (lines + 2 + s->num_lines) * 8, s->lines,
              s->num_lines);
}

static int32_t open_input(struct armgpu *g, const struct ag_process_setup *s)
{
    uint64_t bytes = 0, more = 0, *words = NULL;
    if (sum_bytes(s->inputs, s->num_inputs, &bytes) &&
        sum_bytes(s->lines, s->num_lines, &more)) {
        bytes = (words_before_inputs(s->num_inputs) + in_words(bytes) + 2 +
                 s->num_lines + in_words(more)) *
                8;
        words = calloc(1, (size_t)bytes);
    }
    if (words == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    fill_input(words, s, g->calls.output_bytes);
    g->input = g->backend->alloc(g->device, bytes);
    int32_t error = ARMGPU_OK;
    if (g->input == NULL)
        error = ag_fail(g, ARMGPU_ERROR_MEMORY, "%s",
                        g->backend->message(g->device));
    else if (g->backend->upload(g->device, g->input, 0, words, bytes))
        error = ag_device_failed(g);
    free(words);
    return error;
}

static int32_t open_output(struct armgpu *g)
{
    struct ag_calls *s = &g->calls;
    g->output = g->backend->alloc(g->device, g->resident * s->output_bytes);
    if (g->output == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "%s",
                       g->backend->message(g->device));
    s->outputs = g->backend->map(g->device, g->output);
    s->seen = calloc((size_t)g->resident, sizeof *s->seen);
    if (s->outputs == NULL) {
        s->fetches = FETCH_BYTES / s->output_bytes;
        if (s->fetches < 1)
            s->fetches = 1;
        if (s->fetches > g->resident)
            s->fetches = g->resident;
        s->fetched = malloc((size_t)(s->fetches * s->output_bytes));
    }
    return s->seen != NULL && (s->outputs != NULL || s->fetched != NULL)
               ? ARMGPU_OK
               : ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
}

static int32_t check(struct armgpu *g, const struct ag_process_setup *s)
{
    if (!g->is_private)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "lanes that are processes have private memory");
    if (!s->is_semihosting &&
        (s->heap % AG_PAGE_BYTES != 0 || s->heap_end % AG_PAGE_BYTES != 0 ||
         s->heap > s->heap_end))
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "a heap begins and ends at a multiple of 4096");
    if (s->output_bytes != 0 && (s->output_bytes < LEAST_OUTPUT ||
                                 s->output_bytes > MOST_OUTPUT))
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "a lane's buffer for output has 128 bytes to 1 GiB");
    return ARMGPU_OK;
}

uint64_t ag_process_output_bytes(uint64_t asked)
{
    return asked == 0 ? OUTPUT_BYTES : (asked + 63) / 64 * 64;
}

int32_t ag_process_start(struct armgpu *g, const struct ag_process_setup *setup)
{
    struct ag_calls *s = &g->calls;
    int32_t error = check(g, setup);
    if (error != ARMGPU_OK)
        return error;
    s->output_bytes = ag_process_output_bytes(setup->output_bytes);
    s->output = setup->output;
    s->user = setup->user;
    error = open_input(g, setup);
    if (error == ARMGPU_OK)
        error = open_output(g);
    if (error == ARMGPU_OK)
        error = ag_plane_need(g, AG_PLANE_LINUX);
    s->is_on = error == ARMGPU_OK;
    if (s->is_on)
        g->machine |= setup->is_semihosting ? AG_MACHINE_SEMIHOSTING
                                            : AG_MACHINE_LINUX;
    return error;
}

int32_t armgpu_get_calls(const armgpu *g, armgpu_calls *out)
{
    armgpu_calls all = {.host = g->calls.host,
                        .drained_bytes = g->calls.drained};
    if (out->size < sizeof out->size)
        return ARMGPU_ERROR_ARGUMENT;
    memcpy(all.unknown, g->calls.unknown, sizeof all.unknown);
    ag_give_sized(out, out->size, &all, sizeof all);
    return ARMGPU_OK;
}
