// refused: variable outside of constant
#include <metal_stdlib>
using namespace metal;
uint counter;
kernel void k(device uint *g [[buffer(0)]]) { g[0] = counter; }
