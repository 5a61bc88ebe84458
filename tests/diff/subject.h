/*
 * The library's side of differential tests: handles that execute cases in the
 * ways that the CPU backend has.
 *
 *   private  lanes with memories of their own, code decoded once for all
 *   own      the same, but the code was written into each lane, which decodes
 *            what it fetches
 *   shared   one lane of shared memory, where accesses are atomic
 *
 * A window of guest memory is the same in all lanes before every case. A
 * failing call of the library ends the program: there is nothing left to
 * compare.
 */
#ifndef DIFF_SUBJECT_H
#define DIFF_SUBJECT_H

#include "generate.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { DIFF_PAGE = 4096, DIFF_PAGES = 64 };
enum diff_way { DIFF_PRIVATE, DIFF_OWN, DIFF_SHARED, DIFF_WAYS };

struct diff_subject {
    armgpu *g;
    enum diff_way way;
    uint64_t lanes;
    struct diff_window window;
    const uint8_t *image; /* the window's bytes */
    bool changed[DIFF_PAGES];
    bool invalidated; /* the last case had IC instructions */
};

/* What lanes did. */
struct diff_runs {
    armgpu_state state[DIFF_LANES];
    armgpu_lane_result result[DIFF_LANES];
};

const char *diff_way_name(enum diff_way way);

/* The image stays the caller's; the window is at most DIFF_PAGES long. */
void diff_subject_open(struct diff_subject *s, enum diff_way way,
                       const struct diff_window *window, const uint8_t *image);
void diff_subject_close(struct diff_subject *s);

/* The image already has the code. */
void diff_subject_place(struct diff_subject *s, const struct diff_case *c);

/* From c->start, for at most `limit` instructions. */
void diff_subject_run(struct diff_subject *s, const struct diff_case *c,
                      uint64_t limit, struct diff_runs *out);

/* A lane's window; pages that are not the image's will be restored. */
void diff_subject_read(struct diff_subject *s, uint64_t lane, uint8_t *bytes);
void diff_subject_restore(struct diff_subject *s);

#ifdef __cplusplus
}
#endif
#endif
