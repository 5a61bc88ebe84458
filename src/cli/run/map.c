/*
 * armgpu run --map: a picture with a square a lane, row by row from the top
 * left, coloured by stop reason or by a number. Places without a lane are
 * grey. Numbers go from dark blue through green to light yellow in steps that
 * look equal: lightness is a straight line in the OKLab colour space.
 */
#include "cli/run/map.h"
#include "cli/run/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_SIDE 65535u

#define WANTED_SIDE 512 /* small pictures grow to about that */

/* -- Options --------------------------------------------------------------- */

bool ag_run_apply_map(void *settings, const char *text)
{
    ag_run_settings *s = settings;

    s->map = text;
    return ag_run_map_can_write(text);
}

bool ag_run_apply_map_by(void *settings, const char *text)
{
    ag_run_settings *s = settings;

    s->map_by_given = true;
    if (strcmp(text, "stop") == 0)
        s->map_by = AG_RUN_MAP_STOP;
    else if (strcmp(text, "cycles") == 0)
        s->map_by = AG_RUN_MAP_CYCLES;
    else if (ag_run_find_register(text, strlen(text), &s->map_register))
        s->map_by = AG_RUN_MAP_REGISTER;
    else {
        ag_cli_say("--map-by: '%.80s' is neither stop, cycles nor a "
                   "register: " AG_RUN_REGISTER_NAMES,
                   text);
        return false;
    }
    return true;
}

bool ag_run_apply_map_size(void *settings, const char *text)
{
    ag_run_settings *s = settings;
    const char *x = strchr(text, 'x');
    uint64_t width = 0, height = 0;

    if (x == NULL ||
        ag_cli_read_number(text, (size_t)(x - text), 0, &width) != NULL ||
        ag_cli_read_number(x + 1, strlen(x + 1), 0, &height) != NULL ||
        width == 0 || height == 0 || width > MOST_SIDE || height > MOST_SIDE) {
        ag_cli_say("--map-size: '%.80s' is not WIDTHxHEIGHT, such as 512x512, "
                   "each 1 to %u",
                   text, MOST_SIDE);
        return false;
    }
    s->map_width = (uint32_t)width;
    s->map_height = (uint32_t)height;
    return true;
}

/* As square as lanes allow, unless a size was given. */
static void choose_size(const ag_run_settings *s, uint64_t *width,
                        uint64_t *height)
{
    *width = s->map_width;
    *height = s->map_height;
    if (*width != 0)
        return;
    *width = (uint64_t)ceil(sqrt((double)s->lanes.value));
    *height = (s->lanes.value + *width - 1) / *width;
}

bool ag_run_check_map(const ag_run_settings *s)
{
    uint64_t width, height;

    if (s->map == NULL) {
        if (s->map_by_given || s->map_width != 0 || s->map_scale != 0)
            ag_cli_say("--map-by, --map-size and --map-scale need --map FILE");
        return !s->map_by_given && s->map_width == 0 && s->map_scale == 0;
    }
    choose_size(s, &width, &height);
    if (width > MOST_SIDE || height > MOST_SIDE) {
        ag_cli_say("--map: %" PRIu64 " lanes are more than a picture can have",
                   s->lanes.value);
        return false;
    }
    if (width * height >= s->lanes.value)
        return true;
    ag_cli_say("--map-size: %" PRIu64 "x%" PRIu64 " has %" PRIu64
               " places, too few for %" PRIu64 " lanes",
               width, height, width * height, s->lanes.value);
    return false;
}

/* -- Colours --------------------------------------------------------------- */

/* Linear light, 0 to 1, to a byte of sRGB. */
static uint8_t to_byte(double light)
{
    double v = light <= 0.0031308 ? 12.92 * light
                                  : 1.055 * pow(light, 1 / 2.4) - 0.055;

    return (uint8_t)(v <= 0 ? 0 : v >= 1 ? 255 : v * 255 + 0.5);
}

/* OKLab (lightness, green to red, blue to yellow) to sRGB. */
static ag_run_pixel from_oklab(double lightness, double a, double b)
{
    double l = lightness + 0.3963377774 * a + 0.2158037573 * b;
    double m = lightness - 0.1055613458 * a - 0.0638541728 * b;
    double s = lightness - 0.0894841775 * a - 1.2914855480 * b;

    l = l * l * l;
    m = m * m * m;
    s = s * s * s;
    return (ag_run_pixel){
        to_byte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
        to_byte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
        to_byte(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

/* 0 is dark blue, 1 light yellow; the hue turns as the lightness grows. */
static ag_run_pixel ramp(double at)
{
    double hue = (285 - 180 * at) * 3.14159265358979 / 180;
    double chroma = 0.10 + 0.06 * at;

    return from_oklab(0.20 + 0.74 * at, chroma * cos(hue), chroma * sin(hue));
}

/* -- Pixels ---------------------------------------------------------------- */

static uint64_t value_of(const ag_run_settings *s, const ag_run_lane *lane)
{
    uint64_t value;

    if (s->map_by == AG_RUN_MAP_CYCLES)
        return lane->result->cycles;
    if (s->map_register.number == AG_RUN_PC)
        return lane->result->pc;
    value = lane->registers[s->map_register.number];
    return s->map_register.narrow ? value & UINT32_MAX : value;
}

static void take_stop(ag_run_map *m, const ag_run_lane *lane)
{
    const armgpu_lane_result *l = lane->result;

    m->pixels[lane->number] =
        ag_run_map_stop_color(l->stop_reason, l->stop_code);
    m->has[lane->number] = 1;
    if (l->stop_reason == ARMGPU_STOP_HALT && l->stop_code != 0)
        m->has_bad_halt = true;
    else
        m->stops |= 1u << l->stop_reason % 32;
}

void ag_run_map_take(const ag_run *r, const ag_run_lane *lane)
{
    ag_run_map *m = r->map;
    uint64_t value;

    if (r->settings.map_by == AG_RUN_MAP_STOP) {
        take_stop(m, lane);
        return;
    }
    value = value_of(&r->settings, lane);
    m->values[lane->number] = value;
    m->has[lane->number] = 1;
    m->min = value < m->min ? value : m->min;
    m->max = value > m->max ? value : m->max;
}

static void colour_values(const ag_run_settings *s, ag_run_map *m)
{
    double range = (double)(m->max - m->min);

    for (uint64_t i = 0; i < s->lanes.value; i++) {
        double v = (double)(m->values[i] - m->min);
        double at = range == 0 ? 0 : v / range;

        if (s->map_scale == AG_RUN_SCALE_LOG && range != 0)
            at = log1p(v) / log1p(range);
        if (m->has[i])
            m->pixels[i] = ramp(at);
    }
}

static bool has_gaps(const ag_run_settings *s, const ag_run_map *m)
{
    if (m->width * m->height != s->lanes.value)
        return true;
    return memchr(m->has, 0, (size_t)s->lanes.value) != NULL;
}

/* A square for each lane; NULL where one pixel does. */
static ag_run_pixel *enlarge(const ag_run_map *m)
{
    uint64_t width = m->width * m->scale, height = m->height * m->scale;
    ag_run_pixel *large;

    if (m->scale == 1)
        return NULL;
    large = ag_cli_alloc((size_t)(width * height), sizeof *large);
    for (uint64_t y = 0; y < height; y++) {
        for (uint64_t x = 0; x < width; x++)
            large[y * width + x] =
                m->pixels[y / m->scale * m->width + x / m->scale];
    }
    return large;
}

static uint32_t choose_scale(const ag_run_map *m)
{
    uint64_t side = m->width > m->height ? m->width : m->height;

    return side < WANTED_SIDE ? (uint32_t)(WANTED_SIDE / side) : 1;
}

int ag_run_map_begin(ag_run *r)
{
    const ag_run_settings *s = &r->settings;
    size_t values = s->map_by == AG_RUN_MAP_STOP ? 1 : (size_t)s->lanes.value;
    ag_run_map *m;

    if (s->map == NULL)
        return AG_CLI_EXIT_OK;
    /* --lane-files has said how many lanes */
    if (!ag_run_check_map(s) || !ag_cli_can_write("--map", s->map))
        return AG_CLI_EXIT_FAILED;
    m = r->map = ag_cli_alloc(1, sizeof *m);
    m->min = UINT64_MAX;
    choose_size(s, &m->width, &m->height);
    m->scale = choose_scale(m);
    m->pixels = ag_cli_alloc((size_t)(m->width * m->height), sizeof *m->pixels);
    for (uint64_t i = 0; i < m->width * m->height; i++)
        m->pixels[i] = ag_run_map_no_lane;
    m->values = ag_cli_alloc(values, sizeof *m->values);
    m->has = ag_cli_alloc((size_t)s->lanes.value, 1);
    return AG_CLI_EXIT_OK;
}

void ag_run_map_free(ag_run *r)
{
    if (r->map == NULL)
        return;
    free(r->map->pixels);
    free(r->map->values);
    free(r->map->has);
    free(r->map);
}

int ag_run_draw_map(const ag_run *r, bool has_table)
{
    const ag_run_settings *s = &r->settings;
    ag_run_map *m = r->map;
    ag_run_pixel *large;
    bool is_written;

    if (s->map_by != AG_RUN_MAP_STOP)
        colour_values(s, m);
    m->has_gaps = has_gaps(s, m);
    large = enlarge(m);
    is_written = ag_run_map_write(s->map, large != NULL ? large : m->pixels,
                                  (uint32_t)m->width * m->scale,
                                  (uint32_t)m->height * m->scale);
    free(large);
    if (!is_written)
        return AG_CLI_EXIT_FAILED;
    ag_run_map_legend(s, m, has_table);
    return AG_CLI_EXIT_OK;
}
