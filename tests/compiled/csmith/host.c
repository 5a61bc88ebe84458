/* A csmith program natively: prints the checksum as a register's value. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

uint64_t program(uint64_t lane, uint64_t argument);

int main(void)
{
    printf("0x%" PRIx64 "\n", program(0, 0));
    return 0;
}
