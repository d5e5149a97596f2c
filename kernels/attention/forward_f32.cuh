// Forward pass in float32: one block for 16*ROWS queries of a head; keys come in tiles of 64, first their keys, then their values.
#pragma once

#include "tile_f32.cuh"

template <int WIDTH, int ROWS>
__device__ __forceinline__ void forward_f32(
    const float* qkv, const int* mask, float* out, float* log_sum_exp, Shape shape, float scale, ProbabilityDropout dropout) {
    constexpr int QUERIES = 16 * ROWS;
    using Rows = FloatRows<WIDTH>;
    extern __shared__ float4 shared[];
    Rows queries{reinterpret_cast<float*>(shared)};
    Rows streamed{queries.base + Rows::floats(QUERIES)};
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
    read_mask(words, mask + static_cast<long long>(head.sequence) * shape.length, shape.length);
    __syncthreads();
    int keys = counting_keys(words, shape.length);

    float sums[ROWS][Columns<WIDTH>::COUNT];
    float largest[ROWS];
    float total[ROWS];
    clear(sums);
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
        largest[i] = -INFINITY;
        total[i] = 0;
    }
    for (int key = 0; key < keys; key += TILE) {
        const float* from = query + shape.hidden() + key * stride;
        __syncthreads();
        streamed.load(from, stride, TILE, shape.length - key, shape.size);
        draw_dropout<8>(reinterpret_cast<unsigned char*>(kept), dropout, shape, head, first, key, QUERIES);
        __syncthreads();
        float p[ROWS][4];
        multiply_rows(p, queries, streamed);
        __syncthreads();
        streamed.load(from + shape.hidden(), stride, TILE, shape.length - key, shape.size);
#pragma unroll
        for (int j = 0; j < 4; j++) {
            int word = (key >> 5) + (j >> 1);
            bool counts = 32 * word < keys && words[word] >> (tile_x() + 16 * (j & 1)) & 1;
#pragma unroll
            for (int i = 0; i < ROWS; i++) {
                p[i][j] = counts ? p[i][j] * scale : -INFINITY;
            }
        }
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
            float m = fmaxf(fmaxf(p[i][0], p[i][1]), fmaxf(p[i][2], p[i][3]));
            m = fmaxf(largest[i], warp_max<16>(m));
            // without any key so far every exp below is of -infinity, 0
            float shift = m == -INFINITY ? 0 : m;
            float factor = expf(largest[i] - shift);
            largest[i] = m;
            float sum = 0;
            unsigned low = ~0u;
            unsigned high = ~0u;
            if (dropout.active()) {
                low = kept[2 * (tile_y() * ROWS + i)];
                high = kept[2 * (tile_y() * ROWS + i) + 1];
            }
#pragma unroll
            for (int j = 0; j < 4; j++) {
                float x = expf(p[i][j] - shift);
                sum += x;
                bool stays = (j < 2 ? low : high) >> (tile_x() + 16 * (j & 1)) & 1;
                p[i][j] = stays ? x : 0;
            }
            total[i] = total[i] * factor + warp_sum<16>(sum);
#pragma unroll
            for (int j = 0; j < Columns<WIDTH>::COUNT; j++) {
                sums[i][j] *= factor;
            }
        }
        store_scores(scores, p);
        __syncthreads();
        multiply_columns(sums, scores, streamed);
    }

    head = Head::of_block(shape, tiles);
    float factors[ROWS];
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
        int position = first + tile_y() * ROWS + i;
        factors[i] = total[i] > 0 ? dropout.scale / total[i] : 0;
        if (tile_x() == 0 && position < shape.length) {
            log_sum_exp[head.statistic(shape.length, position)] = total[i] > 0 ? largest[i] + logf(total[i]) : -INFINITY;
        }
    }
    store_result<ROWS, WIDTH>(
        out + head.out + first * shape.hidden(), shape.hidden(), valid, shape, sums, factors);
}
