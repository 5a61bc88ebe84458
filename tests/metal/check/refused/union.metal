// refused: poisoned identifier
#include <metal_stdlib>
using namespace metal;
union either { int i; float f; };
kernel void k(device int *g [[buffer(0)]]) { either e; e.f = 1; g[0] = e.i; }
