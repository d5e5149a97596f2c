// From the first product of a feed-forward layer to the second, in registers: bias and GELU, of which both sides are kept for the
// backward pass.
#pragma once

#include "common/gelu.cuh"
#include "feed_forward/warpgroup_chunk.cuh"

struct WarpgroupGeluForward {
    static constexpr int PARTS = WarpgroupChunk::PARTS;

    // [width] at any address, or null
    const float* bias;
    // [rows, width]
    bf16* pre_activation;
    bf16* activation;
    WarpgroupChunk place;
    float column_bias[2][4][2];
    unsigned before[PARTS][4];

    __device__ __forceinline__ WarpgroupGeluForward(
        const float* bias_, bf16* pre_activation_, bf16* activation_, long long top, long long rows, int width)
        : bias(bias_), pre_activation(pre_activation_), activation(activation_), place(top, rows, width), column_bias{} {}

    __device__ __forceinline__ void load(int) {}

    __device__ __forceinline__ void prepare(int chunk) {
        if (bias != nullptr) {
#pragma unroll
            for (int i = 0; i < 16; i++) {
                int column = chunk * WarpgroupChunk::WIDTH + i / 2 * 8 + 2 * (threadIdx.x & 3) + i % 2;
                column_bias[i / 8][i / 2 % 4][i % 2] = bias[column];
            }
        }
    }

    __device__ __forceinline__ void take(const float (&sum)[2][4][4]) {
#pragma unroll
        for (int p = 0; p < PARTS; p++) {
#pragma unroll
            for (int j = 0; j < 4; j++) {
                const float* x = sum[p / 2][j] + 2 * (p % 2);
                const float* b = column_bias[p / 2][j];
                before[p][j] = pair_of(x[0] + b[0], x[1] + b[1]);
            }
        }
    }

    __device__ __forceinline__ void put(unsigned (&factor)[4][4]) const {
#pragma unroll
        for (int p = 0; p < PARTS; p++) {
            unsigned after[4];
#pragma unroll
            for (int j = 0; j < 4; j++) {
                // of what the backward pass will read
                after[j] = pair_of(gelu(low_half(before[p][j])), gelu(high_half(before[p][j])));
            }
            WarpgroupChunk::put(factor, p, after);
        }
    }

    __device__ __forceinline__ void store(int chunk, const unsigned (&factor)[4][4]) {
#pragma unroll
        for (int p = 0; p < PARTS; p++) {
            unsigned after[4];
            WarpgroupChunk::get(factor, p, after);
            transpose(before[p]);
            transpose(after);
            if (place.inside(p)) {
                long long i = place.at(chunk, p);
                store_whole(activation + i, make_uint4(after[0], after[1], after[2], after[3]));
                store_whole(pre_activation + i, make_uint4(before[p][0], before[p][1], before[p][2], before[p][3]));
            }
        }
    }
};
