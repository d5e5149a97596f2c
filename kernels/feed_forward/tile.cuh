// Two products one after the other for whole rows: what the first computes is the second's factor, 64 values of each row at a time,
// and stays in shared memory.
#pragma once

#include "common/meanwhile.cuh"
#include "feed_forward/backward.cuh"
#include "feed_forward/chunk.cuh"
#include "feed_forward/forward.cuh"
#include "gemm_layer_norm/row_tile.cuh"

// The weights of both products on their way to shared memory, in turns of as many bytes for either. ALONG_K: as in Operand, for both.
template <int WIDTH, bool ALONG_K, int THREADS>
struct FeedForwardWeights {
    static constexpr int STAGES = WIDTH == 256 ? 2 : 3;
    using First = AlignedOperand<Chunk::WIDTH, ALONG_K, THREADS>;
    using Second = AlignedOperand<WIDTH, ALONG_K, THREADS>;
    // of 32 summands, in a turn
    static constexpr int FIRST_STEPS = WIDTH == 256 ? 4 : 2;
    static constexpr int SECOND_STEPS = WIDTH == 256 ? 1 : 2;
    static constexpr int BYTES = FIRST_STEPS * First::BYTES;
    static_assert(BYTES == SECOND_STEPS * Second::BYTES, "turns of both products have the same place");
    // of a chunk
    static constexpr int FIRST_TURNS = WIDTH / First::STEP / FIRST_STEPS;
    static constexpr int SECOND_TURNS = Chunk::WIDTH / Second::STEP / SECOND_STEPS;

    // [intermediate, WIDTH] for ALONG_K, else [WIDTH, intermediate]
    const bf16* matrix;
    int intermediate;
    First first;
    Second second;
    unsigned place;
    unsigned target;
    unsigned source;
    // the chunk that is copied, and turns of it that have begun
    int chunk;
    int begun;

    __device__ __forceinline__ FeedForwardWeights(
        const bf16* first_matrix, const bf16* second_matrix, int intermediate_, unsigned place_)
        : matrix(first_matrix),
          intermediate(intermediate_),
          first(of_chunk(0)),
          second(second_matrix, ALONG_K ? intermediate : WIDTH, 0, WIDTH),
          place(place_),
          target(place_),
          source(place_),
          chunk(0),
          begun(0) {}

    __device__ __forceinline__ First of_chunk(int number) const {
        return First(matrix, ALONG_K ? WIDTH : intermediate, number * Chunk::WIDTH, intermediate);
    }

    // Begins to copy the next turn, where there is one.
    __device__ __forceinline__ void copy() {
        if (chunk * Chunk::WIDTH < intermediate) {
            if (begun < FIRST_TURNS) {
#pragma unroll
                for (int step = 0; step < FIRST_STEPS; step++) {
                    first.copy_step(target + step * First::BYTES, First::STEP);
                }
            } else {
#pragma unroll
                for (int step = 0; step < SECOND_STEPS; step++) {
                    second.copy_step(target + step * Second::BYTES, Second::STEP);
                }
            }
            begun++;
            if (begun == FIRST_TURNS + SECOND_TURNS) {
                begun = 0;
                chunk++;
                first = of_chunk(chunk);
            }
        }
        commit_copies();
        target = following(target);
    }

    // Where the next turn lies, once it has landed; all threads are done with the turn before, whose place is filled anew.
    __device__ __forceinline__ unsigned next() {
        wait_copies<STAGES - 2>();
        __syncthreads();
        copy();
        unsigned turn = source;
        source = following(source);
        return turn;
    }

    __device__ __forceinline__ unsigned following(unsigned turn) const {
        return turn == place + (STAGES - 1) * BYTES ? place : turn + BYTES;
    }
};

template <int WIDTH, bool ALONG_K, int HEIGHT = 64>
struct FeedForwardTile {
    using Rows = RowTile<WIDTH, HEIGHT>;
    // what lies between the products
    using Forward = GeluForward<HEIGHT>;
    using Backward = GeluBackward<HEIGHT>;
    using Weights = FeedForwardWeights<WIDTH, ALONG_K, Rows::THREADS>;
    using Factor = AlignedOperand<HEIGHT, true, Rows::THREADS>;
    using Hidden = TensorCoreTile<Factor, typename Weights::First, HEIGHT / 32, 2>;
    using Product =
        TensorCoreTile<Factor, typename Weights::Second, Rows::WARP_ROWS, Rows::WARPS / Rows::WARP_ROWS>;
    // a multiprocessor's of 64 rows; up to 245 registers at width 256, 168 at width 64
    static constexpr int BLOCKS = WIDTH == 256 ? 2 : 3;
    static constexpr int INPUT_BYTES = WIDTH / Factor::STEP * Factor::BYTES;
    static constexpr int CHUNK_BYTES = Chunk::WIDTH / Factor::STEP * Factor::BYTES;
    static_assert(INPUT_BYTES + CHUNK_BYTES + Weights::STAGES * Weights::BYTES >= 4 * (HEIGHT + 4) * WIDTH,
                  "sums and 4 rows behind them fit");

    // Rows top and on of g(input first) second, of input[rows,WIDTH], to Rows::sums(); the caller waits for all threads. first and second lie as
    // Weights says, all 16-byte aligned, with a multiple of 64 intermediate values. g is two steps for each chunk: between.begin(chunk)
    // before its product, then between.finish(sums, address of the factor of the second product). meanwhile() is
    // called while the first copies are on their way.
    template <class Between, class Meanwhile = NothingMeanwhile>
    static __device__ __forceinline__ void multiply(
        long long top, const bf16* input, const bf16* first, const bf16* second, int rows, int intermediate, Between& between,
        const Meanwhile& meanwhile = {}) {
        unsigned input_tile = shared_address(pipeline);
        unsigned chunk_tile = input_tile + INPUT_BYTES;
        Factor x(input, WIDTH, static_cast<int>(top), rows);
#pragma unroll
        for (int step = 0; step < WIDTH / Factor::STEP; step++) {
            x.copy_step(input_tile + step * Factor::BYTES, Factor::STEP);
        }
        Weights weights(first, second, intermediate, chunk_tile + CHUNK_BYTES);
#pragma unroll
        for (int turn = 1; turn < Weights::STAGES; turn++) {
            weights.copy();
        }
        meanwhile();
        Product product;
#pragma unroll 1
        for (int chunk = 0; chunk * Chunk::WIDTH < intermediate; chunk++) {
            between.begin(chunk);
            Hidden hidden;
#pragma unroll 1
            for (int turn = 0; turn < Weights::FIRST_TURNS; turn++) {
                unsigned b = weights.next();
                unsigned a = input_tile + turn * (Weights::FIRST_STEPS * Factor::BYTES);
#pragma unroll
                for (int step = 0; step < Weights::FIRST_STEPS; step++) {
                    hidden.multiply(a + step * Factor::BYTES, b + step * Weights::First::BYTES);
                }
            }
            between.finish(hidden.sum, chunk_tile);
#pragma unroll 1
            for (int turn = 0; turn < Weights::SECOND_TURNS; turn++) {
                unsigned b = weights.next();
                unsigned a = chunk_tile + turn * (Weights::SECOND_STEPS * Factor::BYTES);
#pragma unroll
                for (int step = 0; step < Weights::SECOND_STEPS; step++) {
                    product.multiply(a + step * Factor::BYTES, b + step * Weights::Second::BYTES);
                }
            }
        }
        wait_copies<0>();
        __syncthreads();
        product.stage(0, Rows::sums());
    }
};
