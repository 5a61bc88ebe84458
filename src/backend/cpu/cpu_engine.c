/*
 * Ways of executing lanes, each a device of the CPU backend: one by one, or in
 * groups with some set of vector instructions.
 */
#include "backend/cpu/cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

/* A way of executing lanes; its place in engines[] is the device's number. */
struct engine {
    const char *name;
    ag_kernel_entry *group; /* NULL: lanes run one by one */
    int (*is_usable)(void);
};

static int is_usable(void)
{
    return 1;
}
#if defined(__x86_64__)
static int has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}
static int has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}
#endif
/* The first x86-64 processors, and what some emulators give, lack it. */
bool ag_cpu_has_cas_128(void)
{
#if defined(__x86_64__)
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_CMPXCHG16B) != 0;
#else
    return AG_MAY_CAS_128;
#endif
}

/* Device 0 is the last that is usable, and runs few lanes one by one. The
   others are for comparisons and tests: they do what they say to any number of
   lanes. The Makefile says which copies of lane groups the build has: devices
   keep their numbers where it lacks some. */
static const struct engine engines[] = {
    {"the best there is", NULL, is_usable},
    {"one by one", NULL, is_usable},
#if defined(__x86_64__)
    {"groups, SSE2", AG_GROUP_sse2, is_usable},
    {"groups, AVX2", AG_GROUP_avx2, has_avx2},
    {"groups, AVX-512", AG_GROUP_avx512, has_avx512},
#elif defined(__aarch64__)
    {"groups, NEON", AG_GROUP_neon, is_usable},
#endif
};
#define ENGINES (uint32_t)(sizeof engines / sizeof *engines)
#define FIRST_OF_GROUPS 2

/* Why the engine cannot be used; NULL: it can. */
static const char *what_it_lacks(const struct engine *e)
{
    if (e->group == NULL && e - engines >= FIRST_OF_GROUPS)
        return "is not in this build";
    return e->is_usable() ? NULL : "needs another processor";
}

ag_kernel_entry *ag_cpu_engine_group(uint32_t index)
{
    if (index != 0)
        return engines[index].group;
    for (index = ENGINES - 1; what_it_lacks(&engines[index]) != NULL;)
        index--;
    return engines[index].group;
}

/* Groups of SSE2 have what every x86-64 processor has, others the best. */
uint32_t ag_cpu_engine_simd(uint32_t index)
{
#if defined(__x86_64__)
    if (index != FIRST_OF_GROUPS && has_avx2() && __builtin_cpu_supports("fma"))
        return AG_SIMD_FMA;
#endif
    (void)index;
    return AG_SIMD_BASE;
}

int32_t ag_cpu_check_index(uint32_t index, char message[AG_MESSAGE_BYTES])
{
    const char *lacks;
    if (index >= ENGINES) {
        size_t used = (size_t)snprintf(
            message, AG_MESSAGE_BYTES,
            "device %u does not exist: the cpu backend has", index);
        for (uint32_t i = 0; i < ENGINES && used < AG_MESSAGE_BYTES; i++)
            used += (size_t)snprintf(message + used, AG_MESSAGE_BYTES - used,
                                     "%s %u (%s)", i == 0 ? "" : ",", i,
                                     engines[i].name);
        return ARMGPU_ERROR_BACKEND;
    }
    lacks = what_it_lacks(&engines[index]);
    if (lacks == NULL)
        return ARMGPU_OK;
    snprintf(message, AG_MESSAGE_BYTES, "device %u of the cpu backend (%s) %s",
             index, engines[index].name, lacks);
    return ARMGPU_ERROR_BACKEND;
}

const char *ag_cpu_engine_name(uint32_t index)
{
    return engines[index].name;
}
