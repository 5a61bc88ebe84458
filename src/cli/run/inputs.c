/*
 * Memory that differs between lanes: --lane-data, parts of one file, and
 * --lane-files, the files of a directory. Whether there is enough for every
 * lane is checked before the run; the bytes are read when lanes begin, so that
 * inputs need no more memory than the lanes that are on the device.
 */
#include "cli/run/run.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CHUNK_BYTES (UINT64_C(4) << 20)

bool ag_run_has_inputs(const ag_run_settings *s)
{
    return s->lane_data.count != 0 || s->lane_files.count != 0;
}

void ag_run_free_files(ag_run_lane_files *f)
{
    for (size_t i = 0; i < f->count; i++)
        free(f->files[i].name);
    free(f->files);
}

void ag_run_free_inputs(ag_run_settings *s)
{
    for (size_t i = 0; i < s->lane_data.count; i++) {
        if (s->lane_data.items[i].file != NULL)
            fclose(s->lane_data.items[i].file);
    }
    for (size_t i = 0; i < s->lane_files.count; i++)
        ag_run_free_files(&s->lane_files.items[i]);
    free(s->lane_data.items);
    free(s->lane_files.items);
}

/* `size` bytes at `address`; `what` names whose they are. */
static bool check_room(const ag_run_settings *s, const char *option,
                       const char *what, uint64_t address, uint64_t size)
{
    char memory[AG_RUN_MEMORY_TEXT];

    if (ag_run_is_memory(s, address, size))
        return true;
    ag_cli_say("%s: %s does not fit into %s: it has %" PRIu64
               " bytes and begins at 0x%" PRIx64 "%s",
               option, what, ag_run_memory_text(s, memory), size, address,
               s->process.is_elf ? "" : "; give more with --memory");
    return false;
}

/* -- --lane-data ----------------------------------------------------------- */

bool ag_run_apply_lane_data(void *settings, const char *text)
{
    ag_run_settings *s = settings;
    ag_run_lane_data data = {.path = text};
    const char *rest;

    if (!ag_run_split_at("--lane-data",
                         "FILE@ADDR:STRIDE, such as inputs.bin@0x1000:64", text,
                         &data.address, &rest))
        return false;
    if (rest == NULL) {
        ag_cli_say("--lane-data: '%s' has no stride; write FILE@ADDR:STRIDE, "
                   "with the bytes of one lane as STRIDE",
                   text);
        return false;
    }
    if (!ag_cli_number_of("--lane-data: stride", rest, strlen(rest),
                          AG_CLI_SUFFIX, &data.stride))
        return false;
    if (data.stride == 0) {
        ag_cli_say("--lane-data: a stride of 0 bytes gives lanes nothing; "
                   "write 1 or more");
        return false;
    }
    s->lane_data.items =
        ag_cli_grow(s->lane_data.items, s->lane_data.count, sizeof data);
    s->lane_data.items[s->lane_data.count++] = data;
    return true;
}

/* Its size must be known before the run: only a regular file's is. */
static bool open_lane_data(ag_run_lane_data *d)
{
    enum ag_cli_file why;
    struct stat about;

    if (strcmp(d->path, "-") == 0) {
        ag_cli_say("--lane-data cannot read the standard input; give a file");
        return false;
    }
    d->file = ag_cli_open_file(d->path, &why);
    if (d->file == NULL)
        return false;
    if (fstat(fileno(d->file), &about) != 0 || !S_ISREG(about.st_mode)) {
        ag_cli_say("--lane-data: '%s' is not a regular file, so its size is "
                   "not known",
                   d->path);
        return false;
    }
    d->size = (uint64_t)about.st_size;
    return true;
}

static bool check_lane_data(const ag_run_settings *s, const ag_run_lane_data *d)
{
    uint64_t lanes = s->lanes.value, served = d->size / d->stride;

    if (!check_room(s, "--lane-data", "a lane's part", d->address, d->stride))
        return false;
    if (served >= lanes)
        return true;
    ag_cli_say("--lane-data: '%s' has %" PRIu64 " bytes, enough for %" PRIu64
               " lane%s of %" PRIu64 " bytes, not for %" PRIu64
               "; give fewer --lanes or a longer file",
               d->path, d->size, served, served == 1 ? "" : "s", d->stride,
               lanes);
    return false;
}

static int read_failed(const char *option, const char *path)
{
    ag_cli_say("%s: cannot read '%s': %s", option, path,
               errno != 0 ? strerror(errno) : "it has become shorter");
    return AG_CLI_EXIT_FAILED;
}

static int place_lane_data(ag_run *r, const ag_run_lane_data *d, uint64_t first,
                           uint64_t n)
{
    uint64_t most = d->stride < CHUNK_BYTES ? CHUNK_BYTES / d->stride : 1;
    uint8_t *bytes;
    int status = AG_CLI_EXIT_OK;

    if (most > n)
        most = n;
    bytes = ag_cli_alloc((size_t)most, (size_t)d->stride);
    for (uint64_t i = 0, m; status == AG_CLI_EXIT_OK && i < n; i += m) {
        int32_t error;

        m = n - i < most ? n - i : most;
        errno = 0;
        if (fseeko(d->file, (off_t)((first + i) * d->stride), SEEK_SET) != 0 ||
            fread(bytes, (size_t)d->stride, (size_t)m, d->file) != m) {
            status = read_failed("--lane-data", d->path);
            break;
        }
        error = armgpu_write_memory_range(r->g, first + i, m, d->address, bytes,
                                          (size_t)d->stride);
        if (error != ARMGPU_OK)
            status = ag_run_library_failed(r, d->path, error);
    }
    free(bytes);
    return status;
}

/* -- --lane-files ---------------------------------------------------------- */

bool ag_run_apply_lane_files(void *settings, const char *text)
{
    ag_run_settings *s = settings;
    ag_run_lane_files files = {.path = text, .length_register = {.number = 1}};
    const char *rest;

    if (!ag_run_split_at("--lane-files",
                         "DIR@ADDR[:xN], such as corpus@0x10000:x1", text,
                         &files.address, &rest))
        return false;
    if (rest != NULL &&
        (!ag_run_find_register(rest, strlen(rest), &files.length_register) ||
         files.length_register.number > AG_RUN_LR)) {
        ag_cli_say("--lane-files: '%.80s' is no register for the length of a "
                   "lane's file; write x0 to x30",
                   rest);
        return false;
    }
    s->lane_files.items =
        ag_cli_grow(s->lane_files.items, s->lane_files.count, sizeof files);
    s->lane_files.items[s->lane_files.count++] = files;
    return true;
}

static char *join(const char *directory, const char *name)
{
    size_t bytes = strlen(directory) + strlen(name) + 2;
    char *path = ag_cli_alloc(bytes, 1);

    snprintf(path, bytes, "%s/%s", directory, name);
    return path;
}

/* Names with a dot in front are passed over, as a shell's * does. */
static void add_file(ag_run_lane_files *f, const char *name)
{
    char *path = join(f->path, name);
    struct stat about;
    bool is_file = stat(path, &about) == 0 && S_ISREG(about.st_mode);

    free(path);
    if (name[0] == '.' || !is_file)
        return;
    f->files = ag_cli_grow(f->files, f->count, sizeof *f->files);
    f->files[f->count].name = ag_cli_alloc(strlen(name) + 1, 1);
    memcpy(f->files[f->count].name, name, strlen(name));
    f->files[f->count++].size = (uint64_t)about.st_size;
}

static int compare_names(const void *a, const void *b)
{
    const char *const *p = a, *const *q = b; /* a file begins with its name */

    return strcmp(*p, *q);
}

bool ag_run_list_files(const char *option, ag_run_lane_files *f)
{
    DIR *directory = opendir(f->path);
    struct dirent *entry;

    if (directory == NULL) {
        ag_cli_say("%s: cannot open '%s': %s; give a directory", option,
                   f->path, strerror(errno));
        return false;
    }
    while ((entry = readdir(directory)) != NULL)
        add_file(f, entry->d_name);
    closedir(directory);
    if (f->count == 0) {
        ag_cli_say("%s: '%s' has no files, so there is nothing for lanes to do",
                   option, f->path);
        return false;
    }
    qsort(f->files, f->count, sizeof *f->files, compare_names);
    return true;
}

const char *ag_run_lane_file_name(const ag_run_settings *s, uint64_t lane)
{
    return s->lane_files.items[0].files[lane].name;
}

char *ag_run_lane_file_path(const ag_run_lane_files *f, uint64_t lane)
{
    return join(f->path, f->files[lane].name);
}

static bool check_lane_files(const ag_run_settings *s,
                             const ag_run_lane_files *f)
{
    if (f->count < s->lanes.value) {
        ag_cli_say("--lane-files: '%s' has %zu file%s, not one for each of "
                   "%" PRIu64 " lanes; leave out --lanes",
                   f->path, f->count, f->count == 1 ? "" : "s", s->lanes.value);
        return false;
    }
    for (size_t i = 0; i < s->lanes.value; i++) {
        char *path, *quoted;
        bool fits;

        if (f->files[i].size == 0)
            continue;
        path = ag_run_lane_file_path(f, i);
        quoted = ag_cli_alloc(strlen(path) + 3, 1);
        snprintf(quoted, strlen(path) + 3, "'%s'", path);
        fits =
            check_room(s, "--lane-files", quoted, f->address, f->files[i].size);
        free(quoted);
        free(path);
        if (!fits)
            return false;
    }
    return true;
}

static int place_file(ag_run *r, const ag_run_lane_files *f, uint64_t lane)
{
    size_t size = (size_t)f->files[lane].size;
    char *path = ag_run_lane_file_path(f, lane);
    FILE *file = size == 0 ? NULL : fopen(path, "rb");
    uint8_t *bytes = ag_cli_alloc(size, 1);
    int status = AG_CLI_EXIT_OK;
    int32_t error = ARMGPU_OK;

    errno = 0;
    if (size != 0 && (file == NULL || fread(bytes, 1, size, file) != size))
        status = read_failed("--lane-files", path);
    else if (size != 0)
        error = armgpu_write_memory(r->g, lane, f->address, bytes, size);
    if (error != ARMGPU_OK)
        status = ag_run_library_failed(r, path, error);
    if (file != NULL)
        fclose(file);
    free(bytes);
    free(path);
    return status;
}

/* -- Both ------------------------------------------------------------------ */

void ag_run_have_lanes(ag_run_settings *s, uint64_t inputs)
{
    if (!s->lanes.given && inputs != 0 &&
        (!s->has_found_lanes || inputs < s->lanes.value)) {
        s->lanes.value = inputs;
        s->has_found_lanes = true;
    }
}

int ag_run_find_inputs(ag_run *r)
{
    ag_run_settings *s = &r->settings;

    for (size_t i = 0; i < s->lane_data.count; i++) {
        ag_run_lane_data *d = &s->lane_data.items[i];

        if (!open_lane_data(d))
            return AG_CLI_EXIT_FAILED;
        ag_run_have_lanes(s, d->size / d->stride);
    }
    for (size_t i = 0; i < s->lane_files.count; i++) {
        if (!ag_run_list_files("--lane-files", &s->lane_files.items[i]))
            return AG_CLI_EXIT_FAILED;
        ag_run_have_lanes(s, s->lane_files.items[i].count);
    }
    return AG_CLI_EXIT_OK;
}

int ag_run_check_inputs(ag_run *r)
{
    ag_run_settings *s = &r->settings;
    bool fine = true;

    for (size_t i = 0; fine && i < s->lane_data.count; i++)
        fine = check_lane_data(s, &s->lane_data.items[i]);
    for (size_t i = 0; fine && i < s->lane_files.count; i++)
        fine = check_lane_files(s, &s->lane_files.items[i]);
    return fine ? AG_CLI_EXIT_OK : AG_CLI_EXIT_FAILED;
}

int ag_run_place_inputs(ag_run *r, uint64_t first, uint64_t n)
{
    const ag_run_settings *s = &r->settings;
    int status = AG_CLI_EXIT_OK;

    for (size_t i = 0; status == 0 && i < s->lane_data.count; i++)
        status = place_lane_data(r, &s->lane_data.items[i], first, n);
    for (size_t i = 0; i < s->lane_files.count; i++) {
        for (uint64_t lane = first; status == 0 && lane < first + n; lane++)
            status = place_file(r, &s->lane_files.items[i], lane);
    }
    return status;
}
