/*
 * Random calls of armgpu.h on several handles that must agree: what
 * tests/test_random_api.c is made of. Handles differ in what results may not
 * depend on: backend, device, threads, layout, and how many lanes are resident.
 *
 * The first handle is the reference: CPU, one thread, lanes one by one, all of
 * them resident. Of the others those with waves answer less: their lanes can be
 * reached until they execute, and what became of them is seen by finish() alone.
 * So between a reset and the next execution calls on single lanes are made for
 * lanes that are resident everywhere; prepare() sets something in all lanes.
 *
 * An orderly sequence gives lanes PCs where programs begin and data that are no
 * instructions, so every lane comes to an end, and in shared memory none touches
 * what is another's, wherever a lane is when its registers are set. A wild one
 * (private memory) does as it likes, and bounds what lanes execute.
 *
 * Memory: programs below API_CODE_END, one word that all lanes add to, and
 * a slice for each lane.
 */
#ifndef API_H
#define API_H

#include "guest.h"
#include "random.h"

#include <stdbool.h>

enum {
    API_PLACES = 62, /* for programs, of */
    API_PLACE_BYTES = 0x80,
    API_FIRST_PLACE = 0x60, /* one of them lies across a page */
    API_CODE_END = 0x1f80,
    API_NOTHING = 0x1fc0, /* where nobody writes */
    API_COUNTER = 0x1ff8, /* what all lanes add to */
    API_DATA = 0x2000,
    API_SLICE = 128,
    API_LANES = 70,
    API_HANDLES = 5,
    API_PROGRAMS = 9,
    API_ROOM = 1 << 18 /* bytes that one call may return */
};

/* What a callback saw of a lane. */
struct api_seen {
    uint64_t times;
    armgpu_lane_result result;
    armgpu_state state;
    uint8_t bytes[API_SLICE];
};

/* Who stops an execution. */
enum api_stop {
    API_BY_NOBODY,
    API_BY_PREPARE,
    API_BY_FINISH,
    API_BY_REQUEST, /* that finish() makes */
    API_BY_TRACE,
    API_STOPS
};

struct api_handle {
    struct api_sequence *sequence;
    armgpu *g;
    char name[96];
    bool has_waves;
    uint64_t resident;
    struct api_seen prepared[API_LANES]; /* since the last reset */
    struct api_seen finished[API_LANES]; /* by the last execution */
    uint64_t trace; /* a hash of the steps that were traced */
    uint64_t num_steps, num_finished, num_prepared; /* by the last execution */
    enum api_stop stop;
    uint64_t stop_after; /* steps or lanes */
};

enum api_phase {
    API_READY, /* nothing has executed since the last reset */
    API_HELD,  /* lanes were stopped before they executed anything */
    API_RUN    /* with waves they are gone */
};

struct api_sequence {
    uint64_t seed, number;
    bool is_private, is_wild, with_gpus;
    uint64_t lanes, memory;
    struct api_handle handles[API_HANDLES];
    unsigned num_handles;
    bool has_waves;
    uint64_t least_resident;
    uint64_t favourite; /* the lane that calls for one lane name most */

    enum api_phase phase;
    uint32_t num_programs;
    bool is_stop_requested, has_prepare, prepare_stops, has_finish, has_trace;
    uint64_t prepare_seed, finish_seed, traced_lane;
    bool keeps_first; /* a lane's first result counts that is no interruption */

    int32_t code; /* the reference's answer */
    uint8_t expected[API_ROOM], found[API_ROOM];

    char calls[1 << 16]; /* what was called, a line each */
    size_t calls_length;
    char difference[1024]; /* "" while all agree */
};

/* Lanes [first, first + n). */
struct api_lanes {
    uint64_t first, n;
};
#define API_NO_LANES ((struct api_lanes){0, 0})

/* One call, with arguments from `r`, on all handles. */
typedef void api_call_fn(struct api_sequence *s, struct random_source *r);

#define API_EACH(s, h)                                                         \
    for (struct api_handle *h = (s)->handles;                                  \
         h < (s)->handles + (s)->num_handles; h++)

/* -- programs.c ------------------------------------------------------------ */

struct api_program {
    const char *name;
    uint32_t words[20];
    size_t size; /* bytes */
    bool needs_private;
};

/* Every word reads as the table says. */
void api_check_programs(void);
/* A program and where it may be placed, from an orderly place or, if wild, any:
   inside memory, a multiple of 4. */
struct api_program api_choose_program(struct api_sequence *s,
                                      struct random_source *r,
                                      uint64_t *address);
/* A word that may replace an instruction. */
uint32_t api_choose_patch(const struct api_sequence *s, struct random_source *r);

/* -- values.c -------------------------------------------------------------- */

/* How far calls that set something may go with single lanes. */
uint64_t api_reach(const struct api_sequence *s);
/* One lane below `limit`, or more of them; now and then one that does not
   exist. */
struct api_lanes api_choose_lane(struct api_sequence *s,
                                 struct random_source *r, uint64_t limit);
struct api_lanes api_choose_lanes(struct api_sequence *s,
                                  struct random_source *r, uint64_t limit);
/* `is_valid`: never one that is refused. */
uint64_t api_choose_pc(struct api_sequence *s, struct random_source *r,
                       bool is_valid);
void api_fill_bytes(struct api_sequence *s, struct random_source *r,
                    uint8_t *bytes, size_t n);
/* Bytes to write, and where: at least two words fit. */
struct api_piece {
    uint64_t address;
    size_t size;
    uint8_t bytes[256];
};
void api_choose_piece(struct api_sequence *s, struct random_source *r,
                      struct api_piece *piece);
/* A range inside memory, mostly, of at most 256 bytes. */
uint64_t api_choose_range(struct api_sequence *s, struct random_source *r,
                          size_t *size);
void api_fill_registers(struct api_sequence *s, struct random_source *r,
                        uint64_t lane, uint64_t regs[32]);
void api_fill_state(struct api_sequence *s, struct random_source *r,
                    uint64_t lane, armgpu_state *state);

/* -- handles.c ------------------------------------------------------------- */

/* Finds the backends once. */
void api_find_targets(void);
/* Chooses memory, lanes and handles; opens those of the bits in `wanted`. */
void api_open(struct api_sequence *s, uint64_t seed, uint64_t number,
              uint32_t wanted);
void api_close(struct api_sequence *s);

/* Notes a call, as printf does. */
void api_told(struct api_sequence *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Notes a difference, unless there is one already. */
void api_differ(struct api_sequence *s, const struct api_handle *h,
                const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Compares what a call on these lanes returned with what the reference's did;
   true if it was ARMGPU_OK. */
bool api_answer(struct api_sequence *s, struct api_handle *h,
                struct api_lanes at, int32_t code);
/* Where a call on this handle is to leave what it returns. */
void *api_room(struct api_sequence *s, const struct api_handle *h);
/* Compares `n` entries of `size` bytes. */
void api_compare(struct api_sequence *s, const struct api_handle *h,
                 const char *what, const void *expected, const void *found,
                 size_t size, size_t n);
/* Without what armgpu.h leaves open. */
void api_clean_result(armgpu_lane_result *result);
void api_clean_state(armgpu_state *state);

/* -- calls ----------------------------------------------------------------- */

/* load.c */
api_call_fn api_load_program, api_load_data, api_add_program,
    api_assign_programs, api_assign_program, api_reset;
/* After a call that reset all lanes. */
void api_was_reset(struct api_sequence *s);
/* What is set for all lanes may be set now: not while some handles have
   prepared more lanes than others. */
bool api_may_set_all(const struct api_sequence *s);

/* set.c */
api_call_fn api_set_register_all, api_set_pc_all, api_set_pc, api_set_registers,
    api_set_state, api_write_memory, api_write_range;

/* look.c */
api_call_fn api_look_at_registers, api_look_at_states, api_look_at_results,
    api_look_at_memory, api_look_at_range, api_look_at_list;
/* All that can be seen of all lanes. */
void api_look_at_all(struct api_sequence *s);

/* run.c */
api_call_fn api_set_prepare, api_set_finish, api_set_trace, api_request_stop,
    api_execute, api_stop_and_go_on;

/* callbacks.c; `user` is the handle */
extern const char *const api_stop_names[API_STOPS];
int32_t api_on_prepare(void *user, armgpu *g, uint64_t first, uint64_t n);
int32_t api_on_finish(void *user, armgpu *g, const uint64_t *lanes,
                      const armgpu_lane_result *results, uint64_t n);
int32_t api_on_trace(void *user, uint64_t lane, const armgpu_state *state,
                     uint32_t word);

#endif
