// From the first product of a feed-forward layer to the second, in registers: bias and GELU, of which both sides are kept for the
// backward pass.
#pragma once

#include "common/gelu.cuh"
#include "feed_forward/warpgroup_chunk.cuh"
#include "gemm/product.cuh"

struct WarpgroupGeluForward {
    static constexpr int QUARTERS = WarpgroupChunk::QUARTERS;
    // of shared memory, from its beginning: two chunks of the bias
    static constexpr int BYTES = 2 * 4 * WarpgroupChunk::WIDTH;

    // [width] at any address, or null
    const float* bias;
    // [rows, width]
    bf16* pre_activation;
    bf16* activation;
    WarpgroupChunk place;
    unsigned before[QUARTERS][4];

    __device__ __forceinline__ WarpgroupGeluForward(
        const float* bias_, bf16* pre_activation_, bf16* activation_, long long top, long long rows, int width)
        : bias(bias_), pre_activation(pre_activation_), activation(activation_), place(top, rows, width) {}

    __device__ __forceinline__ void copy(int chunk) const {
        int column = chunk * WarpgroupChunk::WIDTH + threadIdx.x;
        if (threadIdx.x < WarpgroupChunk::WIDTH && column < place.width) {
            copy_bytes<4>(shared_address(pipeline) + chunk % 2 * (BYTES / 2) + 4 * threadIdx.x, bias + column, bias != nullptr);
        }
    }

    __device__ __forceinline__ void load(int) {}

    __device__ __forceinline__ void prepare(int) {}

    __device__ __forceinline__ void take(int chunk, const float (&sum)[8][4]) {
        const float* own = reinterpret_cast<const float*>(pipeline + chunk % 2 * (BYTES / 2)) + 2 * (threadIdx.x & 3);
#pragma unroll
        for (int i = 0; i < 2 * QUARTERS; i++) {
            float2 b = *reinterpret_cast<const float2*>(own + 8 * i);
#pragma unroll
            for (int r = 0; r < 2; r++) {
                const float* x = WarpgroupChunk::of(sum, i / 2, i % 2 * 2 + r);
                before[i / 2][i % 2 * 2 + r] = pair_of(x[0] + b.x, x[1] + b.y);
            }
        }
    }

    __device__ __forceinline__ void put(int chunk, int q, unsigned (&factor)[4]) {
        // A branch: what lies behind one the assembler does not take for work that can fill the time between the products before it, or wait for
        // their end.
        if (place.occupied) {
            unsigned after[4];
#pragma unroll
            for (int i = 0; i < 4; i++) {
                // of what the backward pass will read
                after[i] = factor[i] = pair_of(gelu(low_half(before[q][i])), gelu(high_half(before[q][i])));
            }
            place.store(activation, chunk, q, after);
            place.store(pre_activation, chunk, q, before[q]);
        } else {
            factor[0] = factor[1] = factor[2] = factor[3] = 0;
        }
    }
};
