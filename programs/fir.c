/*
 * A filter of 32 taps over 16-bit samples, 64 at a time, on vectors: products
 * of 32 bits are added up and narrowed with rounding and saturation. Samples
 * are noise, which a vector of generators makes. Returns a hash of what comes
 * out. reference/fir.c says the same without vectors.
 */
#include "guest.h"

#include <arm_neon.h>

#define TAPS 32
#define SAMPLES 64
#define SHIFT 13

typedef struct filter {
    int16x8_t taps[TAPS / 8];
    uint16x8_t noise, hash;
    int16_t samples[TAPS + SAMPLES];
} filter;

static void begin(filter *f, uint64_t lane)
{
    uint64_t state = guest_seed(lane);
    int16_t taps[TAPS];

    for (int i = 0; i < TAPS; i++) /* so small that sums fit 32 bits */
        taps[i] = (int16_t)((int)(guest_random(&state) >> 53) - 1024);
    for (int i = 0; i < TAPS / 8; i++)
        f->taps[i] = vld1q_s16(taps + 8 * i);
    f->noise = vreinterpretq_u16_u64(vcombine_u64(
        vcreate_u64(guest_random(&state)), vcreate_u64(guest_random(&state))));
    f->hash = vdupq_n_u16(0);
    for (int i = 0; i < TAPS + SAMPLES; i++)
        f->samples[i] = 0;
}

/* The last samples become the first, and new ones follow. */
static void listen(filter *f)
{
    uint16x8_t factor = vdupq_n_u16(25173);
    uint16x8_t summand = vdupq_n_u16(13849);

    for (int i = 0; i < TAPS; i += 8)
        vst1q_s16(f->samples + i, vld1q_s16(f->samples + SAMPLES + i));
    for (int i = 0; i < SAMPLES; i += 8) {
        f->noise = vmlaq_u16(summand, f->noise, factor);
        vst1q_s16(f->samples + TAPS + i, vreinterpretq_s16_u16(f->noise));
    }
}

#define TAP(k)                                                                 \
    x = vextq_s16(from, next, k);                                              \
    low = vmlal_laneq_s16(low, vget_low_s16(x), taps, k);                      \
    high = vmlal_high_laneq_s16(high, x, taps, k);

/* The 8 samples from `at` on. */
static int16x8_t outputs(const filter *f, const int16_t *at)
{
    int32x4_t low = vdupq_n_s32(0);
    int32x4_t high = vdupq_n_s32(0);

    for (int i = 0; i < TAPS / 8; i++) {
        int16x8_t taps = f->taps[i];
        int16x8_t from = vld1q_s16(at + 8 * i);
        int16x8_t next = vld1q_s16(at + 8 * i + 8);
        int16x8_t x;

        TAP(0)
        TAP(1)
        TAP(2)
        TAP(3)
        TAP(4)
        TAP(5)
        TAP(6)
        TAP(7)
    }
    return vqrshrn_high_n_s32(vqrshrn_n_s32(low, SHIFT), high, SHIFT);
}

uint64_t program(uint64_t lane, uint64_t argument)
{
    filter f;
    uint64x2_t hash;

    begin(&f, lane);
    for (uint64_t i = argument != 0 ? argument : 1; i != 0; i--) {
        listen(&f);
        for (int k = 0; k < SAMPLES; k += 8) {
            int16x8_t y = outputs(&f, f.samples + k);

            f.hash =
                vmlaq_u16(vreinterpretq_u16_s16(y), f.hash, vdupq_n_u16(31));
        }
    }
    hash = vreinterpretq_u64_u16(f.hash);
    return guest_hash(vgetq_lane_u64(hash, 0), vgetq_lane_u64(hash, 1));
}
