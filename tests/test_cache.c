/* The cache of compiled kernels: what is stored comes back, for the same key
   alone; damaged files, races and unusable directories do no harm. Who else may
   have a hand in the directory is in test_cache_trust.c. */
#include "cache_home.h"

static void test_store_and_load(void **state)
{
    char path[512];
    struct stat s;
    (void)state;
    expect_nothing(&key);
    assert_int_not_equal(stat(directory, &s), 0);
    ag_cache_store(&key, bytes, BYTES);
    expect_bytes(&key, bytes, BYTES);
    ag_cache_store(&key, bytes + 1, 1);
    expect_bytes(&key, bytes + 1, 1);
    assert_int_equal(count_files(path), 1);
    assert_non_null(strstr(path, "/opencl-"));
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0600);
    assert_int_equal(stat(directory, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0700);
    ag_cache_store(&key, bytes, 0);
    expect_bytes(&key, bytes + 1, 1);
}

static void test_every_part_of_the_key_counts(void **state)
{
    struct ag_cache_key other[5] = {key, key, key, key, key};
    char path[512];
    (void)state;
    other[0].source_hash++;
    other[1].backend = "cuda";
    other[2].device = "device 2";
    other[3].driver = "";
    other[4].options = NULL;
    ag_cache_store(&key, bytes, BYTES);
    for (size_t i = 0; i < 5; i++)
        expect_nothing(&other[i]);
    for (size_t i = 0; i < 5; i++)
        ag_cache_store(&other[i], bytes, i + 1);
    for (size_t i = 0; i < 5; i++)
        expect_bytes(&other[i], bytes, i + 1);
    expect_bytes(&key, bytes, BYTES);
    assert_int_equal(count_files(path), 6);
}

/* Any single byte, and any length. */
static void test_damage(void **state)
{
    static unsigned char file[1024];
    char path[512];
    size_t n;
    (void)state;
    ag_cache_store(&key, bytes, 300);
    assert_int_equal(count_files(path), 1);
    n = read_file(path, file, sizeof file);
    assert_true(n > 300 && n + 1 < sizeof file);
    for (size_t i = 0; i < n; i++) {
        file[i] ^= 0x10;
        write_file(path, file, n);
        expect_nothing(&key);
        file[i] ^= 0x10;
    }
    for (size_t i = 0; i < n; i++) {
        write_file(path, file, i);
        expect_nothing(&key);
    }
    write_file(path, file, n + 1);
    expect_nothing(&key);
    write_file(path, file, n);
    expect_bytes(&key, bytes, 300);
    write_file(path, file, n / 2);
    ag_cache_store(&key, bytes + 7, 300);
    expect_bytes(&key, bytes + 7, 300);
    assert_int_equal(count_files(path), 1);
}

/* A whole file, under another key's name. */
static void test_foreign_file(void **state)
{
    static unsigned char file[1024];
    struct ag_cache_key other = key;
    char path[512], first[512];
    size_t n;
    (void)state;
    ag_cache_store(&key, bytes, 300);
    assert_int_equal(count_files(first), 1);
    n = read_file(first, file, sizeof file);
    assert_int_equal(unlink(first), 0);
    other.device = "DEVICE";
    ag_cache_store(&other, bytes, 10);
    assert_int_equal(count_files(path), 1);
    write_file(path, file, n);
    expect_nothing(&other);
    ag_cache_store(&other, bytes, 10);
    expect_bytes(&other, bytes, 10);
}

/* Things that are no files, where the file would be. */
static void test_odd_files(void **state)
{
    char path[512];
    (void)state;
    ag_cache_store(&key, bytes, 300);
    assert_int_equal(count_files(path), 1);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    expect_nothing(&key);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    expect_nothing(&key);
    ag_cache_store(&key, bytes, 300);
    expect_nothing(&key);
    assert_int_equal(count_files(path), 1);
}

/* One of two processes that store and load until both are done. Every load must
   give what one of them stored, whole. */
static int race(unsigned char mine)
{
    unsigned char *store = malloc(BYTES);
    if (store == NULL)
        return 1;
    memset(store, mine, BYTES);
    for (int i = 0; i < 100; i++) {
        size_t length = 0, same = 0;
        unsigned char *got;
        ag_cache_store(&key, store, BYTES);
        got = ag_cache_load(&key, &length);
        if (got == NULL || length != BYTES || (got[0] != 'a' && got[0] != 'b'))
            return 1;
        while (same < BYTES && got[same] == got[0])
            same++;
        free(got);
        if (same != BYTES)
            return 1;
    }
    free(store);
    return 0;
}

static void test_race(void **state)
{
    pid_t children[2];
    char path[512];
    (void)state;
    for (int i = 0; i < 2; i++) {
        children[i] = fork();
        if (children[i] == 0)
            _exit(race((unsigned char)('a' + i)));
        assert_true(children[i] > 0);
    }
    for (int i = 0; i < 2; i++) {
        int status = -1;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(count_files(path), 1); /* no temporary file stays */
}

static void test_off(void **state)
{
    char path[512];
    (void)state;
    assert_true(ag_cache_is_on());
    ag_cache_store(&key, bytes, BYTES);
    setenv("ARMGPU_CACHE", "off", 1);
    assert_false(ag_cache_is_on());
    expect_off();
    setenv("ARMGPU_CACHE", "on", 1);
    expect_bytes(&key, bytes, BYTES);
    unsetenv("ARMGPU_CACHE");
    assert_int_equal(count_files(path), 1);
}

static void keep_home(char to[1024])
{
    const char *old = getenv("HOME");
    snprintf(to, 1024, "%s", old != NULL ? old : "");
}

static void test_directories(void **state)
{
    char kept[1024], below[256];
    struct stat s;
    (void)state;
    keep_home(kept);
    setenv("HOME", home, 1);
    setenv("XDG_CACHE_HOME", "relative", 1);
    ag_cache_store(&key, bytes, BYTES);
    expect_bytes(&key, bytes, BYTES);
    assert_int_not_equal(stat("relative", &s), 0);
#ifdef __APPLE__
    snprintf(below, sizeof below, "%s/Library/Caches/armgpu", home);
#else
    snprintf(below, sizeof below, "%s/.cache/armgpu", home);
#endif
    assert_int_equal(stat(below, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0700);
    unsetenv("XDG_CACHE_HOME");
    expect_bytes(&key, bytes, BYTES);
    unsetenv("HOME");
    assert_false(ag_cache_is_on());
    expect_off();
    setenv("HOME", "", 1);
    expect_off();
    setenv("HOME", kept, 1);
    setenv("XDG_CACHE_HOME", home, 1);
}

/* HOME is never created; XDG_CACHE_HOME is, but nothing above it. */
static void test_missing_directories(void **state)
{
    static const char *const missing[] = {"/a", "/a/", "/a/b"};
    static const char *const made[] = {"/c", "/d/"};
    char kept[1024], below[256];
    struct stat s;
    (void)state;
    keep_home(kept);
    unsetenv("XDG_CACHE_HOME");
    for (size_t i = 0; i < 3; i++) {
        snprintf(below, sizeof below, "%s%s", home, missing[i]);
        setenv("HOME", below, 1);
        expect_off();
    }
    setenv("HOME", kept, 1);
    setenv("XDG_CACHE_HOME", below, 1);
    expect_off();
    snprintf(below, sizeof below, "%s/a", home);
    assert_int_not_equal(stat(below, &s), 0);
    for (size_t i = 0; i < 2; i++) {
        snprintf(below, sizeof below, "%s%s", home, made[i]);
        setenv("XDG_CACHE_HOME", below, 1);
        ag_cache_store(&key, bytes, BYTES);
        expect_bytes(&key, bytes, BYTES);
        assert_int_equal(stat(below, &s), 0);
        assert_int_equal(s.st_mode & 0777, 0700);
    }
    setenv("XDG_CACHE_HOME", home, 1);
}

/* The superuser can write anywhere: only others can test that. */
static void test_unwritable(void **state)
{
    char path[512];
    (void)state;
    setenv("XDG_CACHE_HOME", "/dev/null", 1);
    expect_off();
    setenv("XDG_CACHE_HOME", "/proc/self", 1);
    expect_off();
    setenv("XDG_CACHE_HOME", home, 1);
    ag_cache_store(&key, bytes, BYTES);
    assert_int_equal(chmod(directory, 0500), 0);
    expect_bytes(&key, bytes, BYTES);
    if (geteuid() != 0) {
        ag_cache_store(&key, bytes + 1, BYTES - 1);
        expect_bytes(&key, bytes, BYTES);
    }
    assert_int_equal(count_files(path), 1);
    assert_int_equal(chmod(directory, 0), 0);
    if (geteuid() != 0)
        expect_off();
    assert_int_equal(chmod(directory, 0700), 0);
    expect_bytes(&key, bytes, BYTES);
}

/* Where others can put files, ours are not to be trusted. */
static void test_open_to_others(void **state)
{
    (void)state;
    ag_cache_store(&key, bytes, BYTES);
    assert_int_equal(chmod(directory, 0777), 0);
    expect_off();
    assert_int_equal(chmod(directory, 0755), 0);
    expect_bytes(&key, bytes, BYTES);
}

/* The file that was not used for longest goes. */
static void test_trimming(void **state)
{
    char path[512];
    struct ag_cache_key k = key, first = key;
    struct timespec old[2] = {{1000, 0}, {1000, 0}};
    (void)state;
    first.source_hash = 0;
    ag_cache_store(&first, bytes, 10);
    assert_int_equal(count_files(path), 1);
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    for (k.source_hash = 1; k.source_hash < 64; k.source_hash++)
        ag_cache_store(&k, bytes, 10);
    assert_int_equal(count_files(path), 64);
    expect_bytes(&first, bytes, 10); /* which is a use */
    assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
    for (k.source_hash = 64; k.source_hash < 66; k.source_hash++)
        ag_cache_store(&k, bytes, 10);
    assert_int_equal(count_files(path), 64);
}

static void test_long_keys(void **state)
{
    static char text[10000];
    struct ag_cache_key k = key;
    (void)state;
    memset(text, 'x', sizeof text - 1);
    k.options = text;
    ag_cache_store(&k, bytes, 10);
    expect_nothing(&k);
    text[3000] = '\0';
    ag_cache_store(&k, bytes, 10);
    expect_bytes(&k, bytes, 10);
    k.backend = text;
    ag_cache_store(&k, bytes, 10);
    expect_nothing(&k);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_store_and_load),
        TEST(test_every_part_of_the_key_counts),
        TEST(test_damage),
        TEST(test_foreign_file),
        TEST(test_odd_files),
        TEST(test_race),
        TEST(test_off),
        TEST(test_directories),
        TEST(test_missing_directories),
        TEST(test_unwritable),
        TEST(test_open_to_others),
        TEST(test_trimming),
        TEST(test_long_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
