// Back through the output product to the context, and through attention: values are rounded where the operations one after the other
// write them to memory, and every sum has their order, so that the bits are theirs.
#pragma once

#include "projected_attention/backward_tiles.cuh"
#include "self_attention/query_statistics.cuh"

// Back: WarpBackward or another like it, which says how the product is computed, and goes from the context's gradient to those of queries,
// keys and values.
template <class Back>
__device__ __forceinline__ void projected_attention_backward(
    const bf16* d_product, const bf16* output_weight, const bf16* qkv, const int* mask, const bf16* context,
    const float* log_sum_exp, bf16* d_qkv, const Shape& shape, float scale, const ProbabilityDropout& dropout) {
    using Product = typename Back::Product;
    int length = shape.length;
    int hidden = shape.hidden();
    Head head = Head::of_block(shape, 1);
    int sequence = warp_uniform(head.sequence);
    BackwardTiles tiles;

    copy_rows<SEQUENCE>(tiles.queries, qkv + head.query, shape.stride(), length);
    copy_rows<SEQUENCE>(tiles.keys, qkv + head.query + hidden, shape.stride(), length);
    copy_rows<SEQUENCE>(tiles.values, qkv + head.query + 2 * hidden, shape.stride(), length);
    read_mask(tiles.words, mask + static_cast<long long>(head.sequence) * length, length);
    QueryStatistics own(context + head.out, hidden, log_sum_exp + head.statistic(length, 0), length);
    Product product;
    sum_over_heads<Product>(
        shape.heads,
        [&](int from, int stage) {
            Head head = Head::of_block_in(shape, sequence);
            Rows products = tiles.stages.from_row(stage * BackwardTiles::STAGE);
            copy_rows<SEQUENCE>(
                products, d_product + static_cast<long long>(head.sequence) * (length * hidden) + from, hidden, length);
            copy_rows<HEAD>(
                products.from_row(SEQUENCE), output_weight + from * hidden + head.column, hidden, HEAD);
        },
        [&](int stage) {
            Rows products = tiles.stages.from_row(stage * BackwardTiles::STAGE);
            product.add(products, products.from_row(SEQUENCE));
        });
    product.store(tiles.gradient());
    __syncwarp();
    own.store(tiles.gradient(), length, tiles.statistics);
    Product::publish();
    __syncthreads();
    Back::attention(tiles, d_qkv, shape, scale, dropout);
}
