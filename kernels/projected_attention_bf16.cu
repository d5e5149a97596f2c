// Attention of heads of width 64 over up to 128 tokens with the product before it: for query, key and value forward. bf16 values, float
// sums on tensor cores. Over B sequences of S tokens with A heads, H = 64 A, without the weight (6 H^2 bytes) and parameters:
//
//            FLOPs                    bytes
// forward    B S (6 H^2 + 4 S H)      B S (10 H + 4 A + 4)     x, qkv, context, log-sum-exp, mask
//
// Floors in us on an H200 (4.3 TB/s, 790 TFLOP/s) for 128 x 128 tokens, H = 256. Both are bounds; mma.sync reaches about six tenths of
// the floor of compute, so the target is 60 % of it.
//
//              compute   memory   memory of two launches
// forward      10.9      9.8      15.7
//
// Layout: a block has a head of a sequence. Every block of a sequence reads all of x, and every block of a head its rows of the weight:
// 84 MB for the above, which come from the second-level cache, blocks of one sequence being neighbours. Chunks of 64 of the sum are in
// two stages of 40 KB, queries, keys and values in their place afterwards: two blocks fit a multiprocessor from sm_80 on with 83 KB and
// up to 128 registers each, one of which multiplies while the other copies or is in its softmax. In the product a warp has 32 tokens
// and 96 outputs, in attention 16 queries.
#include "projected_attention/forward.cuh"

#define PROBABILITY_PARAMETERS \
    int length, int heads, float scale, const int *clock, int stream, int threshold, float dropout_scale
#define SHAPE \
    {length, heads, HEAD, true}
#define PROBABILITIES \
    {clock, stream, threshold, dropout_scale, static_cast<long long>(gridDim.x) * (length * length)}

extern "C" __global__ void __launch_bounds__(HEAD_THREADS, 2) projected_attention_forward_d64_bf16(
    const bf16* x, const bf16* weight, const float* bias, const int* mask, bf16* qkv, bf16* out, float* log_sum_exp,
    PROBABILITY_PARAMETERS) {
    projected_attention_forward(x, weight, bias, mask, qkv, out, log_sum_exp, SHAPE, scale, PROBABILITIES);
}
