// The self-attention sublayer of a Transformer layer by one launch each way, for width 64 = one head of 64 and up to 128 tokens: the
// product for query, key and value, attention, and the output product with dropout, residual and LayerNorm. bf16 values, float sums on
// tensor cores. Over B sequences of S tokens:
//
//            FLOPs                  bytes
// forward    B S (32,768 + 256 S)   B S (912)    x, qkv, context, sum, y, statistics, mask
//
// Floors in us on an H200 (4.3 TB/s, 790 TFLOP/s) for 128 x 128 tokens. All are bound by memory; the target is 50 % of it, because a
// block's products wait for each other.
//
//            compute   memory   memory of three launches
// forward    1.4       3.5      5.9
//
// Layout: a block has one sequence, a warp 16 of its tokens; 128 sequences are one block for each of 132 multiprocessors. All weights
// (32 KB) and the sequence's tiles are in shared memory. A warp's own rows go from product to product without waiting for others, but
// for the keys and values, which all warps need. 98 KB of shared memory: also the smallest devices from sm_80 on have 99.
#include "self_attention/forward.cuh"

extern "C" __global__ void __launch_bounds__(SEQUENCE_THREADS, 2) self_attention_forward_d64_bf16(
    const bf16* x,
    const bf16* weight,
    const float* bias,
    const bf16* output_weight,
    const float* output_bias,
    const int* mask,
    bf16* qkv,
    bf16* context,
    float* log_sum_exp,
    bf16* sum,
    bf16* y,
    float* stats,
    const float* gamma,
    const float* beta,
    float epsilon,
    int length,
    float scale,
    const int* probability_clock,
    int probability_stream,
    int probability_threshold,
    float probability_scale,
    const int* clock,
    int stream,
    int threshold,
    float dropout_scale) {
    long long rows = static_cast<long long>(gridDim.x) * length;
    ProbabilityDropout probabilities = {
        probability_clock, probability_stream, probability_threshold, probability_scale, rows * length};
    ValueDropout dropout = {clock, stream, threshold, dropout_scale, rows * 64};
    SelfAttentionForward operands = {
        x, weight, bias, output_weight, output_bias, mask, qkv, context, log_sum_exp, sum, y};
    self_attention_forward(operands, {gamma, beta, epsilon, stats, rows}, length, scale, probabilities, dropout);
}
