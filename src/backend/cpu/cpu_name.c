/*
 * What this processor is called. Always something true: where the system has no
 * name for it, who made it and the number of the model, or the architecture.
 */
#include "backend/cpu/cpu.h"

#include <stdlib.h>
#include <string.h>
#if defined(__APPLE__)
#include <sys/sysctl.h>
#endif

#if defined(__aarch64__)
#define ARCHITECTURE "AArch64 CPU"
#elif defined(__x86_64__)
#define ARCHITECTURE "x86-64 CPU"
#else
#define ARCHITECTURE "CPU"
#endif
#define ARM 0x41 /* the implementer of its own cores */

/* Arm's part numbers, of those that run Linux; MIDR_EL1 has them. */
static const struct {
    unsigned long part;
    const char *name;
} cores[] = {
    {0xd03, "Cortex-A53"}, {0xd04, "Cortex-A35"},  {0xd05, "Cortex-A55"},
    {0xd07, "Cortex-A57"}, {0xd08, "Cortex-A72"},  {0xd09, "Cortex-A73"},
    {0xd0a, "Cortex-A75"}, {0xd0b, "Cortex-A76"},  {0xd0c, "Neoverse N1"},
    {0xd0d, "Cortex-A77"}, {0xd40, "Neoverse V1"}, {0xd41, "Cortex-A78"},
    {0xd44, "Cortex-X1"},  {0xd46, "Cortex-A510"}, {0xd47, "Cortex-A710"},
    {0xd48, "Cortex-X2"},  {0xd49, "Neoverse N2"}, {0xd4f, "Neoverse V2"},
};

static const struct {
    unsigned long implementer;
    const char *name;
} makers[] = {
    {ARM, "Arm"},      {0x42, "Broadcom"},  {0x43, "Cavium"},
    {0x46, "Fujitsu"}, {0x48, "HiSilicon"}, {0x4e, "NVIDIA"},
    {0x50, "APM"},     {0x51, "Qualcomm"},  {0x53, "Samsung"},
    {0x56, "Marvell"}, {0x61, "Apple"},     {0x6d, "Microsoft"},
    {0xc0, "Ampere"},
};

static void name_of(unsigned long implementer, unsigned long part, char *out,
                    size_t size)
{
    const char *maker = NULL, *core = NULL;
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
        if (makers[i].implementer == implementer)
            maker = makers[i].name;
    for (size_t i = 0; i < sizeof cores / sizeof *cores; i++)
        if (implementer == ARM && cores[i].part == part)
            core = cores[i].name;
    if (core != NULL)
        snprintf(out, size, "%s %s", maker, core);
    else if (maker != NULL)
        snprintf(out, size, "%s CPU, part 0x%lx", maker, part);
    else
        snprintf(out, size, "CPU of implementer 0x%lx, part 0x%lx", implementer,
                 part);
}

/* The value of a line "KEY<blanks>: VALUE"; NULL: another key. */
static const char *value_of(char *line, const char *key)
{
    char *colon = strchr(line, ':');
    size_t n = strlen(key);
    if (strncmp(line, key, n) != 0 || colon == NULL ||
        line + n + strspn(line + n, " \t") != colon)
        return NULL;
    colon += 1 + strspn(colon + 1, " \t");
    colon[strcspn(colon, "\n")] = '\0';
    return colon;
}

bool ag_cpu_name_in(FILE *in, char *out, size_t size)
{
    unsigned long implementer = 0, part = 0;
    bool has_part = false;
    char line[256];
    while (fgets(line, sizeof line, in) != NULL) {
        const char *name = value_of(line, "model name");
        const char *maker = value_of(line, "CPU implementer");
        const char *number = value_of(line, "CPU part");
        if (name != NULL && name[0] != '\0') {
            snprintf(out, size, "%s", name);
            return true;
        }
        if (maker != NULL)
            implementer = strtoul(maker, NULL, 16);
        /* The first core's; others of the machine may be other ones. */
        if (number != NULL && !has_part) {
            part = strtoul(number, NULL, 16);
            has_part = true;
        }
    }
    if (has_part)
        name_of(implementer, part, out, size);
    return has_part;
}

void ag_cpu_name(char *out, size_t size)
{
#if defined(__APPLE__)
    size_t length = size;
    if (sysctlbyname("machdep.cpu.brand_string", out, &length, NULL, 0) == 0 &&
        length > 1)
        return;
#else
    FILE *in = fopen("/proc/cpuinfo", "r");
    bool has_name = in != NULL && ag_cpu_name_in(in, out, size);
    if (in != NULL)
        fclose(in);
    if (has_name)
        return;
#endif
    snprintf(out, size, "%s", ARCHITECTURE);
}
