/*
 * Fails as a checker does: reads numbers from its arguments, adds them up, and
 * says on the standard error which is none. Exit status: the sum modulo 256, or
 * 255 if an argument is no number (then the sum is not printed).
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    long sum = 0;

    for (int i = 1; i < argc; i++) {
        char *end;

        errno = 0;

        long value = strtol(argv[i], &end, 0);

        if (errno != 0 || end == argv[i] || *end != '\0' || value > INT_MAX ||
            value < INT_MIN) {
            fprintf(stderr, "fails: '%s' is no number: %s\n", argv[i],
                    strerror(errno != 0 ? errno : EINVAL));
            return 255;
        }
        sum += value;
    }
    printf("sum %ld\n", sum);
    return (int)((unsigned long)sum & 0xFF);
}
