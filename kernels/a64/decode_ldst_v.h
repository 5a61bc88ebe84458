/*
 * What loads and stores of V registers have in their entries: functions of the
 * table's expressions, a64_f() for f() there, and where bodies find it.
 */
#ifndef AG_A64_DECODE_LDST_V_H
#define AG_A64_DECODE_LDST_V_H

/* Of the immediate: the offset, or the shift of a register offset, then log2 of
   the bytes of a register, whether there are two, what becomes of the base, and
   the extension of the index as `option` encodes it, 0 if there is none. A
   literal's offset is its address: all that processors have, of 52 bits and
   sign-extended, are among these. */
#define AG_V_OFFSET_BITS 55
#define AG_V_SIZE(imm) ((u32)((imm) >> AG_V_OFFSET_BITS) & 7)
#define AG_V_IS_PAIR(imm) ((u32)((imm) >> (AG_V_OFFSET_BITS + 3)) & 1)
#define AG_V_WB(imm) ((u32)((imm) >> (AG_V_OFFSET_BITS + 4)) & 3) /* AG_WB_* */
#define AG_V_OPTION(imm) ((u32)((imm) >> (AG_V_OFFSET_BITS + 6)) & 7)

AG_INLINE u64 a64_v_at(u32 size, u64 offset)
{
    return (offset & (((u64)1 << AG_V_OFFSET_BITS) - 1)) |
           (u64)size << AG_V_OFFSET_BITS;
}
AG_INLINE u64 a64_v_pre(u32 size, u64 offset)
{
    return a64_v_at(size, offset) | (u64)1 << (AG_V_OFFSET_BITS + 4);
}
AG_INLINE u64 a64_v_post(u32 size, u64 offset)
{
    return a64_v_at(size, offset) | (u64)2 << (AG_V_OFFSET_BITS + 4);
}
AG_INLINE u64 a64_v_pair(u64 imm)
{
    return imm | (u64)1 << (AG_V_OFFSET_BITS + 3);
}
AG_INLINE u64 a64_v_index(u32 size, u32 option, u32 shift)
{
    return a64_v_at(size, shift) |
           (u64)option << (AG_V_OFFSET_BITS + 6);
}

/* Structures: how many registers, how many of them take turns with elements in
   memory, log2 of an element's bytes, whether registers have 16 bytes. */
#define AG_STRUCTS_COUNT(a) (((a)&3) + 1)
#define AG_STRUCTS_TURNS(a) (((a) >> 2 & 3) + 1)
#define AG_STRUCTS_SIZE(a) ((a) >> 4 & 3)
#define AG_STRUCTS_IS_LONG(a) ((a) >> 6 & 1)

AG_INLINE u32 a64_structs(u32 count, u32 turns, u32 size, u32 q)
{
    return (count - 1) | (turns - 1) << 2 | size << 4 | q << 6;
}

/* Their immediate: bytes to add to the base, whether any are, the element. */
#define AG_STRUCTS_BYTES(imm) ((imm)&0xff)
#define AG_STRUCTS_IS_POST(imm) ((imm) >> 8 & 1)
#define AG_STRUCTS_ELEMENT(imm) ((u32)((imm) >> 9) & 15)

AG_INLINE u64 a64_v_structs_post(u32 bytes, u32 shift)
{
    return bytes << shift | 1u << 8;
}
AG_INLINE u64 a64_v_element(u32 index)
{
    return (u64)index << 9;
}

#endif
