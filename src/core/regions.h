/*
 * Regions of guest code on a device: what they are made of (region_code.c),
 * their text (region_text.c), compiling it (compile.c), what of a large
 * program is worth it (profile.c), and when all of that is done (regions.c).
 * Only these include it.
 */
#ifndef AG_CORE_REGIONS_H
#define AG_CORE_REGIONS_H

#include "core/program.h"
#include "translate/translate.h"

/* region_code.c: the words of the handle's one program. A source is for one
   use: it keeps the page that it read last. */
struct ag_program_code {
    struct armgpu *g;
    uint64_t page;
    size_t size;
    uint8_t bytes[AG_PAGE_BYTES];
    struct ag_code_source source;
};
void ag_program_code_open(struct ag_program_code *code, struct armgpu *g);
/* Whether the region's instructions are what the program has there. */
bool ag_program_has(struct armgpu *g, const struct ag_region *r);
/* Where lanes begin. */
uint64_t ag_program_begin(const struct armgpu *g);
/* What is reached from there, and where else they were told to begin; with V
   registers, or if lanes have them. To be closed. */
int32_t ag_program_region(struct armgpu *g, struct ag_region *r, bool is_on_v);
/* Of what of it is looked through for functions. */
uint64_t ag_program_hash(struct armgpu *g);
/* Where the program's functions begin. False: out of memory. */
bool ag_program_functions(struct armgpu *g, struct ag_functions *f);

/* region_text.c: all that a compiler is given, `source`, the region and its
   kernel; of a source that is NULL the region alone. The caller frees it; NULL:
   out of memory. */
typedef void ag_emit_fn(const struct ag_region *r, uint32_t number, FILE *out);
char *ag_region_text(const struct ag_kernel_source *source,
                     const struct ag_region *r, ag_emit_fn *emit,
                     size_t *length);
/* The options that belong to it. */
#define AG_DEFINES_BYTES 384
void ag_region_defines(const struct armgpu *g, const struct ag_region *r,
                       char defines[AG_DEFINES_BYTES]);

/* compile.c: a region and its text, which becomes a module. */
struct ag_compile;
/* Takes the region, which the caller then does not close; NULL: out of memory.
 */
struct ag_compile *ag_compile_new(struct armgpu *g, struct ag_region *r);
/* Here and now, by the handle's device; or in a thread of its own, by its
   builder: ag_compile_is_over() says when. What failed to begin is over. */
void ag_compile_run(struct armgpu *g, struct ag_compile *c);
void ag_compile_start(struct armgpu *g, struct ag_compile *c);
bool ag_compile_is_over(const struct ag_compile *c);
/* The rest is for what is over. NULL: it failed, with these words. */
const ag_kernel *ag_compile_kernel(const struct ag_compile *c);
const char *ag_compile_message(const struct ag_compile *c);
/* Since ag_compile_start(). */
double ag_compile_age(const struct ag_compile *c);
const struct ag_module_info *ag_compile_info(const struct ag_compile *c);
const struct ag_region *ag_compile_region(const struct ag_compile *c);
/* Adds how lanes go together. It is not final: that may still be compiled. */
void ag_compile_tell(const struct ag_compile *c, armgpu_translation *out);
/* Waits for it; the module goes too. */
void ag_compile_close(struct armgpu *g, struct ag_compile *c);

/* known.c: what was hot in an earlier run of the program, most seen first, and
   the budget of its region; n is 0 of a program that is translated whole. */
struct ag_known {
    uint32_t n, most;
    struct ag_hot_pc pcs[AG_HOT_PCS];
};
/* False: nothing is known. */
bool ag_known_load(struct armgpu *g, struct ag_known *known);
void ag_known_store(struct armgpu *g, const struct ag_known *known);

/* profile.c */
enum ag_profile_phase {
    AG_PROFILE_WAITS,   /* until it is worth looking, for the first time */
    AG_PROFILE_SAMPLES, /* slices are short, and all looked at */
    AG_PROFILE_KNOWS,   /* where lanes are; a region is to be chosen */
    AG_PROFILE_COMPILES,
    AG_PROFILE_JUDGES,  /* whether regions are faster */
    AG_PROFILE_WATCHES, /* whether lanes are elsewhere */
    AG_PROFILE_ENDED    /* nothing more is done */
};
#define AG_PROFILE_PLACES 1024
struct ag_profile {
    enum ag_profile_phase phase;
    struct ag_functions functions;
    struct ag_hot_pc places[AG_PROFILE_PLACES]; /* by hash; count 0: free */
    uint32_t num_places;
    uint32_t samples;    /* in this phase */
    uint64_t seen;       /* lanes, in this phase */
    bool is_slow;        /* regions, when they were last judged; */
    uint32_t losses;     /* how often they were */
    bool is_interpreted; /* since then, or so far */
    double seconds;      /* of slices, in this phase */
    uint32_t slices;
    struct ag_work done; /* by the engine as it is */
    double rate_before;  /* retired for what it cost, interpreted */
    double loss;         /* regions are slow if they have less of it */
    bool is_whole;       /* there is no other region to be had */
    bool is_judged;      /* the region that was made of this: */
    struct ag_known chosen;
    double patience; /* seconds for which it watches before it looks again, */
    double watched;  /* of which so many are over */
};
/* Of a large program; or of one that is compiled whole, which is only to be
   judged. NULL: out of memory. */
struct ag_profile *ag_profile_open(struct armgpu *g);
struct ag_profile *ag_profile_open_whole(struct armgpu *g);
/* It need not look. */
void ag_profile_recall(struct ag_profile *p, const struct ag_known *known);
void ag_profile_close(struct ag_profile *p);
void ag_profile_enter(struct ag_profile *p, enum ag_profile_phase phase);
/* Of so much, what a slice gets. */
uint32_t ag_profile_fuel(const struct ag_profile *p, uint32_t fuel);
/* Lanes of a slice's list, a part of them if they are many, and whether they
   are in the current region (or NULL). */
int32_t ag_profile_sample(struct armgpu *g, const struct ag_region *current,
                          const ag_buffer *lanes, uint64_t count);
void ag_work_add(struct ag_work *work, const struct ag_work *more);
void ag_profile_ran(struct ag_profile *p, const struct ag_work *slice);
/* The region of what was hot. False: out of memory. To be closed either way. */
bool ag_profile_region(struct armgpu *g, uint32_t budget, struct ag_region *r);
/* Whether much of what is hot is in the next region and not in the current one
   (or NULL). */
bool ag_profile_gains(const struct ag_profile *p,
                      const struct ag_region *current,
                      const struct ag_region *next);

#endif
