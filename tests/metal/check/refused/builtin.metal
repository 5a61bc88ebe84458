// refused: builtin of the compiler
#include <metal_stdlib>
using namespace metal;
kernel void k(device uint *g [[buffer(0)]])
{
    g[0] = (uint)__builtin_popcount(g[1]);
}
