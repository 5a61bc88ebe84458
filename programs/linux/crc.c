/*
 * CRC-32 and Adler-32 of the standard input, as zlib has them, and
 * CRC-16/CCITT; with an argument N of N bytes that a generator makes instead.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct sums {
    uint32_t table[256];
    uint32_t crc32, adler_low, adler_high;
    uint32_t crc16;
};

static void begin(struct sums *s)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t word = i;

        for (int bit = 0; bit < 8; bit++)
            word = word >> 1 ^ (word & 1 ? 0xEDB88320u : 0);
        s->table[i] = word;
    }
    s->crc32 = 0xFFFFFFFFu;
    s->adler_low = 1;
    s->adler_high = 0;
    s->crc16 = 0xFFFF;
}

static void add(struct sums *s, uint32_t byte)
{
    s->crc32 = s->crc32 >> 8 ^ s->table[(s->crc32 ^ byte) & 0xFF];
    s->adler_low = (s->adler_low + byte) % 65521;
    s->adler_high = (s->adler_high + s->adler_low) % 65521;
    s->crc16 ^= byte << 8;
    for (int bit = 0; bit < 8; bit++)
        s->crc16 = (s->crc16 << 1 ^ (s->crc16 & 0x8000 ? 0x1021u : 0)) & 0xFFFF;
}

int main(int argc, char **argv)
{
    struct sums s;
    unsigned long bytes = 0;

    begin(&s);
    if (argc > 1) {
        unsigned long count = strtoul(argv[1], NULL, 0);
        uint32_t state = 2463534242u;

        for (; bytes < count; bytes++) {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            add(&s, state & 0xFF);
        }
    } else {
        for (int byte; (byte = getchar()) != EOF; bytes++)
            add(&s, (uint32_t)byte);
    }
    printf("%lu bytes, crc32 %08lx, adler32 %08lx, crc16 %04lx\n", bytes,
           (unsigned long)(s.crc32 ^ 0xFFFFFFFFu),
           (unsigned long)(s.adler_high << 16 | s.adler_low),
           (unsigned long)s.crc16);
    return 0;
}
