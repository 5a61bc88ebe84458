/*
 * --help and `armgpu help`, made from the commands' option lists. Everything
 * fits 80 columns.
 */
#include "cli/cli.h"

#include <string.h>

#define HELP_COLUMN 30 /* where the options' explanations begin */

void ag_cli_print_overview(FILE *out)
{
    fputs("usage: armgpu SUBCOMMAND [options]\n\n", out);
    ag_cli_wrap(out,
                "Runs one ARM64 (A64) program on many lanes at once. A lane is "
                "a whole ARM64 CPU with its own registers, PC and flags.",
                0, 0);
    fputs("\nSubcommands:\n", out);
    for (size_t i = 0; ag_cli_commands[i] != NULL; i++)
        fprintf(out, "  %-10s %s\n", ag_cli_commands[i]->name,
                ag_cli_commands[i]->summary);
    fputs("\nTopics:\n", out);
    for (const ag_cli_topic *t = ag_cli_topics; t->name != NULL; t++)
        fprintf(out, "  %-10s %s\n", t->name, t->summary);
    fputs("\n'armgpu help NAME' explains one of them.\n"
          "To begin: armgpu run prog.bin --lanes 128\n",
          out);
}

static void print_option(FILE *out, const ag_cli_option *o)
{
    const char *argument = o->argument != NULL ? o->argument : "";
    char letter[] = "-?, ", label[64];
    int length;

    letter[1] = o->letter;
    length = snprintf(label, sizeof label, "  %s--%s%s%s",
                      o->letter != '\0' ? letter : "    ", o->name,
                      argument[0] != '\0' ? " " : "", argument);
    /* A long label has its line alone; all explanations stay in one column. */
    if (length + 2 > HELP_COLUMN)
        fprintf(out, "%s\n%*s", label, HELP_COLUMN, "");
    else
        fprintf(out, "%-*s", HELP_COLUMN, label);
    ag_cli_wrap(out, o->help, HELP_COLUMN, HELP_COLUMN);
}

/* Options of one group follow each other in the list; --help is in no list. */
static void print_options(FILE *out, const ag_cli_option *options)
{
    static const ag_cli_option help = {
        "", "help", 'h', NULL, AG_CLI_FLAG, 0, NULL, NULL, "Print this help."};
    const char *group = "";

    for (size_t i = 0; options[i].name != NULL; i++) {
        if (options[i].group[0] == '\0')
            continue;
        if (strcmp(options[i].group, group) != 0)
            fprintf(out, "\n%s:\n", options[i].group);
        group = options[i].group;
        print_option(out, &options[i]);
    }
    if (group[0] == '\0')
        fputs("\nOptions:\n", out);
    print_option(out, &help);
}

void ag_cli_print_help(FILE *out, const ag_cli_command *command)
{
    fprintf(out, "usage: armgpu %s%s%s [options]\n\n", command->name,
            command->operands[0] != '\0' ? " " : "", command->operands);
    ag_cli_wrap(out, command->description, 0, 0);
    print_options(out, command->options);
    if (strcmp(command->name, "run") != 0)
        return;
    fputs("\nExit status:\n", out);
    ag_cli_list_exits(out);
}
