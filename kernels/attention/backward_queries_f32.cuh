// Gradient of the queries in float32: one block for 16*ROWS queries of a head; keys come in tiles of 64, first their values, then
// their keys. It leaves sum of dOut out of each query for the gradients of keys and values; that is the sum of p dp over the
// keys, dropout included, because out is linear in the dropped probabilities.
#pragma once

#include "tile_f32.cuh"

template <int WIDTH, int ROWS>
__device__ __forceinline__ void backward_queries_f32(
    const float* qkv,
    const int* mask,
    const float* out,
    const float* log_sum_exp,
    const float* d_out,
    float* d_qkv,
    float* dots,
    Shape shape,
    float scale,
    ProbabilityDropout dropout) {
    constexpr int QUERIES = 16 * ROWS;
    using Rows = FloatRows<WIDTH>;
    extern __shared__ float4 shared[];
    Rows queries{reinterpret_cast<float*>(shared)};
    Rows d_outs{queries.base + Rows::floats(QUERIES)};
    Rows streamed{d_outs.base + Rows::floats(QUERIES)};
    Scores<ROWS> scores{streamed.base + Rows::floats(TILE)};
    unsigned* kept = reinterpret_cast<unsigned*>(scores.base + Scores<ROWS>::floats(QUERIES));
    unsigned* words = kept + 2 * QUERIES;

    int tiles = (shape.length + QUERIES - 1) / QUERIES;
    Head head = Head::of_block(shape, tiles);
    int first = blockIdx.x % tiles * QUERIES;
    int valid = shape.length - first;
    int stride = shape.stride();
    const float* query = qkv + head.query;
    queries.load(query + first * stride, stride, QUERIES, valid, shape.size);
    d_outs.load(d_out + head.out + first * shape.hidden(), shape.hidden(), QUERIES, valid, shape.size);
    read_mask(words, mask + static_cast<long long>(head.sequence) * shape.length, shape.length);
    __syncthreads();
    int keys = counting_keys(words, shape.length);

    float log_sum[ROWS];
    float dot[ROWS];
    // a warp's rows one after the other: its halves side by side would want the same banks
#pragma unroll
    for (int i = 0; i < 2 * ROWS; i++) {
        int row = (tile_y() & ~1) * ROWS + i;
        float sum = 0;
        if (row < valid) {
            for (int d = threadIdx.x & 31; d < shape.size; d += 32) {
                sum = fmaf(d_outs.at(row, d), out[head.out + (first + row) * shape.hidden() + d], sum);
            }
        }
        sum = warp_sum(sum);
        if (i / ROWS == (tile_y() & 1)) {
            dot[i % ROWS] = sum;
        }
    }
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
        int row = tile_y() * ROWS + i;
        log_sum[i] = row < valid ? log_sum_exp[head.statistic(shape.length, first + row)] : 0;
        if (tile_x() == 0 && row < valid) {
            dots[head.statistic(shape.length, first + row)] = dot[i];
        }
    }
    float d_queries[ROWS][Columns<WIDTH>::COUNT];
    clear(d_queries);
    for (int key = 0; key < keys; key += TILE) {
        const float* from = query + shape.hidden() + key * stride;
        __syncthreads();
        streamed.load(from + shape.hidden(), stride, TILE, shape.length - key, shape.size);
        draw_dropout<8>(reinterpret_cast<unsigned char*>(kept), dropout, shape, head, first, key, QUERIES);
        __syncthreads();
        float ds[ROWS][4];
        multiply_rows(ds, d_outs, streamed);
        __syncthreads();
        streamed.load(from, stride, TILE, shape.length - key, shape.size);
        __syncthreads();
        float p[ROWS][4];
        multiply_rows(p, queries, streamed);
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
#pragma unroll
            for (int j = 0; j < 4; j++) {
                int word = (key >> 5) + (j >> 1);
                int bit = tile_x() + 16 * (j & 1);
                bool counts = 32 * word < keys && words[word] >> bit & 1;
                float x = counts ? expf(p[i][j] * scale - log_sum[i]) : 0;
                if (dropout.active()) {
                    bool stays = kept[2 * (tile_y() * ROWS + i) + (j >> 1)] >> bit & 1;
                    ds[i][j] = stays ? ds[i][j] * dropout.scale : 0;
                }
                ds[i][j] = x * (ds[i][j] - dot[i]);
            }
        }
        store_scores(scores, ds);
        __syncthreads();
        multiply_columns(d_queries, scores, streamed);
    }
    head = Head::of_block(shape, tiles);
    float factors[ROWS];
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
        factors[i] = scale;
    }
    store_result<ROWS, WIDTH>(d_qkv + head.query + first * stride, stride, valid, shape, d_queries, factors);
}
