// All three gradients on tensor cores by one block for a head, where shared memory has room for the gradient of all its queries: 225 KiB
// for 512 tokens of head size 64, 161 for 256. Keys come in tiles of 256, 32 to a warp, whose gradients and values stay in registers; for
// each tile all queries come in chunks of 64 through a ring of two, and every warp adds what the tile's keys give to its 32 queries and 16
// columns of the chunk's gradient, always the same warp to the same numbers, in the order of the keys. So scores, exponentials and
// dropout's decisions are computed once: five products, where a pass for the queries and one for the keys take seven, and both draw.
//
// Floors of 1,024 heads of 512 tokens (H200; a layer of preset base and one of its generator, 64 sequences): 547 MB, 127 us of its memory;
// 172 GFLOP, 174 us at 989 TFLOP/s. What the simulated device counts is in docs/results/2026-11-30-attention-512: instructions and shared
// memory are the bound, at twice the products. Target: three quarters of that bound.
#pragma once

#include "key_products.cuh"

// Adds to the gradient of a chunk of queries, from `from` on and at most `count`, what a tile's keys k give: each warp to 32 queries and
// 16 columns. ds: [keys x queries] the gradient of scores; active: bit of each warp that has written its 32 rows of it.
template <int WARPS, int WIDTH, int QUERIES>
__device__ __forceinline__ void add_to_queries(
    float4* sums, int from, int count, Tile<QUERIES> ds, Tile<WIDTH> k, unsigned active, int warp) {
    constexpr int OCTETS = WIDTH / 8;
    constexpr int PAIRS = WIDTH / 16;
    static_assert(32 * WARPS == PAIRS * QUERIES, "each warp has a part");
    int lane = threadIdx.x & 31;
    int part = 32 * (warp / PAIRS);
    if (part < min(QUERIES, count)) {
        float4* own = sums + ((from + part) / 16 * OCTETS + 2 * (warp % PAIRS)) * 32 + lane;
        int matrix_row = (lane & 7) + (lane >> 4 << 3);
        unsigned left = ds.address(matrix_row, part / 8 + (lane >> 3 & 1));
        unsigned right = ds.address(matrix_row, part / 8 + 2 + (lane >> 3 & 1));
        unsigned keys = k.address(lane & 15, 2 * (warp % PAIRS) + (lane >> 4));
        // the compiler would compute them again for every warp's keys
        asm volatile("" : "+r"(left), "+r"(right), "+r"(keys));
        float c[2][2][4];
#pragma unroll
        for (int m = 0; m < 2; m++) {
#pragma unroll
            for (int n = 0; n < 2; n++) {
                *reinterpret_cast<float4*>(c[m][n]) = own[(m * OCTETS + n) * 32];
            }
        }
#pragma unroll
        for (int w = 0; w < WARPS; w++) {
            if (active >> w & 1) {
#pragma unroll
                for (int step = 0; step < 2; step++) {
                    unsigned a[2][4];
                    unsigned b[4];
                    int r = 32 * w + 16 * step;
                    load_matrices_transposed(a[0], left + r * Tile<QUERIES>::ROW_BYTES);
                    load_matrices_transposed(a[1], right + r * Tile<QUERIES>::ROW_BYTES);
                    load_matrices_transposed(b, keys + r * Tile<WIDTH>::ROW_BYTES);
#pragma unroll
                    for (int m = 0; m < 2; m++) {
                        multiply_add(c[m][0], a[m], b[0], b[1]);
                        multiply_add(c[m][1], a[m], b[2], b[3]);
                    }
                }
            }
        }
#pragma unroll
        for (int m = 0; m < 2; m++) {
#pragma unroll
            for (int n = 0; n < 2; n++) {
                own[(m * OCTETS + n) * 32] = *reinterpret_cast<float4*>(c[m][n]);
            }
        }
    }
}

template <int WIDTH>
__device__ __forceinline__ void backward_whole_bf16(
    const bf16* qkv,
    const int* mask,
    const bf16* out,
    const float* log_sum_exp,
    const bf16* d_out,
    bf16* d_qkv,
    float2* statistics,
    Shape shape,
    float scale,
    ProbabilityDropout dropout) {
    constexpr int ROW_BYTES = Tile<WIDTH>::ROW_BYTES;
    constexpr int GROUPS = 2;
    constexpr int WARPS = 8;
    constexpr int KEYS = 16 * GROUPS * WARPS;
    constexpr int QUERIES = 2 * CHUNK;
    constexpr int OCTETS = WIDTH / 8;
    extern __shared__ uint4 shared[];
    char* memory = reinterpret_cast<char*>(shared);
    Tile<WIDTH> k{shared_address(memory)};
    memory += KEYS * ROW_BYTES;
    // [KEYS x QUERIES] the gradient of scores, keys as rows; at a tile's beginning its values, at its end each warp's results
    Tile<QUERIES> ds{shared_address(memory)};
    Tile<WIDTH> staging{ds.base};
    static_assert(ROW_BYTES <= Tile<QUERIES>::ROW_BYTES, "the values find room there");
    memory += KEYS * Tile<QUERIES>::ROW_BYTES;
    unsigned ring = shared_address(memory);
    memory += 4 * QUERIES * ROW_BYTES;
    float2* ring_statistics = reinterpret_cast<float2*>(memory);
    memory += 2 * QUERIES * sizeof(float2);
    // the gradient of the queries: C fragments of 16 queries and 8 columns, lane by lane, so that no two lanes want the same bank
    float4* sums = reinterpret_cast<float4*>(memory);
    int padded = (shape.length + CHUNK - 1) / CHUNK * CHUNK;
    unsigned* words = reinterpret_cast<unsigned*>(sums + padded * (WIDTH / 4));

    Head head = Head::of_block(shape, 1);
    // the assembler knows of this one that all lanes have it
    int warp = __shfl_sync(ALL, threadIdx.x >> 5, 0);
    int lane = threadIdx.x & 31;
    int row = 32 * warp;

    read_mask(words, mask + static_cast<long long>(head.sequence) * shape.length, shape.length);
    // the units of add_queries; through memory, because there is no room for those of all queries
    float log_scale = __log2f(dropout.scale);
    float inverse = -1 / dropout.scale;
    read_statistics<WIDTH>(out, d_out, log_sum_exp, shape, head, 0, padded, [&](int query, float2 pair) {
        statistics[head.statistic(padded, query)] = make_float2(log_scale - pair.x, pair.y * inverse);
    });
    __syncthreads();
    for (int i = threadIdx.x; i < padded * (WIDTH / 4); i += 32 * WARPS) {
        sums[i] = make_float4(0, 0, 0, 0);
    }

    auto load_chunk = [&](int from) {
        if (from < shape.length) {
            int slot = from / QUERIES & 1;
            Head head = Head::of_block(shape, 1);
            // as in of_block: what is computed from these would be kept, and packed as a predicate is one register too many
            int hidden = shape.hidden();
            int packed = shape.packed;
            asm volatile("" : "+r"(hidden), "+r"(packed));
            int stride = 3 * hidden;
            Tile<WIDTH> queries{ring + 2 * slot * QUERIES * ROW_BYTES};
            Tile<WIDTH> d_outs{queries.base + QUERIES * ROW_BYTES};
            load_rows(
                queries, qkv + head.query + from * stride, stride, QUERIES, shape.length - from, shape.size, packed);
            load_rows(
                d_outs, d_out + head.out + from * hidden, hidden, QUERIES, shape.length - from, shape.size, packed);
            if (threadIdx.x < QUERIES / 2 && from + 2 * threadIdx.x < padded) {
                copy_async(
                    shared_address(ring_statistics + slot * QUERIES + 2 * threadIdx.x),
                    statistics + head.statistic(padded, from + 2 * threadIdx.x),
                    true);
            }
        }
        commit_copies();
    };
    float scale2 = scale * LOG2_E;
    float factors[2] = {scale, scale};
    float value_factors[2] = {1, 1};
    for (int first = 0; first < shape.length; first += KEYS) {
        int valid = shape.length - first;
        // bit of each warp whose keys count, or some of them
        unsigned active = 0;
        for (int w = 0; w < WARPS; w++) {
            active |= 32 * w < valid && words[(first >> 5) + w] != 0 ? 1 << w : 0;
        }
        KeyGradients<WIDTH, GROUPS> gradients;
        clear(gradients.keys);
        clear(gradients.values);
        if (active != 0) {
            int hidden = shape.hidden();
            int packed = shape.packed;
            asm volatile("" : "+r"(hidden), "+r"(packed));
            int stride = 3 * hidden;
            const bf16* key = qkv + Head::of_block(shape, 1).query + hidden + first * stride;
            load_rows(k, key, stride, KEYS, valid, shape.size, packed);
            load_rows(staging, key + hidden, stride, KEYS, valid, shape.size, packed);
            load_chunk(0);
            wait_copies<0>();
            __syncthreads();
            RowFragments<WIDTH, GROUPS> v(staging.from_row(row));
            unsigned counts = row < valid ? words[(first + row) >> 5] >> (lane >> 2) : 0;
            // scores before any product: those of keys that do not count stay so far below all others that the exponential is 0
            float start[GROUPS][4];
#pragma unroll
            for (int m = 0; m < GROUPS; m++) {
#pragma unroll
                for (int e = 0; e < 4; e++) {
                    start[m][e] = counts >> (16 * m + 8 * (e >> 1)) & 1 ? 0 : -1e30f;
                }
            }
#pragma unroll 1
            for (int from = 0; from < shape.length; from += QUERIES) {
                wait_copies<0>();
                __syncthreads();
                // goes where the chunk before this one was, which nobody reads any more
                load_chunk(from + QUERIES);
                if (active >> warp & 1) {
                    int slot = from / QUERIES & 1;
                    Tile<WIDTH> queries{ring + 2 * slot * QUERIES * ROW_BYTES};
                    Tile<WIDTH> d_outs{queries.base + QUERIES * ROW_BYTES};
#pragma unroll 1
                    for (int i = 0; i < min(QUERIES, shape.length - from); i += CHUNK) {
                        unsigned kept = ALL;
                        if (dropout.active()) {
                            kept = dropout.template kept<2 * GROUPS>(
                                shape, Head::of_block(shape, 1), from + i + lane, first + row);
                        }
                        add_queries(
                            gradients, k.from_row(row), v, queries.from_row(i), d_outs.from_row(i),
                            ring_statistics + slot * QUERIES + i, scale2, start, kept,
                            [&](int step, const unsigned(&a)[GROUPS][4]) {
#pragma unroll
                                for (int m = 0; m < GROUPS; m++) {
#pragma unroll
                                    for (int j = 0; j < 4; j++) {
                                        int pack = i / 8 + 2 * step + (j >> 1);
                                        ds.store(row + 16 * m + 8 * (j & 1) + (lane >> 2), pack, a[m][j]);
                                    }
                                }
                            });
                    }
                }
                __syncthreads();
                add_to_queries<WARPS>(sums, from, shape.length - from, ds, k, active, warp);
            }
            __syncthreads();
        }
        head = Head::of_block(shape, 1);
        int hidden = shape.hidden();
        asm volatile("" : "+r"(hidden));
        int stride = 3 * hidden;
        bf16* d_key = d_qkv + head.query + hidden + (first + row) * stride;
        store_rows(
            staging, row, gradients.values, value_factors, d_key + hidden, stride, valid - row, shape.size, shape.packed);
        store_rows(staging, row, gradients.keys, factors, d_key, stride, valid - row, shape.size, shape.packed);
        __syncthreads();
    }
    int stride = shape.stride();
    for (int m = warp; 16 * m < shape.length; m += WARPS) {
        float c[1][OCTETS][4];
#pragma unroll
        for (int n = 0; n < OCTETS; n++) {
            *reinterpret_cast<float4*>(c[0][n]) = sums[(m * OCTETS + n) * 32 + lane];
        }
        store_rows(
            staging, row, c, factors, d_qkv + head.query + 16 * m * stride, stride, shape.length - 16 * m, shape.size,
            shape.packed);
    }
}
