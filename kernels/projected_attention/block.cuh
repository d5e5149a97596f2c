// One head of width 64 of one sequence of at most 128 tokens in one block of 8 warps, and the product before its attention, whose
// sums run over all heads: chunks of 64 of what is summed over come to two stages of shared memory in turn.
#pragma once

#include "attention/scores.cuh"

constexpr int SEQUENCE = 128;
constexpr int HEAD = 64;
constexpr int HEAD_THREADS = 2 * SEQUENCE;

// Tokens, or outputs of a layer, as rows.
using Rows = Tile<HEAD>;

// Calls load(first, stage), which begins to copy what a chunk needs, and use(stage) for all `chunks`; another chunk is on its way while
// one is used. All threads have passed a barrier at the end.
template <class Load, class Use>
__device__ __forceinline__ void for_each_chunk(int chunks, Load load, Use use) {
    load(0, 0);
    commit_copies();
#pragma unroll 1
    for (int chunk = 0; chunk < chunks; chunk++) {
        if (chunk + 1 < chunks) {
            load(HEAD * (chunk + 1), (chunk + 1) & 1);
        }
        commit_copies();
        wait_copies<1>();
        __syncthreads();
        use(chunk & 1);
        // the next chunk but one goes where this one is
        __syncthreads();
    }
}
