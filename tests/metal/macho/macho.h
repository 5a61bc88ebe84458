/* The parts of the Mach-O loader: load.c maps and binds, libsystem.c stands in
   for macOS's C library. */
#ifndef MACHO_H
#define MACHO_H

/* What an import is bound to, by its name in the file without the underscore
   in front and without a suffix such as $INODE64; NULL if there is no such
   thing. */
void *macho_symbol(const char *name);

#endif
