#include "code/decode.h"

#include "a64/decode.h"

u32 ag_decode(u32 word, u64 pc, ag_entry *e)
{
    return a64_decode(word, pc, e);
}

u32 ag_decoded_row(u32 word)
{
    return a64_find_row(word);
}
