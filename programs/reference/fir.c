/* What fir.c computes, without vectors. */
#include "guest.h"

#define TAPS 32
#define SAMPLES 64
#define SHIFT 13

typedef struct filter {
    int32_t taps[TAPS];
    uint32_t noise[8], hash[8]; /* 16 bits each */
    int32_t samples[TAPS + SAMPLES];
} filter;

static int32_t as_signed(uint32_t bits)
{
    return (int32_t)(bits & 0x7fff) - (int32_t)(bits & 0x8000);
}

static void begin(filter *f, uint64_t lane)
{
    uint64_t state = guest_seed(lane);

    for (int i = 0; i < TAPS; i++)
        f->taps[i] = (int32_t)(guest_random(&state) >> 53) - 1024;
    for (int i = 0; i < 8; i += 4) {
        uint64_t word = guest_random(&state);

        for (int k = 0; k < 4; k++)
            f->noise[i + k] = (uint32_t)(word >> 16 * k) & 0xffff;
    }
    for (int i = 0; i < 8; i++)
        f->hash[i] = 0;
    for (int i = 0; i < TAPS + SAMPLES; i++)
        f->samples[i] = 0;
}

static void listen(filter *f)
{
    for (int i = 0; i < TAPS; i++)
        f->samples[i] = f->samples[SAMPLES + i];
    for (int i = 0; i < SAMPLES; i++) {
        uint32_t *noise = &f->noise[i % 8];

        *noise = (*noise * 25173 + 13849) & 0xffff;
        f->samples[TAPS + i] = as_signed(*noise);
    }
}

/* Shifted with rounding, and what 16 bits cannot hold at their end. */
static int32_t narrow(int32_t sum)
{
    int32_t twice = (sum >> (SHIFT - 1)) + 1;
    int32_t y = twice >> 1;

    return y > 32767 ? 32767 : y < -32768 ? -32768 : y;
}

static uint64_t word_of(const uint32_t *halves)
{
    return halves[0] | (uint64_t)halves[1] << 16 | (uint64_t)halves[2] << 32 |
           (uint64_t)halves[3] << 48;
}

uint64_t program(uint64_t lane, uint64_t argument)
{
    filter f;

    begin(&f, lane);
    for (uint64_t i = argument != 0 ? argument : 1; i != 0; i--) {
        listen(&f);
        for (int n = 0; n < SAMPLES; n++) {
            uint32_t *hash = &f.hash[n % 8];
            int32_t sum = 0;

            for (int k = 0; k < TAPS; k++)
                sum += f.taps[k] * f.samples[n + k];
            *hash = (*hash * 31 + (uint32_t)narrow(sum)) & 0xffff;
        }
    }
    return guest_hash(word_of(f.hash), word_of(f.hash + 4));
}
