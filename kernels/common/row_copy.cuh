// A row in shared memory, so that a block that goes over it more than once reads memory once.
#pragma once

#include "row.cuh"
#include "tensor_core.cuh"

// Its packs are those of the row, with -infinity in the place of other rows' values.
template <class T>
struct RowCopy : RowPlace<T> {
    static constexpr int LOADS = 1;

    const uint4* memory;

    __device__ __forceinline__ float value(int column) const {
        return this->has(column) ? load(reinterpret_cast<const T*>(memory) + this->shift + column) : -INFINITY;
    }

    __device__ __forceinline__ uint4 bits(int k) const { return memory[k]; }
    __device__ __forceinline__ uint4 whole_bits(int k) const { return memory[k]; }
};

// Copies the row to memory, which has room for all its packs. All threads of the block must call it.
template <class T>
__device__ __forceinline__ RowCopy<T> copy_row(const Row<T>& row, uint4* memory) {
    int step = blockDim.x;
    for (int k = row.first_pack(); k < row.first + row.whole; k += step) {
        copy_async(shared_address(memory + k), reinterpret_cast<const uint4*>(row.origin) + k, true);
    }
    commit_copies();
    for (int i = threadIdx.x; i < row.edge_values(); i += step) {
        int column = row.edge_column(i);
        reinterpret_cast<T*>(memory)[row.shift + column] = from_float<T>(row.value(column));
    }
    wait_copies<0>();
    __syncthreads();
    return {{row.shift, row.width}, memory};
}
