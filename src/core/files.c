/*
 * Lanes see files of the host: which, from when on, until when. Descriptors are
 * in rows of plane LINUX, with those that are no files; here is what a file's
 * descriptor is open for.
 */
#define _POSIX_C_SOURCE 200809L
#include "core/files_open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_BYTES (UINT64_C(64) << 20)
#define MOST_FILE_BYTES (UINT64_C(1) << 40)

/* -- Which ------------------------------------------------------------------ */

static int32_t open_root(struct armgpu *g, const char *path)
{
    struct ag_files *s = &g->calls.files;
    if (path == NULL)
        return ARMGPU_OK;
    s->root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return s->root >= 0
               ? ARMGPU_OK
               : ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                         "the directory '%.200s' for lanes' files: %s", path,
                         strerror(errno));
}

static int32_t add_name(struct armgpu *g, const armgpu_file_name *from)
{
    struct ag_files *s = &g->calls.files;
    char guest[AG_MOST_FOUND];
    struct stat status;
    if (from->guest == NULL || from->host == NULL ||
        !ag_files_join("", from->guest, guest) || guest[0] == '\0')
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "a file of lanes has no name, or one that is too long");
    if (stat(from->host, &status) != 0 || !S_ISREG(status.st_mode))
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "'%.200s', which lanes are to have as '%.200s', is no "
                       "file",
                       from->host, from->guest);
    s->guests[s->num_named] = strdup(guest);
    s->hosts[s->num_named] = strdup(from->host);
    s->num_named++;
    return s->guests[s->num_named - 1] != NULL &&
                   s->hosts[s->num_named - 1] != NULL
               ? ARMGPU_OK
               : ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
}

uint32_t ag_files_kinds(const armgpu_process *p)
{
    return (p->root != NULL || p->num_files != 0 ? AG_FILES_OF_HOST : 0u) |
           (p->read_only == 0 ? AG_FILES_OF_LANE : 0u);
}

int32_t ag_files_start(struct armgpu *g, const armgpu_process *p)
{
    struct ag_files *s = &g->calls.files;
    s->root = -1;
    s->is_on = true;
    s->is_read_only = p->read_only != 0;
    s->most_bytes = p->file_bytes == 0 ? FILE_BYTES : p->file_bytes;
    if (s->most_bytes > MOST_FILE_BYTES)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "a lane's own files have at most 1 TiB");
    s->collect = p->collect;
    s->lanes = calloc((size_t)g->resident, sizeof *s->lanes);
    s->guests = calloc((size_t)p->num_files + 1, sizeof *s->guests);
    s->hosts = calloc((size_t)p->num_files + 1, sizeof *s->hosts);
    if (s->lanes == NULL || s->guests == NULL || s->hosts == NULL)
        return ag_fail(g, ARMGPU_ERROR_MEMORY, "out of memory");
    int32_t error = open_root(g, p->root);
    for (uint64_t i = 0; i < p->num_files && error == ARMGPU_OK; i++)
        error = add_name(g, &p->files[i]);
    return error;
}

/* -- Until when ------------------------------------------------------------- */

void ag_open_drop(struct armgpu *g, struct ag_open *o)
{
    if (o == NULL || --o->uses != 0)
        return;
    if (o->own != NULL)
        ag_own_drop(o->own);
    else if (o->list == NULL)
        ag_content_close(&g->calls.files.contents, o->content);
    ag_list_free(o->list);
    free(o->path);
    free(o);
}

void ag_files_end(struct armgpu *g, uint64_t slot)
{
    struct ag_lane_files **lane = &g->calls.files.lanes[slot];
    for (uint32_t fd = 0; *lane != NULL && fd < AG_DESCRIPTORS; fd++)
        ag_open_drop(g, (*lane)->of[fd]);
    if (*lane != NULL)
        ag_own_end(*lane);
    free(*lane);
    *lane = NULL;
}

void ag_files_reset(struct armgpu *g)
{
    for (uint64_t i = 0; g->calls.files.lanes != NULL && i < g->resident; i++)
        ag_files_end(g, i);
}

void ag_files_close(struct armgpu *g)
{
    struct ag_files *s = &g->calls.files;
    if (!s->is_on)
        return;
    ag_files_reset(g);
    ag_contents_free(&s->contents);
    for (uint64_t i = 0; i < s->num_named; i++) {
        free(s->guests[i]);
        free(s->hosts[i]);
    }
    free(s->guests);
    free(s->hosts);
    free(s->lanes);
    if (s->root >= 0)
        close(s->root);
}
