// What a warp's keys and a chunk of queries add to the gradients of keys and values where the values stay in registers, for
// backward_whole_bf16.cuh. It differs from add_chunk by rounding: that one has the bits of the fused kernels for short sequences.
#pragma once

#include "backward_keys_bf16.cuh"

// d = a b + c
__device__ __forceinline__ void multiply(
    float (&d)[4], const unsigned (&a)[4], unsigned b0, unsigned b1, const float (&c)[4]) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%10, %11, %12, %13};"
        : "=f"(d[0]), "=f"(d[1]), "=f"(d[2]), "=f"(d[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1), "f"(c[0]), "f"(c[1]), "f"(c[2]), "f"(c[3]));
}

// One warp's 16*GROUPS rows as A fragments.
template <int WIDTH, int GROUPS>
struct RowFragments {
    unsigned group[GROUPS][WIDTH / 16][4];

    __device__ __forceinline__ explicit RowFragments(Tile<WIDTH> rows) {
#pragma unroll
        for (int m = 0; m < GROUPS; m++) {
#pragma unroll
            for (int step = 0; step < WIDTH / 16; step++) {
                rows.rows(group[m][step], 16 * m, step);
            }
        }
    }

    // c = the rows times 8 rows of `b` transposed.
    __device__ __forceinline__ void multiply_octet(float (&c)[GROUPS][4], Tile<WIDTH> b) const {
        const float zero[4] = {};
        int lane = threadIdx.x & 31;
#pragma unroll
        for (int step = 0; step < WIDTH / 16; step += 2) {
            // B fragments of two steps
            unsigned y[4];
            load_matrices(y, b.address(lane & 7, 2 * step + (lane >> 3)));
#pragma unroll
            for (int m = 0; m < GROUPS; m++) {
                if (step == 0) {
                    multiply(c[m], group[m][step], y[0], y[1], zero);
                } else {
                    multiply_add(c[m], group[m][step], y[0], y[1]);
                }
                multiply_add(c[m], group[m][step + 1], y[2], y[3]);
            }
        }
    }
};

// c = first + the first 16*GROUPS rows of `a` times rows 0 .. 8*COLUMNS-1 of `b` transposed.
template <int GROUPS, int COLUMNS, int WIDTH>
__device__ __forceinline__ void multiply_first_rows(
    float (&c)[GROUPS][COLUMNS][4], const float (&first)[GROUPS][4], Tile<WIDTH> a, Tile<WIDTH> b) {
#pragma unroll
    for (int step = 0; step < WIDTH / 16; step++) {
        unsigned x[GROUPS][4];
#pragma unroll
        for (int m = 0; m < GROUPS; m++) {
            a.rows(x[m], 16 * m, step);
        }
#pragma unroll
        for (int n = 0; n < COLUMNS; n += 2) {
            unsigned y[4];
            b.columns_from_rows(y, 8 * n, step);
#pragma unroll
            for (int m = 0; m < GROUPS; m++) {
                if (step == 0) {
                    multiply(c[m][n], x[m], y[0], y[1], first[m]);
                    multiply(c[m][n + 1], x[m], y[2], y[3], first[m]);
                } else {
                    multiply_add(c[m][n], x[m], y[0], y[1]);
                    multiply_add(c[m][n + 1], x[m], y[2], y[3]);
                }
            }
        }
    }
}

// Adds a chunk of queries. statistics: of each (log2 of the dropout's scale - log2 of the sum of exp, -sum of dOut out / the scale). The
// exponential of the first and a score is the probability times the scale, which is what both products over queries need, and what the
// scale would be multiplied with once for every pair otherwise: the gradient of the values needs no factor any more, that of the keys the
// scores'. rounded(step, ds) gets the gradient of the scores as A fragments over 16 queries each.
template <int WIDTH, int GROUPS, class Rounded>
__device__ __forceinline__ void add_queries(
    KeyGradients<WIDTH, GROUPS>& gradients,
    Tile<WIDTH> keys,  // from the warp's first on
    const RowFragments<WIDTH, GROUPS>& values,
    Tile<WIDTH> queries,
    Tile<WIDTH> d_outs,
    const float2* statistics,
    float scale2,
    const float (&first)[GROUPS][4],  // scores before any product
    unsigned kept,  // of the query of this lane: bit of each of the warp's keys
    Rounded rounded) {
    int g = threadIdx.x >> 2 & 7;
    int t = threadIdx.x & 3;
    float p[GROUPS][CHUNK / 8][4];
    multiply_first_rows(p, first, keys, queries);
#pragma unroll
    for (int step = 0; step < CHUNK / 16; step++) {
        unsigned a[GROUPS][4];
        unsigned ds[GROUPS][4];
#pragma unroll
        for (int i = 0; i < 2; i++) {
            int n = 2 * step + i;
            // 8 queries at a time: that of 16 would not fit the registers
            float dp[GROUPS][4];
            values.multiply_octet(dp, d_outs.from_row(8 * n));
            // of queries 2t and 2t+1
            float4 pair = *reinterpret_cast<const float4*>(statistics + 8 * n + 2 * t);
#pragma unroll
            for (int odd = 0; odd < 2; odd++) {
                unsigned word = __shfl_sync(ALL, kept, 8 * n + 2 * t + odd) >> g;
#pragma unroll
                for (int m = 0; m < GROUPS; m++) {
#pragma unroll
                    for (int half = 0; half < 2; half++) {
                        int e = 2 * half + odd;
                        bool stays = word >> (16 * m + 8 * half) & 1;
                        float x = exp2_approximate(fmaf(p[m][n][e], scale2, odd ? pair.z : pair.x));
                        p[m][n][e] = stays ? x : 0;
                        dp[m][e] = fmaf(p[m][n][e], dp[m][e], x * (odd ? pair.w : pair.y));
                    }
                }
            }
#pragma unroll
            for (int m = 0; m < GROUPS; m++) {
#pragma unroll
                for (int half = 0; half < 2; half++) {
                    a[m][2 * i + half] = pair_of(p[m][n][2 * half], p[m][n][2 * half + 1]);
                    ds[m][2 * i + half] = pair_of(dp[m][2 * half], dp[m][2 * half + 1]);
                }
            }
        }
        rounded(step, ds);
        multiply_columns(gradients.values, a, d_outs, 16 * step);
        multiply_columns(gradients.keys, ds, queries, 16 * step);
    }
}
