// The backward pass of a LayerNorm whose output's gradient is product + added: the gradient rounded as it would be in memory. Column
// sums of a tile's rows are a block's partial sums, [2, width], in an order that depends on nothing but the sizes.
#pragma once

#include "gemm_layer_norm/row_tile.cuh"
#include "layer_norm/backward.cuh"

// Of the product in RowTile's sums, for which this waits, of rows top and on, up to o.rows. o.dy: what is added, may be null, and may be
// o.dx or o.d_residual; all but the parameters 16-byte aligned. partials: [blocks, 2, WIDTH]. With DROP_RESULT dropout of the LayerNorm's
// output is undone before, and of nothing behind, as in layer_norm/backward.cuh.
template <int WIDTH, int HEIGHT = 64, bool DROP_RESULT = false>
__device__ __forceinline__ void normalize_sums_backward(
    long long top, const BackwardOperands<bf16>& o, const Dropout& dropout, float* partials) {
    using Tile = RowTile<WIDTH, HEIGHT>;
    using R = typename Tile::R;
    constexpr int GROUP = Tile::GROUP;
    struct Operands {
        Packs<GROUP> dy;
        Packs<GROUP> sum;
        float mean[GROUP];
        float rstd[GROUP];
    };
    auto load = [&](Operands& operands, int turn) {
#pragma unroll
        for (int t = 0; t < GROUP; t++) {
            // rows past the last one are zeros, which add nothing to the column sums
            long long row = top + Tile::row(turn + t);
            bool inside = row < o.rows;
            long long i = row * WIDTH + R::column(0);
            operands.dy.load(t, inside && o.dy != nullptr, o.dy + i);
            operands.sum.load(t, inside, o.sum + i);
            operands.mean[t] = inside ? o.stats[2 * row] : 0.0f;
            operands.rstd[t] = inside ? o.stats[2 * row + 1] : 0.0f;
        }
    };
    Operands next;
    load(next, 0);
    float* gamma = Tile::behind_sums();
    stage<R>(o.gamma, WIDTH, gamma);
    __syncthreads();
    float d_gamma[1][R::SIZE] = {};
    float d_beta[1][R::SIZE] = {};
#pragma unroll 1
    for (int first = 0; first < Tile::TURNS; first += GROUP) {
        Operands now = next;
        if (first + GROUP < Tile::TURNS) {
            load(next, first + GROUP);
        }
        long long row[GROUP];
        bool inside[GROUP];
        float g[GROUP][1][R::SIZE];
        float h[GROUP][1][R::SIZE];
#pragma unroll
        for (int t = 0; t < GROUP; t++) {
            row[t] = top + Tile::row(first + t);
            inside[t] = row[t] < o.rows;
            Tile::read(Tile::row(first + t), g[t][0]);
            now.dy.unpack(t, h[t][0]);
#pragma unroll
            for (int j = 0; j < R::SIZE; j++) {
                g[t][0][j] = rounded<bf16>(g[t][0][j] + h[t][0][j]);
            }
            if constexpr (DROP_RESULT) {
                dropout.apply_aligned(row[t] * WIDTH + R::column(0), g[t][0]);
                round_all<bf16>(g[t][0]);
            }
            now.sum.unpack(t, h[t][0]);
        }
        row_gradients<R, DROP_RESULT>(g, h, now.mean, now.rstd, row, inside, gamma, o, dropout, d_gamma, d_beta);
    }
    write_partials_side_by_side<R, WIDTH, Tile::THREADS>(d_gamma, d_beta, Tile::sums(), partials);
}
