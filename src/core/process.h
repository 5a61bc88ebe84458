/* Lanes that are processes of Linux, or have semihosting, which is the same for
   the host: part of engine.h, which includes it. */
#ifndef AG_CORE_PROCESS_H
#define AG_CORE_PROCESS_H

#include "armgpu.h"
#include "core/files.h"

#include <stdbool.h>

/* What a lane wrote that the host has seen, of its slot's part of OUTPUT. */
struct ag_seen {
    uint64_t lane, generation; /* as the slot's head has them */
    uint64_t bytes;            /* of the slot */
};

/* A handle whose lanes are processes of Linux (process.c). */
struct ag_calls {
    bool is_on;
    uint64_t output_bytes; /* of a slot */
    uint64_t *outputs; /* OUTPUT, where the host sees it */
    uint8_t *fetched;  /* elsewhere room for some slots' parts */
    uint64_t fetches;  /* how many */
    struct ag_seen *seen; /* by slot */
    armgpu_output_fn output;
    void *user;
    uint64_t host;       /* calls that came here */
    uint64_t drained;    /* bytes */
    uint64_t unknown[8]; /* bit n % 64 of word n / 64: call n was met, and there
                            is none */
    struct ag_files files;
    armgpu_call_fn told; /* of the calls of one lane (call_trace.c); or NULL */
    void *told_user;
    uint64_t told_lane;
};

/* armgpu_options.function; its addresses, 0: no function is called. */
struct ag_function {
    uint64_t at, address, after;
};

/* process.c */
struct ag_process_setup {
    uint64_t heap, heap_end; /* processes: multiples of a page */
    bool is_semihosting;     /* bare metal, and what follows is there: */
    uint64_t stack, stack_top;
    const armgpu_input *lines; /* commands, as inputs are given */
    uint64_t num_lines;
    /* None, one for all lanes, or lane k has inputs[k], others nothing. */
    const armgpu_input *inputs;
    uint64_t num_inputs;
    uint64_t seed;         /* of getrandom() */
    uint64_t output_bytes; /* of a slot on the device, 0: 4 KiB */
    uint32_t files;        /* AG_FILES_*; not 0: ag_files_start() comes after */
    bool is_strict;        /* calls that there are none of stop their lane */
    /* Given what lanes write, in the order in which each does; NULL: nobody. Not
       0: the run is to end. */
    armgpu_output_fn output;
    void *user;
};
/* Of a lane's buffer, where so many were asked for. */
uint64_t ag_process_output_bytes(uint64_t asked);
/* Lanes are processes from now on: private memory, before any has executed. */
int32_t ag_process_start(struct armgpu *g,
                         const struct ag_process_setup *setup);

/* output.c */
void ag_process_close(struct armgpu *g);
/* All lanes begin anew: what they wrote before is nobody's. */
int32_t ag_process_reset(struct armgpu *g);
/* Hands out what the lanes in these slots have written, in the order of their
   numbers; *stops is set if somebody says so. */
int32_t ag_process_drain(struct armgpu *g, const uint32_t *slots, uint64_t n,
                         bool *stops);
/* The lane asks for nothing but that the host knows of its call. */
void ag_process_note(struct armgpu *g, uint64_t number);

#endif
