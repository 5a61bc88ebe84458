/*
 * armgpu run --map: a picture with one pixel a lane, row by row from the top
 * left, coloured by stop reason or by a number. Pixels without a lane are
 * grey. Numbers go from dark blue through green to light yellow in steps that
 * look equal: lightness is a straight line in the OKLab colour space.
 */
#include "cli/run/map.h"
#include "cli/run/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_SIDE 65535u

static const ag_run_pixel no_lane = {96, 96, 96};

/* By stop reason; docs/map.md says them in words. */
static const ag_run_pixel stop_colours[ARMGPU_STOP_COUNT] = {
#define ARMGPU_X(name, value, text, pc, code, traits, colour)                  \
    [value] = {(colour) >> 16 & 0xff, (colour) >> 8 & 0xff, (colour)&0xff},
    ARMGPU_STOPS(ARMGPU_X)
#undef ARMGPU_X
};
/* halt with another code than 0. */
static const ag_run_pixel halt_colour = {160, 170, 50};

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
               " pixels, too few for %" PRIu64 " lanes",
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

struct ag_run_map {
    uint64_t width, height;
    ag_run_pixel *pixels;
    uint64_t *values; /* of lanes, unless coloured by stop reason, */
    uint8_t *has;     /* where a lane ended */
    uint64_t min, max;
};

static ag_run_pixel stop_colour(const armgpu_lane_result *l)
{
    if (l->stop_reason == ARMGPU_STOP_HALT && l->stop_code != 0)
        return halt_colour;
    return l->stop_reason < ARMGPU_STOP_COUNT ? stop_colours[l->stop_reason]
                                              : no_lane;
}

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

void ag_run_map_take(const ag_run *r, const ag_run_lane *lane)
{
    struct ag_run_map *m = r->map;
    uint64_t value;

    if (r->settings.map_by == AG_RUN_MAP_STOP) {
        m->pixels[lane->number] = stop_colour(lane->result);
        return;
    }
    value = value_of(&r->settings, lane);
    m->values[lane->number] = value;
    m->has[lane->number] = 1;
    m->min = value < m->min ? value : m->min;
    m->max = value > m->max ? value : m->max;
}

static void colour_values(const ag_run_settings *s, struct ag_run_map *m)
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

static void narrate(const ag_run_settings *s, const struct ag_run_map *m)
{
    uint64_t width = m->width, height = m->height;
    char name[8];

    if (s->quiet)
        return;
    fflush(stdout); /* the remark comes after the table */
    if (s->map_by == AG_RUN_MAP_STOP)
        ag_cli_say("%s: %" PRIu64 "x%" PRIu64 " pixels by stop reason", s->map,
                   width, height);
    else if (s->map_by == AG_RUN_MAP_CYCLES)
        ag_cli_say("%s: %" PRIu64 "x%" PRIu64 " pixels by cycles, from %" PRIu64
                   " (dark) to %" PRIu64 " (light), %s",
                   s->map, width, height, m->min, m->max,
                   s->map_scale == AG_RUN_SCALE_LOG ? "log" : "linear");
    else
        ag_cli_say("%s: %" PRIu64 "x%" PRIu64 " pixels by %s, from 0x%" PRIx64
                   " (dark) to 0x%" PRIx64 " (light), %s",
                   s->map, width, height,
                   ag_run_register_name(s->map_register.number, name), m->min,
                   m->max, s->map_scale == AG_RUN_SCALE_LOG ? "log" : "linear");
}

int ag_run_map_begin(ag_run *r)
{
    const ag_run_settings *s = &r->settings;
    size_t values = s->map_by == AG_RUN_MAP_STOP ? 1 : (size_t)s->lanes.value;
    struct ag_run_map *m;

    if (s->map == NULL)
        return AG_CLI_EXIT_OK;
    /* --lane-files has said how many lanes */
    if (!ag_run_check_map(s) || !ag_cli_can_write("--map", s->map))
        return AG_CLI_EXIT_FAILED;
    m = r->map = ag_cli_alloc(1, sizeof *m);
    m->min = UINT64_MAX;
    choose_size(s, &m->width, &m->height);
    m->pixels = ag_cli_alloc((size_t)(m->width * m->height), sizeof *m->pixels);
    for (uint64_t i = 0; i < m->width * m->height; i++)
        m->pixels[i] = no_lane;
    m->values = ag_cli_alloc(values, sizeof *m->values);
    m->has = ag_cli_alloc(values, 1);
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

int ag_run_draw_map(const ag_run *r)
{
    const ag_run_settings *s = &r->settings;
    struct ag_run_map *m = r->map;

    if (s->map_by != AG_RUN_MAP_STOP)
        colour_values(s, m);
    if (!ag_run_map_write(s->map, m->pixels, (uint32_t)m->width,
                          (uint32_t)m->height))
        return AG_CLI_EXIT_FAILED;
    narrate(s, m);
    return AG_CLI_EXIT_OK;
}
