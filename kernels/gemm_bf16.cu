// Matrix products of linear layers on tensor cores: bf16 factors, float sums (mma.m16n8k16).
//
// FLOPs 2 m n k; bytes: the factors and the result once, where the factor that tiles share stays in the second-level cache. On an
// H200 (4.3 TB/s, 790 TFLOP/s):
//
//     m, n, k                          FLOP/B   floors in us: compute, memory   bound
//     16384, 768, 256 (QKV)            190      8.2, 7.9                        both
//     16384, 1024, 256 (FFN 1 + GELU)  113      10.9, 17.7                      memory
//     2432, 30522, 128 (MLM logits)    121      24.1, 36.5                      memory
//     2432, 128, 30522 (from those)    121      24.1, 36.5                      memory
//
// mma.sync is taken to reach about six tenths of what the H200's own wgmma does, so the target is 60 % of the floor where compute
// is the bound and 75 % where memory is; gemm_bf16_sm90a.cu is the way to more.
//
// The last has 19 large tiles, for 132 multiprocessors: it is cut along k into 6 parts of each, 114 blocks that are there at a time
// (gemm/parts.cuh). Their 7.5 MB are written and read once, through the second-level cache. The block of a tile that is done last reads
// the 0.39 MB of its parts alone, which comes on top of the floor; GemmPlan.wholeOrSplit has the estimate and why there are no more parts.
//
// Layout: a block's step is 32 values of k of both factors, copied by cp.async into one of 4 places in shared memory (64 KB for the
// large tile), three steps ahead. A warp of the large tile owns 64 x 64 results: 4 KB of shared memory for each 64 x 64 x 16
// products, 32 cycles of reading against 51 or more of multiplying, where 64 x 32 would need as many cycles for both. 128 sums a
// thread leave room for 2 blocks of 128 threads a multiprocessor, one of which multiplies while the other stores. Factors come in
// either order: ldmatrix transposes those whose rows run along the extent. Results leave as whole rows, through shared memory.
#include "gemm/kernels.cuh"
#include "gemm/small_bf16.cuh"
#include "gemm/tensor_core_tile.cuh"

// 4 warps of 64 x 64; up to 234 registers
struct Large {
    static constexpr int HEIGHT = 128;
    static constexpr int WIDTH = 128;
    static constexpr int THREADS = 128;
    static constexpr int STAGES = 4;
    static constexpr int BLOCKS = 2;
    using Steps = RowSteps;
    template <class A, class B>
    using Tile = TensorCoreTile<A, B, 2, 2>;
    template <class A, class B>
    using SummingTile = TensorCoreTile<A, B, 2, 2, true>;
};

GEMM_KERNELS(Large, bf16, 128_bf16)
GEMM_KERNELS(Small, bf16, 64_bf16)
GEMM_WEIGHT_GROUP(gemm_weight_group_128_bf16, bf16, Large)
GEMM_WEIGHT_GROUP(gemm_weight_group_64_bf16, bf16, Small)
