/* Zeroing memory of which only a part was ever used. Only src/backend includes
   this. */
#ifndef AG_ZERO_H
#define AG_ZERO_H

#include <stddef.h>

/*
 * `bytes` at `start`, which calloc() gave or a part of it, become 0. Where most
 * of them have no memory behind them yet (Linux says so), it stays that way.
 */
void ag_zero(void *start, size_t bytes);

#endif
