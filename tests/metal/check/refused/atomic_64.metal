// refused: unknown type|no matching function|undeclared
#include <metal_stdlib>
using namespace metal;
kernel void k(device atomic_ulong *g [[buffer(0)]])
{
    atomic_fetch_add_explicit(g, 1ul, memory_order_relaxed);
}
