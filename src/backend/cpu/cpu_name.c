/* What this processor is called. */
#include "backend/cpu/cpu.h"

#include <string.h>

void ag_cpu_name(char *out, size_t size)
{
    char line[256];
    FILE *in = fopen("/proc/cpuinfo", "r");
    snprintf(out, size, "CPU");
    while (in != NULL && fgets(line, sizeof line, in) != NULL) {
        char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || colon == NULL)
            continue;
        colon[strcspn(colon, "\n")] = '\0';
        snprintf(out, size, "%s", colon + 2);
        break;
    }
    if (in != NULL)
        fclose(in);
}
