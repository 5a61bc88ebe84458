/* What lanes have open: shared by files.c and the calls, files_*.c. */
#ifndef AG_CORE_FILES_OPEN_H
#define AG_CORE_FILES_OPEN_H

#include "core/engine.h"
#include "linux/records.h"

/* An open file, of one descriptor or several (dup()). */
struct ag_open {
    uint64_t uses;
    uint64_t offset; /* less than 2^63 */
    uint32_t flags;  /* of openat(): how, and AG_OPEN_APPEND */
    struct ag_content *content; /* the host's, the lane's own, or a list */
    struct ag_own *own;         /* NULL: it is the host's */
    struct ag_content *list; /* made for this one; NULL: it has none */
    char *path;              /* of the host's: like ag_found.path */
};
#define AG_OPEN_MODE 3u
#define AG_OPEN_APPEND 02000u

struct ag_lane_files {
    struct ag_open *of[AG_DESCRIPTORS];
    struct ag_own **own; /* what has a path, in no order */
    uint64_t count, room;
    uint64_t bytes;   /* of files, those without a path too */
    uint64_t numbers; /* given as st_ino */
    bool is_changed;  /* since it began */
};

/* A call of a lane. */
struct ag_file_call {
    struct armgpu *g;
    struct ag_files *files;
    struct ag_lane_files *lane;
    uint32_t slot;
    uint64_t x[6], number;
    int32_t error; /* of the device: the answer does not matter */
};

/* One descriptor less has it open; NULL is nothing. */
void ag_open_drop(struct armgpu *g, struct ag_open *o);

/* files_descriptors.c: the bits that rows of plane LINUX have, and the file. */
uint32_t ag_fd_get(const struct ag_file_call *c, uint64_t fd);
void ag_fd_set(const struct ag_file_call *c, uint64_t fd, uint32_t bits,
               struct ag_open *o);
/* NULL: it is closed, or no file. */
struct ag_open *ag_fd_file(const struct ag_file_call *c, uint64_t fd);
/* The first that is closed from `least` on; AG_DESCRIPTORS: none is. */
uint32_t ag_fd_free(const struct ag_file_call *c, uint64_t least);

/* The calls, by their names. What they give is X0's value; pointers were
   tested by the kernel, but for what they point to. */
#define AG_FILE_CALLS(X)                                                       \
    X(23, dup) X(24, dup3) X(25, fcntl) X(29, ioctl) X(34, mkdirat)            \
    X(35, unlinkat) X(38, renameat) X(46, ftruncate) X(48, faccessat)          \
    X(56, openat) X(57, close) X(61, getdents64) X(62, lseek) X(63, read)      \
    X(64, write) X(65, readv) X(66, writev) X(67, pread64) X(68, pwrite64)     \
    X(78, readlinkat) X(79, newfstatat) X(80, fstat) X(222, mmap)              \
    X(276, renameat2)                                                          \
    X(291, statx) X(436, close_range) X(439, faccessat2)
#define AG_FILE_CALL(number, name)                                             \
    int64_t ag_file_##name(struct ag_file_call *c);
AG_FILE_CALLS(AG_FILE_CALL)

/* files_lane.c: the lane's memory; false: it is not there. */
bool ag_call_get(struct ag_file_call *c, uint64_t address, void *bytes,
                 size_t size);
bool ag_call_put(struct ag_file_call *c, uint64_t address, const void *bytes,
                 size_t size);
/* A path into AG_MOST_FOUND bytes; 0 or an error. */
int ag_call_get_path(struct ag_file_call *c, uint64_t address, char *out);
/* Does the same with each piece of memory in the list that X1 and X2 say, to the
   first that is not done whole; how many bytes, or an error. */
typedef int64_t ag_piece_fn(struct ag_file_call *c, struct ag_open *o,
                            uint64_t address, uint64_t bytes);
int64_t ag_call_pieces(struct ag_file_call *c, struct ag_open *o,
                       ag_piece_fn *next);
/* files_descriptors.c: the directory that a descriptor says; 0 or an error. */
int ag_call_base(const struct ag_file_call *c, uint64_t fd, const char *path,
                 const char **base);
/* What it is; its path, NULL: it has none any more. */
const struct stat *ag_open_status(const struct ag_open *o);
const char *ag_open_path(const struct ag_open *o);

/* files_own.c: what a lane has of its own. Errors are the guest's. */
/* A lane that begins has / and /tmp, where the host gives it nothing. */
int ag_own_begin(const struct ag_files *s, struct ag_lane_files *lane);
void ag_own_end(struct ag_lane_files *lane);
/* Something new, at a path where nothing is, or with none; it is used once. */
int ag_own_add(struct ag_lane_files *lane, enum ag_own_kind kind,
               const char *path, const struct stat *status,
               struct ag_own **out);
/* It has no path any more; what the host has there does not come back. */
int ag_own_remove(struct ag_lane_files *lane, const char *path,
                  struct ag_own *own);
/* The lane's own, and what is in it if it is a folder, gets another path, where
   nothing is. */
int ag_own_move(struct ag_lane_files *lane, struct ag_own *own,
                const char *path);
/* It was added, and is not to be. */
void ag_own_undo(struct ag_lane_files *lane, struct ag_own *own);
void ag_own_drop(struct ag_own *own);
/* A file's size; new bytes are 0. */
int ag_own_resize(const struct ag_files *s, struct ag_own *own, uint64_t size);
/* The largest that it can have. */
uint64_t ag_own_most(const struct ag_files *s, const struct ag_own *own);

/* One that files_list.c made; NULL is nothing. */
void ag_list_free(struct ag_content *list);

/* files_list.c: what is in a folder, as the lane sees it: *content, which is
   *list if it was made for that. */
int ag_list_open(struct ag_file_call *c, const struct ag_found *found,
                 struct ag_content **content, struct ag_content **list);
/* Anew, from the beginning. */
int ag_list_again(struct ag_file_call *c, struct ag_open *o);

/* files_change.c: the status of what the lane makes now; */
struct stat ag_new_status(const struct ag_file_call *c,
                          struct ag_lane_files *lane, uint32_t mode);
/* now it was written; */
void ag_touch(const struct ag_file_call *c, struct ag_own *own);
/* the host's file becomes the lane's own, with its bytes or empty. */
int ag_copy_up(struct ag_file_call *c, const struct ag_found *found,
               bool is_emptied, struct ag_own **out);

#endif
