// The two kernels, for products of one kind each.
#pragma once

#include "projected_attention/backward.cuh"
#include "projected_attention/forward.cuh"

#define PROBABILITY_PARAMETERS \
    int length, int heads, float scale, const int *clock, int stream, int threshold, float dropout_scale
#define SHAPE \
    {length, heads, HEAD, true}
#define PROBABILITIES \
    {clock, stream, threshold, dropout_scale, static_cast<long long>(gridDim.x) * (length * length)}

#define PROJECTED_ATTENTION(FORWARD_PRODUCT, BACK)                                                                      \
    extern "C" __global__ void __launch_bounds__(SEQUENCE_THREADS, 2) projected_attention_forward_d64_bf16(             \
        const bf16* x, const bf16* weight, const float* bias, const int* mask, bf16* qkv, bf16* out,                    \
        float* log_sum_exp, PROBABILITY_PARAMETERS) {                                                                   \
        projected_attention_forward<FORWARD_PRODUCT>(                                                                   \
            x, weight, bias, mask, qkv, out, log_sum_exp, SHAPE, scale, PROBABILITIES);                                 \
    }                                                                                                                   \
                                                                                                                        \
    extern "C" __global__ void __launch_bounds__(SEQUENCE_THREADS, 2) projected_attention_backward_d64_bf16(            \
        const bf16* d_product, const bf16* output_weight, const bf16* qkv, const int* mask, const bf16* context,        \
        const float* log_sum_exp, bf16* d_qkv, PROBABILITY_PARAMETERS) {                                                \
        projected_attention_backward<BACK>(                                                                             \
            d_product, output_weight, qkv, mask, context, log_sum_exp, d_qkv, SHAPE, scale, PROBABILITIES);             \
    }
