// The product of two bf16 tiles by two warpgroups with wgmma, float sums in registers.
#pragma once

#include "common/wgmma.cuh"
#include "gemm/operand.cuh"
#include "gemm/staging.cuh"

// Steps of 64 values of k, in panels as wgmma reads them.
struct PanelSteps {
    static constexpr int BYTES = 128;
    template <int ROW_BYTES>
    static constexpr int PANEL_BYTES = 128;
};

// Descriptors of an operand's tile.
template <class Operand>
struct WarpgroupReader {
    // bytes of a panel
    static constexpr int PANEL = Operand::ROWS * 128;
    // bytes from 16 values of k to the next 16, and from 64 of the extent to the next 64
    static constexpr int K_BYTES = Operand::ALONG_K ? 32 : 16 * 128;
    static constexpr int EXTENT_BYTES = Operand::ALONG_K ? 64 * 128 : PANEL;

    // Matrix number k along k, also of steps behind the first, from number `edge` of 64 along the extent on.
    static __device__ __forceinline__ unsigned long long read(unsigned tile, int edge, int k) {
        constexpr int STEP = Operand::STEP / 16;
        // where k runs along the rows no other panel is read, and what is to be given is 1 (PTX ISA), of 16 bytes
        constexpr int LEAD = Operand::ALONG_K ? 16 : PANEL;
        return panel_descriptor(tile, edge * EXTENT_BYTES + k / STEP * Operand::BYTES + k % STEP * K_BYTES, LEAD);
    }
};

// Each warpgroup has 64 rows of the tile. SUMS: it can also add up the rows of A over k, by products with ones: 8 columns beside
// the others, which read A once more.
template <class A, class B, bool SUMS = false>
struct WarpgroupTile {
    static constexpr bool ASYNC = true;
    // a thread's sums, in fours
    static constexpr int QUADS = B::EXTENT / 8;
    // rows that stage() can write at a time
    static constexpr int SLAB = A::EXTENT;

    // as those of TensorCoreTile
    float sum[1][B::EXTENT / 8][4];
    bool sums_rows;
    float row_sum[1][4];
    // where a factor of ones lies
    unsigned ones;
    // this thread's; descriptors of what all lanes know are computed where products read them, others go there word by word
    unsigned warpgroup;

    __device__ __forceinline__ explicit WarpgroupTile(bool sums = false)
        : sum{}, sums_rows(SUMS && sums), row_sum{}, ones(0), warpgroup(warp_uniform(threadIdx.x / 128)) {}

    // Makes the factor of ones, 256 bytes behind the steps: as an array of its own it would move their panels from the multiples of 1024
    // bytes at which they must lie.
    __device__ __forceinline__ void put_ones(unsigned place) {
        ones = place;
        if (threadIdx.x < 64) {
            // two ones in bf16
            asm volatile("st.shared.u32 [%0], %1;" ::"r"(place + 4 * threadIdx.x), "r"(0x3F803F80u) : "memory");
        }
    }

    // Shows products what this thread has copied, once all threads have passed a barrier.
    static __device__ __forceinline__ void publish() { fence_products(); }

    // Waits for what multiply() has begun.
    static __device__ __forceinline__ void wait() { wait_products(); }

    // Begins to add the product of one step.
    __device__ __forceinline__ void multiply(unsigned a_tile, unsigned b_tile) {
        if constexpr (SUMS) {
            if (sums_rows) {
                begin_products();
#pragma unroll
                for (int k = 0; k < A::STEP / 16; k++) {
                    multiply_add_async<A::ALONG_K>(
                        row_sum, WarpgroupReader<A>::read(a_tile, warpgroup, k), core_descriptor(ones));
                }
            }
        }
        begin_products();
#pragma unroll
        for (int k = 0; k < A::STEP / 16; k++) {
            multiply_add_async<A::ALONG_K, B::ALONG_K>(
                sum[0], WarpgroupReader<A>::read(a_tile, warpgroup, k), WarpgroupReader<B>::read(b_tile, 0, k));
        }
        commit_products();
    }

    __device__ __forceinline__ float (&quad(int i))[4] { return sum[0][i]; }

    // First of this warp's 16 rows.
    static __device__ __forceinline__ int row() { return threadIdx.x / 32 * 16; }

    // Writes the sums of the first `rows` rows of A, or adds them to what is there.
    __device__ __forceinline__ void write_row_sums(float* to, int rows, bool accumulate) const {
        if (sums_rows) {
            write_fragment_sums(row_sum, row(), to, rows, accumulate);
        }
    }

    // Writes the sums to shared memory; there is only slab 0, the whole tile.
    __device__ __forceinline__ void stage(int, float* shared) const {
        stage_fragments<B::EXTENT>(sum, row(), 0, shared);
    }
};
