// What the blocks before have left in parts, added to a row of a table.
#pragma once

#include "../common/quads.cuh"
#include "forward.cuh"

// target[0 .. width-1] += the sum of `count` rows, of which row(i) is the i-th, 16-byte aligned where width is a multiple of 4. By one
// block for each tile of columns: its warps take every eighth row, then their sums are added in order.
template <class F>
__device__ __forceinline__ void add_rows(int count, int width, float* target, F row) {
    __shared__ float4 sums[EMBEDDING_WARPS][32];
    int warp = threadIdx.x / 32;
    int lane = threadIdx.x & 31;
    int column = tile_column();
    int columns = width - column;
    bool whole_rows = width % 4 == 0;
    float4 sum = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
#pragma unroll 4
    for (int i = warp; i < count; i += EMBEDDING_WARPS) {
        sum = sum + load_quad(row(i) + column, columns, whole_rows);
    }
    sums[warp][lane] = sum;
    __syncthreads();
    if (warp == 0) {
        for (int w = 1; w < EMBEDDING_WARPS; w++) {
            sum = sum + sums[w][lane];
        }
        bool whole = whole_rows && is_quad(target);
        store_quad(target + column, columns, whole, load_quad(target + column, columns, whole) + sum);
    }
}
