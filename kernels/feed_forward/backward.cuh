// From the first product of a feed-forward layer's backward pass to the second: times the slope of GELU.
#pragma once

#include "common/gelu.cuh"
#include "feed_forward/chunk.cuh"

template <int HEIGHT>
struct GeluBackward {
    // [rows, width]
    const bf16* pre_activation;
    bf16* d_pre_activation;
    // of the tile, and the end of all rows
    long long top;
    long long rows;
    int width;
    // index of this lane's first value
    long long first;
    // of this lane's columns, on its way during the first product
    uint4 x[Chunk::ROWS];

    __device__ __forceinline__ bool inside(int r) const { return top + Chunk::row(r) < rows; }

    __device__ __forceinline__ long long at(int r) const { return first + 8 * r * static_cast<long long>(width); }

    __device__ __forceinline__ void begin(int chunk) {
        first = (top + Chunk::row(0)) * width + chunk * Chunk::WIDTH + Chunk::column();
#pragma unroll
        for (int r = 0; r < Chunk::ROWS; r++) {
            x[r] = make_uint4(0, 0, 0, 0);
            if (inside(r)) {
                x[r] = *reinterpret_cast<const uint4*>(pre_activation + at(r));
            }
        }
    }

    __device__ __forceinline__ void finish(const float (&sum)[2][4][4], unsigned factor) const {
#pragma unroll
        for (int r = 0; r < Chunk::ROWS; r++) {
            unsigned pair[4] = {x[r].x, x[r].y, x[r].z, x[r].w};
            transpose(pair);
#pragma unroll
            for (int j = 0; j < 4; j++) {
                const float* d = sum[r / 2][j] + 2 * (r % 2);
                pair[j] = pair_of(d[0] * gelu_slope(low_half(pair[j])), d[1] * gelu_slope(high_half(pair[j])));
            }
            transpose(pair);
            Chunk::put<HEIGHT>(factor, r, pair, inside(r), d_pre_activation + at(r));
        }
    }
};
