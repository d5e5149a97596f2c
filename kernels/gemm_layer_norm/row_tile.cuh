// Tiles of a product of bf16 factors that have whole rows of the result, so that one block can go on with what needs whole rows.
#pragma once

#include "gemm/product.cuh"
#include "gemm/tensor_core_tile.cuh"
#include "layer_norm/row.cuh"

// A factor of which all addresses, rows and steps are multiples of 16 bytes: the host has kernels with it only where rows begin and end
// at such multiples (fitTiles of AddLayerNormProducts, inOneLaunch of FeedForward).
template <int EXTENT, bool ALONG_K, int THREADS, class Steps = RowSteps>
struct AlignedOperand : Operand<bf16, EXTENT, ALONG_K, THREADS, Steps> {
    using Any = Operand<bf16, EXTENT, ALONG_K, THREADS, Steps>;

    __device__ __forceinline__ AlignedOperand(const bf16* matrix, int leading, int edge, int extent)
        : Any(matrix, leading, 16, edge, extent) {}

    __device__ __forceinline__ void copy_step(unsigned tile, int left) {
        copy_window<Any::ROWS, Any::ROW_BYTES, THREADS, 16, Any::PANEL_BYTES>(tile, this->window(left));
        this->advance();
    }
};

// Rows top and on. For the product, 4 warps lie side by side, with 64 x 64 each, at width 256, and two by two, with 32 x 64 or 32 x 32, at
// widths 128 and 64; of width 64 there are tiles of 128 rows with twice as many, and of width 256 those whose product is by wgmma, of which
// only what follows is used (warpgroup_row_tile.cuh, feed_forward/warpgroup_tile.cuh). Afterwards each has as many of the rows, over its lanes as
// layer_norm/row.cuh says, R::ROWS of them a turn.
template <int WIDTH, int HEIGHT_ = 64>
struct RowTile {
    static constexpr int HEIGHT = HEIGHT_;
    static constexpr int THREADS = 2 * HEIGHT;
    static constexpr int STAGES = 4;
    // a multiprocessor's; up to 228 registers at width 256, 168 at width 128, 128 at width 64
    static constexpr int BLOCKS = WIDTH == 256 ? 2 : WIDTH == 128 ? 3 : 4;
    static constexpr int WARPS = THREADS / 32;
    static constexpr int WARP_ROWS = WIDTH == 256 ? 1 : HEIGHT / 32;

    using R = Row<bf16, WIDTH>;
    static constexpr int TURNS = HEIGHT / WARPS / R::ROWS;
    // turns whose operands are on their way at a time
    static constexpr int GROUP = 4;
    static_assert(R::PACKS == 1 && TURNS % GROUP == 0, "a lane has one pack of a row, and turns come in groups");

    // The first row of a block that has one tile, as its neighbours have.
    static __device__ __forceinline__ long long top() { return static_cast<long long>(blockIdx.x) * HEIGHT; }

    // This lane's row in a turn, within the tile.
    static __device__ __forceinline__ int row(int turn) {
        return (static_cast<int>(threadIdx.x) / 32 * TURNS + turn) * R::ROWS + R::row();
    }

    // The product, row by row in shared memory as staged() says.
    static __device__ __forceinline__ float* sums() { return reinterpret_cast<float*>(pipeline); }

    // Shared memory behind it, at least 4 WIDTH floats.
    static __device__ __forceinline__ float* behind_sums() { return sums() + HEIGHT * WIDTH; }

    // Rows of a[m,k] b[WIDTH,k]^T, or of a[m,k] b[k,WIDTH], to sums(); the caller waits for all threads.
    template <bool B_ALONG_K>
    static __device__ __forceinline__ void multiply(const bf16* a, const bf16* b, int m, int k) {
        using A = AlignedOperand<HEIGHT, true, THREADS>;
        using B = AlignedOperand<WIDTH, B_ALONG_K, THREADS>;
        static_assert(WIDTH == 64 || HEIGHT == 64, "a warp has 32 x 32, 32 x 64 or 64 x 64");
        static_assert(STAGES * (A::BYTES + B::BYTES) >= 4 * (HEIGHT + 4) * WIDTH, "sums and 4 rows behind them fit the pipeline");
        TensorCoreTile<A, B, WARP_ROWS, WARPS / WARP_ROWS> tile;
        multiply_steps<STAGES>(tile, A(a, k, blockIdx.x * HEIGHT, m), B(b, B_ALONG_K ? k : WIDTH, 0, WIDTH), k);
        wait_copies<0>();
        __syncthreads();
        tile.stage(0, sums());
    }

    // The product at this lane's columns of a row.
    static __device__ __forceinline__ void read(int row, float (&x)[R::SIZE]) {
#pragma unroll
        for (int quad = 0; quad < R::SIZE; quad += 4) {
            float4 v = load_quad(sums() + staged<WIDTH>(row, R::column(0) + quad));
            x[quad] = v.x;
            x[quad + 1] = v.y;
            x[quad + 2] = v.z;
            x[quad + 3] = v.w;
        }
    }
};

// One pack of each turn of a group, as it lies in memory, so that nothing waits for it before it is unpacked; zeros where there is none.
template <int COUNT>
struct Packs {
    uint4 bits[COUNT];

    __device__ __forceinline__ void load(int turn, bool valid, const bf16* p) {
        bits[turn] = make_uint4(0, 0, 0, 0);
        if (valid) {
            bits[turn] = *reinterpret_cast<const uint4*>(p);
        }
    }

    __device__ __forceinline__ void unpack(int turn, float (&x)[8]) const {
        load_pack(reinterpret_cast<const bf16*>(&bits[turn]), x);
    }
};
