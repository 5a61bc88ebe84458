// refused: poisoned identifier|is not supported
#include <metal_stdlib>
using namespace metal;
kernel void k(device ulong *g [[buffer(0)]])
{
    unsigned __int128 wide = g[0];
    g[0] = (ulong)(wide >> 1);
}
