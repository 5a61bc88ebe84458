/*
 * embed: flattens a kernel source and everything it includes into one text and
 * writes it as a C array, with #line so that a compiler's complaint names the
 * real file.
 *
 *   embed NAME ENTRY OUT DIRECTORY...
 *   embed -t ENTRY OUT DIRECTORY...      the text itself, for tests
 *
 * Headers are looked for in the directories and taken once each, but for an
 * #include that says so after the name, "again" in a comment; what is not found
 * there (<stdint.h>, only reached by the host's language) stays as it is.
 * OUT defines `const struct ag_kernel_source NAME`.
 */
#include "base/hash.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FILES = 256, MAX_DIRECTORIES = 8 };

struct flattener {
    const char *directories[MAX_DIRECTORIES];
    int num_directories;
    char *seen[MAX_FILES];
    int num_seen;
    char *text;
    size_t length, capacity;
};

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "embed: %s: %s\n", name, what);
    exit(1);
}

static void put(struct flattener *f, const char *text, size_t n)
{
    if (f->length + n > f->capacity) {
        f->capacity = (f->length + n) * 2;
        f->text = realloc(f->text, f->capacity);
        if (f->text == NULL)
            fail("out of memory", "source");
    }
    memcpy(f->text + f->length, text, n);
    f->length += n;
}

static FILE *open_in(struct flattener *f, const char *name, char path[512])
{
    for (int i = 0; i < f->num_directories; i++) {
        snprintf(path, 512, "%s/%s", f->directories[i], name);
        FILE *in = fopen(path, "r");
        if (in != NULL)
            return in;
    }
    return NULL;
}

static int was_seen(struct flattener *f, const char *name)
{
    for (int i = 0; i < f->num_seen; i++)
        if (strcmp(f->seen[i], name) == 0)
            return 1;
    if (f->num_seen == MAX_FILES)
        fail("too many headers", name);
    size_t size = strlen(name) + 1;
    char *copy = malloc(size);
    if (copy == NULL)
        fail("out of memory", name);
    memcpy(copy, name, size);
    f->seen[f->num_seen++] = copy;
    return 0;
}

static void put_line_directive(struct flattener *f, int line, const char *path)
{
    char text[600];
    int n = snprintf(text, sizeof text, "#line %d \"%s\"\n", line, path);
    put(f, text, (size_t)n);
}

/* The name in #include "name", or 0. */
static int is_include(const char *line, char name[256])
{
    return sscanf(line, " # include \"%255[^\"]\"", name) == 1;
}

static int flatten(struct flattener *f, const char *name)
{
    char path[512], line[4096], included[256];
    FILE *in = open_in(f, name, path);
    if (in == NULL)
        return 0;
    put_line_directive(f, 1, path);
    for (int number = 1; fgets(line, sizeof line, in) != NULL; number++) {
        if (!is_include(line, included)) {
            put(f, line, strlen(line));
            continue;
        }
        bool is_wanted = !was_seen(f, included) || strstr(line, "/* again */");
        if (is_wanted && !flatten(f, included))
            fail("cannot be opened", included);
        put_line_directive(f, number + 1, path);
    }
    fclose(in);
    return 1;
}

static void write_array(const struct flattener *f, const char *name,
                        const char *path)
{
    FILE *out = fopen(path, "w");
    if (out == NULL)
        fail("cannot be written", path);
    fprintf(out, "/* Generated from kernels/ by embed. */\n"
                 "#include \"backend/backend.h\"\n\n"
                 "static const char text[] = {\n");
    for (size_t i = 0; i < f->length; i++)
        fprintf(out, "%d,%s", f->text[i], i % 24 == 23 ? "\n" : "");
    fprintf(out, "0};\n\nconst struct ag_kernel_source %s = {\n"
                 "    text, %zu, UINT64_C(0x%016llx)};\n",
            name, f->length,
            (unsigned long long)ag_hash(AG_HASH_START, f->text, f->length));
    if (fclose(out) != 0)
        fail("cannot be written", path);
}

static void write_text(const struct flattener *f, const char *path)
{
    FILE *out = fopen(path, "w");
    if (out == NULL || fwrite(f->text, 1, f->length, out) != f->length ||
        fclose(out) != 0)
        fail("cannot be written", path);
}

int main(int argc, char **argv)
{
    static struct flattener f;
    if (argc < 5 || argc - 4 > MAX_DIRECTORIES) {
        fprintf(stderr, "usage: embed NAME|-t ENTRY OUT DIRECTORY...\n");
        return 2;
    }
    for (int i = 4; i < argc; i++)
        f.directories[f.num_directories++] = argv[i];
    if (!flatten(&f, argv[2]))
        fail("cannot be opened", argv[2]);
    if (strcmp(argv[1], "-t") == 0)
        write_text(&f, argv[3]);
    else
        write_array(&f, argv[1], argv[3]);
    return 0;
}
