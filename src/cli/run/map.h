/*
 * armgpu run --map, shared by its parts: map.c makes pixels of lanes,
 * map_legend.c says what they mean, map_file.c writes them.
 */
#ifndef AG_CLI_RUN_MAP_H
#define AG_CLI_RUN_MAP_H

#include "cli/cli.h"

typedef struct ag_run_pixel {
    uint8_t red, green, blue;
} ag_run_pixel;

/* A picture: `width` lanes in a row, each a square of `scale` pixels. */
typedef struct ag_run_map {
    uint64_t width, height;
    uint32_t scale;
    ag_run_pixel *pixels; /* one a lane */
    uint64_t *values;     /* of lanes, unless coloured by stop reason, */
    uint8_t *has;         /* where a lane ended */
    uint64_t min, max;    /* min > max: there is none */
    uint32_t stops;       /* bit k: some lane stopped for reason k, */
    bool has_bad_halt;    /* but halt with another code than 0 is here */
    bool has_gaps;        /* places without a lane */
} ag_run_map;

/* map_legend.c */
extern const ag_run_pixel ag_run_map_no_lane;
ag_run_pixel ag_run_map_stop_color(uint32_t stop_reason, uint64_t stop_code);

/* False, everything said, if no file of that name's ending can be written. */
bool ag_run_map_can_write(const char *path);

/* Rows from the top, pixels from the left. False, everything said, if the file
   cannot be written. */
bool ag_run_map_write(const char *path, const ag_run_pixel *pixels,
                      uint32_t width, uint32_t height);

#endif
