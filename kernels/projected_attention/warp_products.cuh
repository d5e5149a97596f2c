// The products before attention by warps, with mma.sync.
#pragma once

#include "projected_attention/block.cuh"

// Queries, keys and values. A warp has 32 tokens and 96 of the 192 outputs: 16 by 192 would read more from shared memory.
struct WarpForwardProduct {
    static constexpr int COLUMNS = 12;  // of 8 outputs

    int row;
    int column;
    float c[2][COLUMNS][4];

    __device__ __forceinline__ WarpForwardProduct() {
        int warp = static_cast<int>(threadIdx.x) / 32;
        row = warp % 4 * 32;
        column = warp / 4 * COLUMNS;
        clear(c);
    }

    static __device__ __forceinline__ void publish() {}

    // Adds a stage's products. A step at a time, because addresses of several would take registers of the sums.
    __device__ __forceinline__ void add(Rows tokens, Rows outputs) {
        outputs = outputs.from_row(8 * column);
#pragma unroll 1
        for (int step = 0; step < HEAD / 16; step++) {
            unsigned a[2][4];
            tokens.rows(a[0], row, step);
            tokens.rows(a[1], row + 16, step);
#pragma unroll
            for (int n = 0; n < COLUMNS; n += 2) {
                unsigned b[4];
                outputs.columns_from_rows(b, 8 * n, step);
#pragma unroll
                for (int m = 0; m < 2; m++) {
                    multiply_add(c[m][n], a[m], b[0], b[1]);
                    multiply_add(c[m][n + 1], a[m], b[2], b[3]);
                }
            }
        }
    }

    // Adds the bias, rounds and writes the sums to their places in the tiles of queries, keys and values, one behind the other.
    __device__ __forceinline__ void store(Rows tiles, const float* bias) const {
        int lane = threadIdx.x & 31;
#pragma unroll
        for (int n = 0; n < COLUMNS; n++) {
            float2 b = *reinterpret_cast<const float2*>(bias + 8 * (column + n) + 2 * (lane & 3));
            Rows tile = tiles.from_row((column + n) / 8 * SEQUENCE);
#pragma unroll
            for (int m = 0; m < 2; m++) {
                int token = row + 16 * m + (lane >> 2);
                tile.store(token, (column + n) % 8, pair_of(c[m][n][0] + b.x, c[m][n][1] + b.y));
                tile.store(token + 8, (column + n) % 8, pair_of(c[m][n][2] + b.x, c[m][n][3] + b.y));
            }
        }
    }
};

// The gradient of the context. A warp has its 16 tokens.
struct WarpBackwardProduct {
    float c[1][8][4];

    __device__ __forceinline__ WarpBackwardProduct() { clear(c); }

    static __device__ __forceinline__ void publish() {}

    // Adds a stage's products.
    __device__ __forceinline__ void add(Rows gradients, Rows weight) {
#pragma unroll
        for (int step = 0; step < HEAD / 16; step++) {
            unsigned a[1][4];
            gradients.rows(a[0], own_row(), step);
            multiply_columns(c, a, weight, 16 * step);
        }
    }

    // Rounds the sums into the warp's rows of a tile.
    __device__ __forceinline__ void store(Rows tile) const { store_rounded(tile, c); }
};
