/* Driver libraries by dlopen. */
#include "backend/library.h"

#include <dlfcn.h>
#include <string.h>

void *ag_library_open(const char *path)
{
    return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

const char *ag_library_symbols(void *library, const struct ag_symbol *symbols,
                               size_t n, void *table)
{
    for (size_t i = 0; i < n; i++) {
        void *function = dlsym(library, symbols[i].name);
        if (function == NULL)
            return symbols[i].name;
        /* ISO C has no conversion from void * to a function pointer. */
        memcpy((char *)table + symbols[i].offset, &function, sizeof function);
    }
    return NULL;
}
