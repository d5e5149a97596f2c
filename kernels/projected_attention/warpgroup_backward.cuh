// Back through attention by two warpgroups, with wgmma: a warpgroup has 64 tokens, as keys, then as queries, a warp its 16 of them. Tiles
// are panels as wgmma reads them, at multiples of 1024 bytes.
#pragma once

#include "attention/backward_keys_bf16.cuh"
#include "projected_attention/backward_tiles.cuh"
#include "projected_attention/warpgroup_products.cuh"

struct WarpgroupBackward {
    using Product = WarpgroupBackwardProduct;

    // Of 64 rows, those of the thread's warpgroup.
    static __device__ __forceinline__ unsigned own_rows(Rows tile) {
        return warp_uniform(tile.from_row(threadIdx.x / 128 * 64).base);
    }

    // 16 rows of a tile as a factor that sums over them.
    static __device__ __forceinline__ unsigned long long over_rows(unsigned tile, int row) {
        return panel_descriptor(tile, row * Rows::ROW_BYTES, 8 * Rows::ROW_BYTES);
    }

    // Begins c = 64 rows of `a` times rows of `b` transposed.
    template <int COLUMNS>
    static __device__ __forceinline__ void multiply_rows(float (&c)[COLUMNS][4], unsigned a, Rows b) {
#pragma unroll
        for (int step = 0; step < HEAD / 16; step++) {
            multiply_async<true, true>(c, panel_descriptor(a, 32 * step, 16), panel_descriptor(b.base, 32 * step, 16), step > 0);
        }
    }

    // From a chunk's scores and the gradient of its probabilities, as add_chunk of warps has them, to what is multiplied with the contexts'
    // gradients and with the queries, as A fragments over 16 queries each: words 2 n and the next are of queries 8 n and on. Words of keys
    // that do not count are zeros: one selection for two queries, where their probabilities would take two.
    static __device__ __forceinline__ void fragments_of(
        unsigned (&a)[2][4], unsigned (&ds)[2][4], float (&p)[4][4], float (&dp)[4][4], const float2* statistics, float scale2,
        float dropout_scale, unsigned counts, unsigned kept) {
        int g = threadIdx.x >> 2 & 7;
        int t = threadIdx.x & 3;
        // this lane's keys: a bit that is asked for where it lies becomes a predicate at once
        unsigned bits[2] = {1u << g, 256u << g};
#pragma unroll
        for (int n = 0; n < CHUNK / 8; n++) {
            // of queries 2t and 2t+1
            float4 pair = *reinterpret_cast<const float4*>(statistics + 8 * n + 2 * t);
#pragma unroll
            for (int odd = 0; odd < 2; odd++) {
                unsigned word = __shfl_sync(ALL, kept, 8 * n + 2 * t + odd);
#pragma unroll
                for (int half = 0; half < 2; half++) {
                    int e = 2 * half + odd;
                    bool stays = (word & bits[half]) != 0;
                    float x = exp2_approximate(fmaf(p[n][e], scale2, odd ? -pair.z : -pair.x));
                    p[n][e] = stays ? x : 0;
                    dp[n][e] = x * ((stays ? dp[n][e] * dropout_scale : 0) - (odd ? pair.w : pair.y));
                }
            }
#pragma unroll
            for (int half = 0; half < 2; half++) {
                bool counting = (counts & bits[half]) != 0;
                a[n / 2][n % 2 * 2 + half] = counting ? pair_of(p[n][2 * half], p[n][2 * half + 1]) : 0;
                ds[n / 2][n % 2 * 2 + half] = counting ? pair_of(dp[n][2 * half], dp[n][2 * half + 1]) : 0;
            }
        }
    }

    // The gradients of the scores of the warp's keys, as rows, and a chunk of queries to shared memory, where 64 queries are a panel.
    static __device__ __forceinline__ void store_scores(const BackwardTiles& tiles, int from, const unsigned (&ds)[2][4]) {
        Rows panel = tiles.stages.from_row(from / HEAD * SEQUENCE);
        int row = own_row() + (threadIdx.x >> 2 & 7);
#pragma unroll
        for (int i = 0; i < 8; i++) {
            panel.store(row + 8 * (i & 1), from % HEAD / 8 + (i >> 1), ds[i / 4][i % 4]);
        }
    }

    // What the warpgroup's keys and a chunk of queries, from `from` on, add to the gradients of the values, and the gradients of their
    // scores. own_keys: where these lie; counts: bit of each of the warp's keys.
    static __device__ __forceinline__ void add_chunk(
        float (&d_values)[8][4], const BackwardTiles& tiles, unsigned own_keys, int from, unsigned counts, const Shape& shape,
        float scale, const ProbabilityDropout& dropout) {
        Rows gradient = tiles.gradient().from_row(from);
        float p[4][4];
        float dp[4][4];
        begin_products(p, dp);
        multiply_rows(p, own_keys, tiles.queries.from_row(from));
        multiply_rows(dp, own_keys + (tiles.values.base - tiles.keys.base), gradient);
        commit_products();
        // of the query of this lane: bit of each of the warp's keys; drawn while products go on
        unsigned kept = ALL;
        if (dropout.active() && counts != 0) {
            kept = dropout.kept<2>(shape, Head::of_block(shape, 1), from + (threadIdx.x & 31), own_row());
        }
        wait_products(p, dp);
        unsigned a[2][4] = {};
        unsigned ds[2][4] = {};
        if (counts != 0) {
            fragments_of(a, ds, p, dp, tiles.statistics + from, scale * LOG2_E, dropout.scale, counts, kept);
        }
        begin_products(d_values);
#pragma unroll
        for (int step = 0; step < CHUNK / 16; step++) {
            multiply_async<false>(d_values, a[step], over_rows(gradient.base, 16 * step), true);
        }
        commit_products();
        store_scores(tiles, from, ds);
        wait_products(d_values);
    }

    static __device__ __forceinline__ void attention(
        const BackwardTiles& tiles, bf16* d_qkv, const Shape& shape, float scale, const ProbabilityDropout& dropout) {
        int length = shape.length;
        int hidden = shape.hidden();
        int row = own_row();
        // a warp whose keys are outside the sequence has no word
        unsigned counts = row < length ? tiles.words[row >> 5] >> (row & 31) & 0xFFFFu : 0;
        float d_values[1][8][4];
        clear(d_values);
        // The second warpgroup has no keys where all tokens are the first's, and multiplies zeros: with a branch around its products the
        // assembler of CUDA 12.0 serialises all of them.
        unsigned own_keys = own_rows(tiles.keys);
        int from = 0;
#pragma unroll 1
        for (; from < length; from += CHUNK) {
            add_chunk(d_values[0], tiles, own_keys, from, counts, shape, scale, dropout);
        }
        // products go over all queries
#pragma unroll 1
        for (; from < SEQUENCE; from += CHUNK) {
            store_scores(tiles, from, {});
        }
        fence_products();
        __syncthreads();

        // Nobody reads the values any more: their place carries each warp's results to whole packs, one while the next is computed.
        bf16* d_query = d_qkv + Head::of_block(shape, 1).query + row * shape.stride();
        float value_factors[2] = {dropout.scale, dropout.scale};
        float factors[2] = {scale, scale};
        float d_keys[1][8][4];
        begin_products(d_keys[0]);
        unsigned own_gradients = own_rows(tiles.stages);
#pragma unroll
        for (int step = 0; step < SEQUENCE / 16; step++) {
            // from panel to panel
            constexpr int PANEL_STEPS = HEAD / 16;
            int offset = step / PANEL_STEPS * SEQUENCE * Rows::ROW_BYTES + 32 * (step % PANEL_STEPS);
            multiply_async<true, false>(
                d_keys[0], panel_descriptor(own_gradients, offset, 16), over_rows(tiles.queries.base, 16 * step), step > 0);
        }
        commit_products();
        store_rows<2>(tiles.values, row, d_values, value_factors, d_query + 2 * hidden, shape.stride(), length - row, HEAD, true);
        wait_products(d_keys[0]);

        float d_queries[1][8][4];
        begin_products(d_queries[0]);
        unsigned own_queries = warp_uniform(tiles.stages.from_row(threadIdx.x / 128 * SEQUENCE).base);
#pragma unroll
        for (int step = 0; step < SEQUENCE / 16; step++) {
            multiply_async<false, false>(
                d_queries[0], over_rows(own_queries, 16 * step), over_rows(tiles.keys.base, 16 * step), step > 0);
        }
        commit_products();
        store_rows<2>(tiles.values, row, d_keys, factors, d_query + hidden, shape.stride(), length - row, HEAD, true);
        wait_products(d_queries[0]);
        store_rows<2>(tiles.values, row, d_queries, factors, d_query, shape.stride(), length - row, HEAD, true);
    }
};
