/*
 * --json: one object, written as the lanes are fetched. 64-bit values are
 * strings, because readers may hold numbers as doubles; counts are numbers.
 */
#include "cli/run/run.h"

#include <signal.h>

#include <math.h>
#include <stdlib.h>

/* JSON has no infinity and no NaN. */
static void print_real(const char *name, double value)
{
    printf(",\"%s\":%.9g", name, isfinite(value) ? value : 0.0);
}

static void print_count(const char *name, uint64_t value)
{
    printf(",\"%s\":%" PRIu64, name, value);
}

static void print_string(const char *name, const char *value)
{
    printf(",\"%s\":", name);
    ag_cli_json_string(stdout, value);
}

static void print_stops(const armgpu_result *result)
{
    bool first = true;

    printf(",\"stops\":{");
    for (uint32_t i = 0; i < ARMGPU_STOP_COUNT; i++) {
        if (result->stops[i] == 0)
            continue;
        printf("%s\"%s\":%" PRIu64, first ? "" : ",", armgpu_stop_name(i),
               result->stops[i]);
        first = false;
    }
    printf("}");
}

/* The first one, and all of them where --program names several. */
static void print_programs(const ag_run_settings *s)
{
    print_string("program", s->programs.items[0].path);
    if (s->programs.count < 2)
        return;
    printf(",\"programs\":[");
    for (size_t i = 0; i < s->programs.count; i++) {
        if (i != 0)
            putchar(',');
        ag_cli_json_string(stdout, s->programs.items[i].path);
    }
    putchar(']');
}

/* Why the run ended before its lanes had. */
static void print_end(const ag_run *r)
{
    static const struct {
        int number;
        const char *name;
    } signals[] = {
        {SIGINT, "SIGINT"}, {SIGTERM, "SIGTERM"}, {SIGHUP, "SIGHUP"}};
    int caught = ag_cli_caught_signal();

    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        if (signals[i].number == caught)
            print_string("interrupted", signals[i].name);
    }
    if (r->timed_out)
        printf(",\"timed_out\":true");
    if (r->has_failed)
        print_string("failed", r->failure);
    if (ag_run_unbegun(r) != 0)
        print_count("lanes_not_begun", ag_run_unbegun(r));
}

/* Lanes that match are listed in order, the first ones if not all. */
static void print_find(const ag_run *r)
{
    const ag_run_collector *c = &r->collector;
    uint64_t lanes = c->wanted ? c->ended : r->settings.lanes.value;

    if (r->settings.conditions.count != 0) {
        lanes = c->matches;
        print_count("matches", c->matches);
        print_count("examined", c->ended);
        if (c->is_done)
            printf(",\"stopped_at_first\":true");
    }
    if (!r->settings.summary && ag_run_shown_lanes(r) < lanes)
        printf(",\"lanes_cut\":true");
}

static void print_calls(const ag_run *r)
{
    armgpu_calls calls = {.size = sizeof calls};
    char names[1024];

    if (armgpu_get_calls(r->g, &calls) != ARMGPU_OK)
        return;
    printf(",\"system_calls\":{\"host\":%" PRIu64 ",\"drained_bytes\":%" PRIu64,
           calls.host, calls.drained_bytes);
    if (ag_run_list_calls(r, "\",\"", names, sizeof names))
        printf(",\"missing\":[\"%s\"]", names);
    printf("}");
}

/* Where it was asked for, or something was compiled. It depends on time as
   elapsed_seconds does. */
static void print_translation(const ag_run *r)
{
    armgpu_translation t = {.size = sizeof t};

    if (armgpu_get_translation(r->g, &t) != ARMGPU_OK ||
        (r->settings.engine != ARMGPU_ENGINE_TRANSLATED && t.compiled == 0))
        return;
    printf(",\"translation\":{\"compiled\":%" PRIu64, t.compiled);
    print_count("cached", t.cached);
    print_count("instructions", t.instructions);
    print_count("entries", t.entries);
    if (t.together != 0)
        print_count("together", t.together);
    if (t.apart[0] != '\0')
        print_string("apart", t.apart);
    print_real("share", ag_run_translated_share(r, &t));
    print_real("compile_seconds", t.compile_seconds);
    if (t.reason[0] != '\0')
        print_string("reason", t.reason);
    if (t.refused[0] != '\0')
        print_string("refused", t.refused);
    putchar('}');
}

/* A symbol, and where the source is known that too. */
static void print_place(const ag_run *r, uint64_t address)
{
    char symbol[AG_RUN_SYMBOL];
    const char *source = ag_run_source(r, address);

    if (ag_run_symbol(r, address, symbol)[0] != '\0')
        print_string("symbol", symbol);
    if (source[0] != '\0')
        print_string("source", source);
}

/* What a lane printed; in base64 too where JSON cannot have it. */
static void print_text(const char *name, const ag_run_text *text)
{
    char *quoted = ag_cli_alloc(8 * text->size + 16, 1);
    char *end = ag_cli_json_quote(quoted, text->bytes, text->size);

    printf(",\"%s\":", name);
    fwrite(quoted, 1, (size_t)(end - quoted), stdout);
    if (!ag_cli_is_utf8(text->bytes, text->size)) {
        end = ag_cli_base64(quoted, text->bytes, text->size);
        printf(",\"%s_base64\":\"", name);
        fwrite(quoted, 1, (size_t)(end - quoted), stdout);
        putchar('"');
    }
    free(quoted);
}

static void print_process(const ag_run *r, const ag_run_lane *lane)
{
    print_place(r, ag_run_stopped_at(lane->result));
    if (lane->result->stop_reason == ARMGPU_STOP_EXIT)
        print_count("exit_status", lane->result->stop_code);
    print_text("stdout", &lane->texts[AG_RUN_STDOUT]);
    print_text("stderr", &lane->texts[AG_RUN_STDERR]);
}

/* Everything that is known before the first lane is fetched. */
static void print_head(const ag_run *r)
{
    const armgpu_result *result = &r->result;

    printf("{\"schema\":\"armgpu.run/1\"");
    print_programs(&r->settings);
    print_string("backend", armgpu_get_backend(r->g));
    print_string("device", armgpu_get_device(r->g));
    print_string("memory_mode", r->settings.memory_mode == ARMGPU_MEMORY_PRIVATE
                                    ? "private"
                                    : "shared");
    print_count("memory_size", armgpu_get_memory_size(r->g));
    print_count("num_lanes", armgpu_get_num_lanes(r->g));
    print_count("total_cycles", result->total_cycles);
    print_real("elapsed_seconds", result->elapsed_seconds);
    print_real("avg_ips", armgpu_avg_ips(result));
    print_count("min_cycles", armgpu_min_cycles(result));
    print_count("max_cycles", armgpu_max_cycles(result));
    print_real("lane_efficiency", armgpu_lane_efficiency(result));
    print_stops(result);
    print_end(r);
    print_find(r);
    if (r->summary.lost_lanes != 0)
        print_count("sp_outside_stack", r->summary.lost_lanes);
    print_translation(r);
    if (r->elf != NULL) {
        ag_run_print_elf(r);
        print_calls(r);
    }
}

static void print_instruction(const ag_run *r, uint32_t word, uint64_t address)
{
    char text[96];

    ag_cli_disassemble(word, address,
                       r->settings.no_aliases ? ARMGPU_NO_ALIASES : 0, text,
                       sizeof text);
    print_string("instruction", text);
}

/* Every place where lanes ended badly, as below the table. */
static void print_explanations(const ag_run *r)
{
    const ag_run_summary *s = &r->summary;

    if (s->place_count == 0)
        return;
    printf(",\n\"explanations\":[");
    for (size_t i = 0; i < s->place_count; i++) {
        const ag_run_place *p = &s->places[i];
        char text[AG_RUN_EXPLANATION];
        uint32_t word;

        ag_run_explain(r, p, text);
        printf("%s\n{\"lanes\":%" PRIu64, i == 0 ? "" : ",", p->lanes);
        print_count("first_lane", p->ranges[0].first);
        print_string("stop_reason", armgpu_stop_name(p->first.stop_reason));
        printf(",\"address\":\"0x%" PRIx64 "\"", ag_run_stopped_at(&p->first));
        print_place(r, ag_run_stopped_at(&p->first));
        if (ag_run_place_word(r, p, &word))
            print_instruction(r, word, ag_run_stopped_at(&p->first));
        print_string("text", text);
        printf("}");
    }
    printf("\n]");
    if (s->other_lanes != 0)
        print_count("unexplained_lanes", s->other_lanes);
}

/* What --columns asks for, as a row of --out in jsonl. */
static bool print_row(const ag_run *r, const ag_run_lane *lane, void *user)
{
    bool *first = user;
    char *line = ag_cli_alloc(ag_run_row_size(r, &r->table.columns, lane), 1);
    const char *end = ag_run_put_object(line, r, &r->table.columns, lane);

    fputs(*first ? "\n" : ",\n", stdout);
    *first = false;
    fwrite(line, 1, (size_t)(end - line), stdout);
    free(line);
    return !ferror(stdout);
}

/* Of every lane if any has used them, so that all lanes are alike. */
static void print_vectors(const ag_run_lane *lane)
{
    printf(",\"fpcr\":\"0x%" PRIx64 "\",\"fpsr\":\"0x%" PRIx64 "\",\"v\":[",
           lane->registers[AG_RUN_FPCR], lane->registers[AG_RUN_FPSR]);
    for (size_t i = 0; i < 32; i++) {
        const uint64_t *v = &lane->vectors[2 * i];

        printf(i == 0 ? "\"0x" : ",\"0x");
        if (v[1] == 0)
            printf("%" PRIx64 "\"", v[0]);
        else
            printf("%" PRIx64 "%016" PRIx64 "\"", v[1], v[0]);
    }
    printf("]");
}

static bool print_lane(const ag_run *r, const ag_run_lane *lane, void *user)
{
    const uint64_t *x = lane->registers;
    const armgpu_lane_result *l = lane->result;
    bool *first = user;
    char flags[5];

    printf("%s\n{\"lane\":%" PRIu64 ",\"stop_reason\":\"%s\","
           "\"stop_code\":\"0x%" PRIx64 "\",\"pc\":\"0x%" PRIx64 "\","
           "\"sp\":\"0x%" PRIx64 "\",\"nzcv\":\"%s\",\"cycles\":%" PRIu64,
           *first ? "" : ",", lane->number, armgpu_stop_name(l->stop_reason),
           l->stop_code, l->pc, x[AG_RUN_SP],
           ag_run_flags_text(x[AG_RUN_NZCV], flags), l->cycles);
    *first = false;
    if (r->settings.programs.count > 1)
        print_count("program", ag_run_program_of(r, lane->number));
    if (r->settings.lane_files.count != 0)
        print_string("file", ag_run_lane_file_name(&r->settings, lane->number));
    if (r->elf != NULL)
        print_process(r, lane);
    else if (ag_run_has_output(&r->settings))
        print_text("stdout", &lane->texts[AG_RUN_STDOUT]);
    if (ag_run_is_fault(l))
        printf(",\"fault_address\":\"0x%" PRIx64 "\",\"fault_access\":\"%s\"",
               l->stop_code, ag_run_access_name(l->access));
    printf(",\"x\":[");
    for (size_t i = 0; i < 31; i++)
        printf("%s\"0x%" PRIx64 "\"", i == 0 ? "" : ",", x[i]);
    printf("]");
    if (ag_run_shows_vectors(r))
        print_vectors(lane);
    printf("}");
    return !ferror(stdout);
}

/* `user` points to whether this is the first block. */
static bool print_block(const ag_run *r, const ag_run_block *block, void *user)
{
    uint8_t bytes[1024];
    bool *first = user;

    printf("%s\n{\"address\":\"0x%" PRIx64 "\"", *first ? "" : ",",
           block->address);
    *first = false;
    if (block->of_lane)
        print_count("lane", block->lane);
    printf(",\"hex\":\"");
    for (uint64_t at = 0; at < block->length; at += sizeof bytes) {
        size_t n = sizeof bytes;

        if (block->length - at < n)
            n = (size_t)(block->length - at);
        if (ferror(stdout) || !ag_run_read_block(r, block, at, bytes, n))
            return false;
        for (size_t i = 0; i < n; i++)
            printf("%02x", bytes[i]);
    }
    printf("\"}");
    return true;
}

static int print_memory(const ag_run *r)
{
    bool first = true;
    int status;

    if (r->settings.dumps.count == 0)
        return AG_CLI_EXIT_OK;
    printf(",\n\"memory\":[");
    status = ag_run_each_block(r, print_block, &first);
    printf("\n]");
    return status;
}

int ag_run_print_json(const ag_run *r)
{
    bool first = true;
    int status = AG_CLI_EXIT_OK;

    print_head(r);
    print_explanations(r);
    if (!r->settings.summary) {
        printf(",\n\"lanes\":[");
        status = ag_run_each_lane(r, ag_run_shown_lanes(r),
                                  r->table.columns.count != 0 ? print_row
                                                              : print_lane,
                                  &first);
        printf("\n]");
    }
    if (status == AG_CLI_EXIT_OK)
        status = print_memory(r);
    printf("}\n");
    return status;
}
