/*
 * Compiled kernels on disk, for src/backend only. A cache that cannot be used
 * (no home directory, open to others, ARMGPU_CACHE=off) is never an error:
 * loads find nothing and stores do nothing. Any number of processes may use it
 * at the same time.
 */
#ifndef AG_CACHE_H
#define AG_CACHE_H

#include <stddef.h>
#include <stdint.h>

/* What decides the compiled bytes, all of it compared when loading. NULL is
   taken as "". */
struct ag_cache_key {
    uint64_t source_hash; /* ag_kernel_source.hash */
    const char *backend;  /* "opencl", "cuda": lower-case letters and digits,
                             the file's name begins with them */
    const char *device;   /* name, and what else tells devices apart */
    const char *driver;   /* versions of the driver and of its compiler */
    const char *options;  /* given to the compiler */
};

/* 0 if nothing would be kept: bytes need not be made for it. */
int ag_cache_is_on(void);

/* The bytes stored for this key, for free(), and their length; NULL if there
   are none, or if what is there was damaged. */
void *ag_cache_load(const struct ag_cache_key *key, size_t *length);

/* Keeps bytes for this key in place of what was there. */
void ag_cache_store(const struct ag_cache_key *key, const void *bytes,
                    size_t length);

/* Keeps a text that a compiler refused, for people to look at, in place of the
   last one; a note stands in its first line. 0: it could not be kept, else `path`
   is where it is ("" if that does not fit). */
int ag_cache_keep_refused(const void *text, size_t length, const char *note,
                          char *path, size_t size);

#endif
