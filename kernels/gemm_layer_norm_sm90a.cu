// The kernels of gemm_layer_norm.cu for the H100 and H200: width 256 with wgmma, the same otherwise. FLOPs, bytes and both floors are those
// of its table, but for partial sums of half as many blocks (8 N M/128 bytes).
//
// Layout: a block has 128 whole rows, two warpgroups 64 x 256 each, so that 16384 rows are 128 blocks, one wave, and 4 steps of 64 summands,
// 48 KB each: 192 KB of shared memory, one block a multiprocessor. What binds tiles of 64 rows is the second-level cache, which hands
// all weights to each of them: at 5.5 to 7 TB/s, by estimates,
//
//                              K       tiles of 64 rows   of 128
//     attention output         256     34 MB + 34 MB      34 + 17
//     back through QKV         768     59 MB + 101 MB     59 + 50
//
// (operands and results, and weights) are a floor of 10 to 12 and 7 to 9 us, of 23 to 29 and 16 to 20 us. Products run beside the threads that
// copy; the rows' end, behind the product, nothing hides. Target: 75 % of that floor.
#include "gemm_layer_norm/kernels.cuh"
#include "gemm_layer_norm/warpgroup_row_tile.cuh"

GEMM_LAYER_NORM(64, RowTile<64>)
GEMM_LAYER_NORM(256, WarpgroupRowTile<256>)
