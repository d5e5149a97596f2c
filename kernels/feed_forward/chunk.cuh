// 64 intermediate values of each of a tile's rows, between the two products: from the sums of the first to the factor of the
// second, and to memory.
#pragma once

#include "common/values.cuh"
#include "gemm/operand.cuh"

// Between lanes whose numbers differ by `distance`, a power of two: the lower lane's second word against the upper one's first.
__device__ __forceinline__ void exchange(unsigned& first, unsigned& second, int distance) {
    bool upper = threadIdx.x & distance;
    unsigned other = __shfl_xor_sync(0xFFFFFFFFu, upper ? first : second, distance);
    first = upper ? other : first;
    second = upper ? second : other;
}

// Exchanges word j of lane t with word t of lane j, among four neighbouring lanes. Sums lie as pairs of columns over four lanes; four
// such pairs of neighbouring products become 8 neighbouring columns a lane, which are one store, or the other way round.
__device__ __forceinline__ void transpose(unsigned (&word)[4]) {
    exchange(word[0], word[2], 2);
    exchange(word[1], word[3], 2);
    exchange(word[0], word[1], 1);
    exchange(word[2], word[3], 1);
}

// Where a thread's values lie: the block's warps have 32 x 32 each, two side by side, of which a thread has ROWS rows. Of row r it has, before
// transpose(), columns 8 j + 2 t and the one after, for j from 0 to 3 and t = lane % 4: elements 2 (r % 2) and on of sum[r / 2][j].
struct Chunk {
    static constexpr int WIDTH = 64;
    static constexpr int ROWS = 4;

    // Row r within the tile.
    static __device__ __forceinline__ int row(int r) {
        return static_cast<int>(threadIdx.x) / 64 * 32 + 8 * r + static_cast<int>(threadIdx.x) % 32 / 4;
    }

    static __device__ __forceinline__ int warp_column() { return threadIdx.x & 32; }

    // First of this lane's 8 columns after transpose().
    static __device__ __forceinline__ int column() { return warp_column() + 8 * (threadIdx.x & 3); }

    // Writes those of row r to the factor of the second product, two tiles of HEIGHT x 32, and where the row is inside, to `to`.
    template <int HEIGHT>
    static __device__ __forceinline__ void put(unsigned factor, int r, const unsigned (&word)[4], bool inside, bf16* to) {
        unsigned tile = factor + warp_column() / 32 * (HEIGHT * STEP_BYTES);
        asm volatile("st.shared.v4.u32 [%0], {%1, %2, %3, %4};" ::"r"(
                         tile + tile_offset<STEP_BYTES>(row(r), 16 * (static_cast<int>(threadIdx.x) & 3))),
                     "r"(word[0]), "r"(word[1]), "r"(word[2]), "r"(word[3])
                     : "memory");
        store_whole_if(inside, to, make_uint4(word[0], word[1], word[2], word[3]));
    }
};
