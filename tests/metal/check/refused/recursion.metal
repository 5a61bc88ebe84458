// refused: recursion
#include <metal_stdlib>
using namespace metal;
static uint odd(uint n);
static uint even(uint n) { return n == 0 ? 1 : odd(n - 1); }
static uint odd(uint n) { return n == 0 ? 0 : even(n - 1); }
kernel void k(device uint *g [[buffer(0)]]) { g[0] = even(g[1]); }
