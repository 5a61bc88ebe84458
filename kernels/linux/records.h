/* What processes and the host have in common: the buffers INPUT and OUTPUT, what
   a lane asks for, descriptors and errors. */
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
    AG_INPUT_FILES,  /* AG_FILES_*; not 0: files are the host's part */
    AG_INPUT_STACK,  /* semihosting: the lowest byte, */
    AG_INPUT_STACK_TOP, /* and where SP begins */
    AG_INPUT_LINES,  /* semihosting: the word where command lines are listed */
    AG_INPUT_COUNT,  /* inputs: none, one for all lanes, or lane k has the k-th */
    AG_INPUT_PLACES  /* where each begins, in bytes; one more: the last's end */
};
/* Command lines are listed as inputs are: a count, then places. */

#define AG_FILES_OF_HOST 1 /* there are some of the host's */
#define AG_FILES_OF_LANE 2 /* lanes make their own */

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

/* AG_LINUX_ASKED: what the lane asked the host for; else a call's number + 1
   that the host has been told of. */
#define AG_ASKED_DRAIN ((u64)1 << 63)
#define AG_ASKED_FILES ((u64)1 << 62)
/* The host has executed the call of this number: its result is in ANSWER. */
#define AG_ASKED_ANSWERED(number) ((u64)1 << 61 | (number))

/* Descriptors. Four bits each, 16 in a row: a stream + 1, AG_STREAM_CLOEXEC; rows
   hold them exclusive-ored with what lanes begin with. */
#define AG_DESCRIPTORS 64
#define AG_STREAM_IN 1
#define AG_STREAM_OUT 2
#define AG_STREAM_ERR 3
#define AG_STREAM_FILE 4
#define AG_STREAM_FEATURES 5 /* semihosting: what it says of itself */
#define AG_STREAM_CLOEXEC 8
#define AG_STREAMS_AT_START ((u64)0x321)

/* Errors have the numbers that Linux gives them. */
enum ag_errno {
    AG_E_PERM = 1,
    AG_E_NOENT = 2,
    AG_E_SRCH = 3,
    AG_E_IO = 5,
    AG_E_NXIO = 6,
    AG_E_BADF = 9,
    AG_E_CHILD = 10,
    AG_E_AGAIN = 11,
    AG_E_NOMEM = 12,
    AG_E_ACCES = 13,
    AG_E_FAULT = 14,
    AG_E_BUSY = 16,
    AG_E_EXIST = 17,
    AG_E_XDEV = 18,
    AG_E_NODEV = 19,
    AG_E_NOTDIR = 20,
    AG_E_ISDIR = 21,
    AG_E_INVAL = 22,
    AG_E_NFILE = 23,
    AG_E_MFILE = 24,
    AG_E_NOTTY = 25,
    AG_E_FBIG = 27,
    AG_E_NOSPC = 28,
    AG_E_SPIPE = 29,
    AG_E_ROFS = 30,
    AG_E_RANGE = 34,
    AG_E_NAMETOOLONG = 36,
    AG_E_NOSYS = 38,
    AG_E_NOTEMPTY = 39,
    AG_E_LOOP = 40,
    AG_E_OVERFLOW = 75,
    AG_E_OPNOTSUPP = 95,
    AG_E_TIMEDOUT = 110
};

#endif
