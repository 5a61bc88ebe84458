/*
 * Files that are no flat images: what they are, and commands that make an image
 * of them where that is possible. The commands can be copied.
 */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#ifdef __APPLE__
#define OBJCOPY "llvm-objcopy"
#define LD "ld.lld"
#else
#define OBJCOPY "aarch64-linux-gnu-objcopy"
#define LD "aarch64-linux-gnu-ld"
#endif

#define NAME_BYTES 512
#define LARGEST_FILE (UINT64_C(1) << 30)
/* Programs that end above need to be linked elsewhere. */
#define HIGHEST_END (UINT64_C(1) << 36)

/* A name as one word of a shell's command line. */
static const char *put_word(const char *name, char word[NAME_BYTES])
{
    size_t length = 0;

    if (name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                          "0123456789_./+-@%,:")] == '\0') {
        snprintf(word, NAME_BYTES, "%s", name);
        return word;
    }
    word[length++] = '\'';
    for (; *name != '\0' && length < NAME_BYTES - 6; name++) {
        if (*name == '\'')
            length += (size_t)snprintf(word + length, 4, "'\\'");
        word[length++] = *name;
    }
    word[length++] = '\'';
    word[length] = '\0';
    return word;
}

/* The name of what is made of a file: another ending in place of one that says
   what the file was, or behind it. */
static const char *other_name(const char *path, const char *ending,
                              char word[NAME_BYTES])
{
    static const char *const endings[] = {".elf", ".o",   ".obj", ".out",
                                          ".axf", ".exe", ".gz",  ".xz"};
    char name[NAME_BYTES];
    size_t length = strlen(path);

    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t n = strlen(endings[i]);

        if (length > n && ag_cli_same_word(path + length - n, endings[i]) &&
            path[length - n - 1] != '/') {
            length -= n;
            break;
        }
    }
    snprintf(name, sizeof name, "%.*s%s", (int)(length < 400 ? length : 400),
             path, ending);
    return put_word(name, word);
}

/* The options with which an image of a linked program does what it should. */
static void place_text(const armgpu_file *f, const char *command,
                       char text[128])
{
    uint64_t memory = 4;
    int n = 0;

    text[0] = '\0';
    if (f->address != 0)
        n = snprintf(text, 128, " --load-addr 0x%" PRIx64, f->address);
    if (strcmp(command, "run") != 0)
        return;
    if (f->entry != f->address)
        n += snprintf(text + n, 128 - (size_t)n, " --pc 0x%" PRIx64, f->entry);
    while (memory << 20 < f->end + (1 << 20))
        memory *= 2;
    if (memory != 4)
        snprintf(text + n, 128 - (size_t)n, " --memory %" PRIu64 "M", memory);
}

static void say_program(const char *path, const armgpu_file *f,
                        const char *command)
{
    char from[NAME_BYTES], to[NAME_BYTES], place[128];

    if (f->end > HIGHEST_END || f->address % 4 != 0) {
        ag_cli_say("'%s' is %s that is linked for address 0x%" PRIx64
                   ", not a flat image; link it for lower addresses: 'armgpu "
                   "help images'",
                   ag_cli_file_name(path), f->text, f->address);
        return;
    }
    place_text(f, command, place);
    if (f->end == 0) /* its sections were not seen */
        snprintf(place, sizeof place,
                 " (with the --load-addr and --pc that "
                 "readelf -S -h says)");
    path = strcmp(path, "-") == 0 ? "prog.elf" : path;
    put_word(path, from);
    other_name(path, ".bin", to);
    ag_cli_say("'%s' is %s, not a flat image; if it needs no system, make "
               "one: " OBJCOPY " -O binary %s %s && armgpu %s %s%s",
               path, f->text, from, to, command, to, place);
}

static void say_object(const char *path, const armgpu_file *f,
                       const char *command)
{
    char from[NAME_BYTES], linked[NAME_BYTES], to[NAME_BYTES];

    path = strcmp(path, "-") == 0 ? "prog.o" : path;
    put_word(path, from);
    other_name(path, ".elf", linked);
    other_name(path, ".bin", to);
    ag_cli_say(
        "'%s' is %s, which is not linked; link it and make a flat image: " LD
        " -Ttext=0 -e 0 -o %s %s && " OBJCOPY
        " -O binary %s %s && armgpu %s %s",
        path, f->text, linked, from, linked, to, command, to);
}

static void say_compressed(const char *path, const armgpu_file *f,
                           const char *command)
{
    const char *tool = strstr(f->text, "gzip") != NULL ? "gzip -dc"
                       : strstr(f->text, "xz") != NULL ? "xz -dc"
                                                       : "unzip -p";
    char from[NAME_BYTES];

    put_word(path, from);
    ag_cli_say("'%s' is %s; unpack it: %s %s | armgpu %s -",
               ag_cli_file_name(path), f->text, tool,
               strcmp(path, "-") == 0 ? "FILE" : from, command);
}

/* An ELF file says at its end where its sections are. */
static void look_at_all(const char *path, armgpu_file *f)
{
    ag_cli_bytes all;

    if (strcmp(path, "-") != 0 &&
        ag_cli_read_file(path, LARGEST_FILE, &all) == AG_CLI_FILE_OK)
        (void)armgpu_identify(all.data, all.size, f);
    free(all.data);
}

bool ag_cli_is_image(const char *path, const ag_cli_bytes *bytes, bool is_all,
                     const char *command)
{
    armgpu_file f = {.size = sizeof f};

    (void)armgpu_identify(bytes->data, bytes->size, &f);
    if (f.format == ARMGPU_FILE_PROGRAM && !is_all)
        look_at_all(path, &f);
    switch (f.format) {
    case ARMGPU_FILE_FLAT:
        return true;
    case ARMGPU_FILE_PROGRAM:
        say_program(path, &f, command);
        break;
    case ARMGPU_FILE_OBJECT:
        say_object(path, &f, command);
        break;
    case ARMGPU_FILE_COMPRESSED:
        say_compressed(path, &f, command);
        break;
    case ARMGPU_FILE_DYNAMIC:
        ag_cli_say(
            "'%s' is %s, and there is no system here that loads it; link "
            "it with -static -no-pie and give that",
            ag_cli_file_name(path), f.text);
        break;
    case ARMGPU_FILE_TEXT:
        ag_cli_say("'%s' is %s, not a program of A64 instructions; 'armgpu "
                   "help images' says how to make one",
                   ag_cli_file_name(path), f.text);
        break;
    default:
        ag_cli_say("'%s' is %s, which cannot be made a flat image of A64 "
                   "instructions; compile its source as 'armgpu help images' "
                   "says",
                   ag_cli_file_name(path), f.text);
        break;
    }
    return false;
}
