// refused: lambda
#include <metal_stdlib>
using namespace metal;
kernel void k(device uint *g [[buffer(0)]])
{
    auto add = [](uint a) { return a + 1; };
    g[0] = add(1);
}
