// 64 intermediate values of each of 128 rows between two products by warpgroups, in registers: from the sums of the first to the
// factor of the second, and to memory.
#pragma once

#include "common/values.cuh"
#include "feed_forward/chunk.cuh"

// Where a thread's values lie: warp w has rows 16 w and on, of which a thread has two, in PARTS parts of one row within 32 columns. Of
// part p it has, before transpose(), columns 8 j + 2 t and the one after, for j from 0 to 3 and t = lane % 4: elements 2 (p % 2) and on
// of sum[p / 2][j]. After transpose() it has 8 neighbouring ones.
struct WarpgroupChunk {
    static constexpr int WIDTH = Chunk::WIDTH;
    static constexpr int PARTS = 4;

    // of the intermediate values in memory
    int width;
    // rows from this lane's first one to the end
    int left;
    // index of this lane's first value after transpose()
    long long first;

    // Of the tile that begins with row `top`.
    __device__ __forceinline__ WarpgroupChunk(long long top, long long rows, int width_) : width(width_) {
        long long row = top + static_cast<int>(threadIdx.x) / 32 * 16 + static_cast<int>(threadIdx.x) % 32 / 4;
        left = static_cast<int>(rows - row);
        first = row * width + 8 * (threadIdx.x & 3);
    }

    // Whether the row of part p is there.
    __device__ __forceinline__ bool inside(int p) const { return p % 2 * 8 < left; }

    // Index of part p of a chunk.
    __device__ __forceinline__ long long at(int chunk, int p) const {
        return first + chunk * WIDTH + p % 2 * 8ll * width + p / 2 * 32;
    }

    // Makes the pairs of part p, before transpose(), part of the second product's factor, of which factor[k] has 16 columns.
    static __device__ __forceinline__ void put(unsigned (&factor)[4][4], int p, const unsigned (&pair)[4]) {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            factor[p / 2 * 2 + j / 2][j % 2 * 2 + p % 2] = pair[j];
        }
    }

    // The pairs that put() has taken.
    static __device__ __forceinline__ void get(const unsigned (&factor)[4][4], int p, unsigned (&pair)[4]) {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            pair[j] = factor[p / 2 * 2 + j / 2][j % 2 * 2 + p % 2];
        }
    }
};
