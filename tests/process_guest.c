/* For tests/test_process.sh: says what is on the stack it was started with. */
#include "process_walk.h"

int main(int argc, char **argv)
{
    (void)argc;
    walk_stack((const uint64_t *)(const void *)argv - 1, 0, stdout);
    return 0;
}
