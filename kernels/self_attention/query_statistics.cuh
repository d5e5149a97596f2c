// What the attention's backward pass needs of a warp's queries besides their vectors.
#pragma once

#include "common/reduce.cuh"
#include "self_attention/block.cuh"

// On its way while the gradient of the context is computed.
struct QueryStatistics {
    OwnPacks contexts;
    float log_sums[TURNS];

    __device__ __forceinline__ QueryStatistics(const bf16* context, int stride, const float* log_sum_exp, int length) :
        contexts(context, stride, length) {
#pragma unroll
        for (int t = 0; t < TURNS; t++) {
            log_sums[t] = own_row(t) < length ? log_sum_exp[own_row(t)] : 0;
        }
    }

    // To shared memory, from the gradient of the context.
    __device__ __forceinline__ void store(Rows gradient, int length, float2* statistics) const {
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
};
