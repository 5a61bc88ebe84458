/*
 * The handle, and what the files of src/core offer each other. Only src/core
 * includes this.
 */
#ifndef AG_ENGINE_H
#define AG_ENGINE_H

#include "armgpu.h"
#include "backend/backend.h"

#include <stdbool.h>

/* Bytes that all lanes began with, kept for resets and for decoding. */
struct ag_image {
    uint64_t address;
    size_t size;
    uint8_t *bytes;
};

/*
 * A device buffer with a copy the host works on. Where the device's memory can
 * be mapped, the copy is the buffer itself and transfers are nothing.
 */
struct ag_mirror {
    ag_buffer *buffer;
    uint8_t *host;
    uint64_t bytes;
    bool is_mapped;
    bool host_changed, device_changed; /* since they were last alike */
};

struct armgpu {
    char message[AG_MESSAGE_BYTES];
    char warning[256];
    char reason[256];

    /* What was asked for; fixed once open. */
    uint64_t num_lanes, memory_size, memory_stride, stack_size;
    uint32_t layout; /* AG_LAYOUT_* */

    const struct ag_backend *backend;
    ag_device *device;
    struct ag_device_info info;

    struct ag_mirror state, pages, entries, control;
    struct ag_mirror lists[2]; /* of lanes: in, and out where lanes are listed
                                  by the device */
    ag_buffer *memory;
    ag_buffer *requests; /* ag_lane_request; NULL where memory is mapped */

    /* Code table: slots of `entries` in use, and those free to use again. */
    uint32_t num_slots, slot_capacity;
    uint32_t *free_slots, num_free;
    bool batches; /* decoded pages get them */

    struct ag_image *images;
    size_t num_images;
    uint64_t entry;   /* PC of a reset */
    struct ag_image *programs; /* 1 and up, at [id - 1] */
    uint32_t num_programs;     /* program 0 included, once there are others */
    uint32_t assign;           /* enum armgpu_assign */
    uint32_t *assign_table;
    uint64_t assign_count;
    /* Start values: lane * factor + constant, by state row. */
    uint64_t start_factor[AG_STATE_ROWS], start_constant[AG_STATE_ROWS];
    bool has_start[AG_STATE_ROWS]; /* set by armgpu_set_register_all() */
    bool has_program; /* something was placed in memory */

    uint64_t (*vectors)[32][2]; /* V registers; NULL while all are zero */

    /* Running. */
    uint32_t *live;        /* lanes that can go on, in order */
    int stop_requested;    /* atomic; may be set by a signal handler */
    armgpu_progress_fn progress;
    void *progress_user;
    armgpu_prepare_fn prepare;
    void *prepare_user;
    armgpu_finish_fn finish;
    void *finish_user;
    bool is_prepared; /* prepare() has seen all lanes since the last reset */
    armgpu_trace_fn trace;
    void *trace_user;
    uint64_t trace_lane;
};

/* error.c: stores the sentence, returns the code. */
int32_t ag_fail(struct armgpu *g, int32_t code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* ARMGPU_ERROR_DEVICE with the driver's own words. */
int32_t ag_device_failed(struct armgpu *g);
/* ARMGPU_ERROR_LANE unless lanes [first, first + n) exist. */
int32_t ag_check_lanes(struct armgpu *g, uint64_t first, uint64_t n);
/* "4.0 MiB" into text. */
const char *ag_format_bytes(uint64_t bytes, char text[32]);

/* mirror.c */
int32_t ag_mirror_open(struct armgpu *g, struct ag_mirror *m, uint64_t bytes,
                       const char *what);
int32_t ag_mirror_grow(struct armgpu *g, struct ag_mirror *m, uint64_t bytes,
                       const char *what);
void ag_mirror_close(struct armgpu *g, struct ag_mirror *m);
/* The host's copy, up to date, to read; NULL if the device failed. */
void *ag_mirror_read(struct armgpu *g, struct ag_mirror *m);
/* The same, to change as well. */
void *ag_mirror_write(struct armgpu *g, struct ag_mirror *m);
/* Before and after a launch that uses it. */
int32_t ag_mirror_to_device(struct armgpu *g, struct ag_mirror *m);
void ag_mirror_device_wrote(struct ag_mirror *m);
/* After the device failed: the host's copy as it last was. */
void *ag_mirror_abandon(struct ag_mirror *m);

/* execute.c: slices are listed by the host, not by the device. */
bool ag_host_lists_lanes(const struct armgpu *g);

/* lanes.c */
/* A lane's word of a state row; `state` is the mirror's host copy. */
uint64_t *ag_lane_row(uint64_t *state, uint64_t lane, uint32_t row);
/* Registers, PC and counters of all lanes as at the start. */
int32_t ag_lanes_reset(struct armgpu *g);
uint32_t ag_lane_stop(uint64_t *state, uint64_t lane);
void ag_lane_set_stop(uint64_t *state, uint64_t lane, uint32_t reason);

/* code.c: the table of decoded instructions. */
int32_t ag_code_open(struct armgpu *g);
void ag_code_close(struct armgpu *g);
/* Decodes the page at `address` unless it is decoded. */
int32_t ag_code_decode(struct armgpu *g, uint64_t address);
/* Forgets what was decoded from [address, address + bytes), or everything. */
int32_t ag_code_forget(struct armgpu *g, uint64_t address, uint64_t bytes);
int32_t ag_code_forget_all(struct armgpu *g);
/* From now on the lane decodes what it fetches from there (private memory). */
int32_t ag_code_own(struct armgpu *g, uint64_t lane, uint64_t address,
                    uint64_t bytes);

/* program.c */
/* ARMGPU_OK if a program can be placed there. */
int32_t ag_check_program(struct armgpu *g, const void *bytes, size_t size,
                         uint64_t address);
/* The bytes all lanes began with; address + bytes is inside memory. */
void ag_image_read(const struct armgpu *g, uint64_t address, uint8_t *out,
                   size_t bytes);
void ag_images_close(struct armgpu *g);
void ag_programs_close(struct armgpu *g);

#endif
