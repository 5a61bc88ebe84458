// refused: poisoned identifier
#include <metal_stdlib>
using namespace metal;
kernel void k(device uint *g [[buffer(0)]]) { double d = 1; g[0] = (uint)d; }
