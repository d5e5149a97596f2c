// From the first product of a feed-forward layer's backward pass to the second, in registers: times the slope of GELU.
#pragma once

#include "common/gelu.cuh"
#include "feed_forward/warpgroup_chunk.cuh"

struct WarpgroupGeluBackward {
    static constexpr int QUARTERS = WarpgroupChunk::QUARTERS;

    // [rows, width]
    const bf16* pre_activation;
    bf16* d_pre_activation;
    WarpgroupChunk place;
    unsigned x[QUARTERS][4];
    // of GELU, two for each word
    float slope[QUARTERS][4][2];
    unsigned gradient[QUARTERS][4];

    __device__ __forceinline__ WarpgroupGeluBackward(
        const bf16* pre_activation_, bf16* d_pre_activation_, long long top, long long rows, int width)
        : pre_activation(pre_activation_), d_pre_activation(d_pre_activation_), place(top, rows, width) {}

    __device__ __forceinline__ void copy(int) const {}

    __device__ __forceinline__ void load(int chunk) {
#pragma unroll
        for (int q = 0; q < QUARTERS; q++) {
            place.load(pre_activation, chunk, q, x[q]);
        }
    }

    __device__ __forceinline__ void prepare(int) {
#pragma unroll
        for (int q = 0; q < QUARTERS; q++) {
            // a branch as in the forward pass: the assembler would leave all of this until products have ended
            if (place.occupied) {
                WarpgroupChunk::swap(x[q]);
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    slope[q][i][0] = gelu_slope(low_half(x[q][i]));
                    slope[q][i][1] = gelu_slope(high_half(x[q][i]));
                }
            } else {
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    slope[q][i][0] = slope[q][i][1] = 0.0f;
                }
            }
        }
    }

    __device__ __forceinline__ void take(int, const float (&sum)[8][4]) {
#pragma unroll
        for (int q = 0; q < QUARTERS; q++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                const float* d = WarpgroupChunk::of(sum, q, i);
                gradient[q][i] = pair_of(d[0] * slope[q][i][0], d[1] * slope[q][i][1]);
            }
        }
    }

    __device__ __forceinline__ void put(int chunk, int q, unsigned (&factor)[4]) {
#pragma unroll
        for (int i = 0; i < 4; i++) {
            factor[i] = gradient[q][i];
        }
        place.store(d_pre_activation, chunk, q, gradient[q]);
    }
};
