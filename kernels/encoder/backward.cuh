// Tasks of the backward pass, each for the sequence of this block.
#pragma once

#include "encoder/fetch.cuh"
#include "feed_forward/backward.cuh"
#include "feed_forward/tile.cuh"
#include "gemm_layer_norm/backward.cuh"

// A task's weights, and what the forward pass left for it: too far back to be in the second-level cache still. Kind 3 is a chain's first
// task only.
__device__ __forceinline__ void fetch_backward(const Task& task, const Tokens& tokens) {
    if (task.kind < 2) {
        const auto& a = task.as<SelfAttentionBackwardArguments>();
        fetch_weight(a.tensors.output_weight, 64 * 64);
        fetch_weight(a.tensors.weight, 3 * 64 * 64);
        fetch_rows(a.tensors.qkv, 3 * 64, tokens);
        fetch_rows(a.tensors.context, 64, tokens);
        fetch_rows(a.tensors.log_sum_exp, 1, tokens);
        if (task.kind == 1) {
            fetch_rows(a.sum, 64, tokens);
            fetch_rows(a.stats, 2, tokens);
        }
    } else if (task.kind == 2) {
        const auto& a = task.as<FeedForwardBackwardArguments>();
        fetch_weight(a.outer, 64 * a.intermediate);
        fetch_weight(a.inner, 64 * a.intermediate);
        fetch_rows(a.pre_activation, a.intermediate, tokens);
        fetch_rows(a.sum, 64, tokens);
        fetch_rows(a.stats, 2, tokens);
    }
}

template <bool NORM, class Meanwhile>
__device__ __forceinline__ void run(const SelfAttentionBackwardArguments& a, const Meanwhile& meanwhile) {
    long long tokens = static_cast<long long>(gridDim.x) * a.length;
    ProbabilityDropout probabilities = {
        a.probabilities.clock, a.probabilities.stream, a.probabilities.threshold, a.probabilities.scale, tokens * a.length};
    if constexpr (NORM) {
        self_attention_backward<true>(
            a.tensors, {a.added, a.sum, a.stats, a.gamma, tokens, a.dx, a.d_residual}, a.length, a.scale, probabilities,
            {a.dropout.clock, a.dropout.stream, a.dropout.threshold, a.dropout.scale, tokens * 64}, a.partials, meanwhile);
    } else {
        self_attention_backward<false>(
            a.tensors, {a.added, nullptr, nullptr, nullptr, tokens, a.dx, nullptr}, a.length, a.scale, probabilities, {}, nullptr,
            meanwhile);
    }
}

template <class Meanwhile>
__device__ __forceinline__ void run(
    const FeedForwardBackwardArguments& a, const Tokens& tokens, int parts, const Meanwhile& meanwhile) {
    GeluBackward<SEQUENCE> between = {a.pre_activation, a.d_pre_activation, tokens.first, tokens.end, a.intermediate};
    FeedForwardTile<64, false, SEQUENCE>::multiply(
        tokens.first, a.dy, a.outer, a.inner, static_cast<int>(tokens.end), a.intermediate, between, meanwhile);
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
