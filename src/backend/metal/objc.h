/*
 * Objective-C from C: the few functions of the runtime that are needed, and how
 * a message becomes a typed function. Only src/backend includes this.
 *
 * A message is a call of objc_msgSend as if it were the method: through a
 * pointer of exactly the method's type. Apple's arm64 convention passes
 * variadic arguments on the stack, where no method looks for them, so an uncast
 * call is wrong there and right elsewhere. The pointer is a variable because gcc
 * warns of casts of the function itself and has no option against it.
 */
#ifndef AG_OBJC_H
#define AG_OBJC_H

#include <stdint.h>

typedef struct ag_objc_object *ag_id;
typedef struct ag_objc_class *ag_class;
typedef struct ag_objc_selector *ag_sel;
typedef struct ag_objc_method *ag_method;

/* BOOL is bool on arm64, signed char on x86-64. */
#if defined(__x86_64__)
typedef signed char ag_bool;
#define AG_ENCODED_BOOL "c"
#else
typedef _Bool ag_bool;
#define AG_ENCODED_BOOL "B"
#endif

extern void objc_msgSend(void);
extern ag_class objc_getClass(const char *name);
extern ag_class object_getClass(ag_id object);
extern ag_sel sel_registerName(const char *name);
extern ag_method class_getInstanceMethod(ag_class class, ag_sel selector);
extern const char *method_getTypeEncoding(ag_method method);
/* Objects that are given out without a reference for the caller live until the
   innermost pool of the thread is popped. */
extern void *objc_autoreleasePoolPush(void);
extern void objc_autoreleasePoolPop(void *pool);

extern void (*ag_objc_send)(void);
#define AG_SEND(result, ...) ((result(*)(__VA_ARGS__))ag_objc_send)

/* Results of more than 16 bytes: x86-64 has another entry, which takes their
   address first; arm64 passes that in a register of its own. */
#if defined(__x86_64__)
extern void objc_msgSend_stret(void);
extern void (*ag_objc_send_struct)(void);
#define AG_SEND_STRUCT(result, object, selector)                               \
    ((void (*)(void *, ag_id, ag_sel))ag_objc_send_struct)(&(result),          \
                                                           object, selector)
#else
#define AG_SEND_STRUCT(result, object, selector)                               \
    ((result) = AG_SEND(__typeof__(result), ag_id, ag_sel)(object, selector))
#endif

#endif
