// Products of linear layers with the layer normalisation that follows them (forward) or that is before them (backward) by one launch:
// what lies between is not written, and not read again. bf16 factors, float sums on tensor cores.
//
//            FLOPs                bytes                                                       over M rows of width N, K summands
// forward    2 M N K +  9 M N     2 M K + 2 N K + 2 M N (residual, sum, y)  + 8 M
// backward   2 M N K + 15 M N     2 M K + 2 N K + 2 M N (added, sum, dx, dResidual) + 8 M, and 8 N of partial sums a block
#include "gemm_layer_norm/backward.cuh"
#include "gemm_layer_norm/forward.cuh"

#define DROPOUT_PARAMETERS const int *clock, int stream, int threshold, float scale

#define GEMM_LAYER_NORM(WIDTH)                                                                                          \
    extern "C" __global__ void __launch_bounds__(RowTile<WIDTH>::THREADS, RowTile<WIDTH>::BLOCKS)                       \
        gemm_forward_layer_norm_w##WIDTH##_bf16(                                                                        \
            const bf16* a, const bf16* b, const float* bias, int k, DROPOUT_PARAMETERS, const bf16* residual,           \
            const float* gamma, const float* beta, float epsilon, bf16* sum, bf16* y, float* stats, long long rows) {   \
        ForwardOptions options = {gamma, beta, epsilon, stats, rows};                                                   \
        Dropout dropout = Dropout::read(clock, stream, threshold, scale, rows * WIDTH);                                 \
        product_layer_norm<WIDTH>(a, b, bias, k, dropout, residual, options, sum, y);                                   \
    }                                                                                                                   \
    extern "C" __global__ void __launch_bounds__(RowTile<WIDTH>::THREADS, RowTile<WIDTH>::BLOCKS)                       \
        gemm_backward_input_layer_norm_w##WIDTH##_bf16(                                                                 \
            const bf16* a, const bf16* b, int k, const bf16* added, const bf16* sum, const float* stats,                \
            const float* gamma, DROPOUT_PARAMETERS, bf16* dx, bf16* dResidual, long long rows, float* partials) {       \
        BackwardOperands<bf16> operands = {added, sum, stats, gamma, rows, dx, dResidual};                              \
        Dropout dropout = Dropout::read(clock, stream, threshold, scale, rows * WIDTH);                                 \
        product_layer_norm_backward<WIDTH>(a, b, k, operands, dropout, partials);                                       \
    }

GEMM_LAYER_NORM(64)
GEMM_LAYER_NORM(256)
