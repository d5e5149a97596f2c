// The weights of two products by warpgroups on their way to shared memory, 64 intermediate values of either at a time.
#pragma once

#include "feed_forward/warpgroup_chunk.cuh"
#include "gemm/warpgroup_tile.cuh"
#include "gemm_layer_norm/row_tile.cuh"

// The first product has two places, the second, which ends a chunk later, has three. ALONG_K: as in Operand, for both.
template <int WIDTH, bool ALONG_K, int THREADS>
struct WarpgroupWeights {
    using First = AlignedOperand<WarpgroupChunk::WIDTH, ALONG_K, THREADS, PanelSteps>;
    using Second = AlignedOperand<WIDTH, ALONG_K, THREADS, PanelSteps>;
    static constexpr int FIRST_STEPS = WIDTH / First::STEP;
    static constexpr int FIRST_BYTES = FIRST_STEPS * First::BYTES;
    static_assert(Second::STEP == WarpgroupChunk::WIDTH, "a step of the second product is a chunk");
    static constexpr int BYTES = 2 * FIRST_BYTES + 3 * Second::BYTES;

    // [intermediate, WIDTH] for ALONG_K, else [WIDTH, intermediate]
    const bf16* matrix;
    int intermediate;
    Second second;
    unsigned place;

    __device__ __forceinline__ WarpgroupWeights(
        const bf16* first_matrix, const bf16* second_matrix, int intermediate_, unsigned place_)
        : matrix(first_matrix),
          intermediate(intermediate_),
          second(second_matrix, ALONG_K ? intermediate : WIDTH, 0, WIDTH),
          place(place_) {}

    __device__ __forceinline__ unsigned first_place(int chunk) const { return place + chunk % 2 * FIRST_BYTES; }

    __device__ __forceinline__ unsigned second_place(int chunk) const {
        return place + 2 * FIRST_BYTES + chunk % 3 * Second::BYTES;
    }

    // Begins to copy a chunk of the first product's, where there is one.
    __device__ __forceinline__ void copy_first(int chunk) const {
        int edge = chunk * WarpgroupChunk::WIDTH;
        if (edge < intermediate) {
            First first(matrix, ALONG_K ? WIDTH : intermediate, edge, intermediate);
#pragma unroll
            for (int step = 0; step < FIRST_STEPS; step++) {
                first.copy_step(first_place(chunk) + step * First::BYTES, First::STEP);
            }
        }
    }

    // Begins to copy a chunk of the second product's, one after the other, where there is one.
    __device__ __forceinline__ void copy_second(int chunk) {
        if (chunk * WarpgroupChunk::WIDTH < intermediate) {
            second.copy_step(second_place(chunk), Second::STEP);
        }
    }

    // Waits for what all threads have begun to copy, but for the last PENDING groups, and shows it to products.
    template <int PENDING = 0>
    static __device__ __forceinline__ void publish() {
        wait_copies<PENDING>();
        fence_products();
        __syncthreads();
    }
};
