/* The kernel entries of entry.c and entry_group.c, for src/backend/cpu. */
#ifndef AG_ENTRY_H
#define AG_ENTRY_H

#include "engine/interp.h"

/*
 * Runs the lanes b->lanes[first .. first + count). Ends early when the control
 * buffer says so: after a turn (AG_CONTROL_STOP) or after every lane of the
 * range had one (AG_CONTROL_REQUESTS): a thread that wakes up late gives them
 * theirs too, or a lane that asks again and again would leave them none.
 */
void ag_kernel_slice(const ag_buffers *b, const ag_slice_args *args, u32 first,
                     u32 count);

/* Threads [first, first + count) of the serving kernel. */
void ag_kernel_serve(const ag_buffers *b, const ag_slice_args *args, u32 first,
                     u32 count);

/* The same with lane groups, as each instruction set's copy of entry_group.c
   has it; only where the processor has what the copy needs. */
typedef void ag_kernel_entry(const ag_buffers *b, const ag_slice_args *args,
                             u32 first, u32 count);
#define AG_GROUP_MOST_LANES 64 /* more make several groups */
/* Up to so many lanes run faster one by one. */
#define AG_GROUP_FEW_LANES 3
ag_kernel_entry ag_kernel_group_sse2, ag_kernel_group_avx2,
    ag_kernel_group_avx512, ag_kernel_group_neon;

/* The copies of entry_simd.c, whose addresses are in ag_simd_copies[]. */
ag_simd_function ag_kernel_simd_soft, ag_kernel_simd_base, ag_kernel_simd_fma;
/* And those of entry_crypto.c in ag_crypto_copies[]. */
ag_crypto_function ag_kernel_crypto_soft, ag_kernel_crypto_aes,
    ag_kernel_crypto_sha;

/* One lane's turn of at most `fuel` attempts; true if it can go on. */
u32 ag_kernel_turn(const ag_buffers *b, const ag_slice_args *args, u64 slot,
                   u32 fuel);

/* A turn in regions, of about `fuel` instructions: of the slot's lane
   (region.c), or of a vector of neighbours that begins there
   (region_together.c). Gives how many each of them retired: 0 where one is not
   at an entry, or not theirs, or they are not at the same one. A turn stops no
   lane, and asks for nothing. */
typedef u32 ag_region_turn(const ag_buffers *b, const ag_slice_args *args,
                           u64 slot, u32 fuel);

/* Regions as they were compiled: for a lane, and for `lanes` of them that
   execute together, from a slot on that is a multiple of that. NULL: they do
   not. */
#define AG_MOST_TOGETHER 8
typedef struct ag_region_ways {
    ag_region_turn *one;
    ag_region_turn *together;
    u32 lanes;
} ag_region_ways;

/* As ag_kernel_slice() in private memory: regions and the interpreter take
   turns with each lane, or with all that execute together. */
void ag_kernel_regions(const ag_buffers *b, const ag_slice_args *args,
                       u32 first, u32 count, const ag_region_ways *ways);

AG_INLINE u32 ag_is_told(const ag_buffers *b, u32 word)
{
    return AG_ATOMIC_LOAD(&b->control[word], AG_RELAXED) != 0;
}

#endif
