/*
 * The buffers of a launch, each listed once. From the list come enum
 * ag_argument, the parameters of the kernels in every language and struct
 * ag_buffers, which hands them on; and on the host what the handle holds, binds
 * to a launch and brings up to date before it (src/core/mirror.c).
 *
 * X(NAME, name, type, access, launches, held)
 *   access    READS or WRITES: what kernels do with it
 *   launches  SLICE, SERVE or BOTH: those that are given it; others get NULL
 *             and do not touch it
 *   held      by the handle: as a MIRROR that the host works on as well, as a
 *             plain BUFFER, or by nobody: LAUNCH, each launch is given its own
 *
 * Every kernel takes all of them, in this order.
 */
#ifndef AG_BUFFERS_H
#define AG_BUFFERS_H

#include "lane/state.h"

/* The planes of lane state, as rows.h lists them. */
#define AG_PLANE_BUFFER(X, NAME, name)                                         \
    X(NAME, name, u64, WRITES, BOTH, MIRROR)

#define AG_BUFFER_LIST(X)                                                      \
    AG_PLANES_WITH(AG_PLANE_BUFFER, X)                                         \
    X(MEMORY, memory, u8, WRITES, BOTH, BUFFER)                                \
    /* Layouts with a window: what all lanes read. */                          \
    X(READONLY, readonly, u8, READS, SLICE, BUFFER)                            \
    /* Pages of AG_PAGE_ENTRIES; the first is empty. */                        \
    X(ENTRIES, entries, ag_entry, READS, SLICE, MIRROR)                        \
    /* By program, then page: its index in entries. */                         \
    X(PAGES, pages, u32, READS, SLICE, MIRROR)                                 \
    /* In: the slots that are listed. */                                       \
    X(LANES, lanes, u32, READS, BOTH, LAUNCH)                                  \
    /* Out, GPUs: slots that go on, in any order; last those that ended. */    \
    X(NEXT, next, u32, WRITES, SLICE, LAUNCH)                                  \
    /* Out, GPUs. */                                                           \
    X(REQUESTS, requests, ag_lane_request, WRITES, SLICE, BUFFER)              \
    /* AG_CONTROL_*. */                                                        \
    X(CONTROL, control, u32, WRITES, BOTH, MIRROR)                             \
    /* In: enum ag_start_word. */                                              \
    X(START, start, u64, READS, SERVE, MIRROR)                                 \
    /* Processes: enum ag_input_word, then inputs. */                          \
    X(INPUT, input, u64, READS, SLICE, BUFFER)                                 \
    /* And what they wrote, by slot: enum ag_output_word. */                   \
    X(OUTPUT, output, u64, WRITES, SLICE, BUFFER)                              \
    /* In or out: AG_SERVE_*. */                                               \
    X(STAGING, staging, u8, WRITES, SERVE, LAUNCH)

#define AG_BUFFER_NUMBER(NAME, name, type, access, launches, held)             \
    AG_ARGUMENT_##NAME,
enum ag_argument { AG_BUFFER_LIST(AG_BUFFER_NUMBER) AG_ARGUMENT_COUNT };

/* The type of a buffer's elements as kernels are given it. */
#define AG_ELEMENT_READS(type) const type
#define AG_ELEMENT_WRITES(type) type

#define AG_BUFFER_MEMBER(NAME, name, type, access, launches, held)             \
    AG_GLOBAL AG_ELEMENT_##access(type) *name;
typedef struct ag_buffers {
    AG_BUFFER_LIST(AG_BUFFER_MEMBER)
} ag_buffers;

#endif
