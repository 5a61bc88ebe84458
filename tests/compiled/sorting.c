/*
 * Quick, heap, merge and radix sort over structures and words with comparison
 * callbacks, binary search, a permutation applied in place.
 */
#include "compiled.h"

#define COUNT 60

struct item { int32_t key; uint16_t rank; uint8_t pad[3]; };

typedef int (*order)(const void *, const void *);

static void exchange(uint8_t *a, uint8_t *b, size_t size)
{
    while (size-- != 0) {
        uint8_t t = *a;

        *a++ = *b;
        *b++ = t;
    }
}

static void quick(void *base, size_t count, size_t size, order compare)
{
    uint8_t *b = base;
    size_t last = 0;

    if (count < 2)
        return;
    exchange(b, b + count / 2 * size, size);
    for (size_t i = 1; i < count; i++)
        if (compare(b + i * size, b) < 0 && ++last != i)
            exchange(b + last * size, b + i * size, size);
    exchange(b, b + last * size, size);
    quick(b, last, size, compare);
    quick(b + (last + 1) * size, count - last - 1, size, compare);
}

static int by_key(const void *left, const void *right)
{
    const struct item *a = left;
    const struct item *b = right;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (int)a->rank - (int)b->rank;
}

static void sift(uint64_t *heap, size_t root, size_t count)
{
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        uint64_t t = heap[root];

        if (child + 1 < count && heap[child + 1] > heap[child])
            child++;
        if (t >= heap[child])
            return;
        heap[root] = heap[child];
        heap[child] = t;
    }
}

static void heap_sort(uint64_t *words, size_t count)
{
    for (size_t i = count / 2; i-- > 0;)
        sift(words, i, count);
    for (size_t i = count; i-- > 1;) {
        uint64_t t = words[0];

        words[0] = words[i];
        words[i] = t;
        sift(words, 0, i);
    }
}

static void merge_sort(int16_t *v, int16_t *spare, size_t count)
{
    size_t half = count / 2, i = 0, k = half;

    if (count < 2)
        return;
    merge_sort(v, spare, half);
    merge_sort(v + half, spare, count - half);
    for (size_t n = 0; n < count; n++)
        spare[n] = k >= count || (i < half && v[i] <= v[k]) ? v[i++] : v[k++];
    for (size_t n = 0; n < count; n++)
        v[n] = spare[n];
}

static size_t find(const uint64_t *words, size_t count, uint64_t key)
{
    size_t low = 0;

    while (count > 0) {
        size_t half = count / 2;

        if (words[low + half] < key) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low;
}

uint64_t test(uint64_t input)
{
    struct item items[COUNT];
    uint64_t words[COUNT];
    int16_t halves[COUNT];
    int16_t spare[COUNT];
    uint64_t state = input;
    uint64_t hash = 11;

    for (unsigned i = 0; i < COUNT; i++) {
        uint64_t r = next_random(&state);

        items[i] = (struct item){(int32_t)(r % 41) - 20, (uint16_t)i, {1, 2, (uint8_t)r}};
        words[i] = r;
        halves[i] = (int16_t)(r >> 20);
    }
    quick(items, COUNT, sizeof items[0], by_key);
    heap_sort(words, COUNT);
    merge_sort(halves, spare, COUNT);
    for (unsigned i = 0; i < COUNT; i++) {
        hash = hash_word(hash, (uint64_t)items[i].key ^ items[i].rank ^ items[i].pad[2]);
        hash = hash_word(hash, words[i] + (uint64_t)halves[i]);
        hash = hash_word(hash, find(words, COUNT, next_random(&state)));
    }
    return hash;
}
