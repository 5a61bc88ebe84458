/*
 * The colours of stop reasons in --map's picture, and what all its colours
 * mean: a line about the picture, then one a colour. It follows the table;
 * without one it is a remark.
 */
#include "cli/run/map.h"
#include "cli/run/run.h"

#include <math.h>
#include <stdlib.h>

const ag_run_pixel ag_run_map_no_lane = {96, 96, 96};

/* docs/map.md says them in words. */
static const ag_run_pixel stop_colors[ARMGPU_STOP_COUNT] = {
#define ARMGPU_X(name, value, text, pc, code, traits, colour)                  \
    [value] = {(colour) >> 16 & 0xff, (colour) >> 8 & 0xff, (colour)&0xff},
    ARMGPU_STOPS(ARMGPU_X)
#undef ARMGPU_X
};
static const ag_run_pixel bad_halt = {160, 170, 50};

ag_run_pixel ag_run_map_stop_color(uint32_t stop_reason, uint64_t stop_code)
{
    if (stop_reason == ARMGPU_STOP_HALT && stop_code != 0)
        return bad_halt;
    return stop_reason < ARMGPU_STOP_COUNT ? stop_colors[stop_reason]
                                           : ag_run_map_no_lane;
}

#define STEPS 5

static const char *const steps[STEPS] = {"dark blue", "blue", "turquoise",
                                         "green", "light yellow"};

/* The nearest of colours that have a name. */
static const char *color_word(ag_run_pixel p)
{
    static const struct {
        const char *word;
        int red, green, blue;
    } words[] = {{"green", 46, 139, 87},      {"olive", 160, 170, 50},
                 {"blue", 70, 130, 220},      {"yellow", 240, 200, 60},
                 {"violet", 150, 100, 220},   {"dark violet", 110, 60, 160},
                 {"red", 220, 60, 60},        {"orange", 235, 120, 40},
                 {"pink", 225, 90, 160},      {"brown", 150, 80, 40},
                 {"turquoise", 60, 180, 170}, {"black", 0, 0, 0},
                 {"white", 250, 250, 250},    {"grey", 96, 96, 96}};
    size_t best = 0;
    int least = INT32_MAX;

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        int red = p.red - words[i].red, green = p.green - words[i].green;
        int blue = p.blue - words[i].blue;
        int distance = red * red + green * green + blue * blue;

        if (distance < least) {
            least = distance;
            best = i;
        }
    }
    return words[best].word;
}

static void stop_legend(const ag_run_map *m)
{
    for (uint32_t i = 0; i < ARMGPU_STOP_COUNT; i++) {
        if ((m->stops >> i & 1) != 0)
            printf("            %-12s  %s\n",
                   color_word(ag_run_map_stop_color(i, 0)),
                   armgpu_stop_name(i));
    }
    if (m->has_bad_halt)
        printf("            %-12s  halt, code not 0\n",
               color_word(ag_run_map_stop_color(ARMGPU_STOP_HALT, 1)));
}

/* The value whose colour is the part `at` of the way; ends are exact. */
static uint64_t value_at(const ag_run_map *m, int scale, int step)
{
    double at = (double)step / (STEPS - 1), range = (double)(m->max - m->min);

    if (step == 0 || step == STEPS - 1)
        return step == 0 ? m->min : m->max;
    return m->min + (uint64_t)(scale == AG_RUN_SCALE_LOG
                                   ? expm1(at * log1p(range))
                                   : at * range);
}

/* Steps that fall on one value are one line. */
static void value_legend(const ag_run_settings *s, const ag_run_map *m)
{
    const char *format = s->map_by == AG_RUN_MAP_CYCLES
                             ? "            %-12s  %" PRIu64 "%s\n"
                             : "            %-12s  0x%" PRIx64 "%s\n";
    uint64_t before = m->min;

    if (m->min > m->max)
        return; /* no lane ended */
    printf(format, steps[0], m->min, m->min == m->max ? " in every lane" : "");
    for (int i = 1; i < STEPS; i++) {
        uint64_t value = value_at(m, s->map_scale, i);

        if (value == before || (value == m->max && i != STEPS - 1))
            continue;
        printf(format, steps[i], value, "");
        before = value;
    }
}

static const char *what_text(const ag_run_settings *s, char name[8])
{
    if (s->map_by == AG_RUN_MAP_STOP)
        return "stop";
    return s->map_by == AG_RUN_MAP_CYCLES
               ? "cycles"
               : ag_run_register_name(s->map_register.number, name);
}

static const char *scale_text(const ag_run_settings *s)
{
    return s->map_by == AG_RUN_MAP_STOP       ? ""
           : s->map_scale == AG_RUN_SCALE_LOG ? ", log"
                                              : ", linear";
}

static void print_legend(const ag_run_settings *s, const ag_run_map *m)
{
    char name[8];

    printf("map         %s: %" PRIu64 "x%" PRIu64 " lanes", s->map, m->width,
           m->height);
    if (m->scale > 1)
        printf(" of %" PRIu32 "x%" PRIu32 " pixels", m->scale, m->scale);
    printf(" by %s%s\n", what_text(s, name), scale_text(s));
    if (s->map_by == AG_RUN_MAP_STOP)
        stop_legend(m);
    else
        value_legend(s, m);
    if (m->has_gaps)
        printf("            %-12s  no lane\n", color_word(ag_run_map_no_lane));
}

/* In one sentence. */
static void say_legend(const ag_run_settings *s, const ag_run_map *m)
{
    bool is_decimal = s->map_by == AG_RUN_MAP_CYCLES;
    char range[64] = "", name[8];

    if (s->map_by != AG_RUN_MAP_STOP && m->min < m->max)
        snprintf(range, sizeof range,
                 is_decimal ? ", from %" PRIu64 " (dark) to %" PRIu64 " (light)"
                            : ", from 0x%" PRIx64 " (dark) to 0x%" PRIx64
                              " (light)",
                 m->min, m->max);
    else if (s->map_by != AG_RUN_MAP_STOP && m->min == m->max)
        snprintf(range, sizeof range,
                 is_decimal ? ", %" PRIu64 " in every lane"
                            : ", 0x%" PRIx64 " in every lane",
                 m->min);
    fflush(stdout); /* the remark comes after what was printed */
    ag_cli_say("%s: %" PRIu64 "x%" PRIu64 " lanes by %s%s%s", s->map, m->width,
               m->height, what_text(s, name), range, scale_text(s));
}

void ag_run_map_legend(const ag_run_settings *s, const ag_run_map *m,
                       bool has_table)
{
    if (has_table)
        print_legend(s, m);
    else if (!s->quiet)
        say_legend(s, m);
}
