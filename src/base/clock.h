/*
 * The clock that nobody sets. Needs POSIX's declarations: a file that includes
 * this defines _POSIX_C_SOURCE before its first header.
 */
#ifndef AG_BASE_CLOCK_H
#define AG_BASE_CLOCK_H

#include <time.h>

/* Seconds since some moment of the past. */
static inline double ag_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#endif
