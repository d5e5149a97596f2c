// The feed-forward part of a Transformer layer by one launch: both products, GELU between them, and the layer normalisation after them
// (forward) or before them (backward). bf16 factors, float sums on tensor cores. The intermediate values are the second product's factor
// out of shared memory; they are written, for the weight gradients, and not read. Over M rows of width H, with F intermediate values:
//
//            FLOPs                    bytes
// forward    4 M F H +  9 M H + gelu  2 (4 M H + 2 M F + 2 F H) + 8 M              x, residual, sum, y, both sides of GELU, weights
// backward   4 M F H + 15 M H + gelu' 2 (5 M H + 2 M F + 2 F H) + 8 M + 8 H M/64   dy, added, sum, dx, dResidual, one side and its gradient
//
// gelu and gelu' are about 20 for each of the M F values. Floors in us on an H200 (4.3 TB/s, 790 TFLOP/s) for 16384 rows:
//
//                            H, F        compute   memory   memory of two launches
//     forward                256, 1024   21.7      23.7     31.5
//     backward               256, 1024   21.7      25.8     33.6
//     forward                64, 256     1.4       5.9      7.9
//     backward               64, 256     1.4       6.4      8.4
//
// Both bounds are near each other at width 256; mma.sync is taken to reach about six tenths of the compute bound (gemm_bf16.cu),
// 36 us, which is the target there, and 75 % of the memory bound at width 64.
//
// Layout: a block has 64 whole rows of the input in shared memory and takes 64 intermediate values of each at a time: 4 warps multiply
// 32 x 32 of these each, apply GELU or its slope in registers, exchange the values among four lanes, so that each lane writes 16 bytes, and
// leave them as a tile of the second product, which has the warps of gemm_layer_norm.cu and adds up in the same order. Weights come by
// cp.async in turns of 16 KB, 8 KB at width 64, a turn or two ahead. 72 KB of shared memory at width 256 (input 32, intermediate 8, weights
// 32), 40 KB at width 64; two and three blocks a multiprocessor of sm_80 or sm_90, of which one multiplies while another is at GELU. What a
// block reads of the second-level cache is its input and all the weights: 277 MB at width 256, where the tiles of two launches read 302 MB
// of their factors. What follows the second product is as in gemm_layer_norm.cu.
#include "feed_forward/kernels.cuh"
#include "feed_forward/tile.cuh"

FEED_FORWARD(64, FeedForwardTile)
FEED_FORWARD(256, FeedForwardTile)
