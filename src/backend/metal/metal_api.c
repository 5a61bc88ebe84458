/* Metal's messages: selectors, and what the system says about their types. */
#include "backend/metal/metal_api.h"
#include "backend/metal/metal_inspect.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

void (*ag_objc_send)(void) = objc_msgSend;
#if defined(__x86_64__)
void (*ag_objc_send_struct)(void) = objc_msgSend_stret;
#endif

ag_sel ag_metal_selectors[AG_METAL_MESSAGE_COUNT];

const struct ag_metal_row ag_metal_rows[AG_METAL_MESSAGE_COUNT] = {
#define AG_X(form, result, name, selector, encoding, class, types)             \
    {selector, encoding, class},
    AG_METAL_MESSAGES(AG_X)
#undef AG_X
};

static void look_up(void)
{
    for (int i = 0; i < AG_METAL_MESSAGE_COUNT; i++)
        ag_metal_selectors[i] = sel_registerName(ag_metal_rows[i].selector);
}

void ag_metal_prepare(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, look_up);
}

/* -- The comparison -------------------------------------------------------- */

/* Appends a type encoding to `out` without the offsets of the arguments (digits
   outside names of structures) and without the mark of a oneway method. */
static void normalize(const char *encoding, char *out, size_t size)
{
    size_t used = 0;
    int depth = 0;
    for (; *encoding != '\0' && used + 1 < size; encoding++) {
        depth += *encoding == '{';
        depth -= *encoding == '}';
        if ((*encoding >= '0' && *encoding <= '9' && depth == 0) ||
            (*encoding == 'V' && used == 0))
            continue;
        out[used++] = *encoding;
    }
    out[used] = '\0';
}

/* macOS 15 has it; the backend asks before it is sent. */
static int is_optional(int message)
{
    return message == AG_METAL_set_math_mode;
}

static uint32_t compare_row(int message, ag_class class, ag_line_fn line,
                            void *user)
{
    const struct ag_metal_row *row = &ag_metal_rows[message];
    ag_method method = class == NULL ? NULL
                                     : class_getInstanceMethod(
                                           class, ag_metal_selectors[message]);
    char found[128] = "nothing", text[400];
    if (method == NULL && is_optional(message))
        return 0;
    if (method != NULL)
        normalize(method_getTypeEncoding(method), found, sizeof found);
    if (strcmp(found, row->encoding) == 0)
        return 0;
    snprintf(text, sizeof text, "%s %s: built for %s, this system has %s",
             row->class, row->selector, row->encoding, found);
    line(user, text);
    return 1;
}

/* The class to ask about a row: an object's where one is given, else by name. */
static ag_class class_of_row(const char *name,
                             const struct ag_metal_object *objects, int count)
{
    if (name[0] == '+') {
        ag_class class = objc_getClass(name + 1);
        return class == NULL ? NULL : object_getClass((ag_id)(void *)class);
    }
    for (int i = 0; i < count; i++)
        if (strcmp(objects[i].class, name) == 0)
            return object_getClass(objects[i].object);
    return objc_getClass(name);
}

uint32_t ag_metal_compare(const struct ag_metal_object *objects, int count,
                          ag_line_fn line, void *user)
{
    uint32_t differences = 0;
    char text[80];
    for (int i = 0; i < AG_METAL_MESSAGE_COUNT; i++)
        differences += compare_row(
            i, class_of_row(ag_metal_rows[i].class, objects, count), line,
            user);
    snprintf(text, sizeof text, "messages: %d, %u of another type",
             AG_METAL_MESSAGE_COUNT, differences);
    line(user, text);
    return differences;
}
