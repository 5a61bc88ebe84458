/*
 * What the host and the kernels share: register rows, the layout of lane state
 * in device memory, code-table entries and the arguments of a slice. Fixed
 * widths only; nothing here depends on the language but through dialect.h.
 *
 * A slot is a place for one lane in state and in private memory; which lane has
 * it is in its state (rows.h).
 */
#ifndef AG_STATE_H
#define AG_STATE_H

#include "lane/layout.h"
#include "lane/rows.h"

/* Register rows of an executing lane. Row 31 is SP; what encodes XZR reads row
   32, which is always zero, or writes row 33, which is never read. */
#define AG_ROW_SP 31
#define AG_ROW_ZERO 32
#define AG_ROW_SINK 33
#define AG_REGISTER_ROWS 34

/* AG_STATE_STATUS: stop reason 7:0, access kind 15:8, access size 23:16,
   AG_STATUS_PASSES, _CALLS and _LEFT. */
#define AG_STATUS_STOP(s) ((u32)(s)&0xff)
#define AG_STATUS_ACCESS(s) ((u32)((s) >> 8) & 0xff)
#define AG_STATUS_SIZE(s) ((u32)((s) >> 16) & 0xff)
#define AG_STATUS(stop, access, size)                                          \
    ((u64)(stop) | (u64)(access) << 8 | (u64)(size) << 16)

/* The lane stopped at a probe and goes on: until it has retired an instruction
   of this armgpu_execute() (AG_STATE_START) it passes the one that it is at. */
#define AG_STATUS_PASSES ((u64)1 << 24)
AG_INLINE u32 ag_passes(u64 status, u64 cycles, u64 start)
{
    return (status & AG_STATUS_PASSES) != 0 && cycles == start;
}
/* The lane is at a probe AG_PROBE_CALL, which it has to do with by itself. */
#define AG_STATUS_CALLS ((u64)1 << 25)
/* Translated code had little of it: the lane is interpreted, past entries of
   regions too, until its next turn begins (engine/region.h). */
#define AG_STATUS_LEFT ((u64)1 << 26)
/* AG_STATE_CODE of a breakpoint that is a probe's; BRK has 16 bits. */
#define AG_CODE_PROBE 0x10000

/* Stop reasons: armgpu.h's, where each is described; src/core/state.c compares.
 */
enum ag_stop {
    AG_STOP_RUNNING,
    AG_STOP_HALT,
    AG_STOP_SYSCALL,
    AG_STOP_MAX_CYCLES,
    AG_STOP_BREAKPOINT,
    AG_STOP_WATCHPOINT,
    AG_STOP_UNDEFINED,
    AG_STOP_DATA_FAULT,
    AG_STOP_FETCH_FAULT,
    AG_STOP_ALIGNMENT_FAULT,
    AG_STOP_EXIT,
    AG_STOP_DEVICE_FAULT,
    AG_STOP_INTERRUPTED,
    AG_STOP_DEADLOCK
};
/* Those whose code is the program's own word on how it went, as bits. */
#define AG_STOPS_WITH_STATUS ((1u << AG_STOP_HALT) | (1u << AG_STOP_EXIT))

#define AG_ACCESS_NONE 0
#define AG_ACCESS_READ 1
#define AG_ACCESS_WRITE 2

/* A lane that cannot go on by itself says why in AG_STATE_REQUEST (kind in bits
   2:0, an address above) and gives up the rest of the slice. The host serves
   requests in lane order before the next slice. */
#define AG_REQUEST_NONE 0
#define AG_REQUEST_DECODE 1      /* the page at this place of the code table */
#define AG_REQUEST_INVALIDATE 2  /* IC IVAU of this line */
#define AG_REQUEST_INVALIDATE_ALL 3
#define AG_REQUEST_ALONE 4       /* execute the instruction at PC while no other
                                    lane runs: an atomic the device lacks */
#define AG_REQUEST_V 5           /* registers V0 to V31 */
#define AG_REQUEST_OWN_CODE 6    /* kernels that decode code of a lane's own */
#define AG_REQUEST_CALL 7        /* a system call, or an access of a device:
                                    these are its addresses */
#define AG_REQUEST_DRAIN ((u64)1 << 63) /* what it wrote has no more room */
#define AG_REQUEST_FILES ((u64)1 << 62) /* the host executes it */
#define AG_REQUEST_SHOW ((u64)1 << 61)  /* what it comes to is told, behind what
                                           the lane wrote */
/* What the lane wrote is handed out first. */
#define AG_REQUEST_DRAINS(request)                                             \
    (AG_REQUEST_KIND(request) == AG_REQUEST_CALL &&                            \
     ((request) & (AG_REQUEST_DRAIN | AG_REQUEST_SHOW)) != 0)
#define AG_REQUEST_DEVICE ((u64)1 << 60) /* an access outside memory, of which
                                            AG_STATE_CODE and _STATUS speak */
#define AG_REQUEST_NOTE(number) ((u64)(number) << 3) /* there is none such */
#define AG_REQUEST_NOTED(address) ((address) >> 3)
#define AG_REQUEST_KIND(r) ((u32)(r)&7)
#define AG_REQUEST_ADDRESS(r) ((r) & ~(u64)7)

/* GPUs: a lane's registers lie in group memory, [warp][row][lane of warp]. */
#define AG_WARP 32
#ifndef AG_REGISTER_STRIDE /* words from a lane's register to the next */
#define AG_REGISTER_STRIDE AG_WARP
#endif
#define AG_GROUP_BYTES_PER_LANE (AG_REGISTER_ROWS * 8)

/* What a GPU lane writes out along with its request word. */
typedef struct ag_lane_request {
    u32 slot;
    u32 program;
    u64 request;
} ag_lane_request;
AG_ASSERT_SIZE(ag_lane_request, 16);

/* Memory. */
#define AG_PAGE_SHIFT 12
#define AG_PAGE_BYTES 4096
#define AG_PAGE_ENTRIES (AG_PAGE_BYTES / 4)
#define AG_CACHE_LINE 64

/*
 * A private memory in pieces, at most 64 of them: AG_STATE_DIRTY has a bit for
 * each. A piece whose bit is not set is as the slot's program began
 * (AG_STATE_PROGRAM), with the images that there are now: whoever changes bytes
 * of a slot sets the bit, whoever lets another lane begin there restores these
 * pieces. A piece is a power of two of bytes.
 */
#define AG_PIECE_SHIFT_LEAST 8
AG_INLINE u32 ag_piece_shift(u64 memory_size)
{
    return memory_size <= (u64)64 << AG_PIECE_SHIFT_LEAST
               ? AG_PIECE_SHIFT_LEAST
               : 58 - AG_CLZ64(memory_size - 1);
}
/* The pieces that [low, high) has a part of. */
AG_INLINE u64 ag_pieces(u32 shift, u64 low, u64 high)
{
    return low >= high ? 0
                       : ~(u64)0 << (low >> shift) &
                             ~(u64)0 >> (63 - ((high - 1) >> shift));
}

/*
 * What lanes start with, in 64-bit words: a head, factor and constant of every
 * state row (a lane starts with lane * factor + constant), a record for each
 * program, the table of programs by lane (32-bit), the stretches of lanes that
 * run where not all do, the images.
 */
#define AG_START_PLANE(NAME, name)                                             \
    AG_START_##NAME,                                                           \
        AG_START_##NAME##_LAST = AG_START_##NAME + 2 * AG_##NAME##_ROWS - 1,
enum ag_start_word {
    AG_START_ASSIGN,  /* enum armgpu_assign */
    AG_START_DIVISOR, /* programs, lanes a program, or entries of the table */
    AG_START_TABLE,   /* where the table is */
    AG_START_OWN_PC,  /* lanes of programs below start at their address */
    AG_START_ONLY,    /* where the stretches are: of each the lanes that run
                         before it, and the number of its first */
    AG_START_STRETCHES, /* how many; 0: all lanes run */
    AG_START_RANDOM,  /* where memory of a lane has AG_RANDOM_BYTES of its own
                         to begin with, a multiple of 8; 0: nowhere */
    AG_START_SEED,    /* they are ag_random_64() of this and the lane */
    AG_PLANES(AG_START_PLANE) /* AG_START_<PLANE>: where its rows are */
    AG_START_PROGRAMS
};
enum ag_program_word {
    AG_PROGRAM_ENTRY, /* address */
    AG_PROGRAM_LOW,   /* the image is [low, high), multiples of 16; */
    AG_PROGRAM_HIGH,  /* all other memory is zero */
    AG_PROGRAM_IMAGE, /* where its bytes are */
    AG_PROGRAM_OWN_LOW, /* what it may have other bytes in than others */
    AG_PROGRAM_OWN_HIGH,
    AG_PROGRAM_WORDS
};
#define AG_RANDOM_BYTES 16
#define AG_ASSIGN_BLOCK 1 /* enum armgpu_assign */
#define AG_ASSIGN_TABLE 2
#define AG_NO_PROGRAM 0xffffffffu

/*
 * One decoded instruction. `run` is how many instructions, this one included,
 * follow each other without a branch inside the page; 0: it was not decoded.
 *
 * A probe is a mark in `run`: its kind, AG_PROBE_*, above a run of 1. The entry
 * is otherwise as ever and no batch; runs and batches before it end before it,
 * so that only who looks for a run comes across the mark (ag_find_run, which
 * tests both at once). What the host knows of it is probes.c's.
 */
typedef struct ag_entry {
    u16 op;
    u16 run;
    u8 d, n, m, a;
    u64 imm;
} ag_entry;
AG_ASSERT_SIZE(ag_entry, 16);
#define AG_PROBE_SHIFT 12
#define AG_RUN_LENGTH(run) ((u32)(run) & ((1u << AG_PROBE_SHIFT) - 1))
#define AG_PROBE_NONE 0u
#define AG_PROBE_STOP 1u /* the lane stops before the instruction */
#define AG_PROBE_CALL 2u /* it may go on elsewhere (engine/function.h) */
#define AG_PROBE_REGION 3u /* it is a region's entry (engine/region.h) */
/* There is no plain run here: nothing decoded, or a probe. */
#define AG_IS_SPECIAL_RUN(run) ((u32)(run)-1u >= AG_PAGE_ENTRIES)

/* An entry as it is fetched, in one 16-byte load where the language has one:
   op in bits 15:0 of low, run in 31:16, d, n, m and a above; imm is high. */
typedef struct ag_packed_entry {
    u64 low, high;
} ag_packed_entry;

AG_INLINE ag_packed_entry ag_fetch_entry(AG_GLOBAL const ag_entry *p)
{
    ag_packed_entry e;
    AG_FETCH_16(p, low, high);
    e.low = low;
    e.high = high;
    return e;
}

AG_INLINE ag_packed_entry ag_pack_entry(AG_PRIVATE const ag_entry *e)
{
    ag_packed_entry p;
    p.low = (u64)e->op | (u64)e->run << 16 | (u64)e->d << 32 |
            (u64)e->n << 40 | (u64)e->m << 48 | (u64)e->a << 56;
    p.high = e->imm;
    return p;
}

/* What the serving kernel does to the slots that are listed. */
#define AG_SERVE_BEGIN 0  /* a lane starts: state, then memory as IMAGE */
#define AG_SERVE_IMAGE 1  /* [address, address + size) as its program began */
#define AG_SERVE_READ 2   /* the same range to staging, slot after slot */
#define AG_SERVE_WRITE 3  /* and from there */
#define AG_SERVE_GET_STATE 4 /* state to staging: [row][slot of the list] */
#define AG_SERVE_SET_STATE 5 /* and from there */
#define AG_SERVE_TURN 6 /* lanes that ended are counted in staging, the first
                           `begin` slots begin the next lanes */

#define AG_SERVE_SUM 7 /* slots [0, begin) are counted, as by TURN, in `listed`
                          tallies */
#define AG_SERVE_RESTORE 8 /* what BEGIN and TURN do to the memory of the first
                              `begin` slots, and nothing else */

/* What TURN counts for each slot, in blocks as state is. */
enum ag_tally_row {
    AG_TALLY_CYCLES,
    AG_TALLY_MOST,  /* of a lane */
    AG_TALLY_LEAST, /* complement of the least: 0 is none yet */
    AG_TALLY_CODES, /* halted with a code that is not 0 */
    AG_TALLY_STOPS, /* lanes by stop reason, from here on */
    AG_TALLY_ROWS = AG_TALLY_STOPS + 16
};
AG_INLINE u64 ag_tally_index(u64 slot, u32 row)
{
    return slot / AG_BLOCK * (AG_TALLY_ROWS * AG_BLOCK) +
           (u64)row * AG_BLOCK + slot % AG_BLOCK;
}

/* What lanes find, as bits: system calls behind SVC; semihosting behind
   HLT #0xf000; registers that start-up code of bare metal sets (sysreg.h). */
#define AG_MACHINE_LINUX 1u
#define AG_MACHINE_SEMIHOSTING 2u
#define AG_MACHINE_STARTS 4u

/* Neighbouring threads have neighbouring slots, whole warps of them. */
#define AG_SERVE_THREADS(listed) (((listed) + AG_WARP - 1) / AG_WARP * AG_WARP)

/* Slices in which a lane executes one instruction. */
#define AG_ALONE_IN_TURN 1 /* one lane after the other: every atomic may */
#define AG_ALONE_ACCESS 2  /* with a device where it asked for one
                              (AG_REQUEST_DEVICE), the host has put its bytes into
                              the lane's own memory; private memory */
#define AG_ACCESS_BYTES 128 /* of a lane's memory, of which a part is used */

/*
 * A launch. Slices: every listed lane gets at most `fuel` attempts; on GPUs the
 * first `spread` threads of every `warp` have a lane each and the others
 * nothing to do, so that few lanes are not in each other's way (0: all have
 * one). Serving: `count` threads, `parts` for every listed slot, which divide
 * the range.
 */
typedef struct ag_slice_args {
    u64 memory_size;   /* bytes a lane has, or all together */
    u64 memory_stride; /* bytes from lane to lane, private layouts */
    u32 layout;        /* AG_LAYOUT_* */
    u32 count;         /* lanes listed; serving: threads */
    u32 fuel;          /* attempts a lane gets in this slice */
    u32 turn;          /* attempts before the next lane gets its turn */
    u32 alone;         /* AG_ALONE_* */
    u32 warp, spread;
    u32 threads;       /* CPU: those that execute lanes at one time */

    u32 serve;      /* AG_SERVE_* */
    u32 listed;     /* slots to serve */
    u32 is_all;     /* they are 0, 1, ...: there is no list */
    u32 first;      /* where in the list they begin */
    u32 begin;      /* TURN, RESTORE: how many lanes begin; SUM: slots */
    u32 parts;
    u32 program;    /* BEGIN, RESTORE: it executes this one; IMAGE: only lanes
                       of this one; AG_NO_PROGRAM: as assigned; all */
    u32 has_cas_128; /* slices, CPU: atomics of 16 bytes need not be alone */
    u64 address, size; /* slices, AG_ALONE_ACCESS: where in a lane's memory the
                          device's is */
    u64 next_lane;  /* BEGIN, RESTORE: of the first slot listed; others count
                       on; a place among the lanes that run */
    u64 limit;      /* BEGIN: cycles a lane may retire */
    u32 simd;       /* slices, CPU: AG_SIMD_* */
    u32 crypto;     /* slices, CPU: AG_CRYPTO_* */
    u32 machine;    /* slices: AG_MACHINE_* */
    u32 longest;    /* slices: instructions that regions retire without a test */
    ag_view view;   /* slices */
} ag_slice_args;
AG_ASSERT_SIZE(ag_slice_args, 160);
/* For MSL, which copies no structure from one address space to another. */
#define AG_COPY_SLICE_ARGS(to, from)                                           \
    (to).memory_size = (from).memory_size;                                     \
    (to).memory_stride = (from).memory_stride;                                 \
    (to).layout = (from).layout;                                               \
    (to).count = (from).count;                                                 \
    (to).fuel = (from).fuel;                                                   \
    (to).turn = (from).turn;                                                   \
    (to).alone = (from).alone;                                                 \
    (to).warp = (from).warp;                                                   \
    (to).spread = (from).spread;                                               \
    (to).threads = (from).threads;                                             \
    (to).serve = (from).serve;                                                 \
    (to).listed = (from).listed;                                               \
    (to).is_all = (from).is_all;                                               \
    (to).first = (from).first;                                                 \
    (to).begin = (from).begin;                                                 \
    (to).parts = (from).parts;                                                 \
    (to).program = (from).program;                                             \
    (to).has_cas_128 = (from).has_cas_128;                                     \
    (to).address = (from).address;                                             \
    (to).size = (from).size;                                                   \
    (to).next_lane = (from).next_lane;                                         \
    (to).limit = (from).limit;                                                 \
    (to).simd = (from).simd;                                                   \
    (to).crypto = (from).crypto;                                               \
    (to).machine = (from).machine;                                             \
    (to).longest = (from).longest;                                             \
    (to).view.base = (from).view.base;                                         \
    (to).view.readonly = (from).view.readonly;                                 \
    (to).view.readonly_bytes = (from).view.readonly_bytes;                     \
    (to).view.code_base = (from).view.code_base

/* Words of the control buffer. */
#define AG_CONTROL_REQUESTS 0 /* not 0: some lane has a request */
#define AG_CONTROL_STOP 1     /* not 0: end the slice after the current turn */
#define AG_CONTROL_LIVE 3     /* GPUs: lanes written to NEXT */
#define AG_CONTROL_ASKED 4    /* GPUs: requests written to REQUESTS */
#define AG_CONTROL_ENDED 5    /* GPUs: slots of lanes that ended, written to the
                                 end of NEXT, last first */
#define AG_CONTROL_CYCLES 6   /* GPUs: retired in this slice by the interpreter,
                                 two words */
#define AG_CONTROL_DEVICES 8  /* not 0: what would be a data fault may be an access
                                 of a device, and asks */
#define AG_CONTROL_TRANSLATED 10 /* GPUs: and by regions, two words */
#define AG_CONTROL_WORDS 16

#endif
