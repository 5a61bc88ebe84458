/*
 * Files that processes see: those of the host below a directory and those that
 * were named one by one, which are only ever read, and above them, for each lane
 * its own, what it made, changed and took away (files_own.c). Part of process.h,
 * which includes it.
 *
 * Guests' paths never leave the directory: names are looked up one at a time
 * relative to descriptors of directories, none is followed as a link by the
 * host, and what a link says is looked up in the same way from inside. `..`
 * goes back over the directories that were gone through, and an absolute link
 * begins at the directory. So it does not matter who changes what meanwhile.
 */
#ifndef AG_CORE_FILES_H
#define AG_CORE_FILES_H

#include "armgpu.h"

#include <stdbool.h>
#include <sys/stat.h>

/* Members of struct stat that macOS has by names of its own. */
#ifdef __APPLE__
#define AG_ACCESSED st_atimespec
#define AG_MODIFIED st_mtimespec
#define AG_CHANGED st_ctimespec
#else
#define AG_ACCESSED st_atim
#define AG_MODIFIED st_mtim
#define AG_CHANGED st_ctim
#endif

/* A file as it was when it was opened, or what a directory has in it as
   getdents64() gives it; one for all lanes that read it. */
struct ag_content {
    uint8_t *bytes;
    uint64_t size;
    struct stat status;
    uint64_t uses;           /* by open files; 0: kept in case */
    struct ag_content *next; /* of those with one hash */
};

#define AG_CONTENT_HASHES 1024
struct ag_contents {
    struct ag_content *by_hash[AG_CONTENT_HASHES];
    uint64_t bytes; /* of all */
};

/* A file, folder or link of a lane's own. Of a folder everything in it is the
   lane's own. */
struct ag_own {
    uint64_t uses; /* by its names and by open files */
    /* Of a link the bytes are where it leads; a folder has a status alone.
       status.st_nlink counts names, but of folders, where 0 is none. */
    struct ag_content content;
    uint64_t room;   /* bytes at content.bytes */
    uint64_t *total; /* of all the lane's, of which content.size is a part */
    bool is_given;   /* the lane has not made it */
    bool is_unnamed; /* it was made without a name, and may have one */
};

/* What a lane has at a path, whatever the host has there. */
struct ag_name {
    char *path;         /* like ag_found.path */
    uint64_t hash;      /* of the path */
    struct ag_own *own; /* NULL: nothing, the lane took it away */
    bool hides;         /* the host has something at the path */
};

struct ag_lane_files;

struct ag_files {
    bool is_on;
    bool is_read_only;
    uint64_t most_bytes; /* of a lane's own */
    armgpu_file_fn collect;
    int root; /* descriptor of the directory; -1: there is none */
    char **guests, **hosts; /* names of files; guests' without . and .. */
    uint64_t num_named;
    struct ag_contents contents;
    struct ag_lane_files **lanes; /* by slot; NULL: has none */
};

/* What a path leads to. */
#define AG_MOST_FOUND 4096
struct ag_found {
    int fd; /* of a regular file or directory of the host that is to be opened;
               else -1 */
    struct ag_own *own; /* NULL: it is the host's */
    bool is_new; /* with AG_E_NOENT: only the last name is not there, */
    bool is_folder_name; /* which ends in a slash */
    struct stat status;
    char path[AG_MOST_FOUND]; /* from the root, without links: "a/b"; "" */
    char link[AG_MOST_FOUND]; /* of a link that is not followed */
};
#define AG_FIND_FOLLOWS 1u /* the last name, if it is a link */
#define AG_FIND_OPENS 2u
#define AG_FIND_NAMES 4u /* the last name is meant, even if a slash is behind */

/* files_path.c: errors are 0 or one of the guest's (enum ag_errno). */
int ag_files_error(int host);
/* Joins and drops empty names, `.` and `..`; false: it is too long. */
bool ag_files_join(const char *base, const char *path, char *out);
/* `path` from the directory `base`, which is like ag_found.path, as the lane sees
   it. */
int ag_files_find(const struct ag_files *s, const struct ag_lane_files *lane,
                  const char *base, const char *path, unsigned how,
                  struct ag_found *out);

/* files_content.c */
/* Of what found->fd is, which stays open. */
int ag_content_open(struct ag_contents *all, const struct ag_found *found,
                    struct ag_content **out);
void ag_content_close(struct ag_contents *all, struct ag_content *content);
void ag_contents_free(struct ag_contents *all);
/* A record of getdents64() behind those in c->bytes, which has *room. */
bool ag_content_add_entry(struct ag_content *c, uint64_t *room,
                          const char *name, uint64_t number, uint8_t kind);

/* files_own.c; NULL: the lane has nothing to do with the path. */
struct ag_name *ag_name_find(const struct ag_lane_files *lane,
                             const char *path);

/* files.c */
/* AG_FILES_* that a process has. */
uint32_t ag_files_kinds(const armgpu_process *p);
int32_t ag_files_start(struct armgpu *g, const armgpu_process *p);
void ag_files_close(struct armgpu *g);
/* All that slots' lanes have open is closed. */
void ag_files_reset(struct armgpu *g);
/* The same of a lane that ended for good. */
void ag_files_end(struct armgpu *g, uint64_t slot);

/* files_collect.c: hands out what the slots' lanes have of their own, in the order
   of their numbers; *stops is set if somebody says so. */
int32_t ag_files_collect(struct armgpu *g, const uint32_t *slots, uint64_t n,
                         bool *stops);

/* files_calls.c: the slot's lane is at a call that the host executes. */
int32_t ag_files_call(struct armgpu *g, uint32_t slot);

#endif
