/*
 * Products of N x N matrices (N is the argument, 16 if there is none), of
 * integers and of floating-point numbers, and the determinant of one by Gauss's
 * elimination; all memory is the heap's. Prints checksums and numbers.
 */
#include <stdio.h>
#include <stdlib.h>

static unsigned long seed = 1;

static unsigned next(void)
{
    seed = (seed * 1103515245u + 12345u) & 0x7FFFFFFFu;
    return (unsigned)(seed >> 8);
}

static void multiply_integers(size_t n, const unsigned *a, const unsigned *b,
                              unsigned *product)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            unsigned sum = 0;

            for (size_t k = 0; k < n; k++)
                sum += a[i * n + k] * b[k * n + j];
            product[i * n + j] = sum;
        }
    }
}

static void multiply(size_t n, const double *a, const double *b,
                     double *product)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double sum = 0;

            for (size_t k = 0; k < n; k++)
                sum += a[i * n + k] * b[k * n + j];
            product[i * n + j] = sum;
        }
    }
}

/* The pivot's row goes up; a is changed. */
static double determinant(size_t n, double *a)
{
    double product = 1;

    for (size_t k = 0; k < n; k++) {
        size_t pivot = k;

        for (size_t i = k + 1; i < n; i++) {
            double one = a[i * n + k], most = a[pivot * n + k];

            if ((one < 0 ? -one : one) > (most < 0 ? -most : most))
                pivot = i;
        }
        for (size_t j = 0; j < n; j++) {
            double other = a[k * n + j];

            a[k * n + j] = a[pivot * n + j];
            a[pivot * n + j] = other;
        }
        if (a[k * n + k] == 0)
            return 0;
        product *= pivot == k ? a[k * n + k] : -a[k * n + k];
        for (size_t i = k + 1; i < n; i++) {
            double times = a[i * n + k] / a[k * n + k];

            for (size_t j = k; j < n; j++)
                a[i * n + j] -= times * a[k * n + j];
        }
    }
    return product;
}

static int run_integers(size_t n)
{
    unsigned *words = malloc(3 * n * n * sizeof *words);
    unsigned sum = 0;

    if (words == NULL)
        return 2;
    for (size_t i = 0; i < 2 * n * n; i++)
        words[i] = next() % 1000;
    multiply_integers(n, words, words + n * n, words + 2 * n * n);
    for (size_t i = 0; i < n * n; i++)
        sum = sum * 31 + words[2 * n * n + i];
    printf("integers: %08x\n", sum);
    free(words);
    return 0;
}

static int run_reals(size_t n)
{
    double *numbers = malloc(3 * n * n * sizeof *numbers);
    double trace = 0;

    if (numbers == NULL)
        return 2;
    for (size_t i = 0; i < 2 * n * n; i++)
        numbers[i] = next() % 2000 / 1000.0 - 1;
    multiply(n, numbers, numbers + n * n, numbers + 2 * n * n);
    for (size_t i = 0; i < n; i++)
        trace += numbers[2 * n * n + i * (n + 1)];
    printf("trace: %.17g\n", trace);
    printf("determinant: %.10e\n", determinant(n, numbers));
    free(numbers);
    return 0;
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 16;

    if (n < 1 || n > 64) {
        fprintf(stderr, "matrix: 1 to 64 rows, not %s\n", argv[1]);
        return 1;
    }
    seed = (unsigned long)n;
    return run_integers((size_t)n) | run_reals((size_t)n);
}
