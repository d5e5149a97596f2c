// Back through the output product to the context, and through attention: values are rounded where the operations one after the other
// write them to memory, and every sum has their order, so that the bits are theirs.
#pragma once

#include "projected_attention/block.cuh"
#include "self_attention/attention_gradients.cuh"
#include "self_attention/query_statistics.cuh"

// Product: WarpBackwardProduct or another like it.
template <class Product>
__device__ __forceinline__ void projected_attention_backward(
    const bf16* d_product, const bf16* output_weight, const bf16* qkv, const int* mask, const bf16* context,
    const float* log_sum_exp, bf16* d_qkv, const Shape& shape, float scale, const ProbabilityDropout& dropout) {
    int length = shape.length;
    int hidden = shape.hidden();
    Head head = Head::of_block(shape, 1);
    SharedTiles tiles{shared_address(shared)};
    // two stages of the product; then the gradients of the scores, keys as rows, and of the context
    constexpr int STAGE = SEQUENCE + HEAD;
    Rows stages = tiles.take(2 * STAGE);
    Tile<SEQUENCE> scores{stages.base};
    Rows gradient = stages.from_row(2 * SEQUENCE);
    Rows queries = tiles.take(SEQUENCE);
    Rows keys = tiles.take(SEQUENCE);
    // a warp's own, then results of the warp
    Rows values = tiles.take(SEQUENCE);
    float2* statistics = reinterpret_cast<float2*>(reinterpret_cast<char*>(shared) + (tiles.next - stages.base));
    unsigned* words = reinterpret_cast<unsigned*>(statistics + SEQUENCE);

    copy_rows<SEQUENCE>(queries, qkv + head.query, shape.stride(), length);
    copy_rows<SEQUENCE>(keys, qkv + head.query + hidden, shape.stride(), length);
    copy_rows<SEQUENCE>(values, qkv + head.query + 2 * hidden, shape.stride(), length);
    read_mask(words, mask + static_cast<long long>(head.sequence) * length, length);
    QueryStatistics own(context + head.out, hidden, log_sum_exp + head.statistic(length, 0), length);
    Product product;
    sum_over_heads<Product>(
        shape.heads,
        [&](int from, int stage) {
            Head head = Head::of_block(shape, 1);
            Rows products = stages.from_row(stage * STAGE);
            copy_rows<SEQUENCE>(
                products, d_product + static_cast<long long>(head.sequence) * (length * hidden) + from, hidden, length);
            copy_rows<HEAD>(
                products.from_row(SEQUENCE), output_weight + from * hidden + head.task % shape.heads * HEAD, hidden, HEAD);
        },
        [&](int stage) {
            Rows products = stages.from_row(stage * STAGE);
            product.add(products, products.from_row(SEQUENCE));
        });
    product.store(gradient);
    __syncwarp();
    own.store(gradient, length, statistics);
    __syncthreads();

    int row = own_row();
    unsigned long long kept = draw_keys(dropout, shape);
    KeyGradients<HEAD, 1> gradients;
    clear(gradients.keys);
    clear(gradients.values);
    // a warp whose keys are outside the sequence has no word
    unsigned counts = row < length ? words[row >> 5] >> (row & 31) & 0xFFFFu : 0;
    if (counts != 0) {
        key_gradients(gradients, keys, values, queries, gradient, statistics, scores, length, scale, dropout.scale, kept, counts);
    }
    // a warp's own values have been read by nobody else: their place carries its results to whole packs, two at a time because on sm_80
    // registers would be short by one
    head = Head::of_block(shape, 1);
    bf16* d_query = d_qkv + head.query + row * shape.stride();
    float value_factors[2] = {dropout.scale, dropout.scale};
    float factors[2] = {scale, scale};
    store_rows<2>(values, row, gradients.values, value_factors, d_query + 2 * hidden, shape.stride(), length - row, HEAD, true);
    store_rows<2>(values, row, gradients.keys, factors, d_query + hidden, shape.stride(), length - row, HEAD, true);
    __syncthreads();
    if (row < length) {
        float c[1][8][4];
        clear(c);
        query_gradients(c, scores, keys, words, length);
        store_rows<2>(values, row, c, factors, d_query, shape.stride(), length - row, HEAD, true);
    }
}
