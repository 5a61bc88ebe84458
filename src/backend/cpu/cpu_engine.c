/*
 * Ways of executing lanes, each a device of the CPU backend: one by one, or in
 * groups with some set of vector instructions.
 */
#include "backend/cpu/cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

/* About 50 ms of one core at 170 million instructions/s; lane groups take 20 to
   300 ms. A constant, not a measurement, so that slices end at the same
   instructions in every run. */
#define FUEL (8u << 20)
#define FUEL_OF_GROUPS (64u << 20)
/* Lanes a thread takes at a time: enough to make taking them cheap. */
#define UNIT 16

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
static bool has_fma(void) /* what that copy is compiled for */
{
#if defined(__x86_64__)
    return has_avx2() && __builtin_cpu_supports("fma");
#else
    return false;
#endif
}
uint32_t ag_cpu_best_crypto(void)
{
#if defined(__x86_64__)
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & bit_AES) == 0 ||
        (c & bit_PCLMUL) == 0 || (c & bit_SSE4_1) == 0)
        return AG_CRYPTO_SOFT;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA) != 0
               ? AG_CRYPTO_SHA
               : AG_CRYPTO_AES;
#elif defined(__aarch64__) && defined(__linux__)
    const unsigned long all = HWCAP_AES | HWCAP_PMULL | HWCAP_SHA1 | HWCAP_SHA2;
    return (getauxval(AT_HWCAP) & all) == all ? AG_CRYPTO_SHA : AG_CRYPTO_SOFT;
#elif defined(__aarch64__) && defined(__APPLE__)
    return AG_CRYPTO_SHA; /* every one of them */
#else
    return AG_CRYPTO_SOFT;
#endif
}
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

#if defined(__x86_64__)
/* Widest last. Two lanes, as other processors would have, gain nothing. */
static const struct ag_cpu_vectors avx2 = {4, AG_VECTOR_FLAGS_avx2, has_avx2},
                                   avx512 = {8, AG_VECTOR_FLAGS_avx512,
                                             has_avx512};
static const struct ag_cpu_vectors *const vectors[] = {&avx2, &avx512, NULL};
#else
static const struct ag_cpu_vectors *const vectors[] = {NULL};
#endif

#define ONE_BY_ONE(name)                                                       \
    {name, ag_kernel_slice, is_usable, false, 0, UNIT, FUEL, AG_SIMD_FMA,      \
     AG_CRYPTO_SHA, NULL}
#define GROUPS(isa, copy, is_there, simd, crypto, vectors)                     \
    {"groups, " isa, copy, is_there, true, 0, AG_GROUP_MOST_LANES,             \
     FUEL_OF_GROUPS, simd, crypto, vectors}

/* An engine's place is the device's number. Device 0 is the last that is
   usable, and runs few lanes one by one. The others are for comparisons and
   tests: they do what they say to any number of lanes. The Makefile says which
   copies of lane groups the build has: devices keep their numbers where it
   lacks some. */
static const struct ag_cpu_engine engines[] = {
    ONE_BY_ONE("the best there is"),
    ONE_BY_ONE("one by one"),
#if defined(__x86_64__)
    GROUPS("SSE2", AG_GROUP_sse2, is_usable, AG_SIMD_BASE, AG_CRYPTO_SOFT,
           NULL),
    GROUPS("AVX2", AG_GROUP_avx2, has_avx2, AG_SIMD_FMA, AG_CRYPTO_SHA, &avx2),
    GROUPS("AVX-512", AG_GROUP_avx512, has_avx512, AG_SIMD_FMA, AG_CRYPTO_SHA,
           &avx512),
#elif defined(__aarch64__)
    GROUPS("NEON", AG_GROUP_neon, is_usable, AG_SIMD_BASE, AG_CRYPTO_SHA,
           NULL),
#endif
};
#define ENGINES (uint32_t)(sizeof engines / sizeof *engines)

/* Why the engine cannot be used; NULL: it can. */
static const char *what_it_lacks(const struct ag_cpu_engine *e)
{
    if (e->slice == NULL)
        return "is not in this build";
    return e->is_usable() ? NULL : "needs another processor";
}

struct ag_cpu_engine ag_cpu_take_engine(uint32_t index, uint64_t lanes)
{
    const bool is_best = index == 0 && lanes > AG_GROUP_FEW_LANES;
    struct ag_cpu_engine engine;
    if (is_best)
        for (index = ENGINES - 1; what_it_lacks(&engines[index]) != NULL;)
            index--;
    engine = engines[index];
    if (is_best)
        engine.few = AG_GROUP_FEW_LANES;
    for (size_t i = 0; vectors[i] != NULL && is_best; i++)
        if (vectors[i]->is_usable())
            engine.vectors = vectors[i];
    if (engine.simd == AG_SIMD_FMA && !has_fma())
        engine.simd = AG_SIMD_BASE;
    if (is_best || engine.crypto > ag_cpu_best_crypto())
        engine.crypto = ag_cpu_best_crypto(); /* with SSE2's groups, too */
    return engine;
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
