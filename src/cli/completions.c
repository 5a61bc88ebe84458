/*
 * Shell completions, made from the option lists: subcommands, options, fixed
 * values, and file names where an operand or an argument is one.
 */
#include "cli/cli.h"

#include <string.h>

static bool is_hidden(const ag_cli_option *o)
{
    return o->group[0] == '\0';
}

/* By convention of the lists: the argument's name begins with FILE or DIR. */
static bool takes_file(const ag_cli_option *o)
{
    return o->argument != NULL && (strncmp(o->argument, "FILE", 4) == 0 ||
                                   strncmp(o->argument, "DIR", 3) == 0);
}

static bool has_file_operand(const ag_cli_command *command)
{
    return strcmp(command->operands, "PROG") == 0 ||
           strncmp(command->operands, "FILE", 4) == 0;
}

static bool has_command_operand(const ag_cli_command *command)
{
    return strcmp(command->operands, "[SUBCOMMAND]") == 0;
}

/*
 * The first sentence of `text` inside single quotes: `quote` stands for one in
 * the text, and a backslash goes before the characters of `special`.
 */
static void put_quoted(FILE *out, const char *text, const char *quote,
                       const char *special)
{
    for (; *text != '\0' && strncmp(text, ". ", 2) != 0; text++) {
        if (*text == '\'') {
            fputs(quote, out);
            continue;
        }
        if (strchr(special, *text) != NULL)
            putc('\\', out);
        putc(*text, out);
    }
}

/* "a|b|c" as words. */
static void put_values(FILE *out, const char *values)
{
    for (; *values != '\0'; values++)
        putc(*values == '|' ? ' ' : *values, out);
}

static void put_command_names(FILE *out)
{
    for (size_t i = 0; ag_cli_commands[i] != NULL; i++)
        fprintf(out, "%s%s", i == 0 ? "" : " ", ag_cli_commands[i]->name);
}

/* -- bash ------------------------------------------------------------------ */

/* The words that may follow one of this command's options, then the options. */
static void bash_values(FILE *out, const ag_cli_command *command)
{
    fprintf(out, "    %s)\n        case $previous in\n", command->name);
    for (const ag_cli_option *o = command->options; o->name != NULL; o++) {
        if (is_hidden(o) || o->argument == NULL)
            continue;
        fputs("        ", out);
        if (o->letter != '\0')
            fprintf(out, "-%c|", o->letter);
        fprintf(out, "--%s) ", o->name);
        if (o->values != NULL) {
            fputs("words='", out);
            put_values(out, o->values);
            fputs("' ;;\n", out);
        } else {
            fputs(takes_file(o) ? "files=1 ;;\n" : "return ;;\n", out);
        }
    }
    fputs("        *) words='", out);
    for (const ag_cli_option *o = command->options; o->name != NULL; o++) {
        if (!is_hidden(o))
            fprintf(out, "--%s ", o->name);
    }
    fputs("--help", out);
    if (has_command_operand(command)) {
        putc(' ', out);
        put_command_names(out);
    }
    fprintf(out, "'%s ;;\n        esac ;;\n",
            has_file_operand(command) ? "; files=1" : "");
}

static void print_bash(FILE *out)
{
    fputs("# bash completion for armgpu\n"
          "# shellcheck shell=bash disable=SC2207\n"
          "_armgpu() {\n"
          "    local current=${COMP_WORDS[COMP_CWORD]}\n"
          "    local previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
          "    local words='' files=''\n"
          "    COMPREPLY=()\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
          "        words='",
          out);
    put_command_names(out);
    fputs(" --help --version'\n"
          "    else\n"
          "    case ${COMP_WORDS[1]} in\n",
          out);
    for (size_t i = 0; ag_cli_commands[i] != NULL; i++)
        bash_values(out, ag_cli_commands[i]);
    fputs("    esac\n"
          "    fi\n"
          "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
          "    if [ -n \"$files\" ] && [ \"${current#-}\" = \"$current\" ]"
          "; then\n"
          "        COMPREPLY=($(compgen -f -- \"$current\"))\n"
          "    fi\n"
          "}\n"
          "complete -o filenames -F _armgpu armgpu\n",
          out);
}

/* -- zsh ------------------------------------------------------------------- */

/* _arguments ends a description at ] and an argument's name at : */
static void zsh_text(FILE *out, const char *text)
{
    put_quoted(out, text, "'\\''", "[]:\\");
}

static void zsh_option(FILE *out, const ag_cli_option *o)
{
    fputs(" \\\n            ", out);
    if (o->letter != '\0')
        fprintf(out, "'(-%c --%s)'{-%c,--%s}'", o->letter, o->name, o->letter,
                o->name);
    else
        fprintf(out, "'*--%s", o->name);
    putc('[', out);
    zsh_text(out, o->help);
    putc(']', out);
    if (o->argument != NULL) {
        putc(':', out);
        zsh_text(out, o->argument);
        putc(':', out);
        if (o->values != NULL) {
            putc('(', out);
            put_values(out, o->values);
            putc(')', out);
        } else if (takes_file(o)) {
            fputs("_files", out);
        }
    }
    putc('\'', out);
}

static void zsh_arguments(FILE *out, const ag_cli_command *command)
{
    fprintf(out, "    %s)\n        _arguments", command->name);
    for (const ag_cli_option *o = command->options; o->name != NULL; o++) {
        if (!is_hidden(o))
            zsh_option(out, o);
    }
    fputs(" \\\n            '(-h --help)'{-h,--help}'[Print help.]'", out);
    if (has_file_operand(command))
        fputs(" \\\n            '1:program:_files'", out);
    if (has_command_operand(command)) {
        fputs(" \\\n            '1:subcommand:(", out);
        put_command_names(out);
        fputs(")'", out);
    }
    fputs(" ;;\n", out);
}

static void print_zsh(FILE *out)
{
    fputs("#compdef armgpu\n"
          "_armgpu() {\n"
          "    if (( CURRENT == 2 )); then\n"
          "        local -a commands\n"
          "        commands=(\n",
          out);
    for (size_t i = 0; ag_cli_commands[i] != NULL; i++) {
        fprintf(out, "            '%s:", ag_cli_commands[i]->name);
        zsh_text(out, ag_cli_commands[i]->summary);
        fputs("'\n", out);
    }
    fputs("        )\n"
          "        _describe subcommand commands\n"
          "        return\n"
          "    fi\n"
          "    local command=$words[2]\n"
          "    shift words\n"
          "    (( CURRENT-- ))\n"
          "    case $command in\n",
          out);
    for (size_t i = 0; ag_cli_commands[i] != NULL; i++)
        zsh_arguments(out, ag_cli_commands[i]);
    fputs("    esac\n"
          "}\n"
          "_armgpu \"$@\"\n",
          out);
}

/* -- fish ------------------------------------------------------------------ */

/* Inside single quotes fish knows \' and \\. */
static void fish_text(FILE *out, const char *text)
{
    put_quoted(out, text, "\\'", "\\");
}

static void fish_option(FILE *out, const char *command, const ag_cli_option *o)
{
    fprintf(out,
            "complete -c armgpu -n '__fish_seen_subcommand_from %s' "
            "-l %s",
            command, o->name);
    if (o->letter != '\0')
        fprintf(out, " -s %c", o->letter);
    if (o->argument != NULL)
        fputs(takes_file(o) ? " -r -F" : " -x", out);
    if (o->values != NULL) {
        fputs(" -a '", out);
        put_values(out, o->values);
        putc('\'', out);
    }
    fputs(" -d '", out);
    fish_text(out, o->help);
    fputs("'\n", out);
}

static void print_fish(FILE *out)
{
    fputs("# fish completion for armgpu\ncomplete -c armgpu -f\n", out);
    for (size_t i = 0; ag_cli_commands[i] != NULL; i++) {
        const ag_cli_command *command = ag_cli_commands[i];

        fprintf(out, "complete -c armgpu -n __fish_use_subcommand -a %s -d '",
                command->name);
        fish_text(out, command->summary);
        fputs("'\n", out);
        if (has_file_operand(command))
            fprintf(out,
                    "complete -c armgpu -n "
                    "'__fish_seen_subcommand_from %s' -F\n",
                    command->name);
        if (has_command_operand(command)) {
            fputs("complete -c armgpu -n '__fish_seen_subcommand_from help' "
                  "-a '",
                  out);
            put_command_names(out);
            fputs("'\n", out);
        }
        for (const ag_cli_option *o = command->options; o->name != NULL; o++) {
            if (!is_hidden(o))
                fish_option(out, command->name, o);
        }
    }
}

bool ag_cli_print_completions(FILE *out, const char *shell)
{
    if (strcmp(shell, "bash") == 0)
        print_bash(out);
    else if (strcmp(shell, "zsh") == 0)
        print_zsh(out);
    else if (strcmp(shell, "fish") == 0)
        print_fish(out);
    else
        return false;
    return true;
}
