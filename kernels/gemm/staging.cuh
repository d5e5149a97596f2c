// A product's tile on its way from registers to memory: float, row by row in shared memory, so that it leaves in whole rows
// however the threads held it.
#pragma once

#include "common/tensor_core.cuh"

// Where element (row, column) of a tile of WIDTH columns lies, in floats. Groups of 8 floats change places by the row: threads
// write groups of four neighbouring rows at a time, which without that would share banks. Their halves change places in every other
// group of 32, so that eight threads that each read the first, or the second, half of a group do not either.
template <int WIDTH>
__device__ __forceinline__ int staged(int row, int column) {
    return row * WIDTH + (column ^ (row & 3) << 3 ^ (column >> 5 & 1) << 2);
}

// Neighbouring elements, as one instruction: the compiler would make several of some, which then share banks.
__device__ __forceinline__ void stage_two(float* to, const float* x) {
    asm volatile("st.shared.v2.f32 [%0], {%1, %2};" ::"r"(shared_address(to)), "f"(x[0]), "f"(x[1]) : "memory");
}

__device__ __forceinline__ void stage_four(float* to, const float* x) {
    asm volatile("st.shared.v4.f32 [%0], {%1, %2, %3, %4};" ::"r"(shared_address(to)), "f"(x[0]), "f"(x[1]), "f"(x[2]),
                 "f"(x[3])
                 : "memory");
}

// A warp's sums, as the C of mma.m16n8k16 lies (tensor_core.cuh): M x N such results, whose first element is (row, column) of the tile.
template <int WIDTH, int M, int N>
__device__ __forceinline__ void stage_fragments(const float (&sum)[M][N][4], int row, int column, float* shared) {
    int lane = threadIdx.x & 31;
#pragma unroll
    for (int i = 0; i < M; i++) {
#pragma unroll
        for (int j = 0; j < N; j++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                int at = staged<WIDTH>(row + 16 * i + 8 * half + lane / 4, column + 8 * j + 2 * (lane % 4));
                stage_two(shared + at, sum[i][j] + 2 * half);
            }
        }
    }
}

// Sums of rows, which a warp has as M such results of equal columns: writes those of the first `rows` rows from `row` on, or adds
// them to what is there.
template <int M>
__device__ __forceinline__ void write_fragment_sums(const float (&sum)[M][4], int row, float* to, int rows, bool accumulate) {
    int lane = threadIdx.x & 31;
    if (lane % 4 != 0) {
        return;
    }
#pragma unroll
    for (int i = 0; i < M; i++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            int at = row + 16 * i + 8 * half + lane / 4;
            if (at < rows) {
                to[at] = (accumulate ? to[at] : 0.0f) + sum[i][2 * half];
            }
        }
    }
}
