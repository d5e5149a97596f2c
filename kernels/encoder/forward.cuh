// Tasks of the forward pass, each for the sequence of this block.
#pragma once

#include "encoder/task.cuh"
#include "feed_forward/forward.cuh"
#include "feed_forward/tile.cuh"
#include "gemm_layer_norm/forward.cuh"

__device__ __forceinline__ void run(const SelfAttentionForwardArguments& a) {
    long long tokens = static_cast<long long>(gridDim.x) * a.length;
    self_attention_forward(
        a.tensors, {a.gamma, a.beta, a.epsilon, a.stats, tokens}, a.length, a.scale,
        {a.probabilities.clock, a.probabilities.stream, a.probabilities.threshold, a.probabilities.scale, tokens * a.length},
        {a.dropout.clock, a.dropout.stream, a.dropout.threshold, a.dropout.scale, tokens * 64});
}

__device__ __forceinline__ void run(const FeedForwardArguments& a, const Tokens& tokens) {
    GeluForward<SEQUENCE> between = {a.inner_bias, a.pre_activation, a.activation, tokens.first, tokens.end, a.intermediate};
    FeedForwardTile<64, true, SEQUENCE>::multiply(
        tokens.first, a.x, a.inner, a.outer, static_cast<int>(tokens.end), a.intermediate, between);
    normalize_sums<64, SEQUENCE>(
        tokens.first, a.outer_bias, a.dropout.read(a.rows * 64), a.residual, {a.gamma, a.beta, a.epsilon, a.stats, tokens.end},
        a.sum, a.y);
}
