/*
 * The conformance test: its subjects, and how one runs.
 */
#include "cli/check/check.h"
#include "base/hash.h"

#include <stdlib.h>
#include <string.h>

#define TRANSLATES AG_CHECK_TRANSLATES
#define INTERPRETS AG_CHECK_INTERPRETS
#define SHARES AG_CHECK_SHARES

const ag_check_subject ag_check_subjects[] = {
    {"words", "single instructions of every row", 240, 8, 16, TRANSLATES,
     ag_check_round_words},
    {"edges", "addresses at ends of memory, unaligned", 16, 4, 8, TRANSLATES,
     ag_check_round_edges},
    {"undefined", "words that do not execute", 16, 4, 4, INTERPRETS,
     ag_check_round_undefined},
    {"sequences", "short programs", 240, 16, 16, TRANSLATES,
     ag_check_round_sequences},
    {"own-code", "programs that only their lane has", 16, 2, 8, INTERPRETS,
     ag_check_round_own_code},
    {"exclusives", "exclusives and atomics of one lane", 48, 6, 4, INTERPRETS,
     ag_check_round_exclusives},
    {"limits", "programs cut into pieces", 32, 4, 8, TRANSLATES,
     ag_check_round_limits},
    {"stops", "every stop reason", 16, 4, 4, TRANSLATES, ag_check_round_stops},
    {"resume", "lanes that go on, or elsewhere", 16, 4, 4, TRANSLATES,
     ag_check_round_resume},
    {"interrupt", "lanes that are interrupted", 4, 2, 2, TRANSLATES,
     ag_check_round_interrupt},
    {"code", "code that changes", 16, 6, 8, TRANSLATES, ag_check_round_code},
    {"programs", "loops, recursion, turns", 112, 14, 14, TRANSLATES,
     ag_check_round_programs},
    {"many", "many lanes at once", 2, 1, 1, TRANSLATES, ag_check_round_many},
    {"float", "floating point, soft as well", 12, 1, 2, TRANSLATES,
     ag_check_round_float},
    {"atomics", "atomics between lanes", 42, 21, 0, SHARES,
     ag_check_round_atomics},
    {"locks", "locks and barriers", 6, 5, 0, SHARES, ag_check_round_locks},
    {NULL, NULL, 0, 0, 0, SHARES, NULL},
};

/* Of what is compiled --quick takes so much. */
#define QUICK_PART 8

bool ag_check_has(uint32_t engine, const ag_check_subject *subject)
{
    return engine != ARMGPU_ENGINE_TRANSLATED ||
           subject->translation != AG_CHECK_SHARES;
}

uint64_t ag_check_rounds(const ag_check *c, const ag_check_subject *subject)
{
    if (ag_check_is_translated(c))
        return c->is_quick
                   ? (subject->translated_rounds + QUICK_PART - 1) / QUICK_PART
                   : subject->translated_rounds;
    return c->is_quick ? subject->quick_rounds : subject->rounds;
}

void ag_check_init(ag_check *c, ag_check_device tested, uint64_t seed)
{
    memset(c, 0, sizeof *c);
    c->devices[AG_CHECK_REFERENCE].backend = "cpu";
    c->devices[AG_CHECK_REFERENCE].device = AG_CHECK_ONE_BY_ONE;
    c->devices[AG_CHECK_REFERENCE].threads = 1;
    c->devices[AG_CHECK_REFERENCE].engine = ARMGPU_ENGINE_INTERPRETER;
    c->devices[AG_CHECK_TESTED] = tested;
    c->seed = seed;
    ag_check_read_rows(c);
}

void ag_check_free(ag_check *c)
{
    ag_check_close_rigs(c);
    free(c->rows);
    free(c->retired);
    free(c->system_moves);
}

static uint64_t round_seed(const ag_check *c)
{
    uint64_t hash = ag_hash(AG_HASH_START, c->subject, strlen(c->subject));

    return hash ^ c->seed * UINT64_C(0x9e3779b97f4a7c15) ^ c->round << 48;
}

/* A test of translated code in which nothing is shows nothing. */
static void must_have_translated(ag_check *c, const ag_check_subject *subject)
{
    if (ag_check_is_translated(c) && c->translated == 0 &&
        subject->translation == AG_CHECK_TRANSLATES)
        ag_check_fail(c,
                      "of %" PRIu64 " instructions none was executed "
                      "translated",
                      c->executed);
}

bool ag_check_run(ag_check *c, const ag_check_subject *subject, uint64_t round)
{
    bool is_all = round == AG_CHECK_ALL_ROUNDS;
    uint64_t first = is_all ? 0 : round;
    uint64_t end = is_all ? ag_check_rounds(c, subject) : round + 1;

    ag_check_begin(c, subject->name);
    c->is_listed = true;
    for (c->round = first; c->round < end && !c->is_broken; c->round++) {
        ag_check_random r = {round_seed(c)};

        c->is_ended = c->goes_on != NULL &&
                      !c->goes_on(c->user, c->round - first, end - first);
        if (c->is_ended)
            break;
        subject->run(c, c->round, &r);
    }
    if (is_all && !c->is_ended && !c->is_broken)
        must_have_translated(c, subject);
    /* A device that failed once is opened again for the next subject. */
    if (c->is_broken)
        ag_check_close_rigs(c);
    return c->differences == 0;
}

const ag_check_subject *ag_check_find_subject(const char *name)
{
    for (const ag_check_subject *s = ag_check_subjects; s->name != NULL; s++) {
        if (strcmp(s->name, name) == 0)
            return s;
    }
    return NULL;
}
