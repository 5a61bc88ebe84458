/*
 * What lanes write to their standard output and error. It comes in pieces while
 * they run and is kept until the collector, in lane order, has no more use for
 * it: as much as conditions, rows, the table or --stdout need. What is only to
 * be passed on is not kept: one lane's goes to armgpu's own output as it comes,
 * that of the lane whose turn it is to the file of --stdout, and what has
 * become long to its file in the folder of --stdout.
 */
#include "cli/run/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Of a table: its first line, and no more than fits any terminal. */
#define LONGEST_LINE 1024
/* What a lane's file in a folder is given at once. */
#define PIECE 65536

typedef struct text {
    char *bytes; /* a 0 behind them; NULL: none */
    size_t size, room;
    bool is_passed_on; /* it has begun to go to its file; */
    size_t written;    /* of `bytes`, to the lane's own file */
} text;

typedef struct lane_texts {
    text of[AG_RUN_TEXTS];
} lane_texts;

struct ag_run_texts {
    size_t shown[AG_RUN_TEXTS];  /* bytes that are needed later, */
    size_t needed[AG_RUN_TEXTS]; /* and when the lane has ended */
    FILE *file;                  /* of --stdout */
    /* By places among the lanes that run: next to next + capacity - 1, by
       place % capacity. */
    lane_texts *ring;
    uint64_t capacity, next;
    bool has_failed;
};

bool ag_run_is_direct(const ag_run_settings *s)
{
    const ag_run_process *p = &s->process;

    return p->is_elf && ag_run_count_lanes(s) == 1 && !s->json && !s->csv &&
           !ag_run_rows_to_stdout(s) && s->columns.count == 0 &&
           p->output_kind == AG_RUN_OUTPUT_NONE;
}

bool ag_run_apply_stdout(void *settings, const char *where)
{
    ag_run_process *p = &((ag_run_settings *)settings)->process;
    size_t length = strlen(where);

    p->output = where;
    p->output_kind = AG_RUN_OUTPUT_FILE;
    if (strcmp(where, "prefix") == 0)
        p->output_kind = AG_RUN_OUTPUT_PREFIX;
    else if (length != 0 && where[length - 1] == '/')
        p->output_kind = AG_RUN_OUTPUT_FOLDER;
    if (length != 0)
        return true;
    ag_cli_say("--stdout: the name of the file is empty; give one, DIR/ or "
               "prefix");
    return false;
}

/* -- What is needed -------------------------------------------------------- */

static void need(size_t bytes[AG_RUN_TEXTS], const ag_run_columns *columns,
                 size_t most)
{
    for (size_t i = 0; i < columns->count; i++) {
        enum ag_run_field field = columns->items[i].field;
        size_t *to = &bytes[field == AG_RUN_FIELD_STDERR ? AG_RUN_STDERR
                                                         : AG_RUN_STDOUT];

        if ((field == AG_RUN_FIELD_STDOUT || field == AG_RUN_FIELD_STDERR) &&
            most > *to)
            *to = most;
    }
}

static void plan(ag_run *r)
{
    const ag_run_settings *s = &r->settings;
    struct ag_run_texts *t = r->texts;
    bool keeps_all = s->json && !s->summary && s->columns.count == 0;

    if (keeps_all)
        t->shown[AG_RUN_STDOUT] = t->shown[AG_RUN_STDERR] = SIZE_MAX;
    need(t->shown, &r->table.columns, s->json ? SIZE_MAX : LONGEST_LINE);
    memcpy(t->needed, t->shown, sizeof t->needed);
    if (s->csv) {
        need(t->needed, &r->table.columns, SIZE_MAX);
        t->shown[AG_RUN_STDOUT] = t->shown[AG_RUN_STDERR] = 0;
    }
    need(t->needed, &r->out.columns, SIZE_MAX);
    for (size_t i = 0; i < s->conditions.count; i++)
        need(t->needed, &s->conditions.items[i].columns, SIZE_MAX);
}

static int open_output(ag_run *r)
{
    const ag_run_process *p = &r->settings.process;

    errno = 0;
    if (p->output_kind == AG_RUN_OUTPUT_PREFIX)
        r->texts->file = stdout;
    else if (p->output_kind == AG_RUN_OUTPUT_FILE)
        r->texts->file =
            strcmp(p->output, "-") == 0 ? stdout : fopen(p->output, "wb");
    else if (p->output_kind == AG_RUN_OUTPUT_NONE ||
             mkdir(p->output, 0777) == 0 || errno == EEXIST)
        return AG_CLI_EXIT_OK;
    if (r->texts->file != NULL)
        return AG_CLI_EXIT_OK;
    ag_cli_say("--stdout: cannot write '%s': %s; check the path and its "
               "permissions",
               p->output, strerror(errno));
    return AG_CLI_EXIT_FAILED;
}

int ag_run_texts_begin(ag_run *r)
{
    if (!ag_run_has_output(&r->settings))
        return AG_CLI_EXIT_OK;
    r->texts = ag_cli_alloc(1, sizeof *r->texts);
    r->texts->capacity = 64;
    r->texts->ring = ag_cli_alloc(64, sizeof *r->texts->ring);
    plan(r);
    return open_output(r);
}

/* Exit statuses and symbols come with the result, but are columns too. */
bool ag_run_keeps_texts(const ag_run *r)
{
    const struct ag_run_texts *t = r->texts;

    return t != NULL &&
           (t->needed[AG_RUN_STDOUT] != 0 || t->needed[AG_RUN_STDERR] != 0 ||
            r->settings.process.output_kind != AG_RUN_OUTPUT_NONE);
}

/* -- Writing --------------------------------------------------------------- */

static bool write_failed(struct ag_run_texts *t, const char *path)
{
    if (!t->has_failed && t->file != stdout)
        ag_cli_say("--stdout: cannot write '%s': %s; what is there is "
                   "incomplete",
                   path, errno != 0 ? strerror(errno) : "write error");
    t->has_failed = true;
    return false;
}

static bool write_to(ag_run *r, FILE *file, const char *bytes, size_t n)
{
    errno = 0;
    return n == 0 || fwrite(bytes, 1, n, file) == n ||
           write_failed(r->texts, r->settings.process.output);
}

/* To the lane's file in the folder, which is new unless it was passed on. */
static bool write_piece(ag_run *r, uint64_t lane, int which, text *x)
{
    const char *folder = r->settings.process.output;
    size_t bytes = strlen(folder) + 32, n = x->size - x->written;
    char *path = ag_cli_alloc(bytes, 1);
    FILE *file;
    bool fine;

    snprintf(path, bytes, "%s%" PRIu64 ".%s", folder, lane,
             which == AG_RUN_STDOUT ? "out" : "err");
    errno = 0;
    file = fopen(path, x->is_passed_on ? "ab" : "wb");
    fine = file != NULL &&
           (n == 0 || fwrite(x->bytes + x->written, 1, n, file) == n);
    if (file != NULL && fclose(file) != 0)
        fine = false;
    if (!fine)
        (void)write_failed(r->texts, path);
    free(path);
    x->is_passed_on = true;
    x->written = x->size;
    return fine;
}

/* Each line with the lane's number before it; the last one is ended. */
static bool write_prefixed(ag_run *r, FILE *file, uint64_t lane, const text *x)
{
    for (size_t at = 0; at < x->size;) {
        const char *begin = x->bytes + at;
        const char *end = memchr(begin, '\n', x->size - at);
        size_t n = end != NULL ? (size_t)(end - begin) : x->size - at;
        char number[32];

        snprintf(number, sizeof number, "%" PRIu64 ": ", lane);
        if (!write_to(r, file, number, strlen(number)) ||
            !write_to(r, file, begin, n) || !write_to(r, file, "\n", 1))
            return false;
        at += n + 1;
    }
    return true;
}

/* -- Taking in ------------------------------------------------------------- */

static lane_texts *texts_at(const struct ag_run_texts *t, uint64_t place)
{
    return &t->ring[place & (t->capacity - 1)];
}

/* Room for the lane at a place, which is not before t->next. */
static void make_room(struct ag_run_texts *t, uint64_t place)
{
    struct ag_run_texts old = *t;

    while (place - t->next >= t->capacity)
        t->capacity *= 2;
    if (t->capacity == old.capacity)
        return;
    t->ring = ag_cli_alloc((size_t)t->capacity, sizeof *t->ring);
    for (uint64_t i = 0; i < old.capacity; i++)
        *texts_at(t, t->next + i) = *texts_at(&old, t->next + i);
    free(old.ring);
}

static void add(text *x, const char *bytes, size_t n)
{
    size_t room = x->room == 0 ? 64 : x->room;

    while (room - x->size < n + 1)
        room *= 2;
    if (room != x->room) {
        x->bytes = realloc(x->bytes, room);
        if (x->bytes == NULL) {
            ag_cli_say("out of memory for what lanes print; write it with "
                       "--stdout DIR/");
            exit(AG_CLI_EXIT_FAILED);
        }
        x->room = room;
    }
    memcpy(x->bytes + x->size, bytes, n);
    x->size += n;
    x->bytes[x->size] = '\0';
}

/* Of one lane: to armgpu's own output, at once. */
static int32_t pass_on(ag_run *r, uint32_t descriptor, const void *bytes,
                       size_t n)
{
    FILE *file = descriptor == 2 ? stderr : stdout;

    ag_cli_progress_end(&r->progress);
    return fwrite(bytes, 1, n, file) == n && fflush(file) == 0 ? 0 : 1;
}

/* Of one lane also what --stdout FILE does not want. */
static bool goes_directly(const ag_run *r, int which)
{
    const ag_run_settings *s = &r->settings;

    return ag_run_is_direct(s) ||
           (which == AG_RUN_STDERR && r->texts->needed[which] == 0 &&
            ag_run_count_lanes(s) == 1 &&
            s->process.output_kind == AG_RUN_OUTPUT_FILE);
}

/* Lanes may be left out of a file for what they do later: --find. */
static bool is_for_all(const ag_run_settings *s)
{
    return s->conditions.count == 0;
}

/* How much of it is kept; what goes to a file is, until it has gone. */
static size_t most_of(const ag_run *r, int which, bool is_passed_on)
{
    enum ag_run_output kind = r->settings.process.output_kind;
    bool is_written =
        kind == AG_RUN_OUTPUT_FOLDER || kind == AG_RUN_OUTPUT_PREFIX ||
        (kind == AG_RUN_OUTPUT_FILE && which == AG_RUN_STDOUT && !is_passed_on);

    return is_written ? SIZE_MAX : r->texts->needed[which];
}

/* To the file: all that is kept, if it is the lane's turn. */
static bool write_turn(ag_run *r, text *x)
{
    bool fine = x->is_passed_on || write_to(r, r->texts->file, x->bytes,
                                            x->size);

    x->is_passed_on = true;
    return fine;
}

static bool take(ag_run *r, uint64_t place, uint64_t lane, int which,
                 const char *bytes, size_t n)
{
    struct ag_run_texts *t = r->texts;
    const ag_run_process *p = &r->settings.process;
    text *x = &texts_at(t, place)->of[which];
    bool passes = is_for_all(&r->settings) && place == t->next &&
                  which == AG_RUN_STDOUT &&
                  p->output_kind == AG_RUN_OUTPUT_FILE;
    size_t most;

    if (passes && (!write_turn(r, x) || !write_to(r, t->file, bytes, n)))
        return false;
    most = most_of(r, which, x->is_passed_on);
    if (x->size < most)
        add(x, bytes, n < most - x->size ? n : most - x->size);
    if (p->output_kind != AG_RUN_OUTPUT_FOLDER ||
        x->size - x->written < PIECE || !is_for_all(&r->settings) ||
        t->needed[which] == SIZE_MAX)
        return true;
    if (!write_piece(r, lane, which, x))
        return false;
    if (x->size > t->needed[which])
        x->size = x->written = t->needed[which];
    x->bytes[x->size] = '\0';
    return true;
}

int32_t ag_run_take_text(void *user, uint64_t lane, uint32_t descriptor,
                         const void *bytes, uint64_t n)
{
    ag_run *r = user;
    int which = descriptor == 2 ? AG_RUN_STDERR : AG_RUN_STDOUT;
    uint64_t place;

    if (goes_directly(r, which) &&
        pass_on(r, descriptor, bytes, (size_t)n) != 0)
        return 1;
    if (!ag_run_keeps_texts(r))
        return 0;
    place = ag_run_place_of_lane(&r->settings, lane);
    if (place < r->texts->next)
        return 0; /* --first has what it wants */
    make_room(r->texts, place);
    return take(r, place, lane, which, bytes, (size_t)n) ? 0 : 1;
}

/* -- Lanes that have ended ------------------------------------------------- */

static bool is_there(const struct ag_run_texts *t, uint64_t place)
{
    return t != NULL && place >= t->next && place - t->next < t->capacity;
}

void ag_run_find_texts(const ag_run *r, uint64_t place, ag_run_lane *lane)
{
    for (int i = 0; i < AG_RUN_TEXTS; i++) {
        const text *x = is_there(r->texts, place)
                            ? &texts_at(r->texts, place)->of[i]
                            : NULL;

        lane->texts[i] = x == NULL || x->bytes == NULL
                             ? (ag_run_text){"", 0}
                             : (ag_run_text){x->bytes, x->size};
    }
}

static bool put(ag_run *r, uint64_t lane, lane_texts *of)
{
    text *out = &of->of[AG_RUN_STDOUT], *err = &of->of[AG_RUN_STDERR];

    switch (r->settings.process.output_kind) {
    case AG_RUN_OUTPUT_NONE:
        return true;
    case AG_RUN_OUTPUT_FILE:
        return write_turn(r, out);
    case AG_RUN_OUTPUT_PREFIX:
        return write_prefixed(r, stdout, lane, out) &&
               write_prefixed(r, stderr, lane, err);
    case AG_RUN_OUTPUT_FOLDER:
        break;
    }
    return write_piece(r, lane, AG_RUN_STDOUT, out) &&
           (err->size == err->written ||
            write_piece(r, lane, AG_RUN_STDERR, err));
}

static bool is_empty(const lane_texts *of)
{
    return of->of[AG_RUN_STDOUT].bytes == NULL &&
           of->of[AG_RUN_STDERR].bytes == NULL;
}

/* Lanes before the one at `place` that a run which was stopped never finished:
   what they had written by then. */
static bool put_unfinished(ag_run *r, uint64_t place)
{
    struct ag_run_texts *t = r->texts;
    bool fine = true;

    for (uint64_t i = 0; i < t->capacity && t->next < place; i++, t->next++) {
        uint64_t n = 1;

        if (!is_empty(texts_at(t, t->next)) && is_for_all(&r->settings))
            fine &= put(r, ag_run_lane_at(&r->settings, t->next, &n),
                        texts_at(t, t->next));
    }
    return fine;
}

bool ag_run_put_texts(ag_run *r, uint64_t place, uint64_t lane, bool matches)
{
    struct ag_run_texts *t = r->texts;
    lane_texts *of;
    bool fine;

    if (t == NULL)
        return true;
    make_room(t, place);
    fine = put_unfinished(r, place);
    of = texts_at(t, place);
    if (matches)
        fine &= put(r, lane, of);
    for (int i = 0; i < AG_RUN_TEXTS; i++)
        free(of->of[i].bytes);
    memset(of, 0, sizeof *of);
    t->next = place + 1;
    return fine;
}

size_t ag_run_shown_text(const ag_run *r, int which, const ag_run_text *x)
{
    size_t most = r->texts != NULL ? r->texts->shown[which] : 0;
    const char *end;

    if (x->size == 0 || most == 0)
        return 0;
    if (most == SIZE_MAX)
        return x->size;
    end = memchr(x->bytes, '\n', x->size);
    if (end != NULL && (size_t)(end - x->bytes) < most)
        return (size_t)(end - x->bytes);
    return x->size < most ? x->size : most;
}

static void free_ring(struct ag_run_texts *t)
{
    for (uint64_t i = 0; i < t->capacity; i++) {
        for (int j = 0; j < AG_RUN_TEXTS; j++)
            free(t->ring[i].of[j].bytes);
    }
    free(t->ring);
}

int ag_run_texts_end(ag_run *r)
{
    struct ag_run_texts *t = r->texts;
    int status;

    if (t == NULL)
        return AG_CLI_EXIT_OK;
    if (!r->collector.is_done && ag_run_keeps_texts(r))
        (void)put_unfinished(r, UINT64_MAX);
    errno = 0;
    if (t->file != NULL && t->file != stdout && fclose(t->file) != 0)
        (void)write_failed(t, r->settings.process.output);
    status = t->has_failed ? AG_CLI_EXIT_FAILED : AG_CLI_EXIT_OK;
    free_ring(t);
    free(t);
    r->texts = NULL;
    return status;
}
