/*
 * The class rules, operand decoding and random words of rows.h. Only tables and
 * bit fields of the Arm ARM's encoding index; no instruction is executed here.
 */
#include "rows.h"

#include <stdlib.h>
#include <string.h>

#include "code/insn.h"

uint32_t diff_bits(uint32_t word, unsigned low, unsigned width)
{
    return word >> low & (UINT32_MAX >> (32 - width));
}

uint32_t diff_with_bits(uint32_t word, unsigned low, unsigned width,
                        uint32_t value)
{
    uint32_t mask = (UINT32_MAX >> (32 - width)) << low;
    return (word & ~mask) | (value << low & mask);
}

static int64_t sign_extend(uint32_t value, unsigned bits)
{
    uint32_t sign = UINT32_C(1) << (bits - 1);
    return (int64_t)(value ^ sign) - (int64_t)sign;
}

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Kind and address of a class of encodings; the first whose group matches and
   whose name (if given) begins the row's. */
static const struct class_rule {
    const char *group, *name;
    enum diff_kind kind;
    enum diff_address address;
} class_rules[] = {
    {"dpimm/", "", DIFF_ALU, ADDRESS_NONE},
    {"dpreg/", "", DIFF_ALU, ADDRESS_NONE},
    {"control/pstate", "", DIFF_ALU, ADDRESS_NONE},
    {"control/branch_reg", "ERET", DIFF_STOP, ADDRESS_NONE},
    {"control/branch_reg", "DRPS", DIFF_STOP, ADDRESS_NONE},
    {"control/branch_", "", DIFF_BRANCH, ADDRESS_NONE},
    {"control/condbranch", "", DIFF_BRANCH, ADDRESS_NONE},
    {"control/compbranch", "", DIFF_BRANCH, ADDRESS_NONE},
    {"control/testbranch", "", DIFF_BRANCH, ADDRESS_NONE},
    {"control/exception", "", DIFF_STOP, ADDRESS_NONE},
    {"reserved/perm_undef", "", DIFF_STOP, ADDRESS_NONE},
    {"control/hints", "", DIFF_NOTHING, ADDRESS_NONE},
    {"control/barriers", "", DIFF_NOTHING, ADDRESS_NONE},
    {"control/systemmove", "MRS", DIFF_REGISTER_READ, ADDRESS_NONE},
    {"control/systemmove", "MSR_SR", DIFF_REGISTER_WRITE, ADDRESS_NONE},
    {"control/systemmove", "MSR_SI", DIFF_STOP, ADDRESS_NONE},
    {"control/systeminstrs", "DC_ZVA", DIFF_ZERO_BLOCK, ADDRESS_BLOCK},
    {"control/systeminstrs", "SYS", DIFF_STOP, ADDRESS_NONE},
    {"control/systeminstrs", "", DIFF_NOTHING, ADDRESS_NONE},
    {"simd_dp/", "", DIFF_SIMD, ADDRESS_NONE},
    {"ldst/asisdlsep", "", DIFF_STRUCTURE, ADDRESS_POST_STRUCTURE},
    {"ldst/asisdlsop", "", DIFF_STRUCTURE, ADDRESS_POST_STRUCTURE},
    {"ldst/asisdls", "", DIFF_STRUCTURE, ADDRESS_BASE},
    {"ldst/prefetch", "", DIFF_NOTHING, ADDRESS_NONE},
    {"ldst/ldst_pos", "", DIFF_MEMORY, ADDRESS_SCALED},
    {"ldst/ldst_unscaled", "", DIFF_MEMORY, ADDRESS_IMM9},
    {"ldst/ldst_unpriv", "", DIFF_MEMORY, ADDRESS_IMM9},
    {"ldst/ldst_immpost", "", DIFF_MEMORY, ADDRESS_POST9},
    {"ldst/ldst_immpre", "", DIFF_MEMORY, ADDRESS_PRE9},
    {"ldst/ldst_regoff", "", DIFF_MEMORY, ADDRESS_INDEX},
    {"ldst/loadlit", "", DIFF_MEMORY, ADDRESS_LITERAL},
    {"ldst/ldstpair_off", "", DIFF_MEMORY, ADDRESS_IMM7},
    {"ldst/ldstnapair_offs", "", DIFF_MEMORY, ADDRESS_IMM7},
    {"ldst/ldstpair_post", "", DIFF_MEMORY, ADDRESS_POST7},
    {"ldst/ldstpair_pre", "", DIFF_MEMORY, ADDRESS_PRE7},
    {"ldst/ldstord", "", DIFF_ORDERED, ADDRESS_BASE},
    {"ldst/memop", "LDAPR", DIFF_ORDERED, ADDRESS_BASE},
    {"ldst/ldapstl_unscaled", "", DIFF_ORDERED, ADDRESS_IMM9},
    {"ldst/memop", "", DIFF_ATOMIC, ADDRESS_BASE},
    {"ldst/comswap", "", DIFF_ATOMIC, ADDRESS_BASE},
    {"ldst/ldstexcl", "LD", DIFF_LOAD_EXCLUSIVE, ADDRESS_BASE},
    {"ldst/ldstexcl", "ST", DIFF_STORE_EXCLUSIVE, ADDRESS_BASE},
};

/* A group that no rule knows must not go untested unnoticed. */
static const struct class_rule *find_rule(const struct ag_insn_row *row)
{
    size_t i, n = sizeof class_rules / sizeof class_rules[0];
    for (i = 0; i < n; i++)
        if (starts_with(row->group, class_rules[i].group) &&
            starts_with(row->name, class_rules[i].name))
            return &class_rules[i];
    abort();
}

static struct diff_row make_row(uint32_t index)
{
    const struct ag_insn_row *from = ag_insn_row(index);
    const struct class_rule *rule = find_rule(from);
    struct diff_row row;
    row.name = from->name;
    row.group = from->group;
    row.mask = from->mask;
    row.value = from->value;
    row.should_be = from->should_be;
    row.should_value = from->should_value;
    row.index = index;
    row.kind = rule->kind;
    row.address = rule->address;
    return row;
}

const struct diff_row *diff_rows(size_t *count)
{
    static struct diff_row *rows;
    uint32_t i, n = ag_insn_implemented();
    if (rows == NULL) {
        rows = malloc(n * sizeof *rows);
        if (rows == NULL)
            abort();
        for (i = 0; i < n; i++)
            rows[i] = make_row(i);
    }
    *count = n;
    return rows;
}

const struct diff_row *diff_find_row(uint32_t word)
{
    size_t count;
    const struct diff_row *rows = diff_rows(&count);
    int64_t index = armgpu_find_instruction(word);
    return index >= 0 && index < (int64_t)count ? &rows[index] : NULL;
}

/* -- Random words ---------------------------------------------------------- */

/* Register 31 and equal registers are rarer in uniform words than in the
   mistakes that one can make with them. */
static uint32_t random_bits(struct random_source *r)
{
    static const unsigned fields[] = {0, 5, 10, 16};
    uint32_t w = (uint32_t)random_next(r);
    unsigned to = fields[random_below(r, 4)], from = fields[random_below(r, 4)];
    if (random_one_in(r, 6))
        w = diff_with_bits(w, to, 5, 31);
    else if (random_one_in(r, 6))
        w = diff_with_bits(w, to, 5, diff_bits(w, from, 5));
    return w;
}

bool diff_random_word(struct random_source *r, const struct diff_row *row,
                      uint32_t *word)
{
    int tries;
    for (tries = 0; tries < 256; tries++) {
        uint32_t w = (random_bits(r) & ~row->mask) | row->value;
        w = (w & ~row->should_be) | row->should_value;
        if (armgpu_find_instruction(w) == row->index &&
            !diff_is_unpredictable(row, w)) {
            *word = w;
            return true;
        }
    }
    return false;
}

/* A load or store of V registers. */
static bool is_vector(uint32_t word)
{
    return diff_bits(word, 26, 1) != 0;
}

static bool is_pair_address(enum diff_address a)
{
    return a == ADDRESS_IMM7 || a == ADDRESS_POST7 || a == ADDRESS_PRE7;
}

static bool writes_back(enum diff_address a)
{
    return a == ADDRESS_POST9 || a == ADDRESS_PRE9 || a == ADDRESS_POST7 ||
           a == ADDRESS_PRE7 || a == ADDRESS_POST_STRUCTURE;
}

static bool is_exclusive_pair(const struct diff_row *row)
{
    return strcmp(row->group, "ldst/ldstexclp") == 0;
}

static bool is_pair_load(const struct diff_row *row, uint32_t word)
{
    return (is_pair_address(row->address) && diff_bits(word, 22, 1)) ||
           (row->kind == DIFF_LOAD_EXCLUSIVE && is_exclusive_pair(row));
}

/* Store-exclusive: the status register is one of its operands. */
static bool is_status_operand(const struct diff_row *row, uint32_t word)
{
    uint32_t rs = DIFF_RM(word), rn = DIFF_RN(word);
    return rs == DIFF_RD(word) || (rs == rn && rn != 31) ||
           (is_exclusive_pair(row) && rs == DIFF_RT2(word));
}

bool diff_is_unpredictable(const struct diff_row *row, uint32_t word)
{
    uint32_t rn = DIFF_RN(word), rt = DIFF_RD(word), rt2 = DIFF_RT2(word);
    if (is_pair_load(row, word) && rt == rt2)
        return true;
    if (row->kind == DIFF_STORE_EXCLUSIVE)
        return is_status_operand(row, word);
    if (!writes_back(row->address) || rn == 31)
        return false;
    return !is_vector(word) &&
           (rt == rn || (is_pair_address(row->address) && rt2 == rn));
}

/* -- Loads and stores ------------------------------------------------------ */

/* Multiple structures: registers times their bytes. Single structures: one
   element of each register. */
static unsigned structure_bytes(uint32_t word)
{
    static const unsigned registers[16] = {4, 0, 4, 0, 3, 0, 3, 1,
                                           2, 0, 2, 0, 0, 0, 0, 0};
    unsigned opcode = diff_bits(word, 13, 3), s = diff_bits(word, 12, 1);
    unsigned count = (opcode & 1) * 2 + diff_bits(word, 21, 1) + 1;
    unsigned size = diff_bits(word, 10, 2);
    if (!diff_bits(word, 24, 1))
        return registers[opcode << 1 | s] * (diff_bits(word, 30, 1) ? 16 : 8);
    if (opcode >> 1 == 3)
        return count << size; /* replicated */
    return count << (opcode >> 1 == 2 && (size & 1) ? 3 : opcode >> 1);
}

static unsigned vector_bytes(const struct diff_row *row, uint32_t word)
{
    unsigned high = diff_bits(word, 30, 2);
    if (row->kind == DIFF_STRUCTURE)
        return structure_bytes(word);
    if (row->address == ADDRESS_LITERAL)
        return 4u << high;
    if (is_pair_address(row->address))
        return 8u << high;
    return 1u << (diff_bits(word, 23, 1) << 2 | high);
}

static unsigned access_bytes(const struct diff_row *row, uint32_t word)
{
    if (is_vector(word) && row->kind != DIFF_ZERO_BLOCK)
        return vector_bytes(row, word);
    if (row->address == ADDRESS_BLOCK)
        return 64;
    if (row->address == ADDRESS_LITERAL) /* W, X, SW */
        return diff_bits(word, 30, 2) == 1 ? 8 : 4;
    if (is_pair_address(row->address)) /* W, SW, X */
        return diff_bits(word, 31, 1) ? 16 : 8;
    if (is_exclusive_pair(row) || strcmp(row->group, "ldst/comswappr") == 0)
        return diff_bits(word, 30, 1) ? 16 : 8;
    return 1u << diff_bits(word, 30, 2);
}

static bool access_is_store(const struct diff_row *row, uint32_t word)
{
    switch (row->kind) {
    case DIFF_ATOMIC:
    case DIFF_STORE_EXCLUSIVE:
    case DIFF_ZERO_BLOCK:
        return true;
    case DIFF_LOAD_EXCLUSIVE:
        return false;
    default:
        break;
    }
    if (row->address == ADDRESS_LITERAL || starts_with(row->name, "LDAPR"))
        return false;
    if (is_vector(word))
        return !diff_bits(word, 22, 1);
    if (is_pair_address(row->address) || row->address == ADDRESS_BASE)
        return !diff_bits(word, 22, 1);
    return diff_bits(word, 22, 2) == 0;
}

/* The immediate, scaled. */
static int64_t access_immediate(const struct diff_access *a, uint32_t word)
{
    switch (a->address) {
    case ADDRESS_SCALED:
        return (int64_t)(diff_bits(word, 10, 12) * a->bytes);
    case ADDRESS_IMM9:
    case ADDRESS_POST9:
    case ADDRESS_PRE9:
        return sign_extend(diff_bits(word, 12, 9), 9);
    case ADDRESS_IMM7:
    case ADDRESS_POST7:
    case ADDRESS_PRE7:
        return sign_extend(diff_bits(word, 15, 7), 7) * (int)(a->bytes / 2);
    case ADDRESS_LITERAL:
        return sign_extend(diff_bits(word, 5, 19), 19) * 4;
    default:
        return 0;
    }
}

bool diff_decode_access(const struct diff_row *row, uint32_t word,
                        struct diff_access *access)
{
    int64_t immediate;
    access->address = row->address;
    if (row->address == ADDRESS_NONE)
        return false;
    access->is_store = access_is_store(row, word);
    access->write_back = writes_back(row->address);
    access->must_align =
        row->kind == DIFF_ORDERED || row->kind == DIFF_ATOMIC ||
        row->kind == DIFF_LOAD_EXCLUSIVE || row->kind == DIFF_STORE_EXCLUSIVE;
    access->base =
        row->address == ADDRESS_BLOCK ? DIFF_RD(word) : DIFF_RN(word);
    access->bytes = access_bytes(row, word);
    immediate = access_immediate(access, word);
    access->step = access->write_back ? immediate : 0;
    if (row->address == ADDRESS_POST_STRUCTURE)
        access->step = DIFF_RM(word) == 31 ? (int64_t)access->bytes : 0;
    access->offset =
        row->address == ADDRESS_POST9 || row->address == ADDRESS_POST7
            ? 0
            : immediate;
    return true;
}

uint64_t diff_index_value(uint32_t word, const armgpu_state *s)
{
    uint32_t rm = DIFF_RM(word), option = diff_bits(word, 13, 3);
    uint64_t v = rm == 31 ? 0 : s->x[rm];
    if (option == 2)
        v = (uint32_t)v;
    else if (option == 6)
        v = (uint64_t)(int64_t)(int32_t)v;
    if (!diff_bits(word, 12, 1))
        return v;
    return v << (diff_bits(word, 30, 2) +
                 (is_vector(word) ? diff_bits(word, 23, 1) * 4 : 0));
}

uint64_t diff_read_base(const armgpu_state *s, unsigned n)
{
    return n == 31 ? s->sp : s->x[n];
}

void diff_write_base(armgpu_state *s, unsigned n, uint64_t value)
{
    if (n == 31)
        s->sp = value;
    else
        s->x[n] = value;
}

uint64_t diff_access_address(uint32_t word, const struct diff_access *access,
                             const armgpu_state *s)
{
    switch (access->address) {
    case ADDRESS_LITERAL:
        return s->pc + (uint64_t)access->offset;
    case ADDRESS_INDEX:
        return diff_read_base(s, access->base) + diff_index_value(word, s);
    case ADDRESS_BLOCK: /* register 31 is XZR here */
        return access->base == 31 ? 0 : s->x[access->base] & ~UINT64_C(63);
    default:
        return diff_read_base(s, access->base) + (uint64_t)access->offset;
    }
}

/* -- Results --------------------------------------------------------------- */

/* Rd 31 is SP rather than XZR. */
static bool result_is_sp(const struct diff_row *row, uint32_t word)
{
    if (strcmp(row->group, "dpimm/addsub_imm") == 0 ||
        strcmp(row->group, "dpreg/addsub_ext") == 0)
        return !diff_bits(word, 29, 1);
    if (strcmp(row->group, "dpimm/log_imm") == 0)
        return diff_bits(word, 29, 2) != 3;
    return false;
}

static bool only_sets_flags(const struct diff_row *row)
{
    return starts_with(row->group, "dpreg/condcmp") ||
           strcmp(row->group, "dpreg/rmif") == 0 ||
           strcmp(row->group, "control/pstate") == 0;
}

static uint32_t general(uint32_t n)
{
    return n == 31 ? 0 : UINT32_C(1) << n;
}

static uint32_t loaded(const struct diff_row *row, uint32_t word)
{
    if (is_vector(word))
        return 0;
    uint32_t set = general(DIFF_RD(word));
    return is_pair_load(row, word) ? set | general(DIFF_RT2(word)) : set;
}

uint32_t diff_written(const struct diff_row *row, uint32_t word)
{
    uint32_t base = UINT32_C(1) << DIFF_RN(word);
    uint32_t set = writes_back(row->address) ? base : 0;
    switch (row->kind) {
    case DIFF_ALU:
        if (only_sets_flags(row))
            return 0;
        return result_is_sp(row, word) ? UINT32_C(1) << DIFF_RD(word)
                                       : general(DIFF_RD(word));
    case DIFF_SIMD: /* some do */
        return general(DIFF_RD(word));
    case DIFF_STRUCTURE:
        return set;
    case DIFF_BRANCH: /* BL and BLR do */
        return UINT32_C(1) << 30;
    case DIFF_MEMORY:
    case DIFF_ORDERED:
    case DIFF_LOAD_EXCLUSIVE:
        return access_is_store(row, word) ? set : set | loaded(row, word);
    case DIFF_ATOMIC: /* Rt, or Rs and for pairs its neighbour */
        return general(DIFF_RD(word)) | general(DIFF_RM(word)) |
               general(DIFF_RM(word) | 1);
    case DIFF_STORE_EXCLUSIVE:
        return general(DIFF_RM(word));
    case DIFF_REGISTER_READ:
        return general(DIFF_RD(word));
    default:
        return 0;
    }
}
