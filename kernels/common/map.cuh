// Operations on each element by itself. A thread takes PACKS packs, and reads all of them before it writes the first: so that
// many loads are under way at a time. Results may be in place of operands.
#pragma once

#include "packs.cuh"

constexpr int MAP_THREADS = 256;
constexpr int MAP_PACKS = 2;

// First element of this thread's pack k.
template <class T>
__device__ __forceinline__ long long map_index(int k) {
    long long pack = static_cast<long long>(blockIdx.x) * (MAP_THREADS * MAP_PACKS) + k * MAP_THREADS + threadIdx.x;
    return pack * Pack<T>::SIZE;
}

// y = f(x): f(i, values) changes the values of a pack from element i on.
template <class T, class F>
__device__ __forceinline__ void map(const T* x, T* y, long long n, F f) {
    bool packed = is_packed(x) && is_packed(y);
    float v[MAP_PACKS][Pack<T>::SIZE];
#pragma unroll
    for (int k = 0; k < MAP_PACKS; k++) {
        long long i = map_index<T>(k);
        load_some(x + i, n - i, packed, v[k]);
    }
#pragma unroll
    for (int k = 0; k < MAP_PACKS; k++) {
        long long i = map_index<T>(k);
        if (i < n) {
            f(i, v[k]);
            store_some(y + i, n - i, packed, v[k]);
        }
    }
}

// y = f(a, b) for each element.
template <class T, class F>
__device__ __forceinline__ void map(const T* a, const T* b, T* y, long long n, F f) {
    bool packed = is_packed(a) && is_packed(b) && is_packed(y);
    float u[MAP_PACKS][Pack<T>::SIZE];
    float v[MAP_PACKS][Pack<T>::SIZE];
#pragma unroll
    for (int k = 0; k < MAP_PACKS; k++) {
        long long i = map_index<T>(k);
        load_some(a + i, n - i, packed, u[k]);
        load_some(b + i, n - i, packed, v[k]);
    }
#pragma unroll
    for (int k = 0; k < MAP_PACKS; k++) {
        long long i = map_index<T>(k);
        if (i < n) {
#pragma unroll
            for (int j = 0; j < Pack<T>::SIZE; j++) {
                v[k][j] = f(u[k][j], v[k][j]);
            }
            store_some(y + i, n - i, packed, v[k]);
        }
    }
}
