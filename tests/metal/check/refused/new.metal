// refused: poisoned identifier
#include <metal_stdlib>
using namespace metal;
kernel void k(device uint *g [[buffer(0)]]) { g[0] = *new uint(1); }
