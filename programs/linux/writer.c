/*
 * Writes N KiB (the first argument, 16 if there is none) of numbered lines by
 * printf(), and a line to the standard error after each 4 KiB. The second
 * argument says how the standard output is buffered: full (default), line,
 * none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[] = {"zero", "one",  "two",   "three",
                                    "four", "five", "seven", "eleven"};

int main(int argc, char **argv)
{
    unsigned long bytes = (argc > 1 ? strtoul(argv[1], NULL, 0) : 16) * 1024;
    const char *how = argc > 2 ? argv[2] : "full";
    unsigned long written = 0, said = 0;

    if (strcmp(how, "full") != 0)
        setvbuf(stdout, NULL, strcmp(how, "line") == 0 ? _IOLBF : _IONBF, 512);
    for (unsigned long i = 0; written < bytes; i++) {
        int length = printf("%6lu %-8s %08lx %+10.3f %c\n", i, words[i % 8],
                            i * 2654435761ul & 0xFFFFFFFF, (double)i / 7,
                            (int)('a' + i % 26));

        if (length < 0)
            return 1;
        written += (unsigned long)length;
        if (written / 4096 != said) {
            said = written / 4096;
            fprintf(stderr, "%lu KiB\n", said * 4);
        }
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
