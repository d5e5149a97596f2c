// Tiles of whole rows whose product is by wgmma.
#pragma once

#include "gemm/warpgroup_tile.cuh"
#include "gemm_layer_norm/row_tile.cuh"

// The same as RowTile for 128 rows, of which each of two warpgroups has 64.
template <int WIDTH>
struct WarpgroupRowTile : RowTile<WIDTH, 128> {
    using Rows = RowTile<WIDTH, 128>;
    // a multiprocessor's; up to 254 registers
    static constexpr int BLOCKS = 1;

    template <bool B_ALONG_K>
    static __device__ __forceinline__ void multiply(const bf16* a, const bf16* b, int m, int k) {
        using A = AlignedOperand<Rows::HEIGHT, true, Rows::THREADS, PanelSteps>;
        using B = AlignedOperand<WIDTH, B_ALONG_K, Rows::THREADS, PanelSteps>;
        using Tile = WarpgroupTile<A, B>;
        static_assert(Rows::STAGES * (A::BYTES + B::BYTES) >= 4 * (Rows::HEIGHT + 4) * WIDTH, "sums and 4 rows behind them fit the pipeline");
        Tile tile;
        multiply_steps<Rows::STAGES>(tile, A(a, k, static_cast<int>(Rows::top()), m), B(b, B_ALONG_K ? k : WIDTH, 0, WIDTH), k);
        wait_copies<0>();
        __syncthreads();
        tile.stage(0, Rows::sums());
    }
};
