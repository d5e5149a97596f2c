// Attention of heads of width 64 over up to 128 tokens with the product before it: for query, key and value forward, for the gradient of
// the context backward. bf16 values, float sums on tensor cores. Over B sequences of S tokens with A heads, H = 64 A, without the weights
// (6 H^2 and 2 H^2 bytes) and parameters:
//
//            FLOPs                     bytes
// forward    B S (6 H^2 + 4 S H)       B S (10 H + 4 A + 4)     x, qkv, context, log-sum-exp, mask
// backward   B S (2 H^2 + 10 S H)      B S (16 H + 4 A + 4)     dProduct, qkv, context, dQkv, log-sum-exp, mask
//
// Floors in us on an H200 (4.3 TB/s, 790 TFLOP/s) for 128 x 128 tokens, H = 256. mma.sync is taken to reach about six tenths of
// the floor of compute, so the target is 60 % of the larger.
//
//              compute   memory   memory of two launches
// forward      10.9      9.8      15.7
// backward     9.5       15.7     19.6
//
// Layout: a block has a head of a sequence. Every block of a sequence reads all of x or dProduct, and every block of a head its part of
// the weight: 84 MB for the above forward, 50 backward, which come from the second-level cache, blocks of one sequence being neighbours.
// 64 summands of the product at a time are in one of two stages of shared memory; what attention needs comes in their place afterwards:
// 81 KB forward, 97 KB backward. With up to 128 registers two blocks fit a multiprocessor of sm_90, forward of sm_80 as well, one of which
// multiplies while the other copies or is in its softmax. In the product forward a warp has 32 tokens and 96 outputs, everywhere else 16
// tokens.
#include "projected_attention/kernels.cuh"
#include "projected_attention/warp_backward.cuh"
#include "projected_attention/warp_products.cuh"

PROJECTED_ATTENTION(WarpForwardProduct, WarpBackward)
