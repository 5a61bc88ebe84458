/*
 * Numbers as the command line takes them, with one syntax everywhere: decimal
 * or 0x, or a multiple with K, M or G, negative where a register value is
 * meant; and times. Nothing is accepted in part: no blanks, no trailing
 * characters, no silent overflow.
 */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#define TOO_LARGE "does not fit into 64 bits"

/* Every refusal lists what would have been accepted. */
static const char *accepted_forms(unsigned forms)
{
    if (forms & AG_CLI_SUFFIX)
        return "is not a size; write decimal (4096), hexadecimal (0x1000) or "
               "a multiple with K, M or G (64K)";
    if (forms & AG_CLI_NEGATIVE)
        return "is not a number; write decimal (4096), hexadecimal (0x1000), "
               "a multiple with K, M or G (64K) or negative (-1)";
    return "is not a number; write decimal (4096), hexadecimal (0x1000) or a "
           "multiple with K, M or G (64K)";
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

/* Digits that fill text[0..length). False: none, or another character. */
static bool read_digits(const char *text, size_t length, uint64_t base,
                        uint64_t *value, bool *overflow)
{
    uint64_t sum = 0;

    if (length == 0)
        return false;
    for (size_t i = 0; i < length; i++) {
        uint64_t digit = (uint64_t)digit_value(text[i]);

        if (digit >= base)
            return false;
        if (sum > (UINT64_MAX - digit) / base)
            *overflow = true;
        sum = sum * base + digit;
    }
    *value = sum;
    return true;
}

/* How far to shift for a K, M or G at the end; 0 for anything else. */
static unsigned suffix_shift(char c)
{
    switch (c) {
    case 'K':
    case 'k':
        return 10;
    case 'M':
    case 'm':
        return 20;
    case 'G':
    case 'g':
        return 30;
    default:
        return 0;
    }
}

static bool read_unsigned(const char *text, size_t length, uint64_t *value,
                          bool *overflow)
{
    if (length > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        return read_digits(text + 2, length - 2, 16, value, overflow);
    return read_digits(text, length, 10, value, overflow);
}

const char *ag_cli_read_number(const char *text, size_t length, unsigned forms,
                               uint64_t *value)
{
    bool overflow = false, negative = false;
    const char *digits = text;
    size_t n = length;
    unsigned shift = 0;
    uint64_t sum = 0;

    if ((forms & AG_CLI_NEGATIVE) && n > 1 && *digits == '-') {
        negative = true;
        digits++;
        n--;
    }
    if (n > 1) {
        shift = suffix_shift(digits[n - 1]);
        n -= shift != 0;
    }
    if (!read_unsigned(digits, n, &sum, &overflow))
        return accepted_forms(forms);
    if (overflow || sum > UINT64_MAX >> shift ||
        (negative && sum > UINT64_C(1) << 63))
        return TOO_LARGE;
    sum <<= shift;
    *value = negative ? 0 - sum : sum;
    return NULL;
}

bool ag_cli_number_of(const char *what, const char *text, size_t length,
                      unsigned forms, uint64_t *value)
{
    const char *problem = ag_cli_read_number(text, length, forms, value);
    int shown = length > 80 ? 80 : (int)length;

    if (problem != NULL)
        ag_cli_say("%s: '%.*s' %s", what, shown, text, problem);
    return problem == NULL;
}

/* Digits with at most one point between them: no exponents, no infinity. */
bool ag_cli_read_time(const char *text, double unit, double *seconds)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}};
    size_t whole = strspn(text, "0123456789");
    size_t fraction = 0;
    const char *name;

    if (text[whole] == '.')
        fraction = 1 + strspn(text + whole + 1, "0123456789");
    if (whole == 0 || fraction == 1 || whole + fraction > 15)
        return false;
    name = text + whole + fraction;
    for (size_t i = 0; *name != '\0' && i < sizeof units / sizeof units[0];
         i++) {
        if (strcmp(name, units[i].name) != 0)
            continue;
        unit = units[i].seconds;
        name = "";
    }
    *seconds = strtod(text, NULL) * unit;
    return *name == '\0';
}

bool ag_cli_machine_is_fine(ag_cli_number device, ag_cli_number threads,
                            ag_cli_number spread)
{
    if (device.value > UINT32_MAX)
        ag_cli_say("--device %" PRIu64 " does not exist; 'armgpu devices' "
                   "lists the devices",
                   device.value);
    else if (threads.value > AG_CLI_MOST_THREADS)
        ag_cli_say("--threads must be %d or fewer", AG_CLI_MOST_THREADS);
    else if (spread.value > ARMGPU_MAX_SPREAD)
        ag_cli_say("--spread must be %d or fewer", ARMGPU_MAX_SPREAD);
    else
        return true;
    return false;
}
