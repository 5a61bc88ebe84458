/*
 * Splits the lines of the standard input into words of letters, in small
 * letters, counts each in a hash table whose entries are on the heap and which
 * grows, and prints the words that come most often, in alphabetical order where
 * equal.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 10

struct entry {
    struct entry *next;
    unsigned count;
    char word[];
};

static struct entry **slots;
static size_t slot_count, entry_count;

static size_t hash_of(const char *word)
{
    size_t hash = 5381;

    while (*word != '\0')
        hash = hash * 33 ^ (unsigned char)*word++;
    return hash;
}

static void *need(void *memory)
{
    if (memory == NULL) {
        fputs("tokens: no memory\n", stderr);
        exit(2);
    }
    return memory;
}

static void grow(void)
{
    size_t count = slot_count == 0 ? 8 : 2 * slot_count;
    struct entry **wider = need(calloc(count, sizeof(struct entry *)));

    for (size_t i = 0; i < slot_count; i++) {
        for (struct entry *e = slots[i], *next; e != NULL; e = next) {
            size_t slot = hash_of(e->word) % count;

            next = e->next;
            e->next = wider[slot];
            wider[slot] = e;
        }
    }
    free(slots);
    slots = wider;
    slot_count = count;
}

static void count_word(const char *word)
{
    if (entry_count >= slot_count)
        grow();

    size_t size = strlen(word) + 1, slot = hash_of(word) % slot_count;
    struct entry *e = slots[slot];

    while (e != NULL && strcmp(e->word, word) != 0)
        e = e->next;
    if (e == NULL) {
        e = need(malloc(sizeof *e + size));
        memcpy(e->word, word, size);
        e->count = 0;
        e->next = slots[slot];
        slots[slot] = e;
        entry_count++;
    }
    e->count++;
}

static int compare(const void *a, const void *b)
{
    const struct entry *first = *(struct entry *const *)a;
    const struct entry *second = *(struct entry *const *)b;

    if (first->count != second->count)
        return first->count < second->count ? 1 : -1;
    return strcmp(first->word, second->word);
}

static void print_all(void)
{
    struct entry **list = need(calloc(entry_count + 1, sizeof(struct entry *)));
    size_t n = 0;

    for (size_t i = 0; i < slot_count; i++) {
        for (struct entry *e = slots[i]; e != NULL; e = e->next)
            list[n++] = e;
    }
    qsort(list, n, sizeof *list, compare);
    printf("%zu different words\n", n);
    for (size_t i = 0; i < n && i < SHOWN; i++)
        printf("%5u %s\n", list[i]->count, list[i]->word);
    for (size_t i = 0; i < n; i++)
        free(list[i]);
    free(list);
    free(slots);
}

int main(void)
{
    char line[200];

    while (fgets(line, sizeof line, stdin) != NULL) {
        for (char *at = line; *at != '\0'; at++)
            *at =
                (char)(isalpha((unsigned char)*at) ? tolower((unsigned char)*at)
                                                   : ' ');
        for (char *word = strtok(line, " "); word != NULL;
             word = strtok(NULL, " "))
            count_word(word);
    }
    print_all();
    return 0;
}
