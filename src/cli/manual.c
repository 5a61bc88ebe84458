/*
 * The manual page in mdoc: static prose around the subcommands and OPTIONS
 * made from the option lists, the topics of `armgpu help`, stop reasons from
 * armgpu.h and exit statuses from cli.h, so that none of them can differ from
 * the program.
 */
#include "cli/cli.h"

#include <string.h>

static const char head[] = ".Dd November 22, 2026\n"
                           ".Dt ARMGPU 1\n"
                           ".Os\n"
                           ".Sh NAME\n"
                           ".Nm armgpu\n"
                           ".Nd run an ARM64 program on many lanes at once\n"
                           ".Sh SYNOPSIS\n";

static const char description[] =
    ".Sh DESCRIPTION\n"
    ".Nm\n"
    "runs one ARM64 (A64) program on N\n"
    ".Em lanes\n"
    "at once.\n"
    "A lane is a whole ARM64 CPU: it has its own registers, PC, flags and\n"
    "cycle counter.\n"
    "A program is a flat image: the bytes that are placed at the load address\n"
    "and executed from there.\n"
    ".Pp\n"
    "Results go to the standard output, everything else to the standard\n"
    "error.\n"
    ".Pp\n"
    "Numbers are decimal or hexadecimal\n"
    ".Pq Li 0x1000 .\n"
    "Sizes also take the suffixes K, M and G, which multiply by 1024, "
    "1024\\(S2\n"
    "and 1024\\(S3.\n"
    "Register values may be negative.\n";

static const char registers[] =
    ".Sh REGISTERS\n"
    "The names that\n"
    ".Fl \\-reg ,\n"
    ".Fl \\-lane-reg\n"
    "and the header line of\n"
    ".Fl \\-regs\n"
    "take are\n"
    ".Li x0\n"
    "to\n"
    ".Li x30 ,\n"
    ".Li w0\n"
    "to\n"
    ".Li w30\n"
    "(zero-extended),\n"
    ".Li fp\n"
    "(x29),\n"
    ".Li lr\n"
    "(x30),\n"
    ".Li sp ,\n"
    ".Li pc ,\n"
    ".Li nzcv ,\n"
    ".Li tpidr ,\n"
    ".Li v0\n"
    "to\n"
    ".Li v31\n"
    "or\n"
    ".Li q0\n"
    "(128 bits),\n"
    ".Li d0 , s0\n"
    "and\n"
    ".Li h0\n"
    "(numbers such as 1.5, 1e-9, 0x1.8p3, inf and nan; the rest of the V\n"
    "register becomes 0),\n"
    ".Li fpcr\n"
    "and\n"
    ".Li fpsr .\n"
    "Flags are four binary digits, N first\n"
    ".Pq Li 0110 ,\n"
    "or the register's value\n"
    ".Pq Li 0x60000000 .\n"
    ".Pp\n"
    "The file of\n"
    ".Fl \\-regs\n"
    "begins with a line that names its columns:\n"
    ".Li lane\n"
    "and register names.\n"
    "Each further line sets these registers of one lane; lanes that are not\n"
    "there keep their values:\n"
    ".Bd -literal -offset indent\n"
    "lane,x0,x1\n"
    "0,17,0x1000\n"
    "1,-1,0x2000\n"
    ".Ed\n"
    ".Pp\n"
    "Settings apply in this order, a later one replacing an earlier one: the\n"
    "start state, then\n"
    ".Fl \\-pc\n"
    "and\n"
    ".Fl \\-sp ,\n"
    "then\n"
    ".Fl \\-reg\n"
    "in the order given, then\n"
    ".Fl \\-regs ,\n"
    "then\n"
    ".Fl \\-lane-reg .\n"
    ".Pp\n"
    "A lane starts with every register 0, SP at the top of memory (shared\n"
    "memory: at the top of its own stack) and its number in TPIDR_EL0 and\n"
    "TPIDRRO_EL0.\n"
    "Nothing keeps lanes that share memory off each other's stacks: those with\n"
    "large ones need\n"
    ".Fl \\-stack\n"
    "or\n"
    ".Fl \\-memory\\-mode\n"
    "private.\n";

static const char output[] =
    ".Sh OUTPUT\n"
    "The table for people has one row a lane, then a line for every place\n"
    "where lanes ended badly, then the totals.\n"
    "A register that is zero is not printed.\n"
    "V registers are printed in hexadecimal and, where that says more, as d or s\n"
    "registers too.\n"
    ".Pp\n"
    "The columns of\n"
    ".Fl \\-csv\n"
    "are lane, stop_reason, stop_code, pc, sp, nzcv, cycles, x0 to x30,\n"
    "fault_address and fault_access; the last two are empty where there was\n"
    "no fault.\n"
    "With\n"
    ".Fl \\-fp\n"
    "fpcr, fpsr and v0 to v31 follow.\n";

static const char environment[] =
    ".Sh ENVIRONMENT\n"
    ".Bl -tag -width Ds\n"
    ".It Ev ARMGPU_CACHE\n"
    "With\n"
    ".Li off ,\n"
    "compiled GPU kernels and translated code are neither kept nor looked\n"
    "for.\n"
    ".It Ev XDG_CACHE_HOME , HOME\n"
    "Where they are kept: in\n"
    ".Pa armgpu\n"
    "below the first, or in\n"
    ".Pa .cache/armgpu\n"
    ".Pq macOS : Pa Library/Caches/armgpu\n"
    "below the second.\n"
    ".It Ev NO_COLOR , TERM\n"
    "If the first is there and not empty, or the second is\n"
    ".Li dumb ,\n"
    "tables have no colour but by\n"
    ".Fl \\-color Ar always .\n"
    ".It Ev ARMGPU_CC\n"
    "The C compiler that translated code is compiled by where lanes are executed\n"
    "by the CPU, with options if there are any: else the first of cc, clang and\n"
    "gcc in\n"
    ".Ev PATH .\n"
    ".It Ev ARMGPU_CC_SECONDS\n"
    "How long it, or the compiler of a GPU's translated code, may take: 60\n"
    "seconds, or another number from 0.001 to 86400.\n"
    ".It Ev TMPDIR\n"
    "Where it works, and what it made is loaded from: else\n"
    ".Pa /tmp .\n"
    ".It Ev ARMGPU_VERBOSE\n"
    "If set, the CUDA backend tells what it compiles.\n"
    ".It Ev ARMGPU_NVRTC\n"
    "The path of NVIDIA's runtime compiler\n"
    ".Pq Pa libnvrtc.so .\n"
    ".It Ev CUDA_HOME , CUDA_PATH\n"
    "Where it is looked for besides.\n"
    ".It Ev ARMGPU_OPENCL\n"
    "The path of the OpenCL library\n"
    ".Pq Pa libOpenCL.so.1 .\n"
    ".It Ev ARMGPU_CODE_PAGES\n"
    "How many pages of code, of 4 KiB, are decoded at one time, 16 KiB each:\n"
    "16384, or another number from 2 to 16777216.\n"
    "No result depends on it.\n"
    ".It Ev ARMGPU_FLOAT\n"
    "If it is\n"
    ".Li soft ,\n"
    "floating point is computed in integers everywhere, and nowhere by the\n"
    "hardware, where\n"
    ".Fl \\-float\n"
    "does not say otherwise; AES and SHA are in software on the CPU, too.\n"
    "No result depends on it.\n"
    ".It Ev ARMGPU_CUDA_TIMEOUT , ARMGPU_METAL_TIMEOUT\n"
    "Seconds after which a launch counts as a hang.\n"
    ".El\n"
    ".Pp\n"
    "Others are for measuring, and described with what they measure in\n"
    ".Pa docs\n"
    "of the sources.\n";

static const char tail[] =
    ".Sh EXAMPLES\n"
    "A program that leaves 42 in X0, on four lanes:\n"
    ".Bd -literal -offset indent\n"
    "printf '\\e100\\e005\\e200\\e322\\e000\\e000\\e100\\e324' > answer.bin\n"
    "armgpu run answer.bin --lanes 4\n"
    ".Ed\n"
    ".Pp\n"
    "The same with another start value in every lane, for a script:\n"
    ".Bd -literal -offset indent\n"
    "armgpu run prog.bin -n 1000 --reg x0=lane*2+1 --json\n"
    ".Ed\n"
    ".Pp\n"
    "What the file contains:\n"
    ".Bd -literal -offset indent\n"
    "armgpu disasm answer.bin\n"
    ".Ed\n"
    ".Sh SEE ALSO\n"
    ".Xr objcopy 1 ,\n"
    ".Xr objdump 1\n";

/* Characters that mdoc must take literally, also at the beginning of a line. */
static void put_escaped(FILE *out, const char *text, size_t length)
{
    if (length > 0 && (*text == '.' || *text == '\''))
        fputs("\\&", out);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\\')
            fputs("\\e", out);
        else if (text[i] == '-')
            fputs("\\-", out);
        else
            putc(text[i], out);
    }
}

/* Lines of at most about 70 columns; a sentence ends its line, as mdoc asks. */
static void put_sentences(FILE *out, const char *text)
{
    size_t column = 0;

    while (*text != '\0') {
        size_t n = strcspn(text, " ");

        if (column != 0 && column + n > 70) {
            putc('\n', out);
            column = 0;
        }
        fputs(column != 0 ? " " : "", out);
        put_escaped(out, text, n);
        column += n + 1;
        if (n > 0 && text[n - 1] == '.' && text[n] != '\0') {
            putc('\n', out);
            column = 0;
        }
        text += n;
        text += strspn(text, " ");
    }
    putc('\n', out);
}

/* An argument as a macro's argument: in quotes, because it may have blanks. */
static void put_argument(FILE *out, const char *argument)
{
    fputs(" Ar \"", out);
    put_escaped(out, argument, strlen(argument));
    putc('"', out);
}

/* One line a subcommand, with its operand if it has one. */
static void put_synopsis(FILE *out)
{
    for (size_t i = 0; ag_cli_commands[i] != NULL; i++) {
        const char *operands = ag_cli_commands[i]->operands;

        fprintf(out, ".Nm\n.Cm %s\n", ag_cli_commands[i]->name);
        if (operands[0] == '[')
            fprintf(out, ".Op Ar %.*s\n", (int)strcspn(operands, "]") - 1,
                    operands + 1);
        else if (operands[0] != '\0')
            fprintf(out, ".Ar %s\n", operands);
        fputs(".Op Ar options\n", out);
    }
}

static void put_option(FILE *out, const ag_cli_option *o)
{
    fputs(".It", out);
    if (o->letter != '\0')
        fprintf(out, " Fl %c ,", o->letter);
    fputs(" Fl \\-", out);
    put_escaped(out, o->name, strlen(o->name));
    if (o->argument != NULL)
        put_argument(out, o->argument);
    putc('\n', out);
    put_sentences(out, o->help);
}

/* A subsection: what it does, then its options under their groups. */
static void put_command(FILE *out, const ag_cli_command *command)
{
    const char *group = "";
    bool listing = false;

    fprintf(out, ".Ss armgpu %s\n", command->name);
    put_sentences(out, command->description);
    for (size_t i = 0; command->options[i].name != NULL; i++) {
        const ag_cli_option *o = &command->options[i];

        if (o->group[0] == '\0')
            continue;
        if (strcmp(group, o->group) != 0) {
            fputs(listing ? ".El\n" : "", out);
            fprintf(out, ".Pp\n%s:\n.Bl -tag -width Ds\n", o->group);
        }
        listing = true;
        group = o->group;
        put_option(out, o);
    }
    fputs(listing ? ".El\n" : "", out);
}

static void put_stops(FILE *out)
{
    fputs(".Sh STOP REASONS\n"
          "Why a lane stopped, where its PC then is, and what the code "
          "says:\n"
          ".Bl -column \"alignment-fault\" \"after the call\" "
          "\"exit status\"\n"
          ".It Em reason Ta Em PC Ta Em code\n",
          out);
#define ARMGPU_X(name, value, text, pc, code, traits, colour)                  \
    if (value != ARMGPU_STOP_RUNNING)                                          \
        fprintf(out, ".It %s Ta %s Ta %s\n", text, pc, code);
    ARMGPU_STOPS(ARMGPU_X)
#undef ARMGPU_X
    fputs(".El\n", out);
}

static void put_exits(FILE *out)
{
    fputs(".Sh EXIT STATUS\n"
          ".Cm run\n"
          "exits with one of these, the other subcommands with 0, 125, "
          "126 or 127,\n"
          ".Cm check\n"
          "with 1 if a backend differed from the CPU:\n"
          ".Bl -tag -width Ds\n",
          out);
#define AG_CLI_X(name, value, text)                                            \
    fprintf(out, ".It %d\n", value);                                           \
    put_sentences(out, text);
    AG_CLI_EXITS(AG_CLI_X)
#undef AG_CLI_X
    fputs(".El\n", out);
}

/* The lines of a topic from `text` on that are prose; what follows them. */
static const char *put_prose(FILE *out, const char *text)
{
    char paragraph[2048];
    size_t length = 0;

    while (*text != '\0' && *text != '\n' && *text != ' ') {
        size_t n = strcspn(text, "\n");

        if (length + n + 2 > sizeof paragraph)
            break;
        memcpy(paragraph + length, text, n);
        length += n;
        paragraph[length++] = ' ';
        text += n + 1;
    }
    paragraph[length - 1] = '\0';
    put_sentences(out, paragraph);
    return text;
}

/* The same of lines that stand as they are. */
static const char *put_literal(FILE *out, const char *text)
{
    fputs(".Bd -literal\n", out);
    while (*text == ' ') {
        size_t n = strcspn(text, "\n");

        put_escaped(out, text, n);
        putc('\n', out);
        text += n + 1;
    }
    fputs(".Ed\n", out);
    return text;
}

/* A page of `armgpu help` as a section. */
static void put_topic(FILE *out, const ag_cli_topic *topic)
{
    const char *text = topic->text;

    fprintf(out, ".Sh %s\n", topic->heading);
    while (*text != '\0') {
        if (*text == '\n')
            text++;
        else if (*text == ' ')
            text = put_literal(out, text);
        else {
            fputs(text != topic->text ? ".Pp\n" : "", out);
            text = put_prose(out, text);
        }
    }
}

void ag_cli_print_manual(FILE *out)
{
    fputs(head, out);
    put_synopsis(out);
    fputs(description, out);
    fputs(".Sh OPTIONS\n"
          "Every subcommand takes\n"
          ".Fl h\n"
          "and\n"
          ".Fl \\-help .\n",
          out);
    for (size_t i = 0; ag_cli_commands[i] != NULL; i++)
        put_command(out, ag_cli_commands[i]);
    fputs(registers, out);
    fputs(output, out);
    for (const ag_cli_topic *t = ag_cli_topics; t->name != NULL; t++) {
        if (t->heading != NULL)
            put_topic(out, t);
    }
    put_stops(out);
    fputs(environment, out);
    put_exits(out);
    fputs(tail, out);
}
