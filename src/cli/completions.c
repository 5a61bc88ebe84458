/*
 * Shell completions, made from the option lists: subcommands, options, fixed
 * values, and file names where an operand or an argument may be one. Names have
 * to come through whole whatever is in them, and values are offered after
 * "--name value" and "--name=value" alike.
 */
#include "cli/cli.h"

#include <string.h>

static bool is_hidden(const ag_cli_option *o)
{
    return o->group[0] == '\0';
}

/* By convention of the lists: the name of what may be a file has the word. */
static bool is_file(const char *name)
{
    return strstr(name, "FILE") != NULL || strstr(name, "DIR") != NULL ||
           strstr(name, "PROG") != NULL;
}

static bool takes_file(const ag_cli_option *o)
{
    return o->argument != NULL && is_file(o->argument);
}

static bool has_file_operand(const ag_cli_command *command)
{
    return is_file(command->operands);
}

/* Of `help`. */
static bool has_name_operand(const ag_cli_command *command)
{
    return strcmp(command->operands, "[NAME]") == 0;
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

/* Subcommands, and with them the topics of `help`. */
static void put_names(FILE *out, bool has_topics)
{
    for (size_t i = 0; ag_cli_commands[i] != NULL; i++)
        fprintf(out, "%s%s", i == 0 ? "" : " ", ag_cli_commands[i]->name);
    for (size_t i = 0; has_topics && ag_cli_topics[i].name != NULL; i++)
        fprintf(out, " %s", ag_cli_topics[i].name);
}

/* -- bash ------------------------------------------------------------------ */

/* What may follow an option that takes an argument. */
static void bash_values(FILE *out, const ag_cli_option *o)
{
    fputs("        ", out);
    if (o->letter != '\0')
        fprintf(out, "-%c,*|", o->letter);
    fprintf(out, "--%s,*) ", o->name);
    if (o->values != NULL) {
        fputs("words='", out);
        put_values(out, o->values);
        fputs(takes_file(o) ? "' files=1 ;;\n" : "' ;;\n", out);
    } else {
        fputs(takes_file(o) ? "files=1 ;;\n" : "return ;;\n", out);
    }
}

static void bash_options(FILE *out, const ag_cli_command *command)
{
    fputs("words='", out);
    for (const ag_cli_option *o = command->options; o->name != NULL; o++) {
        if (!is_hidden(o))
            fprintf(out, "--%s ", o->name);
    }
    fputs("--help' ;;\n", out);
}

/* A command's part: values, or its operand, or, after a dash or where it has no
   operand, its options. */
static void bash_command(FILE *out, const ag_cli_command *command)
{
    fprintf(out, "    %s)\n        case $previous,$current in\n",
            command->name);
    for (const ag_cli_option *o = command->options; o->name != NULL; o++) {
        if (!is_hidden(o) && o->argument != NULL)
            bash_values(out, o);
    }
    if (has_file_operand(command)) {
        fputs("        *,-*) ", out);
        bash_options(out, command);
        fputs("        *) files=1 ;;\n", out);
    } else if (has_name_operand(command)) {
        fputs("        *,-*) ", out);
        bash_options(out, command);
        fputs("        *) words='", out);
        put_names(out, true);
        fputs("' ;;\n", out);
    } else {
        fputs("        *) ", out);
        bash_options(out, command);
    }
    fputs("        esac ;;\n", out);
}

/* What the words on the line are: bash takes --name=value apart where = is one
   of COMP_WORDBREAKS, as it is unless the user changed that. */
static const char bash_head[] =
    "# bash completion for armgpu\n"
    "# shellcheck shell=bash\n"
    "_armgpu() {\n"
    "    local current=${COMP_WORDS[COMP_CWORD]} before='' words='' files='' "
    "word\n"
    "    local previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    COMPREPLY=()\n"
    "    case $current in\n"
    "    =) current='' ;;\n"
    "    --*=*)\n"
    "        previous=${current%%=*} before=${current%%=*}= "
    "current=${current#*=} ;;\n"
    "    *) [ \"$previous\" != = ] ||\n"
    "        previous=${COMP_WORDS[COMP_CWORD - 2]} ;;\n"
    "    esac\n"
    "    case $current in\n"
    "    [\\\"\\']*) current=${current#?} ;;\n"
    "    *) current=${current//\\\\/} ;;\n"
    "    esac\n"
    "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
    "        words='";

static const char bash_tail[] =
    "    esac\n"
    "    fi\n"
    "    while IFS= read -r word; do\n"
    "        COMPREPLY+=(\"$before$word\")\n"
    "    done < <(compgen -W \"$words\" -- \"$current\"\n"
    "        [ -z \"$files\" ] || compgen -f -- \"$current\")\n"
    "}\n"
    "complete -o filenames -F _armgpu armgpu\n";

static void print_bash(FILE *out)
{
    fputs(bash_head, out);
    put_names(out, false);
    fputs(" --help --version'\n"
          "    else\n"
          "    case ${COMP_WORDS[1]} in\n",
          out);
    for (size_t i = 0; ag_cli_commands[i] != NULL; i++)
        bash_command(out, ag_cli_commands[i]);
    fputs(bash_tail, out);
}

/* -- zsh ------------------------------------------------------------------- */

/* _arguments ends a description at ] and an argument's name at : */
static void zsh_text(FILE *out, const char *text)
{
    put_quoted(out, text, "'\\''", "[]:\\");
}

/* ":NAME:action" of an option's argument. */
static void zsh_argument(FILE *out, const ag_cli_option *o)
{
    putc(':', out);
    zsh_text(out, o->argument);
    putc(':', out);
    if (o->values != NULL && takes_file(o)) {
        fputs(" _armgpu_values_or_files ", out);
        put_values(out, o->values);
    } else if (o->values != NULL) {
        putc('(', out);
        put_values(out, o->values);
        putc(')', out);
    } else if (takes_file(o)) {
        fputs("_files", out);
    }
}

/* After + and = the argument may be part of the word. */
static void zsh_option(FILE *out, const ag_cli_option *o)
{
    bool takes = o->argument != NULL;

    fputs(" \\\n            ", out);
    if (o->letter != '\0')
        fprintf(out, "'(-%c --%s)'{-%c%s,--%s%s}'", o->letter, o->name,
                o->letter, takes ? "+" : "", o->name, takes ? "=" : "");
    else
        fprintf(out, "'*--%s%s", o->name, takes ? "=" : "");
    putc('[', out);
    zsh_text(out, o->help);
    putc(']', out);
    if (takes)
        zsh_argument(out, o);
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
        fputs(" \\\n            '*:program:_files'", out);
    if (has_name_operand(command)) {
        fputs(" \\\n            '1:name:(", out);
        put_names(out, true);
        fputs(")'", out);
    }
    fputs(" ;;\n", out);
}

static void print_zsh(FILE *out)
{
    fputs("#compdef armgpu\n"
          "_armgpu_values_or_files() {\n"
          "    _alternative \"values:value:($*)\" files:file:_files\n"
          "}\n"
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
        if (has_name_operand(command)) {
            fputs("complete -c armgpu -n '__fish_seen_subcommand_from help' "
                  "-a '",
                  out);
            put_names(out, true);
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
