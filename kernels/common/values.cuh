// Values that flow through a model: float or bf16 in memory, float in registers.
//
// Pack<T> is what one memory instruction moves: 16 bytes, 4 floats or 8 bf16. A tensor can begin at any element, so a kernel
// asks is_packed() before it uses packs; the host makes the same test where it chooses a variant.
#pragma once

#include <cuda_bf16.h>

using bf16 = __nv_bfloat16;

// arithmetic is done in float; rounding to bf16 is to nearest even
__device__ __forceinline__ float to_float(float x) { return x; }
__device__ __forceinline__ float to_float(bf16 x) { return __bfloat162float(x); }

template <class T>
__device__ __forceinline__ T from_float(float x);
template <>
__device__ __forceinline__ float from_float<float>(float x) {
    return x;
}
template <>
__device__ __forceinline__ bf16 from_float<bf16>(float x) {
    return __float2bfloat16_rn(x);
}

template <class T>
__device__ __forceinline__ float load(const T* p) {
    return to_float(*p);
}
template <class T>
__device__ __forceinline__ void store(T* p, float x) {
    *p = from_float<T>(x);
}

template <class T>
struct Pack {
    // elements of 16 bytes
    static constexpr int SIZE = 16 / sizeof(T);
};

// Whether packs can begin at this address.
__device__ __forceinline__ bool is_packed(const void* p) { return (reinterpret_cast<size_t>(p) & 15) == 0; }

// Reads Pack<T>::SIZE elements from a 16-byte aligned address.
__device__ __forceinline__ void load_pack(const float* p, float (&x)[4]) {
    float4 v = *reinterpret_cast<const float4*>(p);
    x[0] = v.x;
    x[1] = v.y;
    x[2] = v.z;
    x[3] = v.w;
}

// two bf16 in one register; the first element is the low half
__device__ __forceinline__ float low_half(unsigned pair) { return __uint_as_float(pair << 16); }
__device__ __forceinline__ float high_half(unsigned pair) { return __uint_as_float(pair & 0xFFFF0000u); }
__device__ __forceinline__ unsigned pair_of(float low, float high) {
    unsigned pair;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}

// What a later reader of the stored value will see.
template <class T>
__device__ __forceinline__ float rounded(float x);
template <>
__device__ __forceinline__ float rounded<float>(float x) {
    return x;
}
// As the high half of a pair it is already the float: one instruction, where the conversion there and back is two, and in modules for 9.0
// alone one of them is F2F instead of F2FP.
template <>
__device__ __forceinline__ float rounded<bf16>(float x) {
    return __uint_as_float(pair_of(0.0f, x));
}

__device__ __forceinline__ void load_pack(const bf16* p, float (&x)[8]) {
    uint4 v = *reinterpret_cast<const uint4*>(p);
    x[0] = low_half(v.x);
    x[1] = high_half(v.x);
    x[2] = low_half(v.y);
    x[3] = high_half(v.y);
    x[4] = low_half(v.z);
    x[5] = high_half(v.z);
    x[6] = low_half(v.w);
    x[7] = high_half(v.w);
}

// Writes 16 or 8 bytes of global memory with one instruction. The compiler takes many an ordinary store of them apart, to share
// its parts with a branch that stores single values or to store each part once it is known; then every sector is written several
// times.
__device__ __forceinline__ void store_whole(void* p, uint4 bits) {
    asm volatile("st.global.v4.b32 [%0], {%1, %2, %3, %4};" ::"l"(__cvta_generic_to_global(p)),
                 "r"(bits.x),
                 "r"(bits.y),
                 "r"(bits.z),
                 "r"(bits.w)
                 : "memory");
}
__device__ __forceinline__ void store_whole(void* p, uint2 bits) {
    asm volatile("st.global.v2.b32 [%0], {%1, %2};" ::"l"(__cvta_generic_to_global(p)), "r"(bits.x), "r"(bits.y)
                 : "memory");
}

// The same 16 bytes where there is a place for them. A branch around store_whole would part what comes before from what comes behind.
__device__ __forceinline__ void store_whole_if(bool there, void* p, uint4 bits) {
    asm volatile("{.reg .pred there; setp.ne.u32 there, %5, 0; @there st.global.v4.b32 [%0], {%1, %2, %3, %4};}" ::"l"(
                     __cvta_generic_to_global(p)),
                 "r"(bits.x),
                 "r"(bits.y),
                 "r"(bits.z),
                 "r"(bits.w),
                 "r"(static_cast<unsigned>(there))
                 : "memory");
}

// 16 bytes of elements as they lie in memory.
__device__ __forceinline__ uint4 bits_of(const float (&x)[4]) {
    return make_uint4(__float_as_uint(x[0]), __float_as_uint(x[1]), __float_as_uint(x[2]), __float_as_uint(x[3]));
}
__device__ __forceinline__ uint4 bits_of(const float (&x)[8]) {
    return make_uint4(pair_of(x[0], x[1]), pair_of(x[2], x[3]), pair_of(x[4], x[5]), pair_of(x[6], x[7]));
}

// Writes Pack<T>::SIZE elements to a 16-byte aligned address of global memory; the second where there is a place for them.
template <class T>
__device__ __forceinline__ void store_pack(T* p, const float (&x)[Pack<T>::SIZE]) {
    store_whole(p, bits_of(x));
}

template <class T>
__device__ __forceinline__ void store_pack_if(bool there, T* p, const float (&x)[Pack<T>::SIZE]) {
    store_whole_if(there, p, bits_of(x));
}
