/* Handles that must agree: opening them, comparing what they answer. */
#define _POSIX_C_SOURCE 200809L
#include "api.h"
#include "targets.h"

#include <inttypes.h>
#include <stdarg.h>

#define CPU_TARGETS 4 /* the first of them */

void api_find_targets(void)
{
    find_targets();
}

/* -- Opening --------------------------------------------------------------- */

static uint64_t choose_resident(const struct api_sequence *s,
                                struct random_source *r)
{
    const uint64_t some[] = {0, 0, 1, 4, 4, 31, 32, 33, s->lanes - 1};
    uint64_t resident = some[random_below(r, LENGTH(some))];
    return s->is_private && resident < s->lanes ? resident : 0;
}

static void choose_options(const struct api_sequence *s,
                           struct random_source *r, armgpu_options *o)
{
    const struct target *t =
        &targets[random_below(r, s->with_gpus ? target_count : CPU_TARGETS)];
    o->backend = t->backend;
    o->threads = t->threads;
    o->private_layout = t->layout;
    o->spread = t->spread;
    o->device = t < targets + CPU_TARGETS && random_one_in(r, 3);
    o->resident = choose_resident(s, r);
}

static void open_handle(struct api_sequence *s, const armgpu_options *o)
{
    struct api_handle *h = &s->handles[s->num_handles++];
    memset(h, 0, sizeof *h);
    h->sequence = s;
    if (armgpu_open(&h->g, o) != ARMGPU_OK)
        fail_msg("%s: %s", o->backend, armgpu_error_message(h->g));
    h->resident = armgpu_get_num_resident(h->g);
    h->has_waves = h->resident < s->lanes;
    if (h->has_waves && h->resident < s->least_resident)
        s->least_resident = h->resident;
    s->has_waves = s->has_waves || h->has_waves;
    snprintf(h->name, sizeof h->name,
             "%s %" PRIu32 ", %" PRIu32 " threads, layout %" PRIu32
             ", %" PRIu64 " resident", o->backend, o->device, o->threads,
             o->private_layout, h->resident);
    api_told(s, "%s", h->name);
}

static void choose_sequence(struct api_sequence *s, struct random_source *r)
{
    static const uint32_t sizes[] = {0x4400, 0x5000, 0x8000};
    s->with_gpus = random_one_in(r, 5);
    s->is_private = !random_one_in(r, 4);
    s->is_wild = s->is_private && random_one_in(r, 3);
    s->lanes = random_one_in(r, 2) ? 33 + random_below(r, API_LANES - 32)
                                   : 1 + random_below(r, API_LANES);
    s->memory = s->is_private ? sizes[random_below(r, LENGTH(sizes))] : 0x10000;
    s->least_resident = s->lanes;
    s->num_programs = 1;
}

void api_open(struct api_sequence *s, uint64_t seed, uint64_t number,
              uint32_t wanted)
{
    struct random_source r = random_for(seed, 1, number);
    armgpu_options o;
    memset(s, 0, sizeof *s);
    s->seed = seed;
    s->number = number;
    choose_sequence(s, &r);
    api_told(s, "sequence %" PRIu64 ": %" PRIu64 " lanes, %s%s memory of 0x%"
             PRIx64 " bytes", number, s->lanes, s->is_wild ? "wild, " : "",
             s->is_private ? "private" : "shared", s->memory);
    armgpu_options_init(&o);
    o.lanes = s->lanes;
    o.memory_size = s->memory;
    o.memory_mode = s->is_private ? ARMGPU_MEMORY_PRIVATE
                                  : ARMGPU_MEMORY_SHARED;
    o.backend = "cpu";
    o.device = o.threads = o.private_layout = 1;
    open_handle(s, &o);
    s->favourite = random_next(&r);
    unsigned n = 3 + random_below(&r, API_HANDLES - 2);
    for (unsigned i = 1; i < n; i++) {
        choose_options(s, &r, &o);
        if ((wanted >> i & 1) != 0)
            open_handle(s, &o);
    }
    s->favourite %= s->least_resident;
}

void api_close(struct api_sequence *s)
{
    API_EACH(s, h)
        armgpu_close(h->g);
    s->num_handles = 0;
}

/* -- Telling --------------------------------------------------------------- */

void api_told(struct api_sequence *s, const char *format, ...)
{
    size_t room = sizeof s->calls - s->calls_length;
    char *line = s->calls + s->calls_length;
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(line, room, format, arguments);
    va_end(arguments);
    if (n < 0 || (size_t)n + 2 > room)
        return;
    memcpy(line + n, "\n", 2);
    s->calls_length += (size_t)n + 1;
    if (getenv("CALLS") != NULL) {
        fputs(line, stderr);
        fflush(stderr);
    }
}

void api_differ(struct api_sequence *s, const struct api_handle *h,
                const char *format, ...)
{
    if (s->difference[0] != '\0')
        return;
    int n = snprintf(s->difference, sizeof s->difference, "%s: ", h->name);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(s->difference + n, sizeof s->difference - (size_t)n, format,
              arguments);
    va_end(arguments);
}

/* -- Comparing ------------------------------------------------------------- */

static bool is_there(const struct api_sequence *s, const struct api_handle *h,
                     struct api_lanes at)
{
    if (!h->has_waves || at.n == 0)
        return true;
    return s->phase != API_RUN && at.n <= h->resident &&
           at.first <= h->resident - at.n;
}

/* Whether lanes are there is asked before or after what else is wrong. */
bool api_answer(struct api_sequence *s, struct api_handle *h,
                struct api_lanes at, int32_t code)
{
    if (h == s->handles)
        s->code = code;
    if (is_there(s, h, at) ? code == s->code
                           : code == ARMGPU_ERROR_NOT_RESIDENT ||
                                 (code == s->code && code != ARMGPU_OK))
        return code == ARMGPU_OK;
    api_differ(s, h, "%s '%s', %s says %s%s", armgpu_error_name(code),
               armgpu_error_message(h->g), s->handles->name,
               armgpu_error_name(s->code),
               is_there(s, h, at) ? "" : ", the lanes not being there");
    return false;
}

void *api_room(struct api_sequence *s, const struct api_handle *h)
{
    uint8_t *room = h == s->handles ? s->expected : s->found;
    memset(room, 0xa5, API_ROOM);
    return room;
}

void api_compare(struct api_sequence *s, const struct api_handle *h,
                 const char *what, const void *expected, const void *found,
                 size_t size, size_t n)
{
    const uint8_t *a = expected, *b = found;
    size_t at = 0;
    if (h == s->handles || memcmp(a, b, size * n) == 0)
        return;
    while (a[at] == b[at])
        at++;
    uint64_t words[2] = {0};
    size_t aligned = at / 8 * 8;
    size_t bytes = size * n - aligned < 8 ? size * n - aligned : 8;
    memcpy(&words[0], a + aligned, bytes);
    memcpy(&words[1], b + aligned, bytes);
    api_differ(s, h, "%s: number %zu differs at byte %zu: 0x%" PRIx64
               ", not 0x%" PRIx64, what, at / size, aligned - at / size * size,
               words[1], words[0]);
}

/* Stops whose code the header says something about. */
static bool has_code(uint32_t reason)
{
    static const char *const codes[] = {
#define ARMGPU_X(name, value, text, pc, code, traits, colour) [value] = (code),
        ARMGPU_STOPS(ARMGPU_X)
#undef ARMGPU_X
    };
    return reason < LENGTH(codes) && strcmp(codes[reason], "-") != 0;
}

void api_clean_result(armgpu_lane_result *result)
{
    uint32_t reason = result->stop_reason;
    result->reserved = 0;
    if (!has_code(reason))
        result->stop_code = 0;
    if (reason != ARMGPU_STOP_DATA_FAULT &&
        reason != ARMGPU_STOP_ALIGNMENT_FAULT)
        result->access = result->access_size = 0;
}

void api_clean_state(armgpu_state *state)
{
    if (state->monitor_size != 0)
        return;
    state->monitor_address = 0;
    memset(state->monitor_value, 0, sizeof state->monitor_value);
}
