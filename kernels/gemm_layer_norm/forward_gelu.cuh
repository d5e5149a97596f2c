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
        const long long row[1] = {Tile::top() + Tile::row(turn)};
        const bool inside[1] = {row[0] < o.rows};
        long long i = row[0] * WIDTH + R::column(0);
        float v[1][1][R::SIZE];
        float(&x)[R::SIZE] = v[0][0];
        Tile::read(Tile::row(turn), x);
#pragma unroll
        for (int j = 0; j < R::SIZE; j++) {
            x[j] = rounded<bf16>(x[j] + columns.bias[j]);
        }
        store_pack_if(inside[0], pre_activation + i, x);
#pragma unroll
        for (int j = 0; j < R::SIZE; j++) {
            x[j] = gelu(x[j]);
        }
        store_pack_if(inside[0], activation + i, x);
        const float none[R::SIZE] = {};
        float total[1] = {add_residual<bf16>(x, none, 0.0f)};
        normalize_rows<R, true>(v, total, row, inside, o, columns.gamma, columns.beta, dropout, y);
    }
}
