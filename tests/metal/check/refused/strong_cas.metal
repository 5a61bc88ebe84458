// refused: undeclared identifier
#include <metal_stdlib>
using namespace metal;
kernel void k(device atomic_uint *g [[buffer(0)]])
{
    uint expected = 0;
    atomic_compare_exchange_strong_explicit(g, &expected, 1u,
                                            memory_order_relaxed,
                                            memory_order_relaxed);
}
