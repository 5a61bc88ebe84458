/*
 * armgpu run --map, shared by its two parts: map.c makes pixels of lanes,
 * map_file.c writes them.
 */
#ifndef AG_CLI_RUN_MAP_H
#define AG_CLI_RUN_MAP_H

#include "cli/cli.h"

typedef struct ag_run_pixel {
    uint8_t red, green, blue;
} ag_run_pixel;

/* False, everything said, if no file of that name's ending can be written. */
bool ag_run_map_can_write(const char *path);

/* Rows from the top, pixels from the left. False, everything said, if the file
   cannot be written. */
bool ag_run_map_write(const char *path, const ag_run_pixel *pixels,
                      uint32_t width, uint32_t height);

#endif
