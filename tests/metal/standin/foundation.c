/*
 * NSObject, NSString, NSError, NSArray, NSProcessInfo and Metal's compile
 * options, as far as the backend uses them.
 */
#define _GNU_SOURCE 1
#include "standin.h"

#include <stdlib.h>
#include <string.h>

/* Methods take a selector that they do not need. */
#define M id self, SEL selector __attribute__((unused))

static id object_new(Class self, SEL selector __attribute__((unused)))
{
    if (self != (Class)objc_getClass("MTLCompileOptions"))
        standin_broken("%s is not for new", class_getName(self));
    return standin_new(OPTIONS, NULL);
}
static id object_init(M)
{
    standin_object(self, ANY);
    return self;
}
static id object_retain(M)
{
    return standin_retain(self);
}
static void object_release(M)
{
    standin_release(self);
}
static id object_autorelease(M)
{
    return standin_autorelease(self);
}
static _Bool object_responds(M, SEL asked)
{
    standin_object(self, ANY);
    if (strcmp(sel_getName(asked), "setMathMode:") == 0)
        return standin_os() >= 15;
    return class_getInstanceMethod(object_getClass(self), asked) != NULL;
}

id standin_string(const char *text)
{
    id o = standin_new(STRING, NULL);
    if ((standin_object(o, STRING)->text = strdup(text)) == NULL)
        standin_broken("out of memory");
    return o;
}

static id string_with(Class self, SEL selector, const char *text)
{
    (void)self, (void)selector;
    if (text == NULL)
        standin_broken("stringWithUTF8String: of NULL");
    return standin_autorelease(standin_string(text));
}
static const char *string_utf8(M)
{
    return standin_object(self, STRING)->text;
}
static NSUInteger string_length(M)
{
    return strlen(standin_object(self, STRING)->text);
}

void standin_error(id *error, const char *domain, NSInteger code,
                   const char *text)
{
    if (error == NULL)
        return;
    id o = standin_new(ERROR, NULL);
    struct object *e = standin_object(o, ERROR);
    e->domain = domain;
    e->code = code;
    e->text = strdup(text);
    *error = standin_autorelease(o);
}
static id error_description(M)
{
    struct object *e = standin_object(self, ERROR);
    return standin_autorelease(standin_string(e->text));
}
static NSInteger error_code(M)
{
    return standin_object(self, ERROR)->code;
}
static id error_domain(M)
{
    struct object *e = standin_object(self, ERROR);
    return standin_autorelease(standin_string(e->domain));
}

/* An array holds its owner or nothing. */
static NSUInteger array_count(M)
{
    return standin_object(self, ARRAY)->owner != NULL;
}
static id array_at(M, NSUInteger index)
{
    struct object *a = standin_object(self, ARRAY);
    if (index >= array_count(self, selector))
        standin_broken("objectAtIndex: %lu of %lu", index,
                       array_count(self, selector));
    return a->owner;
}

static id process_info(Class self, SEL selector)
{
    (void)self, (void)selector;
    return standin_autorelease(standin_new(PROCESS, NULL));
}
static NSOperatingSystemVersion process_version(M)
{
    standin_object(self, PROCESS);
    return (NSOperatingSystemVersion){standin_os(), 5, 1};
}

static void options_fast_math(M, _Bool fast)
{
    standin_object(self, OPTIONS)->exact_math = !fast;
}
static void options_math_mode(M, NSInteger mode)
{
    if (standin_os() < 15)
        standin_broken("setMathMode: is not there before macOS 15");
    if (mode < 0 || mode > 2)
        standin_broken("setMathMode: %ld", mode);
    standin_object(self, OPTIONS)->exact_math = mode == 0;
}
static void options_version(M, NSUInteger version)
{
    NSUInteger major = version >> 16, minor = version & 0xffff;
    if (major < 1 || major > 4 || minor > 4)
        standin_broken("setLanguageVersion: %#lx", version);
    standin_object(self, OPTIONS)->version = version;
}

const struct standin_method standin_foundation[] = {
    METHOD("+NSObject", "new", "@@:", object_new),
    METHOD("+NSObject", "alloc", "@@:", object_new),
    METHOD("NSObject", "init", "@@:", object_init),
    METHOD("NSObject", "retain", "@@:", object_retain),
    METHOD("NSObject", "release", "v@:", object_release),
    METHOD("NSObject", "autorelease", "@@:", object_autorelease),
    METHOD("NSObject", "respondsToSelector:", "B@::", object_responds),
    METHOD("+NSString", "stringWithUTF8String:", "@@:r*", string_with),
    METHOD("NSString", "UTF8String", "r*@:", string_utf8),
    METHOD("NSString", "length", "Q@:", string_length),
    METHOD("NSError", "localizedDescription", "@@:", error_description),
    METHOD("NSError", "code", "q@:", error_code),
    METHOD("NSError", "domain", "@@:", error_domain),
    METHOD("NSArray", "count", "Q@:", array_count),
    METHOD("NSArray", "objectAtIndex:", "@@:Q", array_at),
    METHOD("+NSProcessInfo", "processInfo", "@@:", process_info),
    METHOD("NSProcessInfo", "operatingSystemVersion",
           "{?=qqq}@:", process_version),
    METHOD("MTLCompileOptions", "setFastMathEnabled:", "v@:B",
           options_fast_math),
    METHOD("MTLCompileOptions", "setMathMode:", "v@:q", options_math_mode),
    METHOD("MTLCompileOptions", "setLanguageVersion:", "v@:Q", options_version),
    {0},
};
