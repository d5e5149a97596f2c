// Back through the LayerNorm whose result was the input.
#pragma once

#include "layer_norm/backward.cuh"
#include "self_attention/block.cuh"

// What the LayerNorm's backward pass reads of the warp's rows besides the gradient of its result.
struct NormalizedRows {
    OwnPacks sums;
    float2 stats[TURNS];

    __device__ __forceinline__ NormalizedRows(const BackwardOperands<bf16>& o, long long first, int length)
        : sums(o.sum + first * 64, 64, length) {
#pragma unroll
        for (int t = 0; t < TURNS; t++) {
            stats[t] = make_float2(0, 0);
            if (own_row(t) < length) {
                stats[t] = *reinterpret_cast<const float2*>(o.stats + 2 * (first + own_row(t)));
            }
        }
    }
};

// The LayerNorm's backward pass of the warp's rows of its result's gradient.
__device__ __forceinline__ void normalization_gradient(
    Rows gradient, const NormalizedRows& rows, long long first, int length, const BackwardOperands<bf16>& o, const float* gamma,
    const Dropout& dropout, float (&d_gamma)[1][8], float (&d_beta)[1][8]) {
#pragma unroll
    for (int t = 0; t < TURNS; t++) {
        // rows past the last one are zeros, which add nothing to the column sums
        bool inside = own_row(t) < length;
        float g[1][8] = {};
        float h[1][8];
        if (inside) {
            unpack(gradient.pack(own_row(t), NormRow::column(0) / 8), g[0]);
        }
        unpack(rows.sums.turn[t], h[0]);
        backward_row<NormRow>(
            g, h, rows.stats[t].x, rows.stats[t].y, first + own_row(t), inside, gamma, o, dropout, d_gamma, d_beta);
    }
}
