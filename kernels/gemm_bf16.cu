#include "gemm/kernels.cuh"
#include "gemm/tensor_core_tile.cuh"

// 4 warps of 64 x 64
struct Large {
    static constexpr int EXTENT = 128;
    static constexpr int THREADS = 128;
    static constexpr int STAGES = 4;
    static constexpr int BLOCKS = 2;
    template <class A, class B>
    using Tile = TensorCoreTile<A, B, 2, 2>;
};

// 4 warps of 32 x 32
struct Small {
    static constexpr int EXTENT = 64;
    static constexpr int THREADS = 128;
    static constexpr int STAGES = 4;
    static constexpr int BLOCKS = 4;
    template <class A, class B>
    using Tile = TensorCoreTile<A, B, 2, 2>;
};

GEMM_KERNELS(Large, bf16, 128_bf16)
GEMM_KERNELS(Small, bf16, 64_bf16)
