// refused: no matching function
#include <metal_stdlib>
using namespace metal;
static uint first(device const uint *p) { return p[0]; }
kernel void k(device uint *g [[buffer(0)]])
{
    uint own[4] = {1, 2, 3, 4};
    g[0] = first(own);
}
