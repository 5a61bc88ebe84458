/*
 * Conditions on what lanes print: stdout~"FAIL" holds where the text is in it,
 * stdout!~"FAIL" where it is not. The text is between quotes of either kind; \
 * stands before a quote, a \, and as in \n and \t.
 */
#include "cli/run/run.h"

#include <stdlib.h>
#include <string.h>

/* The length of name, blanks and ~ or !~; 0 if that is not how it begins. */
static size_t head_length(const char *text, size_t *name, bool *is_inverted)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz_0123456789");

    *name = n;
    if (n == 0)
        return 0;
    n += strspn(text + n, " ");
    *is_inverted = text[n] == '!' && text[n + 1] == '~';
    n += *is_inverted;
    return text[n] == '~' ? n + 1 : 0;
}

/* Up to the closing quote; all of the rest if there is none. */
static size_t quoted_length(const char *text, bool *is_closed)
{
    char quote = text[0];
    size_t n = 1;

    for (; text[n] != '\0' && text[n] != quote; n++)
        n += text[n] == '\\' && text[n + 1] != '\0';
    *is_closed = text[n] != '\0';
    return n + *is_closed;
}

size_t ag_run_match_length(const char *text)
{
    size_t name, n;
    bool is_inverted, is_closed;

    n = head_length(text, &name, &is_inverted);
    if (n == 0)
        return 0;
    n += strspn(text + n, " ");
    return text[n] == '"' || text[n] == '\''
               ? n + quoted_length(text + n, &is_closed)
               : n;
}

bool ag_run_is_match(const char *text, size_t length)
{
    return length != 0 && ag_run_match_length(text) == length;
}

/* Between the quotes, which are there. */
static void unescape(const char *text, size_t length, ag_run_column *c)
{
    char *to = c->pattern = ag_cli_alloc(length + 1, 1);

    for (size_t i = 0; i < length; i++) {
        if (text[i] != '\\' || i + 1 == length) {
            *to++ = text[i];
            continue;
        }
        i++;
        *to++ = text[i] == 'n' ? '\n' : text[i] == 't' ? '\t' : text[i];
    }
    c->pattern_bytes = (size_t)(to - c->pattern);
}

const char *ag_run_read_match(const char *text, size_t length,
                              ag_run_column *column)
{
    const char *problem;
    bool is_inverted, is_closed = false;
    size_t name, at = head_length(text, &name, &is_inverted);

    problem = ag_run_find_column(text, name, column);
    if (problem == NULL && (!ag_run_is_text_column(column) ||
                            column->field == AG_RUN_FIELD_FILE))
        problem = "is not what ~ is for: it looks into stdout, stderr and "
                  "symbol";
    if (problem != NULL)
        return problem;
    at += strspn(text + at, " ");
    if (at < length)
        (void)quoted_length(text + at, &is_closed);
    if (!is_closed)
        return "needs a text in quotes behind ~: stdout~\"FAIL\"";
    if (length - at == 2)
        return "looks for an empty text, which is everywhere";
    column->is_inverted = is_inverted;
    unescape(text + at + 1, length - at - 2, column);
    return NULL;
}

/* Bytes of 0 are text too. */
static bool has(const ag_run_text *text, const char *pattern, size_t bytes)
{
    const char *at = text->bytes, *end = text->bytes + text->size;

    while ((size_t)(end - at) >= bytes) {
        at = memchr(at, pattern[0], (size_t)(end - at) - bytes + 1);
        if (at == NULL)
            return false;
        if (memcmp(at, pattern, bytes) == 0)
            return true;
        at++;
    }
    return false;
}

bool ag_run_match_holds(const ag_run *r, const ag_run_column *c,
                        const ag_run_lane *lane)
{
    char symbol[AG_RUN_COLUMN_TEXT];
    ag_run_text text = ag_run_column_text(r, c, lane, symbol);

    return has(&text, c->pattern, c->pattern_bytes) != c->is_inverted;
}
