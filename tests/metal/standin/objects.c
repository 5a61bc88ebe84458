/*
 * Objects' lives: classes made from tables, messages, reference counts,
 * autorelease pools, and the account at exit. A dead object keeps its memory,
 * so that a message to it is noticed.
 */
#define _GNU_SOURCE 1
#include "standin.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_POOLED = 4096, MAX_POOLS = 64 };

static const char *const class_names[NUM_KINDS] = {
    [ANY] = "NSObject",
    [STRING] = "NSString",
    [ERROR] = "NSError",
    [ARRAY] = "NSArray",
    [PROCESS] = "NSProcessInfo",
    [DEVICE] = "StandinDevice",
    [OPTIONS] = "MTLCompileOptions",
    [LIBRARY] = "StandinLibrary",
    [FUNCTION] = "StandinFunction",
    [PIPELINE] = "StandinPipeline",
    [BUFFER] = "StandinBuffer",
    [QUEUE] = "StandinQueue",
    [COMMANDS] = "StandinCommands",
    [ENCODER] = "StandinEncoder",
};

/* Apple's BOOL: a signed char for x86-64, else bool. */
#if defined(__x86_64__)
enum { BOOL_CODE = 'c' };
#else
enum { BOOL_CODE = 'B' };
#endif

static unsigned long num_messages;
static long num_alive[NUM_KINDS], num_pools;

/* This thread's pools: marks[i] is where pool i begins in pooled. */
static __thread id pooled[MAX_POOLED];
static __thread int num_pooled, marks[MAX_POOLS], depth;

void standin_broken(const char *format, ...)
{
    va_list args;
    fflush(stdout);
    fputs("standin: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    _exit(STANDIN_BROKEN);
}

int standin_fails(enum standin_way way)
{
    static const char *const words[] = {
#define STANDIN_WORD(name, word) word,
        STANDIN_WAYS(STANDIN_WORD)
#undef STANDIN_WORD
    };
    const char *ways = getenv("STANDIN");
    size_t length = strlen(words[way]);
    for (const char *p = ways; p != NULL && *p != 0;) {
        size_t n = strcspn(p, ",");
        if (n == length && memcmp(p, words[way], n) == 0)
            return 1;
        p += n + (p[n] == ',');
    }
    return 0;
}

int standin_os(void)
{
    const char *version = getenv("STANDIN_OS");
    return version == NULL ? 14 : atoi(version);
}

/* ---- classes */

/* One type's length in an encoding, qualifiers included. */
static size_t type_length(const char *types)
{
    size_t n = strspn(types, "rnNoORV^");
    if (types[n] != '{')
        return n + 1 + (types[n] == '@' && types[n + 1] == '?');
    for (int nested = 0; types[n] != 0; n++) {
        nested += (types[n] == '{') - (types[n] == '}');
        if (nested == 0)
            return n + 1;
    }
    standin_broken("types without a }: %s", types);
}

/* Runtimes put frame offsets behind types; whoever compares must skip them. */
static char *with_offsets(const char *types)
{
    char text[256];
    size_t used = 0;
    for (int argument = -1; *types != 0; argument++) {
        size_t n = type_length(types);
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "%.*s%d", (int)n,
                             types, argument < 0 ? 64 : argument * 8);
        types += n;
    }
    for (char *p = text; *p != 0; p++)
        if (*p == 'B')
            *p = BOOL_CODE;
    return strdup(text);
}

static Class class_named(const char *name)
{
    return (Class)objc_getClass(name);
}

static void add_methods(const struct standin_method *m)
{
    for (; m->owner != NULL; m++) {
        int of_class = m->owner[0] == '+';
        Class cls = class_named(m->owner + of_class);
        char *types = with_offsets(m->types);
        if (cls == NULL)
            standin_broken("no class %s", m->owner);
        if (of_class)
            cls = object_getClass((id)cls);
        if (!class_addMethod(cls, sel_registerTypedName(m->selector, types),
                             m->function, types))
            standin_broken("%s has two methods %s", m->owner, m->selector);
    }
}

void standin_start(void)
{
    static int started;
    if (started)
        return;
    started = 1;
    for (int i = 0; i < NUM_KINDS; i++) {
        Class super = i == ANY ? NULL : class_named(class_names[ANY]);
        Class cls = objc_allocateClassPair(super, class_names[i], 0);
        if (cls == NULL)
            standin_broken("class %s cannot be made", class_names[i]);
        if (i == ANY)
            class_addIvar(cls, "isa", sizeof(Class), 3, "#");
        objc_registerClassPair(cls);
    }
    add_methods(standin_foundation);
    add_methods(standin_device);
    add_methods(standin_commands);
}

/* What a message to nil calls; in msgsend.*.S. */
void standin_nil(void);

/* The method for a message. Called by objc_msgSend. */
IMP standin_lookup(id receiver, SEL selector);
IMP standin_lookup(id receiver, SEL selector)
{
    __atomic_fetch_add(&num_messages, 1, __ATOMIC_RELAXED);
    if (receiver == NULL) {
        if (strcmp(sel_getName(selector), "release") != 0)
            standin_broken("%s is sent to nil", sel_getName(selector));
        return standin_nil;
    }
    if (class_getInstanceMethod(object_getClass(receiver), selector) == NULL)
        standin_broken("%s does not answer %s",
                       class_getName(object_getClass(receiver)),
                       sel_getName(selector));
    return objc_msg_lookup(receiver, selector);
}

/* GCC's runtime has this only as an inline function. */
Class object_getClass(id object)
{
    return object == NULL ? NULL : *(Class *)object;
}

/* ---- objects */

struct object *standin_object(id o, enum kind kind)
{
    if (o == NULL)
        standin_broken("nil where a %s is needed", class_names[kind]);
    struct object *object = object_getIndexedIvars(o);
    if (object->dead)
        standin_broken("a %s is used after its release",
                       class_names[object->kind]);
    if (kind != ANY && object->kind != kind)
        standin_broken("a %s where a %s is needed", class_names[object->kind],
                       class_names[kind]);
    return object;
}

id standin_new(enum kind kind, id owner)
{
    id o = class_createInstance(class_named(class_names[kind]),
                                sizeof(struct object));
    if (o == NULL)
        standin_broken("out of memory");
    struct object *object = object_getIndexedIvars(o);
    memset(object, 0, sizeof *object);
    object->kind = kind;
    object->references = 1;
    object->owner = standin_retain(owner);
    __atomic_fetch_add(&num_alive[kind], 1, __ATOMIC_RELAXED);
    return o;
}

id standin_retain(id o)
{
    if (o != NULL)
        __atomic_fetch_add(&standin_object(o, ANY)->references, 1,
                           __ATOMIC_RELAXED);
    return o;
}

static void release_arguments(struct argument *arguments)
{
    for (int i = 0; i < MAX_BUFFERS; i++) {
        if (arguments[i].buffer != NULL)
            standin_release(arguments[i].buffer);
        free(arguments[i].bytes);
    }
}

static void release_parts(struct object *object)
{
    if (object->kind == ENCODER && object->open)
        standin_broken("an encoder is released before endEncoding");
    if (object->kind == BUFFER)
        standin_check_guard(object);
    if (object->arguments != NULL)
        release_arguments(object->arguments);
    for (struct dispatch *d = object->dispatches, *next; d != NULL; d = next) {
        next = d->next;
        release_arguments(d->arguments);
        standin_release(d->pipeline_id);
        free(d);
    }
    if (object->pipeline != NULL)
        standin_release(object->pipeline);
    if (object->owner != NULL)
        standin_release(object->owner);
    if (object->kind == BUFFER)
        standin_unmap(object->contents, object->length);
    free(object->arguments);
    free(object->text);
}

void standin_release(id o)
{
    struct object *object = standin_object(o, ANY);
    if (__atomic_sub_fetch(&object->references, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    release_parts(object);
    object->dead = 1;
    __atomic_fetch_sub(&num_alive[object->kind], 1, __ATOMIC_RELAXED);
}

/* ---- pools: two functions of libobjc on macOS */

void *objc_autoreleasePoolPush(void);
void objc_autoreleasePoolPop(void *pool);

void *objc_autoreleasePoolPush(void)
{
    if (depth == MAX_POOLS)
        standin_broken("%d autorelease pools inside each other", MAX_POOLS);
    marks[depth++] = num_pooled;
    __atomic_fetch_add(&num_pools, 1, __ATOMIC_RELAXED);
    return &marks[depth - 1];
}

void objc_autoreleasePoolPop(void *pool)
{
    if (depth == 0 || pool != &marks[depth - 1])
        standin_broken("an autorelease pool is popped that is not this "
                       "thread's innermost");
    while (num_pooled > marks[depth - 1])
        standin_release(pooled[--num_pooled]);
    depth--;
    __atomic_fetch_sub(&num_pools, 1, __ATOMIC_RELAXED);
}

id standin_autorelease(id o)
{
    if (depth == 0)
        standin_broken("a %s is autoreleased with no pool in place: on macOS "
                       "it leaks",
                       class_names[standin_object(o, ANY)->kind]);
    if (num_pooled == MAX_POOLED)
        standin_broken("%d objects in autorelease pools", MAX_POOLED);
    pooled[num_pooled++] = o;
    return o;
}

/* ---- the account at exit */

static void account(void)
{
    long alive = 0;
    for (int i = 0; i < NUM_KINDS; i++)
        alive += num_alive[i];
    int bad = alive != 0 || num_pools != 0;
    fflush(NULL);
    if (bad || getenv("STANDIN_REPORT") != NULL)
        fprintf(stderr,
                "standin: %lu messages, %ld objects alive, pool depth %ld\n",
                num_messages, alive, num_pools);
    for (int i = 0; i < NUM_KINDS; i++)
        if (num_alive[i] != 0)
            fprintf(stderr, "standin: %ld %s\n", num_alive[i], class_names[i]);
    if (bad)
        _exit(STANDIN_BROKEN);
}

__attribute__((constructor)) static void start(void)
{
    standin_start();
    atexit(account);
}
