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
            if constexpr (!DROP_RESULT) {
                dropout.apply_aligned(i, v[k]);
            }
#pragma unroll
            for (int j = 0; j < SIZE; j++) {
                v[k][j] = rounded<T>(v[k][j] + r[j]);
                total += v[k][j];
            }
            if (!DROP_RESULT && inside) {
                store_pack(sum + i, v[k]);
            }
        }
        float mean = warp_sum<R::LANES>(total) / static_cast<float>(WIDTH);
        float squares = 0.0f;
#pragma unroll
        for (int k = 0; k < R::PACKS; k++) {
#pragma unroll
            for (int j = 0; j < SIZE; j++) {
                squares = fmaf(v[k][j] - mean, v[k][j] - mean, squares);
            }
        }
        float rstd = reciprocal_deviation(warp_sum<R::LANES>(squares), WIDTH, o.epsilon);
#pragma unroll
        for (int k = 0; k < R::PACKS; k++) {
            long long i = row * WIDTH + R::column(k);
            float g[SIZE];
            float b[SIZE];
            load_staged<R>(gamma, k, g);
            load_staged<R>(beta, k, b);
#pragma unroll
            for (int j = 0; j < SIZE; j++) {
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
}

// Any width and any alignment. The values do not fit registers: the second and third pass read the sum that the same thread
// wrote in the first, from the caches. lanes: as Row::LANES.
template <class T>
__device__ __forceinline__ void forward_any(
    const T* x, const Dropout& dropout, const T* residual, const ForwardOptions& o, T* sum, T* y, int width, int lanes) {
    constexpr int SIZE = Pack<T>::SIZE;
    bool packed = width % SIZE == 0 && is_packed(x) && is_packed(residual) && is_packed(sum) && is_packed(y);
    int begin = (threadIdx.x & (lanes - 1)) * SIZE;
    int stride = lanes * SIZE;
    long long thread = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
    long long row = thread / lanes;
    bool inside = row < o.rows;
    int end = inside ? width : 0;
    float total = 0.0f;
    for (int c = begin; c < end; c += stride) {
        long long i = row * width + c;
        float v[SIZE];
        float r[SIZE];
        load_some(x + i, width - c, packed, v);
        load_some(residual + i, residual != nullptr ? width - c : 0, packed, r);
        dropout.apply(i, v);
#pragma unroll
        for (int j = 0; j < SIZE; j++) {
            v[j] = rounded<T>(v[j] + r[j]);
            total += v[j];
        }
        store_some(sum + i, width - c, packed, v);
    }
    float mean = lanes_sum(total, lanes) / static_cast<float>(width);
    float squares = 0.0f;
    for (int c = begin; c < end; c += stride) {
        float v[SIZE];
        load_some(sum + row * width + c, width - c, packed, v);
#pragma unroll
        for (int j = 0; j < SIZE; j++) {
            if (c + j < width) {
                squares = fmaf(v[j] - mean, v[j] - mean, squares);
            }
        }
    }
    float rstd = reciprocal_deviation(lanes_sum(squares, lanes), width, o.epsilon);
    for (int c = begin; c < end; c += stride) {
        float v[SIZE];
        load_some(sum + row * width + c, width - c, packed, v);
#pragma unroll
        for (int j = 0; j < SIZE; j++) {
            if (c + j < width) {
                v[j] = fmaf(o.gamma[c + j], normalized(v[j], mean, rstd), o.beta[c + j]);
            }
        }
        store_some(y + row * width + c, width - c, packed, v);
    }
    if (inside && begin == 0) {
        o.stats[2 * row] = mean;
        o.stats[2 * row + 1] = rstd;
    }
}
