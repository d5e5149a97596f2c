// The gradient of the logarithm of one column's softmax, in the place of the row, by one block.
#pragma once

#include "row.cuh"

template <class T>
__device__ __forceinline__ void zero_row(const Row<T>& row) {
    float zeros[Row<T>::SIZE] = {};
    for (int k = threadIdx.x; k < row.packs(); k += blockDim.x) {
        row.store(k, zeros);
    }
}

// to = factor (exp(from - log_sum_exp) - onehot(label)). to is from, or from is a copy of it.
template <class T>
__device__ __forceinline__ void softmax_gradient(
    const Row<T>& from, const Row<T>& to, int label, float log_sum_exp, float factor) {
    constexpr int SIZE = Row<T>::SIZE;
    constexpr int LOADS = 2;
    int packs = to.packs();
    for (int k = threadIdx.x; k < packs; k += LOADS * blockDim.x) {
        uint4 bits[LOADS];
#pragma unroll
        for (int j = 0; j < LOADS; j++) {
            bits[j] = from.bits(k + j * blockDim.x, 0.0f);
        }
#pragma unroll
        for (int j = 0; j < LOADS; j++) {
            float x[SIZE];
            unpack(bits[j], x);
            int column = to.column(k + j * blockDim.x);
#pragma unroll
            for (int i = 0; i < SIZE; i++) {
                float p = expf(x[i] - log_sum_exp);
                x[i] = factor * (column + i == label ? p - 1.0f : p);
            }
            to.store(k + j * blockDim.x, x);
        }
    }
}
