/* For test_semihosting.sh: arguments, input and output of a program of picolibc
   that knows nothing of armgpu. argv[0] is picolibc's own, argv[1] the program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int changed = 41, zero[100];

/* By words, until a line says that it is the last: consoles have no end. */
static int count_words(void)
{
    char line[100];
    int words = 0;
    while (fgets(line, sizeof line, stdin) != NULL && strcmp(line, ".\n") != 0)
        for (char *w = strtok(line, " \n"); w != NULL; w = strtok(NULL, " \n"))
            words++;
    return words;
}

/* By what is read at a time. */
static long count_bytes(void)
{
    char some[7];
    long bytes = 0, n;
    while ((n = read(0, some, sizeof some)) > 0)
        bytes += n;
    return bytes;
}

int main(int argc, char **argv)
{
    char *copy = malloc(100);
    const char *what = argc > 2 ? argv[2] : "";
    strcpy(copy, "copied");
    changed++;
    printf("%d %d %s\n", changed, zero[99], copy);
    for (int i = 2; i < argc; i++)
        printf("[%s]", argv[i]);
    printf("\n");
    if (strcmp(what, "words") == 0)
        printf("%d words\n", count_words());
    if (strcmp(what, "bytes") == 0)
        printf("%ld bytes\n", count_bytes());
    if (strcmp(what, "many") == 0)
        for (int i = 0; i < 1000; i++)
            printf("line %d\n", i);
    if (strcmp(what, "abort") == 0)
        abort();
    if (write(2, "error\n", 6) != 6)
        return 99;
    return argc > 3 ? atoi(argv[3]) : 0;
}
