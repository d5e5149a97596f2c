// One row of a matrix, as packs. Rows of any width begin anywhere, so packs are counted from the beginning of the matrix: all of
// them are aligned where the matrix is, and a row shares its first and its last pack with its neighbours. Pack 0 begins with a
// sector, 32 bytes of memory, so that a warp's 32 packs take 16 of them and not 17. Which values a thread gets depends on the
// row's number and width only, never on an address: so the bits of a sum do not depend on one either.
#pragma once

#include "values.cuh"

__device__ __forceinline__ uint4 pack(const float (&x)[4]) {
    return make_uint4(__float_as_uint(x[0]), __float_as_uint(x[1]), __float_as_uint(x[2]), __float_as_uint(x[3]));
}
__device__ __forceinline__ uint4 pack(const float (&x)[8]) {
    return make_uint4(pair_of(x[0], x[1]), pair_of(x[2], x[3]), pair_of(x[4], x[5]), pair_of(x[6], x[7]));
}

// The values of a pack.
__device__ __forceinline__ void unpack(uint4 bits, float (&x)[4]) {
    x[0] = __uint_as_float(bits.x);
    x[1] = __uint_as_float(bits.y);
    x[2] = __uint_as_float(bits.z);
    x[3] = __uint_as_float(bits.w);
}
__device__ __forceinline__ void unpack(uint4 bits, float (&x)[8]) {
    x[0] = low_half(bits.x);
    x[1] = high_half(bits.x);
    x[2] = low_half(bits.y);
    x[3] = high_half(bits.y);
    x[4] = low_half(bits.z);
    x[5] = high_half(bits.z);
    x[6] = low_half(bits.w);
    x[7] = high_half(bits.w);
}

template <class T>
struct Row {
    static constexpr int SIZE = Pack<T>::SIZE;

    T* origin;
    int shift;
    int width;
    bool packed;

    // Row `row` of x[rows, width]. T may be const.
    static __device__ __forceinline__ Row of(T* x, long long row, int width) {
        long long first = row * width;
        int shift = static_cast<int>(first & (2 * SIZE - 1));
        return {x + (first - shift), shift, width, is_packed(x)};
    }

    // Number of packs; the first one or two and the last may have values of other rows, the first none of this one.
    __device__ __forceinline__ int packs() const { return (shift + width + SIZE - 1) / SIZE; }

    // Column of pack k's first value; negative where that belongs to a row before.
    __device__ __forceinline__ int column(int k) const { return k * SIZE - shift; }

    __device__ __forceinline__ bool has(int column) const {
        return static_cast<unsigned>(column) < static_cast<unsigned>(width);
    }

    // Whether pack k is one aligned piece of this row.
    __device__ __forceinline__ bool whole(int k) const {
        return packed && column(k) >= 0 && column(k) + SIZE <= width;
    }

    // Pack k as it lies in memory; values of other rows are `other`. Nothing waits for the memory here, so several of these can be
    // under way. Any k will do.
    __device__ __forceinline__ uint4 bits(int k, float other) const {
        if (whole(k)) {
            return *reinterpret_cast<const uint4*>(origin + k * SIZE);
        }
        float x[SIZE];
#pragma unroll
        for (int i = 0; i < SIZE; i++) {
            x[i] = has(column(k) + i) ? to_float(origin[k * SIZE + i]) : other;
        }
        return pack(x);
    }

    // Writes this row's values of pack k. Any k will do.
    __device__ __forceinline__ void store(int k, const float (&x)[SIZE]) const {
        if (whole(k)) {
            store_whole(origin + k * SIZE, pack(x));
        } else {
#pragma unroll
            for (int i = 0; i < SIZE; i++) {
                if (has(column(k) + i)) {
                    ::store(origin + k * SIZE + i, x[i]);
                }
            }
        }
    }
};
