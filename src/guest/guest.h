/*
 * A program that is ready to be given to lanes: read, its memory planned and
 * filled, and its names by the addresses that the program sees, to which no
 * bias is to be added any more. The bytes of the file may go once it is open.
 */
#ifndef AG_GUEST_GUEST_H
#define AG_GUEST_GUEST_H

#include "guest/process.h"
#include "guest/window.h"

struct ag_guest_request {
    enum ag_elf_kind kind; /* AG_ELF_ANY: what the file looks like */
    struct ag_window_request window;
    const char *entry; /* a symbol to begin at; NULL: where the file says */
};

struct ag_guest {
    struct ag_elf elf; /* addresses as in the file */
    struct ag_window window;
    uint64_t entry; /* PC's start, as the program sees it */
    bool calls_semihosting; /* bare metal that has HLT #0xf000 somewhere */
    /* All of window.readonly; NULL if it has no byte. */
    uint8_t *readonly;
    /* The beginning of window.writable, a multiple of AG_WINDOW_LINE and no
       more than it takes to hold what comes from the file; NULL if that is
       nothing. The rest of it is zero, heap and stack included. */
    uint8_t *writable_image;
    uint64_t writable_image_bytes;
};

/* What looks like the file says, with a heap and a stack of the usual sizes. */
void ag_guest_request_init(struct ag_guest_request *request);

/*
 * Reads a program of `size` bytes, plans its memory and puts its bytes where
 * they are loaded. It has to begin where code is when it starts: what a
 * bare-metal program would have to copy there first is not. On false `sentence`
 * says why and `guest` needs no close.
 */
bool ag_guest_open(struct ag_guest *guest, const void *bytes, size_t size,
                   const struct ag_guest_request *request,
                   char sentence[AG_SENTENCE]);
void ag_guest_close(struct ag_guest *guest);

/* PC's start. AT_ENTRY is the file's entry, whatever symbol was asked for. */
uint64_t ag_guest_entry(const struct ag_guest *guest);

/* As ag_symbols_at(). The symbol's own address is the file's: the one that the
   program sees is `address` less `*offset`. */
const struct ag_symbol *ag_guest_symbol_at(const struct ag_guest *guest,
                                           uint64_t address, uint64_t *offset);

/* As ag_symbols_text(). */
size_t ag_guest_text(const struct ag_guest *guest, uint64_t address, char *text,
                     size_t size);

/*
 * A function returns `value` at once: MOVs and RET take the place of its first
 * bytes, up to AG_STUB_BYTES of them, where they are loaded. It is the one of
 * this name, or where that is NULL the one at `address`. False, with a sentence,
 * if it has not so many bytes.
 */
#define AG_STUB_BYTES 20
bool ag_guest_stub(struct ag_guest *guest, const char *name, uint64_t address,
                   uint64_t value, char sentence[AG_SENTENCE]);
/* The bytes of such a function; how many there are. */
size_t ag_stub_code(uint64_t value, uint8_t code[AG_STUB_BYTES]);

/* What has this name: its address, or the constant that it is, and its size, 0
   if that is not known. False if there is none. */
bool ag_guest_address_of(const struct ag_guest *guest, const char *name,
                         uint64_t *address, uint64_t *size);

/*
 * As ag_process_lay(), for a process that starts with SP at `*sp` and
 * process->random at `*random_address`. It is the same for all lanes but for
 * those AG_PROCESS_RANDOM bytes.
 */
bool ag_guest_stack(const struct ag_guest *guest,
                    const struct ag_process *process, uint8_t *bytes,
                    size_t room, uint64_t *sp, uint64_t *random_address,
                    char sentence[AG_SENTENCE]);

#endif
