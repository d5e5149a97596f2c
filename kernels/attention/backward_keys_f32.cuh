// Gradients of keys and values in float32: one block for 16*ROWS keys of a head; queries come in tiles of 64: their vectors, their
// gradients dOut, and their vectors again, through one place in shared memory. Scores are computed transposed.
#pragma once

#include "tile_f32.cuh"

// dots: what the queries' gradient left.
template <int WIDTH, int ROWS>
__device__ __forceinline__ void backward_keys_f32(
    const float* qkv,
    const int* mask,
    const float* log_sum_exp,
    const float* d_out,
    float* d_qkv,
    const float* dots,
    Shape shape,
    float scale,
    ProbabilityDropout dropout) {
    constexpr int KEYS = 16 * ROWS;
    using Rows = FloatRows<WIDTH>;
    extern __shared__ float4 shared[];
    Rows keys{reinterpret_cast<float*>(shared)};
    Rows values{keys.base + Rows::floats(KEYS)};
    Rows streamed{values.base + Rows::floats(KEYS)};
    Scores<ROWS> scores{streamed.base + Rows::floats(TILE)};
    unsigned* kept = reinterpret_cast<unsigned*>(scores.base + Scores<ROWS>::floats(KEYS));
    unsigned* words = kept + TILE * KEYS / 32;

    int tiles = (shape.length + KEYS - 1) / KEYS;
    Head head = Head::of_block(shape, tiles);
    int first = blockIdx.x % tiles * KEYS;
    int valid = shape.length - first;
    int stride = shape.stride();
    const float* query = qkv + head.query;
    const float* key = query + shape.hidden() + first * stride;
    keys.load(key, stride, KEYS, valid, shape.size);
    values.load(key + shape.hidden(), stride, KEYS, valid, shape.size);
    read_mask(words, mask + static_cast<long long>(head.sequence) * shape.length + first, min(KEYS, valid));
    __syncthreads();
    int row = tile_y() * ROWS;
    unsigned counts = row < valid ? words[row >> 5] >> (row & 31) : 0;

    float d_keys[ROWS][Columns<WIDTH>::COUNT];
    float d_values[ROWS][Columns<WIDTH>::COUNT];
    clear(d_keys);
    clear(d_values);
    int end = counting_keys(words, min(KEYS, valid)) > 0 ? shape.length : 0;
    for (int from = 0; from < end; from += TILE) {
        int rest = shape.length - from;
        __syncthreads();
        streamed.load(query + from * stride, stride, TILE, rest, shape.size);
        draw_dropout<KEYS / 8>(reinterpret_cast<unsigned char*>(kept), dropout, shape, head, from, first, TILE);
        __syncthreads();
        float p[ROWS][4];
        multiply_rows(p, keys, streamed);
        float dropped[ROWS][4];
        unsigned stays[4];
#pragma unroll
        for (int j = 0; j < 4; j++) {
            int column = tile_x() + 16 * j;
            float log_sum = column < rest ? log_sum_exp[head.statistic(shape.length, from + column)] : 0;
            stays[j] = dropout.active() ? kept[(column * KEYS + row) >> 5] >> (row & 31) : ~0u;
#pragma unroll
            for (int i = 0; i < ROWS; i++) {
                p[i][j] = counts >> i & 1 && column < rest ? expf(p[i][j] * scale - log_sum) : 0;
                dropped[i][j] = stays[j] >> i & 1 ? p[i][j] : 0;
            }
        }
        __syncthreads();
        streamed.load(d_out + head.out + from * shape.hidden(), shape.hidden(), TILE, rest, shape.size);
        store_scores(scores, dropped);
        __syncthreads();
        multiply_columns(d_values, scores, streamed);
        float ds[ROWS][4];
        multiply_rows(ds, values, streamed);
#pragma unroll
        for (int j = 0; j < 4; j++) {
            int column = tile_x() + 16 * j;
            float dot = column < rest ? dots[head.statistic(shape.length, from + column)] : 0;
#pragma unroll
            for (int i = 0; i < ROWS; i++) {
                ds[i][j] = p[i][j] * ((stays[j] >> i & 1 ? ds[i][j] * dropout.scale : 0) - dot);
            }
        }
        __syncthreads();
        streamed.load(query + from * stride, stride, TILE, rest, shape.size);
        store_scores(scores, ds);
        __syncthreads();
        multiply_columns(d_keys, scores, streamed);
    }
    head = Head::of_block(shape, tiles);
    float factors[ROWS];
    float value_factors[ROWS];
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
        factors[i] = scale;
        value_factors[i] = dropout.scale;
    }
    float* d_key = d_qkv + head.query + shape.hidden() + first * stride;
    store_result<ROWS, WIDTH>(d_key, stride, valid, shape, d_keys, factors);
    store_result<ROWS, WIDTH>(d_key + shape.hidden(), stride, valid, shape, d_values, value_factors);
}
