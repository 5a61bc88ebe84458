/* What all parts of insngen use: complaints, memory that does not run out, text
   that grows. */
#include "insn.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void insn_error(struct table *t, const char *file, int line, const char *format,
                ...)
{
    va_list arguments;
    t->errors++;
    fprintf(stderr, "%s:%d: ", file, line);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void *must_alloc(void *old, size_t bytes)
{
    void *p = realloc(old, bytes);
    if (p == NULL) {
        fprintf(stderr, "insngen: out of memory\n");
        exit(1);
    }
    return p;
}

char *copy_text(const char *text, size_t length)
{
    char *copy = must_alloc(NULL, length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

void buffer_print(struct buffer *b, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    size_t need = b->length + (size_t)(n < 0 ? 0 : n) + 1;
    if (need > b->capacity) {
        b->capacity = need * 2;
        b->text = must_alloc(b->text, b->capacity);
    }
    vsnprintf(b->text + b->length, b->capacity - b->length, format, again);
    va_end(again);
    b->length = need - 1;
}

/* Names become C identifiers. */
bool is_identifier(const char *text)
{
    if (!isalpha((unsigned char)*text) && *text != '_')
        return false;
    while (isalnum((unsigned char)*text) || *text == '_')
        text++;
    return *text == '\0';
}
