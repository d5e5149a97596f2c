// Back through the output product.
#pragma once

#include "self_attention/query_statistics.cuh"

// The gradient of the context, in place of that of the product, and what add_chunk needs of the warp's queries.
__device__ __forceinline__ void context_gradient(
    Rows gradient, Rows output_weight, const bf16* context, const float* log_sum_exp, int length, float2* statistics) {
    QueryStatistics queries(context, 64, log_sum_exp, length);
    float c[1][8][4];
    clear(c);
#pragma unroll
    for (int step = 0; step < 4; step++) {
        unsigned a[1][4];
        gradient.rows(a[0], own_row(), step);
        multiply_columns(c, a, output_weight, 16 * step);
    }
    __syncwarp();
    store_rounded(gradient, c);
    __syncwarp();
    queries.store(gradient, length, statistics);
}
