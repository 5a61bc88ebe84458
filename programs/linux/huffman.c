/*
 * Huffman's code for the standard input: builds the tree, encodes, decodes
 * again and compares. Prints the lengths of the codes and how small the text
 * becomes. Exit status 1 if there is nothing to read, 3 if it comes out another
 * one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTES 256
#define MOST_TEXT 16384

struct node {
    unsigned long weight;
    int left, right; /* -1: a leaf, whose number is its byte */
};

struct code {
    unsigned char length;
    unsigned char bits[BYTES / 8]; /* bit 0 of the first byte comes first */
};

static struct node nodes[2 * BYTES];
static int roots[BYTES], root_count, node_count = BYTES;
static struct code codes[BYTES];

/* Takes the lightest tree out of roots; the lower number of two as light. */
static int take_lightest(void)
{
    int best = 0;

    for (int i = 1; i < root_count; i++) {
        const struct node *a = &nodes[roots[i]], *b = &nodes[roots[best]];

        if (a->weight < b->weight ||
            (a->weight == b->weight && roots[i] < roots[best]))
            best = i;
    }

    int taken = roots[best];

    roots[best] = roots[--root_count];
    return taken;
}

static int build(const unsigned char *text, size_t size)
{
    for (int i = 0; i < BYTES; i++)
        nodes[i] = (struct node){0, -1, -1};
    for (size_t i = 0; i < size; i++)
        nodes[text[i]].weight++;
    for (int i = 0; i < BYTES; i++) {
        if (nodes[i].weight != 0)
            roots[root_count++] = i;
    }
    while (root_count > 1) {
        int left = take_lightest(), right = take_lightest();

        nodes[node_count] = (struct node){
            nodes[left].weight + nodes[right].weight, left, right};
        roots[root_count++] = node_count++;
    }
    return roots[0];
}

static void name_leaves(int at, struct code code)
{
    if (nodes[at].left < 0) {
        codes[at] = code;
        return;
    }

    unsigned place = code.length++;

    name_leaves(nodes[at].left, code);
    code.bits[place / 8] |= (unsigned char)(1u << place % 8);
    name_leaves(nodes[at].right, code);
}

static size_t encode(const unsigned char *text, size_t size,
                     unsigned char *packed)
{
    size_t bits = 0;

    for (size_t i = 0; i < size; i++) {
        const struct code *c = &codes[text[i]];

        for (unsigned k = 0; k < c->length; k++, bits++) {
            if (c->bits[k / 8] >> k % 8 & 1)
                packed[bits / 8] |= (unsigned char)(1u << bits % 8);
        }
    }
    return bits;
}

static int is_decoded(int root, const unsigned char *packed,
                      const unsigned char *text, size_t size)
{
    size_t bit = 0;

    for (size_t i = 0; i < size; i++) {
        int at = root;

        for (; nodes[at].left >= 0; bit++)
            at = packed[bit / 8] >> bit % 8 & 1 ? nodes[at].right
                                                : nodes[at].left;
        if (at != text[i])
            return 0;
    }
    return 1;
}

int main(void)
{
    static unsigned char text[MOST_TEXT];
    size_t size = fread(text, 1, sizeof text, stdin);
    /* No code is longer than the others together. */
    unsigned char *packed = calloc(BYTES / 8, size + 1);

    if (size == 0 || packed == NULL)
        return 1;

    int root = build(text, size);

    name_leaves(root, (struct code){0});

    size_t bits = encode(text, size, packed);

    for (int i = 0; i < BYTES; i++) {
        if (nodes[i].weight != 0)
            printf("%02x %lu %u\n", (unsigned)i, nodes[i].weight,
                   (unsigned)codes[i].length);
    }
    printf("%zu bytes are %zu bits, %.3f a byte\n", size, bits,
           (double)bits / (double)size);

    int status = is_decoded(root, packed, text, size) ? 0 : 3;

    free(packed);
    return status;
}
