// The feed-forward part of a layer of one width, both ways, for one variant of tile.
#pragma once

#include "gemm_layer_norm/backward.cuh"
#include "gemm_layer_norm/forward.cuh"

// x, dy: [rows, WIDTH]; inner: [intermediate, WIDTH]; outer: [WIDTH, intermediate]; intermediate is a multiple of 64. All but the biases
// and the other parameters are 16-byte aligned; biases and residual may be null. added and partials: as in gemm_layer_norm.cu. A block has
// the rows of one TILE<WIDTH, whether k runs along the rows of the weights>.
#define FEED_FORWARD(WIDTH, TILE)                                                                                   \
    extern "C" __global__ void __launch_bounds__(TILE<WIDTH, true>::Rows::THREADS, TILE<WIDTH, true>::BLOCKS)       \
        feed_forward_w##WIDTH##_bf16(                                                                               \
            const bf16* x, const bf16* inner, const float* inner_bias, const bf16* outer, const float* outer_bias,  \
            int intermediate, DROPOUT_PARAMETERS, const bf16* residual, const float* gamma, const float* beta,      \
            float epsilon, bf16* pre_activation, bf16* activation, bf16* sum, bf16* y, float* stats,                \
            long long rows) {                                                                                       \
        using Tile = TILE<WIDTH, true>;                                                                             \
        long long top = Tile::Rows::top();                                                                          \
        Tile::Forward between = {inner_bias, pre_activation, activation, top, rows, intermediate};                  \
        Tile::multiply(top, x, inner, outer, static_cast<int>(rows), intermediate, between);                        \
        ForwardOptions options = {gamma, beta, epsilon, stats, rows};                                               \
        Dropout dropout = READ_DROPOUT(rows * WIDTH);                                                               \
        normalize_sums<WIDTH, Tile::Rows::HEIGHT>(top, outer_bias, dropout, residual, options, sum, y);             \
    }                                                                                                               \
    extern "C" __global__ void __launch_bounds__(TILE<WIDTH, false>::Rows::THREADS, TILE<WIDTH, false>::BLOCKS)     \
        feed_forward_backward_w##WIDTH##_bf16(                                                                      \
            const bf16* dy, const bf16* outer, const bf16* inner, int intermediate, const bf16* pre_activation,     \
            bf16* d_pre_activation, const bf16* added, const bf16* sum, const float* stats, const float* gamma,     \
            DROPOUT_PARAMETERS, bf16* dx, bf16* dResidual, long long rows, float* partials) {                       \
        using Tile = TILE<WIDTH, false>;                                                                            \
        long long top = Tile::Rows::top();                                                                          \
        Tile::Backward between = {pre_activation, d_pre_activation, top, rows, intermediate};                       \
        Tile::multiply(top, dy, outer, inner, static_cast<int>(rows), intermediate, between);                       \
        BackwardOperands<bf16> operands = {added, sum, stats, gamma, rows, dx, dResidual};                          \
        Dropout dropout = READ_DROPOUT(rows * WIDTH);                                                               \
        normalize_sums_backward<WIDTH, Tile::Rows::HEIGHT>(top, operands, dropout, partials);                       \
    }
