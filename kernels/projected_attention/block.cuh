// One head of width 64 of one sequence in one block, 16 tokens to a warp as where a sequence has one head, and the product before its
// attention, whose sums run over all heads.
#pragma once

#include "common/warp_uniform.cuh"
#include "self_attention/block.cuh"

constexpr int HEAD = 64;

// Adds up a product over all heads: calls load(from, stage), which begins to copy what 64 summands from `from` on need, and use(stage),
// which gives them to the product; the copies of a next stage are on their way while one is used. Nobody reads a stage any more at the
// end.
template <class Product, class Load, class Use>
__device__ __forceinline__ void sum_over_heads(int heads, Load load, Use use) {
    load(0, 0);
    commit_copies();
#pragma unroll 1
    for (int head = 0; head < heads; head++) {
        if (head + 1 < heads) {
            load(HEAD * (head + 1), (head + 1) & 1);
        }
        commit_copies();
        wait_copies<1>();
        Product::publish();
        __syncthreads();
        use(head & 1);
        // the next but one goes where this one is
        __syncthreads();
    }
}
