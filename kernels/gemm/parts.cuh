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
    template <class Epilogue>
    __device__ __forceinline__ void place(Epilogue&) const {}
};

// SIZE: elements of a tile.
template <int SIZE, int THREADS>
struct Parts {
    // [gridDim.z, gridDim.x, SIZE]
    float* parts;
    // [gridDim.z / splits, gridDim.x]
    unsigned* counters;
    int splits;
    // elements from the result of one batch to the next
    long long batch_stride;

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
        int batch = this->batch();
        if (!is_last_block(counters + batch * static_cast<long long>(gridDim.x) + blockIdx.x, splits)) {
            return false;
        }
        // loads under way at a time
        constexpr int COUNT = Tile::QUADS < 8 ? Tile::QUADS : 8;
        long long stride = gridDim.x * static_cast<long long>(SIZE);
#pragma unroll
        for (int first = 0; first < Tile::QUADS; first += COUNT) {
            const float* from = this->part(batch * splits) + first * 4 * THREADS;
            float sum[COUNT][4] = {};
#pragma unroll 1
            for (int split = 0; split < splits; split++) {
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

    // Of the block; found anew where it is needed: kept, it would take registers of the product.
    __device__ __forceinline__ int batch() const {
        int z;
        asm volatile("mov.u32 %0, %%ctaid.z;" : "=r"(z));
        return z / splits;
    }

    // Moves the epilogue to the batch's result.
    template <class Epilogue>
    __device__ __forceinline__ void place(Epilogue& epilogue) const {
        epilogue.place(batch() * batch_stride);
    }

    // This thread's first four sums of the block's tile in the grid's layer z.
    __device__ __forceinline__ float* part(int z) const {
        return parts + (z * static_cast<long long>(gridDim.x) + blockIdx.x) * SIZE + 4 * threadIdx.x;
    }
};
