/* Errors as sentences, and the names of codes. */
#include "base/sized.h"
#include "core/engine.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

int32_t ag_fail(struct armgpu *g, int32_t code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(g->message, sizeof g->message, format, arguments);
    va_end(arguments);
    return code;
}

int32_t ag_device_failed(struct armgpu *g)
{
    g->has_failed = true;
    return ag_fail(g, ARMGPU_ERROR_DEVICE, "%s",
                   g->backend->message(g->device));
}

int32_t ag_check_size(struct armgpu *g, const char *what, uint64_t size)
{
    if (size >= sizeof size)
        return ARMGPU_OK;
    return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                   "%s.size is %" PRIu64 ": set it to sizeof the structure "
                   "(armgpu_options_init does)", what, size);
}

int32_t ag_check_known(struct armgpu *g, const char *what, const void *from,
                       uint64_t size, size_t ours)
{
    if (ag_is_known(from, size, ours))
        return ARMGPU_OK;
    return ag_fail(g, ARMGPU_ERROR_ARGUMENT,
                   "%s.size is %" PRIu64 ", and what is beyond %zu bytes asks "
                   "for something that this version of libarmgpu (%s) does not "
                   "know", what, size, ours, ARMGPU_VERSION);
}

const char *ag_format_bytes(uint64_t bytes, char text[32])
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes;
    int unit = 0;
    while (value >= 1024 && unit < 4) {
        value /= 1024;
        unit++;
    }
    snprintf(text, 32, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    return text;
}

const char *armgpu_error_message(const armgpu *g)
{
    return g == NULL ? "out of memory" : g->message;
}

const char *armgpu_error_name(int32_t error)
{
    switch (error) {
#define ARMGPU_X(name, value, text)                                            \
    case value:                                                                \
        return #name;
        ARMGPU_ERRORS(ARMGPU_X)
#undef ARMGPU_X
    default:
        return "unknown";
    }
}

const char *armgpu_stop_name(uint32_t stop_reason)
{
    switch (stop_reason) {
#define ARMGPU_X(name, value, text, pc, code, traits, colour)                  \
    case value:                                                                \
        return text;
        ARMGPU_STOPS(ARMGPU_X)
#undef ARMGPU_X
    default:
        return "unknown";
    }
}

uint32_t armgpu_stop_traits(uint32_t stop_reason)
{
    static const uint32_t traits_of[ARMGPU_MAX_STOPS] = {
#define ARMGPU_X(name, value, text, pc, code, traits, colour) [value] = traits,
        ARMGPU_STOPS(ARMGPU_X)
#undef ARMGPU_X
    };
    return stop_reason < ARMGPU_MAX_STOPS ? traits_of[stop_reason] : 0;
}
