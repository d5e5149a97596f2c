#include "gemm/float_tile.cuh"
#include "gemm/kernels.cuh"

// 8 x 8 results a thread
struct Large {
    static constexpr int EXTENT = 128;
    static constexpr int THREADS = 256;
    static constexpr int STAGES = 3;
    static constexpr int BLOCKS = 2;
    template <class A, class B>
    using Tile = FloatTile<A, B, 2, THREADS>;
};

// 8 x 4 results a thread
struct Small {
    static constexpr int EXTENT = 64;
    static constexpr int THREADS = 128;
    static constexpr int STAGES = 3;
    static constexpr int BLOCKS = 4;
    template <class A, class B>
    using Tile = FloatTile<A, B, 2, THREADS>;
};

GEMM_KERNELS(Large, float, 128_f32)
GEMM_KERNELS(Small, float, 64_f32)
