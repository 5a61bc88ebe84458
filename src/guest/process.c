/* Lays out a process's stack. */
#include "guest/process.h"

#include "base/bytes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Types of the auxiliary vector (linux/auxvec.h). */
enum {
    AT_NULL,
    AT_PHDR = 3,
    AT_PHENT,
    AT_PHNUM,
    AT_PAGESZ,
    AT_BASE,
    AT_FLAGS,
    AT_ENTRY,
    AT_UID = 11,
    AT_EUID,
    AT_GID,
    AT_EGID,
    AT_PLATFORM,
    AT_HWCAP,
    AT_CLKTCK,
    AT_SECURE = 23,
    AT_RANDOM = 25,
    AT_HWCAP2,
    AT_EXECFN = 31
};
enum { VECTOR_PAIRS = 19, HEADER_BYTES = 56 };

#define PLATFORM "aarch64" /* 8 bytes with its end */
#define END_BYTES 8        /* of zero, above everything */

/* A stack that is written downwards: bytes[i] is at address `base` + i. */
struct stack {
    uint8_t *bytes;
    uint64_t base, at;
};

static void push(struct stack *s, const void *bytes, uint64_t n)
{
    s->at -= n;
    memcpy(s->bytes + (s->at - s->base), bytes, (size_t)n);
}

static void push_string(struct stack *s, const char *text)
{
    push(s, text, strlen(text) + 1);
}

/* Strings come to stand one behind another, the first lowest. */
static void push_strings(struct stack *s, const char *const *texts, size_t n)
{
    while (n-- > 0)
        push_string(s, texts[n]);
}

/* The tables are written upwards. */
static void word(struct stack *s, uint64_t value)
{
    ag_set_64(s->bytes + (s->at - s->base), value);
    s->at += 8;
}

/* Addresses of strings that stand one behind another; then a 0. */
static uint64_t words_of(struct stack *s, const char *const *texts, size_t n,
                         uint64_t address)
{
    for (size_t i = 0; i < n; i++) {
        word(s, address);
        address += strlen(texts[i]) + 1;
    }
    word(s, 0);
    return address;
}

static uint64_t string_bytes(const char *const *texts, size_t n)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < n; i++)
        bytes += strlen(texts[i]) + 1;
    return bytes;
}

static uint64_t all_string_bytes(const struct ag_process *p)
{
    return string_bytes(p->arguments, p->argument_count) +
           string_bytes(p->environment, p->environment_count) +
           strlen(p->file_name) + 1 + END_BYTES;
}

static uint64_t table_bytes(const struct ag_process *p)
{
    /* argc, and an end to both lists. */
    return 8 * (UINT64_C(3) + p->argument_count + p->environment_count +
                2 * VECTOR_PAIRS);
}

static uint64_t round_up(uint64_t n)
{
    return (n + 15) & ~UINT64_C(15);
}

uint64_t ag_process_bytes(const struct ag_process *p)
{
    return round_up(round_up(all_string_bytes(p)) + sizeof PLATFORM +
                    AG_PROCESS_RANDOM + table_bytes(p));
}

/* Below the strings, from a multiple of 16 downwards. */
uint64_t ag_process_random_at(const struct ag_process *p,
                              const struct ag_window *w)
{
    return ((w->stack_top - all_string_bytes(p)) & ~UINT64_C(15)) -
           sizeof PLATFORM - AG_PROCESS_RANDOM;
}

static void push_vector(struct stack *s, const struct ag_process *p,
                        const struct ag_elf *elf, uint64_t bias,
                        uint64_t random, uint64_t file_name)
{
    const uint64_t headers =
        elf->headers_address != 0 ? elf->headers_address + bias : 0;
    const uint64_t pairs[VECTOR_PAIRS][2] = {
        {AT_HWCAP, p->hwcap},
        {AT_PAGESZ, AG_GUEST_PAGE},
        {AT_CLKTCK, AG_PROCESS_TICKS},
        {AT_PHDR, headers},
        {AT_PHENT, HEADER_BYTES},
        {AT_PHNUM, elf->header_count},
        {AT_BASE, 0},
        {AT_FLAGS, 0},
        {AT_ENTRY, elf->entry + bias},
        {AT_UID, AG_PROCESS_USER},
        {AT_EUID, AG_PROCESS_USER},
        {AT_GID, AG_PROCESS_GROUP},
        {AT_EGID, AG_PROCESS_GROUP},
        {AT_SECURE, 0},
        {AT_RANDOM, random},
        {AT_HWCAP2, p->hwcap2},
        {AT_EXECFN, file_name},
        {AT_PLATFORM, random + AG_PROCESS_RANDOM},
        {AT_NULL, 0}};
    for (size_t i = 0; i < VECTOR_PAIRS; i++) {
        word(s, pairs[i][0]);
        word(s, pairs[i][1]);
    }
}

static bool check_room(uint64_t needed, const struct ag_window *w, size_t room,
                       char *sentence)
{
    uint64_t stack = w->stack_top - w->stack;
    if (needed <= stack / 2 && needed <= room)
        return true;
    snprintf(sentence, AG_SENTENCE,
             "its arguments and environment take %" PRIu64
             " bytes of a stack of %" PRIu64 ", of which they may take half",
             needed, stack);
    return false;
}

bool ag_process_lay(const struct ag_process *p, const struct ag_elf *elf,
                    const struct ag_window *w, uint8_t *bytes, size_t room,
                    uint64_t *taken, char sentence[AG_SENTENCE])
{
    struct stack s = {bytes, w->stack_top - room, w->stack_top};
    uint64_t random = ag_process_random_at(p, w);
    uint64_t strings, end, sp = w->stack_top - ag_process_bytes(p);
    *taken = w->stack_top - sp;
    sentence[0] = '\0';
    if (!check_room(*taken, w, room, sentence))
        return false;
    memset(bytes + (sp - s.base), 0, (size_t)*taken);
    s.at -= END_BYTES;
    push_string(&s, p->file_name);
    push_strings(&s, p->environment, p->environment_count);
    push_strings(&s, p->arguments, p->argument_count);
    strings = s.at;
    s.at = random + AG_PROCESS_RANDOM + sizeof PLATFORM;
    push_string(&s, PLATFORM);
    push(&s, p->random, AG_PROCESS_RANDOM);
    s.at = sp;
    word(&s, p->argument_count);
    end = words_of(&s, p->arguments, p->argument_count, strings);
    end = words_of(&s, p->environment, p->environment_count, end);
    push_vector(&s, p, elf, w->bias, random, end);
    return true;
}
