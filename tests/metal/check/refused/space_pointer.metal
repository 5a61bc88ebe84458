// refused: cannot initialize a variable
#include <metal_stdlib>
using namespace metal;
kernel void k(device uint *g [[buffer(0)]])
{
    thread uint *p = &g[2];
    *p = 1;
}
