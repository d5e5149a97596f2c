// The backward pass of dropout(LayerNorm(gelu(preActivation))) to preActivation: that of backward.cuh with DROP_RESULT, whose dx, rounded
// as it would be in memory, is multiplied by GELU's slope before it is written.
#pragma once

#include "../common/gelu.cuh"
#include "backward.cuh"

// Blocks of THREADS threads; o.dy, o.sum, o.dx and pre_activation 16-byte aligned. partials: [blocks, 2, WIDTH].
template <class T, int WIDTH, int THREADS>
__device__ __forceinline__ void backward_gelu(
    const BackwardOperands<T>& o, const T* pre_activation, const Dropout& dropout, float* partials) {
    using R = Row<T, WIDTH>;
    static_assert(R::PACKS == 1, "a lane has one pack of a row");
    __shared__ alignas(16) float gamma[WIDTH];
    __shared__ float sums[spread(2 * WIDTH)];
    stage<R>(o.gamma, WIDTH, gamma);
    __syncthreads();
    float d_gamma[1][R::SIZE] = {};
    float d_beta[1][R::SIZE] = {};
    long long warp = (static_cast<long long>(blockIdx.x) * THREADS + threadIdx.x) / 32;
    long long warps = static_cast<long long>(gridDim.x) * (THREADS / 32);
    for (long long first = warp * R::ROWS; first < o.rows; first += warps * R::ROWS) {
        // rows past the last one are zeros, which add nothing to the column sums
        long long row = first + R::row();
        bool inside = row < o.rows;
        long long i = row * WIDTH + R::column(0);
        const float mean[1] = {inside ? o.stats[2 * row] : 0.0f};
        const float rstd[1] = {inside ? o.stats[2 * row + 1] : 0.0f};
        float g[1][1][R::SIZE];
        float h[1][1][R::SIZE];
        load_if(inside, o.dy + i, g[0][0]);
        load_if(inside, o.sum + i, h[0][0]);
        dropout.apply_aligned(i, g[0][0]);
        round_all<T>(g[0][0]);
        float means[2];
        gradient_means<R>(g, h, mean, rstd, gamma, d_gamma, d_beta, means);
#pragma unroll
        for (int j = 0; j < R::SIZE; j++) {
            g[0][0][j] = input_gradient(g[0][0][j], h[0][0][j], means[0], means[1], rstd[0]);
        }
        // read only now, into the registers that h had
        load_if(inside, pre_activation + i, h[0][0]);
#pragma unroll
        for (int j = 0; j < R::SIZE; j++) {
            g[0][0][j] = rounded<T>(g[0][0][j]) * gelu_slope(h[0][0][j]);
        }
        if (inside) {
            store_pack(o.dx + i, g[0][0]);
        }
    }
    write_partials<R, WIDTH, THREADS>(d_gamma, d_beta, sums, partials);
}
