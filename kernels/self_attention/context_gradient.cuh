// Back through the output product, and what the attention's backward pass needs of each query besides.
#pragma once

#include "common/reduce.cuh"
#include "self_attention/block.cuh"

// The gradient of the context, in place of that of the product, and what add_chunk needs of the warp's queries.
__device__ __forceinline__ void context_gradient(
    Rows gradient, Rows output_weight, const bf16* context, const float* log_sum_exp, int length, float2* statistics) {
    OwnPacks contexts(context, length);
    float log_sums[TURNS];
#pragma unroll
    for (int t = 0; t < TURNS; t++) {
        log_sums[t] = own_row(t) < length ? log_sum_exp[own_row(t)] : 0;
    }
    float c[1][8][4];
    clear(c);
#pragma unroll
    for (int step = 0; step < 4; step++) {
        unsigned a[1][4];
        gradient.rows(a[0], own_row(), step);
        multiply_columns(c, a, output_weight, 16 * step);
    }
    __syncwarp();
    store_rounded(gradient, c);
    __syncwarp();
#pragma unroll
    for (int t = 0; t < TURNS; t++) {
        float x[8];
        float y[8];
        unpack(contexts.turn[t], x);
        unpack(gradient.pack(own_row(t), NormRow::column(0) / 8), y);
        float sum = 0;
#pragma unroll
        for (int j = 0; j < 8; j++) {
            sum += x[j] * y[j];
        }
        sum = warp_sum<NormRow::LANES>(sum);
        if (NormRow::column(0) == 0) {
            statistics[own_row(t)] = make_float2(log_sums[t] * LOG2_E, own_row(t) < length ? sum : 0);
        }
    }
}
