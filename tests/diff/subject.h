/*
 * The library's side of differential tests: handles that execute cases in the
 * ways that the CPU backend has.
 *
 *   private  lanes with memories of their own, code decoded once for all
 *   own      the same, but the code was written into each lane, which decodes
 *            what it fetches
 *   mixed    the same in some lanes, the others as in private
 *   shared   lanes of shared memory, where accesses are atomic
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

enum { DIFF_PAGE = 4096, DIFF_TURNS = 4 };
enum diff_way { DIFF_PRIVATE, DIFF_OWN, DIFF_MIXED, DIFF_SHARED };

/* What a handle is opened with. */
struct diff_kind_of_subject {
    const char *name;
    enum diff_way way;
    uint64_t lanes;
    uint32_t device; /* of the cpu backend */
    uint32_t layout; /* armgpu_options.private_layout */
    unsigned turns;  /* of every DIFF_TURNS cases it gets those in this set */
};

/* What lanes did. */
struct diff_runs {
    armgpu_state state[DIFF_MOST_LANES];
    armgpu_lane_result result[DIFF_MOST_LANES];
};

struct diff_subject {
    armgpu *g;
    struct diff_kind_of_subject kind;
    struct diff_window window;
    const uint8_t *image; /* the memory's bytes from the window's begin */
    bool *changed;        /* pages of that */
    bool invalidated;     /* the last case had IC instructions */
    /* The session's: what was compared; of single cases by table index. */
    uint64_t executed, vectors, *retired;
    struct diff_runs runs;
};

/* Where in an image a lane's memory is. Of shared memory it is what only this
   lane may write, the first lane's together with what none may. */
void diff_lane_region(const struct diff_window *w, uint64_t lane,
                      uint64_t *offset, uint64_t *bytes);

/* The image stays the caller's. */
void diff_subject_open(struct diff_subject *s,
                       const struct diff_kind_of_subject *kind,
                       const struct diff_window *window, const uint8_t *image);
void diff_subject_close(struct diff_subject *s);

/* The image already has the code. */
void diff_subject_place(struct diff_subject *s, const struct diff_case *c);

/* From c->start, for at most `limit` instructions. */
void diff_subject_run(struct diff_subject *s, const struct diff_case *c,
                      uint64_t limit);

/* A lane's region; pages that are not the image's will be restored. */
void diff_subject_read(struct diff_subject *s, uint64_t lane, uint8_t *bytes);
void diff_subject_restore(struct diff_subject *s);

#ifdef __cplusplus
}
#endif
#endif
