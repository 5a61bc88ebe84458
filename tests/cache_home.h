/*
 * For tests of the cache on disk: every test has a cache of its own, in a new
 * directory that XDG_CACHE_HOME names; what is expected of it and of its files.
 * To be included first: it decides which functions of POSIX there are.
 */
#ifndef AG_TESTS_CACHE_HOME_H
#define AG_TESTS_CACHE_HOME_H

#define _XOPEN_SOURCE 700
#include "backend/cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BYTES 20000

static char home[64];       /* a directory of this test's own */
static char directory[128]; /* the cache in it */
static unsigned char bytes[BYTES];

static const struct ag_cache_key key = {0x123456789abcdef0, "opencl", "device",
                                        "driver 1.2", "-cl-std=CL1.2"};

static inline void join(char to[512], const char *where, const char *name)
{
    snprintf(to, 512, "%.250s/%.250s", where, name);
}

static inline int remove_below(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *e;
    (void)chmod(path, 0700);
    while (d != NULL && (e = readdir(d)) != NULL) {
        char name[512];
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        join(name, path, e->d_name);
        if (unlink(name) != 0)
            remove_below(name);
    }
    if (d != NULL)
        closedir(d);
    return rmdir(path);
}

static inline int setup(void **state)
{
    (void)state;
    snprintf(home, sizeof home, "/tmp/armgpu-cache-XXXXXX");
    if (mkdtemp(home) == NULL)
        return -1;
    snprintf(directory, sizeof directory, "%s/armgpu", home);
    for (size_t i = 0; i < BYTES; i++)
        bytes[i] = (unsigned char)(i * i >> 3);
    unsetenv("ARMGPU_CACHE");
    return setenv("XDG_CACHE_HOME", home, 1);
}

static inline int teardown(void **state)
{
    (void)state;
    return remove_below(home);
}

/* How many files there are in a directory; the name of the last one seen. */
static inline int count_files_in(const char *where, char path[512])
{
    int n = 0;
    DIR *d = opendir(where);
    struct dirent *e;
    while (d != NULL && (e = readdir(d)) != NULL)
        if (e->d_name[0] != '.') {
            join(path, where, e->d_name);
            n++;
        }
    if (d != NULL)
        closedir(d);
    return n;
}

static inline int count_files(char path[512])
{
    return count_files_in(directory, path);
}

static inline void expect_nothing(const struct ag_cache_key *k)
{
    size_t length = 1;
    assert_null(ag_cache_load(k, &length));
    assert_int_equal(length, 0);
}

static inline void expect_bytes(const struct ag_cache_key *k, const void *want,
                                size_t n)
{
    size_t length = 0;
    void *got = ag_cache_load(k, &length);
    assert_non_null(got);
    assert_int_equal(length, n);
    assert_memory_equal(got, want, n);
    free(got);
}

/* Nothing is kept, and nothing found. */
static inline void expect_off(void)
{
    ag_cache_store(&key, bytes, BYTES);
    expect_nothing(&key);
}

static inline void write_file(const char *path, const void *from, size_t n)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(from, 1, n, out), n);
    assert_int_equal(fclose(out), 0);
}

static inline size_t read_file(const char *path, unsigned char *to, size_t n)
{
    FILE *in = fopen(path, "rb");
    size_t got = in != NULL ? fread(to, 1, n, in) : 0;
    assert_non_null(in);
    fclose(in);
    return got;
}

#endif
