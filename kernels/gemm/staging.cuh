// A product's tile on its way from registers to memory: float, row by row in shared memory, so that it leaves in whole rows
// however the threads held it.
#pragma once

#include "common/tensor_core.cuh"

// Where element (row, column) of a tile of WIDTH columns lies, in floats. Groups of 8 floats change places by the row: threads
// write groups of four neighbouring rows at a time, which without that would share banks.
template <int WIDTH>
__device__ __forceinline__ int staged(int row, int column) {
    return row * WIDTH + (column ^ (row & 3) << 3);
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
