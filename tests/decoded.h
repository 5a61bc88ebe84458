/* What the host has decoded, for tests that look into a handle. */
#ifndef AG_TESTS_DECODED_H
#define AG_TESTS_DECODED_H

#include "guest.h"

#include "core/engine.h"

/* The operation in the code table's entry for pc. */
static inline uint32_t operation_at(armgpu *g, uint64_t pc)
{
    const u32 *pages = ag_mirror_read(g, &g->pages);
    const ag_entry *entries = ag_mirror_read(g, &g->entries);
    assert_non_null(pages);
    assert_non_null(entries);
    return entries[(u64)pages[pc >> AG_PAGE_SHIFT] * AG_PAGE_ENTRIES +
                   pc % AG_PAGE_BYTES / 4].op;
}

#endif
