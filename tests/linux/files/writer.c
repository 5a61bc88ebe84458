/*
 * For tests/test_linux_files.sh: makes, writes, seeks, renames, lists and takes
 * away files and folders, and says what came of each. writer LANE; writer fill
 * writes until there is no room, writer many makes files until there is none.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static void say(const char *what, long result)
{
    printf("%s: %ld %s\n", what, result, result < 0 ? strerror(errno) : "");
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_open(DIR *dir, const char *path)
{
    char *names[64];
    int n = 0;
    for (struct dirent *d; n < 64 && (d = readdir(dir)) != NULL;) {
        char text[300];
        snprintf(text, sizeof text, "%s/%d", d->d_name, d->d_type);
        names[n++] = strdup(text);
    }
    qsort(names, (size_t)n, sizeof *names, compare);
    printf("%s has", path);
    for (int i = 0; i < n; i++)
        printf(" %s", names[i]);
    printf("\n");
}

static void list(const char *path)
{
    DIR *dir = opendir(path);
    if (dir == NULL) {
        say(path, -1);
        return;
    }
    list_open(dir, path);
    closedir(dir);
}

static void show(const char *path)
{
    char bytes[256];
    struct stat s;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &s) != 0) {
        say(path, -1);
        return;
    }
    long n = read(fd, bytes, sizeof bytes);
    printf("%s: mode %o size %ld: ", path, (unsigned)s.st_mode,
           (long)s.st_size);
    for (long i = 0; i < n; i++)
        printf(bytes[i] >= ' ' && bytes[i] < 127 ? "%c" : "<%d>", bytes[i]);
    printf("\n");
    close(fd);
}

static void write_and_seek(const char *lane)
{
    struct iovec v[] = {{"one ", 4}, {"two ", 4}, {"", 0}, {"three", 5}};
    char back[64] = "";
    int fd = open("new", O_RDWR | O_CREAT | O_EXCL, 0666), other;
    say("write", write(fd, lane, strlen(lane)));
    say("writev", writev(fd, v, 4));
    other = dup(fd);
    say("tell", lseek(other, 0, SEEK_CUR));
    say("back", lseek(other, 2, SEEK_SET));
    say("over", write(fd, "##", 2));
    say("pwrite", pwrite(fd, "beyond", 6, 40));
    say("tell", lseek(fd, 0, SEEK_CUR));
    say("pread", pread(fd, back, 60, 1));
    say("truncate", ftruncate(fd, 44));
    say("longer", ftruncate(fd, 50));
    say("negative", ftruncate(fd, -1));
    say("end", lseek(fd, 0, SEEK_END));
    close(fd);
    close(other);
    say("again", open("new", O_RDWR | O_CREAT | O_EXCL, 0666));
    show("new");
    fd = open("new", O_WRONLY | O_APPEND);
    say("append", write(fd, "at the end", 10));
    say("flags", fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND));
    say("seek", lseek(fd, 0, SEEK_SET));
    say("append", write(fd, "!", 1));
    say("no more", fcntl(fd, F_SETFL, 0));
    say("seek", lseek(fd, 0, SEEK_SET));
    say("write", write(fd, "!", 1));
    say("read of it", read(fd, back, 1));
    close(fd);
    show("new");
    fd = open("new", O_RDONLY);
    say("write of it", write(fd, "x", 1));
    say("truncate it", ftruncate(fd, 1));
    close(fd);
    fd = open("new", O_WRONLY | O_TRUNC);
    say("is empty", lseek(fd, 0, SEEK_END));
    say("without a name", unlink("new"));
    say("goes on", write(fd, "still", 5));
    say("has", lseek(fd, 0, SEEK_END));
    close(fd);
    show("new");
}

static void folders(const char *lane)
{
    char name[64];
    DIR *dir;
    int fd;
    say("mkdir", mkdir("a", 0755));
    say("again", mkdir("a", 0755));
    say("in it", mkdir("a/b/", 0700));
    say("in none", mkdir("x/b", 0755));
    snprintf(name, sizeof name, "a/b/%s", lane);
    fd = open(name, O_WRONLY | O_CREAT, 0640);
    say("write", write(fd, name, strlen(name)));
    close(fd);
    say("not empty", rmdir("a/b"));
    say("no folder", rmdir(name));
    say("a folder", unlink("a/b"));
    say("dot", rmdir("a/b/."));
    list("a");
    say("rename", rename("a/b", "c"));
    say("into itself", rename("c", "c/d"));
    say("old", access("a/b", F_OK));
    snprintf(name, sizeof name, "c/%s", lane);
    show(name);
    dir = opendir("c");
    say("at", fd = openat(dirfd(dir), "e", O_RDWR | O_CREAT, 0600) >= 0);
    say("there", faccessat(dirfd(dir), "e", W_OK, 0));
    list_open(dir, "c");
    rewinddir(dir);
    list_open(dir, "c");
    say("onto", renameat(dirfd(dir), "e", dirfd(dir), lane));
    say("not onto", renameat2(AT_FDCWD, "a", dirfd(dir), lane,
                              RENAME_NOREPLACE));
    say("file onto folder", rename(name, "a"));
    say("folder onto file", rename("a", name));
    say("folder onto empty", rename("c", "a"));
    rewinddir(dir);
    list_open(dir, "c, which is a");
    closedir(dir);
    snprintf(name, sizeof name, "a/%s", lane);
    show(name);
    say("remove", unlink(name));
    say("file as folder", open("a/f/", O_WRONLY | O_CREAT, 0600));
    say("gone", rmdir("a"));
    list(".");
}

/* What was there before: old/f and old/g, and an empty folder, old/empty. */
static void old_files(const char *lane)
{
    char bytes[8] = "";
    int reads = open("old/f", O_RDONLY), fd = open("old/f", O_RDWR);
    say("over", write(fd, lane, strlen(lane)));
    say("seen", pread(reads, bytes, 4, 0));
    printf("%s\n", bytes);
    close(reads);
    close(fd);
    show("old/f");
    say("move", rename("old/g", "old/h"));
    list("old");
    show("old/h");
    say("new", fd = open("old/g", O_WRONLY | O_CREAT, 0755) >= 0);
    say("executable", access("old/g", X_OK));
    say("empty", rmdir("old/empty"));
    say("again", mkdir("old/empty", 0755));
    say("with a link", open("old/link", O_RDONLY | O_NOFOLLOW));
    say("exclusive", open("old/link", O_WRONLY | O_CREAT | O_EXCL, 0600));
    fd = open("old/link", O_WRONLY | O_CREAT | O_APPEND, 0600);
    say("through it", write(fd, "behind", 6));
    close(fd);
    show("old/target");
    say("the link", unlink("old/link"));
    show("old/target");
    list("old");
}

static void streams(const char *lane)
{
    char line[64];
    FILE *f = tmpfile();
    fprintf(f, "line of %s\nand another\n", lane);
    rewind(f);
    while (fgets(line, sizeof line, f) != NULL)
        printf("read back: %s", line);
    fclose(f);
    char name[] = "kept-XXXXXX";
    int fd = mkstemp(name);
    say("temporary", fd >= 0);
    close(fd);
    say("remove", remove(name));
    f = fopen("result.txt", "w");
    for (int i = 0; i < 500; i++)
        fprintf(f, "%s: %d\n", lane, i * i);
    fclose(f);
    f = fopen("result.txt", "a+");
    fprintf(f, "end\n");
    fseek(f, -8, SEEK_END);
    printf("%s", fgets(line, sizeof line, f));
    fclose(f);
}

static void fill(void)
{
    char bytes[300] = "";
    long n, total = 0;
    int fd = open("full", O_WRONLY | O_CREAT, 0600);
    while ((n = write(fd, bytes, sizeof bytes)) > 0)
        total += n;
    say("full", n);
    say("bytes", total);
    say("longer", ftruncate(fd, 1 << 30));
    say("less", ftruncate(fd, 100));
    say("again", write(fd, bytes, sizeof bytes));
    say("removed", unlink("full"));
    say("closed", close(fd));
    fd = open("other", O_WRONLY | O_CREAT, 0600);
    say("other", pwrite(fd, bytes, sizeof bytes, 600));
}

static void make_many(void)
{
    char name[32];
    long n = 0, fd = 0;
    for (; fd >= 0; n++) {
        snprintf(name, sizeof name, "%ld", n);
        close((int)(fd = open(name, O_WRONLY | O_CREAT, 0600)));
    }
    errno = (n > 1000 && n < 5000) ? ENOSPC : 0;
    say("many", fd);
}

static void map(const char *path, int flags, int protection, off_t offset)
{
    struct stat s;
    int fd = open(path, flags, 0600);
    say(path, fstat(fd, &s));
    const size_t length = s.st_size > 0 ? (size_t)s.st_size : 1;
    char *p = mmap(NULL, length, protection, MAP_PRIVATE, fd, offset);
    say("mapped", p == MAP_FAILED ? -1 : 0);
    close(fd);
    if (p == MAP_FAILED)
        return;
    printf("%.20s\n", p);
    if ((protection & PROT_WRITE) != 0)
        p[0] = '#';
    printf("%c, then %d\n", p[0], p[s.st_size - offset]);
    say("unmap", munmap(p, length));
}

static void map_files(void)
{
    map("result.txt", O_RDONLY, PROT_READ | PROT_WRITE, 0);
    map("result.txt", O_RDWR, PROT_READ, 4096);
    map("result.txt", O_WRONLY, PROT_READ, 0);
    map(".", O_RDONLY, PROT_READ, 0);
    say("no file", mmap(NULL, 100, PROT_READ, MAP_PRIVATE, 50, 0) == MAP_FAILED
                       ? -1
                       : 0);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    umask(022);
    if (strcmp(argv[1], "fill") == 0)
        return fill(), 0;
    if (strcmp(argv[1], "many") == 0)
        return make_many(), 0;
    write_and_seek(argv[1]);
    folders(argv[1]);
    if (access("old", F_OK) == 0)
        old_files(argv[1]);
    streams(argv[1]);
    map_files();
    list(".");
    return 0;
}
