/*
 * armgpu insns: the instruction table, for people, scripts and the comparison
 * with Arm's list of encodings.
 */
#include "cli/cli.h"

typedef struct insns_settings {
    bool tsv;
    bool json;
} insns_settings;

static const ag_cli_option options[] = {
    {"Options", "tsv", 0, NULL, AG_CLI_FLAG, offsetof(insns_settings, tsv),
     NULL, NULL,
     "Print tab-separated lines: name, mask, value, feature, status, "
     "assembly."},
    {"Options", "json", 0, NULL, AG_CLI_FLAG, offsetof(insns_settings, json),
     NULL, NULL, "Print one JSON object."},
    {NULL, NULL, 0, NULL, AG_CLI_FLAG, 0, NULL, NULL, NULL},
};

/* `index` counts the rows printed, from 0. */
typedef void (*row_printer)(const armgpu_instruction *row, uint64_t index);

static const char *status_of(const armgpu_instruction *row)
{
    return row->implemented != 0 ? "implemented" : "named";
}

static void print_row(const armgpu_instruction *row, uint64_t index)
{
    if (index == 0)
        printf("%-30s %-11s %-9s %s\n", "name", "status", "feature",
               "assembly");
    if (row->assembly[0] != '\0')
        printf("%-30s %-11s %-9s %s\n", row->name, status_of(row), row->feature,
               row->assembly);
    else
        printf("%-30s %-11s %s\n", row->name, status_of(row), row->feature);
}

static void print_tsv(const armgpu_instruction *row, uint64_t index)
{
    (void)index;
    printf("%s\t0x%08" PRIx32 "\t0x%08" PRIx32 "\t%s\t%s\t%s\n", row->name,
           row->mask, row->value, row->feature, status_of(row), row->assembly);
}

static void print_json(const armgpu_instruction *row, uint64_t index)
{
    printf("%s\n{\"name\":", index == 0 ? "" : ",");
    ag_cli_json_string(stdout, row->name);
    printf(",\"mask\":\"0x%08" PRIx32 "\",\"value\":\"0x%08" PRIx32
           "\",\"feature\":",
           row->mask, row->value);
    ag_cli_json_string(stdout, row->feature);
    printf(",\"status\":\"%s\",\"assembly\":", status_of(row));
    ag_cli_json_string(stdout, row->assembly);
    printf("}");
}

static bool matches(const armgpu_instruction *row, const char *filter)
{
    return filter == NULL || ag_cli_contains(row->name, filter) ||
           ag_cli_contains(row->feature, filter) ||
           ag_cli_contains(row->assembly, filter);
}

/* Prints the rows that match (print may be NULL) and returns how many did. */
static uint64_t each_row(const char *filter, row_printer print)
{
    armgpu_instruction row = {.size = sizeof row};
    uint64_t found = 0;

    for (uint64_t i = 0; armgpu_get_instruction(i, &row) == ARMGPU_OK; i++) {
        if (matches(&row, filter)) {
            if (print != NULL)
                print(&row, found);
            found++;
        }
        row.size = sizeof row;
    }
    return found;
}

static int insns(int argc, char **argv)
{
    insns_settings settings = {false, false};
    const char *filter = NULL;
    int status = AG_CLI_EXIT_OK;

    if (!ag_cli_parse_one(&ag_cli_insns, argc, argv, &settings, &filter,
                          &status))
        return status;
    if (settings.tsv && settings.json) {
        ag_cli_say("--tsv and --json exclude each other; give one");
        return AG_CLI_EXIT_FAILED;
    }
    /* Nothing is printed unless something matches, not even a header. */
    if (each_row(filter, NULL) == 0) {
        ag_cli_say("no instruction matches '%s'; 'armgpu insns' lists all",
                   filter != NULL ? filter : "");
        return AG_CLI_EXIT_FAILED;
    }
    if (settings.tsv) {
        printf("# name\tmask\tvalue\tfeature\tstatus\tassembly\n");
        (void)each_row(filter, print_tsv);
    } else if (settings.json) {
        printf("{\"schema\":\"armgpu.insns/1\",\"instructions\":[");
        (void)each_row(filter, print_json);
        printf("\n]}\n");
    } else {
        (void)each_row(filter, print_row);
    }
    return AG_CLI_EXIT_OK;
}

const ag_cli_command ag_cli_insns = {
    "insns",
    insns,
    "list the instructions",
    "[TEXT]",
    "Lists the instruction table: what is implemented, and what is only named "
    "and stops a lane as undefined. TEXT selects the rows whose name, feature "
    "or assembly contains it.",
    options,
};
