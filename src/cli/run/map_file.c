/*
 * Pictures as files: PNG through libpng, where that was there when armgpu was
 * built (the Makefile defines ARMGPU_HAVE_PNG), and binary PPM always.
 */
#include "cli/run/map.h"

#include <errno.h>
#include <string.h>

#ifdef ARMGPU_HAVE_PNG
#include <png.h>
#endif

/* Without the folder's dots. */
static const char *ending_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash != NULL ? slash : path, '.');

    return dot != NULL ? dot : "";
}

static bool is_png(const char *path)
{
    return ag_cli_same_word(ending_of(path), ".png");
}

bool ag_run_map_can_write(const char *path)
{
    bool png = is_png(path);

    if (!png && !ag_cli_same_word(ending_of(path), ".ppm")) {
        ag_cli_say("--map: '%s' ends neither in .png nor in .ppm, the formats "
                   "it can have",
                   path);
        return false;
    }
#ifndef ARMGPU_HAVE_PNG
    if (png) {
        ag_cli_say("--map: this armgpu was built without libpng: write a .ppm, "
                   "or install libpng and build again");
        return false;
    }
#endif
    return true;
}

static bool write_ppm(FILE *out, const ag_run_pixel *pixels, uint32_t width,
                      uint32_t height)
{
    size_t count = (size_t)width * height;

    fprintf(out, "P6\n%" PRIu32 " %" PRIu32 "\n255\n", width, height);
    return fwrite(pixels, sizeof *pixels, count, out) == count;
}

/* libpng's own sentence goes into `why`. */
static bool write_png(FILE *out, const ag_run_pixel *pixels, uint32_t width,
                      uint32_t height, char why[128])
{
#ifdef ARMGPU_HAVE_PNG
    png_image image;
    int written;

    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = PNG_FORMAT_RGB;
    written = png_image_write_to_stdio(&image, out, 0, pixels, 0, NULL);
    if (written == 0)
        snprintf(why, 128, "%s", image.message);
    png_image_free(&image);
    return written != 0;
#else
    (void)why;
    return write_ppm(out, pixels, width, height); /* never: can_write() */
#endif
}

bool ag_run_map_write(const char *path, const ag_run_pixel *pixels,
                      uint32_t width, uint32_t height)
{
    char why[128] = "";
    FILE *out = fopen(path, "wb");
    bool written = out != NULL;

    if (written && is_png(path))
        written = write_png(out, pixels, width, height, why);
    else if (written)
        written = write_ppm(out, pixels, width, height);
    if (!written && why[0] == '\0')
        snprintf(why, sizeof why, "%s", strerror(errno));
    if (out != NULL && fclose(out) != 0 && written) {
        written = false;
        snprintf(why, sizeof why, "%s", strerror(errno));
    }
    if (!written)
        ag_cli_say("--map: '%s' cannot be written: %s", path, why);
    return written;
}
