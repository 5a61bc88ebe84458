/* Opening and closing: a backend is chosen, sizes are checked, buffers made. */
#include "base/sized.h"
#include "core/engine.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where lanes run in waves: for each that executes at one time, and at least. */
#define WAVE_FACTOR 8
#define MIN_WAVE 4096
/* On the host more than fit the caches run slower, and so do lanes that must be
   restored in large pieces (docs/performance.md, "Private memory, waves"). */
#define HOST_WAVE_FACTOR 512
#define LEAST_HOST_WAVE_FACTOR 128
#define HOST_WAVE_BYTES (UINT64_C(256) << 20)
/* Of a device's memory lanes take at most 9 tenths, of the host's a half. */
#define DEVICE_TENTHS 9
#define HOST_TENTHS 5
#define MAX_SLICE (UINT64_C(1) << 20) /* lanes the host lists at a time */

const char *armgpu_version(void)
{
    return ARMGPU_VERSION;
}

static const struct ag_backend *find_backend(const char *name)
{
    for (int i = 0; ag_backends[i] != NULL; i++)
        if (strcmp(ag_backends[i]->name, name) == 0)
            return ag_backends[i];
    return NULL;
}

static int32_t unknown_backend(struct armgpu *g, const char *name)
{
    char names[128] = "auto";
    for (int i = 0; ag_backends[i] != NULL; i++) {
        size_t used = strlen(names);
        snprintf(names + used, sizeof names - used, ", %s",
                 ag_backends[i]->name);
    }
    return ag_fail(g, ARMGPU_ERROR_BACKEND,
                   "backend '%s' is not in this build, which has %s", name,
                   names);
}

/* The first usable GPU that a backend lists; false if it has none. */
static bool find_gpu(const struct ag_backend *backend, uint32_t *index)
{
    armgpu_device devices[16];
    uint32_t n = backend->list(devices, 16);
    for (uint32_t i = 0; i < n && i < 16; i++)
        if (devices[i].usable && devices[i].is_gpu) {
            *index = devices[i].index;
            return true;
        }
    return false;
}

static int32_t open_device(struct armgpu *g, const armgpu_options *o,
                           uint32_t index)
{
    bool is_part = g->is_private && o->resident != 0 && o->resident < o->lanes;
    g->layout = !g->is_private           ? AG_LAYOUT_SHARED
                : o->private_layout != 0 ? o->private_layout
                : o->lanes < g->backend->interleaved_lanes
                    ? AG_LAYOUT_LINEAR
                    : g->backend->private_layout;
    struct ag_device_options options = {.index = index,
                                        .threads = o->threads,
                                        .layout = g->layout,
                                        .marks = is_part || g->has_waves,
                                        .lanes = is_part ? o->resident
                                                         : o->lanes};
    g->device_index = index;
    g->has_marks = g->is_private &&
                   (g->backend == &ag_backend_cpu || options.marks);
    return g->backend->open(&g->device, &options, &g->info, g->message);
}

/* A GPU pays from some number of lanes on; where one was there but could not be
   opened, the reason says why. */
static int32_t open_best(struct armgpu *g, const armgpu_options *o)
{
    char failed[AG_MESSAGE_BYTES] = "";
    uint64_t fewest = UINT64_MAX; /* lanes that would have a GPU tried */
    uint32_t index;
    for (int i = 0; ag_backends[i] != &ag_backend_cpu; i++) {
        uint64_t needed = ag_backends[i]->auto_lanes;
        fewest = needed < fewest ? needed : fewest;
        if (o->lanes < needed || !find_gpu(ag_backends[i], &index))
            continue;
        g->backend = ag_backends[i];
        if (open_device(g, o, index) == ARMGPU_OK) {
            snprintf(g->reason, sizeof g->reason,
                     "a GPU is there, and lanes are %" PRIu64 " or more",
                     needed);
            return ARMGPU_OK;
        }
        snprintf(failed, sizeof failed, "%s", g->message);
    }
    g->message[0] = '\0';
    g->backend = &ag_backend_cpu;
    if (failed[0] != '\0')
        snprintf(g->reason, sizeof g->reason, "%.250s", failed);
    else if (o->lanes < fewest)
        snprintf(g->reason, sizeof g->reason,
                 "fewer than %" PRIu64 " lanes run faster there", fewest);
    else
        snprintf(g->reason, sizeof g->reason, "no GPU was found");
    return open_device(g, o, 0);
}

static int32_t choose_backend(struct armgpu *g, const armgpu_options *o)
{
    bool is_auto = o->backend == NULL || strcmp(o->backend, "auto") == 0;
    if (is_auto && o->device != 0)
        return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                       "device %" PRIu32 " needs a backend: each backend counts "
                       "its own", o->device);
    if (is_auto)
        return open_best(g, o);
    g->backend = find_backend(o->backend);
    return g->backend == NULL ? unknown_backend(g, o->backend)
                              : open_device(g, o, o->device);
}

/* What a slot takes: memory, state, its place in lists. */
static uint64_t slot_bytes(const struct armgpu *g)
{
    return g->memory_stride + AG_STATE_BYTES_PER_LANE + 4 * sizeof(uint32_t) +
           sizeof(ag_lane_request);
}

static uint64_t host_wave_factor(const struct armgpu *g)
{
    uint64_t factor = HOST_WAVE_BYTES / g->memory_size;
    return factor > HOST_WAVE_FACTOR         ? HOST_WAVE_FACTOR
           : factor < LEAST_HOST_WAVE_FACTOR ? LEAST_HOST_WAVE_FACTOR
                                             : factor;
}

/* Lanes that are resident where not all can be. */
static uint64_t wave_lanes(const struct armgpu *g, bool is_host)
{
    uint64_t memory = g->info.memory_bytes / 10 *
                      (is_host ? HOST_TENTHS : DEVICE_TENTHS);
    uint64_t most = memory / slot_bytes(g);
    uint64_t useful = (uint64_t)g->info.workers *
                      (is_host ? host_wave_factor(g) : WAVE_FACTOR);
    if (g->info.buffer_bytes != 0 &&
        most > g->info.buffer_bytes / g->memory_stride)
        most = g->info.buffer_bytes / g->memory_stride;
    if (!is_host && useful < MIN_WAVE)
        useful = MIN_WAVE;
    if (most > useful)
        most = useful;
    return most > AG_BLOCK ? most / AG_BLOCK * AG_BLOCK : most;
}

static bool do_all_fit(const struct armgpu *g, bool is_host)
{
    uint64_t blocks = g->num_lanes / AG_BLOCK + 1;
    uint64_t memory = g->info.memory_bytes;
    if (!is_host) /* the host's is taken only as it is touched */
        memory = memory / 10 * DEVICE_TENTHS;
    if (g->num_lanes > AG_MAX_RESIDENT)
        return false;
    if (g->info.buffer_bytes != 0 &&
        blocks * AG_BLOCK > g->info.buffer_bytes / g->memory_stride)
        return false;
    return g->info.memory_bytes == 0 ||
           g->num_lanes <= memory / slot_bytes(g);
}

/* The resident lanes, in whole blocks. */
static uint64_t block_lanes(const struct armgpu *g)
{
    return (g->resident + AG_BLOCK - 1) / AG_BLOCK * AG_BLOCK;
}

/* Private memory: how many lanes are on the device at one time. */
static void choose_resident(struct armgpu *g, const armgpu_options *o)
{
    bool is_host = g->backend == &ag_backend_cpu;
    bool is_fast = o->resident == ARMGPU_RESIDENT_FAST;
    uint64_t most = is_fast ? 0 : o->resident;
    if (!g->is_private)
        return;
    if (most == 0 && !do_all_fit(g, is_host))
        most = wave_lanes(g, is_host);
    else if (is_fast && is_host)
        most = g->info.workers * host_wave_factor(g);
    if (most != 0 && most < g->num_lanes)
        g->resident = most;
    g->has_waves = g->resident < g->num_lanes;
    /* Interleaved, a few lanes take what a whole block does. */
    if (is_host && o->private_layout == 0 && g->info.memory_bytes != 0 &&
        block_lanes(g) > g->info.memory_bytes / g->memory_stride)
        g->layout = AG_LAYOUT_LINEAR;
}

/* That lanes run in waves is known once the device's memory is: kernels that
   do not mark what lanes change are left for such that do. */
static int32_t open_for_waves(struct armgpu *g, const armgpu_options *o)
{
    uint32_t layout = g->layout;
    if (!g->has_waves || g->has_marks)
        return ARMGPU_OK;
    g->backend->close(g->device);
    g->device = NULL;
    int32_t error = open_device(g, o, g->device_index);
    g->layout = layout;
    return error;
}

/* Memory of the library's choice leaves half the device's to others. */
static int32_t check_stacks(struct armgpu *g)
{
    char have_text[32], why[192];
    uint64_t memory = g->info.memory_bytes, buffer = g->info.buffer_bytes;
    if (memory != 0 && g->memory_size > memory / 2)
        snprintf(why, sizeof why, "more than half of the %s that %s has",
                 ag_format_bytes(memory, have_text), g->info.name);
    else if (buffer != 0 && g->memory_size > buffer)
        snprintf(why, sizeof why, "and %s has %s for one buffer", g->info.name,
                 ag_format_bytes(buffer, have_text));
    else
        return ARMGPU_OK;
    return ag_refuse_stacks(g, why);
}

/* Refuses sizes that cannot work before the system is asked for them. */
static int32_t check_device_memory(struct armgpu *g)
{
    char need_text[32], have_text[32];
    uint64_t copies = g->is_private ? g->resident : 1;
    uint64_t stride = g->is_private ? g->memory_stride : g->memory_size;
    uint64_t state = (g->resident + AG_BLOCK) * AG_STATE_BYTES_PER_LANE;
    uint64_t need = state + (stride > UINT64_MAX / 2 / copies
                                 ? UINT64_MAX / 2 : stride * copies);
    if (g->info.memory_bytes == 0 || need <= g->info.memory_bytes)
        return ARMGPU_OK;
    return ag_fail(g, ARMGPU_ERROR_MEMORY,
                   "%" PRIu64 " lanes need %s of memory and %s has %s: use "
                   "fewer lanes or less memory", g->resident,
                   ag_format_bytes(need, need_text), g->info.name,
                   ag_format_bytes(g->info.memory_bytes, have_text));
}

/* The CPU's slices list a few lanes; a GPU lists all live ones, and what they
   ask for. */
static int32_t open_lists(struct armgpu *g)
{
    bool by_host = ag_host_lists_lanes(g);
    uint64_t most = by_host && g->resident > MAX_SLICE ? MAX_SLICE
                                                       : g->resident;
    int32_t error = ag_mirror_open(g, &g->lists[0], most * sizeof(uint32_t),
                                   "the list of lanes");
    if (error != ARMGPU_OK || by_host)
        return error;
    error = ag_mirror_open(g, &g->lists[1], most * sizeof(uint32_t),
                           "the list of lanes");
    if (error != ARMGPU_OK)
        return error;
    g->requests = g->backend->alloc(g->device, most * sizeof(ag_lane_request));
    return g->requests != NULL
               ? ARMGPU_OK
               : ag_fail(g, ARMGPU_ERROR_MEMORY, "%s",
                         g->backend->message(g->device));
}

static int32_t open_memory(struct armgpu *g)
{
    uint64_t bytes = g->memory_size;
    char text[32];
    if (g->layout == AG_LAYOUT_LINEAR)
        bytes = g->memory_stride * g->resident;
    if (g->layout == AG_LAYOUT_INTERLEAVED)
        bytes = g->memory_stride * block_lanes(g);
    g->memory = g->backend->alloc(g->device, bytes);
    g->served = g->backend->alloc(g->device, g->resident * sizeof(uint32_t));
    g->live = calloc((size_t)g->resident, sizeof *g->live);
    g->turned = calloc((size_t)g->resident, sizeof *g->turned);
    if (g->memory != NULL && g->served != NULL && g->live != NULL &&
        g->turned != NULL)
        return ARMGPU_OK;
    return ag_fail(g, ARMGPU_ERROR_MEMORY,
                   "%s has no %s for the memory of %" PRIu64
                   " lanes: use fewer lanes or less memory", g->info.name,
                   ag_format_bytes(bytes, text), g->resident);
}

static int32_t open_buffers(struct armgpu *g)
{
    int32_t error = ag_mirror_open(g, &g->state,
                                   block_lanes(g) * AG_STATE_BYTES_PER_LANE,
                                   "the lanes' registers");
    if (error == ARMGPU_OK)
        error = ag_mirror_open(g, &g->control,
                               AG_CONTROL_WORDS * sizeof(uint32_t), "control");
    if (error == ARMGPU_OK)
        error = open_lists(g);
    if (error == ARMGPU_OK)
        error = ag_code_open(g);
    if (error == ARMGPU_OK)
        error = open_memory(g);
    if (error == ARMGPU_OK)
        error = ag_start_open(g);
    if (error == ARMGPU_OK)
        error = ag_slots_open(g);
    return error != ARMGPU_OK ? error : ag_serve_begin_all(g, 0);
}

int32_t armgpu_open(armgpu **out, const armgpu_options *options)
{
    armgpu *g = *out = calloc(1, sizeof *g);
    if (g == NULL)
        return ARMGPU_ERROR_MEMORY;
    armgpu_options o;
    int32_t error = ag_take_options(g, options, &o);
    if (error != ARMGPU_OK)
        return error;
    error = choose_backend(g, &o);
    if (error == ARMGPU_OK && !g->is_private && o.memory_size == 0)
        error = check_stacks(g);
    if (error == ARMGPU_OK) {
        choose_resident(g, &o);
        error = check_device_memory(g);
    }
    if (error == ARMGPU_OK)
        error = open_for_waves(g, &o);
    return error != ARMGPU_OK ? error : open_buffers(g);
}

void armgpu_close(armgpu *g)
{
    if (g == NULL)
        return;
    if (g->device != NULL) {
        ag_mirror_close(g, &g->state);
        ag_mirror_close(g, &g->control);
        ag_mirror_close(g, &g->lists[0]);
        ag_mirror_close(g, &g->lists[1]);
        ag_code_close(g);
        ag_start_close(g);
        g->backend->release(g->device, g->served);
        g->backend->release(g->device, g->staging);
        g->backend->release(g->device, g->tally);
        g->backend->release(g->device, g->requests);
        g->backend->release(g->device, g->memory);
        g->backend->close(g->device);
    }
    ag_images_close(g);
    ag_slots_close(g);
    free(g->part.has);
    free(g->part.slots);
    free(g->turned);
    free(g->vectors);
    free(g->live);
    free(g);
}

uint64_t armgpu_get_num_lanes(const armgpu *g)
{
    return g->num_lanes;
}

uint64_t armgpu_get_num_resident(const armgpu *g)
{
    return g->resident;
}

uint64_t armgpu_get_memory_size(const armgpu *g)
{
    return g->memory_size;
}

uint64_t armgpu_get_stack_size(const armgpu *g)
{
    return g->is_private ? 0 : g->stack_size;
}

const char *armgpu_get_backend(const armgpu *g)
{
    return g->backend == NULL ? "" : g->backend->name;
}

const char *armgpu_get_device(const armgpu *g)
{
    return g->info.name;
}

const char *armgpu_get_backend_reason(const armgpu *g)
{
    return g->reason;
}

double armgpu_get_compile_seconds(const armgpu *g)
{
    return g->info.compile_seconds;
}

const char *armgpu_get_warning(const armgpu *g)
{
    return g->warning;
}

struct inspection {
    armgpu_line_fn line;
    void *user;
};

static void pass_line(void *user, const char *line)
{
    const struct inspection *i = user;
    if (i->line != NULL)
        i->line(i->user, line);
}

int64_t armgpu_inspect_device(armgpu *g, armgpu_line_fn line, void *user)
{
    struct inspection i = {line, user};
    return g->backend->inspect == NULL
               ? 0
               : g->backend->inspect(g->device, pass_line, &i);
}

static uint64_t list_all(armgpu_device *out, uint64_t n)
{
    uint64_t count = 0;
    for (int i = 0; ag_backends[i] != NULL; i++) {
        uint64_t room = count < n ? n - count : 0;
        count += ag_backends[i]->list(out == NULL ? NULL : out + count,
                                      room > UINT32_MAX ? UINT32_MAX
                                                        : (uint32_t)room);
    }
    return count;
}

/* Ours are described, then copied to where the caller's are. */
uint64_t armgpu_list_devices(armgpu_device *out, uint64_t n)
{
    uint64_t size = n == 0 || out == NULL ? 0 : out->size, count;
    armgpu_device *all =
        size < sizeof size ? NULL : calloc((size_t)n, sizeof *all);
    if (all == NULL)
        return list_all(NULL, 0);
    count = list_all(all, n);
    for (uint64_t i = 0; i < n && i < count; i++)
        ag_give_sized((char *)out + i * size, size, &all[i], sizeof all[i]);
    free(all);
    return count;
}
