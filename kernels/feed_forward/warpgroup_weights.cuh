// The weights of two products by warpgroups on their way to shared memory, 64 intermediate values of either at a time.
#pragma once

#include "feed_forward/warpgroup_chunk.cuh"
#include "gemm/warpgroup_tile.cuh"

// Each product has two places. ALONG_K: as in Operand, for both.
template <int WIDTH, bool ALONG_K, int THREADS>
struct WarpgroupWeights {
    using First = Operand<bf16, WarpgroupChunk::WIDTH, ALONG_K, THREADS, PanelSteps>;
    using Second = Operand<bf16, WIDTH, ALONG_K, THREADS, PanelSteps>;
    static constexpr int FIRST_STEPS = WIDTH / First::STEP;
    static constexpr int FIRST_BYTES = FIRST_STEPS * First::BYTES;
    static_assert(Second::STEP == WarpgroupChunk::WIDTH, "a step of the second product is a chunk");
    static constexpr int BYTES = 2 * FIRST_BYTES + 2 * Second::BYTES;

    // [intermediate, WIDTH] and [WIDTH, intermediate] for ALONG_K, else the other way round
    const bf16* first;
    const bf16* second;
    int intermediate;
    unsigned place;

    __device__ __forceinline__ unsigned first_place(int chunk) const { return place + chunk % 2 * FIRST_BYTES; }

    __device__ __forceinline__ unsigned second_place(int chunk) const {
        return place + 2 * FIRST_BYTES + chunk % 2 * Second::BYTES;
    }

    // Begins to copy a chunk of the first product's, where there is one.
    __device__ __forceinline__ void copy_first(int chunk) const {
        int edge = chunk * WarpgroupChunk::WIDTH;
        if (edge < intermediate) {
            int leading = ALONG_K ? WIDTH : intermediate;
            const bf16* from = first + edge * (ALONG_K ? WIDTH : 1);
#pragma unroll
            for (int step = 0; step < FIRST_STEPS; step++) {
                copy<First>(first_place(chunk) + step * First::BYTES, from + step * First::STEP * (ALONG_K ? 1 : leading), leading);
            }
        }
    }

    // Begins to copy a chunk of the second product's, where there is one.
    __device__ __forceinline__ void copy_second(int chunk) const {
        int edge = chunk * WarpgroupChunk::WIDTH;
        if (edge < intermediate) {
            copy<Second>(second_place(chunk), second + edge * (ALONG_K ? 1 : WIDTH), ALONG_K ? intermediate : WIDTH);
        }
    }

    // A step of which nothing is missing.
    template <class Tile>
    static __device__ __forceinline__ void copy(unsigned tile, const bf16* from, int leading) {
        Window whole = {reinterpret_cast<const char*>(from), 2 * leading, Tile::ROWS, Tile::ROW_BYTES};
        copy_window<Tile::ROWS, Tile::ROW_BYTES, THREADS, 16, Tile::PANEL_BYTES>(tile, whole);
    }

    // Waits for what all threads have begun to copy, but for the last PENDING groups, and shows it to products.
    template <int PENDING = 0>
    static __device__ __forceinline__ void publish() {
        wait_copies<PENDING>();
        fence_products();
        __syncthreads();
    }
};
