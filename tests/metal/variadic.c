/*
 * Makes a buffer through a message whose type is right, or with -DVARIADIC
 * through the variadic prototype that old code uses. On Linux and x86-64 both
 * pass arguments in the same places; Apple's arm64 puts variadic arguments on
 * the stack, where the method does not look. Free of headers but the
 * compiler's own, so that clang builds it for macOS without an SDK.
 */
#include "backend/metal/metal_api.h"

int main(void)
{
    ag_metal_prepare();
    void *pool = objc_autoreleasePoolPush();
    ag_id device = MTLCreateSystemDefaultDevice();
#ifdef VARIADIC
    ag_id buffer = ((ag_id(*)(ag_id, ag_sel, ...))ag_objc_send)(
        device, sel_registerName("newBufferWithLength:options:"), 64ul, 0ul);
#else
    ag_id buffer = ag_mtl_new_buffer(device, 64, AG_MTL_STORAGE_SHARED);
#endif
    ag_mtl_size limit = ag_mtl_max_group_size(device);
    int wrong = ag_mtl_length(buffer) != 64 || limit.width != 1024 ||
                limit.depth != 1024;
    ag_mtl_release(buffer);
    ag_mtl_release(device);
    objc_autoreleasePoolPop(pool);
    return wrong;
}
