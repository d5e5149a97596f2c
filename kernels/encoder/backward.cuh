// Tasks of the backward pass, each for the sequence of this block.
#pragma once

#include "encoder/task.cuh"
#include "feed_forward/backward.cuh"
#include "feed_forward/tile.cuh"
#include "gemm_layer_norm/backward.cuh"

template <bool NORM>
__device__ __forceinline__ void run(const SelfAttentionBackwardArguments& a) {
    long long tokens = static_cast<long long>(gridDim.x) * a.length;
    ProbabilityDropout probabilities = {
        a.probabilities.clock, a.probabilities.stream, a.probabilities.threshold, a.probabilities.scale, tokens * a.length};
    if constexpr (NORM) {
        self_attention_backward<true>(
            a.tensors, {a.added, a.sum, a.stats, a.gamma, tokens, a.dx, a.d_residual}, a.length, a.scale, probabilities,
            {a.dropout.clock, a.dropout.stream, a.dropout.threshold, a.dropout.scale, tokens * 64}, a.partials);
    } else {
        self_attention_backward<false>(
            a.tensors, {a.added, nullptr, nullptr, nullptr, tokens, a.dx, nullptr}, a.length, a.scale, probabilities, {}, nullptr);
    }
}

__device__ __forceinline__ void run(const FeedForwardBackwardArguments& a, const Tokens& tokens, int parts) {
    GeluBackward<SEQUENCE> between = {a.pre_activation, a.d_pre_activation, tokens.first, tokens.end, a.intermediate};
    FeedForwardTile<64, false, SEQUENCE>::multiply(
        tokens.first, a.dy, a.outer, a.inner, static_cast<int>(tokens.end), a.intermediate, between);
    normalize_sums_backward<64, SEQUENCE>(
        tokens.first, {a.added, a.sum, a.stats, a.gamma, tokens.end, a.dx, a.d_residual}, a.dropout.read(a.rows * 64), a.partials);
    clear_parts(a.partials, parts);
}

__device__ __forceinline__ void run(const LayerNormBackwardArguments& a, const Tokens& tokens, int parts) {
    float* gamma = reinterpret_cast<float*>(shared);
    int warp = static_cast<int>(threadIdx.x) / 32;
    backward_rows<bf16, 64, SEQUENCE_THREADS>(
        {a.dy, a.sum, a.stats, a.gamma, tokens.end, a.dx, a.d_residual}, tokens.first + warp * NormRow::ROWS,
        SEQUENCE_THREADS / 32 * NormRow::ROWS, a.dropout.read(a.rows * 64), gamma, gamma + 64, a.partials);
    clear_parts(a.partials, parts);
}
