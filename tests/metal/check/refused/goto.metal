// refused: poisoned identifier
#include <metal_stdlib>
using namespace metal;
kernel void k(device uint *g [[buffer(0)]])
{
    goto end;
end:
    g[0] = 1;
}
