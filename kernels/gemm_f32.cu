// Matrix products of linear layers in float32, exact: each product is one fused multiply-add, k upwards.
//
// FLOPs 2 m n k, two for each multiply-add; bound by them: at 67 TFLOP/s (H200, float32 without tensor cores) the product of
// 16384, 768, 256 has a floor of 96 us, its 67 MB one of 16 us. Target 70 % of the floor. This is the precision to compare with,
// not the fast one. Where few tiles have many k, these are cut up as in gemm_bf16.cu, but into more parts: 2432, 128, 30522 has a floor of
// 284 us, and some more for the 13 parts of a tile, which its last block adds (GemmPlan.wholeOrSplit).
//
// Layout: the pipeline of gemm_bf16.cu with 16 values of k a step and 3 places (48 KB for the large tile). A thread owns 8 x 8
// results and reads both factors in 16 bytes, four values of k for each of its rows or four rows for each k, as they lie in memory:
// 16 loads for 256 multiply-adds. Factors need no transposing copy. Results leave as whole rows, through shared memory.
#include "gemm/float_tile.cuh"
#include "gemm/kernels.cuh"

// 8 x 8 results a thread; 128 registers, so that 2 blocks share a multiprocessor
struct Large {
    static constexpr int HEIGHT = 128;
    static constexpr int WIDTH = 128;
    static constexpr int THREADS = 256;
    static constexpr int STAGES = 3;
    static constexpr int BLOCKS = 2;
    using Steps = RowSteps;
    template <class A, class B>
    using Tile = FloatTile<A, B, 2, THREADS>;
};

// 8 x 4 results a thread, for results with an extent of 64 or less, or too few large tiles
struct Small {
    static constexpr int HEIGHT = 64;
    static constexpr int WIDTH = 64;
    static constexpr int THREADS = 128;
    static constexpr int STAGES = 3;
    static constexpr int BLOCKS = 4;
    using Steps = RowSteps;
    template <class A, class B>
    using Tile = FloatTile<A, B, 2, THREADS>;
    template <class A, class B>
    using SummingTile = SummingFloatTile<A, B, 2, THREADS>;
};

GEMM_KERNELS(Large, float, 128_f32)
GEMM_KERNELS(Small, float, 64_f32)
// the large tile has no register left for sums of rows
GEMM_WEIGHT_GROUP(gemm_weight_group_64_f32, float, Small)
