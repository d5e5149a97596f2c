// From the first product of a feed-forward layer's backward pass to the second, in registers: times the slope of GELU.
#pragma once

#include "common/gelu.cuh"
#include "feed_forward/warpgroup_chunk.cuh"

struct WarpgroupGeluBackward {
    static constexpr int PARTS = WarpgroupChunk::PARTS;

    // [rows, width]
    const bf16* pre_activation;
    bf16* d_pre_activation;
    WarpgroupChunk place;
    // this lane's columns of pre_activation
    uint4 x[PARTS];
    // of GELU, as the sums lie
    float slope[2][4][4];
    unsigned gradient[PARTS][4];

    __device__ __forceinline__ WarpgroupGeluBackward(
        const bf16* pre_activation_, bf16* d_pre_activation_, long long top, long long rows, int width)
        : pre_activation(pre_activation_), d_pre_activation(d_pre_activation_), place(top, rows, width) {}

    __device__ __forceinline__ void load(int chunk) {
#pragma unroll
        for (int p = 0; p < PARTS; p++) {
            x[p] = make_uint4(0, 0, 0, 0);
            if (place.inside(p)) {
                x[p] = *reinterpret_cast<const uint4*>(pre_activation + place.at(chunk, p));
            }
        }
    }

    __device__ __forceinline__ void prepare(int) {
#pragma unroll
        for (int p = 0; p < PARTS; p++) {
            unsigned pair[4] = {x[p].x, x[p].y, x[p].z, x[p].w};
            transpose(pair);
#pragma unroll
            for (int j = 0; j < 4; j++) {
                float* s = slope[p / 2][j] + 2 * (p % 2);
                s[0] = gelu_slope(low_half(pair[j]));
                s[1] = gelu_slope(high_half(pair[j]));
                // here, beside products that go on, and not where they are needed
                asm volatile("" : "+f"(s[0]), "+f"(s[1]));
            }
        }
    }

    __device__ __forceinline__ void take(const float (&sum)[2][4][4]) {
#pragma unroll
        for (int p = 0; p < PARTS; p++) {
#pragma unroll
            for (int j = 0; j < 4; j++) {
                const float* d = sum[p / 2][j] + 2 * (p % 2);
                const float* s = slope[p / 2][j] + 2 * (p % 2);
                gradient[p][j] = pair_of(d[0] * s[0], d[1] * s[1]);
            }
        }
    }

    __device__ __forceinline__ void put(unsigned (&factor)[4][4]) const {
#pragma unroll
        for (int p = 0; p < PARTS; p++) {
            WarpgroupChunk::put(factor, p, gradient[p]);
        }
    }

    __device__ __forceinline__ void store(int chunk, const unsigned (&)[4][4]) {
#pragma unroll
        for (int p = 0; p < PARTS; p++) {
            transpose(gradient[p]);
            if (place.inside(p)) {
                store_whole(d_pre_activation + place.at(chunk, p),
                            make_uint4(gradient[p][0], gradient[p][1], gradient[p][2], gradient[p][3]));
            }
        }
    }
};
