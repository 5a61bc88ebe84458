// refused: long long
#include <metal_stdlib>
using namespace metal;
kernel void k(device ulong *g [[buffer(0)]])
{
    long long wide = 1;
    g[0] = (ulong)wide;
}
