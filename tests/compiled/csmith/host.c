/*
 * A csmith program natively: prints the checksum as a register's value. With
 * MAX_BLOCKS a program that is built with -fsanitize-coverage=trace-pc ends
 * after so many basic blocks, with status 3.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

uint64_t program(uint64_t lane, uint64_t argument);

#ifdef MAX_BLOCKS
void __sanitizer_cov_trace_pc(void)
{
    static uint64_t blocks;

    if (++blocks > MAX_BLOCKS)
        _Exit(3);
}
#endif

int main(void)
{
    printf("0x%" PRIx64 "\n", program(0, 0));
    return 0;
}
