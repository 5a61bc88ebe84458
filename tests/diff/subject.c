/*
 * Handles, code and memory of subject.h, through the public interface only.
 * armgpu_load_data() and armgpu_load_program() keep a private lane's code in
 * the table that lanes share; armgpu_write_memory() makes it the lane's own.
 */
#include "subject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(armgpu *g, int32_t error)
{
    if (error != ARMGPU_OK) {
        fprintf(stderr, "armgpu: %s\n", armgpu_error_message(g));
        abort();
    }
}

void diff_lane_region(const struct diff_window *w, uint64_t lane,
                      uint64_t *offset, uint64_t *bytes)
{
    const uint64_t shift = diff_lane_shift(w, lane);
    *offset = lane == 0 ? 0 : shift;
    *bytes = shift - *offset + (w->end - w->begin);
}

/* Writes [offset, offset + n) of the image in the subject's way. */
static void write_image(struct diff_subject *s, uint64_t offset, size_t n)
{
    uint64_t at = s->window.begin + offset, lane;
    const uint8_t *bytes = s->image + offset;
    if (s->kind.way != DIFF_OWN) {
        must(s->g, armgpu_load_data(s->g, bytes, n, at));
        return;
    }
    for (lane = 0; lane < s->kind.lanes; lane++)
        must(s->g, armgpu_write_memory(s->g, lane, at, bytes, n));
}

void diff_subject_open(struct diff_subject *s,
                       const struct diff_kind_of_subject *kind,
                       const struct diff_window *window, const uint8_t *image)
{
    const uint64_t bytes = diff_memory_bytes(window);
    armgpu_options o;
    size_t rows;
    memset(s, 0, sizeof *s);
    s->kind = *kind;
    s->window = *window;
    s->image = image;
    s->changed = calloc(bytes / DIFF_PAGE, sizeof *s->changed);
    diff_rows(&rows);
    s->retired = calloc(rows, sizeof *s->retired);
    if (s->changed == NULL || s->retired == NULL)
        abort();
    armgpu_options_init(&o);
    o.lanes = kind->lanes;
    o.memory_size = diff_memory_end(window);
    o.memory_mode =
        kind->way == DIFF_SHARED ? ARMGPU_MEMORY_SHARED : ARMGPU_MEMORY_PRIVATE;
    o.private_layout = kind->layout;
    o.backend = "cpu";
    o.device = kind->device;
    o.threads = 1;
    must(s->g, armgpu_open(&s->g, &o));
    write_image(s, 0, bytes);
}

void diff_subject_close(struct diff_subject *s)
{
    armgpu_close(s->g);
    free(s->changed);
    free(s->retired);
}

/* IC IALLU, IALLUIS, IVAU: CRn 7, CRm 1 or 5. */
static bool has_invalidation(const struct diff_case *c)
{
    unsigned i;
    for (i = 0; i < c->length; i++)
        if ((c->code[i] & 0xfff8fb00) == 0xd5087100)
            return true;
    return false;
}

/* A lane that invalidated code decodes for itself from then on. */
void diff_subject_place(struct diff_subject *s, const struct diff_case *c)
{
    uint64_t lane;
    if (s->invalidated)
        must(s->g, armgpu_reset(s->g));
    s->invalidated = s->kind.way == DIFF_PRIVATE && has_invalidation(c);
    write_image(s, s->window.code - s->window.begin, sizeof c->code);
    for (lane = 3; s->kind.way == DIFF_MIXED && lane < s->kind.lanes; lane += 7)
        must(s->g, armgpu_write_memory(s->g, lane, s->window.code, c->code,
                                       sizeof c->code));
}

void diff_subject_run(struct diff_subject *s, const struct diff_case *c,
                      uint64_t limit)
{
    const uint64_t n = s->kind.lanes;
    uint64_t i;
    for (i = 0; i < n; i++)
        s->runs.state[i].size = sizeof s->runs.state[i];
    must(s->g, armgpu_set_state(s->g, 0, n, c->start));
    if (c->pause != 0 && c->pause < limit) {
        must(s->g, armgpu_execute(s->g, c->pause, NULL));
        limit -= c->pause;
    }
    must(s->g, armgpu_execute(s->g, limit, NULL));
    must(s->g, armgpu_get_state(s->g, 0, n, s->runs.state));
    must(s->g, armgpu_get_results(s->g, 0, n, s->runs.result));
}

void diff_subject_read(struct diff_subject *s, uint64_t lane, uint8_t *bytes)
{
    uint64_t offset, n, i;
    diff_lane_region(&s->window, lane, &offset, &n);
    must(s->g, armgpu_read_memory(s->g, lane, s->window.begin + offset, bytes,
                                  n));
    for (i = 0; i < n; i += DIFF_PAGE)
        if (memcmp(bytes + i, s->image + offset + i, DIFF_PAGE) != 0)
            s->changed[(offset + i) / DIFF_PAGE] = true;
}

void diff_subject_restore(struct diff_subject *s)
{
    const uint64_t bytes = diff_memory_bytes(&s->window);
    uint64_t at;
    for (at = 0; at < bytes; at += DIFF_PAGE) {
        if (!s->changed[at / DIFF_PAGE])
            continue;
        if (s->kind.way == DIFF_SHARED)
            must(s->g, armgpu_write_memory(s->g, 0, s->window.begin + at,
                                           s->image + at, DIFF_PAGE));
        else
            write_image(s, at, DIFF_PAGE);
        s->changed[at / DIFF_PAGE] = false;
    }
}
