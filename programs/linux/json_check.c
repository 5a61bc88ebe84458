/*
 * Checks that the standard input is one JSON value (RFC 8259), by recursive
 * descent. Exit status 0 if it is, with what it has; 1 if not, with the place
 * and what was expected there on the standard error; 2 if it is too long.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MOST_BYTES 65536
#define MOST_NESTED 128

struct parser {
    const char *at, *end;
    const char *expected; /* NULL as long as nothing was wrong */
    int depth, deepest;
    unsigned values, members;
};

static bool fail(struct parser *p, const char *expected)
{
    if (p->expected == NULL)
        p->expected = expected;
    return false;
}

static int peek(const struct parser *p)
{
    return p->at < p->end ? (unsigned char)*p->at : EOF;
}

static bool take(struct parser *p, int byte)
{
    if (peek(p) != byte)
        return false;
    p->at++;
    return true;
}

static void skip_space(struct parser *p)
{
    while (p->at < p->end && strchr(" \t\n\r", *p->at) != NULL &&
           *p->at != '\0')
        p->at++;
}

static bool take_digits(struct parser *p)
{
    if (!isdigit(peek(p)))
        return fail(p, "a digit");
    while (isdigit(peek(p)))
        p->at++;
    return true;
}

static bool check_number(struct parser *p)
{
    (void)take(p, '-');
    if (!take(p, '0') && !take_digits(p))
        return false;
    if (take(p, '.') && !take_digits(p))
        return false;
    if (take(p, 'e') || take(p, 'E')) {
        if (!take(p, '+'))
            (void)take(p, '-');
        return take_digits(p);
    }
    return true;
}

static bool check_escape(struct parser *p)
{
    int byte = peek(p);

    if (byte == EOF || byte == '\0' || strchr("\"\\/bfnrtu", byte) == NULL)
        return fail(p, "an escape");
    p->at++;
    for (int i = 0; byte == 'u' && i < 4; i++, p->at++) {
        if (!isxdigit(peek(p)))
            return fail(p, "a hexadecimal digit");
    }
    return true;
}

/* The quote that begins it was taken. */
static bool check_string(struct parser *p)
{
    while (!take(p, '"')) {
        if (take(p, '\\')) {
            if (!check_escape(p))
                return false;
        } else if (peek(p) == EOF || peek(p) < ' ') {
            return fail(p, "the string's end");
        } else {
            p->at++;
        }
    }
    return true;
}

static bool check_word(struct parser *p, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(p->end - p->at) < length || memcmp(p->at, word, length) != 0)
        return fail(p, "a value");
    p->at += length;
    return true;
}

static bool check_value(struct parser *p);

static bool check_member(struct parser *p)
{
    skip_space(p);
    if (!take(p, '"'))
        return fail(p, "a name");
    if (!check_string(p))
        return false;
    skip_space(p);
    p->members++;
    return take(p, ':') ? check_value(p) : fail(p, "a colon");
}

/* An array or an object whose first bracket was taken. */
static bool check_list(struct parser *p, bool (*check)(struct parser *),
                       int end)
{
    if (++p->depth > MOST_NESTED)
        return fail(p, "fewer levels");
    if (p->depth > p->deepest)
        p->deepest = p->depth;
    skip_space(p);
    if (!take(p, end)) {
        do {
            if (!check(p))
                return false;
            skip_space(p);
        } while (take(p, ','));
        if (!take(p, end))
            return fail(p, "a comma or the end of the list");
    }
    p->depth--;
    return true;
}

static bool check_value(struct parser *p)
{
    skip_space(p);
    p->values++;
    if (take(p, '{'))
        return check_list(p, check_member, '}');
    if (take(p, '['))
        return check_list(p, check_value, ']');
    if (take(p, '"'))
        return check_string(p);
    switch (peek(p)) {
    case 't':
        return check_word(p, "true");
    case 'f':
        return check_word(p, "false");
    case 'n':
        return check_word(p, "null");
    default:
        return isdigit(peek(p)) || peek(p) == '-' ? check_number(p)
                                                  : fail(p, "a value");
    }
}

int main(void)
{
    static char text[MOST_BYTES + 1];
    size_t size = fread(text, 1, sizeof text, stdin);
    struct parser p = {.at = text, .end = text + size};

    if (size > MOST_BYTES) {
        fputs("json_check: too long\n", stderr);
        return 2;
    }
    if (check_value(&p)) {
        skip_space(&p);
        if (p.at == p.end) {
            printf("%u values, %u members, %d levels\n", p.values, p.members,
                   p.deepest);
            return 0;
        }
        p.expected = "the end";
    }
    printf("wrong\n");
    fprintf(stderr, "json_check: byte %ld: %s expected\n", (long)(p.at - text),
            p.expected);
    return 1;
}
