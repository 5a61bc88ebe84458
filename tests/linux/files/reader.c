/*
 * For tests/test_linux_files.sh: what a directory has in it, in the ways in which
 * programs read. reader DIRECTORY LANE.
 */
#define _DEFAULT_SOURCE
#define _XOPEN_SOURCE 700
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static void say_error(const char *what, long result)
{
    printf("%s: %ld %s\n", what, result, result < 0 ? strerror(errno) : "");
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *path)
{
    DIR *dir = opendir(path);
    char *names[4096];
    int n = 0;
    if (dir == NULL) {
        say_error(path, -1);
        return;
    }
    for (struct dirent *d; n < 4096 && (d = readdir(dir)) != NULL;)
        names[n++] = strdup(d->d_name);
    rewinddir(dir);
    printf("first again: %d\n", readdir(dir) != NULL);
    closedir(dir);
    qsort(names, (size_t)n, sizeof *names, compare);
    for (int i = 0; i < n; i++)
        printf("entry %s\n", names[i]);
}

static void say_status(const char *path)
{
    struct stat s;
    if (stat(path, &s) != 0) {
        say_error(path, -1);
        return;
    }
    printf("%s: mode %o size %ld links %d time %ld\n", path,
           (unsigned)s.st_mode, S_ISDIR(s.st_mode) ? 0L : (long)s.st_size,
           S_ISDIR(s.st_mode) ? 0 : (int)s.st_nlink, (long)s.st_mtime);
    say_error("access", access(path, R_OK));
}

static void read_lines(const char *path)
{
    char line[256];
    FILE *f = fopen(path, "r");
    long n = 0;
    if (f == NULL) {
        say_error(path, -1);
        return;
    }
    while (fgets(line, sizeof line, f) != NULL)
        n += (long)strlen(line);
    printf("%s has %ld bytes, ends with %s", path, n, line);
    fseek(f, 5, SEEK_SET);
    printf("from 5 on: %s", fgets(line, sizeof line, f));
    fclose(f);
}

static void read_raw(const char *path)
{
    char a[8] = {0}, b[8] = {0};
    struct iovec v[] = {{a, 3}, {b, 7}};
    char *volatile nowhere = (char *)8;
    int fd = open(path, O_RDONLY), other;
    if (fd < 0) {
        say_error(path, fd);
        return;
    }
    say_error("readv", readv(fd, v, 2));
    printf("%s|%s\n", a, b);
    other = dup(fd);
    say_error("tell", lseek(other, 0, SEEK_CUR));
    say_error("pread", pread(fd, a, 4, 1));
    printf("%.4s\n", a);
    say_error("end", lseek(fd, -2, SEEK_END));
    say_error("read", read(other, a, 8));
    say_error("read at end", read(fd, a, 8));
    say_error("before", lseek(fd, -1, SEEK_SET));
    say_error("bad pointer", read(fd, nowhere, 8));
    say_error("close", close(fd));
    say_error("closed", read(fd, a, 1));
    say_error("its copy", lseek(other, 0, SEEK_SET));
    say_error("directory?", openat(other, "x", O_RDONLY));
    close(other);
}

int main(int argc, char **argv)
{
    char path[512], text[512];
    if (argc != 3 || strlen(argv[1]) > 200)
        return 2;
    list(argv[1]);
    snprintf(path, sizeof path, "%s/lane%s.txt", argv[1], argv[2]);
    say_status(path);
    read_lines(path);
    read_raw(path);
    say_status(argv[1]);
    snprintf(path, sizeof path, "%s/../%s/common.txt", argv[1], argv[1]);
    read_lines(path);
    snprintf(path, sizeof path, "%s/link", argv[1]);
    memset(text, 0, sizeof text);
    say_error("link", readlink(path, text, sizeof text - 1));
    printf("%s\n", text);
    read_lines(path);
    say_error("nofollow", open(path, O_RDONLY | O_NOFOLLOW));
    say_error("none", open("nowhere/x", O_RDONLY));
    snprintf(path, sizeof path, "%s/common.txt/x", argv[1]);
    say_error("below a file", open(path, O_RDONLY));
    int dir = open(argv[1], O_RDONLY | O_DIRECTORY);
    say_error("relative", faccessat(dir, "common.txt", R_OK, 0));
    say_error("read a directory", read(dir, text, 4));
    int n = 0;
    while (open(argv[1], O_RDONLY) >= 0)
        n++;
    say_error("at last", n > 20 ? -1 : n);
    return 0;
}
