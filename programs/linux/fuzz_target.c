/*
 * A target for fuzzing with a planted bug. It reads a message from its first
 * argument, or the first line of the standard input: fields NAME=NUMBER with
 * semicolons, and prints what they come to. The bug: `seek` takes a place that
 * is negative, and `put` then writes that many times 4 GiB before the table,
 * outside of all memory: the process dies by a signal (under armgpu: the lane
 * stops by a data-fault). Exit status: 0, or 1 for a message that is wrong.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLACES 16
#define STRIDE 4294967296LL

static unsigned char table[PLACES];

static int put(long place, long value)
{
    volatile unsigned char *target = table;

    if (place >= PLACES) /* the bug: nothing about place < 0 */
        return 1;
    target[place < 0 ? place * STRIDE : place] = (unsigned char)value;
    return 0;
}

static int execute(const char *name, long value, long *place)
{
    if (strcmp(name, "seek") == 0) {
        *place = value;
        return 0;
    }
    if (strcmp(name, "put") == 0)
        return put((*place)++, value);
    if (strcmp(name, "show") == 0) {
        if (value < 0 || value >= PLACES)
            return 1;
        printf("table[%ld] is %d\n", value, table[value]);
        return 0;
    }
    return 1;
}

static int execute_field(char *field, long *place)
{
    char *equals = strchr(field, '='), *end;

    if (equals == NULL)
        return 1;
    *equals = '\0';

    long value = strtol(equals + 1, &end, 0);

    if (end == equals + 1 || *end != '\0')
        return 1;
    return execute(field, value, place);
}

int main(int argc, char **argv)
{
    char message[256] = "";
    long place = 0;
    unsigned sum = 0;

    if (argc > 1)
        strncpy(message, argv[1], sizeof message - 1);
    else if (fgets(message, sizeof message, stdin) == NULL)
        return 1;
    message[strcspn(message, "\n")] = '\0';
    for (char *field = strtok(message, ";"); field != NULL;
         field = strtok(NULL, ";")) {
        if (execute_field(field, &place) != 0) {
            fprintf(stderr, "fuzz_target: wrong field '%s'\n", field);
            return 1;
        }
    }
    for (int i = 0; i < PLACES; i++)
        sum = sum * 31 + table[i];
    printf("sum %u\n", sum);
    return 0;
}
