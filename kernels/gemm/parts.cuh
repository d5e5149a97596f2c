// A product whose k is cut up, in one launch: the blocks of a tile, along z, publish their sums, and the one that is done last adds
// those of all, in their order, so that the result does not depend on which block that is.
//
// Parts lie as threads hold them, each thread's sums in fours, so that whatever the result's edges and alignment are, warps write and
// read whole lines, and the last block goes on as one that had all of k. Bytes: the parts once each way. Few blocks read them, one for
// each tile, so each thread has eight loads under way, as many as leave the registers of a tile of 64 sums a thread below 128.
#pragma once

#include "common/last_block.cuh"

// All of k in one block.
struct Whole {
    template <class Tile>
    __device__ __forceinline__ bool add(Tile&) const {
        return true;
    }
};

// SIZE: elements of a tile.
template <int SIZE, int THREADS>
struct Parts {
    // [gridDim.z, gridDim.x, SIZE]
    float* parts;
    // [gridDim.x]
    unsigned* counters;

    // Publishes the sums of a tile; true in the last block of its tile, where all parts are added then.
    template <class Tile>
    __device__ __forceinline__ bool add(Tile& tile) const {
        static_assert(Tile::QUADS * 4 * THREADS == SIZE, "a tile is what its threads hold");
        float* part = this->part(blockIdx.z);
#pragma unroll
        for (int i = 0; i < Tile::QUADS; i++) {
            publish(part + i * 4 * THREADS, tile.quad(i));
        }
        __syncthreads();
        if (!is_last_block(counters + blockIdx.x, gridDim.z)) {
            return false;
        }
        // loads under way at a time
        constexpr int COUNT = Tile::QUADS < 8 ? Tile::QUADS : 8;
        long long stride = gridDim.x * static_cast<long long>(SIZE);
#pragma unroll
        for (int first = 0; first < Tile::QUADS; first += COUNT) {
            const float* from = this->part(0) + first * 4 * THREADS;
            float sum[COUNT][4] = {};
#pragma unroll 1
            for (unsigned z = 0; z < gridDim.z; z++) {
                float x[COUNT][4];
#pragma unroll
                for (int i = 0; i < COUNT; i++) {
                    published(from + i * 4 * THREADS, x[i]);
                }
#pragma unroll
                for (int i = 0; i < COUNT; i++) {
#pragma unroll
                    for (int j = 0; j < 4; j++) {
                        sum[i][j] += x[i][j];
                    }
                }
                from += stride;
            }
#pragma unroll
            for (int i = 0; i < COUNT; i++) {
#pragma unroll
                for (int j = 0; j < 4; j++) {
                    tile.quad(first + i)[j] = sum[i][j];
                }
            }
        }
        return true;
    }

    // This thread's first four sums of the block's tile in part z.
    __device__ __forceinline__ float* part(unsigned z) const {
        return parts + (z * static_cast<long long>(gridDim.x) + blockIdx.x) * SIZE + 4 * threadIdx.x;
    }
};
