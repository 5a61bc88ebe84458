/*
 * Data structures over a pool without pointers to the outside: open-addressed
 * and chained hash tables, a binary search tree with deletion, a linked list
 * reversed and merged, a ring buffer, initialised and zeroed globals.
 */
#include "compiled.h"

#define POOL 200
#define SLOTS 64

struct node {
    struct node *left, *right;
    uint32_t key;
    uint32_t hits;
};

static struct node pool[POOL];
static unsigned used;
static uint64_t slots[SLOTS];
static uint16_t counts[SLOTS] = {1, 2, 3};
static struct { uint32_t head, tail; uint8_t bytes[16]; } ring = {3, 3, "ring"};

static struct node *new_node(uint32_t key)
{
    struct node *n = &pool[used++ % POOL];

    n->left = n->right = NULL;
    n->key = key;
    n->hits = 1;
    return n;
}

static struct node *insert(struct node *root, uint32_t key)
{
    struct node **at = &root;

    while (*at != NULL && (*at)->key != key)
        at = key < (*at)->key ? &(*at)->left : &(*at)->right;
    if (*at == NULL)
        *at = new_node(key);
    else
        (*at)->hits++;
    return root;
}

static struct node *erase(struct node *root, uint32_t key)
{
    struct node **at = &root;
    struct node *n;

    while ((n = *at) != NULL && n->key != key)
        at = key < n->key ? &n->left : &n->right;
    if (n == NULL)
        return root;
    if (n->left != NULL && n->right != NULL) {
        struct node **next = &n->right;

        while ((*next)->left != NULL)
            next = &(*next)->left;
        n->key = (*next)->key;
        n->hits = (*next)->hits;
        *next = (*next)->right;
    } else {
        *at = n->left != NULL ? n->left : n->right;
    }
    return root;
}

static uint64_t walk(const struct node *n, uint64_t hash)
{
    if (n == NULL)
        return hash;
    hash = walk(n->left, hash);
    hash = hash_word(hash, (uint64_t)n->key << 8 | n->hits);
    return walk(n->right, hash);
}

static unsigned probe(uint64_t key)
{
    unsigned at = (unsigned)(key * 0x9E3779B97F4A7C15u >> 58);

    for (unsigned i = 0; i < SLOTS; i++, at = (at + 1) % SLOTS) {
        if (slots[at] == 0 || slots[at] == key)
            break;
    }
    slots[at] = key;
    counts[at]++;
    return at;
}

static unsigned push(uint8_t byte)
{
    unsigned size = sizeof ring.bytes;

    ring.bytes[ring.head++ % size] = byte;
    if (ring.head - ring.tail > size)
        ring.tail++;
    return ring.head - ring.tail;
}

static uint64_t lists(uint64_t hash, uint64_t *state)
{
    struct node *list = NULL;
    struct node *turned = NULL;

    for (int i = 0; i < 20; i++) {
        struct node *n = new_node((uint32_t)next_random(state));

        n->right = list;
        list = n;
    }
    while (list != NULL) {
        struct node *next = list->right;

        list->right = turned;
        turned = list;
        list = next;
    }
    for (; turned != NULL; turned = turned->right)
        hash = hash_word(hash, turned->key);
    return hash;
}

/*
 * A lane calls once and finds the globals as the image has them; the host calls
 * again and again, and puts back what an earlier call left.
 */
static void reset(void)
{
    used = 0;
    for (unsigned i = 0; i < SLOTS; i++) {
        slots[i] = 0;
        counts[i] = (uint16_t)(i < 3 ? i + 1 : 0);
    }
    ring.head = ring.tail = 3;
    for (unsigned i = 0; i < sizeof ring.bytes; i++)
        ring.bytes[i] = (uint8_t)(i < 4 ? "ring"[i] : 0);
}

uint64_t test(uint64_t input)
{
    uint64_t state = input;
    uint64_t hash = 13;
    struct node *root = NULL;

    if (used != 0)
        reset();
    for (int i = 0; i < 150; i++) {
        uint64_t r = next_random(&state);

        root = i % 3 == 2 ? erase(root, (uint32_t)(r % 64)) : insert(root, (uint32_t)(r % 64));
        hash = hash_word(hash, (uint64_t)probe(r % 90 + 1) + push((uint8_t)r));
    }
    hash = lists(walk(root, hash), &state);
    for (unsigned i = 0; i < SLOTS; i++)
        hash = hash_word(hash, slots[i] * counts[i] + ring.bytes[i % 16]);
    return hash;
}
