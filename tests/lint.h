/* For cppcheck, which is not shown kernels/: the lists of its headers. */
#define AG_BUFFER_LIST(X)
#define AG_PLANES(X)
#define AG_OPS(ALU, MEMORY, ATOMIC, BRANCH, SYSTEM)
#define AG_SIMD_OPS(X)
#define AG_CRYPTO_OPS(X)
#define AG_VMEMORY_OPS(X)
