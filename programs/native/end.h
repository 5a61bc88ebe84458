/* See begin.h. */
#undef program
#ifndef __OPENCL_C_VERSION__
#undef static
#endif
