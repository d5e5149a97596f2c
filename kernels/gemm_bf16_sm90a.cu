// The matrix products of gemm_bf16.cu for the H100 and H200: large tiles with wgmma, the same otherwise.
//
// FLOPs 2 m n k; bytes: the factors and the result once, where the factor that tiles share stays in the second-level cache. On an
// H200 (4.3 TB/s, 790 TFLOP/s):
//
//     m, n, k                          FLOP/B   floors in us: compute, memory   bound
//     16384, 768, 256 (small QKV)      190      8.2, 7.9                        both
//     16384, 3072, 768 (base FFN 1)    592      97.9, 30.4                      compute
//     16384, 1024, 4096 (large FFN 2)  780      174.0, 41.0                     compute
//
// A step of the tile loop is 64 values of k: 32 KB are written to shared memory and 48 KB read by products, 640 cycles of 128 bytes, against
// 512 of multiplying, of 4096 FLOP. That is at most 0.8 of the 989 TFLOP/s of the data sheet, the 790 above. Target: 75 % of the floor,
// whichever is the bound.
//
// Layout: two warpgroups, each with 64 x 128 results; wgmma reads both factors from shared memory, in either order, so threads need
// registers for 64 sums and for copying only. cp.async copies steps into 3 places (96 KB), two steps ahead, begun while the present step is
// multiplied. Two blocks share a multiprocessor: one multiplies while the other waits, starts or stores. A tile of 128 x 256 would take
// 1024 cycles of shared memory against as many of multiplying, but leave room for one block only, whose start and stores, long at the k of
// 256 to 1024 that most products have, nothing would hide. Copies are not described as tensors (TMA), which JCuda cannot encode, and so work at
// any address.
//
// Groups of weight gradients have thousands of k, and do have tiles of 128 x 256. Of preset small, 12 layers of 786,432 weights and one of
// 65,536 at 16384 k: 311 GFLOP, 0.39 ms; 1.63 GB of factors and 76 MB of results, read and written, 0.40 ms. The second-level cache, which
// hands a step's factors to each tile, is the third floor and, by estimates of 5.5 to 7 TB/s for it, the bound: 290 tiles of 128 x 256 take
// 0.52 to 0.66 ms for 3.6 GB; 580 of 128 x 128 would take 0.69 to 0.88 for 4.9 GB. For n up to 128 a tile of 256 reads what one of 128
// would, which takes longer than its products, so these have the same. There are 4 places of 48 KB, three of which copies fill while the
// fourth is multiplied: 144 KB on their way hide what lies between two steps.
#include "gemm/kernels.cuh"
#include "gemm/small_bf16.cuh"
#include "gemm/warpgroup_tile.cuh"

// 2 warpgroups of 64 x 128; up to 116 registers
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

// 2 warpgroups of 64 x 256; up to 217 registers
struct Wide {
    static constexpr int HEIGHT = 128;
    static constexpr int WIDTH = 256;
    static constexpr int THREADS = 256;
    static constexpr int STAGES = 4;
    static constexpr int BLOCKS = 1;
    using Steps = PanelSteps;
    template <class A, class B>
    using SummingTile = WarpgroupTile<A, B, true>;
};

GEMM_KERNELS(Large, bf16, 128_bf16)
GEMM_KERNELS(Small, bf16, 64_bf16)
GEMM_WEIGHT_GROUP(gemm_weight_group_128x256_bf16, bf16, Wide)
GEMM_WEIGHT_GROUP(gemm_weight_group_64_bf16, bf16, Small)
