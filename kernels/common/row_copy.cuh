// A row in shared memory, so that a block that goes over it more than once reads memory once.
#pragma once

#include "row.cuh"

// Copies the row to memory, which has room for all its packs, and returns the copy. All threads of the block must call it.
template <class T>
__device__ __forceinline__ Row<T> copy_row(const Row<T>& row, uint4* memory) {
    constexpr int LOADS = 4;
    int packs = row.packs();
    for (int k = threadIdx.x; k < packs; k += LOADS * blockDim.x) {
        uint4 bits[LOADS];
#pragma unroll
        for (int j = 0; j < LOADS; j++) {
            bits[j] = row.bits(k + j * blockDim.x, 0.0f);
        }
#pragma unroll
        for (int j = 0; j < LOADS; j++) {
            if (k + j * blockDim.x < packs) {
                memory[k + j * blockDim.x] = bits[j];
            }
        }
    }
    __syncthreads();
    return {reinterpret_cast<T*>(memory), row.shift, row.width, true};
}
