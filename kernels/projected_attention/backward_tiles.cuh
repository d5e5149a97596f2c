// Shared memory of a block of the backward pass.
#pragma once

#include "projected_attention/block.cuh"

struct BackwardTiles {
    // of the product: tokens' gradients, then weights
    static constexpr int STAGE = SEQUENCE + HEAD;

    // two of the product; then the gradients of the scores, keys as rows, and of the context
    Rows stages;
    Rows queries;
    Rows keys;
    // at the end results, each warp's in its rows
    Rows values;
    // of each query as add_chunk needs them
    float2* statistics;
    // the mask
    unsigned* words;

    __device__ __forceinline__ BackwardTiles() {
        SharedTiles tiles{shared_address(shared)};
        stages = tiles.take(2 * STAGE);
        queries = tiles.take(SEQUENCE);
        keys = tiles.take(SEQUENCE);
        values = tiles.take(SEQUENCE);
        statistics = reinterpret_cast<float2*>(reinterpret_cast<char*>(shared) + (tiles.next - stages.base));
        words = reinterpret_cast<unsigned*>(statistics + SEQUENCE);
    }

    // Behind the gradients of the scores.
    __device__ __forceinline__ Rows gradient() const { return stages.from_row(2 * SEQUENCE); }
};
