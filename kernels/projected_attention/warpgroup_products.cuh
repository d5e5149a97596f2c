// The product before attention by two warpgroups, with wgmma: a warpgroup has 64 tokens, a warp its 16 of them. Rows of a stage are panels
// as wgmma reads them, at multiples of 1024 bytes.
#pragma once

#include "common/wgmma.cuh"
#include "projected_attention/block.cuh"

// Queries, keys and values, as WarpForwardProduct.
struct WarpgroupForwardProduct {
    static constexpr int COLUMNS = 24;  // of 8 outputs

    float c[COLUMNS][4];

    __device__ __forceinline__ WarpgroupForwardProduct() : c{} {}

    static __device__ __forceinline__ void publish() { fence_products(); }

    __device__ __forceinline__ void add(Rows tokens, Rows outputs) {
        unsigned rows = warp_uniform(tokens.from_row(threadIdx.x / 128 * 64).base);
        unsigned columns = warp_uniform(outputs.base);
        begin_products(c);
#pragma unroll
        for (int step = 0; step < HEAD / 16; step++) {
            multiply_add_async<true, true>(
                c, panel_descriptor(rows, 32 * step, 16), panel_descriptor(columns, 32 * step, 16));
        }
        commit_products();
        wait_products(c);
    }

    __device__ __forceinline__ void store(Rows tiles, const float* bias) const {
        // read anew: else addresses that follow from it are kept for the end of the kernel, where the warp stores its rows of the context to
        // the same places, in registers that are not there
        unsigned thread;
        asm volatile("mov.u32 %0, %%tid.x;" : "=r"(thread));
        int token = thread / 32 * 16 + (thread >> 2 & 7);
#pragma unroll
        for (int n = 0; n < COLUMNS; n++) {
            float2 b = *reinterpret_cast<const float2*>(bias + 8 * n + 2 * (thread & 3));
            Rows tile = tiles.from_row(n / 8 * SEQUENCE);
            tile.store(token, n % 8, pair_of(c[n][0] + b.x, c[n][1] + b.y));
            tile.store(token + 8, n % 8, pair_of(c[n][2] + b.x, c[n][3] + b.y));
        }
    }
};

// The gradient of the context, as WarpBackwardProduct.
struct WarpgroupBackwardProduct {
    float c[1][8][4];

    __device__ __forceinline__ WarpgroupBackwardProduct() : c{} {}

    static __device__ __forceinline__ void publish() { fence_products(); }

    __device__ __forceinline__ void add(Rows gradients, Rows weight) {
        unsigned rows = warp_uniform(gradients.from_row(threadIdx.x / 128 * 64).base);
        unsigned columns = warp_uniform(weight.base);
        begin_products(c[0]);
#pragma unroll
        for (int step = 0; step < HEAD / 16; step++) {
            multiply_async<true, false>(
                c[0], panel_descriptor(rows, 32 * step, 16),
                panel_descriptor(columns, 16 * step * Rows::ROW_BYTES, 8 * Rows::ROW_BYTES), true);
        }
        commit_products();
        wait_products(c[0]);
    }

    __device__ __forceinline__ void store(Rows tile) const { store_rounded(tile, c); }
};
