// Rows of bf16 in shared memory for ldmatrix, and the way there and back.
#pragma once

#include "common/tensor_core.cuh"
#include "common/values.cuh"

// Rows of WIDTH (32, 64 or 128) bf16 in packs of 16 bytes. Pack p of row r lies at place p ^ (r mod 8) of its row (at WIDTH 32,
// where two rows share 128 bytes, p ^ (r/2 mod 4)), so the same pack of 8 neighbouring rows covers all 32 banks once: ldmatrix,
// 16-byte accesses along a row and stores of fragments all take the fewest wavefronts possible.
template <int WIDTH>
struct Tile {
    static constexpr int PACKS = WIDTH / 8;
    static constexpr int ROW_BYTES = 2 * WIDTH;

    unsigned base;  // in shared memory

    __device__ __forceinline__ unsigned address(int row, int pack) const {
        int key = PACKS >= 8 ? row & 7 : row >> 1 & 3;
        return base + row * ROW_BYTES + ((pack ^ key) << 4);
    }

    // The tile from a row on, a multiple of 8.
    __device__ __forceinline__ Tile from_row(int row) const { return {base + row * ROW_BYTES}; }

    // A fragment of rows row .. row+15, columns 16*step .. 16*step+15.
    __device__ __forceinline__ void rows(unsigned (&a)[4], int row, int step) const {
        int lane = threadIdx.x & 31;
        load_matrices(a, address(row + (lane & 15), 2 * step + (lane >> 4)));
    }

    // A fragment of the transposed: its rows are columns column .. column+15, its columns are rows row .. row+15.
    __device__ __forceinline__ void transposed_rows(unsigned (&a)[4], int row, int column) const {
        int lane = threadIdx.x & 31;
        load_matrices_transposed(
            a, address(row + (lane & 7) + ((lane >> 4) << 3), (column >> 3) + (lane >> 3 & 1)));
    }

    // B fragments of the transposed: (b[0], b[1]) of rows row .. row+7 as columns, (b[2], b[3]) of the next 8; over columns
    // 16*step .. 16*step+15.
    __device__ __forceinline__ void columns_from_rows(unsigned (&b)[4], int row, int step) const {
        int lane = threadIdx.x & 31;
        load_matrices(b, address(row + (lane & 7) + ((lane >> 4) << 3), 2 * step + (lane >> 3 & 1)));
    }

    // B fragments over rows row .. row+15: (b[0], b[1]) of columns 16*pair .. 16*pair+7, (b[2], b[3]) of the next 8.
    __device__ __forceinline__ void columns(unsigned (&b)[4], int row, int pair) const {
        int lane = threadIdx.x & 31;
        load_matrices_transposed(b, address(row + (lane & 15), 2 * pair + (lane >> 4)));
    }

    // Two neighbouring numbers of a C fragment: columns 8*pack + 2t and one more.
    __device__ __forceinline__ void store(int row, int pack, unsigned pair) const {
        asm volatile("st.shared.b32 [%0], %1;" ::"r"(address(row, pack) + 4 * (threadIdx.x & 3)), "r"(pair) : "memory");
    }

    // What store() has written there.
    __device__ __forceinline__ unsigned pair(int row, int pack) const {
        unsigned x;
        asm volatile("ld.shared.b32 %0, [%1];" : "=r"(x) : "r"(address(row, pack) + 4 * (threadIdx.x & 3)) : "memory");
        return x;
    }

    // Eight neighbouring numbers.
    __device__ __forceinline__ uint4 pack(int row, int pack) const {
        uint4 x;
        asm volatile("ld.shared.v4.b32 {%0, %1, %2, %3}, [%4];"
                     : "=r"(x.x), "=r"(x.y), "=r"(x.z), "=r"(x.w)
                     : "r"(address(row, pack))
                     : "memory");
        return x;
    }
};

// Begins to copy `count` rows of a head from global memory, by all threads; zeros from row `valid` and column `size` on. They
// are there after the thread's copies were waited for and a barrier.
template <int WIDTH>
__device__ __forceinline__ void load_rows(
    Tile<WIDTH> tile, const bf16* from, int stride, int count, int valid, int size, bool packed) {
    if (packed) {
        constexpr int PACKS = Tile<WIDTH>::PACKS;
        int pack = threadIdx.x % PACKS;
        int row = threadIdx.x / PACKS;
        int rows = blockDim.x / PACKS;
        int reach = 8 * pack < size ? valid : 0;
        int at = row * stride + 8 * pack;
#pragma unroll 1
        for (; row < count; row += rows) {
            copy_async(tile.address(row, pack), from + at, row < reach);
            at += rows * stride;
        }
    } else {
#pragma unroll 1
        for (int i = threadIdx.x; i < count * WIDTH; i += blockDim.x) {
            int row = i / WIDTH;
            int column = i % WIDTH;
            unsigned short bits = 0;
            if (row < valid && column < size) {
                bits = __bfloat16_as_ushort(from[row * stride + column]);
            }
            unsigned address = tile.address(row, column >> 3) + 2 * (column & 7);
            asm volatile("st.shared.b16 [%0], %1;" ::"r"(address), "h"(bits) : "memory");
        }
    }
}

// Rounds one warp's C fragments [16*GROUPS x WIDTH], times a factor for each half of 8 rows, into its rows of a tile and copies
// those to global memory in whole packs, AT_ONCE rows a lane at a time. Nobody else may use the rows. valid: rows inside the tensor.
template <int AT_ONCE = 4, int GROUPS, int WIDTH>
__device__ __forceinline__ void store_rows(
    Tile<WIDTH> tile,
    int row,
    const float (&c)[GROUPS][WIDTH / 8][4],
    const float (&factors)[2],
    bf16* to,
    int stride,
    int valid,
    int size,
    bool packed) {
    constexpr int PACKS = Tile<WIDTH>::PACKS;
    int lane = threadIdx.x & 31;
    __syncwarp();
#pragma unroll
    for (int m = 0; m < GROUPS; m++) {
#pragma unroll
        for (int n = 0; n < PACKS; n++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                float factor = factors[half];
                tile.store(
                    row + 16 * m + 8 * half + (lane >> 2),
                    n,
                    pair_of(c[m][n][2 * half] * factor, c[m][n][2 * half + 1] * factor));
            }
        }
    }
    __syncwarp();
    if (packed) {
        int pack = lane % PACKS;
        int reach = 8 * pack < size ? valid : 0;
        to += lane / PACKS * stride + 8 * pack;
#pragma unroll AT_ONCE
        for (int r = lane / PACKS; r < 16 * GROUPS; r += 32 / PACKS) {
            if (r < reach) {
                store_whole(to, tile.pack(row + r, pack));
            }
            to += 32 / PACKS * stride;
        }
    } else {
#pragma unroll 1
        for (int i = lane; i < 16 * GROUPS * WIDTH; i += 32) {
            int r = i / WIDTH;
            int column = i % WIDTH;
            if (r < valid && column < size) {
                unsigned short bits;
                unsigned address = tile.address(row + r, column >> 3) + 2 * (column & 7);
                asm volatile("ld.shared.b16 %0, [%1];" : "=h"(bits) : "r"(address) : "memory");
                to[r * stride + column] = __ushort_as_bfloat16(bits);
            }
        }
    }
    __syncwarp();
}
