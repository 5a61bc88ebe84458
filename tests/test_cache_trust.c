/* What the cache of compiled kernels trusts and what it never touches: other
   people's files and directories, links, names that only look like its own. */
#include "cache_home.h"

#include <inttypes.h>
#include <signal.h>
#include <sys/resource.h>

#define LOOKS_LIKE_ONE "cuda-0123456789abcdef"
#define SOMEBODY 65534
#define SWAPS 20000
#define MAX_FILES 64
#define COPIES (3 * MAX_FILES)

/* Long ago, and never to come: neither depends on what time it is. */
static const time_t past = 1000, future = 4000000000;

static void use_at(const char *path, time_t t)
{
    struct timespec both[2] = {{t, 0}, {t, 0}};
    assert_int_equal(utimensat(AT_FDCWD, path, both, AT_SYMLINK_NOFOLLOW), 0);
}

static int is_there(const char *path)
{
    struct stat s;
    return lstat(path, &s) == 0;
}

static void write_note(const char *where, const char *name)
{
    char path[512];
    join(path, where, name);
    write_file(path, "important", 9);
    use_at(path, past);
}

/* Stores the key; its file is the only one then. */
static void store_one(char path[512])
{
    ag_cache_store(&key, bytes, BYTES);
    assert_int_equal(count_files(path), 1);
    expect_bytes(&key, bytes, BYTES);
}

static void copy_as(const char *from, const char *name)
{
    static unsigned char file[BYTES + 1024];
    char path[512];
    size_t length = read_file(from, file, sizeof file);
    join(path, directory, name);
    write_file(path, file, length);
    use_at(path, past);
}

/* Files that the cache may have written, as far as it can know. */
static void make_copies(const char *from, const char *backend, unsigned n)
{
    char name[64];
    for (unsigned i = 0; i < n; i++) {
        snprintf(name, sizeof name, "%s-%016x", backend, i);
        copy_as(from, name);
    }
}

/* Stores other keys than the tests' own. */
static void store_many(uint64_t n)
{
    struct ag_cache_key k = key;
    for (k.source_hash = 0; k.source_hash < n; k.source_hash++)
        ag_cache_store(&k, bytes, 10);
}

/* 100 notes of somebody who has a directory of this name. */
static void test_other_files_stay(void **state)
{
    char path[512];
    (void)state;
    assert_int_equal(mkdir(directory, 0700), 0);
    for (int i = 0; i < 100; i++) {
        char name[64];
        snprintf(name, sizeof name, "thesis_%d.txt", i);
        write_note(directory, name);
    }
    store_many(MAX_FILES + 1);
    assert_int_equal(count_files(path), 100 + MAX_FILES);
}

/* Names like the cache's on files that are not: too short to say, or saying
   something else. They are not counted either. */
static void test_names_alone_do_not_count(void **state)
{
    char path[512];
    (void)state;
    assert_int_equal(mkdir(directory, 0700), 0);
    for (unsigned i = 0; i < 100; i++) {
        snprintf(path, sizeof path, "%s/opencl-%016x", directory, i);
        write_file(path, "important", i % 2 ? 9 : 0);
        use_at(path, past);
    }
    store_many(MAX_FILES);
    assert_int_equal(count_files(path), 100 + MAX_FILES);
    store_many(MAX_FILES + 1);
    assert_int_equal(count_files(path), 100 + MAX_FILES);
}

/* The cache's own contents under names that it does not give. */
static void test_contents_alone_do_not_count(void **state)
{
    static const char *const names[] = {
        LOOKS_LIKE_ONE "0",      LOOKS_LIKE_ONE ".bak",      LOOKS_LIKE_ONE "~",
        "cuda-0123456789abcde",  "cuda-0123456789ABCDEF",    "0123456789abcdef",
        "CUDA-0123456789abcdef", "my cuda-0123456789abcdef", "thesis",
    };
    char path[512];
    size_t n = sizeof names / sizeof names[0];
    (void)state;
    store_one(path);
    for (size_t i = 0; i < n; i++)
        copy_as(path, names[i]);
    make_copies(path, "no-backend", COPIES);
    make_copies(path, "seventeen0letters", COPIES);
    store_many(MAX_FILES + 1);
    assert_int_equal(count_files(path), n + 2 * COPIES + MAX_FILES);
}

/* Through a link nothing is loaded, written or deleted. */
static void test_linked_directory(void **state)
{
    char path[512], target[512];
    (void)state;
    store_one(path);
    make_copies(path, "cuda", COPIES);
    join(target, home, "elsewhere");
    assert_int_equal(rename(directory, target), 0);
    assert_int_equal(symlink("elsewhere", directory), 0);
    expect_nothing(&key);
    store_many(3);
    assert_int_equal(count_files_in(target, path), COPIES + 1);
    assert_int_equal(unlink(directory), 0);
    assert_int_equal(symlink("nowhere", directory), 0);
    expect_off();
    join(target, home, "nowhere");
    assert_false(is_there(target));
}

/* What is above it may be linked: many have their home on another disk. */
static void test_linked_parent(void **state)
{
    char path[512];
    (void)state;
    store_one(path);
    join(path, home, "link");
    assert_int_equal(symlink(home, path), 0);
    setenv("XDG_CACHE_HOME", path, 1);
    expect_bytes(&key, bytes, BYTES);
    setenv("XDG_CACHE_HOME", home, 1);
}

/* What could have been put there, or could be changed still. A store replaces
   it. */
static void expect_replaced(void)
{
    char path[512];
    expect_nothing(&key);
    store_one(path);
}

static void test_files_of_others(void **state)
{
    char path[512];
    (void)state;
    if (geteuid() != 0)
        skip(); /* only the superuser can give files away */
    store_one(path);
    assert_int_equal(chown(path, SOMEBODY, SOMEBODY), 0);
    expect_replaced();
    assert_int_equal(chown(directory, SOMEBODY, SOMEBODY), 0);
    expect_off();
}

/* Whatever they are named and hold, they are not this user's to delete. */
static void test_files_of_others_stay(void **state)
{
    char path[512], name[512];
    (void)state;
    if (geteuid() != 0)
        skip();
    store_one(path);
    make_copies(path, "cuda", 10);
    for (unsigned i = 0; i < 10; i++) {
        snprintf(name, sizeof name, "%s/cuda-%016x", directory, i);
        assert_int_equal(chown(name, SOMEBODY, SOMEBODY), 0);
    }
    snprintf(name, sizeof name, "%s.%016x", LOOKS_LIKE_ONE, 0);
    write_note(directory, name);
    snprintf(name, sizeof name, "%s/%s.%016x", directory, LOOKS_LIKE_ONE, 0);
    assert_int_equal(chown(name, SOMEBODY, SOMEBODY), 0);
    store_many(MAX_FILES + 1);
    assert_int_equal(count_files(path), 11 + MAX_FILES);
}

static void test_files_that_others_can_write(void **state)
{
    static const mode_t modes[] = {0620, 0602, 0666};
    char path[512];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        store_one(path);
        assert_int_equal(chmod(path, modes[i]), 0);
        expect_replaced();
    }
    assert_int_equal(chmod(path, 0644), 0);
    expect_bytes(&key, bytes, BYTES);
}

static void test_hard_links(void **state)
{
    char path[512], other[512];
    (void)state;
    join(other, home, "other");
    store_one(path);
    assert_int_equal(link(path, other), 0);
    expect_replaced();
    assert_true(is_there(other));
}

static void test_linked_files(void **state)
{
    static unsigned char before[BYTES + 1024], after[BYTES + 1024];
    char path[512], target[512];
    size_t length;
    (void)state;
    store_one(path);
    length = read_file(path, before, sizeof before);
    join(target, home, "target");
    assert_int_equal(rename(path, target), 0);
    assert_int_equal(symlink(target, path), 0);
    expect_nothing(&key);
    ag_cache_store(&key, bytes + 1, 1);
    expect_bytes(&key, bytes + 1, 1);
    assert_int_equal(read_file(target, after, sizeof after), length);
    assert_memory_equal(before, after, length);
}

/* Who can write to a directory above swaps ours for one that anybody can write
   to, over and over: `link` leads to one or the other. */
static int swap(const char *link, const char *spare)
{
    static const char *const homes[] = {"theirs", "ours"};
    for (int i = 0; i < 2 * SWAPS; i++)
        if (symlink(homes[i % 2], spare) != 0 || rename(spare, link) != 0)
            return 1;
    return 0;
}

/* Loads until the process ends, which must be well; returns how many times the
   bytes were not ours. */
static unsigned load_until_end(pid_t process)
{
    unsigned wrong = 0;
    int status = -1;
    while (waitpid(process, &status, WNOHANG) == 0) {
        size_t length;
        void *got = ag_cache_load(&key, &length);
        wrong += got != NULL && (length != 4 || memcmp(got, "good", 4) != 0);
        free(got);
    }
    assert_int_equal(status, 0);
    return wrong;
}

/* A cache in a home of this name, with these 4 bytes in it. */
static void make_home(const char *name, const char *contents)
{
    char path[512];
    join(path, home, name);
    assert_int_equal(mkdir(path, 0700), 0);
    setenv("XDG_CACHE_HOME", path, 1);
    ag_cache_store(&key, contents, 4);
    expect_bytes(&key, contents, 4);
}

static void test_swapped_directories(void **state)
{
    char link[512], spare[512], theirs[512];
    pid_t process;
    (void)state;
    join(link, home, "link");
    join(spare, home, "spare");
    join(theirs, home, "theirs/armgpu");
    make_home("theirs", "evil");
    make_home("ours", "good");
    assert_int_equal(chmod(theirs, 0777), 0);
    assert_int_equal(symlink("ours", link), 0);
    setenv("XDG_CACHE_HOME", link, 1);
    process = fork();
    if (process == 0)
        _exit(swap(link, spare));
    assert_true(process > 0);
    assert_int_equal(load_until_end(process), 0);
    expect_bytes(&key, "good", 4);
    setenv("XDG_CACHE_HOME", home, 1);
}

/* The names of copies in the order in which a directory lists them. */
static void list_copies(char names[COPIES][64])
{
    DIR *d = opendir(directory);
    const struct dirent *e;
    int n = 0;
    assert_non_null(d);
    while ((e = readdir(d)) != NULL)
        if (n < COPIES && strncmp(e->d_name, "cuda-", 5) == 0)
            snprintf(names[n++], 64, "%.60s", e->d_name);
    closedir(d);
    assert_int_equal(n, COPIES);
}

/* All were used after now, as far as their times say; the last ones listed were
   used last, or first. */
static void expect_oldest_to_go(int is_ascending)
{
    char names[COPIES][64], path[512];
    store_one(path);
    make_copies(path, "cuda", COPIES);
    list_copies(names);
    for (int i = 0; i < COPIES; i++) {
        join(path, directory, names[i]);
        use_at(path, future + (is_ascending ? i : COPIES - 1 - i));
    }
    ag_cache_store(&key, bytes, BYTES);
    expect_bytes(&key, bytes, BYTES);
    assert_int_equal(count_files(path), MAX_FILES);
    for (int i = 0; i < COPIES; i++) {
        int age = is_ascending ? COPIES - 1 - i : i;
        join(path, directory, names[i]);
        assert_int_equal(is_there(path), age < MAX_FILES - 1);
    }
}

/* The least recently used go at once, the one just stored never, whatever the
   clock said when the others were used. */
static void test_the_oldest_go(void **state)
{
    (void)state;
    expect_oldest_to_go(1);
    assert_int_equal(remove_below(directory), 0);
    expect_oldest_to_go(0);
}

/* A process is killed as it writes: its temporary file stays. */
static void crash(char temporary[512])
{
    struct rlimit few = {100, 100}, none = {0, 0};
    int status = 0;
    pid_t process = fork();
    if (process == 0) {
        setrlimit(RLIMIT_CORE, &none);
        setrlimit(RLIMIT_FSIZE, &few);
        ag_cache_store(&key, bytes, BYTES);
        _exit(0);
    }
    assert_true(process > 0);
    assert_int_equal(waitpid(process, &status, 0), process);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ);
    expect_nothing(&key);
    assert_int_equal(count_files(temporary), 1);
}

static void test_crash(void **state)
{
    char temporary[512], path[512];
    (void)state;
    crash(temporary);
    use_at(temporary, future); /* a process at work, for all that is known */
    ag_cache_store(&key, bytes, BYTES);
    assert_int_equal(count_files(path), 2);
    use_at(temporary, past);
    ag_cache_store(&key, bytes, BYTES);
    assert_false(is_there(temporary));
    assert_int_equal(count_files(path), 1);
    expect_bytes(&key, bytes, BYTES);
}

/* Old, and named almost like a temporary file, or no file at all. */
static void test_temporary_names(void **state)
{
    static const char *const names[] = {
        LOOKS_LIKE_ONE ".0123456789abcde",
        LOOKS_LIKE_ONE ".0123456789abcdef.gz",
        LOOKS_LIKE_ONE "-0123456789abcdef",
        "cuda-0123.0123456789abcdef",
        "thesis.0123456789abcdef",
    };
    char path[512];
    size_t n = sizeof names / sizeof names[0];
    (void)state;
    store_one(path);
    for (size_t i = 0; i < n; i++)
        write_note(directory, names[i]);
    join(path, directory, LOOKS_LIKE_ONE ".0123456789abcdef");
    assert_int_equal(symlink("thesis", path), 0);
    use_at(path, past);
    store_many(1);
    assert_int_equal(count_files(path), n + 3);
}

/* Of processes that had the same number, in other containers or before. */
static void test_temporary_names_taken(void **state)
{
    char temporary[512], path[512];
    const char *end;
    (void)state;
    crash(temporary);
    end = strrchr(temporary, '.');
    assert_non_null(end);
    for (unsigned i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%.*s.%012jx%04x", (int)(end - temporary),
                 temporary, (uintmax_t)getpid(), i);
        assert_int_equal(strlen(path), strlen(temporary));
        write_file(path, "", 0);
    }
    ag_cache_store(&key, bytes, BYTES);
    expect_bytes(&key, bytes, BYTES);
    assert_int_equal(count_files(path), 5);
}

/* The disk is full: nothing is kept, nothing is left. */
static void test_full_disk(void **state)
{
    struct rlimit before, few;
    char path[512];
    (void)state;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    few = before;
    few.rlim_cur = 100;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
    ag_cache_store(&key, bytes, BYTES);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    expect_nothing(&key);
    assert_int_equal(count_files(path), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_other_files_stay),
        TEST(test_names_alone_do_not_count),
        TEST(test_contents_alone_do_not_count),
        TEST(test_linked_directory),
        TEST(test_linked_parent),
        TEST(test_files_of_others),
        TEST(test_files_of_others_stay),
        TEST(test_files_that_others_can_write),
        TEST(test_hard_links),
        TEST(test_linked_files),
        TEST(test_swapped_directories),
        TEST(test_the_oldest_go),
        TEST(test_crash),
        TEST(test_temporary_names),
        TEST(test_temporary_names_taken),
        TEST(test_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
