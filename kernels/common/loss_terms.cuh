// A loss of terms that blocks have found, one each.
#pragma once

#include "last_block.cuh"
#include "reduce.cuh"

// loss[0] = sum(terms) / normalizer[0], by one block, which knows that all terms are published.
__device__ __forceinline__ void sum_terms(const float* terms, int rows, const float* normalizer, float* loss) {
    __shared__ double shared[32];
    double sum = 0;
    for (int r = threadIdx.x; r < rows; r += blockDim.x) {
        sum += published(terms + r);
    }
    sum = block_sum(sum, shared);
    if (threadIdx.x == 0) {
        loss[0] = static_cast<float>(sum) / normalizer[0];
    }
}

// The same by the last block of the launch.
__device__ __forceinline__ void add_terms(
    const float* terms, int rows, const float* normalizer, unsigned* counter, float* loss) {
    if (is_last_block(counter)) {
        sum_terms(terms, rows, normalizer, loss);
    }
}
