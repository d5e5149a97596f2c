// dSum = rstd (g - mean(g) - h mean(g h)) with g = dy gamma and h = (sum - mean) rstd; dResidual = dSum, dx = dropout(dSum);
// dGamma += column sums of dy h, dBeta += column sums of dy. With DROP_RESULT, dropout(dy) takes the place of dy, and dx = dSum.
//
// The variants of a width do all of it in one pass: each lane keeps the column sums of its columns over all rows that it sees,
// the warps of a block add theirs in order, and a block writes one row of partial sums, [2, width], which finish() adds up.
#pragma once

#include "../common/dropout.cuh"
#include "../gemm/staging.cuh"
#include "row.cuh"

template <class T>
struct BackwardOperands {
    const T* dy;
    const T* sum;
    const float* stats;
    const float* gamma;
    long long rows;
    T* dx;
    // may be null
    T* d_residual;
};

// Where the sum of a column lies in shared memory: one word is left out after every 32, so that the lanes of a warp, which add to
// columns 4 or 8 apart, meet each bank once, and so do threads side by side.
__host__ __device__ constexpr int spread(int column) { return column + (column >> 5); }

// Adds the column sums of the lanes of a warp that have the same columns.
template <class R>
__device__ __forceinline__ void add_lanes(float (&d_gamma)[R::PACKS][R::SIZE], float (&d_beta)[R::PACKS][R::SIZE]) {
#pragma unroll
    for (int k = 0; k < R::PACKS; k++) {
#pragma unroll
        for (int j = 0; j < R::SIZE; j++) {
#pragma unroll
            for (int step = R::LANES; step < 32; step *= 2) {
                d_gamma[k][j] += __shfl_xor_sync(0xFFFFFFFFu, d_gamma[k][j], step);
                d_beta[k][j] += __shfl_xor_sync(0xFFFFFFFFu, d_beta[k][j], step);
            }
        }
    }
}

// Adds the column sums of all warps of a block, in the order of the warps, and writes them to partials. sums: spread(2 WIDTH) floats
// of shared memory, which all warps share, however many and wide these are.
template <class R, int WIDTH, int THREADS>
__device__ __forceinline__ void write_partials(
    float (&d_gamma)[R::PACKS][R::SIZE], float (&d_beta)[R::PACKS][R::SIZE], float* sums, float* partials) {
    add_lanes<R>(d_gamma, d_beta);
    for (int i = threadIdx.x; i < spread(2 * WIDTH); i += THREADS) {
        sums[i] = 0.0f;
    }
    // what is added to this place is a multiple of 32, or stays within the group of 32
    float* own = sums + spread(R::column(0));
    __syncthreads();
    for (int warp = 0; warp < THREADS / 32; warp++) {
        if (static_cast<int>(threadIdx.x) / 32 == warp && R::row() == 0) {
#pragma unroll
            for (int k = 0; k < R::PACKS; k++) {
#pragma unroll
                for (int j = 0; j < R::SIZE; j++) {
                    own[spread(k * R::LANES * R::SIZE) + j] += d_gamma[k][j];
                    own[spread(WIDTH + k * R::LANES * R::SIZE) + j] += d_beta[k][j];
                }
            }
        }
        __syncthreads();
    }
    for (int i = threadIdx.x; i < 2 * WIDTH; i += THREADS) {
        partials[static_cast<long long>(blockIdx.x) * (2 * WIDTH) + i] = sums[spread(i)];
    }
}

// The same with 2 WIDTH floats of shared memory for each warp, 16-byte aligned, so that no warp waits for the one before. Threads may
// read something else there until now.
template <class R, int WIDTH, int THREADS>
__device__ __forceinline__ void write_partials_side_by_side(
    float (&d_gamma)[R::PACKS][R::SIZE], float (&d_beta)[R::PACKS][R::SIZE], float* sums, float* partials) {
    add_lanes<R>(d_gamma, d_beta);
    __syncthreads();
    if (R::row() == 0) {
        float* own = sums + static_cast<int>(threadIdx.x) / 32 * (2 * WIDTH);
#pragma unroll
        for (int k = 0; k < R::PACKS; k++) {
#pragma unroll
            for (int j = 0; j < R::SIZE; j += 4) {
                float* quad = own + staged<R>(R::column(k) + j);
                stage_four(quad, d_gamma[k] + j);
                stage_four(quad + WIDTH, d_beta[k] + j);
            }
        }
    }
    __syncthreads();
    for (int i = threadIdx.x; i < 2 * WIDTH; i += THREADS) {
        const float* column = sums + i / WIDTH * WIDTH + staged<R>(i % WIDTH);
        float sum = 0.0f;
#pragma unroll
        for (int warp = 0; warp < THREADS / 32; warp++) {
            sum += column[warp * (2 * WIDTH)];
        }
        partials[static_cast<long long>(blockIdx.x) * (2 * WIDTH) + i] = sum;
    }
}

// The means in dSum: of the rows' g, then of their g h. g comes as the gradient of what is behind gamma and h as what was normalised; they
// leave as the gradient of the normalised values and as these. Adds to this lane's column sums. gamma is staged. All lanes take part, with
// zeros those of rows past the last one. Several rows in one call do not wait for each other's sums.
template <class R, int ROWS>
__device__ __forceinline__ void gradient_means(
    float (&g)[ROWS][R::PACKS][R::SIZE], float (&h)[ROWS][R::PACKS][R::SIZE], const float (&mean)[ROWS], const float (&rstd)[ROWS],
    const float* gamma, float (&d_gamma)[R::PACKS][R::SIZE], float (&d_beta)[R::PACKS][R::SIZE], float (&means)[2 * ROWS]) {
#pragma unroll
    for (int n = 0; n < 2 * ROWS; n++) {
        means[n] = 0.0f;
    }
#pragma unroll
    for (int k = 0; k < R::PACKS; k++) {
        float scale[R::SIZE];
        load_staged<R>(gamma, k, scale);
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
#pragma unroll
            for (int j = 0; j < R::SIZE; j++) {
                h[r][k][j] = normalized(h[r][k][j], mean[r], rstd[r]);
                d_gamma[k][j] = fmaf(g[r][k][j], h[r][k][j], d_gamma[k][j]);
                d_beta[k][j] += g[r][k][j];
                g[r][k][j] *= scale[j];
                means[r] += g[r][k][j];
                means[ROWS + r] = fmaf(g[r][k][j], h[r][k][j], means[ROWS + r]);
            }
        }
    }
    warp_sums<R::LANES>(means);
#pragma unroll
    for (int n = 0; n < 2 * ROWS; n++) {
        means[n] = mean_of(means[n], R::WIDTH);
    }
}

// The gradients of rows from that of what came behind gamma, g, and from h, what was normalised; adds to this lane's column sums. With
// DROP_RESULT dropout was undone before. Rows that are not inside have zeros, and nothing of them is written.
template <class R, bool DROP_RESULT = false, int ROWS, class T>
__device__ __forceinline__ void row_gradients(
    float (&g)[ROWS][R::PACKS][R::SIZE], float (&h)[ROWS][R::PACKS][R::SIZE], const float (&mean)[ROWS], const float (&rstd)[ROWS],
    const long long (&row)[ROWS], const bool (&inside)[ROWS], const float* gamma, const BackwardOperands<T>& o,
    const Dropout& dropout, float (&d_gamma)[R::PACKS][R::SIZE], float (&d_beta)[R::PACKS][R::SIZE]) {
    float means[2 * ROWS];
    gradient_means<R>(g, h, mean, rstd, gamma, d_gamma, d_beta, means);
#pragma unroll
    for (int k = 0; k < R::PACKS; k++) {
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
#pragma unroll
            for (int j = 0; j < R::SIZE; j++) {
                g[r][k][j] = input_gradient(g[r][k][j], h[r][k][j], means[r], means[ROWS + r], rstd[r]);
            }
            store_pack_if(inside[r] && o.d_residual != nullptr, o.d_residual + row[r] * R::WIDTH + R::column(k), g[r][k]);
        }
        if (!DROP_RESULT && dropout.active()) {
#pragma unroll
            for (int r = 0; r < ROWS; r++) {
                dropout.apply_active(row[r] * R::WIDTH + R::column(k), g[r][k]);
            }
        }
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            store_pack_if(inside[r], o.dx + row[r] * R::WIDTH + R::column(k), g[r][k]);
        }
    }
}

// A warp takes rows from `first` on, and further ones `step` apart, up to o.rows. Blocks of THREADS threads; dy, sum, dx and dResidual
// 16-byte aligned. gamma, sums: WIDTH and spread(2 WIDTH) floats of shared memory. partials: [blocks, 2, WIDTH].
template <class T, int WIDTH, int THREADS, bool DROP_RESULT = false>
__device__ __forceinline__ void backward_rows(
    const BackwardOperands<T>& o, long long first, long long step, const Dropout& dropout, float* gamma, float* sums,
    float* partials) {
    using R = Row<T, WIDTH>;
    constexpr int SIZE = R::SIZE;
    stage<R>(o.gamma, WIDTH, gamma);
    __syncthreads();
    float d_gamma[R::PACKS][SIZE] = {};
    float d_beta[R::PACKS][SIZE] = {};
    for (; first < o.rows; first += step) {
        // rows past the last one are zeros, which add nothing to the column sums
        const long long row[1] = {first + R::row()};
        const bool inside[1] = {row[0] < o.rows};
        const float mean[1] = {inside[0] ? o.stats[2 * row[0]] : 0.0f};
        const float rstd[1] = {inside[0] ? o.stats[2 * row[0] + 1] : 0.0f};
        float g[1][R::PACKS][SIZE];
        float h[1][R::PACKS][SIZE];
#pragma unroll
        for (int k = 0; k < R::PACKS; k++) {
            long long i = row[0] * WIDTH + R::column(k);
            load_if(inside[0], o.dy + i, g[0][k]);
            load_if(inside[0], o.sum + i, h[0][k]);
            if constexpr (DROP_RESULT) {
                dropout.apply_aligned(i, g[0][k]);
                round_all<T>(g[0][k]);
            }
        }
        row_gradients<R, DROP_RESULT>(g, h, mean, rstd, row, inside, gamma, o, dropout, d_gamma, d_beta);
    }
    write_partials<R, WIDTH, THREADS>(d_gamma, d_beta, sums, partials);
}

// All rows.
template <class T, int WIDTH, int THREADS, bool DROP_RESULT = false>
__device__ __forceinline__ void backward(const BackwardOperands<T>& o, const Dropout& dropout, float* partials) {
    constexpr int ROWS = Row<T, WIDTH>::ROWS;
    __shared__ alignas(16) float gamma[WIDTH];
    __shared__ float sums[spread(2 * WIDTH)];
    long long warp = (static_cast<long long>(blockIdx.x) * THREADS + threadIdx.x) / 32;
    long long warps = static_cast<long long>(gridDim.x) * (THREADS / 32);
    backward_rows<T, WIDTH, THREADS, DROP_RESULT>(o, warp * ROWS, warps * ROWS, dropout, gamma, sums, partials);
}
