// The backward pass at any width and any alignment, in two kernels: the column sums first, because the gradients of the values
// may then take the place of dy. Where rows are no multiple of 16 bytes, packs are read value by value.
#pragma once

#include "../common/quads.cuh"
#include "backward.cuh"
#include "staged_turn.cuh"

constexpr int COLUMN_LANES = 8;
constexpr int PARTIAL_COLUMNS = 128;

// A lane takes four of PARTIAL_COLUMNS: with quads, neighbours, so that a row which begins within a sector costs one sector more for
// 8 in bf16, where single values cost one more for 2; without, columns 32 apart, so that the lanes read neighbours. p: the first
// column of all; the row ends `count` columns on, and values beyond are 0.
template <class T>
__device__ __forceinline__ void load_columns(const T* p, int count, int lane, bool quads, float (&x)[4]) {
    if (quads) {
        float4 v = 4 * lane < count ? load_quad(p + 4 * lane) : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        x[0] = v.x;
        x[1] = v.y;
        x[2] = v.z;
        x[3] = v.w;
    } else {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            x[j] = lane + 32 * j < count ? load(p + lane + 32 * j) : 0.0f;
        }
    }
}

// The same columns to shared memory.
__device__ __forceinline__ void keep_columns(float* shared, int lane, bool quads, const float (&x)[4]) {
    if (quads) {
        *reinterpret_cast<float4*>(shared + 4 * lane) = make_float4(x[0], x[1], x[2], x[3]);
    } else {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            shared[lane + 32 * j] = x[j];
        }
    }
}

// Column sums of dy h and dy over chunk rows. Blocks of PARTIAL_COLUMNS x 8 rows; blocks along y take the chunks. A thread adds
// every eighth row, then the eight sums are added in order. partials: [chunks, 2, width].
template <class T>
__device__ __forceinline__ void parameter_partials(
    const T* dy, const T* sum, const float* stats, long long rows, int width, int chunk, float* partials) {
    __shared__ alignas(16) float shared[2][COLUMN_LANES][PARTIAL_COLUMNS];
    int lane = threadIdx.x % 32;
    int warp = threadIdx.x / 32;
    int first_column = blockIdx.x * PARTIAL_COLUMNS;
    int count = width - first_column;
    bool quads = width % 4 == 0 && is_quad(dy) && is_quad(sum);
    long long first = static_cast<long long>(blockIdx.y) * chunk;
    long long end = min(first + chunk, rows);
    float d_gamma[4] = {};
    float d_beta[4] = {};
    for (long long row = first + warp; row < end; row += COLUMN_LANES) {
        float g[4];
        float h[4];
        load_columns(dy + row * width + first_column, count, lane, quads, g);
        load_columns(sum + row * width + first_column, count, lane, quads, h);
        float mean = stats[2 * row];
        float rstd = stats[2 * row + 1];
#pragma unroll
        for (int j = 0; j < 4; j++) {
            d_gamma[j] = fmaf(g[j], normalized(h[j], mean, rstd), d_gamma[j]);
            d_beta[j] += g[j];
        }
    }
    keep_columns(shared[0][warp], lane, quads, d_gamma);
    keep_columns(shared[1][warp], lane, quads, d_beta);
    __syncthreads();
    int which = threadIdx.x / PARTIAL_COLUMNS;
    int column = threadIdx.x % PARTIAL_COLUMNS;
    if (column < count) {
        float total = 0.0f;
        for (int i = 0; i < COLUMN_LANES; i++) {
            total += shared[which][i][column];
        }
        partials[(2ll * blockIdx.y + which) * width + first_column + column] = total;
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
    float mean_g = mean_of(lanes_sum(total, lanes), width);
    float mean_gh = mean_of(lanes_sum(product, lanes), width);
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
