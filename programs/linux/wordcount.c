/*
 * Counts lines, words and bytes of the standard input, as wc does, and says
 * what its longest word is. Exit status 1 if there is nothing to read.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define LONGEST 64

struct counts {
    unsigned long lines, words, bytes;
    char longest[LONGEST];
    size_t longest_length;
};

static void end_word(struct counts *c, const char *word, size_t length)
{
    if (length == 0)
        return;
    c->words++;
    if (length > c->longest_length) {
        size_t kept = length < LONGEST ? length : LONGEST - 1;

        memcpy(c->longest, word, kept);
        c->longest[kept] = '\0';
        c->longest_length = length;
    }
}

int main(void)
{
    struct counts c = {0};
    char word[LONGEST];
    size_t length = 0;
    int byte;

    while ((byte = getchar()) != EOF) {
        c.bytes++;
        c.lines += byte == '\n';
        if (isspace(byte)) {
            end_word(&c, word, length);
            length = 0;
        } else {
            if (length < LONGEST)
                word[length] = (char)byte;
            length++;
        }
    }
    end_word(&c, word, length);
    printf("%7lu %7lu %7lu\n", c.lines, c.words, c.bytes);
    if (c.longest_length > 0)
        printf("longest: %s (%zu)\n", c.longest, c.longest_length);
    return c.bytes == 0;
}
