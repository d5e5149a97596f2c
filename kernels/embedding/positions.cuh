// dPositions[p] += sum of dy over the tokens at position p; and partial sums of dTypes, one row for each position.
#pragma once

#include "forward.cuh"

constexpr int POSITION_WARPS = 8;

// One block of 256 threads for each position: warp w takes every eighth sequence from w on, then the warps' sums are added in
// order. Token types are taken two at a time, so that there is one pass for the usual two. type_sums: [length, types, width].
template <class T>
__device__ __forceinline__ void add_positions(
    const T* dy, const int* token_types, int tokens, int length, int width, int types, float* d_positions, float* type_sums) {
    __shared__ float4 sums[3][POSITION_WARPS][32];
    int position = blockIdx.x;
    int warp = threadIdx.x / 32;
    int lane = threadIdx.x & 31;
    int column = tile_column();
    int columns = width - column;
    bool whole = width % 4 == 0 && is_quad(dy);
    long long stride = static_cast<long long>(POSITION_WARPS) * length;
    const float4 zero = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    for (int type = 0; type < types; type += 2) {
        float4 sum[3] = {zero, zero, zero};
#pragma unroll 4
        for (long long token = static_cast<long long>(warp) * length + position; token < tokens; token += stride) {
            float4 v = load_quad(dy + token * width + column, columns, whole);
            int own = token_types[token];
            sum[0] = sum[0] + v;
            sum[1] = sum[1] + (own == type ? v : zero);
            sum[2] = sum[2] + (own == type + 1 ? v : zero);
        }
        // the block may still read the sums of the previous pair of types
        __syncthreads();
#pragma unroll
        for (int i = 0; i < 3; i++) {
            sums[i][warp][lane] = sum[i];
        }
        __syncthreads();
        if (warp < 3) {
            float4 total = sums[warp][0][lane];
            for (int w = 1; w < POSITION_WARPS; w++) {
                total = total + sums[warp][w][lane];
            }
            if (warp > 0 && type + warp - 1 < types) {
                float* target = type_sums + (static_cast<long long>(position) * types + type + warp - 1) * width + column;
                store_quad(target, columns, width % 4 == 0, total);
            } else if (warp == 0 && type == 0) {
                float* target = d_positions + static_cast<long long>(position) * width + column;
                bool aligned = width % 4 == 0 && is_quad(d_positions);
                store_quad(target, columns, aligned, load_quad(target, columns, aligned) + total);
            }
        }
    }
}
