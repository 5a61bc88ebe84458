// refused: reference without address space
#include <metal_stdlib>
using namespace metal;
static void add(uint &to) { to += 1; }
kernel void k(device uint *g [[buffer(0)]]) { add(g[0]); }
