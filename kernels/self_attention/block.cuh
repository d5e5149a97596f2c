// One sequence of at most 128 tokens with one head of width 64 in one block: a warp has 16 tokens.
#pragma once

#include "attention/scores.cuh"
#include "layer_norm/row.cuh"

constexpr int SEQUENCE = 128;
constexpr int SEQUENCE_THREADS = 2 * SEQUENCE;

// Shared memory of all kernels of a sequence. It has the alignment of that of products (gemm/product.cuh): a kernel with both
// (encoder_bf16.cu) uses them as one place.
extern __shared__ __align__(1024) uint4 shared[];

// Tokens or outputs of a layer as rows.
using Rows = Tile<64>;

// The same where a warp has a lane for each pack of a row, four rows at a time.
using NormRow = Row<bf16, 64>;

// Rows of a block's tiles in shared memory, one tile behind the other.
struct SharedTiles {
    unsigned next;

    __device__ __forceinline__ Rows take(int rows) {
        Rows tile{next};
        next += rows * Rows::ROW_BYTES;
        return tile;
    }
};

// Dropout of values, read where it is needed: kept for the whole kernel it would take registers of the products.
struct ValueDropout {
    const int* clock;  // null for no dropout
    int stream;
    int threshold;
    float scale;
    long long elements;

    __device__ __forceinline__ Dropout read() const { return Dropout::read(clock, stream, threshold, scale, elements); }
};

// First of the tokens of this warp.
__device__ __forceinline__ int own_row() { return static_cast<int>(threadIdx.x) / 32 * 16; }

// Turns of NormRow in which a warp goes through its tokens, and this lane's token in a turn.
constexpr int TURNS = 16 / NormRow::ROWS;

__device__ __forceinline__ int own_row(int turn) { return own_row() + turn * NormRow::ROWS + NormRow::row(); }

// Begins to copy COUNT rows to shared memory by all threads, zeros from row `valid` on.
template <int COUNT>
__device__ __forceinline__ void copy_rows(Rows tile, const bf16* from, int stride, int valid) {
    constexpr int AT_ONCE = SEQUENCE_THREADS / Rows::PACKS;
    static_assert(COUNT % AT_ONCE == 0, "threads share the packs evenly");
    int row = threadIdx.x / Rows::PACKS;
    int pack = threadIdx.x % Rows::PACKS;
    from += row * stride + 8 * pack;
#pragma unroll
    for (int i = 0; i < COUNT; i += AT_ONCE) {
        copy_async(tile.address(row + i, pack), from, row + i < valid);
        from += AT_ONCE * stride;
    }
}

// The numbers of a pack.
__device__ __forceinline__ void unpack(uint4 bits, float (&x)[8]) { load_pack(reinterpret_cast<const bf16*>(&bits), x); }

// Rounds the warp's C fragments into its rows of a tile.
__device__ __forceinline__ void store_rounded(Rows tile, const float (&c)[1][8][4]) {
    int row = own_row() + (threadIdx.x >> 2 & 7);
#pragma unroll
    for (int n = 0; n < 8; n++) {
        tile.store(row, n, pair_of(c[0][n][0], c[0][n][1]));
        tile.store(row + 8, n, pair_of(c[0][n][2], c[0][n][3]));
    }
}

// Adds the warp's rows of a tile to its C fragments.
__device__ __forceinline__ void add_rows(float (&c)[1][8][4], Rows tile) {
    int row = own_row() + (threadIdx.x >> 2 & 7);
#pragma unroll
    for (int n = 0; n < 8; n++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            unsigned pair = tile.pair(row + 8 * half, n);
            c[0][n][2 * half] += low_half(pair);
            c[0][n][2 * half + 1] += high_half(pair);
        }
    }
}

// Packs of the warp's rows of a tensor, a turn of rows each, which nothing waits for before they are unpacked; zeros past the last row.
struct OwnPacks {
    uint4 turn[TURNS];

    __device__ __forceinline__ OwnPacks(const bf16* rows, int stride, int length) {
#pragma unroll
        for (int t = 0; t < TURNS; t++) {
            turn[t] = make_uint4(0, 0, 0, 0);
            if (own_row(t) < length) {
                turn[t] = *reinterpret_cast<const uint4*>(rows + own_row(t) * stride + NormRow::column(0));
            }
        }
    }
};
