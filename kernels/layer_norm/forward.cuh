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

// Turns the values of a pack into v + residual as it is kept; returns total plus their sum.
template <class T, int SIZE>
__device__ __forceinline__ float add_residual(float (&v)[SIZE], const float (&residual)[SIZE], float total) {
#pragma unroll
    for (int j = 0; j < SIZE; j++) {
        v[j] = rounded<T>(v[j] + residual[j]);
        total += v[j];
    }
    return total;
}

// Normalises rows whose values are v and this lane's shares of their sums are total, and writes them and their statistics. gamma and
// beta are staged. With DROP_RESULT dropout comes last. All lanes take part; those of a row that is not inside write nothing. A row is
// a chain of some twenty dependent steps: several in one call go through them side by side.
template <class R, bool DROP_RESULT = false, int ROWS, class T>
__device__ __forceinline__ void normalize_rows(
    float (&v)[ROWS][R::PACKS][R::SIZE], float (&total)[ROWS], const long long (&row)[ROWS], const bool (&inside)[ROWS],
    const ForwardOptions& o, const float* gamma, const float* beta, const Dropout& dropout, T* y) {
    float mean[ROWS];
    float rstd[ROWS] = {};
    warp_sums<R::LANES>(total);
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        mean[r] = mean_of(total[r], R::WIDTH);
#pragma unroll
        for (int k = 0; k < R::PACKS; k++) {
#pragma unroll
            for (int j = 0; j < R::SIZE; j++) {
                rstd[r] = fmaf(v[r][k][j] - mean[r], v[r][k][j] - mean[r], rstd[r]);
            }
        }
    }
    warp_sums<R::LANES>(rstd);
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        rstd[r] = reciprocal_deviation(rstd[r], R::WIDTH, o.epsilon);
    }
#pragma unroll
    for (int k = 0; k < R::PACKS; k++) {
        float g[R::SIZE];
        float b[R::SIZE];
        load_staged<R>(gamma, k, g);
        load_staged<R>(beta, k, b);
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            long long i = row[r] * R::WIDTH + R::column(k);
#pragma unroll
            for (int j = 0; j < R::SIZE; j++) {
                v[r][k][j] = fmaf(g[j], normalized(v[r][k][j], mean[r], rstd[r]), b[j]);
            }
            if constexpr (DROP_RESULT) {
                round_all<T>(v[r][k]);
                dropout.apply_aligned(i, v[r][k]);
            }
            store_pack_if(inside[r], y + i, v[r][k]);
        }
    }
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
        if (inside[r] && R::column(0) == 0) {
            o.stats[2 * row[r]] = mean[r];
            o.stats[2 * row[r] + 1] = rstd[r];
        }
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
        const long long row[1] = {first + R::row()};
        const bool inside[1] = {row[0] < o.rows};
        float v[1][R::PACKS][SIZE];
        float total[1] = {};
#pragma unroll
        for (int k = 0; k < R::PACKS; k++) {
            long long i = row[0] * WIDTH + R::column(k);
            load_if(inside[0], x + i, v[0][k]);
            float r[SIZE];
            load_if(inside[0] && residual != nullptr, residual + i, r);
            if constexpr (!DROP_RESULT) {
                dropout.apply_aligned(i, v[0][k]);
            }
            total[0] = add_residual<T>(v[0][k], r, total[0]);
            if constexpr (!DROP_RESULT) {
                store_pack_if(inside[0], sum + i, v[0][k]);
            }
        }
        normalize_rows<R, DROP_RESULT>(v, total, row, inside, o, gamma, beta, dropout, y);
    }
}
