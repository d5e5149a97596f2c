// Products of linear layers with the layer normalisation after them (forward) or before them (backward) by one launch: what lies between
// the two is neither written nor read. bf16 factors, float sums on tensor cores. Over M rows of width N, with K summands:
//
//            FLOPs                  bytes
// forward    2 M N K +  9 M N       2 (M K + N K + 3 M N) + 8 M            factors, residual, sum, y, statistics
// backward   2 M N K + 15 M N       2 (M K + N K + 4 M N) + 8 M + 8 N M/64  factors, added, sum, dx, dResidual, partial sums
//
// Floors in us on an H200 (4.3 TB/s, 790 TFLOP/s) for 16384 rows of 256. All are bound by memory; the target is 75 % of it, as for
// products alone, because an epilogue that waits for operands is hidden by the other block of the multiprocessor at best.
//
//                              K       compute   memory   memory of two launches
//     attention output         256     2.7       7.9      11.8
//     back through QKV         768     8.2       13.9     17.8
//
// Back through the projection of embeddings, to the gradient of their sum: dropout lies behind the normalisation, and there is no residual.
//
//     backward, dropout        2 M N K + 15 M N       2 (M K + N K + 2 M N) + 8 M + 8 N M/64
//
//     16384 rows of 128, K = 256: 1.4 us compute, 4.0 memory, 5.9 of two launches; K = 64: 2.5 memory
//
// Forward with GELU between the two, of R rows that are looked up in a matrix: the masked-token head up to its output matrix. What the
// block has looked up is written, because the weight's gradient reads it, and so are the values before and after GELU.
//
//     forward, GELU            2 R N K + 29 R N       2 (2 R K + N K + 3 R N) + 12 R
//
//     2432 rows of 128, K = 64: 0.1 us compute, 0.6 memory, 0.8 of three launches: bound by the time of a launch
//
// The feed-forward part has one launch for both its products, feed_forward.cu.
//
// Layout: a block has 64 whole rows. At width 256 that is 4 warps of 64 x 64, as the large tile of gemm_bf16.cu has them, and 4 steps of
// 20 KB: 80 KB of shared memory, which two blocks of a multiprocessor of sm_80 or sm_90 have, and one of the smallest devices; 16384 rows
// are 256 blocks, one wave. At width 128 it is 4 warps of 32 x 64 and 48 KB, at width 64 4 of 32 x 32 and 32 KB. The sums, float, go
// through shared memory to warps that have whole rows, over their lanes as in layer_norm.cu; while four turns of rows are worked on, the
// operands of the next four are on their way. d_gamma and d_beta: the columns' sums over a block's rows are a partial sum each, without atomics.
#include "gemm_layer_norm/kernels.cuh"

GEMM_LAYER_NORM(64, RowTile<64>)
GEMM_LAYER_NORM(256, RowTile<256>)
