// The matrix products of gemm_bf16.cu for the H100 and H200: large tiles with wgmma, the same otherwise.
//
// FLOPs 2 m n k; bytes: the factors and the result once, where the factor that tiles share stays in the second-level cache. A step of the
// tile loop is 64 values of k. Of a tile of 128 x 128, 32 KB are written to shared memory and 48 KB read by products, 640 cycles of 128
// bytes, against 512 of multiplying, of 4096 FLOP: at most 0.8 of the 989 TFLOP/s of an H200's data sheet, the 790 below. Of a tile of 128 x
// 256 these are 1024 cycles against as many. The second-level cache hands a step's factors to each tile and has 5.5 to 7 TB/s by estimates,
// 23 to 29 bytes a cycle of each of 132 multiprocessors: 32 KB in 512 cycles of multiplying are 64, 48 KB in 1024 are 48. Floors in
// microseconds, at 790 TFLOP/s, 4.3 TB/s of memory and 6.5 of the cache:
//
//     m, n, k                          FLOP/B   compute   memory   cache, 128 x 128   cache, 128 x 256
//     16384, 768, 256 (small QKV)      190          8.2      7.9               15.5
//     32768, 3072, 768 (base FFN 1)    603        195.7     59.6              371.7              278.8
//     32768, 768, 3072 (base FFN 2)    603        195.7     59.6              371.7              278.8
//
// Target: 75 % of the longest floor.
//
// Layout: two warpgroups, each with half of the tile's rows; wgmma reads both factors from shared memory, in either order, so threads need
// registers for their sums and for copying only. Copies are not described as tensors (TMA), which JCuda cannot encode, and so work at any
// address.
//
// Large, 128 x 128: cp.async copies steps into 3 places (96 KB), two steps ahead, begun while the present step is multiplied. Two blocks
// share a multiprocessor: one multiplies while the other waits, starts or stores, long at the k of 256 that most products of preset small
// have.
//
// Wide, 128 x 256: one block has the multiprocessor, so that its start and its stores, 4 to 9 thousand cycles by estimates, are hidden only
// by what the cache does for others meanwhile; from 512 values of k on its share of the cache's time is longer. There are 4 places of 48
// KB, three of which copies fill while the fourth is multiplied: 144 KB on their way hide what lies between two steps. Groups of weight
// gradients have thousands of k. Of preset small, 12 layers of 786,432 weights and one of 65,536 at 16384 k: 311 GFLOP, 0.39 ms; 1.63 GB of
// factors and 76 MB of results, read and written, 0.40 ms; 290 wide tiles take 0.52 to 0.66 ms of the cache for 3.6 GB, 580 large ones
// would take 0.69 to 0.88 for 4.9 GB. For n up to 128 a wide tile reads what a large one would, which takes longer than its products, so
// that groups have wide tiles only. With the table of words and the projection of embeddings the launch moves 1.91 GB, 0.44 ms, and takes
// 4.1 GB of the cache, 0.63 ms at 6.5 TB/s (docs/results/2026-11-30-step-floors).
#include "gemm/kernels.cuh"
#include "gemm/small_bf16.cuh"
#include "gemm/warpgroup_tile.cuh"

// 2 warpgroups of 64 x 128; up to 127 registers
struct Large {
    static constexpr int HEIGHT = 128;
    static constexpr int WIDTH = 128;
    static constexpr int THREADS = 256;
    static constexpr int STAGES = 3;
    static constexpr int BLOCKS = 2;
    using Steps = PanelSteps;
    template <class A, class B>
    using Tile = WarpgroupTile<A, B>;
};

// 2 warpgroups of 64 x 256; up to 216 registers
struct Wide {
    static constexpr int HEIGHT = 128;
    static constexpr int WIDTH = 256;
    static constexpr int THREADS = 256;
    static constexpr int STAGES = 4;
    static constexpr int BLOCKS = 1;
    using Steps = PanelSteps;
    template <class A, class B>
    using Tile = WarpgroupTile<A, B>;
    template <class A, class B>
    using SummingTile = WarpgroupTile<A, B, true>;
};

GEMM_WHOLE_KERNELS(Wide, bf16, 128x256_bf16)
GEMM_KERNELS(Large, bf16, 128_bf16)
GEMM_KERNELS(Small, bf16, 64_bf16)
GEMM_WEIGHT_GROUP(gemm_weight_group_128x256_bf16, bf16, Wide)
GEMM_WEIGHT_GROUP(gemm_weight_group_64_bf16, bf16, Small)
