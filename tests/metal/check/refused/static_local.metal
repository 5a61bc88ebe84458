// refused: static variable in a function
#include <metal_stdlib>
using namespace metal;
kernel void k(device uint *g [[buffer(0)]])
{
    static uint calls = 0;
    g[0] = calls++;
}
