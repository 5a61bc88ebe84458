/*
 * The memory functions that a compiler may call on its own, for freestanding
 * guest programs. Built so that the compiler does not recognise the loops and
 * turn them into calls of themselves; the linker drops those not used.
 */
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *at, int value, size_t size);
int memcmp(const void *left, const void *right, size_t size);

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    unsigned char *t = to;
    const unsigned char *f = from;

    while (size-- != 0)
        *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    unsigned char *t = to;
    const unsigned char *f = from;

    if (t <= f)
        return memcpy(to, from, size);
    while (size-- != 0)
        t[size] = f[size];
    return to;
}

void *memset(void *at, int value, size_t size)
{
    unsigned char *a = at;

    while (size-- != 0)
        *a++ = (unsigned char)value;
    return at;
}

int memcmp(const void *left, const void *right, size_t size)
{
    const unsigned char *l = left;
    const unsigned char *r = right;

    for (; size != 0; size--, l++, r++)
        if (*l != *r)
            return *l - *r;
    return 0;
}
