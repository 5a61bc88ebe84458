/*
 * Reads floating-point numbers from the standard input and prints each in many
 * ways, with what <math.h> makes of it: conversions of doubles and long doubles
 * to text and back are the longest way through a C library.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_forms(double x)
{
    long double third = (long double)x / 3;
    char text[64];

    printf("%g %.17g %e %.3f %a\n", x, x, x, x, x);
    printf("%.20Lg %La\n", third, third);
    snprintf(text, sizeof text, "%.17g", x);
    if (strtod(text, NULL) != x && x == x)
        printf("%s is read as another number\n", text);
    snprintf(text, sizeof text, "%.36Lg", third);
    if (strtold(text, NULL) != third && x == x)
        printf("%s is read as another number\n", text);
}

static void print_functions(double x)
{
    double root = fabs(x);
    int exponent;
    double fraction = frexp(x, &exponent);

    printf("%.6f %.6f %.6f\n", sin(x), cos(x), atan(x));
    printf("%.9g %.9g %.9g\n", sqrt(root), log(root + 1), pow(root, 0.3));
    printf("%g %g %g %g\n", floor(x), ceil(x), trunc(x), rint(x));
    if (isfinite(x))
        printf("%g * 2^%d, %d\n", fraction, exponent, signbit(x) != 0);
    printf("%s\n", isnan(x) ? "nan" : isinf(x) ? "inf" : "finite");
}

int main(void)
{
    char word[64];
    int count = 0;

    for (; scanf("%63s", word) == 1; count++) {
        char *end;
        double x = strtod(word, &end);

        if (*end != '\0') {
            printf("%s: no number\n", word);
            continue;
        }
        print_forms(x);
        print_functions(x);
    }
    return count;
}
