// The backward pass at any width and any alignment, in two kernels: the column sums first, because the gradients of the values
// may then take the place of dy.
#pragma once

#include "backward.cuh"

constexpr int COLUMN_LANES = 8;

// Column sums of dy h and dy over chunk rows. Blocks of 32 columns x 8 rows; blocks along y take the chunks. A thread adds
// every eighth row, then the eight sums are added in order. partials: [chunks, 2, width].
template <class T>
__device__ __forceinline__ void parameter_partials(
    const T* dy, const T* sum, const float* stats, long long rows, int width, int chunk, float* partials) {
    __shared__ float shared[2][COLUMN_LANES][32];
    int lane = threadIdx.x / 32;
    int column = blockIdx.x * 32 + threadIdx.x % 32;
    long long first = static_cast<long long>(blockIdx.y) * chunk;
    long long end = min(first + chunk, rows);
    float d_gamma = 0.0f;
    float d_beta = 0.0f;
    if (column < width) {
        for (long long row = first + lane; row < end; row += COLUMN_LANES) {
            float g = load(dy + row * width + column);
            float h = normalized(load(sum + row * width + column), stats[2 * row], stats[2 * row + 1]);
            d_gamma = fmaf(g, h, d_gamma);
            d_beta += g;
        }
    }
    shared[0][lane][threadIdx.x % 32] = d_gamma;
    shared[1][lane][threadIdx.x % 32] = d_beta;
    __syncthreads();
    if (lane < 2 && column < width) {
        float total = 0.0f;
        for (int i = 0; i < COLUMN_LANES; i++) {
            total += shared[lane][i][threadIdx.x % 32];
        }
        partials[(2ll * blockIdx.y + lane) * width + column] = total;
    }
}

// Gradients of the values. lanes: as Row::LANES.
template <class T>
__device__ __forceinline__ void backward_any(
    const BackwardOperands<T>& o, const Dropout& dropout, int width, int lanes) {
    constexpr int SIZE = Pack<T>::SIZE;
    bool packed = width % SIZE == 0 && is_packed(o.dy) && is_packed(o.sum) && is_packed(o.dx) && is_packed(o.d_residual);
    int begin = (threadIdx.x & (lanes - 1)) * SIZE;
    int stride = lanes * SIZE;
    long long row = (static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x) / lanes;
    // all lanes take part in the sums, also those past the last row
    int end = row < o.rows ? width : 0;
    float mean = end > 0 ? o.stats[2 * row] : 0.0f;
    float rstd = end > 0 ? o.stats[2 * row + 1] : 0.0f;
    float total = 0.0f;
    float product = 0.0f;
    for (int c = begin; c < end; c += stride) {
        float g[SIZE];
        float h[SIZE];
        load_some(o.dy + row * width + c, width - c, packed, g);
        load_some(o.sum + row * width + c, width - c, packed, h);
#pragma unroll
        for (int j = 0; j < SIZE; j++) {
            if (c + j < width) {
                g[j] *= o.gamma[c + j];
                total += g[j];
                product = fmaf(g[j], normalized(h[j], mean, rstd), product);
            }
        }
    }
    float mean_g = lanes_sum(total, lanes) / static_cast<float>(width);
    float mean_gh = lanes_sum(product, lanes) / static_cast<float>(width);
    for (int c = begin; c < end; c += stride) {
        long long i = row * width + c;
        float g[SIZE];
        float h[SIZE];
        load_some(o.dy + i, width - c, packed, g);
        load_some(o.sum + i, width - c, packed, h);
#pragma unroll
        for (int j = 0; j < SIZE; j++) {
            if (c + j < width) {
                g[j] = input_gradient(g[j] * o.gamma[c + j], normalized(h[j], mean, rstd), mean_g, mean_gh, rstd);
            }
        }
        if (o.d_residual != nullptr) {
            store_some(o.d_residual + i, width - c, packed, g);
        }
        dropout.apply(i, g);
        store_some(o.dx + i, width - c, packed, g);
    }
}
