/*
 * A program in an ELF64 file: what to load where, where it begins, and what its
 * addresses are called. The bytes come from anyone: every field that is used is
 * checked first, time is O(n log n) in the file's size whatever it says, and
 * what is refused is refused in one sentence. Nothing here reads files, knows
 * lanes or relocates: static PIE programs relocate themselves.
 *
 * Addresses are the file's. A position-independent program runs at a bias that
 * ag_window_plan() chooses; add it to every address here, and take it off
 * before an address is looked up.
 */
#ifndef AG_GUEST_ELF_H
#define AG_GUEST_ELF_H

#include "guest/symbols.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A sentence that says why not, without a full stop: "it is a core dump". It is
   made to follow the file's name. */
#define AG_SENTENCE 256

/* Two addresses are on one page if they differ below this alone: bytes. */
#define AG_GUEST_PAGE UINT64_C(4096)

/* What a program expects of what starts it. */
enum ag_elf_kind {
    AG_ELF_ANY,       /* asked for: what the file looks like */
    AG_ELF_LINUX,     /* a Linux process */
    AG_ELF_BARE_METAL /* a machine of its own: load addresses count */
};

enum ag_elf_access { AG_ELF_EXECUTE = 1, AG_ELF_WRITE = 2, AG_ELF_READ = 4 };

/*
 * A range of memory, [address, address + bytes), bytes > 0, while the program
 * runs. `file_bytes` (at most `bytes`) of the file's, from `offset` (0 if there
 * are none), are put at `load_address`; what is left of the range is zero. The
 * two addresses differ only where a bare-metal program copies its data itself
 * (they wait in flash).
 */
struct ag_elf_segment {
    uint64_t address, bytes;
    uint64_t load_address, offset, file_bytes;
    uint64_t alignment; /* a power of two, at least 1 */
    uint32_t access;    /* of enum ag_elf_access */
    /* Offset and address are at one place of a page, or the file has no byte of
       it. */
    bool is_congruent;
};

/* Build ids are 8 to 20 bytes; longer ones than this are cut. */
#define AG_BUILD_ID 64

struct ag_elf {
    enum ag_elf_kind kind; /* AG_ELF_LINUX or AG_ELF_BARE_METAL */
    /* Why, to follow "a Linux program: " or "a bare-metal program: "; never
       freed. */
    const char *why;
    bool is_position_independent; /* static PIE */
    bool has_thread_data;         /* PT_TLS; the program sets it up itself */
    bool has_stack_header;        /* PT_GNU_STACK */
    bool is_stack_executable;     /* as that says; also where it is missing */
    uint64_t entry;               /* as the file says: see ag_elf_is_code() */

    /* By address, at least one, no two of which overlap. */
    struct ag_elf_segment *segments;
    size_t segment_count;
    uint64_t lowest, highest; /* [lowest, highest) has all their addresses */
    /* The lowest byte of a segment that may be written, or `highest`. */
    uint64_t first_writable;

    /* AT_PHDR, AT_PHNUM: where a segment has the program headers; 0 if none
       has. */
    uint64_t headers_address;
    uint16_t header_count;

    uint8_t build_id[AG_BUILD_ID];
    size_t build_id_bytes; /* 0: it has none */
    struct ag_symbols symbols;
};

#define AG_ELF_SEMIHOSTING 0xd45e0000u /* HLT #0xf000 */

/*
 * Reads a program of `size` bytes. `wanted` overrides what the file looks like.
 * On false, `sentence` says why and `elf` needs no release. On true nothing in
 * `elf` refers to `bytes`; ag_elf_release() frees it.
 *
 * How a bare-metal program is told from a Linux one, the first that applies:
 *  1. Its OS/ABI is "standalone", or a segment is on the first page, which
 *     Linux gives to nobody, though the file begins at 0 if it is
 *     position-independent: bare metal.
 *  2. Its OS/ABI is GNU/Linux, or it has glibc's or Go's note: Linux.
 *  3. A segment has a load address of its own, or bytes in the file where no
 *     page can be mapped from, and it is not position-independent: bare metal,
 *     since Linux could not start it as it is meant. Load addresses that are
 *     all 0 are none.
 *  4. It writes VBAR, SCTLR, CPACR, CPTR, HCR or SCR of any level, sets DAIF or
 *     SPSel, asks for CurrentEL, has an ERET or calls semihosting
 *     (HLT #0xf000): bare metal.
 *  5. Else Linux.
 * PT_GNU_STACK says nothing: lld writes it for bare metal, and GNU ld leaves it
 * out for Linux programs of assembly. So does PT_TLS: picolibc has it.
 */
bool ag_elf_read(const void *bytes, size_t size, enum ag_elf_kind wanted,
                 struct ag_elf *elf, char sentence[AG_SENTENCE]);
void ag_elf_release(struct ag_elf *elf);

/* The segment that has this address while the program runs, or NULL. */
const struct ag_elf_segment *ag_elf_segment_at(const struct ag_elf *elf,
                                               uint64_t address);

/* Whether a program can begin there: a multiple of 4 in what may be executed,
   where an instruction is in the file (zeros are none). A linker that finds no
   entry writes 0 and only warns, so ag_elf_read() lets every entry pass. */
bool ag_elf_is_code(const struct ag_elf *elf, uint64_t address);

#endif
