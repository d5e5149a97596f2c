// The product for query, key and value, and attention: values are rounded where the operations one after the other write them to
// memory, and every sum has their order, so that the bits are theirs.
#pragma once

#include "attention/forward_bf16.cuh"
#include "projected_attention/block.cuh"

// In the product a warp has 32 tokens and 96 of the 192 outputs: 16 by 192 would read more from shared memory.
struct ProductShare {
    static constexpr int COLUMNS = 12;  // of 8 outputs

    int row;
    int column;

    __device__ __forceinline__ ProductShare() {
        int warp = static_cast<int>(threadIdx.x) / 32;
        row = warp % 4 * 32;
        column = warp / 4 * COLUMNS;
    }
};

// Adds a stage's products to a warp's share. A step at a time, because addresses of several would take registers of the sums.
__device__ __forceinline__ void add_products(
    float (&c)[2][ProductShare::COLUMNS][4], const ProductShare& share, Rows tokens, Rows outputs) {
    outputs = outputs.from_row(8 * share.column);
#pragma unroll 1
    for (int step = 0; step < HEAD / 16; step++) {
        unsigned a[2][4];
        tokens.rows(a[0], share.row, step);
        tokens.rows(a[1], share.row + 16, step);
#pragma unroll
        for (int n = 0; n < ProductShare::COLUMNS; n += 2) {
            unsigned b[4];
            outputs.columns_from_rows(b, 8 * n, step);
#pragma unroll
            for (int m = 0; m < 2; m++) {
                multiply_add(c[m][n], a[m], b[0], b[1]);
                multiply_add(c[m][n + 1], a[m], b[2], b[3]);
            }
        }
    }
}

// Adds the bias, rounds and writes a warp's share to its places in the tiles of queries, keys and values, one behind the other.
__device__ __forceinline__ void store_share(
    const float (&c)[2][ProductShare::COLUMNS][4], const ProductShare& share, Rows tiles, const float* bias) {
    int lane = threadIdx.x & 31;
#pragma unroll
    for (int n = 0; n < ProductShare::COLUMNS; n++) {
        int column = share.column + n;
        float2 b = *reinterpret_cast<const float2*>(bias + 8 * column + 2 * (lane & 3));
        Rows tile = tiles.from_row(column / 8 * SEQUENCE);
#pragma unroll
        for (int m = 0; m < 2; m++) {
            int row = share.row + 16 * m + (lane >> 2);
            tile.store(row, column % 8, pair_of(c[m][n][0] + b.x, c[m][n][1] + b.y));
            tile.store(row + 8, column % 8, pair_of(c[m][n][2] + b.x, c[m][n][3] + b.y));
        }
    }
}

__device__ __forceinline__ void projected_attention_forward(
    const bf16* x, const bf16* weight, const float* bias, const int* mask, bf16* qkv, bf16* out, float* log_sum_exp,
    const Shape& shape, float scale, const ProbabilityDropout& dropout) {
    int length = shape.length;
    int hidden = shape.hidden();
    Head head = Head::of_block(shape, 1);
    Rows stages{shared_address(shared)};
    constexpr int STAGE = SEQUENCE + 3 * HEAD;
    // in place of the stages when the product is there
    Rows queries = stages;
    Rows keys = queries.from_row(SEQUENCE);
    Rows values = keys.from_row(SEQUENCE);
    float* biases = reinterpret_cast<float*>(reinterpret_cast<char*>(shared) + 2 * STAGE * Rows::ROW_BYTES);
    unsigned* words = reinterpret_cast<unsigned*>(biases + 3 * HEAD);

    int column = head.task % shape.heads * HEAD;
    for (int i = threadIdx.x; i < 3 * HEAD; i += SEQUENCE_THREADS) {
        biases[i] = bias[i / HEAD * hidden + column + i % HEAD];
    }
    // one more word, because tiles of keys have two
    read_mask(words, mask + static_cast<long long>(head.sequence) * length, length);
    if (threadIdx.x == 0) {
        words[(length + 31) >> 5] = 0;
    }

    ProductShare share;
    float c[2][ProductShare::COLUMNS][4];
    clear(c);
    sum_over_heads(
        shape.heads,
        [&](int from, int stage) {
            // found anew for every stage: kept, they would take registers of the product
            Head head = Head::of_block(shape, 1);
            Rows tokens = stages.from_row(stage * STAGE);
            copy_rows<SEQUENCE>(
                tokens, x + static_cast<long long>(head.sequence) * (length * hidden) + from, hidden, length);
#pragma unroll 1
            for (int part = 0; part < 3; part++) {
                copy_rows<HEAD>(
                    tokens.from_row(SEQUENCE + part * HEAD),
                    weight + (part * hidden + head.task % shape.heads * HEAD) * hidden + from, hidden, HEAD);
            }
        },
        [&](int stage) {
            Rows tokens = stages.from_row(stage * STAGE);
            add_products(c, share, tokens, tokens.from_row(SEQUENCE));
        });
    store_share(c, share, queries, biases);
    __syncthreads();

    head = Head::of_block(shape, 1);
    int pack = threadIdx.x % Rows::PACKS;
    int first = threadIdx.x / Rows::PACKS;
    bf16* to = qkv + head.query + first * shape.stride() + 8 * pack;
#pragma unroll 1
    for (int row = first; row < length; row += SEQUENCE_THREADS / Rows::PACKS) {
#pragma unroll
        for (int part = 0; part < 3; part++) {
            store_whole(to + part * hidden, queries.from_row(part * SEQUENCE).pack(row, pack));
        }
        to += SEQUENCE_THREADS / Rows::PACKS * shape.stride();
    }
    // a warp stores its rows of the context where its queries were
    __syncthreads();

    int row = own_row();
    if (row >= length) {
        return;
    }
    Output<HEAD> output;
    int counting = counting_keys(words, length);
    for (int key = 0; key < counting; key += KEY_TILE) {
        unsigned drawn = draw_dropout(dropout, shape, Head::of_block(shape, 1), row, key);
        add_keys(
            output, queries, row, keys.from_row(key), values.from_row(key), words + (key >> 5), dropout.active(), drawn,
            scale * LOG2_E);
    }
    head = Head::of_block(shape, 1);
    float factors[2];
    finish_queries(output, factors, log_sum_exp + head.statistic(length, 0), row, length, scale, dropout.scale);
    store_rows(queries, row, output.sums, factors, out + head.out + row * hidden, hidden, length - row, HEAD, true);
}
