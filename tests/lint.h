/* For cppcheck, which is not shown kernels/: the lists of its headers. */
#define AG_BUFFER_LIST(X)
#define AG_PLANES(X)
