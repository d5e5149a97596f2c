// sum = dropout(x) + residual, y = gamma (sum - mean) rstd + beta; or, with DROP_RESULT, y = dropout(gamma (x - mean) rstd + beta).
//
// The variants of a width keep the row in registers, so that each value crosses the memory bus once; the statistics are those
// of the sum as it is stored, because the backward pass reads that. Blocks walk over the rows with a stride and keep gamma and
// beta in shared memory.
#pragma once

#include "../common/dropout.cuh"
#include "row.cuh"

struct ForwardOptions {
    const float* gamma;
    const float* beta;
    float epsilon;
    float* stats;
    long long rows;
};

// Turns the values of a pack, from element i on, into dropout(v) + residual as it is kept, or with DROP_RESULT without that dropout;
// returns total plus their sum.
template <class T, bool DROP_RESULT = false, int SIZE>
__device__ __forceinline__ float add_residual(
    float (&v)[SIZE], const Dropout& dropout, long long i, const float (&residual)[SIZE], float total) {
    if constexpr (!DROP_RESULT) {
        dropout.apply_aligned(i, v);
    }
#pragma unroll
    for (int j = 0; j < SIZE; j++) {
        v[j] = rounded<T>(v[j] + residual[j]);
        total += v[j];
    }
    return total;
}

// Normalises a row whose values are v and this lane's share of their sum is total, and writes it and its statistics. gamma and beta
// are staged. With DROP_RESULT dropout comes last. All lanes take part; those of a row that is not inside write nothing.
template <class R, bool DROP_RESULT = false, class T>
__device__ __forceinline__ void normalize_row(
    float (&v)[R::PACKS][R::SIZE], float total, long long row, bool inside, const ForwardOptions& o, const float* gamma,
    const float* beta, const Dropout& dropout, T* y) {
    float mean = mean_of(warp_sum<R::LANES>(total), R::WIDTH);
    float squares = 0.0f;
#pragma unroll
    for (int k = 0; k < R::PACKS; k++) {
#pragma unroll
        for (int j = 0; j < R::SIZE; j++) {
            squares = fmaf(v[k][j] - mean, v[k][j] - mean, squares);
        }
    }
    float rstd = reciprocal_deviation(warp_sum<R::LANES>(squares), R::WIDTH, o.epsilon);
#pragma unroll
    for (int k = 0; k < R::PACKS; k++) {
        long long i = row * R::WIDTH + R::column(k);
        float g[R::SIZE];
        float b[R::SIZE];
        load_staged<R>(gamma, k, g);
        load_staged<R>(beta, k, b);
#pragma unroll
        for (int j = 0; j < R::SIZE; j++) {
            v[k][j] = fmaf(g[j], normalized(v[k][j], mean, rstd), b[j]);
        }
        if constexpr (DROP_RESULT) {
            round_all<T>(v[k]);
            dropout.apply_aligned(i, v[k]);
        }
        if (inside) {
            store_pack(y + i, v[k]);
        }
    }
    if (inside && R::column(0) == 0) {
        o.stats[2 * row] = mean;
        o.stats[2 * row + 1] = rstd;
    }
}

// Blocks of THREADS threads; x, residual (may be null), sum (not with DROP_RESULT) and y 16-byte aligned.
template <class T, int WIDTH, int THREADS, bool DROP_RESULT = false>
__device__ __forceinline__ void forward(
    const T* x, const Dropout& dropout, const T* residual, const ForwardOptions& o, T* sum, T* y) {
    using R = Row<T, WIDTH>;
    constexpr int SIZE = R::SIZE;
    __shared__ alignas(16) float gamma[WIDTH];
    __shared__ alignas(16) float beta[WIDTH];
    stage<R>(o.gamma, WIDTH, gamma);
    stage<R>(o.beta, WIDTH, beta);
    __syncthreads();
    long long warp = (static_cast<long long>(blockIdx.x) * THREADS + threadIdx.x) / 32;
    long long warps = static_cast<long long>(gridDim.x) * (THREADS / 32);
    for (long long first = warp * R::ROWS; first < o.rows; first += warps * R::ROWS) {
        // all lanes take part in the sums, also those past the last row
        long long row = first + R::row();
        bool inside = row < o.rows;
        float v[R::PACKS][SIZE];
        float total = 0.0f;
#pragma unroll
        for (int k = 0; k < R::PACKS; k++) {
            long long i = row * WIDTH + R::column(k);
            load_if(inside, x + i, v[k]);
            float r[SIZE];
            load_if(inside && residual != nullptr, residual + i, r);
            total = add_residual<T, DROP_RESULT>(v[k], dropout, i, r, total);
            if (!DROP_RESULT && inside) {
                store_pack(sum + i, v[k]);
            }
        }
        normalize_row<R, DROP_RESULT>(v, total, row, inside, o, gamma, beta, dropout, y);
    }
}
