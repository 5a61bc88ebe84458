/* See environment.h. */
#include "base/environment.h"

#include <pthread.h>
#include <stdbool.h>
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
