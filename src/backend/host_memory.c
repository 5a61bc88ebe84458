/*
 * Beyond a control group's limit a process is killed, where the computer's own
 * memory only swaps. /proc/self/cgroup has a line for each hierarchy,
 * "number:controllers:path"; number 0 without controllers is that of version 2.
 * Below the hierarchy's mount the path's folder and all above it have files with
 * limits. In a container the path may be one that is not there; the mount itself
 * is the container's group then.
 */
#define _POSIX_C_SOURCE 200809L
#include "backend/host_memory.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES 4096
#define PATH_BYTES (2 * LINE_BYTES)

static uint64_t physical_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    return pages < 1 || size < 1 ? 0 : (uint64_t)pages * (uint64_t)size;
}

/* What a limit's file says; no limit ("max", or no such file) is UINT64_MAX. */
static uint64_t read_limit(const char *root, const char *mount,
                           const char *group, const char *name)
{
    char path[PATH_BYTES];
    char text[32] = "";
    char *end = text;
    int n = snprintf(path, sizeof path, "%s%s%s/%s", root, mount, group, name);
    FILE *file = n < 0 || (size_t)n >= sizeof path ? NULL : fopen(path, "r");
    if (file == NULL)
        return UINT64_MAX;
    bool is_read = fgets(text, sizeof text, file) != NULL;
    uint64_t limit = is_read ? strtoull(text, &end, 10) : 0;
    fclose(file);
    return end == text ? UINT64_MAX : limit;
}

/* Where hierarchies are mounted, and their files. */
static const struct {
    bool is_v2;
    const char *mount, *names[2];
} hierarchies[] = {
    {true, "/sys/fs/cgroup", {"memory.max", "memory.high"}},
    {true, "/sys/fs/cgroup/unified", {"memory.max", "memory.high"}},
    {false, "/sys/fs/cgroup/memory", {"memory.limit_in_bytes", NULL}},
};

/* The smallest limit of a group and those above it, whose path is cut off piece
   by piece. */
static uint64_t least_limit(const char *root, bool is_v2, char *group)
{
    uint64_t least = UINT64_MAX;
    for (char *end = group + strlen(group); end != NULL;
         end = strrchr(group, '/')) {
        *end = '\0';
        for (size_t i = 0; i < sizeof hierarchies / sizeof *hierarchies; i++)
            for (int k = 0; k < 2 && hierarchies[i].names[k] != NULL; k++) {
                uint64_t limit =
                    hierarchies[i].is_v2 != is_v2
                        ? UINT64_MAX
                        : read_limit(root, hierarchies[i].mount, group,
                                     hierarchies[i].names[k]);
                least = limit < least ? limit : least;
            }
    }
    return least;
}

/* One of the names, which commas part, is "memory". */
static bool has_memory(const char *controllers)
{
    const char *name = controllers;
    while (name != NULL) {
        size_t length = strcspn(name, ",");
        if (length == 6 && memcmp(name, "memory", 6) == 0)
            return true;
        name = name[length] == ',' ? name + length + 1 : NULL;
    }
    return false;
}

static uint64_t line_limit(const char *root, char *line)
{
    char *controllers = strchr(line, ':');
    char *group = controllers == NULL ? NULL : strchr(controllers + 1, ':');
    if (group == NULL)
        return UINT64_MAX;
    *controllers++ = *group++ = '\0';
    group[strcspn(group, "\n")] = '\0';
    if (*controllers != '\0' && !has_memory(controllers))
        return UINT64_MAX;
    return least_limit(root, *controllers == '\0', group);
}

static uint64_t group_limit(const char *root)
{
    char path[PATH_BYTES], line[LINE_BYTES];
    uint64_t least = UINT64_MAX;
    int n = snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    FILE *file = n < 0 || (size_t)n >= sizeof path ? NULL : fopen(path, "r");
    if (file == NULL)
        return UINT64_MAX;
    while (fgets(line, sizeof line, file) != NULL) {
        uint64_t limit = line_limit(root, line);
        least = limit < least ? limit : least;
    }
    fclose(file);
    return least;
}

uint64_t ag_host_memory(const char *root)
{
    uint64_t physical = physical_memory(), limit = group_limit(root);
    return limit < UINT64_MAX && (physical == 0 || limit < physical)
               ? limit
               : physical;
}
