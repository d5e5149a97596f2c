// Pieces that the bf16 kernels share: products of tiles, and probabilities.
#pragma once

#include "common/exponential.cuh"
#include "head.cuh"
#include "tile.cuh"

constexpr unsigned ALL = 0xFFFFFFFFu;

template <int GROUPS, int COLUMNS>
__device__ __forceinline__ void clear(float (&c)[GROUPS][COLUMNS][4]) {
#pragma unroll
    for (int m = 0; m < GROUPS; m++) {
#pragma unroll
        for (int n = 0; n < COLUMNS; n++) {
            c[m][n][0] = c[m][n][1] = c[m][n][2] = c[m][n][3] = 0;
        }
    }
}

// c = rows of `a` from row on, times rows 0 .. 8*COLUMNS-1 of `b` transposed: scores.
template <int GROUPS, int COLUMNS, int WIDTH>
__device__ __forceinline__ void multiply_rows(float (&c)[GROUPS][COLUMNS][4], Tile<WIDTH> a, int row, Tile<WIDTH> b) {
    clear(c);
#pragma unroll
    for (int step = 0; step < WIDTH / 16; step++) {
        unsigned x[GROUPS][4];
#pragma unroll
        for (int m = 0; m < GROUPS; m++) {
            a.rows(x[m], row + 16 * m, step);
        }
#pragma unroll
        for (int n = 0; n < COLUMNS; n += 2) {
            unsigned y[4];
            b.columns_from_rows(y, 8 * n, step);
#pragma unroll
            for (int m = 0; m < GROUPS; m++) {
                multiply_add(c[m][n], x[m], y[0], y[1]);
                multiply_add(c[m][n + 1], x[m], y[2], y[3]);
            }
        }
    }
}

// c += a times 16 rows of `b` from row on, for A fragments of 16 columns.
template <int GROUPS, int WIDTH>
__device__ __forceinline__ void multiply_columns(
    float (&c)[GROUPS][WIDTH / 8][4], const unsigned (&a)[GROUPS][4], Tile<WIDTH> b, int row) {
#pragma unroll
    for (int pair = 0; pair < WIDTH / 16; pair++) {
        unsigned y[4];
        b.columns(y, row, pair);
#pragma unroll
        for (int m = 0; m < GROUPS; m++) {
            multiply_add(c[m][2 * pair], a[m], y[0], y[1]);
            multiply_add(c[m][2 * pair + 1], a[m], y[2], y[3]);
        }
    }
}

// The A fragment over the columns of two neighbouring C fragments.
__device__ __forceinline__ void pack_rows(unsigned (&a)[4], const float (&left)[4], const float (&right)[4]) {
    a[0] = pair_of(left[0], left[1]);
    a[1] = pair_of(left[2], left[3]);
    a[2] = pair_of(right[0], right[1]);
    a[3] = pair_of(right[2], right[3]);
}

// Bits of a thread's elements in 4 neighbouring C fragments [16 queries x 32 keys], from one word of 32 keys for each of its two
// queries. Element e of fragment n is bit 8*n + e%2 of word[e/2].
struct KeyBits {
    unsigned word[2];

    // The same word for all queries.
    static __device__ __forceinline__ KeyBits of_mask(unsigned word) {
        word >>= 2 * (threadIdx.x & 3);
        return {{word, word}};
    }

    // From the words that draw_dropout gave the lanes, for keys 32*half .. 32*half+31.
    static __device__ __forceinline__ KeyBits of_dropout(unsigned drawn, int half) {
        int lane = threadIdx.x & 31;
        int from = (lane >> 2) + 16 * half;
        int shift = 2 * (lane & 3);
        return {{__shfl_sync(ALL, drawn, from) >> shift, __shfl_sync(ALL, drawn, from + 8) >> shift}};
    }

    __device__ __forceinline__ bool operator()(int n, int e) const { return word[e >> 1] >> (8 * n + (e & 1)) & 1; }
};

// Dropout's decisions for 16 queries and 64 keys: lane i draws those of query i%16 and keys 32*(i/16) .. 32*(i/16)+31.
__device__ __forceinline__ unsigned draw_dropout(
    const ProbabilityDropout& dropout, const Shape& shape, const Head& head, int query, int key) {
    int lane = threadIdx.x & 31;
    return dropout.active() ? dropout.kept<4>(shape, head, query + (lane & 15), key + 2 * (lane & 16)) : ALL;
}
