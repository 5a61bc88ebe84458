// refused: local address space
#include <metal_stdlib>
using namespace metal;
static uint shared(uint v)
{
    threadgroup uint words[4];
    words[0] = v;
    return words[0];
}
kernel void k(device uint *g [[buffer(0)]]) { g[0] = shared(1); }
