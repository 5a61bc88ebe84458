/*
 * The collector: takes lanes as they end, in whatever order, keeps what the
 * output needs of each, and hands them on in lane order: to the summary, and if
 * --find's conditions hold to the writers and to the spool of lanes that are
 * shown. The library bounds how far lanes run ahead of the oldest unfinished
 * one, so the ring is bounded too; the spool is a temporary file.
 */
#include "cli/run/record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RANGE 256

/* -- What is needed of a lane ---------------------------------------------- */

static void need_memory(ag_run_collector *c, ag_run_capture capture)
{
    capture.offset = c->capture_bytes;
    c->capture_bytes += (size_t)capture.length;
    c->captures.items =
        ag_cli_grow(c->captures.items, c->captures.count, sizeof capture);
    c->captures.items[c->captures.count++] = capture;
}

static void need_column(ag_run_collector *c, ag_run_column *column)
{
    if (column->field == AG_RUN_FIELD_REGISTER &&
        column->name.number != AG_RUN_PC) {
        c->needs_registers = true;
        c->needs_state |= column->name.number >= AG_RUN_NZCV;
        c->has_vectors |= column->name.number >= AG_RUN_V0;
    }
    if (column->field != AG_RUN_FIELD_MEMORY)
        return;
    column->offset = c->capture_bytes;
    need_memory(c, (ag_run_capture){column->address, column->length, 0, false});
}

/* Private memory without @LANE: every lane that is shown has the block. */
static void need_dump(ag_run_collector *c, ag_run_dump *dump)
{
    if (dump->lane_given)
        return;
    dump->offset = c->capture_bytes;
    need_memory(c, (ag_run_capture){dump->address, dump->length, 0, true});
}

/* Of every lane, shown or not. */
static void need_map(ag_run_collector *c, const ag_run_settings *s)
{
    ag_run_column column = {.field = AG_RUN_FIELD_REGISTER,
                            .name = s->map_register};

    if (s->map != NULL && s->map_by == AG_RUN_MAP_REGISTER)
        need_column(c, &column);
}

static void need_columns(ag_run_collector *c, ag_run_columns *columns)
{
    for (size_t i = 0; i < columns->count; i++)
        need_column(c, &columns->items[i]);
}

static void plan(ag_run *r)
{
    ag_run_collector *c = &r->collector;
    ag_run_settings *s = &r->settings;

    need_columns(c, &r->table.columns);
    need_columns(c, &r->out.columns);
    need_map(c, s);
    for (size_t i = 0; i < s->conditions.count; i++)
        need_columns(c, &s->conditions.items[i].columns);
    c->shown = ag_run_shows_lanes(s) ? ag_run_shown_lanes(r) : 0;
    if (s->memory_mode == ARMGPU_MEMORY_PRIVATE && c->shown != 0) {
        for (size_t i = 0; i < s->dumps.count; i++)
            need_dump(c, &s->dumps.items[i]);
    }
    c->needs_registers |= r->summary.stack_bytes != 0;
    c->has_registers = c->needs_registers || c->shown != 0;
    c->has_vectors |= c->shown != 0;
    c->record_bytes =
        (sizeof(record) + register_bytes(c) + c->capture_bytes + 7) / 8 * 8 +
        vector_bytes(c);
}

/* Rows are then written, and conditions judged, as lanes end. */
static bool is_wanted(const ag_run *r)
{
    const ag_run_settings *s = &r->settings;

    if (s->out != NULL || s->conditions.count != 0 || s->columns.count != 0 ||
        ag_run_keeps_texts(r))
        return true;
    return (!s->summary || s->map != NULL) &&
           armgpu_get_num_resident(r->g) < armgpu_get_num_lanes(r->g);
}

int ag_run_collect_begin(ag_run *r)
{
    ag_run_collector *c = &r->collector;

    c->wanted = is_wanted(r);
    if (!c->wanted)
        return AG_CLI_EXIT_OK;
    plan(r);
    c->capacity = RANGE;
    c->ring = ag_cli_alloc((size_t)c->capacity, c->record_bytes);
    c->states = ag_cli_alloc(RANGE, sizeof *c->states);
    c->registers = ag_cli_alloc(RANGE, 32 * sizeof *c->registers);
    for (size_t i = 0; i < RANGE; i++)
        c->states[i].size = sizeof c->states[i];
    if (c->shown != 0 && (c->spool = ag_cli_temporary_file()) == NULL) {
        ag_cli_say("cannot make a temporary file for the lanes that are "
                   "shown: %s; say where one can be with TMPDIR, or print none "
                   "with --summary",
                   strerror(errno));
        return AG_CLI_EXIT_FAILED;
    }
    /* Lanes that share memory are looked at when all have ended. */
    if (r->settings.memory_mode == ARMGPU_MEMORY_PRIVATE)
        armgpu_set_finish(r->g, ag_run_collect_finished, r);
    return AG_CLI_EXIT_OK;
}

void ag_run_collect_free(ag_run *r)
{
    ag_run_collector *c = &r->collector;

    free(c->captures.items);
    free(c->ring);
    free(c->states);
    free(c->registers);
    free(c->bytes);
    if (c->spool != NULL)
        fclose(c->spool);
}

/* -- Putting out, in lane order -------------------------------------------- */

/* The record, then as much of the texts as is shown. */
static bool write_record(ag_run *r, record *rec, const ag_run_lane *lane,
                         size_t bytes)
{
    FILE *spool = r->collector.spool;

    for (int i = 0; i < AG_RUN_TEXTS; i++)
        rec->text_bytes[i] = ag_run_shown_text(r, i, &lane->texts[i]);
    if (fwrite(rec, bytes, 1, spool) != 1)
        return false;
    for (int i = 0; i < AG_RUN_TEXTS; i++) {
        size_t n = (size_t)rec->text_bytes[i];

        if (n != 0 && fwrite(lane->texts[i].bytes, n, 1, spool) != 1)
            return false;
    }
    return true;
}

static bool keep(ag_run *r, record *rec, const ag_run_lane *lane)
{
    ag_run_collector *c = &r->collector;
    size_t bytes = c->record_bytes;

    if (c->kept == c->shown)
        return true;
    if (rec->has_vectors == 0)
        bytes -= vector_bytes(c);
    errno = 0;
    if (!write_record(r, rec, lane, bytes)) {
        ag_cli_say("cannot write the temporary file for the lanes that are "
                   "shown: %s; show fewer with --show or --summary, or write "
                   "a file with --out",
                   strerror(errno));
        return false;
    }
    c->kept++;
    return true;
}

static bool put_out(ag_run *r, record *rec)
{
    ag_run_collector *c = &r->collector;
    uint64_t place = ag_run_place_of_lane(&r->settings, rec->lane);
    ag_run_lane lane = lane_of(c, rec);
    bool fine = true, matches = rec->state == MATCHES;

    ag_run_find_texts(r, place, &lane);
    c->ended++;
    ag_run_summarize_lane(r, rec->lane, &rec->result);
    if (r->summary.stack_bytes != 0)
        ag_run_summarize_sp(r, rec->lane, lane.registers[AG_RUN_SP]);
    if (r->map != NULL)
        ag_run_map_take(r, &lane);
    if (matches) {
        c->matches++;
        if (r->table.file != NULL && c->matches <= ag_run_shown_lanes(r))
            fine = ag_run_write_row(r, &r->table, &lane);
        if (fine && r->out.file != NULL)
            fine = ag_run_write_row(r, &r->out, &lane);
        fine = fine && keep(r, rec, &lane);
        c->is_done =
            r->settings.first.given && c->matches == r->settings.first.value;
    }
    fine = ag_run_put_texts(r, place, rec->lane, matches) && fine;
    fine = ag_run_put_written(r, rec->lane, matches) && fine;
    rec->state = EMPTY;
    if (!fine)
        c->status = AG_CLI_EXIT_FAILED;
    return fine && !c->is_done;
}

/* As far as lanes have ended without a gap. */
static bool drain(ag_run *r)
{
    ag_run_collector *c = &r->collector;

    for (;;) {
        record *rec = record_of(c, c->next);

        if (rec->state == EMPTY)
            return true;
        c->next++;
        if (!put_out(r, rec))
            return false;
    }
}

/* -- Taking in ------------------------------------------------------------- */

/* Room for the lane at place `last`, which is ahead of c->next. */
static void make_room(ag_run_collector *c, uint64_t last)
{
    ag_run_collector old = *c;

    while (last - c->next >= c->capacity)
        c->capacity *= 2;
    if (c->capacity == old.capacity)
        return;
    c->ring = ag_cli_alloc((size_t)c->capacity, c->record_bytes);
    for (uint64_t i = 0; i < old.capacity; i++)
        memcpy(record_of(c, c->next + i), record_of(&old, c->next + i),
               c->record_bytes);
    free(old.ring);
}

/* Whether the lane at this place may be one of those that are shown. */
static bool may_show(const ag_run *r, uint64_t at)
{
    const ag_run_collector *c = &r->collector;

    return r->settings.conditions.count != 0 ? c->kept < c->shown
                                             : at < c->shown;
}

static void take_vectors(const ag_run_collector *c, record *rec,
                         uint64_t v[][2])
{
    rec->has_vectors =
        c->has_vectors && memcmp(v, no_vectors, VECTOR_BYTES) != 0;
    if (rec->has_vectors != 0)
        memcpy(vectors_of(c, rec), v, VECTOR_BYTES);
}

/* Registers of lanes [first, first + n), from place `at` on. */
static int32_t fetch_registers(ag_run *r, uint64_t at, uint64_t first,
                               uint64_t n)
{
    ag_run_collector *c = &r->collector;
    bool whole = c->needs_state || may_show(r, at);
    int32_t error = ARMGPU_OK;

    if (!c->has_registers || !(c->needs_registers || may_show(r, at)))
        return ARMGPU_OK;
    error = whole ? armgpu_get_state(r->g, first, n, c->states)
                  : armgpu_get_registers(r->g, first, n, c->registers);
    for (uint64_t i = 0; error == ARMGPU_OK && i < n; i++) {
        uint64_t *to = registers_of(record_of(c, at + i));

        if (whole) {
            ag_run_copy_registers(to, &c->states[i]);
            take_vectors(c, record_of(c, at + i), c->states[i].v);
        } else {
            memcpy(to, c->registers + i * 32, 32 * sizeof *to);
        }
    }
    return error;
}

/* Their captured blocks. */
static int32_t fetch_memory(ag_run *r, uint64_t at, uint64_t first, uint64_t n)
{
    ag_run_collector *c = &r->collector;
    int32_t error = ARMGPU_OK;

    for (size_t i = 0; error == ARMGPU_OK && i < c->captures.count; i++) {
        const ag_run_capture *block = &c->captures.items[i];
        size_t length = (size_t)block->length;

        if (block->shown_only && !may_show(r, at))
            continue;
        if (c->bytes == NULL)
            c->bytes = ag_cli_alloc(RANGE, c->capture_bytes);
        error = armgpu_read_memory_range(r->g, first, n, block->address,
                                         c->bytes, length);
        for (uint64_t j = 0; error == ARMGPU_OK && j < n; j++)
            memcpy(memory_of(c, record_of(c, at + j)) + block->offset,
                   c->bytes + j * length, length);
    }
    return error;
}

/* The instruction at the PC, for the table. */
static void fetch_word(const ag_run *r, record *rec)
{
    rec->has_word = ag_run_read_word(r, rec->lane, rec->result.pc, &rec->word);
}

/* --dump with a lane: the bytes are kept, because the lane goes. */
static int32_t fetch_dumps(ag_run *r, uint64_t lane)
{
    ag_run_settings *s = &r->settings;
    int32_t error = ARMGPU_OK;

    for (size_t i = 0; error == ARMGPU_OK && i < s->dumps.count; i++) {
        ag_run_dump *dump = &s->dumps.items[i];

        if (!dump->lane_given || dump->lane != lane)
            continue;
        dump->bytes = ag_cli_alloc((size_t)dump->length, 1);
        error = armgpu_read_memory(r->g, lane, dump->address, dump->bytes,
                                   (size_t)dump->length);
    }
    return error;
}

static int32_t take_lane(ag_run *r, uint64_t at)
{
    ag_run_collector *c = &r->collector;
    record *rec = record_of(c, at);
    ag_run_lane view = lane_of(c, rec);

    ag_run_find_texts(r, at, &view);
    if (c->has_registers)
        registers_of(rec)[AG_RUN_PC] = rec->result.pc;
    if (r->settings.json)
        ag_run_notice_place(r, rec->lane, &rec->result);
    rec->state = ag_run_matches(r, &view) ? MATCHES : ENDED;
    if (rec->state == MATCHES && may_show(r, at))
        fetch_word(r, rec);
    return r->settings.dumps.count != 0 ? fetch_dumps(r, rec->lane) : ARMGPU_OK;
}

/* Lanes [first, first + n), n at most RANGE. */
static bool take_range(ag_run *r, uint64_t first,
                       const armgpu_lane_result *results, uint64_t n)
{
    ag_run_collector *c = &r->collector;
    uint64_t at = ag_run_place_of_lane(&r->settings, first);
    int32_t error;

    make_room(c, at + n - 1);
    for (uint64_t i = 0; i < n; i++) {
        record *rec = record_of(c, at + i);

        rec->lane = first + i;
        rec->result = results[i];
        rec->has_word = rec->word = rec->has_vectors = 0;
    }
    error = fetch_registers(r, at, first, n);
    if (error == ARMGPU_OK)
        error = fetch_memory(r, at, first, n);
    for (uint64_t i = 0; error == ARMGPU_OK && i < n; i++)
        error = take_lane(r, at + i);
    if (error == ARMGPU_OK)
        return drain(r);
    c->status = ag_run_library_failed(r, NULL, error);
    return false;
}

/* Nonzero stops the run: --first has what it wants, or something failed. */
int32_t ag_run_collect_finished(void *user, armgpu *g, const uint64_t *lanes,
                                const armgpu_lane_result *results, uint64_t n)
{
    ag_run *r = user;
    uint64_t at = 0, m;

    (void)g;
    ag_run_trace_finished(r, lanes, n);
    if (r->collector.is_done || r->collector.status != AG_CLI_EXIT_OK)
        return 1;
    for (; at < n; at += m) {
        for (m = 1; m < RANGE && at + m < n && lanes[at + m] == lanes[at] + m;)
            m++;
        if (!take_range(r, lanes[at], results + at, m))
            return 1;
    }
    return 0;
}

/* -- The end --------------------------------------------------------------- */

static int collect_all(ag_run *r)
{
    armgpu_lane_result *results = ag_cli_alloc(RANGE, sizeof *results);
    uint64_t lanes = ag_run_count_lanes(&r->settings);
    int32_t error = ARMGPU_OK;

    for (uint64_t at = 0, n; at < lanes && error == ARMGPU_OK; at += n) {
        uint64_t first;

        n = lanes - at < RANGE ? lanes - at : RANGE;
        first = ag_run_lane_at(&r->settings, at, &n);
        error = armgpu_get_results(r->g, first, n, results);
        if (error != ARMGPU_OK || !take_range(r, first, results, n))
            break;
    }
    free(results);
    return error == ARMGPU_OK ? AG_CLI_EXIT_OK
                              : ag_run_library_failed(r, NULL, error);
}

/* Lanes that ended ahead of one that a stopped run never finished. */
static void drain_rest(ag_run *r)
{
    ag_run_collector *c = &r->collector;
    uint64_t end = c->next + c->capacity;

    for (; c->next < end; c->next++) {
        record *rec = record_of(c, c->next);

        if (rec->state != EMPTY && !put_out(r, rec))
            return;
    }
}

int ag_run_collect_end(ag_run *r)
{
    ag_run_collector *c = &r->collector;
    int status = c->status;

    if (status == AG_CLI_EXIT_OK &&
        r->settings.memory_mode == ARMGPU_MEMORY_SHARED)
        status = collect_all(r);
    if (status == AG_CLI_EXIT_OK && !c->is_done)
        drain_rest(r);
    return status != AG_CLI_EXIT_OK ? status : c->status;
}

/* Of one lane, behind its record; the memory is that of the lane before. */
static bool read_texts(FILE *spool, const record *rec,
                       char *memory[AG_RUN_TEXTS], ag_run_lane *lane)
{
    for (int i = 0; i < AG_RUN_TEXTS; i++) {
        size_t n = (size_t)rec->text_bytes[i];

        free(memory[i]);
        memory[i] = ag_cli_alloc(n + 1, 1);
        if (n != 0 && fread(memory[i], n, 1, spool) != 1)
            return false;
        lane->texts[i] = (ag_run_text){memory[i], n};
    }
    return true;
}

int ag_run_each_kept(const ag_run *r, uint64_t count, ag_run_lane_fn fn,
                     void *user)
{
    const ag_run_collector *c = &r->collector;
    char *texts[AG_RUN_TEXTS] = {NULL};
    record *rec = ag_cli_alloc(1, c->record_bytes);
    bool going = true, fine = true;

    if (c->kept != 0)
        rewind(c->spool);
    for (uint64_t i = 0; going && i < c->kept && i < count; i++) {
        ag_run_lane lane;

        fine = fread(rec, c->record_bytes - vector_bytes(c), 1, c->spool) == 1;
        if (fine && rec->has_vectors != 0)
            fine = fread(vectors_of(c, rec), VECTOR_BYTES, 1, c->spool) == 1;
        lane = lane_of(c, rec);
        fine = fine && read_texts(c->spool, rec, texts, &lane);
        going = fine && fn(r, &lane, user);
    }
    for (int i = 0; i < AG_RUN_TEXTS; i++)
        free(texts[i]);
    free(rec);
    if (fine)
        return AG_CLI_EXIT_OK;
    ag_cli_say("cannot read the temporary file for the lanes that are shown");
    return AG_CLI_EXIT_FAILED;
}
