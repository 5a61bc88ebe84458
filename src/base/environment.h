/*
 * The environment of this process, as it was when a handle was opened. Another
 * thread of the caller's may change it while lanes execute, which no lock of
 * ours keeps it from: so whatever is read during armgpu_execute(), and by
 * threads that compile beside it, is read in the handle's copy.
 */
#ifndef AG_BASE_ENVIRONMENT_H
#define AG_BASE_ENVIRONMENT_H

/* A copy of it, which ends with NULL, for one free(). NULL: out of memory. */
char **ag_environment_copy(void);

/* What ag_getenv() and ag_environ() of this thread read from now on: a copy, or
   NULL for the process's own. Returns what it was before: uses nest. */
char **ag_environment_use(char **copy);

/* As getenv(), and as environ. */
const char *ag_getenv(const char *name);
char **ag_environ(void);

#endif
