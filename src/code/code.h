/*
 * Decoded code, and what is marked in it: what src/code keeps of a handle and
 * offers. Part of engine.h, which includes it.
 */
#ifndef AG_CODE_H
#define AG_CODE_H

#include "lane/state.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct armgpu;

/* Marks in the code table, by address (probes.c). */
struct ag_probe {
    uint64_t address;
    uint32_t kind; /* AG_PROBE_* */
};
struct ag_probes {
    struct ag_probe *list;
    size_t count;
};

/* What the host has written of a slot's memory, or its lane announced as
   changed: cache lines [low, high), none where both are 0 (own.c). */
struct ag_lines {
    uint32_t low, high;
};
#define AG_OWN_RANGES 4
struct ag_own_notes {
    struct ag_lines of[AG_OWN_RANGES];
};

/* How many pages of decoded code are there at most (pages.c). */
struct ag_code_page {
    uint64_t page;  /* its place in the page maps */
    uint64_t round; /* in which it was decoded; 0: in none */
};
struct ag_code_bound {
    struct ag_code_page *held; /* by slot of the table */
    uint32_t slots;            /* at most, slot 0 included */
    uint32_t last;             /* the slot given up last */
    uint32_t kept;             /* slots of this round */
    uint64_t round;
    bool is_in_round, has_refused; /* a page, in this round */
    bool gives_up;                 /* it has done so */
};

/* probes.c: what kernels do when they come to an address. */
/* The kind of the probe there, AG_PROBE_NONE without one. */
uint32_t ag_probe_at(const struct armgpu *g, uint64_t address);
/* The caller then has what was decoded there forgotten. */
int32_t ag_probe_set(struct armgpu *g, uint64_t address, uint32_t kind);
void ag_probe_clear(struct armgpu *g, uint64_t address);
/* All of a kind. */
void ag_probes_clear(struct armgpu *g, uint32_t kind);
void ag_probes_close(struct armgpu *g);

/* pages.c: the table of decoded instructions. */
/* What of it this device's kernels are to know: before they are compiled. */
void ag_code_choose(struct armgpu *g);
int32_t ag_code_open(struct armgpu *g);
void ag_code_close(struct armgpu *g);
/* Page maps for one more program. */
int32_t ag_code_add_program(struct armgpu *g);
/* Decodes the page with the place `at` of a program unless it is decoded. Where
   there is no room, a page decoded long ago is given up. */
int32_t ag_code_decode(struct armgpu *g, uint32_t program, uint64_t at);
/* Pages decoded in a round stay until the next one begins; where there is no
   room but theirs, ag_code_decode() does nothing and sets has_refused. */
void ag_code_begin_round(struct armgpu *g);
void ag_code_end_round(struct armgpu *g);
/* The bytes of the page at a place, as lanes of a program began with them; *size
   is how many there are. */
int32_t ag_code_read_page(struct armgpu *g, uint32_t program, uint64_t at,
                          uint8_t bytes[AG_PAGE_BYTES], size_t *size);
/* Forgets what was decoded at places [at, at + bytes), where the table is to have
   something else. */
int32_t ag_code_forget(struct armgpu *g, uint64_t at, uint64_t bytes);
/* These lanes' memory is not what it was there, or they say so: none of them
   executes what was decoded from it before. */
int32_t ag_code_changed(struct armgpu *g, const uint32_t *slots, uint64_t n,
                        uint64_t at, uint64_t bytes);

/* own.c: memory that the slot's lane may have to decode itself, because
   it is not what the code table holds (private memory). */
int32_t ag_own_changed(struct armgpu *g, uint64_t slot, uint64_t at,
                       uint64_t bytes);
/* The page has come into the table. */
int32_t ag_own_decoded(struct armgpu *g, uint64_t page);
void ag_own_close(struct armgpu *g);

#endif
