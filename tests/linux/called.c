/* Functions to call one by one (tests/test_call.sh), and on the host in turn:
   the program's argument is how many lanes there are. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t table[256];
static const char *name;

/* Start-up: what main() finds. */
__attribute__((constructor)) static void fill(void)
{
    uint64_t x = 1;
    for (int i = 0; i < 256; i++)
        table[i] = x = x * 6364136223846793005u + 1442695040888963407u;
    name = getenv("NAME") != NULL ? getenv("NAME") : "nobody";
}

uint64_t mix(uint64_t x, uint32_t y)
{
    size_t n = x % 50 + 1;
    uint64_t *words = malloc(n * sizeof *words), sum = y;
    for (size_t i = 0; i < n; i++)
        words[i] = table[(x + i * y) % 256] ^ x;
    for (size_t i = 0; i < n; i++)
        sum = (sum << 7 | sum >> 57) ^ words[i];
    free(words);
    return sum;
}

double scale(double a, double b)
{
    return sqrt(a) * b;
}

/* Without a newline: only who writes out buffers sees it. */
int says(int x)
{
    return printf("%s has %d", name, x);
}

/* Ends in several ways, by what it is given. */
int ends(int x)
{
    if (x == 1)
        exit(5);
    if (x == 2)
        *(volatile int *)8 = 1;
    if (x == 3)
        abort();
    if (x == 4)
        for (;;)
            x += 0;
    return x;
}

int add9(int a, int b, int c, int d, int e, int f, int g, int h)
{
    return a + 10 * b + 100 * c + 1000 * (d + e + f + g + h);
}

int main(int argc, char **argv)
{
    int lanes = argc > 1 ? atoi(argv[1]) : 0;
    for (int i = 0; i < lanes; i++)
        printf("%d,halt,%llu\n", i,
               (unsigned long long)mix((uint64_t)i * 3 + 1, 7));
    return argc + (int)strlen(name);
}
