/*
 * The program break and mappings against a model that has a flag and the bytes
 * of each page: random calls, what they give, and all of the heap afterwards.
 * What is not mapped must be zero.
 */
#include "linux_guest.h"
#include "random.h"

#define PAGE UINT64_C(4096)
#define PAGES ((HEAP_END - HEAP_AT) / PAGE)
#define BATCH 500
#define E_EXIST (-17)
#define E_FAULT (-14)
#define E_INVAL (-22)
#define E_NOMEM (-12)

static struct {
    bool is_mapped[PAGES];
    uint8_t bytes[PAGES * PAGE];
    uint64_t brk; /* bytes */
    uint64_t read; /* bytes of input */
} model;
static uint8_t input[1 << 20];

static uint64_t break_pages(void)
{
    return (model.brk + PAGE - 1) / PAGE;
}

static uint64_t lowest(void)
{
    uint64_t i = 0;
    while (i < PAGES && !model.is_mapped[i])
        i++;
    return i;
}

/* Stretches of mapped pages, were [first, end) mapped or not. */
static uint64_t stretches(uint64_t first, uint64_t end, bool is_mapped)
{
    uint64_t n = 0;
    bool before = false;
    for (uint64_t i = 0; i < PAGES; i++) {
        bool is = i >= first && i < end ? is_mapped : model.is_mapped[i];
        n += is && !before;
        before = is;
    }
    return n;
}

static void set_pages(uint64_t first, uint64_t end, bool is_mapped)
{
    for (uint64_t i = first; i < end; i++)
        model.is_mapped[i] = is_mapped;
}

static bool all_are(uint64_t first, uint64_t end, bool is_mapped)
{
    for (uint64_t i = first; i < end; i++)
        if (i >= PAGES || model.is_mapped[i] != is_mapped)
            return false;
    return true;
}

static void zero(uint64_t first, uint64_t end)
{
    if (first < end)
        memset(model.bytes + first * PAGE, 0, (size_t)((end - first) * PAGE));
}

/* Highest place for n pages; PAGES if there is none. */
static uint64_t place_for(uint64_t n)
{
    for (uint64_t first = PAGES; first-- > break_pages();)
        if (first + n <= PAGES && all_are(first, first + n, false))
            return first;
    return PAGES;
}

static int64_t map_at(uint64_t first, uint64_t n)
{
    if (first == PAGES || stretches(first, first + n, true) > AG_REGIONS)
        return E_NOMEM;
    set_pages(first, first + n, true);
    return (int64_t)(HEAP_AT + first * PAGE);
}

static bool unmap(uint64_t first, uint64_t end)
{
    if (first >= end)
        return true;
    if (stretches(first, end, false) > AG_REGIONS)
        return false;
    for (uint64_t i = first; i < end; i++)
        if (model.is_mapped[i] || i < break_pages())
            zero(i, i + 1);
    set_pages(first, end, false);
    return true;
}

static int64_t model_brk(uint64_t to)
{
    uint64_t was = break_pages();
    if (to >= HEAP_AT && to - HEAP_AT <= lowest() * PAGE) {
        model.brk = to - HEAP_AT;
        zero(break_pages(), was > break_pages() ? was : break_pages());
    }
    return (int64_t)(HEAP_AT + model.brk);
}

static int64_t model_fixed(uint64_t first, uint64_t n, bool replaces)
{
    uint64_t end = first + n;
    if (end > PAGES)
        return E_NOMEM;
    if (!replaces && (first < break_pages() || !all_are(first, end, false)))
        return E_EXIST;
    if (!unmap(first, end))
        return E_NOMEM;
    uint64_t from = first < break_pages() ? break_pages() : first;
    if (from < end && map_at(from, end - from) < 0)
        return E_NOMEM;
    return (int64_t)(HEAP_AT + first * PAGE);
}

static int64_t model_mremap(uint64_t first, uint64_t old, uint64_t n,
                            bool may_move)
{
    if (first >= PAGES || !all_are(first, first + (old == 0 ? 1 : old), true))
        return E_FAULT;
    if (old == 0)
        return E_INVAL;
    if (n <= old)
        return unmap(first + n, first + old) ? (int64_t)(HEAP_AT + first * PAGE)
                                             : E_NOMEM;
    if (first + n <= PAGES && all_are(first + old, first + n, false)) {
        set_pages(first + old, first + n, true);
        return (int64_t)(HEAP_AT + first * PAGE);
    }
    if (!may_move)
        return E_NOMEM;
    uint64_t to = place_for(n);
    int64_t address = map_at(to, n);
    if (address < 0)
        return address;
    memcpy(model.bytes + to * PAGE, model.bytes + first * PAGE,
           (size_t)(old * PAGE));
    unmap(first, first + old);
    return address;
}

/* Input to somewhere that is mapped, at most up to the end of its page. */
static int64_t model_read(uint64_t at, uint64_t n)
{
    if (n > sizeof input - model.read)
        n = sizeof input - model.read;
    memcpy(model.bytes + at, input + model.read, (size_t)n);
    model.read += n;
    return (int64_t)n;
}

static int64_t plan_read(struct random_source *r, struct call *c)
{
    uint64_t page = random_below(r, PAGES), at, n;
    for (uint64_t i = 0; i < PAGES; i++, page = (page + 1) % PAGES)
        if (model.is_mapped[page] || (page + 1) * PAGE <= model.brk)
            break;
    if (!model.is_mapped[page] && (page + 1) * PAGE > model.brk)
        page = 0; /* nothing is: then nothing is read */
    at = page * PAGE + random_below(r, PAGE);
    n = random_below(r, 60);
    n = n > (page + 1) * PAGE - at ? (page + 1) * PAGE - at : n;
    if (!model.is_mapped[page] && (page + 1) * PAGE > model.brk)
        n = 0;
    *c = (struct call){{0, HEAP_AT + at, n}, N_read};
    return model_read(at, n);
}

static uint64_t some_pages(struct random_source *r)
{
    return random_one_in(r, 9) ? random_below(r, PAGES) + 1
                               : random_below(r, 4) + 1;
}

/* A call and what it gives. */
static int64_t plan(struct random_source *r, struct call *c)
{
    uint64_t first = random_below(r, PAGES), n = some_pages(r);
    uint64_t address = HEAP_AT + first * PAGE;
    uint64_t end = first + n < PAGES ? first + n : PAGES;
    bool replaces = random_one_in(r, 2);
    switch (random_below(r, 10)) {
    case 0:
        address = HEAP_AT + random_below(r, 40 * PAGE);
        *c = (struct call){{random_one_in(r, 9) ? 0 : address}, N_brk};
        return model_brk(c->x[0]);
    case 1:
    case 2:
        *c = (struct call){{0, n * PAGE - random_below(r, PAGE), 3, 0x22,
                            UINT64_MAX, 0}, N_mmap};
        return map_at(place_for(n), n);
    case 3:
        *c = (struct call){{address, n * PAGE, 0, replaces ? 0x32 : 0x100022,
                            UINT64_MAX, 0}, N_mmap};
        return model_fixed(first, n, replaces);
    case 4:
    case 5:
        *c = (struct call){{address, n * PAGE}, N_munmap};
        return unmap(first, end) ? 0 : E_NOMEM;
    case 6: {
        uint64_t old = random_below(r, 4);
        *c = (struct call){{address, old * PAGE, n * PAGE, replaces}, N_mremap};
        return model_mremap(first, old, n, replaces);
    }
    case 7:
        *c = (struct call){{address, n * PAGE, 4}, N_madvise};
        for (uint64_t i = first; i < first + n; i++)
            if (i < PAGES ? !model.is_mapped[i] && i >= break_pages()
                          : HEAP_AT + i * PAGE >= MEMORY)
                return E_NOMEM;
        zero(first, end); /* what lies behind the heap is no mapping */
        return 0;
    default:
        return plan_read(r, c);
    }
}

static void check_heap(armgpu *g, uint64_t lane)
{
    static uint8_t bytes[PAGES * PAGE];
    assert_ok(g, armgpu_read_memory(g, lane, HEAP_AT, bytes, sizeof bytes));
    for (uint64_t i = 0; i < sizeof bytes; i++)
        if (bytes[i] != model.bytes[i])
            fail_msg("0x%llx of the heap is 0x%x, not 0x%x",
                     (unsigned long long)i, bytes[i], model.bytes[i]);
}

static void check_calls(const struct target *t, uint64_t lanes, size_t count,
                        uint64_t seed)
{
    const armgpu_input in = {input, sizeof input};
    struct ag_process_setup setup = process_setup();
    struct call calls[BATCH];
    int64_t gives[BATCH];
    setup.inputs = &in;
    setup.num_inputs = 1;
    armgpu *g = open_process(t, lanes, lanes, &setup);
    memset(&model, 0, sizeof model);
    for (size_t at = 0; at < count; at += BATCH) {
        struct random_source r = random_for(seed, 1, at);
        for (size_t k = 0; k < BATCH; k++)
            gives[k] = plan(&r, &calls[k]);
        make_calls(g, calls, BATCH, 0);
        for (size_t k = 0; k < BATCH; k++)
            if ((int64_t)given(g, lanes - 1, k) != gives[k])
                fail_msg("seed %llu, call %zu, %llu(0x%llx, 0x%llx, 0x%llx): "
                         "%lld, not %lld",
                         (unsigned long long)seed, at + k,
                         (unsigned long long)calls[k].number,
                         (unsigned long long)calls[k].x[0],
                         (unsigned long long)calls[k].x[1],
                         (unsigned long long)calls[k].x[2],
                         (long long)given(g, lanes - 1, k),
                         (long long)gives[k]);
        check_heap(g, lanes - 1);
    }
    armgpu_close(g);
}

static void test_heap(void **state)
{
    const char *count = getenv("COUNT"), *seed = getenv("SEED");
    uint64_t first = seed == NULL ? 1 : strtoull(seed, NULL, 0);
    (void)state;
    for (size_t i = 0; i < sizeof input; i++)
        input[i] = (uint8_t)(i % 251 + 1);
    for (size_t i = 0; i < target_count; i++)
        check_calls(&targets[i], 5, 2000, first + i);
    check_calls(&targets[0], 1,
                count == NULL ? 100000 : (size_t)strtoull(count, NULL, 0),
                first + 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heap),
    };
    find_targets();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
