/* Which segment has an address. */
#include "guest/elf.h"

const struct ag_elf_segment *ag_elf_segment_at(const struct ag_elf *elf,
                                               uint64_t address)
{
    size_t low = 0, high = elf->segment_count; /* the first that begins later */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (elf->segments[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    return address - elf->segments[low - 1].address <
                   elf->segments[low - 1].bytes
               ? &elf->segments[low - 1]
               : NULL;
}

bool ag_elf_is_code(const struct ag_elf *elf, uint64_t address)
{
    const struct ag_elf_segment *s = ag_elf_segment_at(elf, address);
    return address % 4 == 0 && s != NULL && (s->access & AG_ELF_EXECUTE) != 0 &&
           s->file_bytes >= 4 && address - s->address <= s->file_bytes - 4;
}
