/*
 * Translated code as a kernel of the CPU: its lanes are executed one by one, or
 * a vector of them together, and what regions leave by the interpreter within
 * the same slice.
 */
#include "entry/entry.h"

#include "entry/threads.h"

/* Turns of the interpreter where lanes have regions: it ends them where one is
   entered, and after a region that did little goes on past such places, for as
   long as makes up for coming and leaving. */
#define AG_BETWEEN_REGIONS 1024
#define AG_PAST_REGIONS 128

/* Lanes have gone together if they did so much; else each goes for a while by
   itself, twice as long every time: to come and leave takes longer than that
   much saves. */
#define AG_WORTH_TOGETHER 64
#define AG_FIRST_APART 2048

static u64 *cycles_of(const ag_buffers *b, u64 slot)
{
    return b->state + ag_state_index(slot, AG_STATE_CYCLES);
}

static void interpret(const ag_buffers *b, const ag_slice_args *args, u64 slot,
                      u64 left)
{
    const u64 status = b->state[ag_state_index(slot, AG_STATE_STATUS)];
    const u32 turn =
        (status & AG_STATUS_LEFT) != 0 ? AG_PAST_REGIONS : AG_BETWEEN_REGIONS;
    ag_kernel_turn(b, args, slot, left < turn ? (u32)left : turn);
}

/* Until `fuel` is used, or nothing more is done: it stopped, or asks for
   something; or all are to stop. Gives how much regions retired. */
static u64 run_one(const ag_buffers *b, const ag_slice_args *args, u64 slot,
                   u64 fuel, const ag_region_ways *ways)
{
    const u64 *cycles = cycles_of(b, slot);
    const u64 end = *cycles + fuel;
    u64 translated = 0, start;
    do {
        start = *cycles;
        translated += ways->one(b, args, slot, (u32)(end - start));
        if (*cycles >= end)
            break;
        interpret(b, args, slot, end - *cycles);
    } while (*cycles != start && *cycles < end &&
             !ag_is_told(b, AG_CONTROL_STOP));
    return translated;
}

/* What is left of the fuel of all these lanes. */
static u64 least_left(const ag_buffers *b, u64 slot, u32 lanes, const u64 *ends)
{
    u64 least = ~(u64)0;
    u32 k;
    for (k = 0; k < lanes; k++) {
        const u64 done = *cycles_of(b, slot + k);
        const u64 left = done < ends[k] ? ends[k] - done : 0;
        least = left < least ? left : least;
    }
    return least;
}

/* The same for neighbouring lanes from a slot on, until one of them has used
   its fuel, or none of them does more: one that stopped is passed over, and
   others go on one by one. */
static u64 run_together(const ag_buffers *b, const ag_slice_args *args,
                        u64 slot, const ag_region_ways *ways)
{
    u64 ends[AG_MOST_TOGETHER], translated = 0, left, apart = AG_FIRST_APART;
    u32 k, done, any = 1;
    for (k = 0; k < ways->lanes; k++)
        ends[k] = *cycles_of(b, slot + k) + args->fuel;
    while (any && (left = least_left(b, slot, ways->lanes, ends)) != 0 &&
           !ag_is_told(b, AG_CONTROL_STOP)) {
        done = ways->together(b, args, slot, (u32)left);
        translated += (u64)done * ways->lanes;
        left -= done < left ? done : left;
        any = done != 0;
        for (k = 0;
             k < ways->lanes && left != 0 && !ag_is_told(b, AG_CONTROL_STOP);
             k++) {
            const u64 start = *cycles_of(b, slot + k);
            if (done >= AG_WORTH_TOGETHER)
                interpret(b, args, slot + k, left);
            else
                translated += run_one(b, args, slot + k,
                                      left < apart ? left : apart, ways);
            any |= *cycles_of(b, slot + k) != start;
        }
        apart = done >= AG_WORTH_TOGETHER ? AG_FIRST_APART
                : apart < args->fuel      ? apart * 2
                                          : apart;
    }
    return translated;
}

/* Whether the listed slots are such neighbours. */
static u32 are_neighbours(const u32 *slots, u32 lanes)
{
    u32 k;
    for (k = 1; k < lanes; k++)
        if (slots[k] != slots[0] + k)
            return 0;
    return slots[0] % lanes == 0;
}

void ag_kernel_regions(const ag_buffers *b, const ag_slice_args *args,
                       u32 first, u32 count, const ag_region_ways *ways)
{
    const u32 end = first + count;
    u64 translated = 0;
    u32 i = first;
    while (i < end && !ag_is_told(b, AG_CONTROL_STOP)) {
        const u32 *slots = b->lanes + i;
        if (ways->together != 0 && end - i >= ways->lanes &&
            are_neighbours(slots, ways->lanes)) {
            translated += run_together(b, args, slots[0], ways);
            i += ways->lanes;
        } else {
            translated += run_one(b, args, slots[0], args->fuel, ways);
            i++;
        }
    }
    if (translated != 0)
        ag_count_cycles(b->control, AG_CONTROL_TRANSLATED, translated);
}
