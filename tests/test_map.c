/*
 * Pictures of `armgpu run --map`: PNG read back by libpng, PPM byte by byte.
 * What is drawn is tested by tests/cli/map.t.
 */
#include "cli/run/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#ifdef ARMGPU_HAVE_PNG
#include <png.h>
#endif

#define WIDTH 37 /* not a multiple of anything that rows are padded to */
#define HEIGHT 11
#define BYTES (3 * WIDTH * HEIGHT)

static void fill(ag_run_pixel *pixels)
{
    for (unsigned i = 0; i < WIDTH * HEIGHT; i++) {
        pixels[i].red = (uint8_t)(i * 7);
        pixels[i].green = (uint8_t)(i >> 3);
        pixels[i].blue = (uint8_t)(255 - i);
    }
}

/* A name nobody else has, in the folder for such files. */
static void make_name(char path[64], const char *ending)
{
    snprintf(path, 64, "/tmp/armgpu-test-%ld%s", (long)getpid(), ending);
}

static void ppm_is_header_and_bytes(void **state)
{
    static const char header[] = "P6\n37 11\n255\n";
    ag_run_pixel pixels[WIDTH * HEIGHT];
    uint8_t got[sizeof header - 1 + BYTES + 1];
    char path[64];
    FILE *in;

    (void)state;
    fill(pixels);
    make_name(path, ".ppm");
    assert_true(ag_run_map_can_write(path));
    assert_true(ag_run_map_write(path, pixels, WIDTH, HEIGHT));
    in = fopen(path, "rb");
    assert_non_null(in);
    assert_int_equal(fread(got, 1, sizeof got, in), sizeof got - 1);
    fclose(in);
    unlink(path);
    assert_memory_equal(got, header, sizeof header - 1);
    assert_memory_equal(got + sizeof header - 1, pixels, BYTES);
}

static void png_has_the_pixels(void **state)
{
    char path[64];

    (void)state;
    make_name(path, ".PNG");
#ifdef ARMGPU_HAVE_PNG
    ag_run_pixel pixels[WIDTH * HEIGHT], got[WIDTH * HEIGHT];
    png_image image;

    fill(pixels);
    assert_true(ag_run_map_can_write(path));
    assert_true(ag_run_map_write(path, pixels, WIDTH, HEIGHT));
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    assert_int_not_equal(png_image_begin_read_from_file(&image, path), 0);
    assert_int_equal(image.width, WIDTH);
    assert_int_equal(image.height, HEIGHT);
    image.format = PNG_FORMAT_RGB;
    assert_int_not_equal(png_image_finish_read(&image, NULL, got, 0, NULL), 0);
    unlink(path);
    assert_memory_equal(got, pixels, BYTES);
#else
    assert_false(ag_run_map_can_write(path));
#endif
}

static void a_full_disk_is_said(void **state)
{
    static const ag_run_pixel pixels[WIDTH * 1000];
    char path[64];

    (void)state;
    make_name(path, ".ppm");
    if (access("/dev/full", W_OK) != 0 || symlink("/dev/full", path) != 0)
        skip();
    assert_false(ag_run_map_write(path, pixels, WIDTH, 1000));
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ppm_is_header_and_bytes),
        cmocka_unit_test(png_has_the_pixels),
        cmocka_unit_test(a_full_disk_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
