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
    AG_INPUT_SHOWN,  /* the lane of which the host is told every call, + 1 */
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

/* AG_LINUX_SHOWN, of a lane whose calls the host is told of: it is in one; what
   that gives lies in ANSWER and has been told, and comes next. */
#define AG_SHOWN_BEGUN 1
#define AG_SHOWN_TOLD 2

#define AG_USER 1000 /* its number, and its group's */
#define AG_MOST_AT_ONCE ((u64)0x7ffff000) /* bytes of a read or write */
#define AG_MOST_VECTORS 1024 /* pieces of one */

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

/* Errors have the numbers that Linux gives them: X(NAME, number, text). */
#define AG_ERRORS(X)                                                           \
    X(PERM, 1, "Operation not permitted")                                      \
    X(NOENT, 2, "No such file or directory")                                   \
    X(SRCH, 3, "No such process")                                              \
    X(IO, 5, "Input/output error")                                             \
    X(NXIO, 6, "No such device or address")                                    \
    X(BADF, 9, "Bad file descriptor")                                          \
    X(CHILD, 10, "No child processes")                                         \
    X(AGAIN, 11, "Resource temporarily unavailable")                           \
    X(NOMEM, 12, "Cannot allocate memory")                                     \
    X(ACCES, 13, "Permission denied")                                          \
    X(FAULT, 14, "Bad address")                                                \
    X(BUSY, 16, "Device or resource busy")                                     \
    X(EXIST, 17, "File exists")                                                \
    X(XDEV, 18, "Invalid cross-device link")                                   \
    X(NODEV, 19, "No such device")                                             \
    X(NOTDIR, 20, "Not a directory")                                           \
    X(ISDIR, 21, "Is a directory")                                             \
    X(INVAL, 22, "Invalid argument")                                           \
    X(NFILE, 23, "Too many open files in system")                              \
    X(MFILE, 24, "Too many open files")                                        \
    X(NOTTY, 25, "Inappropriate ioctl for device")                             \
    X(FBIG, 27, "File too large")                                              \
    X(NOSPC, 28, "No space left on device")                                    \
    X(SPIPE, 29, "Illegal seek")                                               \
    X(ROFS, 30, "Read-only file system")                                       \
    X(RANGE, 34, "Numerical result out of range")                              \
    X(NAMETOOLONG, 36, "File name too long")                                   \
    X(NOSYS, 38, "Function not implemented")                                   \
    X(NOTEMPTY, 39, "Directory not empty")                                     \
    X(LOOP, 40, "Too many levels of symbolic links")                           \
    X(OVERFLOW, 75, "Value too large for defined data type")                   \
    X(OPNOTSUPP, 95, "Operation not supported")                                \
    X(TIMEDOUT, 110, "Connection timed out")
#define AG_ERROR_NUMBER(NAME, number, text) AG_E_##NAME = (number),
enum ag_errno { AG_ERRORS(AG_ERROR_NUMBER) AG_E_NONE = 0 };

#endif
