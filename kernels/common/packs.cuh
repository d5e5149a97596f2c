// Packs at the ends of tensors, and of tensors that begin anywhere.
//
// Which elements a thread takes never depends on where a tensor lies: one that begins off a 16-byte boundary is read element
// by element into the same registers. So the bits of a result do not depend on addresses either.
#pragma once

#include "values.cuh"

// Reads the first count (at most SIZE, or any negative number) elements from p; the others become 0.
// packed: p is 16-byte aligned.
template <class T, int SIZE>
__device__ __forceinline__ void load_some(const T* p, long long count, bool packed, float (&x)[SIZE]) {
    static_assert(SIZE == Pack<T>::SIZE, "a pack is 16 bytes");
    if (packed && count >= SIZE) {
        load_pack(p, x);
    } else {
#pragma unroll
        for (int j = 0; j < SIZE; j++) {
            x[j] = j < count ? load(p + j) : 0.0f;
        }
    }
}

// Reads a whole pack from a 16-byte aligned address where there is one, else takes zeros.
template <class T, int SIZE>
__device__ __forceinline__ void load_if(bool there, const T* p, float (&x)[SIZE]) {
    if (there) {
        load_pack(p, x);
    } else {
#pragma unroll
        for (int j = 0; j < SIZE; j++) {
            x[j] = 0.0f;
        }
    }
}

// Writes the first count elements to p.
template <class T, int SIZE>
__device__ __forceinline__ void store_some(T* p, long long count, bool packed, const float (&x)[SIZE]) {
    static_assert(SIZE == Pack<T>::SIZE, "a pack is 16 bytes");
    if (packed && count >= SIZE) {
        store_pack(p, x);
    } else {
#pragma unroll
        for (int j = 0; j < SIZE; j++) {
            if (j < count) {
                store(p + j, x[j]);
            }
        }
    }
}
