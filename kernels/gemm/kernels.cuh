// The three products of a linear layer, for one variant of tile.
#pragma once

#include "gemm/parts.cuh"
#include "gemm/product.cuh"
#include "gemm/weight_group.cuh"

// Block x of the grid computes tile x of c, along the shorter way first: neighbouring blocks share the tile of the factor that is
// long, which so is read once, and the other stays in the second-level cache. Where c is wider than the n columns of the product, the
// epilogue gets zeros behind these. parts: Whole, or Parts of what other blocks have the rest of (parts.cuh).
template <class T, class Variant, bool A_ALONG_K, bool B_ALONG_K, class Parts, class Epilogue>
__device__ __forceinline__ void gemm_block(
    const T* a, const T* b, Parts parts, Epilogue epilogue, int m, int n, int k, int lda, int ldb, int ldc, int unit_a, int unit_b,
    int vector) {
    constexpr int HEIGHT = Variant::HEIGHT;
    constexpr int WIDTH = Variant::WIDTH;
    constexpr int THREADS = Variant::THREADS;
    using A = Operand<T, HEIGHT, A_ALONG_K, THREADS, typename Variant::Steps>;
    using B = Operand<T, WIDTH, B_ALONG_K, THREADS, typename Variant::Steps>;
    using Tile = typename Variant::template Tile<A, B>;
    int width = epilogue.width(n);
    int rows = (m + HEIGHT - 1) / HEIGHT;
    int columns = (width + WIDTH - 1) / WIDTH;
    int near = blockIdx.x % min(rows, columns);
    int far = blockIdx.x / min(rows, columns);
    int row = (rows < columns ? near : far) * HEIGHT;
    int column = (rows < columns ? far : near) * WIDTH;
    // as numbers that the compiler knows nothing of: else the large tile of float32 has a register too few on compute capability 8.0
    asm volatile("" : "+r"(m), "+r"(n));
    Tile tile;
    multiply_steps<Variant::STAGES>(tile, A(a, lda, unit_a, row, m), B(b, ldb, unit_b, column, n), k);
    if (!parts.add(tile)) {
        return;
    }
    finish_tile<Variant::STAGES, THREADS, Tile, A, B>(tile, epilogue, m, width, row, column, ldc, vector);
}

// Parameters of all: the factors and the result, row-major with lda, ldb, ldc elements from row to row. unit_a, unit_b: 16, 4 or 2 (bf16
// only), bytes that the factor's addresses and rows are multiples of; the grid's first dimension has one block for each tile.

// c[m,n] = a[m,k] b[n,k]^T + bias[n], or pre_activation = that and c = gelu(that). bias and pre_activation may be null;
// pre_activation lies like c. c has `width` columns, n or more; those from n on become minus infinity.
#define GEMM_FORWARD(NAME, T, VARIANT)                                                                              \
    extern "C" __global__ void __launch_bounds__(VARIANT::THREADS, VARIANT::BLOCKS)                                 \
        NAME(const T* a, const T* b, T* c, int m, int n, int k, int lda, int ldb, int ldc, int unit_a, int unit_b,  \
             int vector, const float* bias, T* pre_activation, int width) {                                         \
        gemm_block<T, VARIANT, true, true>(a, b, Whole(), ForwardEpilogue<T>(c, width, bias, n, pre_activation), m, \
                                           n, k, lda, ldb, ldc, unit_a, unit_b, vector);                            \
    }

// c[m,n] = a[m,k] b[k,n], added to c where accumulate is 1, times gelu'(pre_activation), which lies like c and may be null.
#define GEMM_BACKWARD_INPUT(NAME, T, VARIANT)                                                                        \
    extern "C" __global__ void __launch_bounds__(VARIANT::THREADS, VARIANT::BLOCKS)                                  \
        NAME(const T* a, const T* b, T* c, int m, int n, int k, int lda, int ldb, int ldc, int unit_a, int unit_b,   \
             int vector, int accumulate, const T* pre_activation) {                                                  \
        gemm_block<T, VARIANT, true, false>(a, b, Whole(),                                                           \
                                            BackwardInputEpilogue<T>{c, accumulate != 0, pre_activation}, m, n, k,   \
                                            lda, ldb, ldc, unit_a, unit_b, vector);                                  \
    }

// The same product, cut into parts of `chunk` values of k (the last may have less), one for each layer of the grid along z. parts has
// HEIGHT x WIDTH numbers for each block of the grid, at a multiple of 16 bytes, counters one for each tile, which are 0 before the
// launch and after it.
#define GEMM_BACKWARD_INPUT_PARTS(NAME, T, VARIANT)                                                                \
    extern "C" __global__ void __launch_bounds__(VARIANT::THREADS, VARIANT::BLOCKS)                                \
        NAME(const T* a, const T* b, T* c, int m, int n, int k, int lda, int ldb, int ldc, int unit_a, int unit_b, \
             int vector, int accumulate, const T* pre_activation, int chunk, float* parts, unsigned* counters) {   \
        int first = blockIdx.z * chunk;                                                                            \
        gemm_block<T, VARIANT, true, false>(                                                                       \
            a + first, b + first * static_cast<long long>(ldb),                                                    \
            Parts<VARIANT::HEIGHT * VARIANT::WIDTH, VARIANT::THREADS>{parts, counters},                            \
            BackwardInputEpilogue<T>{c, accumulate != 0, pre_activation}, m, n, min(chunk, k - first), lda, ldb,   \
            ldc, unit_a, unit_b, vector);                                                                          \
    }

// The weight gradients of the layers in a table, see weight_group.cuh; the grid has one dimension.
#define GEMM_WEIGHT_GROUP(NAME, T, VARIANT)                                         \
    extern "C" __global__ void __launch_bounds__(VARIANT::THREADS, VARIANT::BLOCKS) \
        NAME(const WeightProblem<T>* problems, const int* firsts, int count) {      \
        weight_group_block<T, VARIANT>(problems, firsts, count);                    \
    }

#define GEMM_WHOLE_KERNELS(VARIANT, T, SUFFIX)      \
    GEMM_FORWARD(gemm_forward_##SUFFIX, T, VARIANT) \
    GEMM_BACKWARD_INPUT(gemm_backward_input_##SUFFIX, T, VARIANT)

#define GEMM_KERNELS(VARIANT, T, SUFFIX)   \
    GEMM_WHOLE_KERNELS(VARIANT, T, SUFFIX) \
    GEMM_BACKWARD_INPUT_PARTS(gemm_backward_input_parts_##SUFFIX, T, VARIANT)
