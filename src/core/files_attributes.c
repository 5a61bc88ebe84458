/* Calls that change modes, owners and times. Of the host nothing is changed:
   its files become the lane's own then, its folders cannot, which is EROFS. */
#define _POSIX_C_SOURCE 200809L
#include "core/files_open.h"

#define ANY UINT32_MAX /* -1: what it was */
#define TIME_NOW 0x3fffffff
#define TIME_OMIT 0x3ffffffe
#define SECOND 1000000000

/* What a call is about: an open file, or what was found. */
struct subject {
    struct ag_open *open;
    struct ag_found found; /* its status is that of either */
};

static int find_path(struct ag_file_call *c, uint64_t flags, struct subject *s)
{
    return ag_call_find_at(c, flags, &s->found, &s->open);
}

static int find_open(struct ag_file_call *c, struct subject *s)
{
    s->open = ag_fd_file(c, c->x[0]);
    if (s->open == NULL)
        return AG_E_BADF;
    s->found.status = *ag_open_status(s->open);
    return 0;
}

/* What may be changed; its time of change is now. */
static int take(struct ag_file_call *c, struct subject *s, struct stat **status)
{
    int error = s->open != NULL ? ag_take_open(c, s->open)
                                : ag_take_found(c, &s->found);
    if (error == AG_E_XDEV)
        error = AG_E_ROFS;
    if (error != 0)
        return error;
    *status = s->open != NULL ? &s->open->own->content.status
                              : &s->found.own->content.status;
    (*status)->AG_CHANGED = ag_lane_time(c);
    return 0;
}

/* -- Modes ----------------------------------------------------------------- */

static int change_mode(struct ag_file_call *c, struct subject *s, uint64_t mode)
{
    struct stat *status;
    if (c->files->is_read_only)
        return AG_E_ROFS;
    if (S_ISLNK(s->found.status.st_mode))
        return AG_E_OPNOTSUPP;
    int error = take(c, s, &status);
    if (error == 0)
        status->st_mode =
            (mode_t)((status->st_mode & ~07777u) | ((uint32_t)mode & 07777));
    return error;
}

int64_t ag_file_fchmod(struct ag_file_call *c)
{
    struct subject s;
    int error = find_open(c, &s);
    return error != 0 ? -error : -change_mode(c, &s, c->x[1]);
}

static int64_t change_mode_at(struct ag_file_call *c, uint64_t flags)
{
    struct subject s;
    int error = find_path(c, flags, &s);
    return error != 0 ? -error : -change_mode(c, &s, c->x[2]);
}
int64_t ag_file_fchmodat(struct ag_file_call *c)
{
    return change_mode_at(c, 0);
}
int64_t ag_file_fchmodat2(struct ag_file_call *c)
{
    return change_mode_at(c, c->x[3]);
}

/* -- Owners ---------------------------------------------------------------- */

/* Whom it may be given to: the lane, and whose it is. */
static bool may_own(uint32_t id, uint32_t has)
{
    return id == AG_USER || id == ANY || id == has;
}

static bool is_owned(const struct stat *status, uint32_t user, uint32_t group)
{
    return (user == ANY || user == status->st_uid) &&
           (group == ANY || group == status->st_gid);
}

/* As on Linux, nobody executes it as its owner any more. */
static void drop_privileges(struct stat *status)
{
    if (S_ISDIR(status->st_mode))
        return;
    status->st_mode &= (mode_t)~S_ISUID;
    if ((status->st_mode & S_IXGRP) != 0)
        status->st_mode &= (mode_t)~S_ISGID;
}

/* The host's file that has these owners stays the host's. */
static int change_owner(struct ag_file_call *c, struct subject *s,
                        uint32_t user, uint32_t group)
{
    const struct stat *is = &s->found.status;
    const bool is_own =
        s->open != NULL ? s->open->own != NULL : s->found.own != NULL;
    struct stat *status;
    if (c->files->is_read_only)
        return AG_E_ROFS;
    if (!may_own(user, is->st_uid) || !may_own(group, is->st_gid))
        return AG_E_PERM;
    if (!is_own && is_owned(is, user, group))
        return 0;
    int error = take(c, s, &status);
    if (error != 0)
        return error;
    if (user != ANY)
        status->st_uid = user;
    if (group != ANY)
        status->st_gid = group;
    drop_privileges(status);
    return 0;
}

int64_t ag_file_fchown(struct ag_file_call *c)
{
    struct subject s;
    int error = find_open(c, &s);
    return error != 0
               ? -error
               : -change_owner(c, &s, (uint32_t)c->x[1], (uint32_t)c->x[2]);
}

int64_t ag_file_fchownat(struct ag_file_call *c)
{
    struct subject s;
    int error = find_path(c, c->x[4], &s);
    return error != 0
               ? -error
               : -change_owner(c, &s, (uint32_t)c->x[2], (uint32_t)c->x[3]);
}

/* -- Times ----------------------------------------------------------------- */

/* That of last access, then that of change: seconds and nanoseconds. */
static void set_time(struct timespec *time, const int64_t wanted[2],
                     const struct timespec *now)
{
    if (wanted[1] == TIME_NOW)
        *time = *now;
    else if (wanted[1] != TIME_OMIT)
        *time = (struct timespec){.tv_sec = (time_t)wanted[0],
                                  .tv_nsec = (long)wanted[1]};
}

static bool is_time(int64_t nanoseconds)
{
    return (nanoseconds >= 0 && nanoseconds < SECOND) ||
           nanoseconds == TIME_NOW || nanoseconds == TIME_OMIT;
}

/* Without a path it is about the descriptor. */
int64_t ag_file_utimensat(struct ag_file_call *c)
{
    int64_t times[2][2] = {{0, TIME_NOW}, {0, TIME_NOW}};
    struct subject s;
    struct stat *status;
    if (c->x[2] != 0 && !ag_call_get(c, c->x[2], times, sizeof times))
        return -AG_E_FAULT;
    int error = c->x[1] == 0 ? find_open(c, &s) : find_path(c, c->x[3], &s);
    if (error != 0)
        return -error;
    if (!is_time(times[0][1]) || !is_time(times[1][1]))
        return -AG_E_INVAL;
    error = c->files->is_read_only ? AG_E_ROFS : take(c, &s, &status);
    if (error != 0)
        return -error;
    const struct timespec now = ag_lane_time(c);
    set_time(&status->AG_ACCESSED, times[0], &now);
    set_time(&status->AG_MODIFIED, times[1], &now);
    return 0;
}
