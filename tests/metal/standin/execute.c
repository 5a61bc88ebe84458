/*
 * Runs kernels thread by thread. Where the kernel never waits, a thread is a
 * call; else each is a fibre of its own, so that barriers and the functions of
 * SIMD groups meet. Threads run in order in one dispatch and in reverse in the
 * next: nothing may rest on an order that Metal does not promise.
 */
#define _GNU_SOURCE 1
#include "standin.h"

#include "../run/standin_abi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

enum { FIBRE_STACK_BYTES = 128 << 10, RUBBISH = 0xa5 };

enum wait {
    RUNNABLE,
    AT_BARRIER,
    AT_SIMD_BARRIER,
    AT_BALLOT,
    AT_BROADCAST,
    ENDED
};

struct fibre {
    ucontext_t context;
    char *stack;
    enum wait wait;
    int vote, from;
    unsigned long value, result;
};

static struct fibre fibres[MAX_GROUP_THREADS];
static ucontext_t scheduler;
static struct fibre *current;
static struct standin_call running;
static const struct standin_kernel *running_kernel;

static void wait_for(enum wait what)
{
    current->wait = what;
    swapcontext(&current->context, &scheduler);
}

static void barrier(int of_simdgroup)
{
    wait_for(of_simdgroup ? AT_SIMD_BARRIER : AT_BARRIER);
}

static unsigned long ballot(int vote)
{
    current->vote = vote;
    wait_for(AT_BALLOT);
    return current->result;
}

static unsigned long broadcast(unsigned long value, int from)
{
    current->value = value;
    current->from = from;
    wait_for(AT_BROADCAST);
    return current->result;
}

/* One time in 16, in a sequence that is the same in every run. */
static int fails_spuriously(void)
{
    static uint32_t seed = 1;
    seed = seed * 1664525u + 1013904223u;
    return seed >> 28 == 0;
}

static const struct standin_host host = {barrier, ballot, broadcast,
                                         fails_spuriously};

static void run_fibre(int index)
{
    struct standin_call call = running;
    call.local = (unsigned)index;
    running_kernel->run(&call);
    current->wait = ENDED;
}

static void start_fibre(int index)
{
    struct fibre *f = &fibres[index];
    if (f->stack == NULL && (f->stack = malloc(FIBRE_STACK_BYTES)) == NULL)
        standin_broken("no memory for a fibre");
    getcontext(&f->context);
    f->context.uc_stack.ss_sp = f->stack;
    f->context.uc_stack.ss_size = FIBRE_STACK_BYTES;
    f->context.uc_link = &scheduler;
    makecontext(&f->context, (void (*)(void))run_fibre, 1, index);
    f->wait = RUNNABLE;
}

/* If all of [first, last) that have not ended wait for the same thing, gives
   them its result and lets them go on. */
static int release_waiting(unsigned first, unsigned last, enum wait what)
{
    unsigned long votes = 0;
    unsigned leader = last;
    for (unsigned i = last; i-- > first;) {
        if (fibres[i].wait == ENDED)
            continue;
        if (fibres[i].wait != what)
            return 0;
        votes |= (unsigned long)(fibres[i].vote != 0) << (i - first);
        leader = i;
    }
    if (leader == last)
        return 0;
    for (unsigned i = first; i < last; i++) {
        struct fibre *f = &fibres[i];
        if (f->wait == ENDED)
            continue;
        unsigned from = f->from < 0 ? leader : first + (unsigned)f->from;
        f->result = what == AT_BALLOT ? votes : fibres[from].value;
        f->wait = RUNNABLE;
    }
    return 1;
}

static int release_all_waiting(unsigned threads)
{
    int released = release_waiting(0, threads, AT_BARRIER);
    for (unsigned i = 0; i < threads; i += SIMD_WIDTH) {
        unsigned last = i + SIMD_WIDTH < threads ? i + SIMD_WIDTH : threads;
        for (int what = AT_SIMD_BARRIER; what <= AT_BROADCAST; what++)
            released |= release_waiting(i, last, (enum wait)what);
    }
    return released;
}

/* Lets every fibre that can run do so; returns how many have not ended. */
static unsigned run_fibres(unsigned threads, int reversed)
{
    unsigned left = 0;
    for (unsigned i = 0; i < threads; i++) {
        current = &fibres[reversed ? threads - 1 - i : i];
        if (current->wait == RUNNABLE)
            swapcontext(&scheduler, &current->context);
        left += current->wait != ENDED;
    }
    return left;
}

static void run_group_of_fibres(unsigned threads, int reversed)
{
    for (unsigned i = 0; i < threads; i++)
        start_fibre((int)i);
    while (run_fibres(threads, reversed) != 0)
        if (!release_all_waiting(threads))
            standin_broken("threads of a group wait at different points: a "
                           "barrier or SIMD function that not all reach");
}

static void run_group(unsigned threads, int reversed)
{
    for (unsigned i = 0; i < threads; i++) {
        running.local = reversed ? threads - 1 - i : i;
        running_kernel->run(&running);
    }
}

static void *argument_address(const struct argument *a)
{
    if (a->bytes != NULL)
        return a->bytes;
    if (a->buffer == NULL)
        return NULL;
    return (char *)standin_object(a->buffer, BUFFER)->contents + a->offset;
}

void standin_check_arguments(const struct dispatch *d)
{
    const struct standin_kernel *k = d->pipeline->kernel;
    for (unsigned i = 0; i < k->num_parameters; i++) {
        if (k->parameters[i] >= MAX_BUFFERS)
            continue;
        const struct argument *a = &d->arguments[k->parameters[i]];
        if (argument_address(a) == NULL)
            standin_broken("kernel %s takes a buffer at index %d and none is "
                           "set",
                           k->name, k->parameters[i]);
        if (a->length < k->bytes[i])
            standin_broken("kernel %s takes %u bytes at index %d and %lu are "
                           "set",
                           k->name, k->bytes[i], k->parameters[i], a->length);
    }
}

void standin_execute(const struct dispatch *d, NSUInteger groups)
{
    static unsigned num_executed;
    const struct standin_library *library = d->pipeline->library;
    int reversed = num_executed++ & 1;
    void *buffers[MAX_BUFFERS];
    for (int i = 0; i < MAX_BUFFERS; i++)
        buffers[i] = argument_address(&d->arguments[i]);
    *library->host = &host;
    running_kernel = d->pipeline->kernel;
    running = (struct standin_call){
        .buffers = buffers,
        .group_size = (unsigned)d->threads,
        .groups = (unsigned)d->groups,
    };
    for (NSUInteger i = 0; i < groups; i++) {
        running.group = (unsigned)(reversed ? groups - 1 - i : i);
        if (library->group != library->group_end)
            memset(library->group, RUBBISH,
                   (size_t)(library->group_end - library->group));
        if (library->blocking != library->blocking_end)
            run_group_of_fibres((unsigned)d->threads, reversed);
        else
            run_group((unsigned)d->threads, reversed);
    }
}

NSUInteger standin_group_bytes(const struct object *pipeline)
{
    const struct standin_library *l = pipeline->library;
    return (NSUInteger)(l->group_end - l->group);
}
