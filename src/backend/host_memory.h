/* How much of the computer's memory this process may have. Only src/backend
   includes this. */
#ifndef AG_HOST_MEMORY_H
#define AG_HOST_MEMORY_H

#include <stdint.h>

/*
 * Bytes; 0: unknown. That is what the computer has, or less where a control
 * group (Linux) that the process is in, however far up, has a limit. Names of
 * files in /proc and /sys follow `root`, which is "" but for tests.
 */
uint64_t ag_host_memory(const char *root);

#endif
