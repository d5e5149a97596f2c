// Looks up the rows that a block's tile multiplies.
#pragma once

#include "gemm_layer_norm/row_tile.cuh"

// gathered[r] = x[rows[r]] for the rows of a block's tile, up to `count`, as a copy that the block's product and later launches read; NaN
// where x has no such row of `available`. k is a multiple of 8, x and gathered 16-byte aligned. The caller waits for all threads.
template <class Tile>
__device__ __forceinline__ void gather_tile(const bf16* x, const int* rows, int available, int k, long long count, bf16* gathered) {
    // packs of a thread that are under way at a time: all it has where k is 64
    constexpr int AHEAD = 4;
    int row_packs = k / 8;
    int packs = static_cast<int>(min(static_cast<long long>(Tile::HEIGHT), count - Tile::top())) * row_packs;
    gathered += Tile::top() * k;
    rows += Tile::top();
#pragma unroll 1
    for (int first = threadIdx.x; first < packs; first += AHEAD * Tile::THREADS) {
        uint4 bits[AHEAD];
#pragma unroll
        for (int a = 0; a < AHEAD; a++) {
            int pack = first + a * Tile::THREADS;
            int row = pack < packs ? rows[pack / row_packs] : -1;
            bits[a] = make_uint4(0x7FFF7FFF, 0x7FFF7FFF, 0x7FFF7FFF, 0x7FFF7FFF);
            if (static_cast<unsigned>(row) < static_cast<unsigned>(available)) {
                bits[a] = reinterpret_cast<const uint4*>(x)[static_cast<long long>(row) * row_packs + pack % row_packs];
            }
        }
#pragma unroll
        for (int a = 0; a < AHEAD; a++) {
            int pack = first + a * Tile::THREADS;
            if (pack < packs) {
                reinterpret_cast<uint4*>(gathered)[pack] = bits[a];
            }
        }
    }
}
