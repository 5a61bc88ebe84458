// refused: undeclared identifier
#include <metal_stdlib>
using namespace metal;
kernel void k(device atomic_uint *g [[buffer(0)]])
{
    atomic_store_explicit(g, 1u, memory_order_release);
}
