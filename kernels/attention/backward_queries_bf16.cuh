// Gradient of the queries on tensor cores, for sequences whose gradients one block does not compute, be it by backward_keys_bf16.cuh or by
// backward_whole_bf16.cuh: one block for a head's 16*warps queries, 16 to a warp; keys come in tiles of 64, as in the forward pass. It also leaves the queries' statistics
// for the gradients of keys and values.
#pragma once

#include "statistics_bf16.cuh"

template <int WIDTH>
__device__ __forceinline__ void backward_queries_bf16(
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
    constexpr int KEY_TILE = 64;
    constexpr int STAGE_BYTES = KEY_TILE * Tile<WIDTH>::ROW_BYTES;
    extern __shared__ uint4 shared[];
    int warps = blockDim.x >> 5;
    int rows = 16 * warps;
    Tile<WIDTH> queries{shared_address(shared)};
    Tile<WIDTH> d_outs{queries.base + rows * Tile<WIDTH>::ROW_BYTES};
    unsigned stages = d_outs.base + rows * Tile<WIDTH>::ROW_BYTES;
    float2* own_statistics = reinterpret_cast<float2*>(
        reinterpret_cast<char*>(shared) + 2 * rows * Tile<WIDTH>::ROW_BYTES + 4 * STAGE_BYTES);
    unsigned* words = reinterpret_cast<unsigned*>(own_statistics + rows);

    int tiles = (shape.length + rows - 1) / rows;
    Head head = Head::of_block(shape, tiles);
    int first = blockIdx.x % tiles * rows;
    int valid = shape.length - first;
    const bf16* query = qkv + head.query;
    int stride = shape.stride();
    int hidden = shape.hidden();
    mask += static_cast<long long>(head.sequence) * shape.length;

    auto load_keys = [&](int key, int stage) {
        Tile<WIDTH> keys{stages + 2 * stage * STAGE_BYTES};
        Tile<WIDTH> values{keys.base + STAGE_BYTES};
        const bf16* from = query + hidden + key * stride;
        load_rows(keys, from, stride, KEY_TILE, shape.length - key, shape.size, shape.packed);
        load_rows(values, from + hidden, stride, KEY_TILE, shape.length - key, shape.size, shape.packed);
    };
    load_rows(queries, query + first * stride, stride, rows, valid, shape.size, shape.packed);
    load_rows(d_outs, d_out + head.out + first * hidden, hidden, rows, valid, shape.size, shape.packed);
    load_keys(0, 0);
    commit_copies();
    read_mask(words, mask, shape.length);
    if (threadIdx.x == 0) {
        words[(shape.length + 31) >> 5] = 0;
    }
    int padded = (shape.length + 31) & ~31;
    read_statistics<WIDTH>(out, d_out, log_sum_exp, shape, head, first, rows, [&](int i, float2 pair) {
        own_statistics[i] = pair;
        if (first + i < padded) {
            statistics[head.statistic(padded, first + i)] = pair;
        }
    });
    __syncthreads();
    int keys = counting_keys(words, shape.length);

    int row = threadIdx.x >> 5 << 4;
    float scale2 = scale * LOG2_E;
    float2 own[2];
    own[0] = own_statistics[row + (threadIdx.x >> 2 & 7)];
    own[1] = own_statistics[row + 8 + (threadIdx.x >> 2 & 7)];
    float d_queries[1][WIDTH / 8][4];
    clear(d_queries);
    for (int key = 0, stage = 0; key < keys; key += KEY_TILE, stage ^= 1) {
        if (key + KEY_TILE < keys) {
            load_keys(key + KEY_TILE, stage ^ 1);
        }
        commit_copies();
        // drawn while copies are on their way and registers are free
        unsigned drawn = draw_dropout(dropout, shape, head, first + row, key);
        wait_copies<1>();
        __syncthreads();
        Tile<WIDTH> k{stages + 2 * stage * STAGE_BYTES};
        Tile<WIDTH> v{k.base + STAGE_BYTES};
        // 32 keys at a time: scores and their gradient of 64 would not fit the registers
#pragma unroll 1
        for (int half = 0; half < 2; half++) {
            float p[1][4][4];
            multiply_rows(p, queries, row, k.from_row(32 * half));
            float ds[1][4][4];
            multiply_rows(ds, d_outs, row, v.from_row(32 * half));
            KeyBits counts = KeyBits::of_mask(words[(key >> 5) + half]);
            KeyBits kept = KeyBits::of_dropout(drawn, half);
#pragma unroll
            for (int n = 0; n < 4; n++) {
#pragma unroll
                for (int e = 0; e < 4; e++) {
                    float x = counts(n, e) ? exp2_approximate(fmaf(p[0][n][e], scale2, -own[e >> 1].x)) : 0;
                    float dp = kept(n, e) ? ds[0][n][e] * dropout.scale : 0;
                    ds[0][n][e] = x * (dp - own[e >> 1].y);
                }
            }
#pragma unroll
            for (int step = 0; step < 2; step++) {
                unsigned a[1][4];
                pack_rows(a[0], ds[0][2 * step], ds[0][2 * step + 1]);
                multiply_columns(d_queries, a, k, 32 * half + 16 * step);
            }
        }
        __syncthreads();
    }
    wait_copies<0>();
    __syncthreads();
    head = Head::of_block(shape, tiles);
    float factors[2] = {scale, scale};
    store_rows(
        queries, row, d_queries, factors, d_qkv + head.query + (first + row) * stride, stride, valid - row, shape.size,
        shape.packed);
}
