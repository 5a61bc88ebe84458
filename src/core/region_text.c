/* A region as text: by itself, for people to read, or all that a compiler is
   given, for one or for people; and with which options. */
#define _POSIX_C_SOURCE 200809L
#include "core/regions.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

char *ag_region_text(const struct ag_kernel_source *source,
                     const struct ag_region *r, ag_emit_fn *emit,
                     size_t *length)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, length);
    if (out == NULL)
        return NULL;
    if (source != NULL)
        fwrite(source->text, 1, source->length, out);
    emit(r, 0, out);
    if (source != NULL)
        fputs("AG_REGION_KERNEL(0)\n", out);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

/* What the text is compiled for: besides the layout, the memory that lanes
   have, whose addresses are computed in 32 bits where that is enough. Who says
   where lanes begin has all translated that can be, however little it is. */
void ag_region_defines(const struct armgpu *g, const struct ag_region *r,
                       char defines[AG_DEFINES_BYTES])
{
    const bool is_on_v = r->v.named != 0;
    snprintf(defines, AG_DEFINES_BYTES,
             "-DAG_LAYOUT=%" PRIu32 "%s%s%s%s%s%s -DAG_KNOWN_MEMORY=0x%" PRIx64
             " -DAG_KNOWN_BASE=0x%" PRIx64 " -DAG_KNOWN_READONLY=0x%" PRIx64
             " -DAG_KNOWN_READONLY_BYTES=0x%" PRIx64,
             g->layout, g->has_marks ? " -DAG_MARKS=1" : "",
             g->regions.num_begins != 0 ? " -DAG_ALL_TRANSLATED=1" : "",
             is_on_v ? " -DAG_HAS_V=1" : "",
             is_on_v && g->soft_float ? " -DAG_FLOAT_SOFT=1" : "",
             g->memory_size < UINT32_MAX ? " -DAG_OFFSET=u32" : "",
             g->resident <= g->info.warps ? " -DAG_REPEATS_LOOPS=2" : "",
             g->memory_size, g->view.base, g->view.readonly,
             g->view.readonly_bytes);
}

/* -- For people ------------------------------------------------------------ */

static void give_options(const struct armgpu *g, const struct ag_region *r,
                         armgpu_line_fn line, void *user)
{
    char defines[AG_DEFINES_BYTES], comment[AG_DEFINES_BYTES + 32];
    ag_region_defines(g, r, defines);
    snprintf(comment, sizeof comment, "/* options: %s */", defines);
    line(user, comment);
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

/* Behind this; NULL: the region alone. */
static int32_t give_text(struct armgpu *g,
                         const struct ag_kernel_source *source,
                         armgpu_line_fn line, void *user)
{
    struct ag_region r = {0};
    size_t length = 0;
    char *text = NULL;
    if (!g->is_private || g->num_programs != 1 || !g->has_program)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "what is translated is one program of lanes with "
                       "private memory");
    int32_t error = ag_program_region(g, &r, true);
    if (error == ARMGPU_OK) {
        text = ag_region_text(source, &r, ag_region_emit, &length);
        if (text == NULL)
            error = ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    }
    if (error == ARMGPU_OK && source != NULL)
        give_options(g, &r, line, user);
    if (error == ARMGPU_OK)
        give_lines(text, line, user);
    free(text);
    ag_region_close(&r);
    return error;
}

int32_t armgpu_translate(armgpu *g, armgpu_line_fn line, void *user)
{
    return give_text(g, NULL, line, user);
}

int32_t armgpu_translate_for(armgpu *g, uint32_t language, armgpu_line_fn line,
                             void *user)
{
    static const struct ag_kernel_source *const sources[] = {
        [ARMGPU_LANGUAGE_C] = &ag_region_source_c,
        [ARMGPU_LANGUAGE_CUDA] = &ag_region_source_cu,
        [ARMGPU_LANGUAGE_METAL] = &ag_region_source_metal,
        [ARMGPU_LANGUAGE_OPENCL] = &ag_region_source_cl,
    };
    if (language >= sizeof sources / sizeof *sources)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "language %" PRIu32 " is none of enum armgpu_language",
                       language);
    return give_text(g, sources[language], line, user);
}
