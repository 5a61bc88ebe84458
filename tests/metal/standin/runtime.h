/*
 * The few functions of GCC's Objective-C runtime that the stand-ins are made
 * with, declared here because only gcc finds that runtime's headers.
 */
#ifndef STANDIN_RUNTIME_H
#define STANDIN_RUNTIME_H

#include <stddef.h>

typedef struct objc_object *id;
typedef struct objc_class *Class;
typedef const struct objc_selector *SEL;
typedef struct objc_method *Method;
typedef void (*IMP)(void);

Class objc_allocateClassPair(Class super, const char *name, size_t extra_bytes);
void objc_registerClassPair(Class cls);
id objc_getClass(const char *name);
/* A root class without an ivar `isa` would have instances of size 0. */
signed char class_addIvar(Class cls, const char *name, size_t size,
                          unsigned char alignment, const char *type);
signed char class_addMethod(Class cls, SEL selector, IMP function,
                            const char *types);
id class_createInstance(Class cls, size_t extra_bytes);
void *object_getIndexedIvars(id object);
Class object_getClass(id object);
const char *class_getName(Class cls);
Method class_getInstanceMethod(Class cls, SEL selector);
IMP objc_msg_lookup(id receiver, SEL selector);
SEL sel_registerTypedName(const char *name, const char *types);
const char *sel_getName(SEL selector);

#endif
