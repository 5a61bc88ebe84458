/*
 * Computes an integer expression, which all its arguments together are: + - * /
 * % and parentheses. What is wrong is said from wherever it is found by
 * longjmp(). Exit status 0, or 1.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static jmp_buf wrong;
static const char *at;

static _Noreturn void fail(int what)
{
    longjmp(wrong, what);
}

static int next(void)
{
    while (isspace((unsigned char)*at))
        at++;
    return *at;
}

static long long sum(void);

static long long factor(void)
{
    long long value;

    if (next() == '-') {
        at++;
        return -factor();
    }
    if (next() == '(') {
        at++;
        value = sum();
        if (next() != ')')
            fail(1);
        at++;
        return value;
    }
    if (!isdigit(next()))
        fail(2);

    char *end;

    value = strtol(at, &end, 10);
    at = end;
    return value;
}

static long long product(void)
{
    long long value = factor();

    for (;;) {
        int sign = next();

        if (sign != '*' && sign != '/' && sign != '%')
            return value;
        at++;

        long long other = factor();

        if (sign != '*' && other == 0)
            fail(3);
        value = sign == '*'   ? (long long)((unsigned long long)value *
                                          (unsigned long long)other)
                : sign == '/' ? value / other
                              : value % other;
    }
}

static long long sum(void)
{
    long long value = product();

    while (next() == '+' || *at == '-')
        value = *at++ == '+' ? value + product() : value - product();
    return value;
}

int main(int argc, char **argv)
{
    static const char *const messages[] = {
        "", "a parenthesis is not closed", "a number is missing",
        "division by zero", "something follows"};
    char text[256] = "";

    for (int i = 1; i < argc; i++) {
        if (strlen(text) + strlen(argv[i]) + 2 > sizeof text)
            return 2;
        strcat(text, argv[i]);
        strcat(text, " ");
    }
    at = text;

    int what = setjmp(wrong);

    if (what != 0) {
        printf("%s at %ld\n", messages[what], (long)(at - text));
        return 1;
    }

    long long value = sum();

    if (next() != '\0')
        fail(4);
    printf("%lld\n", value);
    return 0;
}
