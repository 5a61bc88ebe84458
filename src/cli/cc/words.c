/* The words of a compiler's command: an argument vector, no shell's line. */
#include "cli/cc/cc.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void add_word(ag_cc_words *w, const char *text, size_t length)
{
    char *word = ag_cli_alloc(length + 1, 1);

    memcpy(word, text, length);
    w->list = ag_cli_grow(w->list, w->count, sizeof *w->list);
    w->list[w->count++] = word;
}

void ag_cc_add(ag_cc_words *words, const char *format, ...)
{
    va_list args, again;
    char *text;
    int length;

    va_start(args, format);
    va_copy(again, args);
    length = vsnprintf(NULL, 0, format, args);
    text = ag_cli_alloc((size_t)length + 1, 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    add_word(words, text, (size_t)length);
    free(text);
    va_end(again);
    va_end(args);
}

/* Words of a line, between blanks. */
static void add_words(ag_cc_words *w, const char *line, const char *end)
{
    while (line < end) {
        size_t length = strcspn(line, " \n");

        if (length != 0)
            add_word(w, line, length);
        line += length + 1;
    }
}

static const ag_cc_file *find_file(const char *name)
{
    const ag_cc_file *file = ag_cc_recipe;

    while (strcmp(file->name, name) != 0)
        file++;
    return file;
}

void ag_cc_add_flags(ag_cc_words *words, const char *who)
{
    const ag_cc_file *file = find_file("flags");
    char *text = ag_cli_alloc(file->size + 1, 1);
    size_t length = strlen(who);

    memcpy(text, file->bytes, file->size);
    for (char *line = text, *end; *line != '\0'; line = end) {
        end = line + strcspn(line, "\n");
        end += *end == '\n';
        if (strncmp(line, who, length) == 0 && line[length] == ':')
            add_words(words, line + length + 1, end);
    }
    free(text);
}

void ag_cc_free_words(ag_cc_words *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->list[i]);
    free(words->list);
}
