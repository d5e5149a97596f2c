// How a row lies over the lanes of a warp, the same in all variants: pack p of the row (16 bytes) belongs to lane p % LANES,
// where LANES is the smallest power of two that is at least the number of packs, and at most 32. Narrow rows share a warp.
// Each lane adds its values in ascending order and the lanes add by a butterfly, so that the special widths, the general
// kernel and every alignment give the same bits.
#pragma once

#include "../common/packs.cuh"
#include "../common/reduce.cuh"

template <class T, int WIDTH_>
struct Row {
    static constexpr int WIDTH = WIDTH_;
    static constexpr int SIZE = Pack<T>::SIZE;
    static constexpr int ROW_PACKS = WIDTH / SIZE;
    static constexpr int LANES = ROW_PACKS < 32 ? ROW_PACKS : 32;
    // packs of one lane
    static constexpr int PACKS = ROW_PACKS / LANES;
    // rows of one warp
    static constexpr int ROWS = 32 / LANES;
    static_assert((LANES & (LANES - 1)) == 0 && WIDTH == SIZE * LANES * PACKS, "rows fill their lanes");
    static_assert(LANES >= 8, "shared memory is laid out for 8 lanes or more");

    // first element of this lane's pack k
    static __device__ __forceinline__ int column(int k) { return (k * LANES + (threadIdx.x & (LANES - 1))) * SIZE; }

    // which of the warp's rows this lane works on
    static __device__ __forceinline__ int row() { return (threadIdx.x & 31) / LANES; }
};

// As warp_sum, for a number of lanes known at run time.
__device__ __forceinline__ float lanes_sum(float x, int lanes) {
    for (int step = lanes / 2; step > 0; step /= 2) {
        x += __shfl_xor_sync(0xFFFFFFFFu, x, step);
    }
    return x;
}

// Where an element of a parameter lies in shared memory: the quads (16 bytes) that the lanes read with one instruction lie side by
// side. Rows of bf16 have two quads to a pack; exchanging neighbouring groups of four lanes in the second lets also the writes,
// which go along the columns, meet each bank once.
template <class R>
__device__ __forceinline__ int staged(int column) {
    if constexpr (R::SIZE == 4) {
        return column;
    } else {
        int lane = (column >> 3) & (R::LANES - 1);
        int quad = (column >> 2) & 1;
        return (column & -(8 * R::LANES)) + quad * (4 * R::LANES) + 4 * (lane ^ 4 * quad) + (column & 3);
    }
}

// Copies a parameter of the row's width to shared memory, where every warp of the block reads it: one coalesced read, whatever
// its alignment. The caller waits for all threads.
template <class R>
__device__ __forceinline__ void stage(const float* parameter, int width, float* shared) {
    for (int i = threadIdx.x; i < width; i += blockDim.x) {
        shared[staged<R>(i)] = parameter[i];
    }
}

// The values of this lane's pack k of a staged parameter, 16 bytes at a time. Volatile, because the compiler would otherwise move
// the loads out of the loop over rows, into registers that wide rows need for their values.
template <class R>
__device__ __forceinline__ void load_staged(const float* shared, int k, float (&x)[R::SIZE]) {
    unsigned base = static_cast<unsigned>(__cvta_generic_to_shared(shared + k * (R::LANES * R::SIZE)));
#pragma unroll
    for (int j = 0; j < R::SIZE; j += 4) {
        unsigned address = base + 4 * staged<R>(R::column(0) + j);
        asm volatile("ld.shared.v4.f32 {%0, %1, %2, %3}, [%4];"
                     : "=f"(x[j]), "=f"(x[j + 1]), "=f"(x[j + 2]), "=f"(x[j + 3])
                     : "r"(address));
    }
}

// The values as they would be had they been stored.
template <class T, int SIZE>
__device__ __forceinline__ void round_all(float (&x)[SIZE]) {
#pragma unroll
    for (int j = 0; j < SIZE; j++) {
        x[j] = rounded<T>(x[j]);
    }
}

// The arithmetic of one value, written once with its fused operations, so that all variants round alike.
__device__ __forceinline__ float normalized(float x, float mean, float rstd) { return (x - mean) * rstd; }

// total / width by a factor that is a constant where the width is. What a multiplication leaves is added, else the mean of equal values
// would not be that value at some widths that are no powers of two.
__device__ __forceinline__ float mean_of(float total, int width) {
    float divisor = static_cast<float>(width);
    float inverse = 1.0f / divisor;
    float quotient = total * inverse;
    return (width & (width - 1)) == 0 ? quotient : fmaf(fmaf(-quotient, divisor, total), inverse, quotient);
}

// The special-function unit's reciprocal root has a relative error of 2^-22.9 (PTX ISA); root and division that round correctly would be
// 40 instructions a row.
__device__ __forceinline__ float reciprocal_deviation(float squares, int width, float epsilon) {
    float r;
    asm("rsqrt.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(mean_of(squares, width) + epsilon));
    return r;
}

// Gradient of a value from g = dy gamma, its normalised value h, and the row's means of g and of g h.
__device__ __forceinline__ float input_gradient(float g, float h, float mean_g, float mean_gh, float rstd) {
    return fmaf(-h, rstd * mean_gh, fmaf(rstd, g, -(rstd * mean_g)));
}
