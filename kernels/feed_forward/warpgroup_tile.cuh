// Two products by warpgroups one after the other for whole rows: what the first computes is the second's factor, 64 values of each row at
// a time, and stays in registers.
#pragma once

#include "feed_forward/warpgroup_backward.cuh"
#include "feed_forward/warpgroup_forward.cuh"
#include "feed_forward/warpgroup_weights.cuh"
#include "gemm_layer_norm/row_tile.cuh"

// The same as FeedForwardTile for 128 rows, of which each of two warpgroups has 64.
template <int WIDTH, bool ALONG_K>
struct WarpgroupFeedForwardTile {
    using Rows = RowTile<WIDTH, 128>;
    using Forward = WarpgroupGeluForward;
    using Backward = WarpgroupGeluBackward;
    using Input = AlignedOperand<Rows::HEIGHT, true, Rows::THREADS, PanelSteps>;
    using Weights = WarpgroupWeights<WIDTH, ALONG_K, Rows::THREADS>;
    using First = typename Weights::First;
    using Second = typename Weights::Second;
    static constexpr int BLOCKS = 1;
    // of the first product's bias, up to a multiple of what panels need
    static constexpr int BEFORE_INPUT = 1024;
    static_assert(Forward::BYTES <= BEFORE_INPUT, "the bias fits");
    static constexpr int INPUT_BYTES = WIDTH / Input::STEP * Input::BYTES;
    static_assert(INPUT_BYTES + Weights::BYTES >= 4 * (Rows::HEIGHT + 4) * WIDTH,
                  "sums and 4 rows behind them fit");

    // Begins the first product of a chunk.
    static __device__ __forceinline__ void begin_first(float (&hidden)[8][4], unsigned rows, unsigned weights) {
        // for every chunk anew: descriptors that are kept for all of them take more than the registers of the warp
        rows = warp_uniform(rows);
        begin_products(hidden);
#pragma unroll
        for (int k = 0; k < WIDTH / 16; k++) {
            multiply_async<true, ALONG_K>(
                hidden, WarpgroupReader<Input>::read(rows, 0, k), WarpgroupReader<First>::read(weights, 0, k), k > 0);
        }
        commit_products();
    }

    // Puts the second product's factor, 16 columns at a time, and begins to add their product to the sums. Nothing else may use that part of the
    // factor until it is waited for.
    template <class Between>
    static __device__ __forceinline__ void begin_second(
        float (&sum)[WIDTH / 8][4], unsigned (&factor)[WarpgroupChunk::QUARTERS][4], unsigned weights, int chunk, Between& between) {
#pragma unroll
        for (int q = 0; q < WarpgroupChunk::QUARTERS; q++) {
            between.put(chunk, q, factor[q]);
            begin_products();
            multiply_async<ALONG_K>(sum, factor[q], WarpgroupReader<Second>::read(weights, 0, q), true);
        }
        commit_products();
    }

    // As FeedForwardTile::multiply. g is five steps for each chunk: between.copy(chunk) begins to copy what take() needs, with the weights;
    // load(chunk) begins to read what prepare(chunk) needs, which comes before the end of the first product; take(chunk, sums), after which
    // these are not needed; and put(chunk, quarter, part of the second product's factor).
    template <class Between>
    static __device__ __forceinline__ void multiply(
        long long top, const bf16* input, const bf16* first, const bf16* second, int rows, int intermediate, Between& between) {
        unsigned input_tile = shared_address(pipeline) + BEFORE_INPUT;
        unsigned own_rows = input_tile + threadIdx.x / 128 * WarpgroupReader<Input>::EXTENT_BYTES;
        Input x(input, WIDTH, static_cast<int>(top), rows);
#pragma unroll
        for (int step = 0; step < WIDTH / Input::STEP; step++) {
            x.copy_step(input_tile + step * Input::BYTES, Input::STEP);
        }
        Weights weights = {first, second, intermediate, input_tile + INPUT_BYTES};
        weights.copy_first(0);
        between.copy(0);
        between.copy(1);
        commit_copies();
        weights.copy_first(1);
        weights.copy_second(0);
        commit_copies();
        between.load(0);
        Weights::template publish<1>();
        float hidden[8][4];
        float sum[1][WIDTH / 8][4] = {};
        begin_first(hidden, own_rows, weights.first_place(0));
        between.prepare(0);
        wait_products(hidden);
        between.take(0, hidden);
        Weights::publish();
        int last = intermediate / WarpgroupChunk::WIDTH - 1;
        unsigned factor[WarpgroupChunk::QUARTERS][4];
#pragma unroll 1
        for (int chunk = 0; chunk < last; chunk++) {
            begin_first(hidden, own_rows, weights.first_place(chunk + 1));
            // to the places of this chunk's first product and of the last one's second
            weights.copy_first(chunk + 2);
            weights.copy_second(chunk + 1);
            between.copy(chunk + 2);
            commit_copies();
            between.load(chunk + 1);
            begin_second(sum[0], factor, weights.second_place(chunk), chunk, between);
            between.prepare(chunk + 1);
            wait_products(hidden);
            between.take(chunk + 1, hidden);
            Weights::publish();
        }
        begin_second(sum[0], factor, weights.second_place(last), last, between);
        wait_products();
        __syncthreads();
        stage_fragments<WIDTH>(sum, static_cast<int>(threadIdx.x) / 32 * 16, 0, Rows::sums());
    }
};
