/*
 * The words of a command line as a shell has them, with '...', "..." and \, but
 * nothing is expanded, except {lane}, which becomes the lane's number.
 */
#include "cli/run/run.h"

#include <stdlib.h>
#include <string.h>

static const char lane_name[] = "{lane}";

static void add_byte(ag_run_words *w, char c)
{
    w->bytes = ag_cli_grow(w->bytes, w->used, 1);
    w->bytes[w->used++] = c;
}

static void begin_word(ag_run_words *w)
{
    w->starts = ag_cli_grow(w->starts, w->count, sizeof *w->starts);
    w->starts[w->count++] = w->used;
}

/* One character, or the lane's number; returns what it was in the text. */
static size_t add_character(ag_run_words *w, const char *text, size_t length,
                            uint64_t lane)
{
    size_t n = sizeof lane_name - 1;
    char number[24];

    if (length < n || memcmp(text, lane_name, n) != 0) {
        add_byte(w, *text);
        return 1;
    }
    snprintf(number, sizeof number, "%" PRIu64, lane);
    for (const char *p = number; *p != '\0'; p++)
        add_byte(w, *p);
    return n;
}

void ag_run_add_word(ag_run_words *w, const char *text, uint64_t lane)
{
    size_t length = strlen(text);

    begin_word(w);
    for (size_t i = 0; i < length;)
        i += add_character(w, text + i, length - i, lane);
    add_byte(w, '\0');
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Behind an opening quote up to the closing one, which *at comes to. Between
   double quotes \ is for ", \, $ and `. */
static const char *add_quoted(ag_run_words *w, const char *line, size_t length,
                              size_t *at, uint64_t lane)
{
    char quote = line[(*at)++];

    while (*at < length && line[*at] != quote) {
        if (quote == '"' && line[*at] == '\\' && *at + 1 < length &&
            strchr("\"\\$`", line[*at + 1]) != NULL) {
            add_byte(w, line[*at + 1]);
            *at += 2;
        } else {
            *at += add_character(w, line + *at, length - *at, lane);
        }
    }
    if (*at == length)
        return quote == '"' ? "has a \" without a second"
                            : "has a ' without a second";
    (*at)++;
    return NULL;
}

static const char *add_one(ag_run_words *w, const char *line, size_t length,
                           size_t *at, uint64_t lane)
{
    const char *problem = NULL;

    begin_word(w);
    while (problem == NULL && *at < length && !is_blank(line[*at])) {
        if (line[*at] == '\'' || line[*at] == '"') {
            problem = add_quoted(w, line, length, at, lane);
        } else if (line[*at] == '\\' && *at + 1 == length) {
            problem = "ends in a \\";
        } else if (line[*at] == '\\') {
            add_byte(w, line[*at + 1]);
            *at += 2;
        } else {
            *at += add_character(w, line + *at, length - *at, lane);
        }
    }
    add_byte(w, '\0');
    return problem;
}

const char *ag_run_add_line(ag_run_words *w, const char *line, size_t length,
                            uint64_t lane)
{
    const char *problem = NULL;
    size_t at = 0;

    if (length != 0 && memchr(line, '\0', length) != NULL)
        return "has a byte of 0, which no argument can have";
    while (problem == NULL) {
        while (at < length && is_blank(line[at]))
            at++;
        if (at == length)
            break;
        problem = add_one(w, line, length, &at, lane);
    }
    return problem;
}
