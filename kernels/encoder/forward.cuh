// Tasks of the forward pass, each for the sequence of this block.
#pragma once

#include "encoder/fetch.cuh"
#include "feed_forward/forward.cuh"
#include "feed_forward/tile.cuh"
#include "gemm_layer_norm/forward.cuh"

// A task reads its weights; everything else a block has just written.
__device__ __forceinline__ void fetch_forward(const Task& task) {
    if (task.kind == 0) {
        const auto& a = task.as<SelfAttentionForwardArguments>();
        fetch_weight(a.tensors.weight, 3 * 64 * 64);
        fetch_weight(a.tensors.output_weight, 64 * 64);
    } else {
        const auto& a = task.as<FeedForwardArguments>();
        fetch_weight(a.inner, 64 * a.intermediate);
        fetch_weight(a.outer, 64 * a.intermediate);
    }
}

template <class Meanwhile>
__device__ __forceinline__ void run(const SelfAttentionForwardArguments& a, const Meanwhile& meanwhile) {
    long long tokens = static_cast<long long>(gridDim.x) * a.length;
    self_attention_forward(
        a.tensors, {a.gamma, a.beta, a.epsilon, a.stats, tokens}, a.length, a.scale,
        {a.probabilities.clock, a.probabilities.stream, a.probabilities.threshold, a.probabilities.scale, tokens * a.length},
        {a.dropout.clock, a.dropout.stream, a.dropout.threshold, a.dropout.scale, tokens * 64}, meanwhile);
}

template <class Meanwhile>
__device__ __forceinline__ void run(const FeedForwardArguments& a, const Tokens& tokens, const Meanwhile& meanwhile) {
    GeluForward<SEQUENCE> between = {a.inner_bias, a.pre_activation, a.activation, tokens.first, tokens.end, a.intermediate};
    FeedForwardTile<64, true, SEQUENCE>::multiply(
        tokens.first, a.x, a.inner, a.outer, static_cast<int>(tokens.end), a.intermediate, between, meanwhile);
    normalize_sums<64, SEQUENCE>(
        tokens.first, a.outer_bias, a.dropout.read(a.rows * 64), a.residual, {a.gamma, a.beta, a.epsilon, a.stats, tokens.end},
        a.sum, a.y);
}
