/*
 * String search (Horspool) for a pattern of 4 letters in 512 random ones of
 * an alphabet of 4. Returns the number of hits and, in the upper half, where
 * the last one begins.
 */
#include "guest.h"

#define LETTERS 512
#define PATTERN 4

static const char pattern[] = "abca";

/* How far to move on when the pattern's last place holds this letter. */
static unsigned shift_for(char letter)
{
    for (unsigned i = 1; i < PATTERN; i++)
        if (pattern[PATTERN - 1 - i] == letter)
            return i;
    return PATTERN;
}

static int matches(const char *at)
{
    int i = PATTERN;

    while (i > 0 && at[i - 1] == pattern[i - 1])
        i--;
    return i == 0;
}

uint64_t program(uint64_t lane, uint64_t argument)
{
    char text[LETTERS];
    uint64_t state = guest_seed(lane);
    uint32_t hits = 0;
    uint32_t last = 0;

    (void)argument;
    for (unsigned i = 0; i < LETTERS; i++)
        text[i] = "abcd"[guest_random(&state) >> 40 & 3];
    for (unsigned at = 0; at + PATTERN <= LETTERS;
         at += shift_for(text[at + PATTERN - 1])) {
        if (matches(text + at)) {
            hits++;
            last = at;
        }
    }
    return (uint64_t)last << 32 | hits;
}
