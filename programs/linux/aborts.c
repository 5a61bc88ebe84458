/*
 * Ends in the way that its argument says: return, exit, quick (quick_exit()),
 * abort, assert, or raise (SIGTERM, which nobody handles). Before it prints a
 * line to both outputs and leaves one unfinished, which is lost where nothing
 * flushes it.
 */
#undef NDEBUG
#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void at_exit(void)
{
    puts("at exit");
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "abort";

    atexit(at_exit);
    printf("how: %s\n", how);
    fflush(stdout);
    fprintf(stderr, "aborts: %s\n", how);
    printf("not flushed");
    if (strcmp(how, "exit") == 0)
        exit(17);
    if (strcmp(how, "quick") == 0)
        quick_exit(18);
    if (strcmp(how, "assert") == 0)
        assert(argc == 0);
    if (strcmp(how, "raise") == 0)
        raise(SIGTERM);
    if (strcmp(how, "return") != 0)
        abort();
    return 19;
}
