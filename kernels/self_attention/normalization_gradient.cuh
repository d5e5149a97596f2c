// Back through the LayerNorm whose result was the input.
#pragma once

#include "layer_norm/backward.cuh"
#include "self_attention/block.cuh"

// What the LayerNorm's backward pass reads of the warp's rows besides the gradient of its result.
struct NormalizedRows {
    OwnPacks sums;
    float mean[TURNS];
    float rstd[TURNS];

    __device__ __forceinline__ NormalizedRows(const BackwardOperands<bf16>& o, long long first, int length)
        : sums(o.sum + first * 64, 64, length) {
#pragma unroll
        for (int t = 0; t < TURNS; t++) {
            float2 stats = make_float2(0, 0);
            if (own_row(t) < length) {
                stats = *reinterpret_cast<const float2*>(o.stats + 2 * (first + own_row(t)));
            }
            mean[t] = stats.x;
            rstd[t] = stats.y;
        }
    }
};

// The LayerNorm's backward pass of the warp's rows of its result's gradient.
__device__ __forceinline__ void normalization_gradient(
    Rows gradient, const NormalizedRows& rows, long long first, int length, const BackwardOperands<bf16>& o, const float* gamma,
    const Dropout& dropout, float (&d_gamma)[1][8], float (&d_beta)[1][8]) {
    long long row[TURNS];
    bool inside[TURNS];
    float g[TURNS][1][8] = {};
    float h[TURNS][1][8];
#pragma unroll
    for (int t = 0; t < TURNS; t++) {
        // rows past the last one are zeros, which add nothing to the column sums
        row[t] = first + own_row(t);
        inside[t] = own_row(t) < length;
        if (inside[t]) {
            unpack(gradient.pack(own_row(t), NormRow::column(0) / 8), g[t][0]);
        }
        unpack(rows.sums.turn[t], h[t][0]);
    }
    row_gradients<NormRow>(g, h, rows.mean, rows.rstd, row, inside, gamma, o, dropout, d_gamma, d_beta);
}
