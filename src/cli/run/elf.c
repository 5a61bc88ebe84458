/*
 * PROG as an ELF program: recognised by its first bytes, read by the library,
 * and described. It decides defaults, so it comes before the checks.
 */
#include "cli/run/run.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LARGEST_FILE (UINT64_C(1) << 30)

static const uint8_t magic[4] = {0x7f, 'E', 'L', 'F'};

static bool has_magic(const ag_cli_bytes *bytes)
{
    return bytes->size >= sizeof magic &&
           memcmp(bytes->data, magic, sizeof magic) == 0;
}

/* Whether the file begins as an ELF file. What can be read only once is read
   whole, into *taken. What is wrong with the file is said later. */
static bool is_elf(const char *path, ag_run_process *p)
{
    ag_cli_bytes *taken = &p->taken;
    struct stat about;
    uint8_t first[sizeof magic];
    size_t n;
    FILE *file;
    int c;

    if (strcmp(path, "-") == 0) {
        c = getc(stdin);
        if (c != EOF)
            ungetc(c, stdin);
        return c == magic[0] &&
               ag_cli_read_file(path, LARGEST_FILE, taken) == AG_CLI_FILE_OK &&
               has_magic(taken);
    }
    p->is_missing = stat(path, &about) != 0;
    if (p->is_missing)
        return false;
    if (S_ISFIFO(about.st_mode))
        return ag_cli_read_file(path, LARGEST_FILE, taken) == AG_CLI_FILE_OK &&
               has_magic(taken);
    file = S_ISREG(about.st_mode) ? fopen(path, "rb") : NULL;
    if (file == NULL)
        return false;
    n = fread(first, 1, sizeof first, file);
    fclose(file);
    return n == sizeof first && memcmp(first, magic, sizeof magic) == 0;
}

static void set_defaults(ag_run_settings *s)
{
    s->process.is_elf = true;
    if (!s->lanes.given)
        s->lanes.value = 1;
    if (!s->max_cycles.given)
        s->max_cycles.value = 0;
}

static int open_program(ag_run *r, const char *path, const ag_cli_bytes *bytes)
{
    const ag_run_settings *s = &r->settings;
    const ag_run_process *p = &s->process;
    armgpu_program_options o;
    char sentence[ARMGPU_SENTENCE];
    int32_t error;

    armgpu_program_options_init(&o);
    o.kind = p->is_flat ? (uint32_t)ARMGPU_PROGRAM_BARE_METAL
                        : (uint32_t)(p->kind + 1);
    o.has_base = p->base.given;
    o.base = p->base.value;
    if (p->heap.given)
        o.heap_size = p->heap.value;
    if (s->stack.given)
        o.stack_size = s->stack.value;
    o.entry = p->entry;
    error = armgpu_program_open(&r->elf, bytes->data, bytes->size, &o,
                                sentence);
    if (error == ARMGPU_OK)
        return AG_CLI_EXIT_OK;
    ag_cli_say("%s: %s", ag_cli_file_name(path), sentence);
    return error == ARMGPU_ERROR_FORMAT ? AG_CLI_EXIT_NOT_A_PROGRAM
                                        : AG_CLI_EXIT_FAILED;
}

static int read_program(const char *path, ag_cli_bytes *bytes)
{
    switch (ag_cli_read_file(path, LARGEST_FILE, bytes)) {
    case AG_CLI_FILE_OK:
        return AG_CLI_EXIT_OK;
    case AG_CLI_FILE_TOO_LARGE:
        ag_cli_say("'%s' has more than 1 GiB, which no program here has", path);
        break;
    case AG_CLI_FILE_NOT_FOUND:
        return AG_CLI_EXIT_NOT_FOUND;
    case AG_CLI_FILE_UNUSABLE:
        break;
    }
    return AG_CLI_EXIT_NOT_A_PROGRAM;
}

/* How to link one can be said, and is. */
static bool is_object(const char *path, const ag_cli_bytes *bytes)
{
    armgpu_file f = {.size = sizeof f};

    (void)armgpu_identify(bytes->data, bytes->size, &f);
    return f.format == ARMGPU_FILE_OBJECT &&
           !ag_cli_is_image(path, bytes, true, "run");
}

int ag_run_open_elf(ag_run *r)
{
    ag_run_settings *s = &r->settings;
    ag_run_process *p = &s->process;
    int status = AG_CLI_EXIT_OK;

    if (s->program == NULL || s->programs.count != 0)
        return AG_CLI_EXIT_OK;
    if (!is_elf(s->program, p)) {
        if (!ag_run_is_flat_program(s))
            return AG_CLI_EXIT_OK;
        p->is_flat = true;
    }
    if (p->taken.data == NULL)
        status = read_program(s->program, &p->taken);
    if (status == AG_CLI_EXIT_OK && p->is_flat)
        status = ag_run_wrap_flat(s, &p->taken);
    if (status == AG_CLI_EXIT_OK)
        status = is_object(s->program, &p->taken)
                     ? AG_CLI_EXIT_NOT_A_PROGRAM
                     : open_program(r, s->program, &p->taken);
    free(p->taken.data);
    p->taken = (ag_cli_bytes){NULL, 0};
    if (status == AG_CLI_EXIT_OK)
        status = ag_run_stub_elf(r);
    if (status != AG_CLI_EXIT_OK)
        return status;
    set_defaults(s);
    p->info.size = sizeof p->info;
    (void)armgpu_program_get_info(r->elf, &p->info);
    return AG_CLI_EXIT_OK;
}

/* -- What it is ------------------------------------------------------------ */

static const char *kind_of(const armgpu_program_info *i)
{
    return i->kind == ARMGPU_PROGRAM_LINUX ? "linux" : "bare-metal";
}

/* "1.3 MiB", "128 KiB", "64 bytes" */
static const char *bytes_text(uint64_t bytes, char text[32])
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes;
    size_t unit = 0;

    for (; value >= 1024 && unit < 4; unit++)
        value /= 1024;
    snprintf(text, 32, "%.*f %s", value >= 100 || unit == 0 ? 0 : 1, value,
             units[unit]);
    if (strstr(text, ".0 ") != NULL)
        snprintf(text, 32, "%.0f %s", value, units[unit]);
    return text;
}

/* Its bytes in hexadecimal; "" if it has none. */
static void build_id(const armgpu_program_info *i, char text[160])
{
    size_t n = 0;

    text[0] = '\0';
    for (; n < i->build_id_bytes && n < sizeof i->build_id; n++)
        snprintf(text + 2 * n, 3, "%02x", i->build_id[n]);
}

void ag_run_say_elf(const ag_run *r)
{
    const armgpu_program_info *i = &r->settings.process.info;
    char id[160], own[32], heap[32], stack[32];

    if (!r->settings.verbose || r->settings.quiet)
        return;
    build_id(i, id);
    ag_cli_say("%s is a %s program: %s; %s%s",
               ag_cli_file_name(r->settings.program),
               i->kind == ARMGPU_PROGRAM_LINUX ? "Linux" : "bare-metal", i->why,
               id[0] != '\0' ? "build id " : "it has no build id", id);
    ag_cli_say("memory of a lane: 0x%" PRIx64 "..0x%" PRIx64
               " read-only, one copy; 0x%" PRIx64 "..0x%" PRIx64
               " writable, %s a lane (heap %s, stack %s)",
               i->readonly_address, i->readonly_address + i->readonly_bytes,
               i->writable_address, i->writable_address + i->writable_bytes,
               bytes_text(i->writable_bytes, own),
               bytes_text(i->heap_bytes, heap),
               bytes_text(i->stack_bytes, stack));
}

static void print_range(const char *name, uint64_t address, uint64_t bytes)
{
    printf(",\"%s\":{\"address\":\"0x%" PRIx64 "\",\"bytes\":%" PRIu64 "}",
           name, address, bytes);
}

void ag_run_print_elf(const ag_run *r)
{
    const armgpu_program_info *i = &r->settings.process.info;
    char id[160];

    build_id(i, id);
    printf(",\"elf\":{\"kind\":\"%s\",\"why\":", kind_of(i));
    ag_cli_json_string(stdout, i->why);
    printf(",\"entry\":\"0x%" PRIx64 "\"", i->entry);
    if (id[0] != '\0')
        printf(",\"build_id\":\"%s\"", id);
    print_range("read_only", i->readonly_address, i->readonly_bytes);
    print_range("writable", i->writable_address, i->writable_bytes);
    print_range("heap", i->heap, i->heap_bytes);
    print_range("stack", i->stack, i->stack_bytes);
    printf("}");
}

/* -- Options --------------------------------------------------------------- */

typedef struct option_given {
    const char *name;
    bool is_given;
} option_given;

static const char *first_given(const option_given *options, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (options[i].is_given)
            return options[i].name;
    }
    return NULL;
}

/* What only an ELF program can have, or NULL. */
static const char *elf_option(const ag_run_settings *s)
{
    const ag_run_process *p = &s->process;
    const option_given options[] = {
        {"arguments behind -- are", p->num_arguments != 0},
        {"--args is", p->argument_lines != NULL},
        {"--env is", p->environment.count != 0},
        {"--stdin is", p->input != NULL},
        {"--stdin-dir is", p->input_folder != NULL},
        {"--stdin-lines is", p->input_lines != NULL},
        {"--seed is", p->seed.given},
        {"--stdout is",
         p->output_kind != AG_RUN_OUTPUT_NONE && s->devices.count == 0},
        {"--stdout-bytes is", p->output_bytes.given},
        {"--heap is", p->heap.given},
        {"--memory-base is", p->base.given},
        {"--entry is", p->entry != NULL},
        {"--as is", p->kind >= 0},
        {"--strict-syscalls is", p->is_strict},
        {"--semihosting on is", p->semihosting == ARMGPU_SEMIHOSTING_ON},
        {"--strace is", s->strace.given},
        {"--root is", p->root != NULL},
        {"--file is", p->names.count != 0},
        {"--collect is", p->collect != NULL},
        {"--file-bytes is", p->file_bytes.given},
        {"--propagate is", p->propagates},
        {"--call is", p->call != NULL}};

    return first_given(options, sizeof options / sizeof options[0]);
}

/* What only a Linux program can have, or NULL. */
static const char *linux_option(const ag_run_settings *s)
{
    const ag_run_process *p = &s->process;
    const option_given options[] = {{"--env is", p->environment.count != 0},
                                    {"--strace is", s->strace.given},
                                    {"--root is", p->root != NULL},
                                    {"--file is", p->names.count != 0},
                                    {"--collect is", p->collect != NULL},
                                    {"--file-bytes is", p->file_bytes.given}};

    return first_given(options, sizeof options / sizeof options[0]);
}

/* What only flat images can have, or NULL. */
static const char *flat_option(const ag_run_settings *s)
{
    const option_given options[] = {
        {"--load-addr is", s->load_addr.given && !s->process.is_flat},
        {"--memory is", s->memory.given},
        {"--memory-mode shared is", s->memory_mode == ARMGPU_MEMORY_SHARED},
        {"--assign is", strcmp(s->assign, "roundrobin") != 0},
        {"--data is", s->data.count != 0}};

    return first_given(options, sizeof options / sizeof options[0]);
}

/* At most one of these may say what the standard input is. */
static bool check_input(const ag_run_process *p, const char *program)
{
    int kinds = (p->input != NULL) + (p->input_folder != NULL) +
                (p->input_lines != NULL);
    bool takes_stdin =
        (p->input != NULL && strcmp(p->input, "-") == 0) ||
        (p->input_lines != NULL && strcmp(p->input_lines, "-") == 0) ||
        (p->argument_lines != NULL && strcmp(p->argument_lines, "-") == 0);

    if (kinds > 1)
        ag_cli_say("--stdin, --stdin-dir and --stdin-lines exclude each other; "
                   "give one");
    else if (takes_stdin && strcmp(program, "-") == 0)
        ag_cli_say("the standard input cannot be the program and its input; "
                   "give the program as a file");
    else if (p->argument_lines != NULL && strcmp(p->argument_lines, "-") == 0 &&
             ((p->input != NULL && strcmp(p->input, "-") == 0) ||
              (p->input_lines != NULL && strcmp(p->input_lines, "-") == 0)))
        ag_cli_say("--args and --stdin cannot both read the standard input; "
                   "give a file");
    else
        return true;
    return false;
}

bool ag_run_prints_output(const ag_run_settings *s)
{
    const ag_run_process *p = &s->process;

    return p->output_kind == AG_RUN_OUTPUT_PREFIX ||
           (p->output_kind == AG_RUN_OUTPUT_FILE &&
            strcmp(p->output, "-") == 0);
}

static bool check_output(const ag_run_settings *s)
{
    const ag_run_process *p = &s->process;

    if (p->output_bytes.given && p->output_bytes.value == 0)
        ag_cli_say("--stdout-bytes must be more than 0; write a size such as "
                   "4K");
    else if (ag_run_prints_output(s) &&
             (s->json || s->csv || ag_run_rows_to_stdout(s)))
        ag_cli_say("--stdout %s writes to the standard output, where --%s "
                   "cannot be too; give --stdout a file",
                   p->output, s->json  ? "json"
                              : s->csv ? "csv"
                                       : "out -");
    else
        return true;
    return false;
}

bool ag_run_check_kind(const ag_run_settings *s)
{
    const ag_run_process *p = &s->process;
    const char *option = p->is_elf       ? flat_option(s)
                         : p->is_missing ? NULL
                                         : elf_option(s);
    const char *path = s->programs.count != 0 ? s->programs.items[0].path
                       : s->program != NULL   ? s->program
                                              : "-";

    if (option != NULL && p->is_flat)
        ag_cli_say("%s not for a flat image with --semihosting on, whose lanes "
                   "have a memory of their own: the image, --heap and --stack",
                   option);
    else if (option != NULL && p->is_elf)
        ag_cli_say("%s for flat images, and '%s' is an ELF program", option,
                   ag_cli_file_name(path));
    else if (option != NULL && s->programs.count != 0)
        ag_cli_say("%s for an ELF program, which is given as PROG, not with "
                   "--program",
                   option);
    else if (option != NULL)
        ag_cli_say("%s for ELF programs, and '%s' is none", option,
                   ag_cli_file_name(path));
    else if (p->is_elf && p->info.kind == ARMGPU_PROGRAM_BARE_METAL &&
             linux_option(s) != NULL)
        ag_cli_say("%s for Linux programs, and '%s' is one of bare metal",
                   linux_option(s), ag_cli_file_name(path));
    else
        return ag_run_check_stubs(s) &&
               (!p->is_elf || check_input(p, s->program)) &&
               (!ag_run_has_output(s) || check_output(s));
    return false;
}
