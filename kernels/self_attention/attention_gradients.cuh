// Back through attention: a warp has 16 tokens as keys, then as queries.
#pragma once

#include "attention/backward_keys_bf16.cuh"
#include "self_attention/block.cuh"

// A warp's 16 rows of 64, rounded, as A fragments of 16 columns each.
struct Fragments {
    unsigned step[4][1][4];

    __device__ __forceinline__ Fragments(const float (&c)[1][8][4], float factor) {
#pragma unroll
        for (int k = 0; k < 4; k++) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                const float* x = c[0][2 * k + (i >> 1)] + 2 * (i & 1);
                step[k][0][i] = pair_of(x[0] * factor, x[1] * factor);
            }
        }
    }

    // c += these times 64 rows of `b` from row on.
    __device__ __forceinline__ void multiply(float (&c)[1][8][4], Rows b, int row) const {
#pragma unroll
        for (int k = 0; k < 4; k++) {
            multiply_columns(c, step[k], b, row + 16 * k);
        }
    }
};

// Dropout's decisions for the warp's 16 keys and the query of this lane in each chunk, 16 bits a chunk, the first chunk's lowest. Drawn
// before there are sums, to whose registers those of the draw would come.
__device__ __forceinline__ unsigned long long draw_keys(const ProbabilityDropout& dropout, const Shape& shape) {
    static_assert(SEQUENCE / CHUNK == 4, "64 bits");
    unsigned long long kept = ~0ull;
    if (dropout.active()) {
#pragma unroll 1
        for (int from = SEQUENCE - CHUNK; from >= 0; from -= CHUNK) {
            unsigned bits = dropout.kept<2>(shape, Head::of_block(shape, 1), from + (threadIdx.x & 31), own_row());
            kept = kept << 16 | (bits & 0xFFFFu);
        }
    }
    return kept;
}

// The gradients of the warp's keys and values, in their units, and that of their scores in `scores`, keys as rows. kept: what draw_keys
// gave; counts: bit of each of the keys, of which there is one.
__device__ __forceinline__ void key_gradients(
    KeyGradients<64, 1>& gradients, Rows keys, Rows values, Rows queries, Rows d_contexts, const float2* statistics,
    Tile<SEQUENCE> scores, int length, float scale, float dropout_scale, unsigned long long kept,
    unsigned counts) {
    int row = own_row();
#pragma unroll 1
    for (int from = 0; from < length; from += CHUNK) {
        add_chunk(
            gradients, keys, values, row, queries.from_row(from), d_contexts.from_row(from), statistics + from, scale * LOG2_E,
            dropout_scale, counts, static_cast<unsigned>(kept), [&](int step, const unsigned(&a)[1][4]) {
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    scores.store(row + 8 * (i & 1) + (threadIdx.x >> 2 & 7), from / 8 + 2 * step + (i >> 1), a[0][i]);
                }
            });
        kept >>= 16;
    }
}

// c += the gradients of the warp's queries, in their unit. words: the mask of all keys.
__device__ __forceinline__ void query_gradients(
    float (&c)[1][8][4], Tile<SEQUENCE> scores, Rows keys, const unsigned* words, int length) {
#pragma unroll 1
    for (int from = 0; from < length; from += 16) {
        // warps without keys that count have written nothing
        if ((words[from >> 5] >> (from & 31) & 0xFFFFu) != 0) {
            unsigned a[1][4];
            scores.transposed_rows(a[0], from, own_row());
            multiply_columns(c, a, keys, from);
        }
    }
}
