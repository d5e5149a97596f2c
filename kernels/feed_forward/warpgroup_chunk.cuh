// 64 intermediate values of each of 128 rows between two products by warpgroups, in registers: from the sums of the first to the
// factor of the second, and to or from memory.
#pragma once

#include "common/values.cuh"
#include "feed_forward/chunk.cuh"

// Where a thread's values lie: warp w has rows 16 w and on, a thread two of them, 8 apart. In quarter q of the columns, 16 q and on, word
// 2 i + r of its four has columns 8 i + 2 t and the next of row 8 r + g, with g = lane / 4 and t = lane % 4. So lies a factor of 16
// columns, and so do sums, as elements 2 r and the next of result 2 q + i of 8 columns. In memory a row's words of two neighbouring lanes
// are 4 neighbouring columns, first of one i, then of the other: four lanes fill a sector.
struct WarpgroupChunk {
    static constexpr int WIDTH = Chunk::WIDTH;
    static constexpr int QUARTERS = 4;

    // of the intermediate values in memory
    int width;
    // rows from this lane's first one to the end
    int left;
    // whether the warp has any
    bool occupied;
    // index of this lane's first value in memory
    long long first;

    // Of the tile that begins with row `top`.
    __device__ __forceinline__ WarpgroupChunk(long long top, long long rows, int width_) : width(width_) {
        long long row = top + static_cast<int>(threadIdx.x) / 32 * 16;
        occupied = row < rows;
        row += static_cast<int>(threadIdx.x) % 32 / 4;
        left = static_cast<int>(rows - row);
        first = row * width + 8 * (threadIdx.x & 1) + 2 * (threadIdx.x & 2);
    }

    // Index of the lane's values of a row.
    __device__ __forceinline__ long long at(int chunk, int q, int r) const {
        return first + chunk * WIDTH + 16 * q + r * 8ll * width;
    }

    // What word `word` of quarter q was made of.
    static __device__ __forceinline__ const float* of(const float (&sum)[8][4], int q, int word) {
        return sum[2 * q + word / 2] + word % 2 * 2;
    }

    // Writes a quarter to `to`; the words change.
    __device__ __forceinline__ void store(bf16* to, int chunk, int q, unsigned (&word)[4]) const {
        swap(word);
#pragma unroll
        for (int r = 0; r < 2; r++) {
            if (8 * r < left) {
                store_whole(to + at(chunk, q, r), make_uint2(word[r], word[2 + r]));
            }
        }
    }

    // Begins to read a quarter, zeros past the last row, as it lies in memory.
    __device__ __forceinline__ void load(const bf16* from, int chunk, int q, unsigned (&word)[4]) const {
#pragma unroll
        for (int r = 0; r < 2; r++) {
            uint2 x = make_uint2(0, 0);
            if (8 * r < left) {
                x = *reinterpret_cast<const uint2*>(from + at(chunk, q, r));
            }
            word[r] = x.x;
            word[2 + r] = x.y;
        }
    }

    // Between words as sums lie and as they lie in memory.
    static __device__ __forceinline__ void swap(unsigned (&word)[4]) {
        exchange(word[0], word[2], 1);
        exchange(word[1], word[3], 1);
    }
};
