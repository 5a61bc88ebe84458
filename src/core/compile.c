/*
 * A region's text, made into a module: at once, or in a thread beside the run.
 * The thread has all it needs in struct ag_compile, and a builder of the
 * device, which it alone uses; the handle looks at nothing of it but `is_over`
 * until that is set.
 */
#define _POSIX_C_SOURCE 200809L
#include "core/regions.h"

#include "base/clock.h"
#include "base/environment.h"
#include "base/float_environment.h"
#include "base/hash.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STACK_BYTES (16 << 20) /* compilers recurse */
#define HUNG_SECONDS 10

struct ag_compile {
    const struct ag_backend *backend;
    struct ag_region region;
    char *text;
    size_t length;
    char *together; /* for lanes that execute together; NULL: they do not */
    size_t together_length;
    bool awaits_together; /* lanes wait for what is compiled, and so for it */
    char defines[AG_DEFINES_BYTES];
    ag_device *device;  /* that builds it */
    char **environment; /* the handle's */
    pthread_t thread;
    bool has_thread;
    double began;
    int is_over; /* atomic */
    /* What came of it. */
    ag_module *module;
    const ag_kernel *kernel;
    struct ag_module_info info;
    char message[AG_MESSAGE_BYTES];
};

/* So many lanes are looked at. */
#define MOST_ALIKE 64

/* Of these registers those that a lane holds as the first one does. */
static uint64_t as_first(uint64_t *state, uint64_t slot, uint64_t rows)
{
    for (uint32_t i = 0; i < 32; i++)
        if (*ag_lane_row(state, slot, AG_STATE_X0 + i) !=
            *ag_lane_row(state, 0, AG_STATE_X0 + i))
            rows &= ~(UINT64_C(1) << i);
    if (*ag_lane_row(state, slot, AG_STATE_NZCV) !=
        *ag_lane_row(state, 0, AG_STATE_NZCV))
        rows &= ~AG_USE_FLAGS;
    return rows;
}

int32_t ag_compile_look(struct armgpu *g)
{
    struct ag_regions *r = &g->regions;
    const uint64_t n = g->resident < MOST_ALIKE ? g->resident : MOST_ALIKE;
    if (!r->is_wanted || g->info.together == 0 || r->has_seen_alike)
        return ARMGPU_OK;
    uint64_t *state = ag_mirror_read(g, &g->state);
    if (state == NULL)
        return ARMGPU_ERROR_DEVICE;
    r->alike = AG_USE_FLAGS | UINT32_MAX;
    for (uint64_t slot = 1; slot < n; slot++)
        r->alike = as_first(state, slot, r->alike);
    r->has_seen_alike = true;
    return ARMGPU_OK;
}

/* Of what executes lanes together, for so many. */
static bool make_together(struct armgpu *g, struct ag_compile *c)
{
    if (g->backend->together_source == NULL || g->info.together == 0 ||
        g->resident < g->info.together)
        return true;
    ag_region_find_alike(&c->region, ag_program_begin(g), g->regions.alike);
    c->together = ag_region_text(g->backend->together_source, &c->region,
                                 ag_region_emit_together, &c->together_length);
    return c->together != NULL;
}

struct ag_compile *ag_compile_new(struct armgpu *g, struct ag_region *r)
{
    struct ag_compile *c = calloc(1, sizeof *c);
    if (c == NULL) {
        ag_region_close(r);
        return NULL;
    }
    c->backend = g->backend;
    c->awaits_together = !g->regions.is_auto;
    c->region = *r;
    memset(r, 0, sizeof *r);
    ag_region_defines(g, &c->region, c->defines);
    c->text = ag_region_text(g->backend->region_source, &c->region,
                             ag_region_emit, &c->length);
    if (c->text != NULL && make_together(g, c))
        return c;
    ag_compile_close(g, c);
    return NULL;
}

static struct ag_kernel_source source_of(const char *text, size_t length)
{
    return (struct ag_kernel_source){
        text, length, text != NULL ? ag_hash(AG_HASH_START, text, length) : 0};
}

static void build(struct ag_compile *c)
{
    const struct ag_kernel_source source = source_of(c->text, c->length),
                                  together = source_of(c->together,
                                                       c->together_length);
    struct ag_module_kernel kernel = {.name = "ag_translated"};
    const struct ag_module_options options = {
        .source = &source,
        .together = c->together != NULL ? &together : NULL,
        .awaits_together = c->awaits_together,
        .defines = c->defines,
        .kernels = &kernel,
        .count = 1,
        .keeps_refused = 1,
        .is_region = 1};
    struct ag_host_float caller = ag_host_float_enter();
    if (c->backend->build(c->device, &c->module, &options, &c->info) ==
        ARMGPU_OK)
        c->kernel = kernel.kernel;
    else
        snprintf(c->message, sizeof c->message, "%s",
                 c->backend->message(c->device));
    ag_host_float_leave(caller);
    __atomic_store_n(&c->is_over, 1, __ATOMIC_RELEASE);
}

void ag_compile_run(struct armgpu *g, struct ag_compile *c)
{
    c->device = g->device;
    build(c);
}

/* -- Beside the run -------------------------------------------------------- */

static void *build_beside(void *user)
{
    struct ag_compile *c = user;
    ag_environment_use(c->environment);
    build(c);
    return NULL;
}

/* Signals are the caller's threads'. */
static bool start_thread(struct ag_compile *c)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    if (pthread_attr_init(&attributes) != 0)
        return false;
    (void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    c->has_thread =
        pthread_create(&c->thread, &attributes, build_beside, c) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return c->has_thread;
}

void ag_compile_start(struct armgpu *g, struct ag_compile *c)
{
    struct ag_regions *r = &g->regions;
    c->began = ag_now();
    if (r->builder == NULL &&
        g->backend->open_builder(g->device, &r->builder) != ARMGPU_OK)
        snprintf(c->message, sizeof c->message, "%s",
                 g->backend->message(g->device));
    c->device = r->builder;
    c->environment = g->environment;
    if (c->device != NULL && start_thread(c))
        return;
    if (c->device != NULL)
        snprintf(c->message, sizeof c->message, "no thread can be started");
    c->is_over = 1;
}

bool ag_compile_is_over(const struct ag_compile *c)
{
    return __atomic_load_n(&c->is_over, __ATOMIC_ACQUIRE) != 0;
}

double ag_compile_age(const struct ag_compile *c)
{
    return ag_now() - c->began;
}

const ag_kernel *ag_compile_kernel(const struct ag_compile *c)
{
    return c->kernel;
}

const char *ag_compile_message(const struct ag_compile *c)
{
    return c->message;
}

const struct ag_module_info *ag_compile_info(const struct ag_compile *c)
{
    return &c->info;
}

void ag_compile_tell(const struct ag_compile *c, armgpu_translation *out)
{
    out->together = c->info.together;
    memcpy(out->apart, c->info.apart, sizeof out->apart);
    out->failed = out->failed || c->info.apart[0] != '\0';
    if (out->refused[0] == '\0')
        memcpy(out->refused, c->info.refused, sizeof out->refused);
}

const struct ag_region *ag_compile_region(const struct ag_compile *c)
{
    return &c->region;
}

/* A driver whose device failed may never come back: then what it uses is left
   to it, and to the end of the process. */
static bool is_stuck(const struct armgpu *g, const struct ag_compile *c)
{
    const struct timespec nap = {0, 20000000};
    const double end = ag_now() + HUNG_SECONDS;
    while (g->has_failed && !ag_compile_is_over(c)) {
        if (ag_now() > end)
            return true;
        nanosleep(&nap, NULL);
    }
    return false;
}

void ag_compile_close(struct armgpu *g, struct ag_compile *c)
{
    if (c == NULL)
        return;
    if (c->has_thread && !ag_compile_is_over(c) && c->backend->give_up != NULL)
        c->backend->give_up(c->device);
    if (c->has_thread && is_stuck(g, c)) {
        pthread_detach(c->thread);
        g->regions.builder = NULL;
        g->environment = NULL;
        return;
    }
    if (c->has_thread)
        pthread_join(c->thread, NULL);
    if (c->module != NULL)
        g->backend->unload(g->device, c->module);
    ag_region_close(&c->region);
    free(c->text);
    free(c->together);
    free(c);
}
