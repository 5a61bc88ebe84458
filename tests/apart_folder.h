/*
 * For tests of compilers in processes of their own: a folder for the test, with
 * `work` in it, where these processes have theirs (TMPDIR).
 */
#ifndef APART_FOLDER_H
#define APART_FOLDER_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h> /* after what it is written with */

static char folder[] = "/tmp/armgpu-test-XXXXXX";

static int end(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static void nothing_is_left(void)
{
    char path[256];
    int n = 0;
    snprintf(path, sizeof path, "%s/work", folder);
    DIR *d = opendir(path);
    assert_non_null(d);
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    assert_int_equal(n, 2);
}

#endif
