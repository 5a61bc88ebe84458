/*
 * The memory of a program: where its segments, heap and stack are, what all
 * lanes can read in one copy, and how many bytes a lane has of its own.
 */
#ifndef AG_GUEST_WINDOW_H
#define AG_GUEST_WINDOW_H

#include "guest/elf.h"

#define AG_WINDOW_HEAP (UINT64_C(1) << 20)
#define AG_WINDOW_STACK (UINT64_C(128) << 10)
/* Extents begin and end at a multiple of this many bytes. */
#define AG_WINDOW_LINE UINT64_C(64)
/* Extents of bare metal that are nearer than this are one: bytes. */
#define AG_WINDOW_GAP (UINT64_C(1) << 20)
/* A bare-metal program's symbol for the end of its stack is the end of its
   memory too up to so far behind what it loads: bytes. */
#define AG_WINDOW_REACH (UINT64_C(64) << 20)
/* Farther, or before what it loads, it is a stack by itself up to so far, and
   not believed beyond: bytes. */
#define AG_WINDOW_BANK (UINT64_C(4) << 30)
/* Where position-independent programs begin, as others do by their linker. */
#define AG_WINDOW_BASE UINT64_C(0x400000)
/* A program takes at most so many bytes unless another bound is asked for. */
#define AG_WINDOW_MOST (UINT64_C(64) << 30)

struct ag_window_request {
    bool has_base;
    uint64_t base;                    /* --memory-base: a multiple of a page */
    uint64_t heap_bytes, stack_bytes; /* rounded up to pages */
    uint64_t most_bytes; /* both extents together; 0: AG_WINDOW_MOST */
};

/* [base, base + bytes), both multiples of AG_WINDOW_LINE; bytes 0: there is
   none. */
struct ag_extent {
    uint64_t base, bytes;
};

/*
 * Addresses as the program sees them, its bias added; beyond the two extents
 * every access is a fault. They do not overlap.
 *
 * A Linux program has one window, from the page of its lowest segment on (an
 * address below is a fault, so a null pointer is one), which is cut at the
 * lowest byte that may be written, rounded down to a line: what lies before it
 * is there once, what lies behind it is each lane's. Read-only segments behind
 * the cut and gaps between segments belong to what surrounds them. Then come,
 * each on a page, the heap, which the program break begins in, and the stack,
 * which ends the window.
 *
 * Bare metal has what it loads read-only at load addresses (flash), and what
 * may be written, or has another place than it is loaded at, where it runs
 * (RAM). Where no more than AG_WINDOW_GAP lies between, or one lies within the
 * other, they are one window as above. RAM ends at the program's own symbol for
 * the end of its stack (ag_window_top()), rounded up to a line, else behind a
 * heap and a stack as above. Where that symbol lies in what is loaded, or in
 * another bank, RAM has no stack but that, and a heap only if the program says
 * where it ends (__heap_end, __HeapLimit), or has an sbrk().
 */
struct ag_window {
    uint64_t bias; /* of a position-independent program, else 0 */
    struct ag_extent readonly, writable;
    uint64_t heap, heap_end; /* program break at the start; its limit */
    /* [stack, stack_top); stack_top, a multiple of 16, is SP's start. Behind
       the heap but for bare metal whose stack is where it says. */
    uint64_t stack, stack_top;
};

/* Request with the sizes above and no base. */
void ag_window_request_init(struct ag_window_request *request);

/* On false `sentence` says what does not fit. What lies between the extents
   takes no memory; where a gap within one does, the sentence says where. */
bool ag_window_plan(const struct ag_elf *elf,
                    const struct ag_window_request *request,
                    struct ag_window *window, char sentence[AG_SENTENCE]);

/* Where linker scripts of bare metal say that the stack begins: the first that
   there is of __stack (picolibc, newlib), __StackTop (CMSIS), _estack (ST),
   __stack_top, _stack_top, stack_top and stack_end. Functions and variables of
   these names are no such symbols. False if there is none. */
bool ag_window_top(const struct ag_elf *elf, uint64_t *top);

#endif
