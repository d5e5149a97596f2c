// The kernels of gemm_layer_norm.cu, whose tiles of width 64 and 256 can be others.
#pragma once

#include "gemm_layer_norm/backward.cuh"
#include "gemm_layer_norm/forward.cuh"
#include "gemm_layer_norm/forward_gelu.cuh"
#include "gemm_layer_norm/gather.cuh"

// TILE: as RowTile<WIDTH>. a, b: as there; all but the parameters 16-byte aligned; residual, bias and added may be null.
#define GEMM_LAYER_NORM(WIDTH, TILE)                                                                                    \
    extern "C" __global__ void __launch_bounds__(TILE::THREADS, TILE::BLOCKS) gemm_forward_layer_norm_w##WIDTH##_bf16(  \
        const bf16* a, const bf16* b, const float* bias, int k, DROPOUT_PARAMETERS, const bf16* residual,               \
        const float* gamma, const float* beta, float epsilon, bf16* sum, bf16* y, float* stats, long long rows) {       \
        ForwardOptions options = {gamma, beta, epsilon, stats, rows};                                                   \
        Dropout dropout = READ_DROPOUT(rows * WIDTH);                                                                   \
        TILE::multiply<true>(a, b, static_cast<int>(rows), k);                                                          \
        normalize_sums<WIDTH, TILE::HEIGHT>(TILE::top(), bias, dropout, residual, options, sum, y);                     \
    }                                                                                                                   \
    extern "C" __global__ void __launch_bounds__(TILE::THREADS, TILE::BLOCKS)                                           \
        gemm_backward_input_layer_norm_w##WIDTH##_bf16(                                                                 \
            const bf16* a, const bf16* b, int k, const bf16* added, const bf16* sum, const float* stats,                \
            const float* gamma, DROPOUT_PARAMETERS, bf16* dx, bf16* dResidual, long long rows, float* partials) {       \
        BackwardOperands<bf16> operands = {added, sum, stats, gamma, rows, dx, dResidual};                              \
        Dropout dropout = READ_DROPOUT(rows * WIDTH);                                                                   \
        TILE::multiply<false>(a, b, static_cast<int>(rows), k);                                                         \
        normalize_sums_backward<WIDTH, TILE::HEIGHT>(TILE::top(), operands, dropout, partials);                         \
    }

extern "C" __global__ void __launch_bounds__(RowTile<128>::THREADS, RowTile<128>::BLOCKS)
    gemm_backward_input_layer_norm_dropout_w128_bf16(
        const bf16* a, const bf16* b, int k, const bf16* added, const bf16* x, const float* stats, const float* gamma,
        DROPOUT_PARAMETERS, bf16* dx, long long rows, float* partials) {
    BackwardOperands<bf16> operands = {added, x, stats, gamma, rows, dx, nullptr};
    Dropout dropout = READ_DROPOUT(rows * 128);
    RowTile<128>::multiply<false>(a, b, static_cast<int>(rows), k);
    normalize_sums_backward<128, 64, true>(RowTile<128>::top(), operands, dropout, partials);
}

// rows: those of x that are read, copied to gathered; null for all.
extern "C" __global__ void __launch_bounds__(RowTile<128>::THREADS, RowTile<128>::BLOCKS)
    gemm_forward_gelu_layer_norm_w128_bf16(
        const bf16* x, const int* rows, int available, bf16* gathered, const bf16* b, const float* bias, int k,
        DROPOUT_PARAMETERS, const float* gamma, const float* beta, float epsilon, bf16* pre_activation, bf16* activation,
        bf16* y, float* stats, long long count) {
    ForwardOptions options = {gamma, beta, epsilon, stats, count};
    Dropout dropout = READ_DROPOUT(count * 128);
    if (rows != nullptr) {
        gather_tile<RowTile<128>>(x, rows, available, k, count, gathered);
        __syncthreads();
    }
    RowTile<128>::multiply<true>(rows != nullptr ? gathered : x, b, static_cast<int>(count), k);
    gelu_and_normalize_sums<128>(bias, dropout, options, pre_activation, activation, y);
}
