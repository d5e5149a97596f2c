// The kernels of feed_forward.cu for the H100 and H200: width 256 with wgmma, the same otherwise. FLOPs, bytes and both floors are those
// of its table, but for partial sums of half as many blocks (8 H M/128 bytes).
//
// Layout: a block has 128 whole rows, two warpgroups 64 each, so that 16384 rows are 128 blocks, one wave. The input (64 KB) stays in
// shared memory; 64 intermediate values at a time go from the sums of the first product [64 x 64] through GELU or its slope to the second
// product [64 x 256] in registers, because sums lie as a factor does, two neighbouring products of 8 columns one of 16. Weights come by
// cp.async, 64 KB a chunk, a chunk ahead, to two places of 32 KB for each product's. 193 KB of shared memory and up to 247 registers: 128
// of the row sums, 32 of the first product, 16 of a factor.
//
// What overlaps: products run beside the threads that begin them. The sums of a chunk's first product are rounded (backward: times the
// slope, which is known by then) as soon as they are there, and the first product of the next chunk begins in the same registers. It goes
// on while the warpgroup begins copies and is at GELU; of every 16 columns that are through, the second product begins at once, and goes
// on while the next are at GELU (backward: all of it at once, and while the warpgroup is at the slopes of the next chunk). Both are waited
// for together (see wait_products()). One barrier a chunk, for the weights.
//
// Cycles of a multiprocessor for a chunk of 128 rows:
//
//     multiplying, of 4096 FLOP                           2048
//     shared memory, of 128 bytes: products read 192 KB
//     (128 the first, 64 the second), copies write 64,
//     lanes exchange 16 forward and backward              2176
//     issue of four instructions, in the machine code
//     of CUDA 13.0                                        2146 forward, 2150 backward
//     second-level cache                                  64 KB of weights
//
// None of them binds alone, so what matters is that they overlap: of the 1073 (1075) instructions of a chunk 395 (246) lie before the first
// part of the second product, 0.77 (0.48) of what the first product takes, and 1004 (333) before the last. Of the second-level cache a
// launch reads 143 MB, half of what tiles of 64 rows do. Target: 75 % of the floor.
#include "feed_forward/kernels.cuh"
#include "feed_forward/tile.cuh"
#include "feed_forward/warpgroup_tile.cuh"

FEED_FORWARD(64, FeedForwardTile)
FEED_FORWARD(256, WarpgroupFeedForwardTile)
