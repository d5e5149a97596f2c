// dx = y (dy - sum(y dy)), a warp for each row.
#pragma once

#include "../common/packs.cuh"
#include "../common/reduce.cuh"

__device__ __forceinline__ long long warp_of_grid() {
    return (static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x) / 32;
}

// Rows of up to 32 PACKS packs, in registers.
template <class T, int PACKS>
__device__ __forceinline__ void backward(const T* y, const T* dy, T* dx, long long rows, int width) {
    constexpr int SIZE = Pack<T>::SIZE;
    bool packed = width % SIZE == 0 && is_packed(y) && is_packed(dy) && is_packed(dx);
    long long row = warp_of_grid();
    if (row >= rows) {
        return;
    }
    int begin = (threadIdx.x & 31) * SIZE;
    float p[PACKS][SIZE];
    float g[PACKS][SIZE];
    float dot = 0.0f;
#pragma unroll
    for (int k = 0; k < PACKS; k++) {
        int c = begin + k * 32 * SIZE;
        load_some(y + row * width + c, width - c, packed, p[k]);
        load_some(dy + row * width + c, width - c, packed, g[k]);
    }
#pragma unroll
    for (int k = 0; k < PACKS; k++) {
#pragma unroll
        for (int j = 0; j < SIZE; j++) {
            dot = fmaf(p[k][j], g[k][j], dot);
        }
    }
    dot = warp_sum(dot);
#pragma unroll
    for (int k = 0; k < PACKS; k++) {
        int c = begin + k * 32 * SIZE;
#pragma unroll
        for (int j = 0; j < SIZE; j++) {
            g[k][j] = p[k][j] * (g[k][j] - dot);
        }
        store_some(dx + row * width + c, width - c, packed, g[k]);
    }
}

// Rows of any width: two passes.
template <class T>
__device__ __forceinline__ void backward_any(const T* y, const T* dy, T* dx, long long rows, int width) {
    long long row = warp_of_grid();
    if (row >= rows) {
        return;
    }
    float dot = 0.0f;
    for (int c = threadIdx.x & 31; c < width; c += 32) {
        dot = fmaf(load(y + row * width + c), load(dy + row * width + c), dot);
    }
    dot = warp_sum(dot);
    for (int c = threadIdx.x & 31; c < width; c += 32) {
        float g = load(dy + row * width + c) - dot;
        store(dx + row * width + c, load(y + row * width + c) * g);
    }
}
