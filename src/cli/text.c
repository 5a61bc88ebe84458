/*
 * Words: messages, near misses, scaled numbers, JSON strings, terminal width.
 * Nothing here keeps state.
 */
#include "cli/cli.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void ag_cli_say(const char *format, ...)
{
    char text[2048];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    /* Names come from the user: no escape sequences, no second line. */
    for (char *p = text; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
    }
    fprintf(stderr, "armgpu: %s\n", text);
}

/* Names are ASCII; the C library's functions would follow the locale. */
static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

bool ag_cli_same_word(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

bool ag_cli_contains(const char *text, const char *needle)
{
    for (;; text++) {
        size_t i = 0;

        while (needle[i] != '\0' && lower(text[i]) == lower(needle[i]))
            i++;
        if (needle[i] == '\0')
            return true;
        if (*text == '\0')
            return false;
    }
}

#define LONGEST_WORD 31

/* Of three: the recurrence below takes it of its neighbours. */
static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;

    return least < c ? least : c;
}

/* Insertions, deletions, replacements and swaps of neighbours (at cost 1). */
static size_t edit_distance(const char *a, const char *b)
{
    size_t d[LONGEST_WORD + 1][LONGEST_WORD + 1];
    size_t m = strlen(a), n = strlen(b);

    if (m > LONGEST_WORD || n > LONGEST_WORD)
        return LONGEST_WORD;
    for (size_t i = 0; i <= m; i++) {
        for (size_t j = 0; j <= n; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = smallest(d[i - 1][j] + 1, d[i][j - 1] + 1,
                               d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = smallest(d[i][j], d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[m][n];
}

const char *ag_cli_nearest(const char *word, const char *const *candidates,
                           size_t count)
{
    const char *best = NULL;
    size_t least = 3;

    for (size_t i = 0; i < count; i++) {
        size_t distance = edit_distance(word, candidates[i]);

        /* Two edits make any three letters any other word. */
        if (distance < least && distance * 2 < strlen(candidates[i])) {
            least = distance;
            best = candidates[i];
        }
    }
    return best;
}

const char *ag_cli_scaled(double value, char text[AG_CLI_SCALED_SIZE])
{
    static const char *const units[] = {"", " k", " M", " G", " T", " P"};
    size_t unit = 0;
    int decimals;

    while (value >= 999.5 && unit + 1 < sizeof units / sizeof units[0]) {
        value /= 1000;
        unit++;
    }
    decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    /* Counts below a thousand are whole numbers. */
    if (unit == 0 && value == (double)(int)value)
        decimals = 0;
    snprintf(text, AG_CLI_SCALED_SIZE, "%.*f%s", decimals, value, units[unit]);
    return text;
}

#define WIDTH 80

void ag_cli_wrap(FILE *out, const char *text, int column, int indent)
{
    while (*text != '\0') {
        int length = (int)strcspn(text, " ");
        bool first = column <= indent;

        if (!first && column + 1 + length > WIDTH) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
            first = true;
        }
        fprintf(out, "%s%.*s", first ? "" : " ", length, text);
        column += length + !first;
        text += length;
        text += strspn(text, " ");
    }
    putc('\n', out);
}

/* Every run of tabs and spaces becomes one space. */
static void squeeze(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; from++) {
        char c = *from == '\t' ? ' ' : *from;

        if (c != ' ' || (to > text && to[-1] != ' '))
            *to++ = c;
    }
    while (to > text && to[-1] == ' ')
        to--;
    *to = '\0';
}

void ag_cli_disassemble(uint32_t word, uint64_t address, uint32_t flags,
                        char *text, size_t size)
{
    static const char *const comments[] = {"//", ";"};

    (void)armgpu_disassemble(word, address, flags, text, size);
    for (size_t i = 0; i < sizeof comments / sizeof comments[0]; i++) {
        char *comment = strstr(text, comments[i]);

        if (comment != NULL)
            *comment = '\0';
    }
    squeeze(text);
}

/* The character at *p, escaped where JSON needs it; moves *p behind it. */
static int json_character(const unsigned char **p, char to[8])
{
    const unsigned char *at = *p;
    size_t n = ag_utf8_length(at);

    *p += n == 0 ? 1 : n;
    if (n == 0)
        return snprintf(to, 8, "\\ufffd");
    if (*at < 0x20 || *at == 0x7f)
        return snprintf(to, 8, "\\u%04x", *at);
    if (*at == '"' || *at == '\\')
        return snprintf(to, 8, "\\%c", *at);
    return snprintf(to, 8, "%.*s", (int)n, (const char *)at);
}

char *ag_cli_json_quote(char *to, const char *text, size_t length)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + length;

    *to++ = '"';
    while (p < end) {
        char character[8];
        int n = json_character(&p, character);

        memcpy(to, character, (size_t)n);
        to += n;
    }
    *to++ = '"';
    return to;
}

bool ag_cli_is_utf8(const char *text, size_t length)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + length;

    while (p < end) {
        size_t n = ag_utf8_length(p);

        if (n == 0)
            return false;
        p += n;
    }
    return true;
}

char *ag_cli_base64(char *to, const char *text, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < length; i += 3) {
        size_t n = length - i < 3 ? length - i : 3;
        uint32_t bits = 0;

        for (size_t j = 0; j < 3; j++)
            bits = bits << 8 | (j < n ? (uint8_t)text[i + j] : 0);
        for (size_t j = 0; j < 4; j++)
            *to++ = j <= n ? digits[bits >> (18 - 6 * j) & 63] : '=';
    }
    return to;
}

void ag_cli_json_string(FILE *out, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;

    putc('"', out);
    while (*p != '\0') {
        char character[8];
        int n = json_character(&p, character);

        fwrite(character, 1, (size_t)n, out);
    }
    putc('"', out);
}

int ag_cli_terminal_columns(FILE *file)
{
    struct winsize size;

    if (isatty(fileno(file)) && ioctl(fileno(file), TIOCGWINSZ, &size) == 0)
        return size.ws_col;
    return 0;
}

/* A window narrower than 40 columns would wrap every row anyway. */
int ag_cli_columns(FILE *file)
{
    int columns = ag_cli_terminal_columns(file);

    return columns >= 40 ? columns : 80;
}

void *ag_cli_alloc(size_t count, size_t size)
{
    void *memory = calloc(count == 0 ? 1 : count, size);

    if (memory == NULL) {
        ag_cli_say("out of memory; ask for fewer lanes or smaller files");
        exit(AG_CLI_EXIT_FAILED);
    }
    return memory;
}

void *ag_cli_grow(void *array, size_t count, size_t size)
{
    void *larger;

    if (count != 0 && (count & (count - 1)) != 0)
        return array;
    if (count > SIZE_MAX / 2 / size)
        larger = NULL;
    else
        larger = realloc(array, (count == 0 ? 1 : count * 2) * size);
    if (larger == NULL) {
        ag_cli_say("out of memory; ask for fewer lanes or smaller files");
        exit(AG_CLI_EXIT_FAILED);
    }
    return larger;
}

armgpu_device *ag_cli_list_devices(uint64_t *n)
{
    const uint64_t most = armgpu_list_devices(NULL, 0);
    armgpu_device *list = ag_cli_alloc((size_t)most, sizeof *list);

    for (uint64_t i = 0; i < most; i++)
        list[i].size = sizeof *list;
    *n = armgpu_list_devices(list, most);
    if (*n > most)
        *n = most;
    return list;
}

const char *ag_cli_choice(const char *values, int index, int *length)
{
    for (; index > 0 && values != NULL; index--) {
        values = strchr(values, '|');
        if (values != NULL)
            values++;
    }
    *length = values != NULL ? (int)strcspn(values, "|") : 0;
    return values;
}
