/*
 * The memory that is planned for a program: each byte of a segment has its
 * place, what may be written is in the lanes' own part, and sizes that do not
 * fit are refused.
 */
#include "elf_check.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define LENGTH(a) (sizeof(a) / sizeof(a)[0])
enum { R = AG_ELF_READ, RX = R | AG_ELF_EXECUTE, RW = R | AG_ELF_WRITE };

static struct ag_elf_segment segments[8];
static struct ag_symbol symbols[4];

/* A program with no segments yet. */
static struct ag_elf begin(enum ag_elf_kind kind)
{
    struct ag_elf elf;
    memset(&elf, 0, sizeof elf);
    elf.kind = kind;
    elf.why = "test";
    elf.segments = segments;
    return elf;
}

/* Appends a segment; they come by address. */
static void add(struct ag_elf *elf, uint64_t address, uint64_t bytes,
                uint32_t access)
{
    struct ag_elf_segment *s = &segments[elf->segment_count++];
    memset(s, 0, sizeof *s);
    s->address = s->load_address = address;
    s->bytes = s->file_bytes = bytes;
    s->alignment = 4096;
    s->access = access;
    if (elf->segment_count == 1)
        elf->lowest = address;
    if (elf->first_writable == elf->highest)
        elf->first_writable =
            (access & AG_ELF_WRITE) != 0 ? address : address + bytes;
    elf->highest = address + bytes;
}

static void add_symbol(struct ag_elf *elf, const char *name, uint64_t address,
                       uint8_t kind)
{
    struct ag_symbol *s = &symbols[elf->symbols.count++];
    memset(s, 0, sizeof *s);
    s->name = name;
    s->address = address;
    s->kind = kind;
    elf->symbols.symbols = symbols;
}

/* The only symbol. */
static void add_top(struct ag_elf *elf, uint64_t address)
{
    elf->symbols.count = 0;
    add_symbol(elf, "__stack", address, AG_SYMBOL_LABEL);
}

static struct ag_window plan(const struct ag_elf *elf,
                             const struct ag_window_request *request)
{
    struct ag_window_request usual;
    struct ag_window w;
    char sentence[AG_SENTENCE];
    const char *wrong;
    ag_window_request_init(&usual);
    if (!ag_window_plan(elf, request != NULL ? request : &usual, &w, sentence))
        fail_msg("refused: %s", sentence);
    wrong = elf_check_window(elf, request != NULL ? request : &usual, &w);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    return w;
}

static void is_extent(struct ag_extent e, uint64_t base, uint64_t end)
{
    assert_int_equal(e.base, base);
    assert_int_equal(e.base + e.bytes, end);
}

static void is_rest(const struct ag_window *w, uint64_t heap, uint64_t stack,
                    uint64_t top)
{
    assert_int_equal(w->heap, heap);
    assert_int_equal(w->heap_end, stack);
    assert_int_equal(w->stack, stack);
    assert_int_equal(w->stack_top, top);
}

static struct ag_elf usual_program(void)
{
    struct ag_elf elf = begin(AG_ELF_LINUX);
    add(&elf, 0x400100, 0x1000, RX);
    add(&elf, 0x4117d0, 0x900, RW);
    return elf;
}

static void test_linux(void **state)
{
    struct ag_elf elf = usual_program();
    struct ag_window w = plan(&elf, NULL);
    (void)state;
    assert_int_equal(w.bias, 0);
    is_extent(w.readonly, 0x400000, 0x4117c0); /* a line of 64 bytes */
    is_extent(w.writable, 0x4117c0, 0x533000);
    is_rest(&w, 0x413000, 0x513000, 0x533000);

    /* Nothing to write but heap and stack. */
    elf = begin(AG_ELF_LINUX);
    add(&elf, 0x400000, 0x80, RX);
    w = plan(&elf, NULL);
    is_extent(w.readonly, 0x400000, 0x401000);
    is_extent(w.writable, 0x401000, 0x521000);

    /* Everything may be written. */
    elf = begin(AG_ELF_LINUX);
    add(&elf, 0x4000b0, 0x80, RW | RX);
    add(&elf, 0x402000, 0x80, R);
    w = plan(&elf, NULL);
    is_extent(w.readonly, 0x400000, 0x400000);
    is_extent(w.writable, 0x400000, 0x523000);

    /* The cut is at the lowest byte to write, whatever lies behind it. */
    elf = begin(AG_ELF_LINUX);
    add(&elf, 0x400000, 0x80, R);
    add(&elf, 0x410000, 0x80, RW);
    add(&elf, 0x420000, 0x80, RX);
    w = plan(&elf, NULL);
    is_extent(w.readonly, 0x400000, 0x410000);
    is_extent(w.writable, 0x410000, 0x541000);
}

static void test_sizes(void **state)
{
    struct ag_window_request request = {false, 0, 1, 0, 0};
    struct ag_elf elf = usual_program();
    struct ag_window w = plan(&elf, &request);
    char sentence[AG_SENTENCE];
    (void)state;
    is_rest(&w, 0x413000, 0x414000, 0x414000);
    request.heap_bytes = 0;
    request.stack_bytes = 4097;
    w = plan(&elf, &request);
    is_rest(&w, 0x413000, 0x413000, 0x415000);
    for (int i = 0; i < 4; i++) {
        static const uint64_t heaps[] = {UINT64_MAX, UINT64_MAX - 4095,
                                         UINT64_MAX - 0x420000, 0};
        request.heap_bytes = heaps[i];
        request.stack_bytes = i == 3 ? UINT64_MAX - 5000 : 0x100000;
        assert_false(ag_window_plan(&elf, &request, &w, sentence));
        assert_string_equal(sentence,
                            "its memory would end beyond the last address");
    }
    elf.segments[1].bytes = -elf.segments[1].address - 1;
    elf.highest = UINT64_MAX;
    ag_window_request_init(&request);
    assert_false(ag_window_plan(&elf, &request, &w, sentence));
}

static void test_base(void **state)
{
    static const uint64_t wrong[] = {0x401000, 0x400100, 0x3ff800, UINT64_MAX};
    struct ag_window_request request;
    struct ag_elf elf = usual_program();
    struct ag_window w;
    char sentence[AG_SENTENCE];
    (void)state;
    ag_window_request_init(&request);
    request.has_base = true;
    w = plan(&elf, &request); /* 0: a null pointer is no fault then */
    is_extent(w.readonly, 0, 0x4117c0);
    request.base = 0x400000;
    w = plan(&elf, &request);
    is_extent(w.readonly, 0x400000, 0x4117c0);
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        request.base = wrong[i];
        assert_false(ag_window_plan(&elf, &request, &w, sentence));
    }
    request.base = 0x401000;
    assert_false(ag_window_plan(&elf, &request, &w, sentence));
    assert_string_equal(sentence,
                        "its memory cannot begin at 0x401000, which is beyond "
                        "its first address, 0x400000");
    request.base = 0x400100; /* both */
    assert_false(ag_window_plan(&elf, &request, &w, sentence));
    assert_string_equal(sentence,
                        "its memory cannot begin at 0x400100, which is no "
                        "multiple of 4096");
}

static struct ag_elf pie(uint64_t lowest)
{
    struct ag_elf elf = begin(AG_ELF_LINUX);
    elf.is_position_independent = true;
    add(&elf, lowest, 0x1000, RX);
    add(&elf, lowest + 0x11000, 0x900, RW);
    elf.segments[1].alignment = 0x10000;
    return elf;
}

static void test_position_independent(void **state)
{
    struct ag_window_request request;
    struct ag_elf elf = pie(0);
    struct ag_window w = plan(&elf, NULL);
    char sentence[AG_SENTENCE];
    (void)state;
    assert_int_equal(w.bias, 0x400000);
    is_extent(w.readonly, 0x400000, 0x411000);
    is_rest(&w, 0x412000, 0x512000, 0x532000);
    elf = pie(0x3000); /* the bias is aligned, not the beginning */
    w = plan(&elf, NULL);
    assert_int_equal(w.bias, 0x400000);
    assert_int_equal(w.readonly.base, 0x403000);
    elf = pie(0x10000000);
    w = plan(&elf, NULL);
    assert_int_equal(w.bias, 0x10000);

    ag_window_request_init(&request);
    request.has_base = true;
    request.base = 0x90000;
    elf = pie(0);
    w = plan(&elf, &request);
    assert_int_equal(w.bias, 0x90000);
    request.base = 0;
    w = plan(&elf, &request);
    assert_int_equal(w.bias, 0);
    request.base = 0x91000;
    assert_false(ag_window_plan(&elf, &request, &w, sentence));
    assert_string_equal(sentence, "its memory cannot begin at 0x91000, only at "
                                  "0x0 plus a multiple of 0x10000");
    elf = pie(0x20000);
    request.base = 0x10000;
    assert_false(ag_window_plan(&elf, &request, &w, sentence));

    elf = pie(0);
    elf.segments[1].alignment = UINT64_C(1) << 63;
    w = plan(&elf, NULL);
    assert_int_equal(w.bias, UINT64_C(1) << 63);
    elf = pie(UINT64_MAX - 0x20000);
    assert_false(ag_window_plan(&elf, &request, &w, sentence));
    ag_window_request_init(&request);
    assert_false(ag_window_plan(&elf, &request, &w, sentence));
    assert_string_equal(sentence,
                        "its memory would end beyond the last address");
}

/* Code in flash at 0, data in RAM that wait in flash behind it. */
static struct ag_elf board(uint64_t flash, uint64_t ram)
{
    struct ag_elf elf = begin(AG_ELF_BARE_METAL);
    add(&elf, flash < ram ? flash : ram, 0x1234, flash < ram ? RX : RW);
    add(&elf, flash < ram ? ram : flash, 0x1234, flash < ram ? RW : RX);
    segments[flash < ram].load_address = flash + 0x1234;
    segments[flash < ram].file_bytes = 0x100;
    return elf;
}

static void test_two_extents(void **state)
{
    struct ag_elf elf = board(0, 0x40000000);
    struct ag_window w = plan(&elf, NULL);
    (void)state;
    is_extent(w.readonly, 0, 0x1340);
    is_extent(w.writable, 0x40000000, 0x40122000);
    is_rest(&w, 0x40002000, 0x40102000, 0x40122000);

    add_top(&elf, 0x40010000);
    w = plan(&elf, NULL);
    is_extent(w.writable, 0x40000000, 0x40010000);
    is_rest(&w, 0x40002000, 0x40002000, 0x40010000);
    add_top(&elf, 0x40100000);
    w = plan(&elf, NULL);
    is_rest(&w, 0x40002000, 0x400e0000, 0x40100000);
    add_top(&elf, 0x40001234 + AG_WINDOW_REACH);
    w = plan(&elf, NULL);
    is_extent(w.writable, 0x40000000, 0x40001240 + AG_WINDOW_REACH);
    assert_int_equal(w.stack_top, 0x40001230 + AG_WINDOW_REACH);
    add_top(&elf, 0x4000ffff); /* a whole line, a stack pointer's multiple */
    w = plan(&elf, NULL);
    is_extent(w.writable, 0x40000000, 0x40010000);
    assert_int_equal(w.stack_top, 0x4000fff0);

    elf = board(0x80000000, 0x20000000); /* flash above */
    w = plan(&elf, NULL);
    is_extent(w.readonly, 0x80000000, 0x80001340);
    is_extent(w.writable, 0x20000000, 0x20122000);
    elf = board(0x20122000, 0x20000000); /* just there */
    w = plan(&elf, NULL);
    is_extent(w.readonly, 0x20122000, 0x20123340);
    is_extent(w.writable, 0x20000000, 0x20122000);
}

/* One that is planned with `most_bytes`, and with none less. */
static void takes(const struct ag_elf *elf, struct ag_window_request request,
                  uint64_t most_bytes, const char *expected)
{
    struct ag_window w;
    char sentence[AG_SENTENCE];
    request.most_bytes = most_bytes;
    w = plan(elf, &request);
    assert_int_equal(w.readonly.bytes + w.writable.bytes, most_bytes);
    request.most_bytes = most_bytes - 1;
    assert_false(ag_window_plan(elf, &request, &w, sentence));
    assert_string_equal(sentence, expected);
}

static void is_stack(const struct ag_window *w, uint64_t stack, uint64_t top)
{
    assert_int_equal(w->stack, stack);
    assert_int_equal(w->stack_top, top);
}

/* A stack inside of .bss, or elsewhere: RAM has no other, and no heap that
   nobody asks for. */
static void test_own_stack(void **state)
{
    struct ag_elf elf = board(0, 0x40000000);
    struct ag_window w;
    (void)state;
    add_top(&elf, 0x40001008);
    w = plan(&elf, NULL);
    is_extent(w.writable, 0x40000000, 0x40001240);
    is_stack(&w, 0x40000000, 0x40001000);
    assert_int_equal(w.heap, w.heap_end);
    add_top(&elf, 0x40001234); /* its last byte */
    w = plan(&elf, NULL);
    is_extent(w.writable, 0x40000000, 0x40001240);
    is_stack(&w, 0x40000000, 0x40001230);
    add_symbol(&elf, "_sbrk", 0x100, AG_SYMBOL_FUNCTION);
    w = plan(&elf, NULL);
    is_extent(w.writable, 0x40000000, 0x40101240);
    assert_int_equal(w.heap, 0x40001240);
    assert_int_equal(w.heap_end, 0x40101240);
    add_symbol(&elf, "__heap_end", 0x40008001, AG_SYMBOL_CONSTANT);
    w = plan(&elf, NULL);
    is_extent(w.writable, 0x40000000, 0x40008040);
    assert_int_equal(w.heap_end, 0x40008001);
    symbols[2].address = 0x80000000; /* too far */
    w = plan(&elf, NULL);
    is_extent(w.writable, 0x40000000, 0x40001240);
    /* Most of .bss is not the stack. */
    elf = begin(AG_ELF_BARE_METAL);
    add(&elf, 0x40000000, 0x100000, RW);
    add_top(&elf, 0x40080000);
    w = plan(&elf, NULL);
    is_extent(w.writable, 0x40000000, 0x40100000);
    is_stack(&w, 0x40060000, 0x40080000);

    /* What is called so in C is no stack's end. */
    elf = board(0, 0x40000000);
    add_symbol(&elf, "stack_end", 0x40001000, AG_SYMBOL_OBJECT);
    add_symbol(&elf, "__stack", 0x40001000, AG_SYMBOL_FUNCTION);
    w = plan(&elf, NULL);
    is_extent(w.writable, 0x40000000, 0x40122000);
}

static void test_bank(void **state)
{
    struct ag_elf elf = board(0, 0x40000000);
    struct ag_window_request request;
    struct ag_window w;
    (void)state;
    ag_window_request_init(&request);
    add_top(&elf, 0x80000000); /* above */
    w = plan(&elf, NULL);
    is_extent(w.readonly, 0, 0x1340);
    is_extent(w.writable, 0x40000000, 0x80000000);
    is_stack(&w, 0x7ffe0000, 0x80000000);
    takes(&elf, request, 0x40001340,
          "its memory would take 1073746752 bytes, more than 1073746751, with "
          "nothing from 0x40001234 to 0x7ffe0000");
    add_top(&elf, 0x3fff0000); /* below */
    w = plan(&elf, NULL);
    is_extent(w.writable, 0x3ffd0000, 0x40001240);
    is_stack(&w, 0x3ffd0000, 0x3fff0000);
    add_top(&elf, 0x40000000); /* just below */
    w = plan(&elf, NULL);
    is_extent(w.writable, 0x3ffe0000, 0x40001240);
    add_top(&elf, 0x1000); /* where the flash is: none */
    w = plan(&elf, NULL);
    is_extent(w.writable, 0x40000000, 0x40122000);
    add_top(&elf, 0x11000); /* down to the flash */
    w = plan(&elf, NULL);
    is_stack(&w, 0x1340, 0x11000);
    is_extent(w.writable, 0x1340, 0x40001240);
    add_top(&elf, 0x40001250 + AG_WINDOW_BANK); /* not believed */
    w = plan(&elf, NULL);
    is_extent(w.writable, 0x40000000, 0x40122000);

    /* Below code and data, as a Raspberry Pi has it. */
    elf = begin(AG_ELF_BARE_METAL);
    add(&elf, 0x80000, 0x3000, RX);
    add(&elf, 0x83000, 0x2000, RW);
    add_top(&elf, 0x80000);
    w = plan(&elf, NULL);
    is_extent(w.writable, 0x60000, 0x85000);
    is_stack(&w, 0x60000, 0x80000);
    /* Flash behind RAM and its stack, where a heap would be. */
    elf = board(0x40002000, 0x40000000);
    add_top(&elf, 0x40000800);
    w = plan(&elf, NULL);
    is_extent(w.readonly, 0x40002000, 0x40003340);
    is_extent(w.writable, 0x40000000, 0x40001240);
    add_symbol(&elf, "sbrk", 0x40002000, AG_SYMBOL_FUNCTION);
    w = plan(&elf, NULL);
    is_rest(&w, 0x40004000, 0x40104000, 0x40124000);
}

static void test_one_extent(void **state)
{
    struct ag_elf elf = board(0x40000000, 0x40100000); /* near */
    struct ag_window w = plan(&elf, NULL);
    struct ag_window_request request;
    (void)state;
    ag_window_request_init(&request);
    is_extent(w.readonly, 0x40000000, 0x40100000);
    is_extent(w.writable, 0x40100000, 0x40222000);

    elf = board(0x20100000, 0x20000000); /* flash is where the heap would be */
    w = plan(&elf, NULL);
    is_extent(w.readonly, 0x20000000, 0x20000000);
    is_extent(w.writable, 0x20000000, 0x20222000);

    elf = begin(AG_ELF_BARE_METAL); /* all of it RAM */
    add(&elf, 0x40080000, 0x2000, RW | RX);
    w = plan(&elf, NULL);
    assert_int_equal(w.readonly.bytes, 0);
    is_extent(w.writable, 0x40080000, 0x401a2000);

    elf = begin(AG_ELF_BARE_METAL);
    add(&elf, 0x8000, 0x2000, RW);
    w = plan(&elf, NULL);
    assert_int_equal(w.readonly.bytes, 0);
    is_extent(w.writable, 0x8000, 0x12a000);

    elf = begin(AG_ELF_BARE_METAL); /* what is read-only lies within */
    add(&elf, 0x40000000, 0x100, RW);
    add(&elf, 0x40000200, 0x100, RX);
    add(&elf, 0x40000400, 0x100, RW);
    add_top(&elf, 0x40010000);
    w = plan(&elf, NULL);
    assert_int_equal(w.readonly.bytes, 0);
    is_extent(w.writable, 0x40000000, 0x40010000);

    elf = begin(AG_ELF_BARE_METAL); /* no RAM but for heap and stack */
    add(&elf, 0x1000, 0x800, RX);
    w = plan(&elf, NULL);
    is_extent(w.readonly, 0x1000, 0x2000);
    is_extent(w.writable, 0x2000, 0x122000);
    add_top(&elf, 0x20010000); /* whose end is known */
    w = plan(&elf, NULL);
    is_extent(w.readonly, 0x1000, 0x1800);
    is_extent(w.writable, 0x1fff0000, 0x20010000);
    add_top(&elf, 0x41000); /* near */
    w = plan(&elf, NULL);
    is_extent(w.readonly, 0x1000, 0x21000);
    is_extent(w.writable, 0x21000, 0x41000);
    request.stack_bytes = 0x8001;
    w = plan(&elf, &request);
    is_extent(w.writable, 0x38000, 0x41000);
    add_top(&elf, 0x21000);
    w = plan(&elf, NULL);
    is_rest(&w, 0x2000, 0x102000, 0x122000); /* not over the code */

    elf = begin(AG_ELF_BARE_METAL); /* a top in the last line of all */
    add(&elf, 0x1000, 0x800, RX);
    add_top(&elf, UINT64_MAX);
    w = plan(&elf, NULL);
    is_rest(&w, 0x2000, 0x102000, 0x122000);
}

static void test_most(void **state)
{
    struct ag_window_request request;
    struct ag_elf elf = usual_program();
    struct ag_window w;
    char sentence[AG_SENTENCE];
    (void)state;
    ag_window_request_init(&request);
    takes(&elf, request, 0x133000,
          "its memory would take 1257472 bytes, more than 1257471");
    request.has_base = true; /* the gap is before the first segment */
    takes(&elf, request, 0x533000,
          "its memory would take 5451776 bytes, more than 5451775, with "
          "nothing from 0x0 to 0x400100");
    request.has_base = false;
    elf = board(0, 0x40000000); /* what lies between takes nothing */
    takes(&elf, request, 0x1340 + 0x122000,
          "its memory would take 1192768 bytes, more than 1192767");
    /* More flash, behind RAM: one extent has both. */
    add(&elf, 0x90000000, 0x1000, RX);
    takes(&elf, request, 0x90001000,
          "its memory would take 2415923200 bytes, more than 2415923199, with "
          "nothing from 0x40122000 to 0x90000000");
    elf = pie(0);
    request.heap_bytes = AG_WINDOW_MOST;
    assert_false(ag_window_plan(&elf, &request, &w, sentence));
    assert_string_equal(sentence, "its memory would take 68719681536 bytes, "
                                  "more than 68719476736");
    ag_window_request_init(&request);
    add(&elf, AG_WINDOW_MOST, 0x1000, RW);
    assert_false(ag_window_plan(&elf, &request, &w, sentence));
    assert_string_equal(sentence,
                        "its memory would take 68720660480 bytes, more than "
                        "68719476736, with nothing from 0x411900 to "
                        "0x1000400000");
}

/* Whatever segments there are. */
static void test_random_plans(void **state)
{
    (void)state;
    for (uint64_t n = 0; n < 100000; n++) {
        struct random_source r = random_for(16, 3, n);
        struct ag_elf elf = begin((enum ag_elf_kind)(1 + n % 2));
        struct ag_window_request request;
        struct ag_window w;
        char sentence[AG_SENTENCE];
        const char *wrong;
        uint64_t at = random_one_in(&r, 20) ? random_value(&r)
                                            : random_below(&r, 1 << 23);
        elf.is_position_independent = n % 2 == 0 && random_one_in(&r, 3);
        for (uint32_t i = 0; i < 1 + random_below(&r, 6); i++) {
            uint64_t bytes = 1 + random_below(&r, 1 << random_below(&r, 22));
            if (at + bytes <= at)
                break;
            add(&elf, at, bytes, random_below(&r, 8));
            if (n % 2 == 1 && random_one_in(&r, 3)) {
                segments[i].load_address = random_below(&r, 1 << 24);
                segments[i].file_bytes = 1 + random_below(&r, bytes);
            }
            segments[i].alignment = UINT64_C(1) << random_below(&r, 20);
            bytes += random_below(&r, 1 << random_below(&r, 24));
            if (at + bytes <= at)
                break;
            at += bytes;
        }
        if (elf.segment_count == 0)
            continue;
        if (random_one_in(&r, 3))
            add_top(&elf, random_one_in(&r, 4) ? random_value(&r)
                                               : random_below(&r, 1 << 25));
        if (random_one_in(&r, 3))
            add_symbol(&elf, "_sbrk", 0, AG_SYMBOL_FUNCTION);
        if (random_one_in(&r, 6))
            add_symbol(&elf, "__heap_end", random_below(&r, 1 << 25),
                       AG_SYMBOL_LABEL);
        request.has_base = random_one_in(&r, 8);
        request.base = random_below(&r, 2048) * UINT64_C(4096);
        request.heap_bytes = random_one_in(&r, 9) ? random_value(&r) : 100000;
        request.stack_bytes = random_one_in(&r, 9) ? random_value(&r) : 65536;
        request.most_bytes =
            random_one_in(&r, 2) ? 0 : random_below(&r, 1 << 24);
        wrong = ag_window_plan(&elf, &request, &w, sentence)
                    ? elf_check_window(&elf, &request, &w)
                    : elf_check_sentence(sentence);
        if (wrong != NULL)
            fail_msg("plan %llu: %s", (unsigned long long)n, wrong);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linux),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_base),
        cmocka_unit_test(test_position_independent),
        cmocka_unit_test(test_two_extents),
        cmocka_unit_test(test_own_stack),
        cmocka_unit_test(test_bank),
        cmocka_unit_test(test_one_extent),
        cmocka_unit_test(test_most),
        cmocka_unit_test(test_random_plans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
