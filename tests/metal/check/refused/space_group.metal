// refused: cannot initialize a variable
#include <metal_stdlib>
using namespace metal;
kernel void k(device uint *g [[buffer(0)]])
{
    threadgroup uint shared[4];
    device uint *p = shared;
    g[0] = *p;
}
