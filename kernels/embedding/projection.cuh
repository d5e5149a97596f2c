// Rows of embeddings, normalised and with dropout as in layer_norm.cuh, on to their product with a weight: a block's rows are its factor,
// out of shared memory, beside the whole weight.
#pragma once

#include "gemm/product.cuh"
#include "gemm/tensor_core_tile.cuh"
#include "layer_norm.cuh"

// Steps of 64 bf16, so that 8 neighbouring lanes of a row write to each bank once.
struct WideSteps {
    static constexpr int BYTES = 128;
    template <int ROW_BYTES>
    static constexpr int PANEL_BYTES = ROW_BYTES;
};

// weight: [OUTPUTS, WIDTH].
template <int OUTPUTS>
struct ProjectionTile {
    static constexpr int WIDTH = 128;
    static constexpr int HEIGHT = 64;
    static constexpr int THREADS = 256;
    // a multiprocessor's; up to 128 registers
    static constexpr int BLOCKS = 2;
    // rows of lanes: row s PLACES + p of the tile is token s of place p
    static constexpr int PLACES = HEIGHT / NORMALIZED_TOKENS;
    static_assert(PLACES == THREADS / Row<bf16, WIDTH>::LANES, "the lanes' tokens are the tile's rows");

    using A = Operand<bf16, HEIGHT, true, THREADS, WideSteps>;
    using B = Operand<bf16, OUTPUTS, true, THREADS, WideSteps>;
    static constexpr int STEPS = WIDTH / A::STEP;
    static constexpr int ROWS_BYTES = STEPS * A::BYTES;
    static_assert(ROWS_BYTES + STEPS * B::BYTES >= 4 * HEIGHT * OUTPUTS, "the sums take the place of the factors");

    // Begins to copy the weight, 16-byte aligned.
    static __device__ __forceinline__ void copy(const bf16* weight) {
        B b(weight, WIDTH, 16, 0, OUTPUTS);
#pragma unroll
        for (int step = 0; step < STEPS; step++) {
            b.copy_step(shared_address(pipeline) + ROWS_BYTES + step * B::BYTES, B::STEP);
        }
        commit_copies();
    }

    // Keeps the values of a row from that column on.
    static __device__ __forceinline__ void put(int row, int column, const float (&x)[8]) {
        int at = column / A::STEP * A::BYTES + tile_offset<A::ROW_BYTES>(row, 2 * (column % A::STEP));
        *reinterpret_cast<uint4*>(pipeline + at) =
            make_uint4(pair_of(x[0], x[1]), pair_of(x[2], x[3]), pair_of(x[4], x[5]), pair_of(x[6], x[7]));
    }

    // The product, row by row in shared memory as staged() says.
    static __device__ __forceinline__ float* sums() { return reinterpret_cast<float*>(pipeline); }

    // Of all rows that were put, to sums().
    static __device__ __forceinline__ void multiply() {
        TensorCoreTile<A, B, 2, 4> tile;
        wait_copies<0>();
        __syncthreads();
#pragma unroll
        for (int step = 0; step < STEPS; step++) {
            unsigned a = shared_address(pipeline) + step * A::BYTES;
            tile.multiply(a, shared_address(pipeline) + ROWS_BYTES + step * B::BYTES);
        }
        __syncthreads();
        tile.stage(0, sums());
        __syncthreads();
    }

    // Writes sums() and the bias to the rows of the block's tokens.
    static __device__ __forceinline__ void write(const float* bias, int length, long long tokens, bf16* projected) {
        constexpr int LANES = OUTPUTS / 4;
        int column = threadIdx.x % LANES * 4;
        ForwardEpilogue<bf16> epilogue(projected, OUTPUTS, bias, OUTPUTS, nullptr);
        epilogue.template begin<4>(column);
#pragma unroll 4
        for (int row = threadIdx.x / LANES; row < HEIGHT; row += THREADS / LANES) {
            long long token = first_token(blockIdx.x * PLACES + row % PLACES, length) + row / PLACES * length;
            float x[1][4];
            load_values<4>(sums() + staged<OUTPUTS>(row, column), x[0]);
            const long long at[1] = {token * OUTPUTS + column};
            const bool inside[1] = {token < tokens};
            epilogue.template finish<4>(x, at, inside);
        }
    }
};

// Blocks of ProjectionTile's threads; all but ids, token_types, statistics, gamma and beta 16-byte aligned. bias may be null.
template <int OUTPUTS>
__device__ __forceinline__ void embed_and_project(
    const int* ids, const int* token_types, const Tables& tables, int length, const Dropout& dropout,
    const ForwardOptions& o, bf16* sum, bf16* y, const bf16* weight, const float* bias, bf16* projected) {
    using Tile = ProjectionTile<OUTPUTS>;
    using R = Row<bf16, Tile::WIDTH>;
    // under way while the rows are looked up
    Tile::copy(weight);
    embed_and_normalize<bf16, Tile::WIDTH, Tile::THREADS>(
        ids, token_types, tables, length, dropout, o, sum, y, [](int s, const float(&values)[R::SIZE]) {
            Tile::put(s * Tile::PLACES + threadIdx.x / R::LANES, R::column(0), values);
        });
    Tile::multiply();
    Tile::write(bias, length, o.rows, projected);
}
