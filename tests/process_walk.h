/*
 * Goes over a process's stack as its start-up code does, and says what is there
 * without addresses, which differ: the same text for Linux's, QEMU's and ours.
 * Compiled for the guest, where memory is where it says, and for the host,
 * where it is `delta` bytes further on.
 */
#ifndef TEST_PROCESS_WALK_H
#define TEST_PROCESS_WALK_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct walk {
    const uint64_t *sp;
    uint64_t delta;
    uint64_t next; /* where the next string should be, 0: anywhere */
    FILE *to;
};

static const char *walk_text(const struct walk *w, uint64_t address)
{
    return (const char *)(uintptr_t)(address + w->delta);
}

static void walk_string(struct walk *w, const char *what, uint64_t address)
{
    const char *text = walk_text(w, address);
    fprintf(w->to, "%s \"%s\"%s\n", what, text,
            w->next == 0 || address == w->next ? "" : " elsewhere");
    w->next = address + strlen(text) + 1;
}

/* Words from `sp` on: strings up to a 0; what comes behind that. */
static const uint64_t *walk_list(struct walk *w, const char *what,
                                 const uint64_t *word)
{
    for (; *word != 0; word++)
        walk_string(w, what, *word);
    fprintf(w->to, "end of %s\n", what);
    return word + 1;
}

static void walk_pair(struct walk *w, const uint64_t *pair)
{
    switch (pair[0]) {
    case 4: /* AT_PHENT, PHNUM, PAGESZ, BASE, FLAGS; CLKTCK, SECURE */
    case 5:
    case 6:
    case 7:
    case 8:
    case 17:
    case 23:
        fprintf(w->to, "%d is %llu\n", (int)pair[0],
                (unsigned long long)pair[1]);
        break;
    case 15: /* AT_PLATFORM */
        fprintf(w->to, "15 is \"%s\"\n", walk_text(w, pair[1]));
        break;
    case 31: /* AT_EXECFN */
        fprintf(w->to, "31 is a name%s\n",
                pair[1] == w->next ? " behind the environment" : "");
        break;
    case 25: /* AT_RANDOM: between the tables and the strings */
        fprintf(w->to, "25 is %s\n",
                pair[1] > (uint64_t)(uintptr_t)(pair + 2) - w->delta &&
                        pair[1] + 16 <= w->sp[1]
                    ? "below the strings"
                    : "elsewhere");
        break;
    case 3: /* AT_PHDR: the first program header is PT_LOAD or PT_PHDR */
    case 9: /* AT_ENTRY */
        fprintf(w->to, "%d is %s\n", (int)pair[0],
                pair[1] != 0 ? "there" : "0");
        break;
    default:
        fprintf(w->to, "%d\n", (int)pair[0]);
        break;
    }
}

/* `sp` has 16 bytes' alignment at its guest's address, `sp` - `delta`. */
static void walk_stack(const uint64_t *sp, uint64_t delta, FILE *to)
{
    struct walk w = {sp, delta, 0, to};
    const uint64_t *word = sp + 1;
    fprintf(to, "SP modulo 16 is %d\n",
            (int)(((uint64_t)(uintptr_t)sp - delta) % 16));
    fprintf(to, "argc %llu\n", (unsigned long long)sp[0]);
    word = walk_list(&w, "argument", word);
    word = walk_list(&w, "environment", word);
    for (; word[0] != 0; word += 2)
        walk_pair(&w, word);
    fprintf(to, "end of vector\n");
}

#endif
