/*
 * The comparison of session.h. A case runs on all lanes of each handle at once
 * and then on the oracle lane by lane. Memory is the same before every case:
 * pages that a case changed are restored on both sides afterwards.
 */
#include "session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_REPORTS = 20, MIN_ROUNDS = 8, MOST_ROUNDS = 64 };

/* More than any sequence executes. */
enum { MAX_STEPS = 10000 };

static const char *const kind_names[] = {"", "row", "sequence"};

static uint64_t memory_bytes(const struct diff_session *s)
{
    return diff_memory_bytes(&s->oracle->scope.window);
}

static uint64_t environment_number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL && *text != '\0' ? strtoull(text, NULL, 0) : otherwise;
}

/* -- Opening --------------------------------------------------------------- */

/* Random data; the page of code holds HLT where a case leaves it. */
static void fill_image(struct diff_session *s, uint64_t seed)
{
    const struct diff_window *w = &s->oracle->scope.window;
    struct random_source r = random_for(seed, 3, 0);
    const uint32_t hlt = DIFF_HLT;
    uint64_t i;
    for (i = 0; i < memory_bytes(s); i += 8) {
        uint64_t v = random_value(&r);
        memcpy(s->image + i, &v, 8);
    }
    for (i = 0; i < DIFF_CODE_BYTES; i += 4)
        memcpy(s->image + (w->code - w->begin) + i, &hlt, 4);
    memcpy(s->oracle->memory, s->image, memory_bytes(s));
    s->oracle->image = s->image;
}

void diff_session_open_on(struct diff_session *s, struct diff_oracle *oracle,
                          uint64_t default_count,
                          const struct diff_kind_of_subject *kinds,
                          unsigned num_kinds)
{
    uint64_t seed = environment_number("SEED", 1);
    unsigned i;
    size_t rows;
    diff_rows(&rows);
    memset(s, 0, sizeof *s);
    s->oracle = oracle;
    s->count = environment_number("COUNT", default_count);
    s->num_subjects = num_kinds;
    s->subjects = calloc(num_kinds, sizeof *s->subjects);
    s->image = malloc(memory_bytes(s));
    s->found = malloc(memory_bytes(s));
    s->reported = calloc(rows, sizeof *s->reported);
    if (s->subjects == NULL || s->image == NULL || s->found == NULL ||
        s->reported == NULL)
        abort();
    fill_image(s, seed);
    diff_generator_init(&s->generator, &oracle->scope, seed, s->image);
    for (i = 0; i < num_kinds; i++)
        diff_subject_open(&s->subjects[i], &kinds[i], &oracle->scope.window,
                          s->image);
}

void diff_session_open(struct diff_session *s, struct diff_oracle *oracle,
                       uint64_t default_count)
{
    static const struct diff_kind_of_subject kinds[] = {
        {"private memory", DIFF_PRIVATE, DIFF_LANES, 0, 0, 1 | 4},
        {"one by one", DIFF_PRIVATE, DIFF_LANES, 1, 0, 2 | 8},
        {"own code", DIFF_OWN, 2, 0, 0, 2},
        {"shared memory", DIFF_SHARED, 1, 0, 0, 8},
    };
    diff_session_open_on(s, oracle, default_count, kinds,
                         sizeof kinds / sizeof *kinds);
}

void diff_session_close(struct diff_session *s)
{
    unsigned i;
    for (i = 0; i < s->num_subjects; i++)
        diff_subject_close(&s->subjects[i]);
    diff_generator_free(&s->generator);
    free(s->subjects);
    free(s->image);
    free(s->found);
    free(s->reported);
}

/* -- Running a case -------------------------------------------------------- */

/* Code becomes part of the image, so that loads from it agree as well. */
static void place_code(struct diff_session *s, const struct diff_case *c)
{
    const struct diff_window *w = &s->oracle->scope.window;
    memcpy(s->image + (w->code - w->begin), c->code, sizeof c->code);
    memcpy(s->oracle->memory + (w->code - w->begin), c->code, sizeof c->code);
    s->oracle->code_changed(s->oracle->context);
}

static uint64_t end_of_code(const struct diff_session *s,
                            const struct diff_case *c)
{
    return s->oracle->scope.window.code + 4 * (uint64_t)c->length;
}

/* How the access ends that an oracle was stopped before. */
static enum diff_end end_at_trap(uint32_t word, const armgpu_state *state)
{
    struct diff_access a;
    diff_decode_access(diff_find_row(word), word, &a);
    if (a.must_align && diff_access_address(word, &a, state) % a.bytes != 0)
        return DIFF_UNALIGNED;
    return a.is_store ? DIFF_WRITE_FAULT : DIFF_READ_FAULT;
}

static void run_oracle(struct diff_session *s, const struct diff_case *c,
                       uint64_t lane, unsigned limit, armgpu_state *state,
                       struct diff_outcome *outcome)
{
    struct diff_bounds bounds = {end_of_code(s, c), limit, 0};
    if (c->trapped >> lane & 1)
        bounds.before = s->oracle->scope.window.code + 4 * (uint64_t)c->trap;
    *state = c->start[lane];
    s->oracle->run(s->oracle->context, &bounds, state, outcome);
    if (outcome->end == DIFF_DONE && bounds.before != 0 &&
        state->pc == bounds.before && (limit == 0 || outcome->executed < limit))
        outcome->end = end_at_trap(c->code[c->trap], state);
}

static void restore_oracle(struct diff_session *s, uint64_t lane)
{
    uint64_t at, bytes, end;
    diff_lane_region(&s->oracle->scope.window, lane, &at, &bytes);
    for (end = at + bytes; at < end; at += DIFF_PAGE)
        if (memcmp(s->oracle->memory + at, s->image + at, DIFF_PAGE) != 0)
            memcpy(s->oracle->memory + at, s->image + at, DIFF_PAGE);
}

/* -- Comparing ------------------------------------------------------------- */

/* A difference, for people; empty if there is none. */
struct difference {
    char text[1024];
    size_t length;
};

static void differ(struct difference *d, const char *what, uint64_t expected,
                   uint64_t got)
{
    size_t room = sizeof d->text - d->length;
    int n;
    if (expected == got || room < 80)
        return;
    n = snprintf(d->text + d->length, room,
                 "    %s expected 0x%016" PRIx64 " got 0x%016" PRIx64 "\n",
                 what, expected, got);
    d->length += n > 0 ? (size_t)n : 0;
}

static void compare_states(struct difference *d, const armgpu_state *expected,
                           const armgpu_state *got, bool no_fpsr)
{
    char name[32];
    int i;
    for (i = 0; i < 31; i++) {
        if (expected->x[i] == got->x[i])
            continue;
        snprintf(name, sizeof name, "x%d", i);
        differ(d, name, expected->x[i], got->x[i]);
    }
    for (i = 0; i < 64; i++) {
        const uint64_t *a = &expected->v[i / 2][i % 2];
        const uint64_t *b = &got->v[i / 2][i % 2];
        if (*a == *b)
            continue;
        snprintf(name, sizeof name, "v%d.d[%d]", i / 2, i % 2);
        differ(d, name, *a, *b);
    }
    differ(d, "sp", expected->sp, got->sp);
    differ(d, "pc", expected->pc, got->pc);
    differ(d, "nzcv", expected->nzcv, got->nzcv);
    differ(d, "fpcr", expected->fpcr, got->fpcr);
    differ(d, "fpsr", expected->fpsr, no_fpsr ? expected->fpsr : got->fpsr);
    differ(d, "tpidr", expected->tpidr, got->tpidr);
}

static void compare_memory(const struct diff_session *s, struct difference *d,
                           uint64_t lane)
{
    const struct diff_window *w = &s->oracle->scope.window;
    const uint8_t *expected;
    uint64_t at, offset, bytes;
    char name[32];
    diff_lane_region(w, lane, &offset, &bytes);
    expected = s->oracle->memory + offset;
    if (memcmp(expected, s->found, bytes) == 0)
        return;
    for (at = 0; expected[at] == s->found[at]; at++)
        ;
    snprintf(name, sizeof name, "byte 0x%" PRIx64, w->begin + offset + at);
    differ(d, name, expected[at], s->found[at]);
}

static uint32_t expected_stop(enum diff_end end, bool halt)
{
    switch (end) {
    case DIFF_READ_FAULT:
    case DIFF_WRITE_FAULT:
        return ARMGPU_STOP_DATA_FAULT;
    case DIFF_FETCH_FAULT:
        return ARMGPU_STOP_FETCH_FAULT;
    case DIFF_UNALIGNED:
        return ARMGPU_STOP_ALIGNMENT_FAULT;
    case DIFF_EXCEPTION:
        return ARMGPU_STOP_UNDEFINED;
    default:
        return halt ? ARMGPU_STOP_HALT : ARMGPU_STOP_MAX_CYCLES;
    }
}

static bool is_data_fault(enum diff_end end)
{
    return end == DIFF_READ_FAULT || end == DIFF_WRITE_FAULT ||
           end == DIFF_UNALIGNED;
}

/* The HLT at the end is the library's to execute, not the oracle's. */
static void compare_ends(struct difference *d, const struct diff_outcome *o,
                         unsigned limit, const armgpu_lane_result *got)
{
    bool halt = o->end == DIFF_DONE && (limit == 0 || o->executed < limit);
    if (o->end == DIFF_DONE && limit != 0 &&
        got->stop_reason == ARMGPU_STOP_FETCH_FAULT)
        differ(d, "executed", o->executed, got->cycles);
    else
        differ(d, "stop reason", expected_stop(o->end, halt), got->stop_reason);
    differ(d, "executed", o->executed + halt, got->cycles);
}

/* A data or alignment fault's address, size and direction, from the word that faulted. An
   atomic may say either direction. */
static void compare_fault(struct difference *d, uint32_t word,
                          const armgpu_state *at, const armgpu_lane_result *got)
{
    const struct diff_row *row = diff_find_row(word);
    struct diff_access a;
    if (row == NULL || !diff_decode_access(row, word, &a))
        return;
    differ(d, "fault address", diff_access_address(word, &a, at),
           got->stop_code);
    differ(d, "fault size", a.bytes, got->access_size);
    if (row->kind != DIFF_ATOMIC)
        differ(d, "fault access",
               a.is_store ? ARMGPU_ACCESS_WRITE : ARMGPU_ACCESS_READ,
               got->access);
}

static uint32_t word_at(const struct diff_session *s, const struct diff_case *c,
                        uint64_t pc)
{
    uint64_t i = (pc - s->oracle->scope.window.code) / 4;
    return i < DIFF_CODE_WORDS ? c->code[i] : 0;
}

/* A single case that faults: everything is as before its last instruction, and
   what comes before that changes no register. */
static void expect_nothing(struct diff_session *s, const struct diff_case *c,
                           uint64_t lane, armgpu_state *state,
                           struct diff_outcome *outcome)
{
    if (c->row == NULL || !is_data_fault(outcome->end))
        return;
    *state = c->start[lane];
    state->pc += 4 * (uint64_t)(c->length - 1);
    outcome->executed = c->length - 1;
    outcome->vectors = 0;
    restore_oracle(s, lane);
}

/* What the oracle leaves of one lane, until restore_oracle(). */
static void expect(struct diff_session *s, const struct diff_case *c,
                   uint64_t lane, unsigned limit, armgpu_state *at,
                   struct diff_outcome *outcome)
{
    run_oracle(s, c, lane, limit, at, outcome);
    expect_nothing(s, c, lane, at, outcome);
}

/* One lane after `limit` instructions; *at and *outcome are what is expected. */
static void compare_lane(struct diff_session *s, struct diff_subject *subject,
                         const struct diff_case *c, uint64_t lane,
                         unsigned limit, const armgpu_state *at,
                         const struct diff_outcome *outcome,
                         struct difference *d)
{
    const struct diff_runs *runs = &subject->runs;
    diff_subject_read(subject, lane, s->found);
    compare_states(d, at, &runs->state[lane], s->oracle->scope.no_fpsr);
    compare_memory(s, d, lane);
    compare_ends(d, outcome, limit, &runs->result[lane]);
    if (is_data_fault(outcome->end))
        compare_fault(d, word_at(s, c, at->pc), at, &runs->result[lane]);
}

/* -- Reporting ------------------------------------------------------------- */

static void print_vector(const armgpu_state *s, unsigned n)
{
    fprintf(stderr, " v%u=%016" PRIx64 ":%016" PRIx64, n, s->v[n][1],
            s->v[n][0]);
}

static void print_instruction(const struct diff_session *s,
                              const struct diff_case *c,
                              const armgpu_state *before)
{
    uint32_t word = word_at(s, c, before->pc);
    const struct diff_row *row = diff_find_row(word);
    char text[128];
    int i;
    armgpu_disassemble(word, before->pc, 0, text, sizeof text);
    fprintf(stderr,
            "  first difference at 0x%" PRIx64 ": %08" PRIx32
            "  %s  (%s)\n  before it:",
            before->pc, word, text, row != NULL ? row->name : "no row");
    for (i = 0; i < 31; i++)
        fprintf(stderr, "%s x%d=%" PRIx64, i % 6 == 5 ? "\n   " : "", i,
                before->x[i]);
    fprintf(stderr, " sp=%" PRIx64 " nzcv=%" PRIx64 "\n", before->sp,
            before->nzcv >> 28);
    if (row == NULL || row->kind != DIFF_SIMD)
        return;
    fprintf(stderr, "   fpcr=%" PRIx64 " fpsr=%" PRIx64, before->fpcr,
            before->fpsr);
    print_vector(before, DIFF_RD(word));
    print_vector(before, DIFF_RN(word));
    print_vector(before, DIFF_RM(word));
    print_vector(before, DIFF_RT2(word));
    fprintf(stderr, "\n");
}

/* Every lane's memory, whatever has happened to it. */
static void restore_all(struct diff_session *s, struct diff_subject *subject)
{
    uint64_t lane;
    for (lane = 0; lane < subject->kind.lanes; lane++)
        diff_subject_read(subject, lane, s->found);
    diff_subject_restore(subject);
}

/* Steps both sides from the start until they differ. */
static bool find_first(struct diff_session *s, struct diff_subject *subject,
                       const struct diff_case *c, uint64_t lane)
{
    armgpu_state before = c->start[lane];
    unsigned n;
    for (n = 1; n <= MAX_STEPS; n++) {
        struct difference d = {"", 0};
        struct diff_outcome outcome;
        armgpu_state after;
        restore_all(s, subject);
        diff_subject_place(subject, c);
        diff_subject_run(subject, c, n);
        expect(s, c, lane, n, &after, &outcome);
        compare_lane(s, subject, c, lane, n, &after, &outcome, &d);
        restore_oracle(s, lane);
        if (d.length != 0) {
            print_instruction(s, c, &before);
            fprintf(stderr, "  after it:\n%s", d.text);
            return true;
        }
        if (outcome.end != DIFF_DONE || outcome.executed < n)
            return false;
        before = after;
    }
    return false;
}

/* One report of a row is enough; sequences are about none. */
static bool was_reported(struct diff_session *s, const struct diff_row *row)
{
    bool before = row != NULL && s->reported[row->index];
    if (row != NULL)
        s->reported[row->index] = true;
    return before;
}

static void report(struct diff_session *s, struct diff_subject *subject,
                   const struct diff_case *c, int kind, uint64_t number,
                   uint64_t lane, const struct difference *d)
{
    s->differences++;
    if (s->reports >= MAX_REPORTS || was_reported(s, c->row))
        return;
    s->reports++;
    fprintf(stderr,
            "%s: difference in %s case %" PRIu64 ", lane %" PRIu64
            " of %" PRIu64 " (%s)\n%s"
            "  rerun with SEED=%" PRIu64 " CASE=%s:%" PRIu64 "\n",
            s->oracle->name, kind_names[kind], number, lane,
            subject->kind.lanes, subject->kind.name, d->text,
            s->generator.seed, kind_names[kind], number);
    if (!find_first(s, subject, c, lane))
        fprintf(stderr, "  no difference when run instruction by "
                        "instruction\n");
}

/* -- Cases ----------------------------------------------------------------- */

static void account(struct diff_session *s, struct diff_subject *subject,
                    const struct diff_case *c, const struct diff_outcome *o)
{
    s->executed += o->executed;
    s->vectors += o->vectors;
    subject->executed += o->executed;
    subject->vectors += o->vectors;
    s->faults += is_data_fault(o->end);
    s->unaligned += o->end == DIFF_UNALIGNED;
    if (c->row != NULL && o->end == DIFF_DONE)
        subject->retired[c->row->index] += 1;
}

/* Every row gets every turn, however many rows there are. */
static bool takes_part(const struct diff_session *s,
                       const struct diff_subject *subject, uint64_t number)
{
    const uint64_t n = s->generator.num_singles;
    return subject->kind.turns >> (number % n + number / n) % DIFF_TURNS & 1;
}

/* A lane on all subjects of the case that have it; false if one differed. */
static bool run_lane(struct diff_session *s, const struct diff_case *c,
                     int kind, uint64_t number, uint64_t lane,
                     struct diff_outcome *outcome)
{
    armgpu_state state;
    unsigned i;
    expect(s, c, lane, c->limit, &state, outcome);
    for (i = 0; i < s->num_subjects; i++) {
        struct diff_subject *subject = &s->subjects[i];
        struct difference d = {"", 0};
        if (!takes_part(s, subject, number) || lane >= subject->kind.lanes)
            continue;
        compare_lane(s, subject, c, lane, c->limit, &state, outcome, &d);
        account(s, subject, c, outcome);
        if (d.length != 0) {
            restore_oracle(s, lane);
            report(s, subject, c, kind, number, lane, &d);
            return false;
        }
    }
    restore_oracle(s, lane);
    return true;
}

/* Different ways of those that are known. */
static unsigned count_paths(const struct diff_outcome *outcomes, uint64_t n)
{
    unsigned different = 0;
    uint64_t i, before;
    for (i = 0; i < n; i++) {
        for (before = 0; before < i; before++)
            if (outcomes[before].path == outcomes[i].path)
                break;
        different += before == i && outcomes[i].path != 0;
    }
    return different;
}

static void run_case(struct diff_session *s, const struct diff_case *c,
                     int kind, uint64_t number)
{
    struct diff_outcome outcomes[DIFF_MOST_LANES];
    uint64_t lane, lanes = 0;
    unsigned i;
    bool is_same = true;
    place_code(s, c);
    s->cases++;
    for (i = 0; i < s->num_subjects; i++) {
        struct diff_subject *subject = &s->subjects[i];
        if (!takes_part(s, subject, number))
            continue;
        diff_subject_place(subject, c);
        diff_subject_run(subject, c, c->limit != 0 ? c->limit : MAX_STEPS);
        if (lanes < subject->kind.lanes)
            lanes = subject->kind.lanes;
    }
    for (lane = 0; lane < lanes && is_same; lane++)
        is_same = run_lane(s, c, kind, number, lane, &outcomes[lane]);
    s->paths += count_paths(outcomes, lane);
    for (i = 0; i < s->num_subjects; i++) {
        struct diff_subject *subject = &s->subjects[i];
        if (!takes_part(s, subject, number))
            continue;
        if (is_same)
            diff_subject_restore(subject);
        else
            restore_all(s, subject);
    }
}

static void make_and_run(struct diff_session *s, int kind, uint64_t number)
{
    static struct diff_case c;
    if (kind == 2)
        diff_make_sequence(&s->generator, number, &c);
    else if (!diff_make_single(&s->generator, number, &c))
        return;
    run_case(s, &c, kind, number);
}

/* True if CASE asks for one case; runs it if it is of this kind. */
static bool ran_wanted_case(struct diff_session *s, int kind)
{
    const char *wanted = getenv("CASE");
    size_t length = strlen(kind_names[kind]);
    if (wanted == NULL || *wanted == '\0')
        return false;
    if (strncmp(wanted, kind_names[kind], length) == 0 && wanted[length] == ':')
        make_and_run(s, kind, strtoull(wanted + length + 1, NULL, 0));
    return true;
}

static unsigned count_missed(const struct diff_session *s, bool prints)
{
    const struct diff_generator *g = &s->generator;
    unsigned missed = 0, k;
    size_t i;
    for (i = 0; i < g->num_singles; i++)
        for (k = 0; k < s->num_subjects; k++) {
            const struct diff_subject *subject = &s->subjects[k];
            if (subject->retired[g->singles[i]->index] != 0)
                continue;
            if (prints)
                fprintf(stderr, "%s never retired: %s\n", g->singles[i]->name,
                        subject->kind.name);
            missed++;
        }
    return missed;
}

void diff_run_singles(struct diff_session *s)
{
    uint64_t rows = s->generator.num_singles, round, i;
    if (ran_wanted_case(s, 1))
        return;
    for (round = 0;
         round < MIN_ROUNDS || s->executed < s->count / 16 ||
         (round < MOST_ROUNDS && count_missed(s, false) != 0);
         round++)
        for (i = round * rows; i < (round + 1) * rows; i++) {
            make_and_run(s, 1, i);
            if (s->reports >= MAX_REPORTS)
                return;
        }
}

void diff_run_sequences(struct diff_session *s)
{
    uint64_t i;
    if (ran_wanted_case(s, 2))
        return;
    for (i = 0; s->executed < s->count && s->reports < MAX_REPORTS; i++)
        make_and_run(s, 2, i);
}

unsigned diff_rows_missed(const struct diff_session *s)
{
    return getenv("CASE") != NULL ? 0 : count_missed(s, true);
}

void diff_print_summary(const struct diff_session *s)
{
    size_t rows;
    unsigned i;
    diff_rows(&rows);
    printf("%s: %" PRIu64 " instructions, %" PRIu64
           " on V registers, compared in %" PRIu64
           " cases of seed %" PRIu64 "; %zu of %zu rows, %" PRIu64
           " faults, %" PRIu64 " differences\n",
           s->oracle->name, s->executed, s->vectors, s->cases,
           s->generator.seed,
           s->generator.num_singles, rows, s->faults, s->differences);
    for (i = 0; i < s->num_subjects; i++)
        printf("  %s, %" PRIu64 " lanes: %" PRIu64 " instructions, %" PRIu64
               " on V registers\n",
               s->subjects[i].kind.name, s->subjects[i].kind.lanes,
               s->subjects[i].executed, s->subjects[i].vectors);
}
