/* What processes and the host have in common: the buffers INPUT and OUTPUT. */
#ifndef AG_LINUX_RECORDS_H
#define AG_LINUX_RECORDS_H

#include "lane/dialect.h"

/* The head of INPUT: what all processes have alike, then their input. */
enum ag_input_word {
    AG_INPUT_HEAP,     /* where the program break begins, a multiple of a page */
    AG_INPUT_HEAP_END, /* and what it and mappings end at */
    AG_INPUT_OUTPUT_BYTES, /* of a slot in OUTPUT, a multiple of 64 */
    AG_INPUT_SEED,
    AG_INPUT_STRICT, /* not 0: calls that there are none of stop the lane */
    AG_INPUT_COUNT,  /* inputs: none, one for all lanes, or lane k has the k-th */
    AG_INPUT_PLACES  /* where each begins, in bytes; one more: the last's end */
};

/*
 * OUTPUT, a slot's: a head of words, then records. A record is a word, length
 * and in its highest bit whether it is of descriptor 2, then the bytes, then as
 * many as make it a multiple of 8. Consecutive writes to one descriptor are one
 * record. Who reads it knows by lane and generation whether it has seen some of
 * it: a lane that begins writes its number, a lane whose output was taken away
 * counts the generation.
 */
enum ag_output_word {
    AG_OUTPUT_LANE,       /* its number + 1; another one's: it wrote nothing */
    AG_OUTPUT_GENERATION, /* how often it began anew */
    AG_OUTPUT_END,        /* bytes of the slot in use */
    AG_OUTPUT_LAST,       /* where the last record begins, 0: there is none */
    AG_OUTPUT_RECORDS
};
#define AG_OUTPUT_FIRST (AG_OUTPUT_RECORDS * 8) /* byte of the first record */
#define AG_OUTPUT_IS_ERROR ((u64)1 << 63)
#define AG_OUTPUT_LENGTH(record) ((record) & ~AG_OUTPUT_IS_ERROR)

#endif
