/*
 * One call of armgpu_execute(), shared by run.c (what every slice does),
 * execute.c (what does not depend on where lanes are listed), slice_host.c
 * (devices whose memory the host sees), slice_device.c (devices that keep the
 * list of live lanes themselves), waves.c (lanes that begin and end) and
 * trace.c (the traced lane).
 */
#ifndef AG_RUN_H
#define AG_RUN_H

#include "core/caller.h"

struct run;

/* How slices come about on a kind of device: who lists the lanes that go on,
   and when requests are served. */
struct ag_slices {
    /* g->live lists r->count slots, the first of this run: what can be known of
       their code is prepared. */
    int32_t (*start)(struct run *r);
    /* g->live lists others, there being none left. */
    int32_t (*list)(struct run *r);
    /* A slice, and what follows from it: requests, lanes that end and begin. */
    int32_t (*execute)(struct run *r);
    /* Stops the lanes that are running; lists them in g->turned. */
    uint64_t (*stop)(struct run *r, uint32_t reason);
};

struct run {
    struct armgpu *g;
    const struct ag_slices *slices;
    uint64_t count; /* slots that can go on; g->live lists them at the start */
    uint64_t cycles; /* retired so far */
    uint64_t max_cycles;
    bool tells_ended; /* who ended is looked at after every slice */
    bool turns_on_device; /* slots are filled again there */
    bool is_told_to_stop; /* by finish(), which is not called any more */
    armgpu_result tally; /* waves: of lanes that ended */
    bool is_interrupted;
    bool is_tracing; /* the traced lane goes on, in slot `traced`; it counts
                        nowhere else */
    uint32_t traced;
    double start, device_seconds, last_progress, last_shown;
    double compiled; /* seconds of compiling, ever, when it began */
    int32_t error;
    struct ag_caller caller; /* who has all back while one of its functions is
                                called: ag_run_leave() */

    /* slice_host.c */
    uint64_t cursor; /* the next lane of g->live to run in this round */
    uint64_t kept;   /* of those before cursor, how many go on */

    /* slice_device.c */
    uint32_t list; /* which of g->lists holds the live lanes */
    uint32_t fuel;
    double last_seconds; /* of the last launch */
    uint32_t next_page; /* the first slot whose page had to wait */
};

/* A run begins with ag_run_enter() and ends with ag_run_leave(); the other way round
   around each call of a function of the caller's. */
static inline void ag_run_enter(struct run *r)
{
    r->caller = ag_caller_enter(r->g);
}
static inline void ag_run_leave(struct run *r)
{
    ag_caller_leave(r->caller);
}

/* Empties the control words and launches; *seconds is the device's time. */
int32_t ag_run_launch(struct run *r, ag_buffer *lanes, ag_buffer *next,
                      const ag_slice_args *args);
/* The arguments that do not change between slices. */
void ag_run_fill_args(const struct run *r, ag_slice_args *args);
/* False if the run is to end: somebody asked for it, or progress() says so. */
bool ag_run_goes_on(struct run *r);
/* Before a slice: what there is to translate is, as ag_regions_ready() says. What
   lanes wait for is waited for as long as the run goes on; does it not, this is
   as if somebody had asked for it. */
int32_t ag_run_ready(struct run *r);
/* Does what a slot's lane asked for, but for executing alone. */
int32_t ag_run_serve(struct run *r, uint32_t slot, uint32_t program,
                     uint64_t request);
/* The limit of a lane that has retired this many. */
uint64_t ag_run_limit(const struct run *r, uint64_t cycles);

/* waves.c */
/* Calls prepare() for resident lanes that it has not seen. */
int32_t ag_waves_prepare(struct run *r);
/* The lanes in these n slots have ended: they are counted and reported (in the
   order of their numbers), and with waves their slots are free. */
int32_t ag_waves_ended(struct run *r, uint32_t *slots, uint64_t n);
/* Lets lanes begin in free slots, `room` at most, and lists these, but for the
   traced lane's. */
int32_t ag_waves_begin(struct run *r, uint32_t *slots, uint64_t room,
                       uint64_t *n);
/* False if lanes may be counted, and begin, without the host knowing which. */
bool ag_waves_need_host(const struct run *r);
/* Takes the traced lane's slot, if it is one of these n, out of the list;
   returns how many are left. */
uint64_t ag_waves_set_apart(struct run *r, uint32_t *slots, uint64_t n);
/* Lanes in these slots were interrupted. */
int32_t ag_waves_interrupted(struct run *r, const uint32_t *slots, uint64_t n);
/* Hands out what the lanes in these slots wrote. */
int32_t ag_waves_drain(struct run *r, const uint32_t *slots, uint64_t n);

/* call_trace.c: tells of the call that the lane in a slot is at; of the one that
   it stopped in, if the lane whose calls are told is in one of n slots and did. */
int32_t ag_call_trace(struct run *r, uint32_t slot);
int32_t ag_call_trace_ended(struct run *r, const uint32_t *slots, uint64_t n);

/* access.c: what the lanes in these slots, ascending, asked devices for
   (AG_REQUEST_DEVICE) is done. */
int32_t ag_access_serve(struct run *r, const uint32_t *slots, uint64_t n);
#define AG_ASKS_DEVICE (AG_REQUEST_DEVICE | AG_REQUEST_CALL)

/* trace.c: the traced lane executes until it ends, or it is others' turn. */
int32_t ag_trace_turn(struct run *r);
/* Stops it if it is running; returns how many slots (0 or 1) are now listed. */
uint64_t ag_trace_stop(struct run *r, uint32_t reason, uint32_t *slots);

/* slice_host.c, slice_device.c */
extern const struct ag_slices ag_host_slices, ag_device_slices;
/* After a run in which slots were filled there: what was counted. */
int32_t ag_device_tally(struct run *r);

#endif
