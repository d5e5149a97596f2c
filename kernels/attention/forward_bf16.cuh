// Forward pass on tensor cores: one block for a head's 16*warps queries, 16 to a warp; keys come in tiles of 64.
#pragma once

#include "scores.cuh"

constexpr int KEY_TILE = 64;

// One warp's running softmax and output.
template <int WIDTH>
struct Output {
    float sums[1][WIDTH / 8][4];
    float largest[2];  // unscaled scores of rows g and g+8
    float total[2];    // this thread's part of the sum of exp

    __device__ __forceinline__ Output() {
        clear(sums);
        largest[0] = largest[1] = -INFINITY;
        total[0] = total[1] = 0;
    }

    // Turns scores into exp(scale (score - largest so far)) and brings what is summed so far to the same unit.
    __device__ __forceinline__ void exponentiate(float (&scores)[1][8][4], float scale2) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float m = largest[half];
#pragma unroll
            for (int n = 0; n < 8; n++) {
                m = fmaxf(m, fmaxf(scores[0][n][2 * half], scores[0][n][2 * half + 1]));
            }
            m = fmaxf(m, __shfl_xor_sync(ALL, m, 1));
            m = fmaxf(m, __shfl_xor_sync(ALL, m, 2));
            // without any key so far every exp below is of -infinity, 0
            float shift = m == -INFINITY ? 0 : m * scale2;
            float factor = exp2_approximate(largest[half] * scale2 - shift);
            largest[half] = m;
            float sum = 0;
#pragma unroll
            for (int n = 0; n < 8; n++) {
                float a = exp2_approximate(fmaf(scores[0][n][2 * half], scale2, -shift));
                float b = exp2_approximate(fmaf(scores[0][n][2 * half + 1], scale2, -shift));
                scores[0][n][2 * half] = a;
                scores[0][n][2 * half + 1] = b;
                sum += a + b;
            }
            total[half] = total[half] * factor + sum;
#pragma unroll
            for (int n = 0; n < WIDTH / 8; n++) {
                sums[0][n][2 * half] *= factor;
                sums[0][n][2 * half + 1] *= factor;
            }
        }
    }
};

// Adds KEY_TILE keys and values to what the 16 queries from `row` on have seen. words: whether they count; drawn: what draw_dropout gave.
template <int WIDTH>
__device__ __forceinline__ void add_keys(
    Output<WIDTH>& output, Tile<WIDTH> queries, int row, Tile<WIDTH> k, Tile<WIDTH> v, const unsigned* words, bool dropping,
    unsigned drawn, float scale2) {
    float scores[1][8][4];
    multiply_rows(scores, queries, row, k);
#pragma unroll
    for (int half = 0; half < 2; half++) {
        unsigned word = words[half];
        if (word != ALL) {
            KeyBits counts = KeyBits::of_mask(word);
#pragma unroll
            for (int n = 0; n < 4; n++) {
#pragma unroll
                for (int e = 0; e < 4; e++) {
                    float& score = scores[0][4 * half + n][e];
                    score = counts(n, e) ? score : -INFINITY;
                }
            }
        }
    }
    output.exponentiate(scores, scale2);
    if (dropping) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            KeyBits kept = KeyBits::of_dropout(drawn, half);
#pragma unroll
            for (int n = 0; n < 4; n++) {
#pragma unroll
                for (int e = 0; e < 4; e++) {
                    float& p = scores[0][4 * half + n][e];
                    p = kept(n, e) ? p : 0;
                }
            }
        }
    }
#pragma unroll
    for (int step = 0; step < KEY_TILE / 16; step++) {
        unsigned p[1][4];
        pack_rows(p[0], scores[0][2 * step], scores[0][2 * step + 1]);
        multiply_columns(output.sums, p, v, 16 * step);
    }
}

// What the sums of rows g and g+8 are to be multiplied by; writes log_sum_exp of the queries from `first` on, of which there are
// `length`.
template <int WIDTH>
__device__ __forceinline__ void finish_queries(
    const Output<WIDTH>& output, float (&factors)[2], float* log_sum_exp, int first, int length, float scale, float dropout_scale) {
#pragma unroll
    for (int half = 0; half < 2; half++) {
        float total = output.total[half];
        total += __shfl_xor_sync(ALL, total, 1);
        total += __shfl_xor_sync(ALL, total, 2);
        factors[half] = total > 0 ? dropout_scale / total : 0;
        int position = first + 8 * half + (threadIdx.x >> 2 & 7);
        if ((threadIdx.x & 3) == 0 && position < length) {
            log_sum_exp[position] = total > 0 ? output.largest[half] * scale + logf(total) : -INFINITY;
        }
    }
}

template <int WIDTH>
__device__ __forceinline__ void forward_bf16(
    const bf16* qkv, const int* mask, bf16* out, float* log_sum_exp, Shape shape, float scale, ProbabilityDropout dropout) {
    extern __shared__ uint4 shared[];
    int warps = blockDim.x >> 5;
    int rows = 16 * warps;
    Tile<WIDTH> queries{shared_address(shared)};
    unsigned stages = queries.base + rows * Tile<WIDTH>::ROW_BYTES;
    constexpr int STAGE_BYTES = KEY_TILE * Tile<WIDTH>::ROW_BYTES;
    // two stages of keys and values
    unsigned* words = reinterpret_cast<unsigned*>(
        reinterpret_cast<char*>(shared) + rows * Tile<WIDTH>::ROW_BYTES + 4 * STAGE_BYTES);

    int tiles = (shape.length + rows - 1) / rows;
    Head head = Head::of_block(shape, tiles);
    int first = blockIdx.x % tiles * rows;
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
    // the first tiles are on their way before the mask says whether they count
    load_rows(queries, query + first * stride, stride, rows, shape.length - first, shape.size, shape.packed);
    load_keys(0, 0);
    commit_copies();
    // one more word, because tiles of keys have two
    read_mask(words, mask, shape.length);
    if (threadIdx.x == 0) {
        words[(shape.length + 31) >> 5] = 0;
    }
    __syncthreads();
    int keys = counting_keys(words, shape.length);

    int row = threadIdx.x >> 5 << 4;
    float scale2 = scale * LOG2_E;
    Output<WIDTH> output;
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
        add_keys(output, queries, row, k, v, words + (key >> 5), dropout.active(), drawn, scale2);
        // the next tile but one goes where this one is
        __syncthreads();
    }
    // without any key to count, copies are still under way
    wait_copies<0>();
    __syncthreads();

    head = Head::of_block(shape, tiles);
    float factors[2];
    finish_queries(
        output, factors, log_sum_exp + head.statistic(shape.length, 0), first + row, shape.length, scale, dropout.scale);
    store_rows(
        queries, row, output.sums, factors, out + head.out + (first + row) * hidden, hidden, shape.length - first - row,
        shape.size, shape.packed);
}
