/*
 * Floating-point numbers as text and as bits. H registers go through a double,
 * which holds every half and the middle between any two exactly. Text that is
 * near a middle must not become one: it is rounded to odd there.
 */
#include "cli/run/real.h"
#include "cli/cli.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST 800 /* 767 digits are the most that matter */

uint64_t ag_run_bits_of(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

double ag_run_double_of(uint64_t bits)
{
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

/* -- Bits ------------------------------------------------------------------ */

/* Of each view: bits, and of them those after the point. */
static const struct {
    unsigned width, fraction;
    uint64_t nan; /* the default one */
    int digits;   /* that every number of as many has; */
    int most;     /* that tell all numbers apart */
    double whole; /* integers below are written as such */
} forms[] = {
    [AG_RUN_DOUBLE] = {64, 52, UINT64_C(0x7ff8000000000000), 15, 17, 1e15},
    [AG_RUN_SINGLE] = {32, 23, 0x7fc00000, 6, 9, 1e7},
    [AG_RUN_HALF] = {16, 10, 0x7e00, 3, 5, 1e5}};

unsigned ag_run_real_width(enum ag_run_view view)
{
    return forms[view].width;
}

/* Its sign bit, all below it, and the bits of infinity. */
static uint64_t sign_of(enum ag_run_view view)
{
    return UINT64_C(1) << (forms[view].width - 1);
}

static uint64_t infinity_of(enum ag_run_view view)
{
    uint64_t one = UINT64_C(1) << forms[view].fraction;

    return sign_of(view) - one;
}

static bool is_nan(enum ag_run_view view, uint64_t bits)
{
    return (bits & (sign_of(view) - 1)) > infinity_of(view);
}

static double double_of_half(uint64_t bits)
{
    uint64_t exponent = bits >> 10 & 31, fraction = bits & 1023;
    double value = (double)fraction / 16777216; /* 2^24: a subnormal's unit */

    if (exponent == 31)
        value = (double)INFINITY; /* NaNs do not come here */
    else if (exponent != 0)
        value = (double)((1024 + fraction) << exponent) / 33554432; /* 2^25 */
    return bits >> 15 != 0 ? -value : value;
}

/* To nearest, even of two; from a double's bits that are no NaN's. */
static uint64_t half_of_double(uint64_t bits)
{
    int exponent = (int)(bits >> 52 & 2047) - 1023;
    uint64_t one = UINT64_C(1) << 52, part = (bits & (one - 1)) | one;
    uint64_t sign = bits >> 63 << 15, kept, rest, middle;
    unsigned shift = 42;

    if (exponent > 15)
        return sign | 0x7c00;
    if (exponent < -14)
        shift += (unsigned)(-14 - exponent);
    if (shift > 54)
        return sign;
    middle = UINT64_C(1) << (shift - 1);
    kept = part >> shift;
    rest = part & (2 * middle - 1);
    kept += rest > middle || (rest == middle && (kept & 1) != 0);
    /* A normal one's leading bit, and a carry, add to the exponent. */
    return sign |
           (kept + (exponent < -14 ? 0 : (uint64_t)(exponent + 14) << 10));
}

double ag_run_real_of(enum ag_run_view view, uint64_t bits)
{
    uint32_t single = (uint32_t)bits;
    float value;

    if (is_nan(view, bits))
        return (double)NAN;
    if (view == AG_RUN_HALF)
        return double_of_half(bits);
    if (view == AG_RUN_DOUBLE)
        return ag_run_double_of(bits);
    memcpy(&value, &single, sizeof value);
    return (double)value;
}

static uint64_t bits_of_float(float value)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

uint64_t ag_run_round(enum ag_run_view view, double value)
{
    if (isnan(value))
        return forms[view].nan;
    if (view == AG_RUN_HALF)
        return half_of_double(ag_run_bits_of(value));
    return view == AG_RUN_SINGLE ? bits_of_float((float)value)
                                 : ag_run_bits_of(value);
}

/* -- Reading --------------------------------------------------------------- */

static bool is_hex(const char *text)
{
    return text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

size_t ag_run_real_length(const char *text)
{
    const char *digits = "0123456789", *exponent = "eE";
    size_t n = 0, m;

    if (is_hex(text)) {
        digits = "0123456789abcdefABCDEF";
        exponent = "pP";
        n = 2;
    }
    m = strspn(text + n, digits);
    n += m;
    if (text[n] == '.') {
        size_t k = strspn(text + n + 1, digits);

        n += 1 + k;
        m += k;
    }
    if (m == 0)
        return 0;
    if (text[n] != '\0' && strchr(exponent, text[n]) != NULL) {
        size_t sign = text[n + 1] == '-' || text[n + 1] == '+';

        m = strspn(text + n + 1 + sign, "0123456789");
        n += m != 0 ? 1 + sign + m : 0;
    }
    return n;
}

bool ag_run_looks_real(const char *text, size_t length)
{
    bool hex = length > 2 && is_hex(text);
    size_t n = hex ? 2 + strspn(text + 2, "0123456789abcdefABCDEF")
                   : strspn(text, "0123456789");

    return n < length && strchr(hex ? ".pP" : ".eE", text[n]) != NULL;
}

/* inf and nan, without their sign; nan:0x7e01 is the bits of one. */
static bool read_name(const char *text, enum ag_run_view view, uint64_t *bits)
{
    uint64_t payload;

    if (ag_cli_same_word(text, "inf"))
        *bits = infinity_of(view);
    else if (ag_cli_same_word(text, "nan"))
        *bits = forms[view].nan;
    else if (strncmp(text, "nan:", 4) == 0 &&
             ag_cli_read_number(text + 4, strlen(text + 4), 0, &payload) ==
                 NULL &&
             payload <= 2 * (sign_of(view) - 1) + 1 && is_nan(view, payload))
        *bits = payload;
    else
        return false;
    return true;
}

static const char *too_large(enum ag_run_view view)
{
    return view == AG_RUN_DOUBLE   ? "is too large for a double"
           : view == AG_RUN_SINGLE ? "is too large for a single"
                                   : "is too large for a half";
}

/* The digits of a decimal number from the first that is not 0 to the last;
   returns how many of them are before the point (negative: zeros behind it). */
static long digits_of(const char *text, char digits[LONGEST])
{
    long place = 0, is_after = 0;
    size_t n = 0;

    for (; strchr("0123456789.", *text) != NULL && *text != '\0'; text++) {
        if (*text == '.') {
            is_after = 1;
        } else if (n == 0 && *text == '0') {
            place -= is_after;
        } else {
            digits[n++] = *text;
            place += !is_after;
        }
    }
    while (n > 0 && digits[n - 1] == '0')
        n--;
    digits[n] = '\0';
    return *text == '\0' ? place : place + strtol(text + 1, NULL, 10);
}

/* Whether the number is below or above a value of at most 60 digits. */
static int compare(const char *text, double value)
{
    char exact[96], digits[2][LONGEST];
    long place[2];

    (void)snprintf(exact, sizeof exact, "%.60e", value);
    place[0] = digits_of(text, digits[0]);
    place[1] = digits_of(exact, digits[1]);
    return place[0] != place[1] ? (place[0] < place[1] ? -1 : 1)
                                : strcmp(digits[0], digits[1]);
}

/* Of more hexadecimal digits than a double has, those behind the twelfth
   become 1 and zeros if any of them is not 0. */
static void shorten(char *text)
{
    int n = 0;
    char *last = NULL;

    for (text += 2; *text != '\0' && strchr("pP", *text) == NULL; text++) {
        if (*text == '.' || (n == 0 && *text == '0') || ++n <= 12)
            continue;
        if (n == 13)
            last = text;
        if (*text != '0') {
            *text = '0';
            *last = '1';
        }
    }
}

/* A number that has no sign, rounded once. */
static uint64_t read_half(char *text)
{
    uint64_t bits;
    double value;
    int side;

    if (is_hex(text))
        shorten(text);
    value = strtod(text, NULL);
    if (is_hex(text) || value == 0 || isinf(value))
        return half_of_double(ag_run_bits_of(value));
    side = compare(text, value);
    bits = ag_run_bits_of(value);
    if (side != 0 && (bits & 1) == 0) /* to odd: middles are even */
        bits = side > 0 ? bits + 1 : bits - 1;
    return half_of_double(bits);
}

/* The whole of `text` is a number, which is rounded once. */
static uint64_t convert(char *text, enum ag_run_view view)
{
    if (view == AG_RUN_HALF)
        return read_half(text);
    if (view == AG_RUN_SINGLE)
        return bits_of_float(strtof(text, NULL));
    return ag_run_bits_of(strtod(text, NULL));
}

const char *ag_run_read_real(const char *text, size_t length,
                             enum ag_run_view view, uint64_t *bits)
{
    bool is_negative = length > 0 && text[0] == '-';
    char copy[LONGEST];

    if (length >= sizeof copy)
        return "is too long for a number";
    text += is_negative;
    length -= is_negative;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (!read_name(copy, view, bits)) {
        if (length == 0 || ag_run_real_length(copy) != length)
            return "is no floating-point number; write one such as 1.5, 1e-9, "
                   "0x1.8p3, inf or nan";
        *bits = convert(copy, view);
        if (*bits == infinity_of(view))
            return too_large(view);
    }
    if (is_negative)
        *bits ^= sign_of(view);
    return NULL;
}

/* -- Writing --------------------------------------------------------------- */

static bool is_whole(enum ag_run_view view, double value)
{
    return value > -forms[view].whole && value < forms[view].whole &&
           (double)(int64_t)value == value;
}

size_t ag_run_real_text(enum ag_run_view view, uint64_t bits,
                        char text[AG_RUN_REAL_TEXT])
{
    double value = ag_run_real_of(view, bits);
    bool is_normal = (bits & infinity_of(view)) != 0; /* else fewer may do */

    if (bits == forms[view].nan)
        return (size_t)snprintf(text, AG_RUN_REAL_TEXT, "nan");
    if (is_nan(view, bits))
        return (size_t)snprintf(text, AG_RUN_REAL_TEXT, "nan:0x%" PRIx64, bits);
    if (is_whole(view, value))
        return (size_t)snprintf(text, AG_RUN_REAL_TEXT, "%.0f", value);
    for (int digits = is_normal ? forms[view].digits : 1;; digits++) {
        uint64_t again = 0;
        int n = snprintf(text, AG_RUN_REAL_TEXT, "%.*g", digits, value);

        if (digits == forms[view].most ||
            (ag_run_read_real(text, (size_t)n, view, &again) == NULL &&
             again == bits))
            return (size_t)n;
    }
}
