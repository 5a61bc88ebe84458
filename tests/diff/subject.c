/*
 * Handles, code and memory of subject.h, through the public interface only.
 * armgpu_load_data() and armgpu_load_program() keep a private lane's code in
 * the table that lanes share; armgpu_write_memory() makes it the lane's own.
 */
#include "subject.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *diff_way_name(enum diff_way way)
{
    static const char *const names[DIFF_WAYS] = {"private", "own code",
                                                 "shared"};
    return names[way];
}

static void must(armgpu *g, int32_t error)
{
    if (error != ARMGPU_OK) {
        fprintf(stderr, "armgpu: %s\n", armgpu_error_message(g));
        abort();
    }
}

static uint64_t window_bytes(const struct diff_subject *s)
{
    return s->window.end - s->window.begin;
}

/* Writes [offset, offset + n) of the window's image in the subject's way. */
static void write_image(struct diff_subject *s, uint64_t offset, size_t n)
{
    uint64_t at = s->window.begin + offset, lane;
    const uint8_t *bytes = s->image + offset;
    if (s->way != DIFF_OWN) {
        must(s->g, armgpu_load_data(s->g, bytes, n, at));
        return;
    }
    for (lane = 0; lane < s->lanes; lane++)
        must(s->g, armgpu_write_memory(s->g, lane, at, bytes, n));
}

void diff_subject_open(struct diff_subject *s, enum diff_way way,
                       const struct diff_window *window, const uint8_t *image)
{
    static const uint64_t lanes[DIFF_WAYS] = {DIFF_LANES, 2, 1};
    armgpu_options o;
    memset(s, 0, sizeof *s);
    s->way = way;
    s->lanes = lanes[way];
    s->window = *window;
    s->image = image;
    armgpu_options_init(&o);
    o.lanes = s->lanes;
    o.memory_size = window->end;
    o.memory_mode =
        way == DIFF_SHARED ? ARMGPU_MEMORY_SHARED : ARMGPU_MEMORY_PRIVATE;
    o.backend = "cpu";
    o.threads = 1;
    must(s->g, armgpu_open(&s->g, &o));
    write_image(s, 0, window_bytes(s));
}

void diff_subject_close(struct diff_subject *s)
{
    armgpu_close(s->g);
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
    if (s->invalidated)
        must(s->g, armgpu_reset(s->g));
    s->invalidated = s->way == DIFF_PRIVATE && has_invalidation(c);
    write_image(s, s->window.code - s->window.begin, sizeof c->code);
}

void diff_subject_run(struct diff_subject *s, const struct diff_case *c,
                      uint64_t limit, struct diff_runs *out)
{
    uint64_t i;
    for (i = 0; i < s->lanes; i++)
        out->state[i].size = sizeof out->state[i];
    must(s->g, armgpu_set_state(s->g, 0, s->lanes, c->start));
    must(s->g, armgpu_execute(s->g, limit, NULL));
    must(s->g, armgpu_get_state(s->g, 0, s->lanes, out->state));
    must(s->g, armgpu_get_results(s->g, 0, s->lanes, out->result));
}

void diff_subject_read(struct diff_subject *s, uint64_t lane, uint8_t *bytes)
{
    uint64_t at;
    must(s->g, armgpu_read_memory(s->g, lane, s->window.begin, bytes,
                                  window_bytes(s)));
    for (at = 0; at < window_bytes(s); at += DIFF_PAGE)
        if (memcmp(bytes + at, s->image + at, DIFF_PAGE) != 0)
            s->changed[at / DIFF_PAGE] = true;
}

void diff_subject_restore(struct diff_subject *s)
{
    uint64_t at;
    for (at = 0; at < window_bytes(s); at += DIFF_PAGE)
        if (s->changed[at / DIFF_PAGE])
            write_image(s, at, DIFF_PAGE);
    memset(s->changed, 0, sizeof s->changed);
}
