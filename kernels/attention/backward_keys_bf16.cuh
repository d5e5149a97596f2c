// Gradients of keys and values on tensor cores, and of the queries too where one block has all keys: one block for a head's
// 16*GROUPS*warps keys; queries come in chunks of 32 through a ring of four.
//
// Scores are computed transposed, a warp's keys as rows: rounded, the C fragments of p and ds are the A fragments of the products
// that sum over queries, and never leave the registers. Only ds goes to shared memory, for the sum over keys of other warps.
#pragma once

#include "statistics_bf16.cuh"

constexpr int CHUNK = 32;
constexpr int RING = 4;
constexpr int WHOLE = CHUNK * RING;  // longest sequence of which one block computes all gradients here

// One warp's gradients.
template <int WIDTH, int GROUPS>
struct KeyGradients {
    float keys[GROUPS][WIDTH / 8][4];
    float values[GROUPS][WIDTH / 8][4];
};

// What one warp's keys and a chunk of queries add to the gradients. rounded(step, ds) gets the gradient of the scores as A
// fragments over 16 queries each.
template <int WIDTH, int GROUPS, class Rounded>
__device__ __forceinline__ void add_chunk(
    KeyGradients<WIDTH, GROUPS>& gradients,
    Tile<WIDTH> k,
    Tile<WIDTH> v,
    int row,
    Tile<WIDTH> queries,
    Tile<WIDTH> d_outs,
    const float2* statistics,
    float scale2,
    float dropout_scale,
    unsigned counts,  // bit of each of the warp's keys
    unsigned kept,    // of the query of this lane: bit of each of the warp's keys
    Rounded rounded) {
    int g = threadIdx.x >> 2 & 7;
    int t = threadIdx.x & 3;
    float p[GROUPS][CHUNK / 8][4];
    multiply_rows(p, k, row, queries);
    counts >>= g;
#pragma unroll
    for (int step = 0; step < CHUNK / 16; step++) {
        // 16 queries at a time: the gradient of 32 queries' scores beside p would not fit the registers
        float dp[GROUPS][2][4];
        multiply_rows(dp, v, row, d_outs.from_row(16 * step));
        unsigned a[GROUPS][4];
        unsigned ds[GROUPS][4];
#pragma unroll
        for (int i = 0; i < 2; i++) {
            int n = 2 * step + i;
            // of queries 2t and 2t+1
            float4 pair = *reinterpret_cast<const float4*>(statistics + 8 * n + 2 * t);
#pragma unroll
            for (int odd = 0; odd < 2; odd++) {
                float log_sum = odd ? pair.z : pair.x;
                float dot = odd ? pair.w : pair.y;
                unsigned word = __shfl_sync(ALL, kept, 8 * n + 2 * t + odd) >> g;
#pragma unroll
                for (int m = 0; m < GROUPS; m++) {
#pragma unroll
                    for (int half = 0; half < 2; half++) {
                        int e = 2 * half + odd;
                        int bit = 16 * m + 8 * half;
                        bool stays = word >> bit & 1;
                        float x = counts >> bit & 1 ? exp2_approximate(fmaf(p[m][n][e], scale2, -log_sum)) : 0;
                        p[m][n][e] = stays ? x : 0;
                        dp[m][i][e] = x * ((stays ? dp[m][i][e] * dropout_scale : 0) - dot);
                    }
                }
            }
        }
#pragma unroll
        for (int m = 0; m < GROUPS; m++) {
            pack_rows(a[m], p[m][2 * step], p[m][2 * step + 1]);
            pack_rows(ds[m], dp[m][0], dp[m][1]);
        }
        rounded(step, ds);
        multiply_columns(gradients.values, a, d_outs, 16 * step);
        multiply_columns(gradients.keys, ds, queries, 16 * step);
    }
}

// statistics: of all queries as the queries' gradient left them; null where this computes the queries' gradient too.
template <int WIDTH, int GROUPS>
__device__ __forceinline__ void backward_keys_bf16(
    const bf16* qkv,
    const int* mask,
    const bf16* out,
    const float* log_sum_exp,
    const bf16* d_out,
    bf16* d_qkv,
    const float2* statistics,
    Shape shape,
    float scale,
    ProbabilityDropout dropout) {
    constexpr int ROW_BYTES = Tile<WIDTH>::ROW_BYTES;
    constexpr int CHUNK_BYTES = CHUNK * ROW_BYTES;
    constexpr int WARP_KEYS = 16 * GROUPS;
    extern __shared__ uint4 shared[];
    bool whole = statistics == nullptr;
    int warps = blockDim.x >> 5;
    int rows = WARP_KEYS * warps;
    char* memory = reinterpret_cast<char*>(shared);
    Tile<WIDTH> k{shared_address(memory)};
    Tile<WIDTH> v{k.base + rows * ROW_BYTES};
    memory += 2 * rows * ROW_BYTES;
    unsigned ring = shared_address(memory);
    memory += 2 * RING * CHUNK_BYTES;
    float2* ring_statistics = reinterpret_cast<float2*>(memory);
    memory += RING * CHUNK * sizeof(float2);
    unsigned* words = reinterpret_cast<unsigned*>(memory);
    memory += 16;
    // [rows x WHOLE] scores' gradient, keys as rows
    Tile<WHOLE> ds{shared_address(memory)};

    int tiles = (shape.length + rows - 1) / rows;
    Head head = Head::of_block(shape, tiles);
    int first = blockIdx.x % tiles * rows;
    int valid = shape.length - first;
    int padded = (shape.length + CHUNK - 1) / CHUNK * CHUNK;
    const bf16* query = qkv + head.query;
    int stride = shape.stride();
    int hidden = shape.hidden();
    const bf16* key = query + hidden + first * stride;

    auto load_chunk = [&](int from) {
        if (from < shape.length) {
            int slot = from / CHUNK % RING;
            Tile<WIDTH> queries{ring + 2 * slot * CHUNK_BYTES};
            Tile<WIDTH> d_outs{queries.base + CHUNK_BYTES};
            load_rows(queries, query + from * stride, stride, CHUNK, shape.length - from, shape.size, shape.packed);
            load_rows(
                d_outs, d_out + head.out + from * hidden, hidden, CHUNK, shape.length - from, shape.size, shape.packed);
            if (!whole && threadIdx.x < CHUNK / 2) {
                copy_async(
                    shared_address(ring_statistics + slot * CHUNK + 2 * threadIdx.x),
                    statistics + head.statistic(padded, from + 2 * threadIdx.x),
                    true);
            }
        }
        commit_copies();
    };
    load_rows(k, key, stride, rows, valid, shape.size, shape.packed);
    load_rows(v, key + hidden, stride, rows, valid, shape.size, shape.packed);
    for (int i = 0; i < RING - 1; i++) {
        load_chunk(i * CHUNK);
    }
    read_mask(words, mask + static_cast<long long>(head.sequence) * shape.length + first, min(rows, valid));
    if (whole) {
        read_statistics<WIDTH>(out, d_out, log_sum_exp, shape, head, 0, padded, [&](int query, float2 pair) {
            ring_statistics[query] = pair;
        });
    }

    int row = (threadIdx.x >> 5) * WARP_KEYS;
    float scale2 = scale * LOG2_E;
    KeyGradients<WIDTH, GROUPS> gradients;
    clear(gradients.keys);
    clear(gradients.values);
    for (int from = 0; from < shape.length; from += CHUNK) {
        // drawn while copies are on their way and registers are free
        unsigned kept = ALL;
        if (dropout.active()) {
            kept = dropout.template kept<2 * GROUPS>(shape, head, from + (threadIdx.x & 31), first + row);
        }
        wait_copies<RING - 2>();
        __syncthreads();
        // goes where the chunk before this one was, which nobody reads any more
        load_chunk(from + (RING - 1) * CHUNK);
        // a warp whose keys are outside the sequence has no word
        unsigned counts = row < valid ? words[row >> 5] >> (row & 31) : 0;
        if (WARP_KEYS == 16) {
            counts &= 0xFFFFu;
        }
        if (counts != 0) {
            int slot = from / CHUNK % RING;
            Tile<WIDTH> queries{ring + 2 * slot * CHUNK_BYTES};
            Tile<WIDTH> d_outs{queries.base + CHUNK_BYTES};
            add_chunk(
                gradients, k, v, row, queries, d_outs, ring_statistics + slot * CHUNK, scale2, dropout.scale, counts, kept,
                [&](int step, const unsigned(&a)[GROUPS][4]) {
                    if (whole) {
#pragma unroll
                        for (int m = 0; m < GROUPS; m++) {
#pragma unroll
                            for (int i = 0; i < 4; i++) {
                                int pack = from / 8 + 2 * step + (i >> 1);
                                ds.store(row + 16 * m + 8 * (i & 1) + (threadIdx.x >> 2 & 7), pack, a[m][i]);
                            }
                        }
                    }
                });
        }
    }
    // a warp's own values have been read by nobody else: their place carries its results to whole packs
    head = Head::of_block(shape, tiles);
    float value_factors[2] = {dropout.scale, dropout.scale};
    float factors[2] = {scale, scale};
    bf16* d_query = d_qkv + head.query + (first + row) * stride;
    store_rows(
        v, row, gradients.values, value_factors, d_query + 2 * hidden, stride, valid - row, shape.size, shape.packed);
    store_rows(v, row, gradients.keys, factors, d_query + hidden, stride, valid - row, shape.size, shape.packed);
    if (whole) {
        __syncthreads();
        float d_queries[GROUPS][WIDTH / 8][4];
        clear(d_queries);
        for (int from = 0; from < valid; from += 16) {
            // warps without keys that count have written nothing
            if ((words[from >> 5] >> (from & 31) & 0xFFFFu) != 0) {
                unsigned a[GROUPS][4];
#pragma unroll
                for (int m = 0; m < GROUPS; m++) {
                    ds.transposed_rows(a[m], from, row + 16 * m);
                }
                multiply_columns(d_queries, a, k, from);
            }
        }
        store_rows(v, row, d_queries, factors, d_query, stride, valid - row, shape.size, shape.packed);
    }
}
