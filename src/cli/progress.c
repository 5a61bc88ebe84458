/*
 * The progress line of commands that take long: per cent, time left, and what
 * the command says. It is drawn on stderr over itself, at most six times a
 * second, begins only when the work takes longer than people notice, and leaves
 * nothing behind. It is never wider than the terminal: a line that wraps could
 * not be drawn over.
 */
#include "cli/cli.h"

#include <string.h>
#include <unistd.h>

#define FIRST_SECONDS 0.4
#define BETWEEN_SECONDS (1.0 / 6)
#define LONG_BAR 20
#define SHORT_BAR 10
#define LONGEST_LINE 256

void ag_cli_progress_begin(ag_cli_progress *p, int when, bool is_silent)
{
    p->is_wanted = when == AG_CLI_ALWAYS;
    if (when == AG_CLI_AUTO)
        p->is_wanted = !is_silent && isatty(2) != 0;
    p->is_drawn = false;
    p->last_seconds = 0;
}

bool ag_cli_progress_is_due(const ag_cli_progress *p, double seconds)
{
    return p->is_wanted && seconds >= FIRST_SECONDS &&
           (!p->is_drawn || seconds - p->last_seconds >= BETWEEN_SECONDS);
}

/* ", 27 s left" if the rest goes on as it began; nothing before any is done. */
static void left_text(double done, double seconds, char text[32])
{
    double left = done > 0 ? seconds * (1 - done) / done : 0;

    if (done <= 0)
        text[0] = '\0';
    else if (left < 99.5)
        snprintf(text, 32, ", %.0f s left", left);
    else if (left < 99.5 * 60)
        snprintf(text, 32, ", %.0f min left", left / 60);
    else if (left < 1e9)
        snprintf(text, 32, ", %.1f h left", left / 3600);
    else
        snprintf(text, 32, ", years left");
}

/* Takes the last part, from its comma on, off a text; false: there is none. */
static bool shorten(char *text)
{
    char *comma = strrchr(text, ',');

    if (comma != NULL)
        *comma = '\0';
    return comma != NULL;
}

void ag_cli_progress_line(char *line, size_t size, int columns, double done,
                          double seconds, const char *text)
{
    char rest[LONGEST_LINE], left[32];
    int room = columns - 1; /* terminals may wrap after the last column */
    int bar;

    done = done > 0 ? done < 1 ? done : 1 : 0;
    left_text(done, seconds, left);
    snprintf(rest, sizeof rest, "%3d%%%s, %s", (int)(done * 100), left, text);
    while ((int)strlen(rest) > room && shorten(rest))
        continue;
    /* One of two lengths: the line does not wobble as the text changes. */
    bar = room - (int)strlen(rest) - 2;
    bar = bar >= LONG_BAR ? LONG_BAR : bar >= SHORT_BAR ? SHORT_BAR : 0;
    if (bar != 0)
        snprintf(line, size, "[%.*s%*s]%s", (int)(done * bar),
                 "====================", bar - (int)(done * bar), "", rest);
    else
        snprintf(line, size, "%.*s", room > 0 ? room : 0, rest);
}

void ag_cli_progress_draw(ag_cli_progress *p, double done, double seconds,
                          const char *text)
{
    char line[LONGEST_LINE];
    int columns = ag_cli_terminal_columns(stderr);

    if (columns == 0)
        columns = 80;
    p->is_drawn = true;
    p->last_seconds = seconds;
    ag_cli_progress_line(line, sizeof line,
                         columns < LONGEST_LINE ? columns : LONGEST_LINE, done,
                         seconds, text);
    fprintf(stderr, "\r%s\033[K", line);
    fflush(stderr);
}

void ag_cli_progress_end(ag_cli_progress *p)
{
    if (p->is_drawn)
        fputs("\r\033[K", stderr);
    p->is_drawn = false;
}
