// The softmax of one long row by one block: its largest value and the sum of its exponentials, in one pass over the row
// (Milakov and Gimelshein, "Online normalizer calculation for softmax", 2018), and a draw from it by the inverse of its
// cumulative distribution, which reads a part of the row again. A ROW is a Row or a RowCopy.
//
// Each warp takes one stretch of the row, and within it the lanes take packs in turn. So the sums of the warps are sums over
// neighbouring columns, from which the draw finds its stretch.
#pragma once

#include <float.h>

#include "exponential.cuh"
#include "philox.cuh"
#include "reduce.cuh"
#include "row.cuh"

// What exponents are relative to where max is the largest value: that, or a number where all are minus infinity, so that their sum is 0.
__device__ __forceinline__ float softmax_shift(float max) { return fmaxf(max, -FLT_MAX); }

// Of each warp's stretch, for a block of at most 1024 threads.
struct SoftmaxShared {
    float max[32];
    float sum[32];  // of exp(x - softmax_shift(max))
};

// Sum of exp(x - softmax_shift(max)) over values seen so far, max being the largest of them.
struct OnlineSum {
    float max = -INFINITY;
    float sum = 0;
    int first = 0;  // number of the values among which max was seen first

    // Without a branch: in a warp, there is nearly always one lane that meets a larger value.
    template <int SIZE>
    __device__ __forceinline__ void add(const float (&x)[SIZE], int number) {
        float top = x[0];
#pragma unroll
        for (int i = 1; i < SIZE; i++) {
            top = fmaxf(top, x[i]);
        }
        first = top > max ? number : first;
        top = fmaxf(top, max);
        float shift = softmax_shift(top);
        float terms = exp_approximate(x[0] - shift);
#pragma unroll
        for (int i = 1; i < SIZE; i++) {
            terms += exp_approximate(x[i] - shift);
        }
        sum = fmaf(sum, exp_approximate(max - shift), terms);
        max = top;
    }
};

// Packs that a lane takes at a time, 32 packs apart: 16 values, for which it looks for a new maximum once.
template <class ROW>
constexpr int SOFTMAX_LOADS = 16 / ROW::SIZE;

// Packs of one warp's stretch: whole sectors.
template <class ROW>
__device__ __forceinline__ int stretch_packs(const ROW& row) {
    int warps = blockDim.x >> 5;
    return (row.packs() + 2 * warps - 1) / (2 * warps) * 2;
}

// Pack k where that is before end, else values beside the row.
template <class ROW>
__device__ __forceinline__ uint4 bits_before(const ROW& row, int k, int end) {
    uint4 bits = ROW::beside();
    if (k < end) {
        bits = row.bits(k);
    }
    return bits;
}

// The largest value of a row, and where this thread has seen it first: among SOFTMAX_LOADS packs, 32 apart, from `pack` on. That is
// behind the row in a thread that has not seen it.
struct RowMax {
    float value;
    int pack;
};

// The largest factor x; leaves the sums of exp(factor x - max) over each warp's stretch in shared. All threads of the block get the
// answer and must call it.
template <class ROW>
__device__ __forceinline__ RowMax softmax_sums(const ROW& row, float factor, SoftmaxShared& shared) {
    constexpr int SIZE = ROW::SIZE;
    constexpr int LOADS = SOFTMAX_LOADS<ROW>;
    int warp = threadIdx.x >> 5;
    int lane = threadIdx.x & 31;
    int packs = stretch_packs(row);
    int end = min(row.packs(), (warp + 1) * packs);
    OnlineSum online;
    for (int k = warp * packs + lane; k < end; k += 32 * LOADS) {
        uint4 bits[LOADS];
        bits[0] = row.bits(k);
#pragma unroll
        for (int j = 1; j < LOADS; j++) {
            bits[j] = bits_before(row, k + 32 * j, end);
        }
        float x[LOADS * SIZE];
#pragma unroll
        for (int j = 0; j < LOADS; j++) {
            float part[SIZE];
            unpack(bits[j], part);
#pragma unroll
            for (int i = 0; i < SIZE; i++) {
                x[j * SIZE + i] = factor * part[i];
            }
        }
        online.add(x, k);
    }
    float max = warp_max(online.max);
    float sum = warp_sum(online.sum * exp_approximate(online.max - softmax_shift(max)));
    if (lane == 0) {
        shared.max[warp] = max;
        shared.sum[warp] = sum;
    }
    __syncthreads();
    max = warp_max(shared.max[min(lane, static_cast<int>(blockDim.x >> 5) - 1)]);
    return {max, online.max == max ? online.first : row.packs()};
}

// After softmax_sums, by one warp: the sum of exp(factor x - max) over the stretch whose number is the lane's. In a row of minus infinity
// alone, which has no softmax, it is NaN; one with NaN or plus infinity has such sums anyway.
__device__ __forceinline__ double stretch_sum(const SoftmaxShared& shared, float max) {
    int lane = threadIdx.x & 31;
    return lane < blockDim.x >> 5 ? shared.sum[lane] * exp_approximate(shared.max[lane] - max) : 0.0f;
}

// After softmax_sums, by one warp: the sum over the whole row.
__device__ __forceinline__ double softmax_total(const SoftmaxShared& shared, float max) {
    return warp_sum(stretch_sum(shared, max));
}

// The sum of x over this lane and those before it, of a whole warp.
template <class X>
__device__ __forceinline__ X warp_scan(X x) {
    int lane = threadIdx.x & 31;
#pragma unroll
    for (int step = 1; step < 32; step *= 2) {
        X other = __shfl_up_sync(0xFFFFFFFFu, x, step);
        x += lane >= step ? other : X(0);
    }
    return x;
}

// The same over the lanes before it.
template <class X>
__device__ __forceinline__ X sum_before(X scan) {
    X before = __shfl_up_sync(0xFFFFFFFFu, scan, 1);
    return (threadIdx.x & 31) == 0 ? X(0) : before;
}

// exp(factor x - max) of a pack's values, and their sum.
template <class ROW>
__device__ __forceinline__ float exponentials(uint4 bits, float factor, float max, float (&p)[ROW::SIZE]) {
    unpack(bits, p);
    float sum = 0;
#pragma unroll
    for (int i = 0; i < ROW::SIZE; i++) {
        p[i] = exp_approximate(factor * p[i] - max);
        sum += p[i];
    }
    return sum;
}

// By one warp: the first column of packs from .. to-1 where the running sum of exp(factor x - max) exceeds target; where rounding
// leaves none, the last one that is possible at all, or 0.
template <class ROW>
__device__ __forceinline__ int softmax_pick(const ROW& row, int from, int to, float factor, float max, float target) {
    constexpr int SIZE = ROW::SIZE;
    constexpr int LOADS = ROW::LOADS;
    int lane = threadIdx.x & 31;
    float p[SIZE];
    float sum = 0;
    int chosen = -1;     // pack
    float running = 0;   // sum before it
    bool found = false;  // whether target is exceeded in it
    for (int start = from; start < to && !found; start += 32 * LOADS) {
        uint4 bits[LOADS];
#pragma unroll
        for (int j = 0; j < LOADS; j++) {
            bits[j] = bits_before(row, start + 32 * j + lane, to);
        }
#pragma unroll
        for (int j = 0; j < LOADS; j++) {
            float own = exponentials<ROW>(bits[j], factor, max, p);
            float scan = warp_scan(own);
            float before = sum + sum_before(scan);
            unsigned possible = __ballot_sync(0xFFFFFFFFu, own > 0);
            unsigned exceeding = __ballot_sync(0xFFFFFFFFu, own > 0 && before + own > target);
            if (!found && possible != 0) {
                found = exceeding != 0;
                int last = found ? __ffs(exceeding) - 1 : 31 - __clz(possible);
                chosen = start + 32 * j + last;
                running = __shfl_sync(0xFFFFFFFFu, before, last);
            }
            sum += __shfl_sync(0xFFFFFFFFu, scan, 31);
        }
    }
    if (chosen < 0) {
        return 0;
    }
    exponentials<ROW>(row.bits(chosen), factor, max, p);
    int column = row.column(chosen);
    int choice = column;
    bool exceeded = false;
#pragma unroll
    for (int i = 0; i < SIZE; i++) {
        running += p[i];
        if (p[i] > 0 && !exceeded) {
            choice = column + i;
            exceeded = found && running > target;
        }
    }
    return choice;
}

// Draws a column after softmax_sums, with the uniform number of the row: element `element` of the stream, word 0 of its block; 0 where
// the row has no softmax. By one warp, whose lanes all get the answer.
template <class ROW>
__device__ __forceinline__ int softmax_draw(
    const ROW& row, float factor, float max, const Clock& clock, int stream, unsigned long long element, const SoftmaxShared& shared) {
    double scan = warp_scan(stretch_sum(shared, max));
    double target = softmax_total(shared, max) * uniform(clock.words(stream, element).x);
    unsigned exceeding = __ballot_sync(0xFFFFFFFFu, scan > target);
    int stretch = exceeding == 0 ? 0 : __ffs(exceeding) - 1;  // none: the row has no softmax
    float rest = __shfl_sync(0xFFFFFFFFu, static_cast<float>(target - sum_before(scan)), stretch);
    int packs = stretch_packs(row);
    int from = stretch * packs;
    int to = isnan(target) ? from : min(row.packs(), from + packs);
    return softmax_pick(row, from, to, factor, max, rest);
}
