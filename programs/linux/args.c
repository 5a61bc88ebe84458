/*
 * Prints its arguments, one a line with its length, and how many there are;
 * then the value of each environment variable that an argument names as $NAME.
 * Its own name is not printed: it is a path that depends on where the program
 * is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    printf("%d arguments\n", argc - 1);
    for (int i = 1; i < argc; i++)
        printf("%d: %s (%zu)\n", i, argv[i], strlen(argv[i]));
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '$') {
            const char *value = getenv(argv[i] + 1);

            printf("%s is %s\n", argv[i] + 1,
                   value != NULL ? value : "not set");
        }
    }
    if (argv[argc] != NULL)
        puts("no null pointer ends the arguments");
    return 0;
}
