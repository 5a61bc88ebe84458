/*
 * Guest code as text of a compiled language: which instructions belong
 * together, how control goes among them, and the text. Pure functions that know
 * no lanes; what the text means is kernels/engine/region.h.
 */
#ifndef AG_TRANSLATE_H
#define AG_TRANSLATE_H

#include "lane/state.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Where instructions are read: false if there is none at this address. */
struct ag_code_source {
    bool (*word)(void *user, uint64_t pc, uint32_t *word);
    void *user;
    bool is_on_v; /* lanes have V registers: instructions on them are translated
                   */
};

/* -- Operations (operations.c) -------------------------------------------- */

enum ag_operation_class {
    AG_CLASS_OTHER, /* the interpreter's */
    AG_CLASS_ALU,
    AG_CLASS_MEMORY,
    AG_CLASS_BRANCH,
    AG_CLASS_SYSTEM, /* the interpreter's but for ag_is_still_read() */
    AG_CLASS_SIMD, /* on V registers, without memory */
    AG_CLASS_VMEMORY
};
enum ag_flags_access {
    AG_TOUCHES_N,
    AG_TOUCHES_R,
    AG_TOUCHES_W,
    AG_TOUCHES_RW
};

/* The columns of an operation's row, as the text has them. */
struct ag_operation {
    const char *name;
    uint8_t class, flags;
    /* memory */
    uint8_t is_load, size, is_pair, is_ordered;
    const char *address, *ext, *wb;
};
const struct ag_operation *ag_operation_of(uint32_t op);
/* It reads a system register that a region may read. */
bool ag_is_still_read(const ag_entry *e);

/* What a branch may do, found by executing its body. */
struct ag_branch {
    bool is_indirect;    /* to what a register holds */
    bool is_conditional; /* or to the next instruction */
    bool is_call;        /* X30 becomes the next instruction's address */
    uint64_t target;     /* of one that is not indirect */
};
struct ag_branch ag_branch_of(const ag_entry *e, uint64_t pc);

/* Whether an operation of class ALU gives X[row] and a constant, whatever
   registers hold; found by executing its body too. */
bool ag_adds_constant(const ag_entry *e, uint32_t *row, uint64_t *constant);

/* Executes one of class ALU, or a branch, on these registers and flags; where it
   goes. Nothing else changes them. */
uint64_t ag_execute_on(const ag_entry *e, uint64_t pc, uint64_t x[32],
                       uint32_t *nzcv);

/* What an instruction on X registers does with them (uses.c): a bit for each,
   and one for the flags. Written is all that may change. */
struct ag_use {
    uint64_t read, written;
    uint64_t address; /* of what is read, of an access */
};
#define AG_USE_FLAGS (UINT64_C(1) << 32)
struct ag_use ag_use_of(const ag_entry *e);
/* Those that an access loads, or stores. */
uint64_t ag_use_accessed(const ag_entry *e, bool is_pair);

/* What an instruction on V registers does with them (v_registers.c). */
struct ag_v_use {
    /* Bits. Filled: changed, and something was seen to come into the upper
       half; it need not be all that does, see ag_region_load_v(). */
    uint32_t named, changed, filled;
    /* Whether it has a short way (a64/simd_fp_short.h), and which. */
    bool is_short;
    uint8_t short_kind, short_shape;
    struct ag_use x; /* and with others */
};
/* False: which are named depends on what they hold; `filled` alone is told. */
bool ag_v_use_of(const ag_entry *e, struct ag_v_use *use);

/* How one without memory is executed for lanes together (vectors.c), which is
   for all: */
enum ag_on_vectors {
    AG_ON_VECTORS_NEVER, /* lane by lane */
    AG_ON_VECTORS,       /* by its body */
    AG_ON_VECTORS_TRIED  /* by the body of that name, or lane by lane */
};
#define AG_TRIED_BYTES 32
enum ag_on_vectors ag_on_vectors(const ag_entry *e, char name[AG_TRIED_BYTES]);

/* -- Regions (region.c) --------------------------------------------------- */

/* A test of accesses: bytes [first, end) from what a register holds where the
   test is, which is a multiple of `bytes`. */
struct ag_check {
    uint8_t row;
    int64_t first, end;
    uint32_t bytes; /* 0: there is no test */
    bool is_load;   /* nothing is stored there */
};

struct ag_region_instruction {
    uint64_t pc;
    uint32_t word;
    bool is_leader;     /* control comes here from elsewhere */
    bool is_checked;    /* an access that a test of its block has in it */
    bool is_translated; /* a region has its own way of executing it */
    struct ag_check check; /* that stands before it */
    ag_entry entry;
    struct ag_use use;
    struct ag_v_use v; /* of one on V registers */
};

/* How a block ends. */
enum ag_block_end {
    AG_ENDS_NEXT,        /* goes on with next[0] */
    AG_ENDS_CONDITIONAL, /* next[0] is taken, next[1] not */
    AG_ENDS_INDIRECT,    /* at what its branch gives */
    AG_ENDS_LEAVING      /* its last instruction is not executed here */
};

#define AG_NO_BLOCK UINT32_MAX

#define AG_MOST_CHECKS 4

struct ag_block {
    uint64_t pc;
    uint32_t first, count; /* instructions */
    uint8_t end;           /* enum ag_block_end */
    bool is_branch;        /* its last instruction, */
    bool is_call;          /* which sets X30 */
    bool is_entry;         /* the root of a tree, which lanes come in by */
    bool is_loop;     /* something of its own tree goes back to it: lanes can
                         come in here too, through their tree's entry */
    bool is_inner;    /* a loop inside another of its tree */
    bool is_back[2];  /* whether next[] is such an edge */
    uint32_t times;   /* it is executed so often behind each other: once, unless
                         it was a loop (counted.c) */
    uint64_t to[2];   /* where it goes on */
    uint32_t next[2]; /* the blocks there; AG_NO_BLOCK: none, or not so many */
    uint32_t order;   /* in reverse postorder; AG_NO_BLOCK: never reached */
    uint32_t dominator; /* of its tree; of an entry AG_NO_BLOCK */
    uint32_t comings;   /* how many blocks of its tree go to it */
    uint32_t in_loop;   /* the beginning of the innermost loop that it is in, or
                           AG_NO_BLOCK; it is in the one that it begins */
    /* In the text: what it stands in or behind, which is its dominator or the
       beginning of a loop that it is behind; the first that stands there; the
       next one of the same. */
    uint32_t parent, child, sibling;
    bool stands_behind; /* several lead to it, or out of a loop to it */
    bool is_after_loop; /* of its parent */
    uint32_t longest;   /* instructions from the tree's entry to its end */
    /* Loops inside trees, numbered from 1 on so that those of a subtree follow
       each other: this one's number, or 0; where the subtree's begin, and end.
     */
    uint32_t loop, loops_first, loops_end;
    struct ag_check checks[AG_MOST_CHECKS]; /* where it begins */
    uint32_t num_checks;
    uint64_t alike; /* ag_region_find_alike(): bits as ag_use has them */
    bool is_met;    /* and whether something is known of that */
    uint32_t turns; /* of a loop, behind each other in the text; of others 0: */
    uint32_t more;  /* instructions of those before the last, */
    bool is_left;   /* and whether there are ways out of the region in them */
};

struct ag_region {
    struct ag_region_instruction *instructions; /* by address */
    struct ag_block *blocks;                    /* by address */
    uint32_t *by_order; /* blocks in reverse postorder */
    uint32_t num_instructions, num_blocks, num_ordered;
    uint32_t longest;  /* instructions between two tests of what is left */
    uint64_t changes;  /* bits of X registers, and bit 32 for the flags */
    struct ag_v_use v; /* of all; if none is named there are no such
                          instructions */
};

/*
 * What is reached from these addresses, nearest first, at most `budget`
 * instructions: over direct branches and behind calls, then over calls. Where
 * it is known what was seen (NULL: it is not), the hottest first, and only what
 * is likely to be executed; of what is called small functions, and what was
 * seen. False: out of memory. To be closed either way.
 */
struct ag_heat;
bool ag_region_open(struct ag_region *r, const struct ag_code_source *source,
                    const uint64_t *entries, size_t num_entries,
                    uint32_t budget, const struct ag_heat *seen);
void ag_region_close(struct ag_region *r);
/* Whether the instruction there belongs to it. */
bool ag_region_has(const struct ag_region *r, uint64_t pc);
/* How many of its blocks lanes come in at. */
uint64_t ag_region_entries(const struct ag_region *r);

/* Instructions that it retires. */
static inline uint32_t ag_block_retires(const struct ag_block *b)
{
    return b->count * b->times;
}

/* Whether lanes come in at a block: it is an entry or a loop, and something of
   it is executed here. */
static inline bool ag_region_is_entered(const struct ag_block *b)
{
    return b->order != AG_NO_BLOCK && (b->is_entry || b->is_loop) &&
           !(b->end == AG_ENDS_LEAVING && b->count == 1);
}

/* Whether what an edge leads to stands there in the text: nothing else does. */
static inline bool ag_block_stands_at(const struct ag_region *r,
                                      const struct ag_block *b, uint32_t which)
{
    const struct ag_block *to =
        b->next[which] == AG_NO_BLOCK ? NULL : &r->blocks[b->next[which]];
    return to != NULL && !to->is_entry && !b->is_back[which] &&
           !to->stands_behind;
}

/* Whether a region may be left before an instruction, by that alone. */
static inline bool ag_may_leave(const struct ag_region_instruction *i)
{
    const uint8_t class = ag_operation_of(i->entry.op)->class;
    return !i->is_translated || class == AG_CLASS_VMEMORY ||
           (class == AG_CLASS_MEMORY &&
            (!i->is_checked || i->check.bytes != 0));
}

/* Whether a block has instructions, or tests, at which the region may be left. */
bool ag_block_may_leave(const struct ag_region *r, const struct ag_block *b);

/* -- Short loops (counted.c, turns.c) ------------------------------------- */

/* Instructions that a loop has at most once it is written several times. */
#define AG_MOST_WRITTEN 96

/* Makes blocks executed several times of loops of which it is known how often
   they go round: before anything is known of loops. */
void ag_region_count_loops(struct ag_region *r);

/* Finds ag_block.turns of all blocks, once it is known where they stand. */
void ag_region_find_turns(struct ag_region *r);
/* Of a block of a chain the edge that stays in it; 2: it is in none. */
uint32_t ag_chain_edge(const struct ag_region *r, uint32_t head,
                       const struct ag_block *b);

/* -- Lanes that execute together (alike.c) -------------------------------- */

/* Finds ag_block.alike of all blocks: what such lanes hold alike where it
   begins. Where they begin, `alike` is. */
void ag_region_find_alike(struct ag_region *r, uint64_t begins, uint64_t alike);
/* What is alike behind an instruction, where so much is before it; behind a
   block; and at all entries. */
uint64_t ag_alike_after(const struct ag_region_instruction *i, uint64_t alike);
uint64_t ag_alike_at_end(const struct ag_region *r, const struct ag_block *b);
uint64_t ag_alike_at_entries(const struct ag_region *r);
/* Whether it is executed once for all lanes: it reads nothing else. */
static inline bool ag_is_alike(const struct ag_region_instruction *i,
                               uint64_t alike)
{
    const uint8_t class = ag_operation_of(i->entry.op)->class;
    return (class == AG_CLASS_ALU || class == AG_CLASS_BRANCH) &&
           (i->use.read & ~alike) == 0;
}

/* -- Checks (checks.c) ---------------------------------------------------- */

/* Finds those of all blocks. */
void ag_region_find_checks(struct ag_region *r);

/* -- Hot code (functions.c, hot.c) ---------------------------------------- */

/* Where functions begin, as far as that is known: in any order until they are
   sorted. A function ends where the next one begins. */
struct ag_functions {
    uint64_t *starts;
    size_t count, room;
};
/* One more; what is called by instructions of [from, to), which takes time in
   proportion to it. False: out of memory. */
bool ag_functions_add(struct ag_functions *f, uint64_t start);
bool ag_functions_add_called(struct ag_functions *f,
                             const struct ag_code_source *source, uint64_t from,
                             uint64_t to);
void ag_functions_sort(struct ag_functions *f);
void ag_functions_close(struct ag_functions *f);
/* The function that has this address, [*start, *end); where none begins before
   it or after it, that is 0 or UINT64_MAX. */
void ag_function_at(const struct ag_functions *f, uint64_t pc, uint64_t *start,
                    uint64_t *end);

/* An address that lanes were seen at, and how often. */
struct ag_hot_pc {
    uint64_t pc, count;
};
#define AG_HOT_PCS 128
struct ag_heat {
    const struct ag_hot_pc *pcs;
    size_t n;
    const struct ag_functions *functions;
};
/* For qsort(): hottest first, and where two are alike by address, so that the
   same samples give the same region. */
int ag_compare_heat(const void *left, const void *right);

/*
 * The region of at most `budget` instructions that has the hottest of n
 * addresses (more than AG_HOT_PCS are not looked at), most seen first. Their
 * functions are its entries; of functions that are too large it is the loops
 * around them. Of what these call it has small functions alone: what is large
 * and hot was seen. False: out of memory. To be closed either way.
 */
bool ag_hot_region(struct ag_region *r, const struct ag_code_source *source,
                   const struct ag_functions *f, const struct ag_hot_pc *pcs,
                   size_t n, uint32_t budget);

/* -- Structure (structure.c) ---------------------------------------------- */

/*
 * Makes trees of the blocks: an entry is a root, every other block belongs to
 * the entry through which alone it is reached, and is a descendant of what
 * dominates it. Blocks that several entries lead to become entries, and so do
 * beginnings of loops that do not dominate them. False: out of memory.
 */
bool ag_region_structure(struct ag_region *r);

/* -- Text (emit.c) -------------------------------------------------------- */

/* Region `number`, for a compiler that has read kernels/engine/region.h; or, of
   which it is known what is alike, kernels/engine/together.h. */
void ag_region_emit(const struct ag_region *r, uint32_t number, FILE *out);
void ag_region_emit_together(const struct ag_region *r, uint32_t number,
                             FILE *out);

#endif
