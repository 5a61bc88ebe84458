/*
 * The few functions of the C library that the Metal backend uses, with macOS's
 * constants, so that clang builds it for macOS where no SDK is at hand. The
 * headers beside this file are only names for it.
 */
#ifndef FREESTANDING_DECLARATIONS_H
#define FREESTANDING_DECLARATIONS_H

#include <stddef.h>
#include <stdint.h>

#define PRIu32 "u"
#define PRIu64 "llu"
#define PRIx64 "llx"

int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int snprintf(char *to, size_t n, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void *malloc(size_t bytes);
void *calloc(size_t n, size_t bytes);
void free(void *p);
char *getenv(const char *name);
double strtod(const char *text, char **end);
unsigned long strtoul(const char *text, char **end, int base);
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);

struct timespec {
    long tv_sec, tv_nsec;
};
#define CLOCK_MONOTONIC 6
int clock_gettime(int clock, struct timespec *t);
int sched_yield(void);
int nanosleep(const struct timespec *wanted, struct timespec *left);

typedef struct {
    long sign;
    char opaque[8];
} pthread_once_t;
#define PTHREAD_ONCE_INIT                                                      \
    {                                                                          \
        0x30b1bcba,                                                            \
        {                                                                      \
            0                                                                  \
        }                                                                      \
    }
int pthread_once(pthread_once_t *once, void (*function)(void));

#endif
