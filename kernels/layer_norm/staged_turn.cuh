// gamma or beta for rows of any width. The lanes of a row take its packs in turns, `lanes` packs at a time, and all rows of a block
// take the same columns: so before each turn the block copies their numbers to shared memory, side by side. A lane's 4 or 8
// numbers lie apart from its neighbour's: read from global memory one by one, they touch 4 or 8 times the sectors that hold them.
#pragma once

#include "row.cuh"

template <class T>
struct StagedTurn {
    static constexpr int SIZE = Pack<T>::SIZE;
    // The quads (16 bytes) that lanes read with one instruction lie side by side. The second ones of packs of bf16 begin 16 banks
    // after the first, so that the writes, which go along the columns, meet each bank once too.
    static constexpr int QUADS = 4 * 32 + 16;

    alignas(16) float values[SIZE / 4 * QUADS];

    // Copies the numbers of columns first .. first + 32 SIZE - 1, and zeros beyond the width. Blocks of 32 SIZE threads or more,
    // which must be done with the turn before; the caller waits for all of them.
    __device__ __forceinline__ void stage(const float* parameter, int first, int width) {
        int i = threadIdx.x;
        if (i < 32 * SIZE) {
            values[i / 4 % (SIZE / 4) * QUADS + i / SIZE * 4 + i % 4] = first + i < width ? parameter[first + i] : 0.0f;
        }
    }

    // The numbers for the pack of a row's lane.
    __device__ __forceinline__ void load(int lane, float (&x)[SIZE]) const {
#pragma unroll
        for (int j = 0; j < SIZE; j += 4) {
            float4 v = *reinterpret_cast<const float4*>(values + j / 4 * QUADS + 4 * lane);
            x[j] = v.x;
            x[j + 1] = v.y;
            x[j + 2] = v.z;
            x[j + 3] = v.w;
        }
    }
};
