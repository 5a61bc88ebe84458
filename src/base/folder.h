/*
 * Folders that somebody works in for a while. Needs POSIX's declarations: a
 * file that includes this defines _POSIX_C_SOURCE before its first header.
 */
#ifndef AG_BASE_FOLDER_H
#define AG_BASE_FOLDER_H

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Removes a folder with the files in it: compilers leave some, but no folders.
 */
static inline void ag_remove_folder(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            (void)unlinkat(dirfd(folder), entry->d_name, 0);
    }
    if (folder != NULL)
        closedir(folder);
    (void)rmdir(path);
}

#endif
