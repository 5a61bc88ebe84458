// refused: function.* not allowed
#include <metal_stdlib>
using namespace metal;
static uint one(uint v) { return v + 1; }
kernel void k(device uint *g [[buffer(0)]])
{
    uint (*f)(uint) = one;
    g[0] = f(1);
}
