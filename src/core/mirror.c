/* Device buffers that the host reads and writes between launches. */
#include "core/engine.h"

#include <stdlib.h>
#include <string.h>

#define LEAST_PINNED (8 << 20) /* bytes */

static int32_t fail_alloc(struct armgpu *g, uint64_t bytes, const char *what)
{
    char text[32];
    return ag_fail(g, ARMGPU_ERROR_MEMORY,
                   "%s has no %s for %s: use fewer lanes or less memory",
                   g->info.name, ag_format_bytes(bytes, text), what);
}

int32_t ag_mirror_open(struct armgpu *g, struct ag_mirror *m, uint64_t bytes,
                       const char *what)
{
    memset(m, 0, sizeof *m);
    m->buffer = g->backend->alloc(g->device, bytes);
    if (m->buffer == NULL)
        return fail_alloc(g, bytes, what);
    m->bytes = bytes;
    m->host = g->backend->map(g->device, m->buffer);
    m->is_mapped = m->host != NULL;
    if (!m->is_mapped)
        m->host = calloc(1, (size_t)bytes);
    if (m->host != NULL)
        return ARMGPU_OK;
    ag_mirror_close(g, m);
    return fail_alloc(g, bytes, what);
}

int32_t ag_mirror_grow(struct armgpu *g, struct ag_mirror *m, uint64_t bytes,
                       const char *what)
{
    struct ag_mirror old = *m;
    int32_t error = ag_mirror_open(g, m, bytes, what);
    if (error != ARMGPU_OK) {
        *m = old;
        return error;
    }
    memcpy(m->host, old.host, (size_t)old.bytes);
    m->host_changed = !m->is_mapped;
    ag_mirror_close(g, &old);
    return ARMGPU_OK;
}

/* What is large, and transferred for the second time, will be again: to pin it
   takes about as long as that. */
static void note_move(struct armgpu *g, struct ag_mirror *m)
{
    if (m->moves == 1 && m->bytes >= LEAST_PINNED && g->backend->pin != NULL)
        m->is_pinned = g->backend->pin(g->device, m->host, m->bytes);
    if (m->moves < 2)
        m->moves++;
}

void ag_mirror_close(struct armgpu *g, struct ag_mirror *m)
{
    if (m->buffer == NULL)
        return;
    const bool is_free = !m->is_pinned || g->backend->unpin(g->device, m->host);
    if (!m->is_mapped && is_free)
        free(m->host);
    g->backend->release(g->device, m->buffer);
    memset(m, 0, sizeof *m);
}

void *ag_mirror_read(struct armgpu *g, struct ag_mirror *m)
{
    if (m->device_changed) {
        note_move(g, m);
        if (g->backend->download(g->device, m->host, m->buffer, 0, m->bytes)) {
            ag_device_failed(g);
            return NULL;
        }
        m->device_changed = false;
    }
    return m->host;
}

void *ag_mirror_write(struct armgpu *g, struct ag_mirror *m)
{
    void *host = ag_mirror_read(g, m);
    m->host_changed = host != NULL && !m->is_mapped;
    return host;
}

int32_t ag_mirror_to_device(struct armgpu *g, struct ag_mirror *m)
{
    if (!m->host_changed)
        return ARMGPU_OK;
    note_move(g, m);
    if (g->backend->upload(g->device, m->buffer, 0, m->host, m->bytes))
        return ag_device_failed(g);
    m->host_changed = false;
    return ARMGPU_OK;
}

void ag_mirror_device_wrote(struct ag_mirror *m)
{
    m->device_changed = !m->is_mapped;
}

void *ag_mirror_abandon(struct ag_mirror *m)
{
    m->device_changed = false;
    return m->host;
}

/* -- Planes of lane state -------------------------------------------------- */

bool ag_planes_read(struct armgpu *g)
{
    bool is_read = true;
    for (uint32_t i = 0; i < AG_PLANE_COUNT && is_read; i++) {
        struct ag_mirror *m = ag_plane_mirror(g, i);
        is_read = m == NULL || ag_mirror_read(g, m) != NULL;
    }
    return is_read;
}

bool ag_planes_write(struct armgpu *g)
{
    bool is_read = true;
    for (uint32_t i = 0; i < AG_PLANE_COUNT && is_read; i++) {
        struct ag_mirror *m = ag_plane_mirror(g, i);
        is_read = m == NULL || ag_mirror_write(g, m) != NULL;
    }
    return is_read;
}

int32_t ag_planes_to_device(struct armgpu *g)
{
    int32_t error = ARMGPU_OK;
    for (uint32_t i = 0; i < AG_PLANE_COUNT && error == ARMGPU_OK; i++) {
        struct ag_mirror *m = ag_plane_mirror(g, i);
        error = m == NULL ? ARMGPU_OK : ag_mirror_to_device(g, m);
    }
    return error;
}

void ag_planes_device_wrote(struct armgpu *g)
{
    for (uint32_t i = 0; i < AG_PLANE_COUNT; i++) {
        struct ag_mirror *m = ag_plane_mirror(g, i);
        if (m != NULL)
            ag_mirror_device_wrote(m);
    }
}

/* -- The buffers of a launch ----------------------------------------------- */

/* What buffers.h says of each, and where the handle holds it. */
enum { BY_LAUNCH, BY_MIRROR, BY_BUFFER };
#define IN_SLICE (1u << AG_KERNEL_SLICE)
#define IN_SERVE (1u << AG_KERNEL_SERVE)
#define IN_BOTH (IN_SLICE | IN_SERVE)
#define IS_READS 0
#define IS_WRITES 1
#define AT_MIRROR(name) offsetof(struct armgpu, name)
#define AT_BUFFER(name) offsetof(struct armgpu, name)
#define AT_LAUNCH(name) 0
#define HELD(NAME, name, type, access, launches, held)                         \
    {BY_##held, IN_##launches, IS_##access, AT_##held(name)},
static const struct {
    unsigned by, launches;
    bool is_written;
    size_t at;
} list[] = {AG_BUFFER_LIST(HELD)};

static void *held(const struct armgpu *g, int i, unsigned by)
{
    return list[i].by == by ? (char *)(uintptr_t)g + list[i].at : NULL;
}

void ag_buffers_bind(const struct armgpu *g, enum ag_launch kernel,
                     ag_buffer *bound[AG_ARGUMENT_COUNT])
{
    for (int i = 0; i < AG_ARGUMENT_COUNT; i++) {
        struct ag_mirror *m = held(g, i, BY_MIRROR);
        ag_buffer **b = m != NULL ? &m->buffer : held(g, i, BY_BUFFER);
        bool is_given = (list[i].launches >> kernel & 1) != 0;
        bound[i] = b != NULL && is_given ? *b : NULL;
    }
}

int32_t ag_buffers_to_device(struct armgpu *g)
{
    int32_t error = ARMGPU_OK;
    for (int i = 0; i < AG_ARGUMENT_COUNT && error == ARMGPU_OK; i++) {
        struct ag_mirror *m = held(g, i, BY_MIRROR);
        if (m != NULL && (list[i].launches & IN_SLICE) != 0)
            error = ag_mirror_to_device(g, m);
    }
    return error;
}

void ag_buffers_device_wrote(struct armgpu *g)
{
    for (int i = 0; i < AG_ARGUMENT_COUNT; i++) {
        struct ag_mirror *m = held(g, i, BY_MIRROR);
        if (m != NULL && (list[i].launches & IN_SLICE) != 0 &&
            list[i].is_written)
            ag_mirror_device_wrote(m);
    }
}

void ag_buffers_close(struct armgpu *g)
{
    for (int i = 0; i < AG_ARGUMENT_COUNT; i++) {
        struct ag_mirror *m = held(g, i, BY_MIRROR);
        ag_buffer **b = held(g, i, BY_BUFFER);
        if (m != NULL)
            ag_mirror_close(g, m);
        if (b != NULL)
            g->backend->release(g->device, *b);
    }
}
