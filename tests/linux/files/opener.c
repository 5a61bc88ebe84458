/*
 * For tests/test_linux_files.sh: opens each argument and prints its first line, or
 * the error's number. "N NAME" opens it N times and prints how often there was
 * "secret" in it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    char line[64];
    int seen = 0;
    for (int i = 1; i < argc; i++) {
        const int times = argc == 3 ? atoi(argv[1]) : 0;
        if (times > 0 && i == 1)
            continue;
        for (int k = 0; k < (times > 0 ? times : 1); k++) {
            FILE *f = fopen(argv[i], "r");
            const char *got = f != NULL ? fgets(line, sizeof line, f) : NULL;
            if (times > 0)
                seen += got != NULL && strstr(got, "secret") != NULL;
            else if (got != NULL)
                printf("%s: %s", argv[i], got);
            else
                printf("%s: error %d\n", argv[i], errno);
            if (f != NULL)
                fclose(f);
        }
        if (times > 0)
            printf("secret: %d\n", seen);
    }
    return 0;
}
