/* How much memory the CPU backend has where control groups have limits: files of
   /proc and /sys are made up, in a folder of the test's own. */
#define _XOPEN_SOURCE 700
#include "backend/host_memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ftw.h>
#include <sys/stat.h>

static char root[64];

static int setup(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/tmp/armgpu-groups-XXXXXX");
    return mkdtemp(root) == NULL ? -1 : 0;
}

static int remove_one(const char *path, const struct stat *s, int type,
                      struct FTW *at)
{
    (void)s, (void)type, (void)at;
    return remove(path);
}

static int teardown(void **state)
{
    (void)state;
    return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* A file below the root, with its folders. */
static void write_file(const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s%s", root, name);
    for (char *c = path + strlen(root) + 1; (c = strchr(c, '/')) != NULL; c++) {
        *c = '\0';
        (void)mkdir(path, 0700);
        *c = '/';
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

#define V2 "/sys/fs/cgroup"
#define V1 "/sys/fs/cgroup/memory"

static void test_no_groups(void **state)
{
    (void)state;
    uint64_t all = ag_host_memory(root);
    assert_true(all > 0);
    write_file("/proc/self/cgroup", "0::/a/b\n");
    assert_int_equal(ag_host_memory(root), all);
    write_file(V2 "/a/b/memory.max", "max\n");
    write_file(V2 "/a/b/memory.high", "max\n");
    write_file(V1 "/a/b/memory.limit_in_bytes", "4096000\n"); /* of no line */
    assert_int_equal(ag_host_memory(root), all);
    write_file(V2 "/a/b/memory.max", "9223372036854771712\n");
    assert_int_equal(ag_host_memory(root), all);
    write_file(V2 "/a/b/memory.max", "");
    assert_int_equal(ag_host_memory(root), all);
}

static void test_version_2(void **state)
{
    (void)state;
    write_file("/proc/self/cgroup", "0::/a/b\n");
    write_file(V2 "/a/b/memory.max", "40960000\n");
    assert_int_equal(ag_host_memory(root), 40960000);
    write_file(V2 "/a/b/memory.high", "30720000\n");
    assert_int_equal(ag_host_memory(root), 30720000);
    write_file(V2 "/a/memory.max", "20480000\n");
    assert_int_equal(ag_host_memory(root), 20480000);
    write_file(V2 "/memory.max", "10240000\n"); /* a container's own */
    assert_int_equal(ag_host_memory(root), 10240000);
    write_file("/proc/self/cgroup", "0::/\n");
    assert_int_equal(ag_host_memory(root), 10240000);
}

static void test_version_1(void **state)
{
    (void)state;
    write_file("/proc/self/cgroup", "9:name=systemd:/a\n"
                                    "5:hugetlb,memory:/a/b\n1:cpu:/c\n0::/d\n");
    write_file(V1 "/c/memory.limit_in_bytes", "4096\n");
    write_file(V1 "/memory.limit_in_bytes", "9223372036854771712\n");
    write_file(V1 "/a/b/memory.limit_in_bytes", "314572800\n");
    assert_int_equal(ag_host_memory(root), 314572800);
    write_file(V1 "/a/memory.limit_in_bytes", "104857600\n");
    assert_int_equal(ag_host_memory(root), 104857600);
    write_file(V2 "/unified/d/memory.max", "52428800\n");
    assert_int_equal(ag_host_memory(root), 52428800);
}

/* Lines and paths that are no lines and no paths. */
static void test_nonsense(void **state)
{
    static char line[20000];
    (void)state;
    uint64_t all = ag_host_memory(root);
    memset(line, 'x', sizeof line - 1);
    memcpy(line, "0::/", 4);
    write_file("/proc/self/cgroup", line);
    assert_int_equal(ag_host_memory(root), all);
    write_file("/proc/self/cgroup", "\n:\n0:\n0::\n7:memory\n7:mem,memoryx:/a\n");
    write_file(V1 "/a/memory.limit_in_bytes", "4096\n");
    assert_int_equal(ag_host_memory(root), all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_no_groups, setup, teardown),
        cmocka_unit_test_setup_teardown(test_version_2, setup, teardown),
        cmocka_unit_test_setup_teardown(test_version_1, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nonsense, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
