/*
 * A compiler as a process beside this one: what it does to itself (it crashes,
 * never ends) it does not do to a run, and it can be given up. It has a folder
 * of its own that nobody else can enter, with the files that it reads and
 * writes, which is gone when it is closed; what takes too long, or is given up,
 * is killed with everything it started, and so is what is at work when this
 * process is killed, with its folder. Only src/backend includes this.
 *
 * Order: ag_child_open(), ag_child_write(), ag_child_start(), then
 * ag_child_finish(), before which ag_child_is_over() and ag_child_await() may
 * ask; last ag_child_close(). One thread has it at a time.
 */
#ifndef AG_CHILD_H
#define AG_CHILD_H

#include "backend/backend.h"

#include <stdbool.h>

#define AG_CHILD_PATH_BYTES 1088
#define AG_CHILD_COMPLAINTS "complaints" /* its file with what it says */

struct ag_child;

/* With an empty folder. NULL: the message says why. */
struct ag_child *ag_child_open(char message[AG_MESSAGE_BYTES]);
const char *ag_child_folder(const struct ag_child *c);

/* Files of such a folder, for both sides. */
void ag_child_path(const char *folder, const char *name,
                   char path[AG_CHILD_PATH_BYTES]);
/* False: the message says why. */
bool ag_child_write(const char *folder, const char *name, const void *bytes,
                    size_t length, char message[AG_MESSAGE_BYTES]);
/* For free(), with a zero byte behind; NULL: it is not there, is empty, or
   there is no memory. */
void *ag_child_read(const char *folder, const char *name, size_t *length);

/* Starts words[0], a path, with the words, which NULL ends, and the environment
   of this thread but for these "NAME=VALUE" and TMPDIR, its folder; NULL ends
   them. False: it did not start. */
bool ag_child_start(struct ag_child *c, char **words,
                    const char *const *environment);
/* Whether it is over by now; what takes too long ends where it is asked. */
bool ag_child_is_over(struct ag_child *c);
/* The same, once it is, or by ag_now() it is `end`, or *is_given_up (an atomic)
   is set. */
bool ag_child_await(struct ag_child *c, const int *is_given_up, double end);
/* Waits for it; setting *is_given_up ends it soon. What became of it, as words
   behind "the compiler": NULL: it succeeded; ag_child_refused: it ended, but
   without success. */
const char *ag_child_finish(struct ag_child *c, const int *is_given_up);
extern const char ag_child_refused[];
/* "`who` `how`: `its complaint`": the first line with an error in it, or the
   first of all. */
void ag_child_complain(const struct ag_child *c, const char *who,
                       const char *how, char message[AG_MESSAGE_BYTES]);
void ag_child_close(struct ag_child *c); /* NULL is allowed */

#endif
