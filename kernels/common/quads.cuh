// Four neighbouring values: 16 bytes of float, 8 of bf16. For rows that are read in one type and written in the other.
#pragma once

#include "values.cuh"

template <class T>
__device__ __forceinline__ bool is_quad(const T* p) {
    return (reinterpret_cast<size_t>(p) & (4 * sizeof(T) - 1)) == 0;
}

__device__ __forceinline__ float4 load_quad(const float* p) { return *reinterpret_cast<const float4*>(p); }

__device__ __forceinline__ float4 load_quad(const bf16* p) {
    uint2 v = *reinterpret_cast<const uint2*>(p);
    return make_float4(low_half(v.x), high_half(v.x), low_half(v.y), high_half(v.y));
}

// To global memory.
__device__ __forceinline__ void store_quad(float* p, float4 v) {
    float x[4] = {v.x, v.y, v.z, v.w};
    store_pack(p, x);
}

__device__ __forceinline__ void store_quad(bf16* p, float4 v) {
    store_whole(p, make_uint2(pair_of(v.x, v.y), pair_of(v.z, v.w)));
}

// The first count (at most 4, or any negative number) values from p; the others become 0. whole: p is aligned to four.
template <class T>
__device__ __forceinline__ float4 load_quad(const T* p, long long count, bool whole) {
    if (whole && count >= 4) {
        return load_quad(p);
    }
    return make_float4(
        count > 0 ? load(p) : 0.0f,
        count > 1 ? load(p + 1) : 0.0f,
        count > 2 ? load(p + 2) : 0.0f,
        count > 3 ? load(p + 3) : 0.0f);
}

template <class T>
__device__ __forceinline__ void store_quad(T* p, long long count, bool whole, float4 v) {
    if (whole && count >= 4) {
        store_quad(p, v);
        return;
    }
    if (count > 0) store(p, v.x);
    if (count > 1) store(p + 1, v.y);
    if (count > 2) store(p + 2, v.z);
    if (count > 3) store(p + 3, v.w);
}

__device__ __forceinline__ float4 operator+(float4 a, float4 b) {
    return make_float4(a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w);
}
