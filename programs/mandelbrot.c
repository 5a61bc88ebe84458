/*
 * The Mandelbrot set, a pixel a lane: the lanes of a square picture go row by
 * row from the top left. Numbers are integers in units of 2^-28. Argument:
 * pixels in a row, 256 if 0. Returns after how many steps of z = z * z + c the
 * point left the circle of radius 2, or 255 if it did not.
 *
 *   armgpu run programs/mandelbrot.bin --lanes 65536 --map m.png --map-by x0
 */
#include "guest.h"

#define UNIT 28
#define MOST 255

static int64_t multiply(int64_t a, int64_t b)
{
    return a * b >> UNIT;
}

/* |z| is below 7 when the test ends the loop: products fit 64 bits. */
static uint64_t steps(int64_t cx, int64_t cy)
{
    int64_t x = 0;
    int64_t y = 0;
    uint64_t n = 0;

    for (; n < MOST; n++) {
        int64_t xx = multiply(x, x);
        int64_t yy = multiply(y, y);

        if (xx + yy > (int64_t)4 << UNIT)
            break;
        y = 2 * multiply(x, y) + cy;
        x = xx - yy + cx;
    }
    return n;
}

/* Middles of pixels, from -2.0 to 0.6 across and -1.3 to 1.3 down. */
uint64_t program(uint64_t lane, uint64_t argument)
{
    int64_t width = argument != 0 ? (int64_t)argument : 256;
    int64_t unit = (int64_t)1 << UNIT;
    int64_t column = (int64_t)lane % width;
    int64_t row = (int64_t)lane / width;
    int64_t across = (2 * column + 1) * 13 * unit / (10 * width);
    int64_t down = (2 * row + 1) * 13 * unit / (10 * width);

    return steps(across - 2 * unit, down - 13 * unit / 10);
}
