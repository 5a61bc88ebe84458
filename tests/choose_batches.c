/*
 * Measures which operations follow each other in guest programs, and chooses
 * batches by it (kernels/table/batch.insn). Not a test: `make batches` runs it.
 *
 *   choose_batches PROGRAM...     what the batches of the table are worth
 *   choose_batches -n N [-l LENGTH] PROGRAM...   proposes N batches of at most
 *                                              LENGTH operations instead
 *
 * Each program is traced on one lane for at most TRACED instructions and cut
 * into straight stretches as they were executed. Every program weighs the same,
 * whatever its length. Worth is the share of dispatches, in percent of all
 * instructions, that would come back without the batch.
 */
#include "armgpu.h"

#include "a64/decode.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRACED = 500000, LANES = 8, TRACED_LANE = 5, MAX_CHOSEN = 400,
       MAX_STRETCH = AG_PAGE_ENTRIES, LONGEST = AG_LONGEST_BATCH > 4 ?
       AG_LONGEST_BATCH : 4, BUCKETS = 65536 };

/* Operations executed in straight line, and how often. */
struct stretch {
    struct stretch *next;
    u64 pc, times;
    double weight; /* share of its program's instructions, over `length` */
    u32 program, length;
    u16 ops[];
};

struct chosen {
    u16 ops[LONGEST]; /* 0 after the last */
    double worth;
};

struct programs {
    struct stretch *buckets[BUCKETS];
    u64 instructions; /* of the program being traced */
    u32 count;
    u64 pc, start;    /* the stretch being traced */
    u32 length;
    u16 ops[MAX_STRETCH];
};

static struct programs all;
static struct chosen batches[MAX_CHOSEN];
static u32 num_batches, max_length = LONGEST;

/* -- What can be in a batch: as insngen has it ------------------------------ */

enum kind { ALONE, INSIDE, LAST };

static const char *const names[AG_OP_COUNT] = {
#define ALU(op, flags, form) [AG_OP_##op] = #op,
#define MEMORY(op, is_load, address, size, ext, is_pair, wb, order)            \
    [AG_OP_##op] = #op,
#define OTHER(op, flags) [AG_OP_##op] = #op,
#define ATOMIC(op) [AG_OP_##op] = #op,
    AG_OPS(ALU, MEMORY, ATOMIC, OTHER, OTHER)
#undef ALU
#undef MEMORY
#undef OTHER
#undef ATOMIC
};

static const u8 kinds[AG_OP_COUNT] = {
#define order_none INSIDE
#define order_acquire ALONE
#define order_release ALONE
#define order_sc ALONE
#define ALU(op, flags, form) [AG_OP_##op] = INSIDE,
#define MEMORY(op, is_load, address, size, ext, is_pair, wb, order)            \
    [AG_OP_##op] = order_##order,
#define BRANCH(op, flags) [AG_OP_##op] = LAST,
#define SYSTEM(op, flags) [AG_OP_##op] = ALONE,
#define ATOMIC(op) [AG_OP_##op] = ALONE,
    AG_OPS(ALU, MEMORY, ATOMIC, BRANCH, SYSTEM)
};

/* -- Tracing ---------------------------------------------------------------- */

static void *must(void *p)
{
    if (p == NULL) {
        fprintf(stderr, "choose_batches: out of memory\n");
        exit(1);
    }
    return p;
}

static void end_stretch(void)
{
    u32 bucket = (u32)(all.start / 4 * 31 + all.length) % BUCKETS;
    struct stretch *s = all.buckets[bucket];
    size_t bytes = all.length * sizeof(u16);
    if (all.length == 0)
        return;
    while (s != NULL && (s->program != all.count || s->pc != all.start ||
                         s->length != all.length ||
                         memcmp(s->ops, all.ops, bytes) != 0))
        s = s->next;
    if (s == NULL) {
        s = must(calloc(1, sizeof *s + bytes));
        *s = (struct stretch){.next = all.buckets[bucket], .pc = all.start,
                              .program = all.count, .length = all.length};
        memcpy(s->ops, all.ops, bytes);
        all.buckets[bucket] = s;
    }
    s->times++;
    all.length = 0;
}

static int32_t on_instruction(void *user, uint64_t lane,
                              const armgpu_state *state, uint32_t word)
{
    u16 op = a64_row_ops[a64_find_row(word)];
    (void)user;
    (void)lane;
    if (state->pc != all.pc + 4 || state->pc % AG_PAGE_BYTES == 0)
        end_stretch();
    if (all.length == 0)
        all.start = state->pc;
    all.ops[all.length++] = op;
    all.pc = state->pc;
    all.instructions++;
    if (op >= AG_OP_FIRST_ENDING)
        end_stretch();
    return 0;
}

static void weigh(void)
{
    for (u32 i = 0; i < BUCKETS; i++)
        for (struct stretch *s = all.buckets[i]; s != NULL; s = s->next)
            if (s->program == all.count)
                s->weight = (double)s->times / (double)all.instructions;
}

static bool trace(armgpu *g, const char *path)
{
    static uint8_t image[1 << 20];
    FILE *in = fopen(path, "rb");
    size_t size = in == NULL ? 0 : fread(image, 1, sizeof image, in);
    if (in != NULL)
        fclose(in);
    all.instructions = 0;
    if (size == 0 || armgpu_load_program(g, image, size, 0) != ARMGPU_OK ||
        armgpu_set_trace(g, TRACED_LANE, on_instruction, NULL) != ARMGPU_OK ||
        armgpu_execute(g, TRACED, NULL) != ARMGPU_OK)
        return false;
    end_stretch();
    weigh();
    all.count++;
    return true;
}

static void trace_program(const char *path)
{
    armgpu_options o;
    armgpu *g;
    armgpu_options_init(&o);
    o.lanes = LANES;
    o.backend = "cpu";
    o.threads = 1;
    o.memory_size = 1 << 20;
    if (armgpu_open(&g, &o) != ARMGPU_OK || !trace(g, path)) {
        fprintf(stderr, "choose_batches: %s: %s\n", path,
                armgpu_error_message(g));
        exit(1);
    }
    armgpu_close(g);
}

/* -- Dispatches -------------------------------------------------------------- */

static u32 length_of(const u16 *ops)
{
    u32 n = 0;
    while (n < LONGEST && ops[n] != 0)
        n++;
    return n;
}

/* How the host would cut a stretch: pieces[i] is the length of the one that
   begins at i; returns the number of dispatches. As form_batches() does. */
static u32 cut(const struct stretch *s, u8 *pieces)
{
    static u32 best[MAX_STRETCH + 1];
    best[s->length] = 0;
    for (u32 i = s->length; i-- > 0;) {
        best[i] = best[i + 1] + 1;
        pieces[i] = 1;
        for (u32 b = 0; b < num_batches; b++) {
            if (batches[b].ops[0] != s->ops[i])
                continue;
            u32 n = length_of(batches[b].ops);
            if (i + n <= s->length && best[i + n] + 1 < best[i] &&
                memcmp(batches[b].ops, &s->ops[i], n * sizeof(u16)) == 0) {
                best[i] = best[i + n] + 1;
                pieces[i] = (u8)n;
            }
        }
    }
    return best[0];
}

/* Dispatches an instruction, of one program or the mean of all (~0). */
static double dispatches(u32 program)
{
    static u8 pieces[MAX_STRETCH];
    double sum = 0;
    for (u32 i = 0; i < BUCKETS; i++)
        for (struct stretch *s = all.buckets[i]; s != NULL; s = s->next)
            if (program == ~0u || program == s->program)
                sum += cut(s, pieces) * s->weight;
    return program == ~0u ? sum / all.count : sum;
}

static void measure_worth(void)
{
    double with = dispatches(~0u);
    for (u32 b = 0; b < num_batches; b++) {
        u16 first = batches[b].ops[0];
        batches[b].ops[0] = 0; /* no stretch has it */
        batches[b].worth = 100 * (dispatches(~0u) - with);
        batches[b].ops[0] = first;
    }
}

/* -- Choosing ---------------------------------------------------------------- */

/* Candidates: what two neighbouring pieces would become. */
struct candidate {
    u16 ops[LONGEST];
    double weight;
};
static struct candidate candidates[65536];

static bool is_allowed(const u16 *ops, u32 n)
{
    for (u32 i = 0; i < n; i++)
        if (kinds[ops[i]] == ALONE || (kinds[ops[i]] == LAST && i + 1 < n))
            return false;
    return n <= max_length;
}

static void add_candidate(const u16 *ops, u32 n, double weight)
{
    u16 key[LONGEST] = {0};
    u32 hash = 0;
    memcpy(key, ops, n * sizeof *ops);
    for (u32 i = 0; i < n; i++)
        hash = hash * 509 + key[i];
    for (;; hash++) {
        struct candidate *c = &candidates[hash % 65536];
        if (c->weight != 0 && memcmp(c->ops, key, sizeof key) != 0)
            continue;
        memcpy(c->ops, key, sizeof key);
        c->weight += weight;
        return;
    }
}

static void gather_candidates(void)
{
    static u8 pieces[MAX_STRETCH];
    memset(candidates, 0, sizeof candidates);
    for (u32 i = 0; i < BUCKETS; i++)
        for (struct stretch *s = all.buckets[i]; s != NULL; s = s->next) {
            cut(s, pieces);
            for (u32 at = 0; at + pieces[at] < s->length; at += pieces[at]) {
                u32 n = (u32)pieces[at] + pieces[at + pieces[at]];
                if (is_allowed(&s->ops[at], n))
                    add_candidate(&s->ops[at], n, s->weight);
            }
        }
}

/* What a batch makes unnecessary goes, the least useful first. */
static void drop_least(void)
{
    u32 least = 0;
    measure_worth();
    for (u32 b = 1; b < num_batches; b++)
        if (batches[b].worth < batches[least].worth)
            least = b;
    batches[least] = batches[--num_batches];
}

/* Joins the most frequent neighbours, again and again: twice as often as
   wanted, because what was joined twice leaves its parts useless. */
static void choose(u32 wanted)
{
    for (num_batches = 0; num_batches < 2 * wanted; num_batches++) {
        struct candidate *best = candidates;
        gather_candidates();
        for (u32 i = 0; i < 65536; i++)
            if (candidates[i].weight > best->weight)
                best = &candidates[i];
        if (best->weight == 0)
            break;
        memcpy(batches[num_batches].ops, best->ops, sizeof best->ops);
    }
    while (num_batches > wanted)
        drop_least();
}

static int compare_worth(const void *left, const void *right)
{
    const struct chosen *a = left, *b = right;
    return a->worth < b->worth ? 1 : a->worth > b->worth ? -1 : 0;
}

static void report(u32 argc, char **argv)
{
    measure_worth();
    qsort(batches, num_batches, sizeof *batches, compare_worth);
    for (u32 b = 0; b < num_batches; b++) {
        printf("%6.2f  batch", batches[b].worth);
        for (u32 i = 0; i < length_of(batches[b].ops); i++)
            printf(" %s", names[batches[b].ops[i]]);
        printf("\n");
    }
    printf("\ninstructions a dispatch:\n");
    for (u32 i = 0; i < argc; i++)
        printf("%6.2f  %s\n", 1 / dispatches(i), argv[i]);
    printf("%6.2f  all\n", 1 / dispatches(~0u));
}

int main(int argc, char **argv)
{
    u32 first = 1, wanted = 0;
    for (; argc > (int)first + 2 && argv[first][0] == '-'; first += 2)
        *(argv[first][1] == 'n' ? &wanted : &max_length) =
            (u32)strtoul(argv[first + 1], NULL, 10);
    if (argc <= (int)first || max_length > LONGEST || wanted > MAX_CHOSEN / 2) {
        fprintf(stderr, "usage: choose_batches [-n N] [-l LENGTH] PROGRAM...\n");
        return 2;
    }
    for (int i = (int)first; i < argc; i++)
        trace_program(argv[i]);
    num_batches = AG_OP_END - AG_OP_COUNT;
    for (u32 b = 0; b < num_batches; b++)
        memcpy(batches[b].ops, a64_batch_ops[b], sizeof a64_batch_ops[b]);
    if (wanted > 0)
        choose(wanted);
    report((u32)argc - first, argv + first);
    return 0;
}
