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
    struct ag_name **names; /* in no order */
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
    X(35, unlinkat) X(36, symlinkat) X(37, linkat) X(38, renameat)             \
    X(46, ftruncate) X(48, faccessat) X(52, fchmod) X(53, fchmodat)            \
    X(54, fchownat) X(55, fchown) X(56, openat) X(57, close) X(61, getdents64) X(62, lseek) X(63, read)      \
    X(64, write) X(65, readv) X(66, writev) X(67, pread64) X(68, pwrite64)     \
    X(78, readlinkat) X(79, newfstatat) X(80, fstat) X(88, utimensat)          \
    X(222, mmap) X(276, renameat2) X(291, statx) X(436, close_range)           \
    X(439, faccessat2) X(452, fchmodat2)
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
/* What the descriptor in an argument and the path in the next one lead to. */
int ag_call_find(struct ag_file_call *c, unsigned at, unsigned how,
                 struct ag_found *out, char path[AG_MOST_FOUND]);
/* The same of the first two arguments, with flags of Linux: AG_AT_EMPTY and an
   empty path is what the descriptor is, of a file *open and out->status. */
#define AG_AT_NOFOLLOW 0x100u
#define AG_AT_EMPTY 0x1000u
int ag_call_find_at(struct ag_file_call *c, uint64_t flags,
                    struct ag_found *out, struct ag_open **open);
/* What it is; its path, NULL: it has none any more. */
const struct stat *ag_open_status(const struct ag_open *o);
const char *ag_open_path(const struct ag_lane_files *lane,
                         const struct ag_open *o);

/* files_own.c: what a lane has of its own. Errors are the guest's. */
/* A lane that begins has / and /tmp, where the host gives it nothing. */
int ag_own_begin(const struct ag_files *s, struct ag_lane_files *lane);
void ag_own_end(struct ag_lane_files *lane);
/* Something new, at a path where nothing is, or (NULL) with none: then it is used
   by the caller. */
int ag_own_add(struct ag_lane_files *lane, const char *path,
               const struct stat *status, struct ag_own **out);
void ag_own_drop(struct ag_own *own);
/* It is at a path as well, where nothing is. */
int ag_name_add(struct ag_lane_files *lane, const char *path,
                struct ag_own *own);
/* Nothing is at the path any more; what the host has there does not come back. */
int ag_name_remove(struct ag_lane_files *lane, const char *path);
/* The lane's own, and what is in it if it is a folder, gets another path, where
   nothing is. */
int ag_name_move(struct ag_lane_files *lane, const char *from, const char *path);
/* It was added, and is not to be. */
void ag_name_undo(struct ag_lane_files *lane, const char *path);
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

/* files_take.c: the lane's clock, the status of what the lane makes now; */
struct timespec ag_lane_time(const struct ag_file_call *c);
struct stat ag_new_status(const struct ag_file_call *c,
                          struct ag_lane_files *lane, uint32_t mode);
/* now it was written; */
void ag_touch(const struct ag_file_call *c, struct ag_own *own);
/* the host's file becomes the lane's own, with its bytes or empty: one that was
   found to be opened, */
int ag_copy_up(struct ag_file_call *c, const struct ag_found *found,
               bool is_emptied, struct ag_own **out);
/* or not, which may be a link (found->own says it then), */
int ag_take_found(struct ag_file_call *c, struct ag_found *found);
/* or one that is open. Folders of the host give EXDEV. */
int ag_take_open(struct ag_file_call *c, struct ag_open *o);

#endif
