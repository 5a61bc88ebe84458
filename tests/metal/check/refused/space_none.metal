// refused: pointer without address space
#include <metal_stdlib>
using namespace metal;
static uint first(const uint *p) { return p[0]; }
kernel void k(device uint *g [[buffer(0)]]) { g[0] = first(g + 1); }
