// y = LayerNorm(dropout(product + bias) + residual): the product rounded as it would be in memory, so that the bits are those of the two
// operations one after the other.
#pragma once

#include "gemm_layer_norm/columns.cuh"

// Of the product in RowTile's sums, for which this waits, of rows top and on, up to o.rows. residual and bias may be null; all but the parameters 16-byte aligned.
template <int WIDTH, int HEIGHT = 64>
__device__ __forceinline__ void normalize_sums(
    long long top, const float* bias, const Dropout& dropout, const bf16* residual, const ForwardOptions& o, bf16* sum, bf16* y) {
    using Tile = RowTile<WIDTH, HEIGHT>;
    using R = typename Tile::R;
    constexpr int GROUP = Tile::GROUP;
    auto load = [&](Packs<GROUP>& packs, int turn) {
#pragma unroll
        for (int t = 0; t < GROUP; t++) {
            long long row = top + Tile::row(turn + t);
            packs.load(t, row < o.rows && residual != nullptr, residual + row * WIDTH + R::column(0));
        }
    };
    Packs<GROUP> next;
    load(next, 0);
    TileColumns<WIDTH, Tile> columns(o, bias);
#pragma unroll 1
    for (int first = 0; first < Tile::TURNS; first += GROUP) {
        Packs<GROUP> now = next;
        if (first + GROUP < Tile::TURNS) {
            load(next, first + GROUP);
        }
        long long row[GROUP];
        bool inside[GROUP];
        float v[GROUP][1][R::SIZE];
#pragma unroll
        for (int t = 0; t < GROUP; t++) {
            // all lanes take part in the sums, also those past the last row
            row[t] = top + Tile::row(first + t);
            inside[t] = row[t] < o.rows;
            Tile::read(Tile::row(first + t), v[t][0]);
#pragma unroll
            for (int j = 0; j < R::SIZE; j++) {
                v[t][0][j] = rounded<bf16>(v[t][0][j] + columns.bias[j]);
            }
        }
        if (dropout.active()) {
#pragma unroll
            for (int t = 0; t < GROUP; t++) {
                dropout.apply_active(row[t] * WIDTH + R::column(0), v[t][0]);
            }
        }
        float total[GROUP];
#pragma unroll
        for (int t = 0; t < GROUP; t++) {
            float before[R::SIZE];
            now.unpack(t, before);
            total[t] = add_residual<bf16>(v[t][0], before, 0.0f);
            store_pack_if(inside[t], sum + row[t] * WIDTH + R::column(0), v[t][0]);
        }
        normalize_rows<R>(v, total, row, inside, o, columns.gamma, columns.beta, dropout, y);
    }
}
