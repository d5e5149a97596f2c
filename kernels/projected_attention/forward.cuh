// The product for query, key and value, and attention: values are rounded where the operations one after the other write them to
// memory, and every sum has their order, so that the bits are theirs.
#pragma once

#include "attention/forward_bf16.cuh"
#include "projected_attention/block.cuh"

// Product: WarpForwardProduct or another like it.
template <class Product>
__device__ __forceinline__ void projected_attention_forward(
    const bf16* x, const bf16* weight, const float* bias, const int* mask, bf16* qkv, bf16* out, float* log_sum_exp,
    const Shape& shape, float scale, const ProbabilityDropout& dropout) {
    int length = shape.length;
    int hidden = shape.hidden();
    Head head = Head::of_block(shape, 1);
    int sequence = warp_uniform(head.sequence);
    Rows stages{shared_address(shared)};
    constexpr int STAGE = SEQUENCE + 3 * HEAD;
    // in place of the stages when the product is there
    Rows queries = stages;
    Rows keys = queries.from_row(SEQUENCE);
    Rows values = keys.from_row(SEQUENCE);
    float* biases = reinterpret_cast<float*>(reinterpret_cast<char*>(shared) + 2 * STAGE * Rows::ROW_BYTES);
    unsigned* words = reinterpret_cast<unsigned*>(biases + 3 * HEAD);

    for (int i = threadIdx.x; i < 3 * HEAD; i += SEQUENCE_THREADS) {
        biases[i] = bias[i / HEAD * hidden + head.column + i % HEAD];
    }
    // one more word, because tiles of keys have two
    read_mask(words, mask + static_cast<long long>(head.sequence) * length, length);
    if (threadIdx.x == 0) {
        words[(length + 31) >> 5] = 0;
    }

    Product product;
    sum_over_heads<Product>(
        shape.heads,
        [&](int from, int stage) {
            // found anew for every stage: kept, they would take registers of the product
            Head head = Head::of_block_in(shape, sequence);
            Rows tokens = stages.from_row(stage * STAGE);
            copy_rows<SEQUENCE>(
                tokens, x + static_cast<long long>(head.sequence) * (length * hidden) + from, hidden, length);
#pragma unroll
            for (int part = 0; part < 3; part++) {
                copy_rows<HEAD>(
                    tokens.from_row(SEQUENCE + part * HEAD),
                    weight + (part * hidden + head.column) * hidden + from, hidden, HEAD);
            }
        },
        [&](int stage) {
            Rows tokens = stages.from_row(stage * STAGE);
            product.add(tokens, tokens.from_row(SEQUENCE));
        });
    product.store(queries, biases);
    __syncthreads();

    head = Head::of_block_in(shape, sequence);
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
    head = Head::of_block_in(shape, sequence);
    float factors[2];
    finish_queries(output, factors, log_sum_exp + head.statistic(length, 0), row, length, scale, dropout.scale);
    store_rows(queries, row, output.sums, factors, out + head.out + row * hidden, hidden, length - row, HEAD, true);
}
