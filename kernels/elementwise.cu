// fill, add, dropout and the conversion to bf16 over n values, each as one stream.
//
//            bytes (float32 / bf16)   bound
// fill        4 n /  2 n              memory
// add        12 n /  6 n              memory
// dropout     8 n /  4 n              memory: Philox takes about 56 integer operations for 8 decisions, in float32 for 4,
//                                     because neighbouring threads share a block and both compute it
// cast        6 n                     memory
//
// Target: 85 % of the H200's copy rate of 4.3 TB/s for sizes well above its second-level cache.
//
// Grid: ceil(n / (512 SIZE)) blocks of 256 threads; SIZE is 4 for float32 and 8 for bf16, and 4 for cast.

#include "common/dropout.cuh"
#include "common/map.cuh"
#include "common/quads.cuh"

template <class T>
__device__ __forceinline__ void fill(T* x, float value, long long n) {
    bool packed = is_packed(x);
    float v[Pack<T>::SIZE];
#pragma unroll
    for (int j = 0; j < Pack<T>::SIZE; j++) {
        v[j] = value;
    }
#pragma unroll
    for (int k = 0; k < MAP_PACKS; k++) {
        long long i = map_index<T>(k);
        store_some(x + i, n - i, packed, v);
    }
}

template <class T>
__device__ __forceinline__ void add(const T* x, T* y, long long n) {
    map(x, y, y, n, [](float a, float b) { return a + b; });
}

template <class T>
__device__ __forceinline__ void dropout(const T* x, const Dropout& dropout, T* y, long long n) {
    map(x, y, n, [dropout](long long i, float(&v)[Pack<T>::SIZE]) { dropout.apply(i, v); });
}

// Four values of one thread: 16 bytes read, 8 written.
__device__ __forceinline__ void cast_to_bf16(const float* x, bf16* y, long long n) {
    bool whole = is_quad(x) && is_quad(y);
    float4 v[MAP_PACKS];
#pragma unroll
    for (int k = 0; k < MAP_PACKS; k++) {
        long long i = map_index<float>(k);
        v[k] = load_quad(x + i, n - i, whole);
    }
#pragma unroll
    for (int k = 0; k < MAP_PACKS; k++) {
        long long i = map_index<float>(k);
        store_quad(y + i, n - i, whole, v[k]);
    }
}

extern "C" {

__global__ void __launch_bounds__(MAP_THREADS) fill_f32(float* x, float value, long long n) { fill(x, value, n); }

__global__ void __launch_bounds__(MAP_THREADS) fill_bf16(bf16* x, float value, long long n) { fill(x, value, n); }

__global__ void __launch_bounds__(MAP_THREADS) add_f32(const float* x, float* y, long long n) { add(x, y, n); }

__global__ void __launch_bounds__(MAP_THREADS) add_bf16(const bf16* x, bf16* y, long long n) { add(x, y, n); }

__global__ void __launch_bounds__(MAP_THREADS)
    dropout_f32(const float* x, DROPOUT_PARAMETERS, float* y, long long n) {
    dropout(x, READ_DROPOUT(n), y, n);
}

__global__ void __launch_bounds__(MAP_THREADS)
    dropout_bf16(const bf16* x, DROPOUT_PARAMETERS, bf16* y, long long n) {
    dropout(x, READ_DROPOUT(n), y, n);
}

__global__ void __launch_bounds__(MAP_THREADS) cast(const float* x, bf16* y, long long n) { cast_to_bf16(x, y, n); }

}
