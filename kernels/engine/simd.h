/*
 * Operations on V registers that access no memory: what their bodies (AG_SIMD
 * in kernels/a64/) are written with, and the one function that executes all of
 * them. It is a function of its own, not a part of the interpreter's loop, because
 * it is long and the same for every layout and engine; it is given what a lane
 * has, and no lane: GPUs would have to keep that in memory for it. GPUs have the
 * frequent ones in their loop as well (engine/forms.h). On the CPU the function
 * is one of entry_simd.c's copies and executes a run of them; class crypto, which
 * is given V registers alone, is in entry_crypto.c.
 *
 *   V_LO(n) V_HI(n)      the halves of V[n], V_HALF(part, n) with part 0 or 1
 *   V_SET(d, low, high)  all of V[d]; V_PUT(part, d, half) half of it
 *   V_LATER(part, d, half)  that half from ag_end_v() on, or at once
 *   X(n) X_SET(d, v)     general registers by row, as decoders fill them in
 *   FPCR                 the register's value, with a bit of FPSR (format.h)
 *   RAISE(flags)         ORs them into FPSR; RAISE_WHERE(v, flags) if v is not 0
 *   HOLDS(mask)          whether a condition with this mask holds
 *   NZCV_SET(v)          flags, N highest of four bits
 */
#ifndef AG_SIMD_H
#define AG_SIMD_H

#include "engine/scalar.h"

#if AG_HAS_V

/* How far apart the rows of a lane's general registers are. */
#if AG_REGISTERS_IN_GROUP
#define AG_SIMD_STRIDE AG_REGISTER_STRIDE
#else
#define AG_SIMD_STRIDE 1
#endif

#if !AG_IS_COMPILED_ONCE /* or the lane says which copies: c->simd, c->crypto */
#include "engine/simd_execute.h"
#endif

#endif
#endif
