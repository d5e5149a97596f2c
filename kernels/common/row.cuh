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

// Where a row lies in its packs. T may be const.
template <class T>
struct RowPlace {
    static constexpr int SIZE = Pack<T>::SIZE;

    int shift;
    int width;

    // Number of packs; the first one or two and the last may have values of other rows, the first none of this one.
    __device__ __forceinline__ int packs() const { return (shift + width + SIZE - 1) / SIZE; }

    // Column of pack k's first value; negative where that belongs to a row before.
    __device__ __forceinline__ int column(int k) const { return k * SIZE - shift; }

    __device__ __forceinline__ bool has(int column) const {
        return static_cast<unsigned>(column) < static_cast<unsigned>(width);
    }

    // A pack of values beside the row: -infinity.
    static __device__ __forceinline__ uint4 beside() {
        constexpr unsigned WORD = SIZE == 8 ? 0xFF80FF80u : 0xFF800000u;
        return make_uint4(WORD, WORD, WORD, WORD);
    }
};

// A row in global memory.
template <class T>
struct Row : RowPlace<T> {
    using RowPlace<T>::SIZE;
    // packs that a thread has under way at a time
    static constexpr int LOADS = 2;

    T* origin;  // of pack 0
    int first;  // packs from there on are aligned pieces of this row
    int whole;  // so many

    // Row `row` of x[rows, width].
    static __device__ __forceinline__ Row of(T* x, long long row, int width) {
        long long begin = row * width;
        int shift = static_cast<int>(begin & (2 * SIZE - 1));
        int first = (shift + SIZE - 1) / SIZE;
        int end = (shift + width) / SIZE;
        return {{shift, width}, x + (begin - shift), first, is_packed(x) && end > first ? end - first : 0};
    }

    __device__ __forceinline__ bool is_whole(int k) const {
        return static_cast<unsigned>(k - first) < static_cast<unsigned>(whole);
    }

    // The thread that takes whole pack k, and the first pack of this thread; its others are blockDim.x apart. Warps begin with a
    // sector.
    __device__ __forceinline__ int thread(int k) const {
        return static_cast<unsigned>(k - (first & ~1)) % blockDim.x;
    }
    __device__ __forceinline__ int first_pack() const {
        int k = (first & ~1) + threadIdx.x;
        return k < first ? k + blockDim.x : k;
    }

    // -infinity where there is no such column.
    __device__ __forceinline__ float value(int column) const {
        return this->has(column) ? load(origin + this->shift + column) : -INFINITY;
    }

    // Nothing where there is no such column.
    __device__ __forceinline__ void set(int column, float x) const {
        if (this->has(column)) {
            ::store(origin + this->shift + column, x);
        }
    }

    // Pack k, which is whole.
    __device__ __forceinline__ uint4 whole_bits(int k) const { return reinterpret_cast<const uint4*>(origin)[k]; }
    __device__ __forceinline__ void store(int k, uint4 bits) const {
        store_whole(reinterpret_cast<uint4*>(origin) + k, bits);
    }

    // Pack k as it lies in memory; values of other rows are -infinity. Nothing waits for the memory here, so several of these can be
    // under way.
    __device__ __forceinline__ uint4 bits(int k) const {
        if (is_whole(k)) {
            return whole_bits(k);
        }
        float x[SIZE];
#pragma unroll
        for (int i = 0; i < SIZE; i++) {
            x[i] = value(this->column(k) + i);
        }
        return pack(x);
    }

    // Values of packs that are not whole, some of them of other rows, and the column of each.
    __device__ __forceinline__ int edge_values() const { return (this->packs() - whole) * SIZE; }
    __device__ __forceinline__ int edge_column(int i) const {
        return this->column(i < first * SIZE ? 0 : whole) + i;
    }
};
