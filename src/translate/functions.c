/* Where functions begin: symbols say so, and what is called by some instruction
   is one too. */
#include "translate/translate.h"

#include "code/decode.h"

#include <stdlib.h>
#include <string.h>

bool ag_functions_add(struct ag_functions *f, uint64_t start)
{
    if (f->count == f->room) {
        size_t room = f->room == 0 ? 256 : f->room * 2;
        uint64_t *starts = realloc(f->starts, room * sizeof *starts);
        if (starts == NULL)
            return false;
        f->starts = starts;
        f->room = room;
    }
    f->starts[f->count++] = start;
    return true;
}

bool ag_functions_add_called(struct ag_functions *f,
                             const struct ag_code_source *source, uint64_t from,
                             uint64_t to)
{
    bool ok = true;
    uint32_t word;
    for (uint64_t pc = from; pc < to && ok; pc += 4) {
        ag_entry entry;
        if (!source->word(source->user, pc, &word))
            continue;
        ag_decode(word, pc, &entry);
        if (ag_operation_of(entry.op)->class != AG_CLASS_BRANCH)
            continue;
        const struct ag_branch b = ag_branch_of(&entry, pc);
        if (b.is_call && !b.is_indirect)
            ok = ag_functions_add(f, b.target);
    }
    return ok;
}

static int compare_starts(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;
    return *a < *b ? -1 : *a > *b;
}

void ag_functions_sort(struct ag_functions *f)
{
    size_t n = 0;
    if (f->count > 0)
        qsort(f->starts, f->count, sizeof *f->starts, compare_starts);
    for (size_t i = 0; i < f->count; i++)
        if (n == 0 || f->starts[i] != f->starts[n - 1])
            f->starts[n++] = f->starts[i];
    f->count = n;
}

void ag_functions_close(struct ag_functions *f)
{
    free(f->starts);
    memset(f, 0, sizeof *f);
}

void ag_function_at(const struct ag_functions *f, uint64_t pc, uint64_t *start,
                    uint64_t *end)
{
    size_t low = 0, high = f->count; /* the first that begins behind pc */
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (f->starts[middle] <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    *start = low > 0 ? f->starts[low - 1] : 0;
    *end = low < f->count ? f->starts[low] : UINT64_MAX;
}
