// The self-attention part of a Transformer layer by one launch each way, for width 64 = one head of 64 and up to 128 tokens: the product
// for query, key and value, attention, and the output product with dropout, residual and LayerNorm; back from that product's gradient to
// the input's, and through the LayerNorm before it where there is one. bf16 values, float sums on tensor cores. Over B sequences of S
// tokens, without the weights (32 KB) and parameters:
//
//            FLOPs                    bytes
// forward    B S (32,768 + 256 S)     912 B S              x, qkv, context, sum, y, statistics, mask
// backward   B S (32,768 + 640 S)     1288 B S             dProduct, qkv, context, statistics, mask, dQkv, added, dx
// LayerNorm                           1552 B S + 512 B     the same, sum, its statistics, dResidual, partial sums
//
// Floors in us on an H200 (4.3 TB/s, 790 TFLOP/s) for 128 x 128 tokens. All are bound by memory; the target is half of it, because the
// products of a block wait for each other, and there is one block for each multiprocessor.
//
//              compute   memory   memory of three launches
// forward      1.4       3.5      5.9
// backward     2.4       4.9      7.3
// LayerNorm    2.4       5.9      8.4
//
// Layout: a block has one sequence, a warp 16 of its tokens: as queries forward; as keys, then as queries backward. 128 sequences are one
// block for each of 132 multiprocessors. The weights and the sequence's tiles are in shared memory, backward two of them in the place of
// what is not read any more: 98 KB, where the smallest devices from sm_80 on have 99; two blocks fit sm_90 forward, with up to 128
// registers, and one backward, with up to 162. A warp's own rows go from product to product without waiting for other warps; those wait
// for keys and values forward, for the gradients of context and scores backward.
#include "self_attention/backward.cuh"
#include "self_attention/forward.cuh"

#define PROBABILITY_PARAMETERS \
    int length, float score_scale, const int *probability_clock, int probability_stream, int probability_threshold, float probability_scale

#define BACKWARD_PARAMETERS                                                                                            \
    const bf16 *d_product, const bf16 *output_weight, const bf16 *qkv, const int *mask, const bf16 *context,           \
        const float *log_sum_exp, const bf16 *weight, bf16 *d_qkv, const bf16 *added
#define BACKWARD_OPERANDS \
    {d_product, output_weight, qkv, mask, context, log_sum_exp, weight, d_qkv}

// All tokens, and dropout as the parameters say.
#define TOKENS (static_cast<long long>(gridDim.x) * length)
#define PROBABILITIES \
    {probability_clock, probability_stream, probability_threshold, probability_scale, TOKENS * length}
#define DROPOUT \
    {clock, stream, threshold, scale, TOKENS * 64}

extern "C" __global__ void __launch_bounds__(SEQUENCE_THREADS, 2) self_attention_forward_d64_bf16(
    const bf16* x, const bf16* weight, const float* bias, const bf16* output_weight, const float* output_bias, const int* mask,
    bf16* qkv, bf16* context, float* log_sum_exp, bf16* sum, bf16* y, float* stats, const float* gamma, const float* beta,
    float epsilon, PROBABILITY_PARAMETERS, DROPOUT_PARAMETERS) {
    self_attention_forward(
        {x, weight, bias, output_weight, output_bias, mask, qkv, context, log_sum_exp, sum, y},
        {gamma, beta, epsilon, stats, TOKENS}, length, score_scale, PROBABILITIES, DROPOUT);
}

extern "C" __global__ void __launch_bounds__(SEQUENCE_THREADS, 1) self_attention_backward_d64_bf16(
    BACKWARD_PARAMETERS, bf16* dx, PROBABILITY_PARAMETERS) {
    self_attention_backward<false>(
        BACKWARD_OPERANDS, {added, nullptr, nullptr, nullptr, TOKENS, dx, nullptr}, length, score_scale, PROBABILITIES, {}, nullptr);
}

extern "C" __global__ void __launch_bounds__(SEQUENCE_THREADS, 1) self_attention_backward_layer_norm_d64_bf16(
    BACKWARD_PARAMETERS, bf16* dx, PROBABILITY_PARAMETERS, const bf16* sum, const float* stats, const float* gamma,
    DROPOUT_PARAMETERS, bf16* d_residual, float* partials) {
    self_attention_backward<true>(
        BACKWARD_OPERANDS, {added, sum, stats, gamma, TOKENS, dx, d_residual}, length, score_scale, PROBABILITIES, DROPOUT, partials);
}
