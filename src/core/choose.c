/*
 * Which device a handle takes, and how many of its lanes are there at one time.
 * Where the user named no backend they are asked in the order of their list; the
 * last, the CPU, takes what no other can. Sizes are checked before anybody is
 * asked for memory.
 */
#include "core/engine.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Where lanes run in waves: for each that executes at one time; at least. */
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

/* -- Devices --------------------------------------------------------------- */

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

/* How own memory lies, in the window of a program if there is one; devices are
   where no window is. */
static void set_layout(struct armgpu *g, uint32_t layout)
{
    g->layout = g->program != NULL || g->mmio.count != 0
                    ? AG_LAYOUT_IN_WINDOW(layout)
                    : layout;
}

/* How lanes' own memory lies, if nobody says so. */
static uint32_t own_layout(const struct armgpu *g)
{
    const struct ag_backend *b = g->backend;
    const bool is_for_regions = g->regions.is_wanted && !g->regions.is_auto;
    return is_for_regions && b->region_layout != 0 ? b->region_layout
           : g->num_lanes < b->interleaved_lanes         ? AG_LAYOUT_LINEAR
                                                 : b->private_layout;
}

static int32_t open_device(struct armgpu *g, const armgpu_options *o,
                           uint32_t index)
{
    bool is_part = o->resident != 0 && o->resident < g->num_lanes;
    struct ag_device_options options = {.index = index,
                                        .helper = o->helper,
                                        .threads = o->threads,
                                        .soft_float = g->soft_float,
                                        .lanes = g->is_private && is_part
                                                     ? o->resident
                                                     : g->num_lanes};
    set_layout(g, !g->is_private           ? AG_LAYOUT_SHARED
                  : o->private_layout != 0 ? o->private_layout
                                           : own_layout(g));
    return g->backend->open(&g->device, &options, &g->info, g->message);
}

void ag_choose_close(struct armgpu *g)
{
    if (g->device == NULL)
        return;
    ag_module_close(g);
    g->backend->close(g->device);
    g->device = NULL;
}

/* -- Sizes ----------------------------------------------------------------- */

/* Of a slot whose lanes are processes, or call a function. */
static uint64_t program_bytes(const struct armgpu *g)
{
    uint64_t bytes = 0;
    if (g->has_planes[AG_PLANE_LINUX])
        bytes += AG_LINUX_ROWS * sizeof(uint64_t) + g->calls.output_bytes;
    if (g->has_planes[AG_PLANE_FUNCTION])
        bytes += AG_FUNCTION_ROWS * sizeof(uint64_t);
    return bytes;
}

/* What a slot takes: memory, state, its place in lists. */
static uint64_t slot_bytes(const struct armgpu *g)
{
    return g->memory_stride + AG_MOST_STATE_BYTES + program_bytes(g) +
           4 * sizeof(uint32_t) + sizeof(ag_lane_request);
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
    uint64_t useful = (uint64_t)g->kernels[AG_KERNEL_SLICE].workers *
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

/* What choose_resident() will find, as far as it can be said before there is a
   kernel: false only if there will be no waves. */
static bool may_have_waves(const struct armgpu *g, const armgpu_options *o)
{
    if (o->resident != 0 && o->resident != ARMGPU_RESIDENT_FAST)
        return o->resident < g->num_lanes;
    return !do_all_fit(g, ag_host_lists_lanes(g));
}

/* Private memory: how many lanes are on the device at one time. */
static void choose_resident(struct armgpu *g, const armgpu_options *o)
{
    bool is_host = ag_host_lists_lanes(g);
    bool is_fast = o->resident == ARMGPU_RESIDENT_FAST;
    uint64_t most = is_fast ? 0 : o->resident;
    if (!g->is_private)
        return;
    if (most == 0 && !do_all_fit(g, is_host))
        most = wave_lanes(g, is_host);
    else if (is_fast && is_host)
        most = g->kernels[AG_KERNEL_SLICE].workers * host_wave_factor(g);
    if (g->num_lanes > AG_MAX_RESIDENT &&
        (most == 0 || most > AG_MAX_RESIDENT)) /* memory is plenty, or unknown */
        most = AG_MAX_RESIDENT;
    if (most != 0 && most < g->num_lanes)
        g->resident = most;
    g->has_waves = g->resident < g->num_lanes;
    /* Interleaved, a few lanes take what a whole block does. */
    if (is_host && o->private_layout == 0 && g->info.memory_bytes != 0 &&
        ag_block_lanes(g) > g->info.memory_bytes / g->memory_stride)
        set_layout(g, AG_LAYOUT_LINEAR);
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
    uint64_t state =
        (g->resident + AG_BLOCK) * (AG_MOST_STATE_BYTES + program_bytes(g));
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

/* Whether the device has room for what was asked for; if so, how many lanes are
   on it at one time. */
static int32_t fit(struct armgpu *g, const armgpu_options *o)
{
    int32_t error = ARMGPU_OK;
    if (!g->is_private && o->memory_size == 0)
        error = check_stacks(g);
    if (error != ARMGPU_OK)
        return error;
    choose_resident(g, o);
    return check_device_memory(g);
}

/* Where slots may be used again stores mark what they change. The CPU's always
   do. */
static int32_t build_module(struct armgpu *g, const armgpu_options *o)
{
    g->has_marks =
        g->is_private && (ag_host_lists_lanes(g) || may_have_waves(g, o));
    ag_code_choose(g);
    return ag_module_open(g);
}

/* -- The choice ------------------------------------------------------------ */

/* Nothing that an earlier try found out is left. */
static int32_t take_device(struct armgpu *g, const armgpu_options *o,
                           uint32_t index)
{
    memset(&g->info, 0, sizeof g->info);
    memset(&g->module_info, 0, sizeof g->module_info);
    g->resident = g->num_lanes;
    g->has_waves = false;
    int32_t error = open_device(g, o, index);
    if (error == ARMGPU_OK)
        error = build_module(g, o);
    return error == ARMGPU_OK ? fit(g, o) : error;
}

/* A GPU pays from some number of lanes on; where one was there but could not be
   opened, or has no room for them, the reason says why. */
static int32_t open_best(struct armgpu *g, const armgpu_options *o)
{
    char failed[AG_MESSAGE_BYTES] = "";
    uint64_t fewest = UINT64_MAX; /* lanes that would have a GPU tried */
    uint32_t index;
    int i;
    for (i = 0; ag_backends[i + 1] != NULL; i++) {
        uint64_t needed = ag_backends[i]->auto_lanes;
        fewest = needed < fewest ? needed : fewest;
        if (g->num_lanes < needed || !find_gpu(ag_backends[i], &index))
            continue;
        g->backend = ag_backends[i];
        if (take_device(g, o, index) == ARMGPU_OK) {
            snprintf(g->reason, sizeof g->reason,
                     "a GPU is there, and lanes are %" PRIu64 " or more",
                     needed);
            return ARMGPU_OK;
        }
        snprintf(failed, sizeof failed, "%s", g->message);
        ag_choose_close(g);
    }
    g->message[0] = '\0';
    g->backend = ag_backends[i];
    g->gpu_refused = failed[0] != '\0';
    if (g->gpu_refused)
        snprintf(g->reason, sizeof g->reason, "%.250s", failed);
    else if (g->num_lanes < fewest)
        snprintf(g->reason, sizeof g->reason,
                 "fewer than %" PRIu64 " lanes run faster there", fewest);
    else
        snprintf(g->reason, sizeof g->reason, "no GPU was found");
    return take_device(g, o, 0);
}

int32_t ag_choose(struct armgpu *g, const armgpu_options *o)
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
                              : take_device(g, o, o->device);
}
