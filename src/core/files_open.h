/* What lanes have open: shared by files.c and the calls, files_*.c. */
#ifndef AG_CORE_FILES_OPEN_H
#define AG_CORE_FILES_OPEN_H

#include "core/engine.h"
#include "linux/records.h"

/* An open file, of one descriptor or several (dup()). */
struct ag_open {
    uint64_t uses;
    uint64_t offset; /* less than 2^63 */
    struct ag_content *content;
    char *path; /* like ag_found.path */
};

struct ag_lane_files {
    struct ag_open *of[AG_DESCRIPTORS];
};

/* A call of a lane. */
struct ag_file_call {
    struct armgpu *g;
    struct ag_files *files;
    struct ag_lane_files *lane;
    uint32_t slot;
    uint64_t x[6];
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
    X(23, dup) X(24, dup3) X(25, fcntl) X(29, ioctl) X(35, unlinkat)           \
    X(48, faccessat) X(56, openat) X(57, close) X(61, getdents64)              \
    X(62, lseek) X(63, read) X(65, readv) X(67, pread64) X(78, readlinkat)     \
    X(79, newfstatat) X(80, fstat) X(291, statx) X(436, close_range)           \
    X(439, faccessat2)
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
/* files_descriptors.c: the directory that X0 says; 0 or an error. */
int ag_call_base(const struct ag_file_call *c, const char *path,
                 const char **base);

#endif
