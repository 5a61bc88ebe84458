/*
 * Floating-point numbers of D, S and H registers: their bits, and their text,
 * which reads back as the same bits. Only src/cli/run may include it.
 *
 * The host's double holds them all exactly; its rounding is to nearest. A NaN
 * is `nan` if it is the default one, else nan:0x and its bits.
 */
#ifndef AG_CLI_REAL_H
#define AG_CLI_REAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a register is looked at. */
enum ag_run_view {
    AG_RUN_INTEGER, /* X, W and others of at most 64 bits */
    AG_RUN_WIDE,    /* V or Q: 128 bits */
    AG_RUN_DOUBLE,
    AG_RUN_SINGLE,
    AG_RUN_HALF
};

static inline bool ag_run_is_real(enum ag_run_view view)
{
    return view >= AG_RUN_DOUBLE;
}

/* A double's bits, as nodes of expressions have them, and back. */
uint64_t ag_run_bits_of(double value);
double ag_run_double_of(uint64_t bits);

/* The register's bits as a number, and a number rounded into its bits; NaNs
   become the default one. */
double ag_run_real_of(enum ag_run_view view, uint64_t bits);
uint64_t ag_run_round(enum ag_run_view view, double value);
unsigned ag_run_real_width(enum ag_run_view view); /* bits: 64, 32, 16 */

/* Whether a number is written with a point or an exponent: 1.5, 0x1p3. */
bool ag_run_looks_real(const char *text, size_t length);
/* How many characters from a digit or a point on are one such number. */
size_t ag_run_real_length(const char *text);

/* NULL, or the end of a sentence that begins with the text. */
const char *ag_run_read_real(const char *text, size_t length,
                             enum ag_run_view view, uint64_t *bits);
/* The shortest decimal text that reads back as these bits; its length. Integers
   have no exponent up to 10^15 (S: 10^7). */
#define AG_RUN_REAL_TEXT 32
size_t ag_run_real_text(enum ag_run_view view, uint64_t bits,
                        char text[AG_RUN_REAL_TEXT]);

#endif
