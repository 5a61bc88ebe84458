/*
 * For tests that run guest code: a handle with a few lanes, words loaded at 0,
 * and checks that print the library's own message. Words are written in
 * hexadecimal with the assembly beside them; check_text() holds the two
 * together.
 */
#ifndef AG_TESTS_GUEST_H
#define AG_TESTS_GUEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "armgpu.h"

#define LENGTH(a) (sizeof(a) / sizeof(a)[0])
#define HLT UINT32_C(0xd4400000)

#define assert_ok(g, call)                                                     \
    do {                                                                       \
        if ((call) != ARMGPU_OK)                                               \
            fail_msg("%s", armgpu_error_message(g));                           \
    } while (0)

static inline armgpu *open_with(const armgpu_options *o)
{
    armgpu *g;
    if (armgpu_open(&g, o) != ARMGPU_OK)
        fail_msg("%s: %s", o->backend, armgpu_error_message(g));
    return g;
}

static inline armgpu *open_guest(uint64_t lanes, uint64_t memory, uint32_t mode,
                                 uint32_t threads)
{
    armgpu_options o;
    armgpu_options_init(&o);
    o.lanes = lanes;
    o.memory_size = memory;
    o.memory_mode = mode;
    o.threads = threads;
    o.backend = "cpu";
    return open_with(&o);
}

static inline void load_words(armgpu *g, uint64_t address,
                              const uint32_t *words, size_t count)
{
    uint8_t *bytes = malloc(count * 4);
    assert_non_null(bytes);
    for (size_t i = 0; i < count; i++)
        for (int b = 0; b < 4; b++)
            bytes[i * 4 + (size_t)b] = (uint8_t)(words[i] >> (8 * b));
    int32_t error = armgpu_load_program(g, bytes, count * 4, address);
    free(bytes);
    assert_ok(g, error);
}

static inline armgpu_lane_result result_of(armgpu *g, uint64_t lane)
{
    armgpu_lane_result r;
    assert_ok(g, armgpu_get_results(g, lane, 1, &r));
    return r;
}

static inline armgpu_state state_of(armgpu *g, uint64_t lane)
{
    armgpu_state s = {.size = sizeof s};
    assert_ok(g, armgpu_get_state(g, lane, 1, &s));
    return s;
}

static inline uint64_t memory_word(armgpu *g, uint64_t lane, uint64_t address)
{
    uint8_t b[8];
    uint64_t v = 0;
    assert_ok(g, armgpu_read_memory(g, lane, address, b, 8));
    for (int i = 0; i < 8; i++)
        v |= (uint64_t)b[i] << (8 * i);
    return v;
}

static inline armgpu_translation translation_of(const armgpu *g)
{
    armgpu_translation t = {.size = sizeof t};
    assert_int_equal(armgpu_get_translation(g, &t), ARMGPU_OK);
    return t;
}

/* The word reads as `text` (mnemonic and operands separated by one space). */
static inline void check_text(uint32_t word, const char *text)
{
    char got[128];
    armgpu_disassemble(word, 0, 0, got, sizeof got);
    for (char *c = got; *c != '\0'; c++)
        if (*c == '\t')
            *c = ' ';
    if (strncmp(got, text, strlen(text)) != 0)
        fail_msg("0x%08x is '%s', not '%s'", word, got, text);
}

static inline void check_stop(armgpu *g, uint64_t lane, uint32_t reason,
                              uint64_t code, uint64_t pc, uint64_t cycles)
{
    armgpu_lane_result r = result_of(g, lane);
    if (r.stop_reason != reason || r.stop_code != code || r.pc != pc ||
        r.cycles != cycles)
        fail_msg("lane %llu: %s code 0x%llx pc 0x%llx after %llu, expected %s "
                 "code 0x%llx pc 0x%llx after %llu", (unsigned long long)lane,
                 armgpu_stop_name(r.stop_reason),
                 (unsigned long long)r.stop_code, (unsigned long long)r.pc,
                 (unsigned long long)r.cycles, armgpu_stop_name(reason),
                 (unsigned long long)code, (unsigned long long)pc,
                 (unsigned long long)cycles);
}

#endif
