/*
 * Translated code on GPUs: a program's regions as a kernel of their own, beside
 * the interpreter's. A slice launches both over all live lanes, the regions'
 * first: a lane that is at one of their entries takes its turn there, and the
 * interpreter, which ends its turn where a region begins, has all others and
 * what regions leave. Which of the two executed an instruction no result says.
 *
 * Invariant: while there is a module its entries, and no other instructions,
 * have the probe AG_PROBE_REGION, and what it was made from is what lanes begin
 * with. Whoever changes that (ag_code_forget()) says so in `is_stale`, and
 * nothing is launched before ag_regions_ready() has looked. A lane whose own
 * memory differs has AG_STATE_OWN_CODE, and takes no turns there.
 */
#define _POSIX_C_SOURCE 200809L
#include "core/program.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/float_environment.h"
#include "base/hash.h"
#include "base/sized.h"
#include "translate/translate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BUDGET 4000 /* instructions of a program that is translated whole */

/* -- Code ----------------------------------------------------------------- */

/* The page that was read last. */
struct reader {
    struct armgpu *g;
    uint64_t page;
    size_t size;
    uint8_t bytes[AG_PAGE_BYTES];
};

static bool read_word(void *user, uint64_t pc, uint32_t *word)
{
    struct reader *r = user;
    const uint64_t at = ag_code_of(r->g, pc);
    if (at == AG_NO_CODE)
        return false;
    if (at >> AG_PAGE_SHIFT != r->page) {
        r->page = at >> AG_PAGE_SHIFT;
        if (ag_code_read_page(r->g, 0, r->page << AG_PAGE_SHIFT, r->bytes,
                              &r->size) != ARMGPU_OK)
            r->size = 0;
    }
    const size_t offset = at & (AG_PAGE_BYTES - 1);
    if (offset + 4 > r->size)
        return false;
    *word = ag_get_32(r->bytes + offset);
    return true;
}

/* Where lanes begin. */
static uint64_t first_pc(const struct armgpu *g)
{
    return g->has_start_pc ? g->start_constant[AG_STATE_PC]
                           : g->program_entry[0];
}

/* -- Marks ---------------------------------------------------------------- */

static int32_t mark(struct armgpu *g, const struct ag_region *r)
{
    int32_t error = ARMGPU_OK;
    for (uint32_t i = 0; i < r->num_blocks && error == ARMGPU_OK; i++)
        if (ag_region_is_entered(&r->blocks[i])) {
            error = ag_probe_set(g, r->blocks[i].pc, AG_PROBE_REGION);
            g->regions.entries++;
        }
    return error != ARMGPU_OK ? error : ag_code_forget(g, 0, ag_code_size(g));
}

/* -- Building ------------------------------------------------------------- */

/* The whole text, which the caller frees; NULL: out of memory. */
static char *make_text(const struct armgpu *g, const struct ag_region *r,
                       size_t *length)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, length);
    if (out == NULL)
        return NULL;
    fwrite(g->backend->region_source->text, 1,
           g->backend->region_source->length, out);
    ag_region_emit(r, 0, out);
    fputs("AG_REGION_KERNEL(0)\n", out);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

/* What the text is compiled for: besides the layout, the memory that lanes have,
   whose addresses are computed in 32 bits where that is enough. */
static void make_defines(const struct armgpu *g, char *defines, size_t size)
{
    snprintf(defines, size,
             "-DAG_LAYOUT=%" PRIu32 "%s%s -DAG_KNOWN_MEMORY=0x%" PRIx64
             " -DAG_KNOWN_BASE=0x%" PRIx64 " -DAG_KNOWN_READONLY=0x%" PRIx64
             " -DAG_KNOWN_READONLY_BYTES=0x%" PRIx64,
             g->layout, g->has_marks ? " -DAG_MARKS=1" : "",
             g->memory_size < UINT32_MAX ? " -DAG_OFFSET=u32" : "",
             g->memory_size, g->view.base, g->view.readonly,
             g->view.readonly_bytes);
}

static int32_t compile(struct armgpu *g, const struct ag_region *r)
{
    char defines[256];
    size_t length;
    char *text = make_text(g, r, &length);
    if (text == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    const struct ag_kernel_source source = {
        text, length, ag_hash(AG_HASH_START, text, length)};
    struct ag_module_kernel kernel = {.name = "ag_translated"};
    const struct ag_module_options options = {
        .source = &source, .defines = defines, .kernels = &kernel, .count = 1};
    struct ag_module_info info = {0};
    make_defines(g, defines, sizeof defines);
    struct ag_host_float caller = ag_host_float_enter();
    int32_t error =
        g->backend->build(g->device, &g->regions.module, &options, &info);
    ag_host_float_leave(caller);
    g->regions.kernel = kernel.kernel;
    g->module_info.compile_seconds += info.compile_seconds;
    free(text);
    return error;
}

static bool is_probed(const struct armgpu *g)
{
    for (size_t i = 0; i < g->probes.count; i++)
        if (g->probes.list[i].kind != AG_PROBE_REGION)
            return true;
    return false;
}

/* Why code is not translated, NULL if it is. */
static const char *why_not(const struct armgpu *g)
{
    return g->backend->region_source == NULL ? "lanes are executed by a CPU"
           : !g->is_private                  ? "lanes share memory"
           : g->num_programs != 1            ? "lanes have several programs"
           : !g->has_program                 ? "there is no program"
           : g->trace != NULL                ? "a lane is traced"
           : g->mmio.count != 0              ? "there are devices"
           : is_probed(g)                    ? "lanes stop at addresses"
                                             : NULL;
}

/* Its region, of what is reached from where lanes begin. To be closed. */
static int32_t find_region(struct armgpu *g, struct ag_region *r)
{
    struct reader reader = {.g = g, .page = UINT64_MAX};
    const struct ag_code_source source = {read_word, &reader};
    const uint64_t entry = first_pc(g);
    return ag_region_open(r, &source, &entry, 1, BUDGET)
               ? ARMGPU_OK
               : ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
}

void ag_regions_close(struct armgpu *g)
{
    struct ag_regions *r = &g->regions;
    if (r->module != NULL)
        g->backend->unload(g->device, r->module);
    r->module = NULL;
    r->kernel = NULL;
    r->longest = r->entries = r->instructions = 0;
}

/* Nothing is left of it. */
static int32_t drop(struct armgpu *g)
{
    if (g->regions.module == NULL)
        return ARMGPU_OK;
    ag_regions_close(g);
    ag_probes_clear(g, AG_PROBE_REGION);
    return ag_code_forget(g, 0, ag_code_size(g));
}

/* What a compiler has to complain of is no failure: lanes are interpreted. */
static int32_t translate(struct armgpu *g)
{
    struct ag_regions *regions = &g->regions;
    struct ag_region r;
    int32_t error = find_region(g, &r);
    if (error == ARMGPU_OK && r.num_instructions >= BUDGET)
        snprintf(regions->reason, sizeof regions->reason,
                 "it has %d instructions or more", BUDGET);
    else if (error == ARMGPU_OK && r.longest == 0)
        snprintf(regions->reason, sizeof regions->reason,
                 "it begins with nothing that is translated");
    else if (error == ARMGPU_OK && compile(g, &r) != ARMGPU_OK)
        snprintf(regions->reason, sizeof regions->reason, "%.250s",
                 g->backend->message(g->device));
    else if (error == ARMGPU_OK)
        error = mark(g, &r);
    if (regions->module != NULL) {
        regions->longest = r.longest;
        regions->instructions = r.num_instructions;
    }
    ag_region_close(&r);
    return error;
}

int32_t ag_regions_ready(struct armgpu *g)
{
    struct ag_regions *r = &g->regions;
    if (!r->is_stale || !r->is_wanted)
        return ARMGPU_OK;
    int32_t error = drop(g);
    const char *why = why_not(g);
    snprintf(r->reason, sizeof r->reason, "%s", why != NULL ? why : "");
    if (error == ARMGPU_OK && why == NULL)
        error = translate(g);
    r->is_stale = error != ARMGPU_OK;
    return error;
}

/* -- For who wants to know ------------------------------------------------ */

int32_t armgpu_get_translation(const armgpu *g, armgpu_translation *out)
{
    armgpu_translation all = {.instructions = g->regions.instructions,
                              .entries = g->regions.entries};
    if (out->size < sizeof out->size)
        return ARMGPU_ERROR_ARGUMENT;
    memcpy(all.reason, g->regions.reason, sizeof all.reason);
    ag_give_sized(out, out->size, &all, sizeof all);
    return ARMGPU_OK;
}

static void give_lines(char *text, armgpu_line_fn line, void *user)
{
    while (*text != '\0') {
        char *end = text + strcspn(text, "\n");
        const bool is_last = *end == '\0';
        *end = '\0';
        line(user, text);
        text = is_last ? end : end + 1;
    }
}

int32_t armgpu_translate(armgpu *g, armgpu_line_fn line, void *user)
{
    struct ag_region r = {0};
    size_t length = 0;
    char *text = NULL;
    if (!g->is_private || g->num_programs != 1 || !g->has_program)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "what is translated is one program of lanes with "
                       "private memory");
    FILE *out = open_memstream(&text, &length);
    int32_t error = out != NULL
                        ? find_region(g, &r)
                        : ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    if (error == ARMGPU_OK)
        ag_region_emit(&r, 0, out);
    if (out != NULL && fclose(out) != 0 && error == ARMGPU_OK)
        error = ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    if (error == ARMGPU_OK)
        give_lines(text, line, user);
    free(text);
    ag_region_close(&r);
    return error;
}
