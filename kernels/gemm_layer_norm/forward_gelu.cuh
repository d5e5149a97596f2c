// preActivation = product + bias, activation = gelu(preActivation), y = dropout(LayerNorm(activation)): each rounded as it would be in
// memory, so that the bits are those of the operations one after the other.
#pragma once

#include "common/gelu.cuh"
#include "gemm_layer_norm/columns.cuh"

// Of the product in RowTile's sums, for which this waits, of a block's rows up to o.rows. bias may be null; all but the parameters 16-byte
// aligned.
template <int WIDTH>
__device__ __forceinline__ void gelu_and_normalize_sums(
    const float* bias, const Dropout& dropout, const ForwardOptions& o, bf16* pre_activation, bf16* activation, bf16* y) {
    using Tile = RowTile<WIDTH>;
    using R = typename Tile::R;
    TileColumns<WIDTH, Tile> columns(o, bias);
#pragma unroll 1
    for (int turn = 0; turn < Tile::TURNS; turn++) {
        // all lanes take part in the sums, also those past the last row
        long long row = Tile::top() + Tile::row(turn);
        bool inside = row < o.rows;
        long long i = row * WIDTH + R::column(0);
        float v[1][R::SIZE];
        Tile::read(Tile::row(turn), v[0]);
#pragma unroll
        for (int j = 0; j < R::SIZE; j++) {
            v[0][j] = rounded<bf16>(v[0][j] + columns.bias[j]);
        }
        if (inside) {
            store_pack(pre_activation + i, v[0]);
        }
#pragma unroll
        for (int j = 0; j < R::SIZE; j++) {
            v[0][j] = gelu(v[0][j]);
        }
        if (inside) {
            store_pack(activation + i, v[0]);
        }
        const float none[R::SIZE] = {};
        float total = add_residual<bf16, true>(v[0], dropout, i, none, 0.0f);
        normalize_row<R, true>(v, total, row, inside, o, columns.gamma, columns.beta, dropout, y);
    }
}
