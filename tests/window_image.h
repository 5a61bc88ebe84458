/*
 * ELF programs whose memory is what a test wants: a segment of code that may
 * only be read, one that may be written, each at any address, and nothing else.
 * The bytes are the test's, which finds them in `text` and `data`.
 */
#ifndef AG_TESTS_WINDOW_IMAGE_H
#define AG_TESTS_WINDOW_IMAGE_H

#include "elf_image.h"
#include "guest.h"

#define IMAGE_MOST 0x3000 /* bytes of a segment */

struct window_shape {
    const char *name;
    uint32_t kind; /* enum armgpu_program_kind */
    uint64_t text_at, text_bytes, data_at, data_bytes;
    uint64_t stack_bytes;
    uint64_t top; /* bare metal: where memory ends, a symbol; 0: as usual */
};

struct window_image {
    uint8_t file[IMAGE_SIZE + 2 * IMAGE_MOST];
    uint8_t *text, *data;
    armgpu_program *program;
    armgpu_program_info info;
};

/* The file's bytes, of which text and data are the caller's to fill. */
static inline void shape_image(struct window_image *m,
                               const struct window_shape *s)
{
    uint8_t *b = m->file;
    const uint64_t entry = s->text_bytes != 0 ? s->text_at : s->data_at;
    memset(b, 0, sizeof m->file);
    image_begin(b);
    m->text = b + IMAGE_SIZE;
    m->data = m->text + IMAGE_MOST;
    put_header(b, HEADER_TEXT, s->text_bytes != 0, 5, IMAGE_SIZE, s->text_at,
               s->text_bytes, s->text_bytes);
    put_header(b, HEADER_DATA, s->data_bytes != 0, 7, IMAGE_SIZE + IMAGE_MOST,
               s->data_at, s->data_bytes, s->data_bytes);
    put(b, P_TYPE(HEADER_NOTE), 4, 0);
    put(b, P_ALIGN(HEADER_TEXT), 8, 1);
    put(b, P_ALIGN(HEADER_DATA), 8, 1);
    put(b, 24, 8, entry);
    if (s->top != 0)
        put_symbol(b, "__stack", s->top, 0, 0x10, 0xfff1);
}

static inline void open_image(struct window_image *m,
                              const struct window_shape *s)
{
    armgpu_program_options o;
    char sentence[ARMGPU_SENTENCE];
    armgpu_program_options_init(&o);
    o.kind = s->kind;
    o.heap_size = 0;
    o.stack_size = s->stack_bytes;
    if (armgpu_program_open(&m->program, m->file, sizeof m->file, &o,
                            sentence) != ARMGPU_OK)
        fail_msg("%s: %s", s->name, sentence);
    m->info.size = sizeof m->info;
    assert_int_equal(armgpu_program_get_info(m->program, &m->info), ARMGPU_OK);
}

static inline void close_image(struct window_image *m)
{
    armgpu_program_close(m->program);
    m->program = NULL;
}

#endif
