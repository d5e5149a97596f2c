// The backward pass at any width and any alignment, in two kernels: the column sums first, because the gradients of the values
// may then take the place of dy. Where rows are no multiple of 16 bytes, packs are read value by value.
#pragma once

#include "backward.cuh"
#include "staged_turn.cuh"

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

// Gradients of the values. Blocks of 256 threads. lanes: as Row::LANES.
template <class T>
__device__ __forceinline__ void backward_any(
    const BackwardOperands<T>& o, const Dropout& dropout, int width, int lanes) {
    constexpr int SIZE = Pack<T>::SIZE;
    __shared__ StagedTurn<T> gamma;
    bool packed = width % SIZE == 0 && is_packed(o.dy) && is_packed(o.sum) && is_packed(o.dx) && is_packed(o.d_residual);
    int lane = threadIdx.x & (lanes - 1);
    int stride = lanes * SIZE;
    long long row = (static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x) / lanes;
    // all lanes take part in the sums and turns, also those past the last row
    int end = row < o.rows ? width : 0;
    float mean = end > 0 ? o.stats[2 * row] : 0.0f;
    float rstd = end > 0 ? o.stats[2 * row + 1] : 0.0f;
    float g[SIZE];
    float h[SIZE];
    float total = 0.0f;
    float product = 0.0f;
    // g = dy gamma and h of this lane's pack of a turn; zeros of g beyond the row
    auto turn = [&](int first) {
        int c = first + lane * SIZE;
        float scale[SIZE];
        load_some(o.dy + row * width + c, end - c, packed, g);
        load_some(o.sum + row * width + c, end - c, packed, h);
        __syncthreads();
        gamma.stage(o.gamma, first, width);
        __syncthreads();
        gamma.load(lane, scale);
#pragma unroll
        for (int j = 0; j < SIZE; j++) {
            g[j] *= scale[j];
            h[j] = normalized(h[j], mean, rstd);
        }
    };
    for (int first = 0; first < width; first += stride) {
        turn(first);
#pragma unroll
        for (int j = 0; j < SIZE; j++) {
            total += g[j];
            product = fmaf(g[j], h[j], product);
        }
    }
    float mean_g = lanes_sum(total, lanes) / static_cast<float>(width);
    float mean_gh = lanes_sum(product, lanes) / static_cast<float>(width);
    for (int first = 0; first < width; first += stride) {
        turn(first);
        int c = first + lane * SIZE;
        long long i = row * width + c;
#pragma unroll
        for (int j = 0; j < SIZE; j++) {
            g[j] = input_gradient(g[j], h[j], mean_g, mean_gh, rstd);
        }
        if (o.d_residual != nullptr) {
            store_some(o.d_residual + i, end - c, packed, g);
        }
        dropout.apply(i, g);
        store_some(o.dx + i, end - c, packed, g);
    }
}
