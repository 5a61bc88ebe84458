/* See environment.h. */
#include "base/environment.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

/* What each thread uses. Without a key it is the process's own for all. */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool has_key;

static void make_key(void)
{
    has_key = pthread_key_create(&key, NULL) == 0;
}

static char **get_used(void)
{
    pthread_once(&once, make_key);
    return has_key ? pthread_getspecific(key) : NULL;
}

char **ag_environment_copy(void)
{
    size_t n = 0, bytes = 0;
    for (; environ != NULL && environ[n] != NULL; n++)
        bytes += strlen(environ[n]) + 1;
    char **copy = malloc((n + 1) * sizeof *copy + bytes);
    if (copy == NULL)
        return NULL;
    char *text = (char *)(copy + n + 1);
    for (size_t i = 0; i < n; i++) {
        const size_t length = strlen(environ[i]) + 1;
        copy[i] = memcpy(text, environ[i], length);
        text += length;
    }
    copy[n] = NULL;
    return copy;
}

char **ag_environment_use(char **copy)
{
    char **before = get_used();
    if (has_key)
        (void)pthread_setspecific(key, copy);
    return before;
}

char **ag_environ(void)
{
    char **used = get_used();
    return used != NULL ? used : environ;
}

const char *ag_getenv(const char *name)
{
    char **used = get_used();
    const size_t length = strlen(name);
    if (used == NULL)
        return getenv(name);
    for (char **word = used; *word != NULL; word++)
        if (strncmp(*word, name, length) == 0 && (*word)[length] == '=')
            return *word + length + 1;
    return NULL;
}

/* -- Numbers --------------------------------------------------------------- */

static const struct {
    const char *name;
    double least, most, otherwise;
} numbers[] = {
#define AG_X(name, least, most, otherwise)                                     \
    [AG_##name] = {#name, least, most, otherwise},
    AG_NUMBERS(AG_X)
#undef AG_X
};

/* Digits, and a point and more of them if it may have that: as strtod() reads
   it where a point is one. False: it is something else. */
static bool read_number(const char *text, bool has_fraction, double *value)
{
    double sum = 0, part = 1;
    const char *p = text;
    for (; *p >= '0' && *p <= '9'; p++)
        sum = sum * 10 + (*p - '0');
    bool ok = p > text;
    if (ok && has_fraction && *p == '.') {
        const char *point = p++;
        for (; *p >= '0' && *p <= '9'; p++)
            sum += (part /= 10) * (*p - '0');
        ok = p - point > 1;
    }
    *value = sum;
    return ok && *p == '\0';
}

bool ag_env_number(enum ag_number which, double *value, char *why, size_t size)
{
    const double least = numbers[which].least, most = numbers[which].most;
    const char *text = ag_getenv(numbers[which].name);
    double number = 0;
    *value = numbers[which].otherwise;
    if (text == NULL || text[0] == '\0')
        return true;
    const bool ok = read_number(text, least > 0 && least < 1, &number) &&
                    number >= least && number <= most;
    if (ok)
        *value = number;
    else if (why != NULL)
        snprintf(why, size,
                 "%s is '%.64s': it must be a number from %.3g to %.0f",
                 numbers[which].name, text, least, most);
    return ok;
}
