// From the first product of a feed-forward layer to the second: bias and GELU, of which both sides are kept for the backward pass.
#pragma once

#include "common/gelu.cuh"
#include "feed_forward/chunk.cuh"

template <int HEIGHT>
struct GeluForward {
    // [width] at any address, or null
    const float* bias;
    // [rows, width]
    bf16* pre_activation;
    bf16* activation;
    // of the tile, and the end of all rows
    long long top;
    long long rows;
    int width;
    // index of this lane's first value
    long long first;
    float column_bias[4][2];

    __device__ __forceinline__ void begin(int chunk) {
        first = (top + Chunk::row(0)) * width + chunk * Chunk::WIDTH + Chunk::column();
#pragma unroll
        for (int j = 0; j < 4; j++) {
#pragma unroll
            for (int v = 0; v < 2; v++) {
                int column = chunk * Chunk::WIDTH + Chunk::warp_column() + 8 * j + 2 * (threadIdx.x & 3) + v;
                column_bias[j][v] = bias == nullptr ? 0.0f : bias[column];
            }
        }
    }

    __device__ __forceinline__ void finish(const float (&sum)[2][4][4], unsigned factor) const {
#pragma unroll
        for (int r = 0; r < Chunk::ROWS; r++) {
            unsigned before[4];
            unsigned after[4];
#pragma unroll
            for (int j = 0; j < 4; j++) {
                const float* x = sum[r / 2][j] + 2 * (r % 2);
                before[j] = pair_of(x[0] + column_bias[j][0], x[1] + column_bias[j][1]);
                // of what the backward pass will read
                after[j] = pair_of(gelu(low_half(before[j])), gelu(high_half(before[j])));
            }
            transpose(before);
            transpose(after);
            long long i = first + 8 * r * static_cast<long long>(width);
            bool inside = top + Chunk::row(r) < rows;
            Chunk::put<HEIGHT>(factor, r, after, inside, activation + i);
            store_whole_if(inside, pre_activation + i, make_uint4(before[0], before[1], before[2], before[3]));
        }
    }
};
