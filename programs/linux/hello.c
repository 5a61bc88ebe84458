/*
 * Hello: greets its first argument, or the world. Exit status: the number of
 * arguments.
 */
#include <stdio.h>

int main(int argc, char **argv)
{
    printf("Hello, %s!\n", argc > 1 ? argv[1] : "world");
    return argc - 1;
}
