// refused: read-only variable|not assignable
#include <metal_stdlib>
using namespace metal;
kernel void k(device uint *g [[buffer(0)]], constant uint *c [[buffer(1)]])
{
    c[0] = g[0];
}
