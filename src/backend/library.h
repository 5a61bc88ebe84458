/*
 * Drivers are found when they are needed, with dlopen, so that one executable
 * runs on any machine. Only src/backend includes this.
 */
#ifndef AG_LIBRARY_H
#define AG_LIBRARY_H

#include <stddef.h>

/* A function to look up, and where its pointer goes in a table of them. */
struct ag_symbol {
    const char *name;
    size_t offset;
};

/* A library that is never closed again: drivers start threads of their own.
   NULL if it is not there. */
void *ag_library_open(const char *path);

/* Fills the pointers of `table`. Returns the first name that the library does
   not have, or NULL. */
const char *ag_library_symbols(void *library, const struct ag_symbol *symbols,
                               size_t n, void *table);

#endif
