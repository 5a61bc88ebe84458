/* Queues, command buffers and compute encoders. Work is done at commit. */
#define _GNU_SOURCE 1
#include "standin.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define M id self, SEL selector __attribute__((unused))

static pthread_mutex_t gpu = PTHREAD_MUTEX_INITIALIZER;

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static id queue_commands(M)
{
    standin_object(self, QUEUE);
    if (standin_fails(WAY_nil_commands))
        return NULL;
    return standin_autorelease(standin_new(COMMANDS, self));
}

static id commands_encoder(M)
{
    struct object *c = standin_object(self, COMMANDS);
    if (c->status != STATUS_NEW)
        standin_broken("computeCommandEncoder after commit");
    if (c->open)
        standin_broken("computeCommandEncoder before the last one's "
                       "endEncoding");
    id o = standin_new(ENCODER, self);
    struct object *e = standin_object(o, ENCODER);
    e->open = c->open = 1;
    e->arguments = calloc(MAX_BUFFERS, sizeof *e->arguments);
    if (e->arguments == NULL)
        standin_broken("out of memory");
    return standin_autorelease(o);
}

/* ---- encoders */

static struct object *open_encoder(id o)
{
    struct object *e = standin_object(o, ENCODER);
    if (!e->open)
        standin_broken("an encoder is used after endEncoding");
    return e;
}

static struct argument *argument_at(struct object *encoder, NSUInteger index)
{
    if (index >= MAX_BUFFERS)
        standin_broken("buffer index %lu; the last is 30", index);
    struct argument *a = &encoder->arguments[index];
    if (a->buffer != NULL)
        standin_release(a->buffer);
    free(a->bytes);
    memset(a, 0, sizeof *a);
    return a;
}

static void encoder_pipeline(M, id pipeline)
{
    struct object *e = open_encoder(self);
    standin_object(pipeline, PIPELINE);
    standin_retain(pipeline);
    if (e->pipeline != NULL)
        standin_release(e->pipeline);
    e->pipeline = pipeline;
}

static void encoder_buffer(M, id buffer, NSUInteger offset, NSUInteger index)
{
    struct argument *a = argument_at(open_encoder(self), index);
    if (buffer == NULL)
        return;
    struct object *b = standin_object(buffer, BUFFER);
    if (offset >= b->length || offset % 4 != 0)
        standin_broken("offset %lu in a buffer of %lu bytes", offset,
                       b->length);
    *a = (struct argument){
        .buffer = standin_retain(buffer),
        .offset = offset,
        .length = b->length - offset,
    };
}

static unsigned char *copy_of(const void *bytes, NSUInteger length)
{
    unsigned char *copy = malloc(length);
    if (copy == NULL)
        standin_broken("out of memory");
    memcpy(copy, bytes, length);
    return copy;
}

static void encoder_bytes(M, const void *bytes, NSUInteger length,
                          NSUInteger index)
{
    struct argument *a = argument_at(open_encoder(self), index);
    if (bytes == NULL || length == 0 || length > MAX_SET_BYTES)
        standin_broken("setBytes:length:atIndex: of %lu bytes", length);
    a->bytes = copy_of(bytes, length);
    a->length = length;
}

static void keep_arguments(struct dispatch *d, const struct argument *from)
{
    for (int i = 0; i < MAX_BUFFERS; i++) {
        d->arguments[i] = from[i];
        standin_retain(from[i].buffer);
        if (from[i].bytes != NULL)
            d->arguments[i].bytes = copy_of(from[i].bytes, from[i].length);
    }
}

static void encoder_dispatch(M, MTLSize groups, MTLSize threads)
{
    struct object *e = open_encoder(self);
    if (e->pipeline == NULL)
        standin_broken("a dispatch before setComputePipelineState:");
    if (groups.width == 0 || groups.width > UINT32_MAX || groups.height != 1 ||
        groups.depth != 1)
        standin_broken("a dispatch of %lu x %lu x %lu threadgroups",
                       groups.width, groups.height, groups.depth);
    if (threads.width == 0 || threads.width > MAX_GROUP_THREADS ||
        threads.height != 1 || threads.depth != 1)
        standin_broken("threadgroups of %lu x %lu x %lu threads; the "
                       "pipeline's limit is %d",
                       threads.width, threads.height, threads.depth,
                       MAX_GROUP_THREADS);
    struct dispatch *d = calloc(1, sizeof *d);
    if (d == NULL)
        standin_broken("out of memory");
    d->pipeline_id = standin_retain(e->pipeline);
    d->pipeline = standin_object(e->pipeline, PIPELINE);
    d->groups = groups.width;
    d->threads = threads.width;
    keep_arguments(d, e->arguments);
    standin_check_arguments(d);
    struct object *c = standin_object(e->owner, COMMANDS);
    d->next = c->dispatches;
    c->dispatches = d;
}

static void encoder_end(M)
{
    struct object *e = open_encoder(self);
    e->open = 0;
    standin_object(e->owner, COMMANDS)->open = 0;
}

/* ---- command buffers */

/* The error that this commit is to end with, 0 for none; -1: it never ends. */
static int failure(void)
{
    static unsigned long num_commits;
    const char *after = getenv("STANDIN_AFTER");
    if (num_commits++ < (after == NULL ? 0 : strtoul(after, NULL, 0)))
        return 0;
    if (standin_fails(WAY_timeout))
        return 2;
    if (standin_fails(WAY_interactivity))
        return 14;
    return standin_fails(WAY_hang) ? -1 : 0;
}

static void execute(struct dispatch *d, int failed)
{
    if (d == NULL)
        return;
    execute(d->next, failed);
    standin_execute(d, failed ? d->groups / 2 : d->groups);
    for (int i = 0; i < MAX_BUFFERS; i++)
        if (d->arguments[i].buffer != NULL)
            standin_check_guard(standin_object(d->arguments[i].buffer, BUFFER));
}

static void commands_commit(M)
{
    struct object *c = standin_object(self, COMMANDS);
    if (c->open)
        standin_broken("commit before endEncoding");
    if (c->status != STATUS_NEW)
        standin_broken("commit twice");
    pthread_mutex_lock(&gpu);
    c->code = failure();
    c->start = seconds();
    if (c->code >= 0)
        execute(c->dispatches, c->code != 0);
    c->end = seconds();
    pthread_mutex_unlock(&gpu);
    c->status = STATUS_COMMITTED;
}

static struct object *committed(id o)
{
    struct object *c = standin_object(o, COMMANDS);
    if (c->status == STATUS_NEW)
        standin_broken("a command buffer is waited for before commit");
    return c;
}

static void finish(struct object *c)
{
    if (c->code == 0)
        c->status = STATUS_COMPLETED;
    else
        c->status = c->code < 0 ? STATUS_SCHEDULED : STATUS_ERROR;
}

static void commands_wait(M)
{
    struct object *c = committed(self);
    finish(c);
    if (c->status == STATUS_SCHEDULED)
        standin_broken("waitUntilCompleted would never return");
}

/* The first hundred times committed and scheduled are seen on the way. */
static NSUInteger commands_status(M)
{
    static unsigned num_polls;
    struct object *c = standin_object(self, COMMANDS);
    if (c->status == STATUS_SCHEDULED ||
        (c->status == STATUS_COMMITTED && num_polls > 100))
        finish(c);
    else if (c->status == STATUS_COMMITTED && num_polls++ % 2 != 0)
        c->status = STATUS_SCHEDULED;
    return (NSUInteger)c->status;
}

static id commands_error(M)
{
    struct object *c = standin_object(self, COMMANDS);
    id error = NULL;
    if (c->status != STATUS_ERROR)
        return NULL;
    standin_error(&error, "MTLCommandBufferErrorDomain", c->code,
                  c->code == 2 ? "Caused GPU Timeout Error (00000002:"
                                 "kIOGPUCommandBufferCallbackErrorTimeout)"
                               : "Impacting Interactivity (0000000e:"
                                 "kIOGPUCommandBufferCallbackErrorImpacting"
                                 "Interactivity)");
    return error;
}

/* Times are 0 until the commands have completed. */
static double commands_start(M)
{
    struct object *c = standin_object(self, COMMANDS);
    return c->status == STATUS_COMPLETED ? c->start : 0;
}
static double commands_end(M)
{
    struct object *c = standin_object(self, COMMANDS);
    return c->status == STATUS_COMPLETED ? c->end : 0;
}

#define COMMANDS_METHOD(selector, types, function)                             \
    METHOD("StandinCommands", selector, types, function)
#define ENCODER_METHOD(selector, types, function)                              \
    METHOD("StandinEncoder", selector, types, function)
const struct standin_method standin_commands[] = {
    METHOD("StandinQueue", "commandBuffer", "@@:", queue_commands),
    COMMANDS_METHOD("computeCommandEncoder", "@@:", commands_encoder),
    COMMANDS_METHOD("commit", "v@:", commands_commit),
    COMMANDS_METHOD("waitUntilCompleted", "v@:", commands_wait),
    COMMANDS_METHOD("status", "Q@:", commands_status),
    COMMANDS_METHOD("error", "@@:", commands_error),
    COMMANDS_METHOD("GPUStartTime", "d@:", commands_start),
    COMMANDS_METHOD("GPUEndTime", "d@:", commands_end),
    ENCODER_METHOD("setComputePipelineState:", "v@:@", encoder_pipeline),
    ENCODER_METHOD("setBuffer:offset:atIndex:", "v@:@QQ", encoder_buffer),
    ENCODER_METHOD("setBytes:length:atIndex:", "v@:r^vQQ", encoder_bytes),
    ENCODER_METHOD("dispatchThreadgroups:threadsPerThreadgroup:",
                   "v@:{?=QQQ}{?=QQQ}", encoder_dispatch),
    ENCODER_METHOD("endEncoding", "v@:", encoder_end),
    {0},
};
