// Back through attention by warps, with mma.sync.
#pragma once

#include "projected_attention/backward_tiles.cuh"
#include "projected_attention/warp_products.cuh"
#include "self_attention/attention_gradients.cuh"

struct WarpBackward {
    using Product = WarpBackwardProduct;

    static __device__ __forceinline__ void attention(
        const BackwardTiles& tiles, bf16* d_qkv, const Shape& shape, float scale, const ProbabilityDropout& dropout) {
        int length = shape.length;
        int hidden = shape.hidden();
        int row = own_row();
        Tile<SEQUENCE> scores{tiles.stages.base};
        unsigned long long kept = draw_keys(dropout, shape);
        KeyGradients<HEAD, 1> gradients;
        clear(gradients.keys);
        clear(gradients.values);
        // a warp whose keys are outside the sequence has no word
        unsigned counts = row < length ? tiles.words[row >> 5] >> (row & 31) & 0xFFFFu : 0;
        if (counts != 0) {
            key_gradients(
                gradients, tiles.keys, tiles.values, tiles.queries, tiles.gradient(), tiles.statistics, scores, length, scale,
                dropout.scale, kept, counts);
        }
        // a warp's own values have been read by nobody else: their place carries its results to whole packs, two at a time because on
        // sm_80 registers would be short by one
        bf16* d_query = d_qkv + Head::of_block(shape, 1).query + row * shape.stride();
        float value_factors[2] = {dropout.scale, dropout.scale};
        float factors[2] = {scale, scale};
        store_rows<2>(tiles.values, row, gradients.values, value_factors, d_query + 2 * hidden, shape.stride(), length - row, HEAD, true);
        store_rows<2>(tiles.values, row, gradients.keys, factors, d_query + hidden, shape.stride(), length - row, HEAD, true);
        __syncthreads();
        if (row < length) {
            float c[1][8][4];
            clear(c);
            query_gradients(c, scores, tiles.keys, tiles.words, length);
            store_rows<2>(tiles.values, row, c, factors, d_query, shape.stride(), length - row, HEAD, true);
        }
    }
};
