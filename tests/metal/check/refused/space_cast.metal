// refused: pointer without address space
#include <metal_stdlib>
using namespace metal;
static uint *any(device uint *p) { return (uint *)p; }
kernel void k(device uint *g [[buffer(0)]]) { *any(g) = 1; }
