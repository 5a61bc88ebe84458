/*
 * The handle, and what the files of src/core and src/code offer each other.
 * Only they include this. Files are listed so that each uses those before it alone
 * (tests/test_layers.sh).
 */
#ifndef AG_ENGINE_H
#define AG_ENGINE_H

#include "armgpu.h"
#include "backend/backend.h"
#include "code/code.h"
#include "core/mmio.h"
#include "core/process.h"

#define AG_EVERY_PROGRAM UINT32_MAX
#define AG_NO_LANE UINT64_MAX
#define AG_ASSIGN_NONE UINT32_MAX /* all lanes execute program 0 */
/* Lanes at one time. Lanes, threads of a kernel and those of whole groups, up to
   1,024 more, are counted in 32 bits. */
#define AG_MAX_RESIDENT (UINT32_MAX - 1023)

/* Kernels of the interpreter. */
enum ag_launch {
    AG_KERNEL_SLICE, /* lanes execute */
    AG_KERNEL_SERVE, /* what the host wants done to slots */
    AG_KERNEL_COUNT
};

/* How slots are filled again: ARMGPU_REFILL when the handle was opened. */
enum ag_refill {
    AG_REFILL_THERE, /* by the device where nobody is told */
    AG_REFILL_HERE,  /* by the host */
    AG_REFILL_LATE   /* by the host, when all of them are free */
};

/* Bytes that lanes began with, kept for resets and for decoding. */
struct ag_image {
    uint32_t program; /* whose; AG_EVERY_PROGRAM: of all lanes */
    uint64_t address;
    size_t size;
    uint8_t *bytes;
};
struct ag_images {
    struct ag_image *list;
    size_t count;
};

/*
 * A device buffer with a copy the host works on. Where the device's memory can
 * be mapped, the copy is the buffer itself: the two are always alike.
 */
struct ag_mirror {
    ag_buffer *buffer;
    uint8_t *host;
    uint64_t bytes;
    bool is_mapped, is_pinned;         /* pinned for transfers */
    bool host_changed, device_changed; /* since they were last alike */
    uint8_t moves;                     /* transfers: 0, 1, or more */
};

/* The lanes that run, where not all do: stretches of consecutive numbers. */
struct ag_stretch {
    uint64_t before;   /* lanes that run and have smaller numbers */
    uint64_t first, n; /* numbers */
};
struct ag_only {
    struct ag_stretch *list;
    uint64_t count; /* 0: all lanes run */
};

/* Which lane is in which slot where more lanes run than are resident. */
struct ag_slots {
    /* Lanes are meant by their places among those that run (only.c). */
    uint64_t *lane;    /* by slot; AG_NO_LANE: free */
    uint64_t *keys;    /* hash table: a lane's slot is at the same place */
    uint32_t *values;
    uint64_t capacity; /* of the table, a power of two */
    uint32_t *free, *scratch;
    uint64_t num_free;
    uint64_t next_lane; /* has never been resident */
    uint64_t window; /* lanes that have begun are no further apart */
};

/* Slots of which the host has the state while the device has that of others:
   what callbacks look at and set. Never while a slice executes or lanes begin,
   which would make it stale: those end it. */
struct ag_part {
    bool is_active, has_changed;
    uint8_t *has; /* by slot */
    uint32_t *slots;
    uint64_t n;
    uint64_t fetched; /* times, for the API, since lanes executed */
};

/* What an address leads to: from `offset` in lanes' own memory, or in what they
   all have in one copy, so many bytes follow; 0: nowhere. */
struct ag_piece {
    uint64_t offset, bytes;
    bool is_once;
};

/* Code that was translated (core/regions.h). */
#define AG_MOST_BEGINS 4000u
struct ag_compile;
struct ag_known;
struct ag_profile;
/* What lanes retired, so much of it translated, and what that took: seconds, and
   of what engines are compared by: seconds of all lanes together where each has
   a thread of its own, else of the processor. */
struct ag_work {
    uint64_t retired, translated;
    double seconds, cost;
};

struct ag_regions {
    bool is_wanted;
    bool is_auto; /* if it pays, which a run that is over soon does not; */
    struct ag_work interpreted; /* before that was so */
    bool has_begun;             /* to translate some program; */
    bool has_looked;            /* for what is known of it: */
    struct ag_known *known;     /* NULL: nothing */
    bool is_stale;   /* it is to be looked at what there is to translate */
    uint32_t budget; /* instructions of a program that is translated whole */
    uint32_t waits;  /* and of one for whose compiler lanes wait */
    uint64_t first_pc;          /* where lanes began when that was last done, */
    uint64_t begins_hash;       /* and where they had been told to, */
    bool is_on_v;               /* and whether they had V registers */
    uint64_t *begins; /* begins.c: AG_MOST_BEGINS of them; NULL: none yet */
    uint32_t num_begins;
    bool has_refused; /* the compiler has, what there would be now */
    uint64_t alike;   /* bits of ag_use: what lanes held so when first executed, */
    bool has_seen_alike; /* since all began */
    struct ag_compile *current; /* NULL: everything is interpreted */
    struct ag_compile *next;    /* being compiled beside the run; or NULL */
    bool is_next_void, is_awaited; /* its program has changed; lanes wait */
    struct ag_profile *profile; /* of a larger program; or NULL */
    ag_device *builder;         /* for that */
    const ag_kernel *kernel;    /* the current one's, or NULL */
    uint32_t longest;           /* instructions that it retires without a test */
    uint32_t compiled, cached;  /* times; of these from the cache */
    uint32_t last; /* instructions of the last one that lanes had */
    double compile_seconds;
    uint64_t cycles; /* that lanes have retired in regions */
    char reason[256]; /* why there is none, where one is wanted; "" */
    char refused[AG_REFUSED_BYTES]; /* ag_module_info.refused */
};

struct armgpu {
    char message[AG_MESSAGE_BYTES];
    char warning[256];
    char reason[256];
    bool gpu_refused; /* one was there for `auto`, and did not open */
    bool has_failed;  /* the device, some time */
    char **environment; /* for armgpu_execute(); NULL: out of memory */

    /* What was asked for; fixed once open. */
    uint64_t num_lanes; /* that run */
    uint64_t lanes_end; /* numbers are smaller; the sweep has as many lanes */
    struct ag_only only;
    uint64_t memory_size, memory_stride, stack_size;
    ag_view view; /* layouts with a window: where memory is */
    uint32_t machine; /* AG_MACHINE_*: what lanes find */
    const struct armgpu_program *program; /* which brought it, or NULL */
    armgpu_process process; /* of Linux programs; else all zero */
    struct ag_function function;
    uint64_t resident; /* slots; as many as lanes, or has_waves */
    bool has_waves, is_private;
    bool has_marks; /* AG_STATE_DIRTY says what lanes changed */
    uint32_t layout; /* AG_LAYOUT_* */
    enum ag_refill refill;
    bool soft_float; /* armgpu_options.float_mode */
    uint32_t spread; /* lanes a warp; 0: by how many there are */

    const struct ag_backend *backend;
    ag_device *device;
    struct ag_device_info info;
    ag_module *module; /* the interpreter */
    bool has_planes[AG_PLANE_COUNT]; /* that its kernels know from the start */
    bool decodes_own_code; /* GPUs: its kernels can */
    struct ag_module_kernel kernels[AG_KERNEL_COUNT];
    struct ag_module_info module_info;

    /* Buffers of kernels/lane/buffers.h: those that the handle holds. */
#define AG_HELD_MIRROR(name) struct ag_mirror name;
#define AG_HELD_BUFFER(name) ag_buffer *name;
#define AG_HELD_LAUNCH(name)
#define AG_HELD(NAME, name, type, access, launches, held) AG_HELD_##held(name)
    AG_BUFFER_LIST(AG_HELD)
    bool start_is_stale;
    uint64_t longest_image; /* no other program's, in whole pieces */
    uint64_t restore_bytes; /* of slots' memory, before the run looks whether it
                               is to end */
    ag_buffer *served;       /* the list of slots to serve */
    ag_buffer *staging;      /* grows as needed */
    uint64_t staging_bytes;
    ag_buffer *tally; /* enum ag_tally_row; made when it is needed */
    struct ag_calls calls;
    struct ag_mmio mmio;
    struct ag_slots slots; /* with waves */
    struct ag_part part;
    struct ag_mirror lists[2]; /* of slots: in, and out where slots are listed
                                  by the device */

    /* Code table: slots of `entries` in use, and those free to use again. */
    uint32_t num_slots, slot_capacity;
    uint32_t *free_slots, num_free;
    struct ag_code_bound code;
    bool batches; /* decoded pages get them */
    bool forms;   /* and these (a64/forms.h) */
    struct ag_probes probes;
    struct ag_regions regions;
    struct ag_own_notes *own_notes; /* by slot; NULL: memory was not changed */
    uint8_t *noted_pages;           /* those that some slot's notes touch */

    struct ag_images images;
    uint64_t *program_entry; /* where each program starts */
    uint32_t num_programs;
    uint32_t assign;         /* enum armgpu_assign, or AG_ASSIGN_NONE */
    uint32_t assign_among;   /* programs there were when lanes were dealt */
    uint32_t *assign_table;
    uint64_t assign_count;
    /* Start values: lane * factor + constant, by state row. */
    uint64_t start_factor[AG_STATE_ROWS], start_constant[AG_STATE_ROWS];
    bool has_start_pc;       /* the PC's is in use, else the program's entry */
    /* Until a reset lanes of later waves start at lane * factor + constant;
       where program 0 was loaded since, only those of other programs. */
    bool has_later_pc, later_is_for_others;
    uint64_t later_factor, later_constant;
    bool has_program; /* something was placed in memory */
    uint64_t random_offset, seed; /* AG_START_RANDOM, AG_START_SEED */

    /* Running. */
    uint32_t *live;        /* slots that can go on, in order */
    uint32_t *turned;      /* slots whose lanes ended in a slice */
    int stop_requested;    /* atomic; may be set by a signal handler */
    armgpu_progress_fn progress;
    void *progress_user;
    armgpu_prepare_fn prepare;
    void *prepare_user;
    armgpu_finish_fn finish;
    void *finish_user;
    bool is_pristine;  /* states are as ag_serve_begin_all() made them */
    uint64_t limit;    /* cycles of lanes that begin in this run */
    uint64_t prepared; /* lanes that prepare() has seen since the last reset */
    armgpu_trace_fn trace;
    void *trace_user;
    uint64_t trace_lane;
};

/* The resident lanes, in whole blocks. */
static inline uint64_t ag_block_lanes(const struct armgpu *g)
{
    return (g->resident + AG_BLOCK - 1) / AG_BLOCK * AG_BLOCK;
}

/* error.c: stores the sentence, returns the code. */
int32_t ag_fail(struct armgpu *g, int32_t code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* ARMGPU_ERROR_DEVICE with the driver's own words. */
int32_t ag_device_failed(struct armgpu *g);
/* ARMGPU_ERROR_ARGUMENT unless a structure's size was set (`what` is its name),
   or where one of `size` bytes asks for more than ours has. */
int32_t ag_check_size(struct armgpu *g, const char *what, uint64_t size);
int32_t ag_check_known(struct armgpu *g, const char *what, const void *from,
                       uint64_t size, size_t ours);
/* "4.0 MiB" into text. */
const char *ag_format_bytes(uint64_t bytes, char text[32]);

/* only.c */
/* Takes the caller's list, checked; num_lanes is then how many run. */
int32_t ag_only_open(struct armgpu *g, const armgpu_lane_range *ranges,
                     uint64_t n);
void ag_only_close(struct armgpu *g);
/* The number of the lane at a place among those that run; how many of n lanes
   from there on have consecutive numbers; and the place of a lane that runs. */
uint64_t ag_number_of(const struct armgpu *g, uint64_t place);
uint64_t ag_numbers_follow(const struct armgpu *g, uint64_t place, uint64_t n);
uint64_t ag_place_of(const struct armgpu *g, uint64_t lane);
/* ARMGPU_ERROR_LANE unless lanes [first, first + n) exist and run. */
int32_t ag_check_lanes(struct armgpu *g, uint64_t first, uint64_t n);

/* options.c: checks what was asked for and writes it into the handle; *o is all
   of it, whatever the caller's structure has. */
int32_t ag_take_options(struct armgpu *g, const armgpu_options *from,
                        armgpu_options *o);
/* ARMGPU_ERROR_MEMORY: stacks as they should be need too much memory. `why` is
   the middle of the sentence. */
int32_t ag_refuse_stacks(struct armgpu *g, const char *why);

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
/* All planes of lane state, as the same calls do with one mirror. */
bool ag_planes_read(struct armgpu *g);
bool ag_planes_write(struct armgpu *g);
int32_t ag_planes_to_device(struct armgpu *g);
void ag_planes_device_wrote(struct armgpu *g);
/* After the device failed: the host's copy as it last was. */
void *ag_mirror_abandon(struct ag_mirror *m);
/* What the handle holds of a launch's buffers; the launch adds its own. */
void ag_buffers_bind(const struct armgpu *g, enum ag_launch kernel,
                     ag_buffer *bound[AG_ARGUMENT_COUNT]);
/* Mirrors before and after a slice. */
int32_t ag_buffers_to_device(struct armgpu *g);
void ag_buffers_device_wrote(struct armgpu *g);
void ag_buffers_close(struct armgpu *g);

/* state.c: a slot's rows; `state` is the mirror's host copy. */
/* Slices are listed by the host, not by the device. */
bool ag_host_lists_lanes(const struct armgpu *g);
uint64_t *ag_lane_row(uint64_t *state, uint64_t slot, uint32_t row);
uint32_t ag_lane_stop(uint64_t *state, uint64_t slot);
void ag_lane_set_stop(uint64_t *state, uint64_t slot, uint32_t reason);
/* The lane goes on if its stop is one after which it can: running then. Before
   AG_STATE_START is set anew. */
bool ag_lane_go_on(uint64_t *state, uint64_t slot);
/* It passes the probe that it is at, if it is at one. */
bool ag_lane_passes(uint64_t *state, uint64_t slot);
/* The lane is there and can go on. The host has the slot's state. */
void ag_lane_set_pc(struct armgpu *g, uint64_t slot, uint64_t pc);
void ag_lane_result(uint64_t *state, uint64_t slot, armgpu_lane_result *out);
/* Adds a lane that has stopped; it began this run with `start` cycles. */
void ag_count_lane(armgpu_result *t, const armgpu_lane_result *lane,
                   uint64_t start);
/* Where a plane's mirror is, or will be. */
struct ag_mirror *ag_plane_of(const struct armgpu *g, uint32_t plane);
/* A device plane's mirror; NULL where the handle does not have the plane. */
struct ag_mirror *ag_plane_mirror(const struct armgpu *g, uint32_t plane);
/* The host's copy of a row, which is to be up to date; NULL where the handle
   does not have the plane. */
uint64_t *ag_plane_row(const struct armgpu *g, uint32_t plane, uint64_t slot,
                       uint32_t row);
uint32_t ag_plane_rows(uint32_t plane);
/* Whole blocks of all resident lanes. */
uint64_t ag_plane_bytes(const struct armgpu *g, uint32_t plane);
/* What a slot takes in the planes that are there. */
uint64_t ag_state_bytes(const struct armgpu *g);
/* All rows of a slot from and to the structure, as rows.h says. The host has the
   slot's state, and before setting all that ag_state_wants() is there. */
void ag_state_get(const struct armgpu *g, uint64_t slot, armgpu_state *s);
void ag_state_set(struct armgpu *g, uint64_t slot, const armgpu_state *s);
/* The structure has something of the plane that lanes do not begin with. */
bool ag_state_wants(const armgpu_state *s, uint32_t plane);

/* view.c: guest addresses. Elsewhere memory is lanes' own, counted from 0, and
   code is where the code table has it (ag_code_of()). */
bool ag_has_view(const struct armgpu *g);
struct ag_piece ag_piece_at(const struct armgpu *g, uint64_t address);
/* Places in the code table: how many bytes of memory it is for, where it has an
   address (AG_NO_CODE: nowhere), and back. */
uint64_t ag_code_size(const struct armgpu *g);
uint64_t ag_code_of(const struct armgpu *g, uint64_t address);
uint64_t ag_code_address(const struct armgpu *g, uint64_t at);
/* A PC must be a multiple of 4 inside memory. */
int32_t ag_check_pc(struct armgpu *g, uint64_t pc);
/* `what` of these bytes is inside memory, and in lanes' own. */
int32_t ag_check_range(struct armgpu *g, const char *what, uint64_t address,
                       uint64_t size);
int32_t ag_check_own(struct armgpu *g, const char *what, uint64_t address,
                     uint64_t size);

/* format.c: all but the size of armgpu_identify()'s answer. */
void ag_identify(const void *bytes, size_t size, armgpu_file *file);

/* memory.c, for system calls: how many of `size` bytes are memory that lanes read,
   or may write. And a slot's bytes, which are memory. */
uint64_t ag_memory_room(const struct armgpu *g, uint64_t address, uint64_t size,
                        bool writes);
int32_t ag_memory_get(struct armgpu *g, uint32_t slot, uint64_t address,
                      void *bytes, size_t size);
int32_t ag_memory_put(struct armgpu *g, uint32_t slot, uint64_t address,
                      const void *bytes, size_t size);

/* slots.c */
int32_t ag_slots_open(struct armgpu *g);
void ag_slots_close(struct armgpu *g);
/* The first lanes in slots 0, 1, ... */
void ag_slots_reset(struct armgpu *g);
/* A resident lane's slot. */
int32_t ag_slot_of(struct armgpu *g, uint64_t lane, uint64_t *slot);
uint64_t ag_lane_of(const struct armgpu *g, uint64_t slot);
/* The lane at this place among those that run. */
void ag_slot_take(struct armgpu *g, uint64_t slot, uint64_t place);
void ag_slot_give(struct armgpu *g, uint64_t slot);
/* After lanes began without the host: what the slots say. */
int32_t ag_slots_rebuild(struct armgpu *g);
/* How many lanes may begin now, of the free slots. */
uint64_t ag_slots_ready(const struct armgpu *g);

/* images.c */
/* Keeps a copy as the last one, in place of those that it covers. What there
   was stays in *before until ag_images_settle() drops it, or puts it back
   where something else failed. */
int32_t ag_images_add(struct armgpu *g, const struct ag_image *image,
                      struct ag_images *before);
void ag_images_settle(struct armgpu *g, struct ag_images *before, bool is_kept);
/* The bytes lanes of a program began with; address + bytes is inside memory. */
void ag_image_read(const struct armgpu *g, uint32_t program, uint64_t address,
                   uint8_t *out, size_t bytes);
/* The range that images of a program cover, or those that are no other
   program's; [0, 0) if there are none. */
void ag_image_range(const struct armgpu *g, uint32_t program, bool is_own,
                    uint64_t *low, uint64_t *high);
void ag_images_close(struct armgpu *g);

/* programs.c: keeps an image and writes it into the memory of its lanes. What was
   decoded goes first: a failure leaves everything as it was. */
int32_t ag_image_place(struct armgpu *g, const struct ag_image *image);

/* start.c */
int32_t ag_start_open(struct armgpu *g);
void ag_start_close(struct armgpu *g);
/* g->start as it is to be, on the device. */
int32_t ag_start_ready(struct armgpu *g);

/* serve.c */
/* Launches AG_SERVE_* (args: what, range, BEGIN's values) on n slots listed, at
   most as many as there are, or on all (slots NULL), and waits. */
int32_t ag_serve(struct armgpu *g, ag_slice_args *args, const uint32_t *slots,
                 uint64_t n);
/* AG_SERVE_TURN on n slots of a list that is on the device. */
int32_t ag_serve_turn(struct armgpu *g, ag_slice_args *args, ag_buffer *list,
                      uint64_t n);
/* Every lane as at the start; of memory [0, memory_bytes). */
int32_t ag_serve_begin_all(struct armgpu *g, uint64_t memory_bytes);
/* `bytes` has n blocks of `size`; what: AG_SERVE_READ or _WRITE. */
int32_t ag_serve_memory(struct armgpu *g, uint32_t what, const uint32_t *slots,
                        uint64_t n, uint64_t address, void *bytes, size_t size);
/* The host has the state of these slots until ag_part_end(). */
int32_t ag_part_begin(struct armgpu *g, const uint32_t *slots, uint64_t n);
int32_t ag_part_end(struct armgpu *g);
/* The API is about to read lanes [first, first + n): where these are few they
   are fetched alone. */
int32_t ag_part_want(struct armgpu *g, uint64_t first, uint64_t n);
uint64_t ag_tally_bytes(uint64_t slots);
/* Adds what a buffer of tallies holds. */
int32_t ag_tally_add(struct armgpu *g, const ag_buffer *from, uint64_t slots,
                     armgpu_result *out);
/* What armgpu_result says of all resident lanes, summed up on the device. */
int32_t ag_serve_sum(struct armgpu *g, armgpu_result *out);
/* The state mirror's host copy, up to date in this slot; NULL if the device
   failed. */
uint64_t *ag_state_read(struct armgpu *g, uint64_t slot);
uint64_t *ag_state_write(struct armgpu *g, uint64_t slot);

static inline uint64_t ag_page_count(const struct armgpu *g)
{
    return (ag_code_size(g) + AG_PAGE_BYTES - 1) >> AG_PAGE_SHIFT;
}

/* module.c: the interpreter, compiled for this handle's layout and planes. */
int32_t ag_module_open(struct armgpu *g);
/* From now on its kernels decode code of lanes' own. Between launches. */
int32_t ag_module_need_own_code(struct armgpu *g);
void ag_module_close(struct armgpu *g);

/* planes.c: from now on lanes have the plane, and kernels know it. Between
   launches. */
int32_t ag_plane_need(struct armgpu *g, uint32_t plane);

/* choose.c */
/* Opens the device that was asked for, or that is best, and says how many lanes
   are there at one time. */
int32_t ag_choose(struct armgpu *g, const armgpu_options *o);
void ag_choose_close(struct armgpu *g);

/* compile.c: before anything executes, what lanes begin with alike, of which a
   text for several is made: when that is depends on time, and the text must not.
   A guess, for lanes that begin later: it costs time where it is wrong. */
int32_t ag_compile_look(struct armgpu *g);

/* regions.c: before a slice, what there is to translate is, if that is wanted:
   at once, or beside the run. */
int32_t ag_regions_ready(struct armgpu *g);
/* A slice's fuel, of what it would have: short where it is looked at what lanes
   do. And where they are, before the interpreter has them: a slice's list. */
uint32_t ag_regions_fuel(const struct armgpu *g, uint32_t fuel);
int32_t ag_regions_look(struct armgpu *g, const ag_buffer *lanes,
                        uint64_t count);
/* What was done in a slice. */
int32_t ag_regions_ran(struct armgpu *g, const struct ag_work *slice);
void ag_regions_close(struct armgpu *g);

/* begins.c: addresses that lanes were told to begin at. */
void ag_begins_add(struct armgpu *g, uint64_t pc);
void ag_begins_clear(struct armgpu *g);
void ag_begins_close(struct armgpu *g);

#endif
