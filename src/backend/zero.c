/*
 * Lanes that share memory touch a few pages of each stack: a reset that writes
 * zeros everywhere would take GiBs that a run never needs. On Linux, pages can
 * be asked for and be dropped, and are zeros when they are touched again.
 */
#if defined(__linux__)
#define _DEFAULT_SOURCE
#endif
#include "backend/zero.h"

#include <stdint.h>
#include <string.h>

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>

#define PIECE ((size_t)2 << 20) /* a huge page: dropped as a whole or not */
#define LEAST_PAGE 4096

/* Drops a piece of which less than half is there, as writing it again is dearer
   than filling it; false: it is as it was. A page that is not there may be
   swapped out, so none is left out. */
static int drop(char *piece)
{
    unsigned char is_there[PIECE / LEAST_PAGE] = {0};
    size_t pages = PIECE / (size_t)sysconf(_SC_PAGESIZE), there = 0;
    if (mincore(piece, PIECE, is_there) != 0)
        return 0;
    for (size_t i = 0; i < pages; i++)
        there += is_there[i] & 1;
    return there < pages / 2 && madvise(piece, PIECE, MADV_DONTNEED) == 0;
}

void ag_zero(void *start, size_t bytes)
{
    char *at = start, *end = at + bytes;
    size_t before = (0 - (uintptr_t)at) % PIECE;
    if (before > bytes)
        before = bytes;
    memset(at, 0, before);
    for (at += before; (size_t)(end - at) >= PIECE; at += PIECE)
        if (!drop(at))
            memset(at, 0, PIECE);
    memset(at, 0, (size_t)(end - at));
}
#else
void ag_zero(void *start, size_t bytes)
{
    memset(start, 0, bytes);
}
#endif
