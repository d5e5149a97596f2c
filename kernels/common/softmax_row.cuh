// The softmax of one long row by one block: its largest value and the sum of its exponentials, in one pass over the row
// (Milakov and Gimelshein, "Online normalizer calculation for softmax", 2018), and a draw from it by the inverse of its
// cumulative distribution, which reads a sixteenth of the row again.
//
// Each warp takes one stretch of the row, and within it the lanes take packs in turn. So the sums of the warps are sums over
// neighbouring columns, from which the draw finds its stretch.
#pragma once

#include <float.h>

#include "philox.cuh"
#include "reduce.cuh"
#include "row.cuh"
#include "scan.cuh"

// What a block of at most 1024 threads shares.
struct SoftmaxShared {
    float reduction[32];
    float stretch[32];
    int warp;
    int chosen;
    float target;
};

// Sum of exp(x - max) over values seen so far, max being the largest of them.
struct OnlineSum {
    float max = -FLT_MAX;
    float sum = 0;

    template <int SIZE>
    __device__ __forceinline__ void add(const float (&x)[SIZE]) {
        float top = x[0];
#pragma unroll
        for (int i = 1; i < SIZE; i++) {
            top = fmaxf(top, x[i]);
        }
        if (top > max) {
            sum *= expf(max - top);
            max = top;
        }
#pragma unroll
        for (int i = 0; i < SIZE; i++) {
            sum += expf(x[i] - max);
        }
    }
};

// Loads of a thread that are under way at a time.
constexpr int SOFTMAX_LOADS = 2;

// Packs of one warp's stretch: whole sectors.
template <class T>
__device__ __forceinline__ int stretch_packs(const Row<T>& row) {
    int warps = blockDim.x >> 5;
    return (row.packs() + 2 * warps - 1) / (2 * warps) * 2;
}

// Leaves the sums of exp(factor x - max) over each warp's stretch in shared.stretch, and returns max, the largest factor x, to
// all threads. visit(column, x) sees each pack on the way, before the factor; values beside the
// row are -infinity.
template <class T, class Visit>
__device__ __forceinline__ float softmax_sums(const Row<T>& row, float factor, SoftmaxShared& shared, Visit visit) {
    constexpr int SIZE = Row<T>::SIZE;
    int warp = threadIdx.x >> 5;
    int packs = stretch_packs(row);
    int end = min(row.packs(), (warp + 1) * packs);
    OnlineSum online;
    for (int k = warp * packs + (threadIdx.x & 31); k < end; k += 32 * SOFTMAX_LOADS) {
        uint4 bits[SOFTMAX_LOADS];
#pragma unroll
        for (int j = 0; j < SOFTMAX_LOADS; j++) {
            bits[j] = row.bits(k + 32 * j < end ? k + 32 * j : row.packs(), -INFINITY);
        }
#pragma unroll
        for (int j = 0; j < SOFTMAX_LOADS; j++) {
            float x[SIZE];
            unpack(bits[j], x);
            visit(row.column(k + 32 * j), x);
#pragma unroll
            for (int i = 0; i < SIZE; i++) {
                x[i] *= factor;
            }
            online.add(x);
        }
    }
    float max = block_max(online.max, shared.reduction);
    float sum = warp_sum(online.sum * expf(online.max - max));
    if ((threadIdx.x & 31) == 0) {
        shared.stretch[warp] = sum;
    }
    __syncthreads();
    return max;
}

// The whole row's sum after softmax_sums.
__device__ __forceinline__ double softmax_total(const SoftmaxShared& shared) {
    double total = 0;
    for (int warp = 0; warp < blockDim.x >> 5; warp++) {
        total += shared.stretch[warp];
    }
    return total;
}

constexpr int NOT_CHOSEN = 0x7FFFFFFF;

// First column of packs from .. to-1 where the running sum of exp(factor x - max) exceeds target; where rounding leaves none,
// the last one that is possible at all. The answer is in shared.chosen for all threads.
template <class T>
__device__ __forceinline__ void softmax_pick(
    const Row<T>& row, int from, int to, float factor, float max, float target, SoftmaxShared& shared) {
    constexpr int SIZE = Row<T>::SIZE;
    float sum = 0;
    int last = 0;
    for (int start = from; start < to; start += blockDim.x) {
        int k = start + threadIdx.x;
        float p[SIZE];
        float own = 0;
        int possible = 0;
        unpack(row.bits(k < to ? k : row.packs(), -INFINITY), p);
#pragma unroll
        for (int i = 0; i < SIZE; i++) {
            p[i] = expf(factor * p[i] - max);
            own += p[i];
            possible = p[i] > 0 ? row.column(k) + i : possible;
        }
        Scan scan = block_scan(own, shared.reduction);
        float running = sum + scan.before;
        if (running <= target && target < sum + scan.upto) {
            int choice = NOT_CHOSEN;
#pragma unroll
            for (int i = 0; i < SIZE; i++) {
                running += p[i];
                if (p[i] > 0 && running > target && choice == NOT_CHOSEN) {
                    choice = row.column(k) + i;
                }
            }
            // rounding can let two threads' parts hold the target: the first counts
            atomicMin(&shared.chosen, choice == NOT_CHOSEN ? possible : choice);
        }
        __syncthreads();
        if (shared.chosen != NOT_CHOSEN) {
            return;
        }
        sum += scan.total;
        last = ::max(last, block_max(possible, reinterpret_cast<int*>(shared.reduction)));
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        shared.chosen = last;
    }
    __syncthreads();
}

// Draws a column after softmax_sums, with the uniform number of the row: element `element` of the stream, word 0 of its block.
// Thread 0 gets the answer.
template <class T>
__device__ __forceinline__ int softmax_draw(
    const Row<T>& row, float factor, float max, const Clock& clock, int stream, unsigned long long element, SoftmaxShared& shared) {
    int warps = blockDim.x >> 5;
    if (threadIdx.x == 0) {
        double target = softmax_total(shared) * uniform(clock.words(stream, element).x);
        double before = 0;
        int warp = 0;
        while (warp < warps - 1 && before + shared.stretch[warp] <= target) {
            before += shared.stretch[warp++];
        }
        shared.warp = warp;
        shared.target = static_cast<float>(target - before);
        shared.chosen = NOT_CHOSEN;
    }
    __syncthreads();
    int packs = stretch_packs(row);
    int from = shared.warp * packs;
    softmax_pick(row, from, min(row.packs(), from + packs), factor, max, shared.target, shared);
    return shared.chosen;
}
