// dPositions[p] += sum of dy over the tokens at position p; and partial sums of dTypes, one row for each position.
#pragma once

#include "add_rows.cuh"
#include "forward.cuh"
#include "joined.cuh"

struct PositionOperands {
    Joined<int> token_types;
    int tokens;
    int length;
    int width;
    int types;
    float* d_positions;
    // [length, types, width]
    float* type_sums;
};

// One block for each position: warp w takes every eighth sequence from w on, of both batches, then the warps' sums are added in order. Token types
// are taken two at a time, so that there is one pass for the usual two.
template <class T>
__device__ __forceinline__ void add_positions(const PositionOperands& o, const Joined<T>& dy, int position) {
    __shared__ float4 sums[3][EMBEDDING_WARPS][32];
    int warp = threadIdx.x / 32;
    int lane = threadIdx.x & 31;
    int column = tile_column();
    int columns = o.width - column;
    bool whole = o.width % 4 == 0 && is_quad(dy.first) && is_quad(dy.second);
    long long stride = static_cast<long long>(EMBEDDING_WARPS) * o.length;
    const float4 zero = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    for (int type = 0; type < o.types; type += 2) {
        float4 sum[3] = {zero, zero, zero};
#pragma unroll 4
        for (long long token = static_cast<long long>(warp) * o.length + position; token < o.tokens; token += stride) {
            float4 v = load_quad(dy.row(token, o.width) + column, columns, whole);
            int own = *o.token_types.row(token, 1);
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
            for (int w = 1; w < EMBEDDING_WARPS; w++) {
                total = total + sums[warp][w][lane];
            }
            if (warp > 0 && type + warp - 1 < o.types) {
                long long row = static_cast<long long>(position) * o.types + type + warp - 1;
                float* target = o.type_sums + row * o.width + column;
                store_quad(target, columns, o.width % 4 == 0, total);
            } else if (warp == 0 && type == 0) {
                float* target = o.d_positions + static_cast<long long>(position) * o.width + column;
                bool aligned = o.width % 4 == 0 && is_quad(o.d_positions);
                store_quad(target, columns, aligned, load_quad(target, columns, aligned) + total);
            }
        }
    }
}

// d_types[type] += its sums of all positions, by one block.
__device__ __forceinline__ void add_types(
    const float* type_sums, int length, int width, int types, float* d_types, int type) {
    add_rows(length, width, d_types + static_cast<long long>(type) * width, [type_sums, width, types, type](int position) {
        return type_sums + (static_cast<long long>(position) * types + type) * width;
    });
}
