/*
 * Strings: length, copy, compare, search, reverse, numbers to text in any base
 * and back, a small formatter, tokens, run-length coding.
 */
#include "compiled.h"

static size_t length(const char *s)
{
    const char *e = s;

    while (*e != '\0')
        e++;
    return (size_t)(e - s);
}

static int compare(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b)
        a++, b++;
    return (int)(uint8_t)*a - (int)(uint8_t)*b;
}

static char *append(char *to, const char *from)
{
    while ((*to = *from++) != '\0')
        to++;
    return to;
}

static void reverse(char *s, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        char c = s[i];

        s[i] = s[n - 1 - i];
        s[n - 1 - i] = c;
    }
}

static char *put_number(char *to, uint64_t value, unsigned base)
{
    char *start = to;

    do
        *to++ = "0123456789abcdefghijklmnopqrstuvwxyz"[value % base];
    while ((value /= base) != 0);
    *to = '\0';
    reverse(start, (size_t)(to - start));
    return to;
}

static uint64_t get_number(const char *s, unsigned base)
{
    uint64_t value = 0;

    for (; *s != '\0'; s++)
        value = value * base + (uint64_t)(*s <= '9' ? *s - '0' : *s - 'a' + 10);
    return value;
}

/* %d, %u, %x, %s and %% with arguments from an array. */
static char *format(char *to, const char *f, const uint64_t *args)
{
    for (; *f != '\0'; f++) {
        if (*f != '%') {
            *to++ = *f;
            continue;
        }
        switch (*++f) {
        case 'd':
            if ((int64_t)*args < 0)
                *to++ = '-';
            to = put_number(to, (int64_t)*args < 0 ? -*args : *args, 10);
            args++;
            break;
        case 'u': to = put_number(to, *args++, 10); break;
        case 'x': to = put_number(to, *args++, 16); break;
        case 's': to = append(to, (const char *)(uintptr_t)*args++); break;
        default: *to++ = *f; break;
        }
    }
    *to = '\0';
    return to;
}

static uint64_t hash_string(uint64_t hash, const char *s)
{
    for (; *s != '\0'; s++)
        hash = hash_word(hash, (uint8_t)*s);
    return hash;
}

static size_t run_lengths(char *to, const char *from)
{
    char *start = to;

    while (*from != '\0') {
        size_t n = 1;

        while (from[n] == *from)
            n++;
        *to++ = *from;
        to = put_number(to, n, 10);
        from += n;
    }
    return (size_t)(to - start);
}

static int count_words(const char *s)
{
    int words = 0;
    int in_word = 0;

    for (; *s != '\0'; s++) {
        int is_letter = (*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9');

        words += is_letter && !in_word;
        in_word = is_letter;
    }
    return words;
}

uint64_t test(uint64_t input)
{
    char text[256];
    char packed[600];
    uint64_t state = input;
    uint64_t hash = 7;

    for (int i = 0; i < 10; i++) {
        uint64_t r = next_random(&state);
        uint64_t args[4] = {r, (uint64_t)(uintptr_t)"lane", input, r >> 50};
        unsigned base = 2 + (unsigned)(r % 35);

        format(text, "%d of %s %u: %x%% aabbbbbb--c", args);
        hash = hash_string(hash, text);
        hash = hash_word(hash, length(text) + (uint64_t)count_words(text));
        hash = hash_word(hash, run_lengths(packed, text));
        hash = hash_string(hash, packed);
        hash = hash_word(hash, (uint64_t)(compare(text, packed) > 0));
        put_number(text, r, base);
        hash = hash_word(hash, get_number(text, base) - r);
        reverse(text, length(text));
        hash = hash_string(hash, text);
    }
    return hash;
}
