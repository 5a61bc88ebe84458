/*
 * For tests/test_linux_files.sh: links, modes, owners and times of files, and
 * what calls say of them. entries LANE leaves links that lead nowhere outside;
 * entries out makes some that do, entries folder changes a folder that was
 * there before, entries named what --file has.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void say(const char *what, long result)
{
    printf("%s: %ld %s\n", what, result, result < 0 ? strerror(errno) : "");
}

/* What is at the path itself, links not followed. */
static void show(const char *path)
{
    char text[300] = "";
    struct stat s;
    if (lstat(path, &s) != 0) {
        say(path, -1);
        return;
    }
    printf("%s: mode %o", path, (unsigned)s.st_mode);
    if (!S_ISDIR(s.st_mode))
        printf(" names %d size %ld", (int)s.st_nlink, (long)s.st_size);
    if (S_ISLNK(s.st_mode)) {
        long n = readlink(path, text, sizeof text - 1);
        printf(" to %ld %s", n, text);
    }
    printf("\n");
}

static void put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd < 0 || write(fd, text, strlen(text)) != (long)strlen(text))
        say(path, -1);
    close(fd);
}

static void cat(const char *path)
{
    char bytes[100];
    int fd = open(path, O_RDONLY);
    long n = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
    if (n < 0)
        say(path, n);
    else
        printf("%s has %.*s\n", path, (int)n, bytes);
    close(fd);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *path)
{
    char *names[64];
    int n = 0;
    DIR *dir = opendir(path);
    if (dir == NULL) {
        say(path, -1);
        return;
    }
    for (struct dirent *d; n < 64 && (d = readdir(dir)) != NULL;) {
        char text[300];
        snprintf(text, sizeof text, "%s/%d", d->d_name, d->d_type);
        names[n++] = strdup(text);
    }
    closedir(dir);
    qsort(names, (size_t)n, sizeof *names, compare);
    printf("%s has", path);
    for (int i = 0; i < n; i++)
        printf(" %s", names[i]);
    printf("\n");
}

static void links(const char *lane)
{
    char text[40];
    struct stat s;
    int dir;
    say("mkdir", mkdir("d", 0755));
    put("d/file", lane);
    say("link", symlink("d/file", "l"));
    say("again", symlink("d/file", "l"));
    say("in a folder", symlink("../d/file", "d/up"));
    say("to a folder", symlink("d", "f"));
    say("to itself", symlink("self", "self"));
    say("to nothing", symlink("d/new", "dangling"));
    show("l");
    show("f");
    show("f/");
    show("f/up");
    say("followed", stat("f/up", &s));
    printf("mode %o size %ld\n", (unsigned)s.st_mode, (long)s.st_size);
    cat("l");
    cat("f/up");
    cat("f/../l");
    cat("self");
    cat("dangling");
    say("access", access("dangling", F_OK));
    say("of itself",
        faccessat(AT_FDCWD, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
    put("dangling", "made through it");
    cat("d/new");
    say("not followed", open("l", O_RDONLY | O_NOFOLLOW));
    say("nor a folder", open("f", O_RDONLY | O_NOFOLLOW | O_DIRECTORY));
    say("exclusive", open("dangling", O_WRONLY | O_CREAT | O_EXCL, 0600));
    say("part", readlink("l", text, 3));
    say("no link", readlink("d", text, sizeof text));
    say("at", symlinkat("file", dir = open("f", O_RDONLY), "at"));
    say("read at", readlinkat(dir, "at", text, sizeof text));
    close(dir);
    list("f");
    say("move", rename("d/at", "moved"));
    show("moved");
    say("over a file", rename("moved", "d/new"));
    show("dangling");
    cat("dangling");
    say("remove", unlink("d/new"));
    show("d/new");
    list(".");
}

/* What Linux follows 40 of. */
static void chains(void)
{
    char name[20], to[20];
    put("c0", "end of it");
    for (int i = 1; i <= 41; i++) {
        snprintf(name, sizeof name, "c%d", i);
        snprintf(to, sizeof to, "c%d", i - 1);
        symlink(to, name);
    }
    cat("c39");
    cat("c40");
    cat("c41");
    for (int i = 0; i <= 41; i++) {
        snprintf(name, sizeof name, "c%d", i);
        unlink(name);
    }
}

/* A name with a slash behind is that of a folder, whatever it leads to. */
static void slashes(void)
{
    say("mkdir", mkdir("dangling/", 0755));
    say("mkdir", mkdir("d/file/", 0755));
    say("unlink", unlink("f/"));
    say("unlink", unlink("dangling/"));
    say("unlink", unlink("d/file/"));
    say("rmdir", rmdir("f/"));
    say("rename", rename("f/", "g"));
    say("rename", rename("l", "g/"));
    say("rename", rename("d/file", "f/"));
    say("symlink", symlink("x", "g/"));
    say("symlink", symlink("x", "d/file/"));
    say("symlink", symlink("x", "dangling/"));
    say("symlink", symlink("x", "d/."));
    say("link", link("d/file", "g/"));
    say("link", link("d/file/", "g"));
    list("f/");
}

static void names(const char *lane)
{
    struct stat s;
    int fd, other;
    char bytes[100];
    put("one", lane);
    say("link", link("one", "d/two"));
    show("one");
    put("d/two", "written by the other");
    cat("one");
    say("again", link("one", "d/two"));
    say("three", linkat(AT_FDCWD, "one", AT_FDCWD, "three", 0));
    show("d/two");
    say("onto itself", rename("one", "d/two"));
    show("one");
    say("not onto it",
        renameat2(AT_FDCWD, "one", AT_FDCWD, "d/two", RENAME_NOREPLACE));
    fd = open("one", O_RDWR);
    other = open("d/two", O_RDONLY);
    say("remove", unlink("one"));
    show("three");
    say("write", write(fd, "HERE", 4));
    say("read", read(other, bytes, 4));
    printf("%.4s\n", bytes);
    say("remove", unlink("three"));
    say("remove", unlink("d/two"));
    say("status", fstat(fd, &s));
    printf("names %d size %ld\n", (int)s.st_nlink, (long)s.st_size);
    close(fd);
    close(other);
    say("of a link", link("l", "m"));
    show("m");
    say("of its file", linkat(AT_FDCWD, "l", AT_FDCWD, "n", AT_SYMLINK_FOLLOW));
    show("n");
    say("of a folder", link("d", "g"));
    say("there", link("d", "n"));
    say("of nothing", link("nothing", "n"));
    say("nowhere", link("n", "nothing/n"));
    say("flags", linkat(AT_FDCWD, "n", AT_FDCWD, "g", 1));
    say("moved", rename("d", "moved"));
    show("n");
    cat("moved/file");
    say("back", rename("moved", "d"));
}

static void modes(void)
{
    struct stat s;
    int fd;
    put("mode", "bytes");
    say("chmod", chmod("mode", 0640));
    show("mode");
    say("more", chmod("mode", 0177777));
    show("mode");
    say("owner", chown("mode", getuid(), (gid_t)-1));
    show("mode");
    say("none", chmod("mode", 0));
    show("mode");
    fd = open("l", O_RDWR);
    say("fchmod", fchmod(fd, 0751));
    say("fchown", fchown(fd, getuid(), getgid()));
    say("same", fchown(fd, (uid_t)-1, (gid_t)-1));
    say("status", fstat(fd, &s));
    printf("mode %o, %d %d\n", (unsigned)s.st_mode, s.st_uid == getuid(),
           s.st_gid == getgid());
    close(fd);
    show("l");
    show("d/file");
    show("n");
    say("executable", access("d/file", X_OK));
    say("folder", chmod("f", 0700));
    show("d");
    say("of a link", lchown("l", getuid(), getgid()));
    say("nothing", chmod("nothing", 0600));
    say("empty", chmod("", 0600));
    say("self", chmod("self", 0600));
    say("behind", chmod("mode/x", 0600));
    say("address", chmod((const char *)-1L, 0600));
    say("closed", fchmod(77, 0600));
    say("closed", fchown(77, (uid_t)-1, (gid_t)-1));
    say("flags", fchownat(AT_FDCWD, "mode", (uid_t)-1, (gid_t)-1, 1));
    say("no folder", fchmodat(0, "mode", 0600, 0));
    say("in none", fchmodat(77, "mode", 0600, 0));
    say("empty path", fchownat(fd = open("n", O_RDONLY), "", (uid_t)-1,
                               (gid_t)-1, AT_EMPTY_PATH));
    close(fd);
}

static void show_times(const char *path)
{
    struct stat s;
    if (lstat(path, &s) != 0)
        say(path, -1);
    else
        printf("%s: %ld %ld, %ld %ld, %d\n", path, (long)s.st_atim.tv_sec,
               s.st_atim.tv_nsec, (long)s.st_mtim.tv_sec, s.st_mtim.tv_nsec,
               s.st_ctim.tv_sec == s.st_mtim.tv_sec);
}

static long set(int dir, const char *path, long seconds, long a, long b,
                int flags)
{
    const struct timespec times[2] = {{seconds, a}, {seconds + 1, b}};
    return syscall(SYS_utimensat, dir, path, times, flags);
}

static void times(void)
{
    struct stat before, after;
    int fd = open("mode", chmod("mode", 0600) == 0 ? O_RDONLY : -1);
    say("set", set(AT_FDCWD, "mode", 1000000000, 5, 999999999, 0));
    show_times("mode");
    say("one", set(AT_FDCWD, "mode", 2000000000, UTIME_OMIT, 7, 0));
    show_times("mode");
    say("other", set(AT_FDCWD, "mode", 3, 8, UTIME_OMIT, 0));
    show_times("mode");
    say("none", set(AT_FDCWD, "nothing", 4, UTIME_OMIT, UTIME_OMIT, 0x7));
    fstat(fd, &before);
    say("now", set(AT_FDCWD, "mode", 4, UTIME_OMIT, UTIME_NOW, 0));
    fstat(fd, &after);
    printf("%d %d\n", before.st_atim.tv_nsec == after.st_atim.tv_nsec,
           before.st_mtim.tv_sec != after.st_mtim.tv_sec);
    say("both now", utimensat(AT_FDCWD, "mode", NULL, 0));
    fstat(fd, &after);
    printf("%d\n", after.st_atim.tv_sec == after.st_mtim.tv_sec &&
                       after.st_atim.tv_nsec == after.st_mtim.tv_nsec &&
                       after.st_ctim.tv_sec == after.st_mtim.tv_sec);
    say("descriptor", set(fd, NULL, -5, 1, 2, 0));
    show_times("mode");
    say("flags", set(fd, NULL, 5, 1, 2, AT_SYMLINK_NOFOLLOW));
    say("flags", set(AT_FDCWD, "mode", 5, 1, 2, 0x10));
    say("no path", set(AT_FDCWD, NULL, 5, 1, 2, 0));
    say("empty", set(fd, "", 6, 1, 2, AT_EMPTY_PATH));
    show_times("mode");
    say("time", set(AT_FDCWD, "mode", 5, 1000000000, 2, 0));
    say("time", set(AT_FDCWD, "mode", 5, 2, -1, 0));
    say("time of nothing", set(AT_FDCWD, "nothing", 5, 2, -1, 0));
    say("closed", set(77, NULL, 5, 1, 2, 0));
    say("address", syscall(SYS_utimensat, fd, NULL, -1L, 0));
    say("link", set(AT_FDCWD, "l", 11, 12, 13, AT_SYMLINK_NOFOLLOW));
    show_times("l");
    say("its file", set(AT_FDCWD, "l", 21, 22, 23, 0));
    show_times("d/file");
    say("folder", set(AT_FDCWD, "d", 31, 32, 33, 0));
    show_times("d");
    write(open("mode", O_WRONLY), "x", 1);
    fstat(fd, &after);
    printf("%d %d\n", (int)after.st_atim.tv_sec, after.st_mtim.tv_sec != 7);
    say("touch", creat("touched", 0644) >= 0);
    close(fd);
}

/* Files that were there before: old/f, old/g, old/target and old/link to it. */
static void old_files(void)
{
    struct stat s;
    int fd = open("old/f", O_RDONLY), gone = open("old/g", O_RDONLY);
    say("chmod", fchmod(fd, 0600));
    say("chmod", chmod("old/link", 0711));
    show("old/f");
    show("old/target");
    say("link", link("old/g", "old/h"));
    show("old/g");
    put("old/h", "by another name");
    cat("old/g");
    say("remove", unlink("old/g"));
    show("old/h");
    say("fchmod", fchmod(gone, 0604));
    fstat(gone, &s);
    printf("mode %o names %d size %ld\n", (unsigned)s.st_mode, (int)s.st_nlink,
           (long)s.st_size);
    close(gone);
    say("times", set(AT_FDCWD, "old/target", 41, 42, 43, 0));
    show_times("old/target");
    say("link's", set(AT_FDCWD, "old/link", 51, 52, 53, AT_SYMLINK_NOFOLLOW));
    show_times("old/link"); /* before anybody follows it */
    cat("old/link");
    say("move", rename("old/link", "old/moved"));
    show("old/moved");
    cat("old/moved");
    say("into", symlink("old", "into"));
    cat("into/f");
    put("into/made", "made");
    say("replaced", unlink("old/moved"));
    say("by another", symlink("f", "old/link"));
    cat("old/link");
    gone = open("old/target", O_RDONLY);
    unlink("old/target");
    say("gone", fchmod(gone, 0600));
    say("has no path", linkat(gone, "", AT_FDCWD, "g", AT_EMPTY_PATH));
    list("old");
    close(fd);
}

static void lead_out(void)
{
    mkdir("d", 0755);
    mkdir("d/e", 0755);
    say("absolute", symlink("/etc/passwd", "absolute"));
    say("up", symlink("../x", "up"));
    say("up", symlink("./.././x", "d/in"));
    say("up", symlink("../../x", "d/up"));
    say("up", symlink("../..", "d/e/root"));
    say("later", symlink("d/e/root/..", "later"));
    say("later", symlink("d/..", "later2"));
    say("up", symlink("..", "here"));
    say("down", symlink("d/./...x//..y", "down"));
    cat("absolute");
    list("later");
}

static void old_folder(void)
{
    struct stat s;
    stat("old", &s);
    say("chmod", chmod("old", 0700));
    say("chown", chown("old", 1000, 1000));
    say("same", chown("old", s.st_uid == 1000 ? (uid_t)-1 : 1000, (gid_t)-1));
    say("other", chown("old", 7, (gid_t)-1));
    say("times", set(AT_FDCWD, "old", 1, 2, 3, 0));
    say("link", link("old", "new"));
    say("file", chmod("old/f", 0400));
    say("symlink", symlink("x", "tmp/y"));
    say("there", symlink("x", "old/f"));
}

/* --file a/b=old-root/old/g. */
static void named_file(void)
{
    say("link", symlink("a/b", "l"));
    cat("l");
    show("l");
    say("link", symlink("/a/c/../b", "m"));
    cat("m");
    say("chmod", chmod("m", 0600));
    show("a/b");
    say("name", link("l", "n"));
    say("remove", unlink("a/b"));
    cat("l");
    say("instead", symlink("../l", "a/b"));
    cat("a/b");
    show("a/b");
    say("remove", unlink("a/b"));
    say("instead", symlink("/n", "a/b"));
    cat("l");
    unlink("n");
    put("l", "made through both");
    cat("n");
    say("part of the way", symlink("a/..", "p"));
    cat("p/a/b");
    say("not followed", open("a/b", O_RDONLY | O_NOFOLLOW));
    show("n");
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    umask(022);
    if (strcmp(argv[1], "out") == 0)
        return lead_out(), 0;
    if (strcmp(argv[1], "folder") == 0)
        return old_folder(), 0;
    if (strcmp(argv[1], "named") == 0)
        return named_file(), 0;
    links(argv[1]);
    chains();
    slashes();
    names(argv[1]);
    modes();
    times();
    if (access("old", F_OK) == 0)
        old_files();
    list(".");
    return 0;
}
