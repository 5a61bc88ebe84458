/*
 * insngen: turns the instruction table into C at build time.
 *
 *   insngen [-o DIR] FILE...
 *
 * Without -o it only checks. With it, DIR gets a64_ops.h (operations and their
 * dispatch list), a64_decoder.h (decision tree and operand extraction, in the
 * kernels' C subset), insn_rows.h and insn_format.h (names and disassembly, for
 * the host) and instructions.md. Exit status 1 if the table is refused.
 */
#include "insn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool write_file(const char *directory, const char *name,
                       void (*emit)(struct table *, struct buffer *),
                       struct table *t)
{
    struct buffer path = {0}, text = {0};
    buffer_print(&path, "%s/%s", directory, name);
    emit(t, &text);
    FILE *out = fopen(path.text, "w");
    bool ok = out != NULL &&
              fwrite(text.text, 1, text.length, out) == text.length;
    if (out != NULL && fclose(out) != 0)
        ok = false;
    if (!ok)
        perror(path.text);
    free(path.text);
    free(text.text);
    return ok;
}

int main(int argc, char **argv)
{
    struct table t = {0};
    const char *directory = NULL;
    int first = 1;
    if (argc > 2 && strcmp(argv[1], "-o") == 0) {
        directory = argv[2];
        first = 3;
    }
    if (first >= argc || argv[first][0] == '-') {
        fprintf(stderr, "usage: insngen [-o DIR] FILE...\n");
        return 2;
    }
    for (int i = first; i < argc; i++)
        if (!insn_read(&t, argv[i])) {
            perror(argv[i]);
            return 1;
        }
    insn_check(&t);
    if (t.errors != 0)
        return 1;
    if (directory == NULL)
        return 0;
    bool ok = write_file(directory, "a64_ops.h", emit_ops, &t) &&
              write_file(directory, "a64_decoder.h", emit_decoder, &t) &&
              write_file(directory, "insn_rows.h", emit_rows, &t) &&
              write_file(directory, "insn_format.h", emit_format, &t) &&
              write_file(directory, "instructions.md", emit_page, &t);
    return ok && t.errors == 0 ? 0 : 1;
}
