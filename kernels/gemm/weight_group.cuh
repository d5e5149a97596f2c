// The weight gradients of many layers by one launch, with their bias gradients: blocks find their layer in a table.
//
// One layer has few tiles (48 of 128 x 128 or 24 of 128 x 256 at hidden size 256) and many k, so that alone it is cut into many parts or
// leaves most of the device without work, and it pays the start and end of a kernel; those of 12 layers together fill the device with few
// parts or none. The bias gradient is the sum of dy over its rows; the blocks of the first tile column, which have dy on the
// multiprocessor, add it up, so that memory is not read again. No atomics: each element has one writer, and parts are added in their order
// by sum_parts.
#pragma once

#include "common/table.cuh"
#include "gemm/product.cuh"

// d_weight[m,n] = dy[k,m]^T x[k,n], cut into `splits` parts of `chunk` values of k (the last may have less). As written by
// WeightGradients.java.
template <class T>
struct WeightProblem {
    const T* dy;
    const T* x;
    // [splits, m, n], and [splits, m] or null
    float* d_weight;
    float* d_bias;
    int m;
    int n;
    int k;
    int splits;
    int chunk;
    // 1 to add to what is there
    int accumulate;
    // as in kernels.cuh
    int vector;
    int unit_dy;
    int unit_x;
    // elements from one row of dy to the next, m or more
    int leading_dy;
};

// firsts: the first block of each of `count` problems, at least 1; a problem has a block for each tile and part.
template <class T, class Variant>
__device__ __forceinline__ void weight_group_block(const WeightProblem<T>* problems, const int* firsts, int count) {
    constexpr int HEIGHT = Variant::HEIGHT;
    constexpr int WIDTH = Variant::WIDTH;
    constexpr int THREADS = Variant::THREADS;
    using A = Operand<T, HEIGHT, false, THREADS, typename Variant::Steps>;
    using B = Operand<T, WIDTH, false, THREADS, typename Variant::Steps>;
    using Tile = typename Variant::template SummingTile<A, B>;
    Share share = share_of_block(firsts, count);
    const WeightProblem<T>& p = problems[share.entry];
    int m = p.m;
    int n = p.n;
    int across = (n + WIDTH - 1) / WIDTH;
    int tiles = (m + HEIGHT - 1) / HEIGHT * across;
    int split = share.block / tiles;
    int row = share.block % tiles / across * HEIGHT;
    int column = share.block % tiles % across * WIDTH;
    int first = split * p.chunk;
    Tile tile(column == 0 && p.d_bias != nullptr);
    if constexpr (Tile::ASYNC) {
        tile.put_ones(shared_address(pipeline) + Variant::STAGES * (A::BYTES + B::BYTES));
    }
    multiply_steps<Variant::STAGES>(
        tile, A(p.dy + first * static_cast<long long>(p.leading_dy), p.leading_dy, p.unit_dy, row, m),
        B(p.x + first * static_cast<long long>(n), n, p.unit_x, column, n), min(p.chunk, p.k - first));
    tile.write_row_sums(p.d_bias + split * static_cast<long long>(m) + row, m - row, p.accumulate != 0);
    finish_tile<Variant::STAGES, THREADS, Tile, A, B>(
        tile, BackwardWeightEpilogue{p.d_weight + split * (static_cast<long long>(m) * n), p.accumulate != 0}, m, n, row,
        column, n, p.vector);
}
