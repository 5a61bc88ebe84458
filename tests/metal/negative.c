/*
 * Breaks one rule of Objective-C or Metal, by name, through the backend's own
 * typed messages. The stand-ins must notice each: tests/test_metal.sh runs
 * them. `fine` breaks none.
 */
#include "backend/metal/metal_api.h"

#include <stdio.h>
#include <string.h>

static const char source[] =
    "#include <metal_stdlib>\n"
    "using namespace metal;\n"
    "kernel void add(device atomic_uint *sum [[buffer(0)]],\n"
    "                device uint *out [[buffer(1)]],\n"
    "                constant uint *n [[buffer(2)]],\n"
    "                uint i [[thread_position_in_grid]],\n"
    "                uint k [[thread_position_in_threadgroup]]) {\n"
    "    threadgroup uint shared[64];\n"
    "    shared[k] = i;\n"
    "#ifdef DIVERGENT\n"
    "    if (k & 1)\n"
    "#endif\n"
    "    threadgroup_barrier(mem_flags::mem_threadgroup);\n"
    "    ulong votes = (ulong)(simd_vote::vote_t)simd_ballot(k % 2 == 0);\n"
    "    uint first = simd_broadcast_first(i);\n"
    "    atomic_fetch_add_explicit(sum, shared[k ^ 1], memory_order_relaxed);\n"
    "    out[i] = popcount(votes) + first + n[0];\n"
    "    for (uint t = 0; i == 0 && t < 100;) {\n"
    "        uint e = t;\n"
    "        if (atomic_compare_exchange_weak_explicit(&sum[1], &e, t + 1,\n"
    "                memory_order_relaxed, memory_order_relaxed))\n"
    "            t++;\n"
    "        else if (e == t)\n"
    "            atomic_fetch_add_explicit(&sum[2], 1, memory_order_relaxed);\n"
    "    }\n"
    "#ifdef OVERFLOW\n"
    "    out[i] += (uint)(0x7fffffff + (int)k);\n"
    "#endif\n"
    "}\n";

enum { THREADS = 64, GROUPS = 2 };

struct rig {
    ag_id device, queue, pipeline, sum, out, commands, encoder;
};

static ag_id string(const char *text)
{
    return ag_mtl_string((ag_id)objc_getClass("NSString"), text);
}

/* A pipeline of the kernel, with `ahead` before its text. */
static ag_id new_pipeline(ag_id device, const char *ahead)
{
    char text[2048];
    ag_id error = NULL;
    ag_id options =
        ag_mtl_new_object((ag_id)objc_getClass("MTLCompileOptions"));
    ag_mtl_set_fast_math(options, 0);
    ag_mtl_set_language(options, 0x20004);
    snprintf(text, sizeof text, "%s%s", ahead, source);
    ag_id library = ag_mtl_new_library(device, string(text), options, &error);
    ag_mtl_release(options);
    ag_id function = ag_mtl_new_function(library, string("add"));
    ag_id pipeline = ag_mtl_new_pipeline(device, function, &error);
    ag_mtl_release(function);
    ag_mtl_release(library);
    return pipeline;
}

static void set_up(struct rig *r, const char *ahead)
{
    unsigned n = 1000;
    r->device = MTLCreateSystemDefaultDevice();
    r->queue = ag_mtl_new_queue(r->device);
    r->pipeline = new_pipeline(r->device, ahead);
    r->sum = ag_mtl_new_buffer(r->device, 12, AG_MTL_STORAGE_SHARED);
    r->out = ag_mtl_new_buffer(r->device, THREADS * GROUPS * 4,
                               AG_MTL_STORAGE_SHARED);
    r->commands = ag_mtl_command_buffer(r->queue);
    r->encoder = ag_mtl_encoder(r->commands);
    ag_mtl_set_pipeline(r->encoder, r->pipeline);
    ag_mtl_set_buffer(r->encoder, r->sum, 0, 0);
    ag_mtl_set_buffer(r->encoder, r->out, 0, 1);
    ag_mtl_set_bytes(r->encoder, &n, sizeof n, 2);
}

static void dispatch(struct rig *r, ag_ns_uint groups, ag_ns_uint threads)
{
    ag_mtl_dispatch(r->encoder, (ag_mtl_size){groups, 1, 1},
                    (ag_mtl_size){threads, 1, 1});
}

static void tear_down(struct rig *r)
{
    ag_mtl_release(r->out);
    ag_mtl_release(r->sum);
    ag_mtl_release(r->pipeline);
    ag_mtl_release(r->queue);
    ag_mtl_release(r->device);
}

/* 0 if the kernel did what Metal says. */
static int check_results(struct rig *r)
{
    const unsigned *out = ag_mtl_contents(r->out);
    const unsigned *sum = ag_mtl_contents(r->sum);
    unsigned total = THREADS * GROUPS * (THREADS * GROUPS - 1) / 2;
    /* The weak exchange failed now and then, and never for good. */
    if (sum[0] != total || sum[1] != 100 || sum[2] == 0)
        return 1;
    for (unsigned i = 0; i < THREADS * GROUPS; i++)
        if (out[i] != 16 + i / 32 * 32 + 1000)
            return 1;
    return 0;
}

static int run(const char *ahead)
{
    struct rig r;
    void *pool = objc_autoreleasePoolPush();
    set_up(&r, ahead);
    dispatch(&r, GROUPS, THREADS);
    ag_mtl_end_encoding(r.encoder);
    ag_mtl_commit(r.commands);
    while (ag_mtl_status(r.commands) < AG_MTL_STATUS_COMPLETED)
        ;
    int wrong = check_results(&r);
    tear_down(&r);
    objc_autoreleasePoolPop(pool);
    return wrong;
}

/* Each breaks one rule in the middle of something that would be right. */
static int break_rule(const char *rule, struct rig *r)
{
    ag_id nothing = NULL;
#define RULE(name, statement)                                                  \
    if (strcmp(rule, name) == 0) {                                             \
        statement;                                                             \
        return 0;                                                              \
    }
    RULE("typo", AG_SEND(ag_id, ag_id,
                         ag_sel)(r->device, sel_registerName("newComandQueue")))
    RULE("nil", ag_mtl_new_queue(nothing))
    RULE("kind", ag_mtl_set_pipeline(r->encoder, r->queue))
    RULE("over-release", ag_mtl_release(r->queue); ag_mtl_release(r->queue))
    RULE("used-after-release",
         ag_id b = ag_mtl_new_buffer(r->device, 64, AG_MTL_STORAGE_SHARED);
         ag_mtl_release(b); ag_mtl_contents(b))
    RULE("released-encoder", ag_mtl_release(r->encoder))
    RULE("commit-first", ag_mtl_commit(r->commands))
    RULE("two-encoders", ag_mtl_encoder(r->commands))
    RULE("two-commits", ag_mtl_end_encoding(r->encoder);
         ag_mtl_commit(r->commands); ag_mtl_commit(r->commands))
    RULE("after-end", ag_mtl_end_encoding(r->encoder);
         ag_mtl_set_buffer(r->encoder, r->sum, 0, 0))
    RULE("buffer-index", ag_mtl_set_buffer(r->encoder, r->sum, 0, 31))
    RULE("buffer-offset", ag_mtl_set_buffer(r->encoder, r->sum, 12, 0))
    RULE("buffer-missing", ag_mtl_set_buffer(r->encoder, nothing, 0, 1);
         dispatch(r, GROUPS, THREADS))
    RULE("bytes-too-many", ag_mtl_set_bytes(r->encoder, source, 4097, 2))
    RULE("bytes-too-few", ag_mtl_set_bytes(r->encoder, source, 2, 2);
         dispatch(r, GROUPS, THREADS))
    RULE("group-size", dispatch(r, GROUPS, 1024))
    RULE("no-groups", dispatch(r, 0, THREADS))
    RULE("past-the-end", dispatch(r, GROUPS + 1, THREADS);
         ag_mtl_end_encoding(r->encoder); ag_mtl_commit(r->commands))
    RULE("options", ag_mtl_new_buffer(r->device, 64, 0x30))
    RULE("no-length", ag_mtl_new_buffer(r->device, 0, 0))
    RULE("pool-order", objc_autoreleasePoolPop(&nothing))
    RULE("leak", ag_mtl_retain(r->out); ag_mtl_end_encoding(r->encoder))
    fprintf(stderr, "negative: no rule %s\n", rule);
    return 1;
}

int main(int argc, char **argv)
{
    const char *rule = argc == 2 ? argv[1] : "";
    struct rig r;
    ag_metal_prepare();
    if (strcmp(rule, "fine") == 0)
        return run("");
    if (strcmp(rule, "divergent") == 0)
        return run("#define DIVERGENT\n");
    if (strcmp(rule, "overflow") == 0)
        return run("#define OVERFLOW\n");
    if (strcmp(rule, "no-pool") == 0)
        return ag_mtl_device_name(MTLCreateSystemDefaultDevice()) == NULL;
    void *pool = objc_autoreleasePoolPush();
    if (strcmp(rule, "open-pool") == 0)
        return 0;
    set_up(&r, "");
    int status = break_rule(rule, &r);
    tear_down(&r);
    objc_autoreleasePoolPop(pool);
    return status;
}
