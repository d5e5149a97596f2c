// y = softmax(x) over the keys that count. A warp takes rows of one sequence, so it reads the sequence's mask once.
#pragma once

#include "../common/packs.cuh"
#include "../common/reduce.cuh"

constexpr int SOFTMAX_WARPS = 8;
// rows of one warp, and so of one reading of the mask
constexpr int SOFTMAX_ROWS = 8;
constexpr float NO_KEY = -INFINITY;

// The rows of this warp: those of sequence `sequence` from `first` to `end` - 1.
struct WarpRows {
    int sequence;
    long long first;
    long long end;

    // rows: of one sequence; blocks: of one sequence.
    static __device__ __forceinline__ WarpRows of(int rows, int blocks) {
        int sequence = blockIdx.x / blocks;
        int from = ((blockIdx.x % blocks) * SOFTMAX_WARPS + threadIdx.x / 32) * SOFTMAX_ROWS;
        long long offset = static_cast<long long>(sequence) * rows;
        return {sequence, offset + from, offset + min(from + SOFTMAX_ROWS, rows)};
    }
};

// Factor of the exponentials; 0 for a row without any key.
__device__ __forceinline__ float inverse(float maximum, float sum) { return maximum == NO_KEY ? 0.0f : 1.0f / sum; }

// exp(x - maximum), and 0 for an excluded key also where the whole row is excluded.
__device__ __forceinline__ float exponential(float x, float maximum) { return x == NO_KEY ? 0.0f : expf(x - maximum); }

// Rows of up to 32 PACKS packs, in registers: each value is read and written once.
template <class T, int PACKS>
__device__ __forceinline__ void forward(const T* x, const int* mask, T* y, int rows, int width, int blocks) {
    constexpr int SIZE = Pack<T>::SIZE;
    bool packed = width % SIZE == 0 && is_packed(x) && is_packed(y);
    int begin = (threadIdx.x & 31) * SIZE;
    WarpRows warp = WarpRows::of(rows, blocks);
    unsigned keys = 0;
    // neighbouring lanes read neighbouring keys; each then takes the bits of its packs
#pragma unroll
    for (int i = 0; i < PACKS * SIZE; i++) {
        int key = 32 * i + (threadIdx.x & 31);
        bool counts =
            warp.first < warp.end && key < width && mask[static_cast<long long>(warp.sequence) * width + key] != 0;
        unsigned word = __ballot_sync(0xFFFFFFFFu, counts);
        if (i % SIZE == begin / 32) {
            keys |= (word >> begin % 32 & ((1u << SIZE) - 1)) << i / SIZE * SIZE;
        }
    }
    for (long long row = warp.first; row < warp.end; row++) {
        float v[PACKS][SIZE];
        float maximum = NO_KEY;
#pragma unroll
        for (int k = 0; k < PACKS; k++) {
            int c = begin + k * 32 * SIZE;
            load_some(x + row * width + c, width - c, packed, v[k]);
#pragma unroll
            for (int j = 0; j < SIZE; j++) {
                v[k][j] = keys >> (k * SIZE + j) & 1 ? v[k][j] : NO_KEY;
                maximum = fmaxf(maximum, v[k][j]);
            }
        }
        maximum = warp_max(maximum);
        float sum = 0.0f;
#pragma unroll
        for (int k = 0; k < PACKS; k++) {
#pragma unroll
            for (int j = 0; j < SIZE; j++) {
                v[k][j] = exponential(v[k][j], maximum);
                sum += v[k][j];
            }
        }
        float factor = inverse(maximum, warp_sum(sum));
#pragma unroll
        for (int k = 0; k < PACKS; k++) {
            int c = begin + k * 32 * SIZE;
#pragma unroll
            for (int j = 0; j < SIZE; j++) {
                v[k][j] *= factor;
            }
            store_some(y + row * width + c, width - c, packed, v[k]);
        }
    }
}

// Rows of any width: three passes over x, from the caches after the first.
template <class T>
__device__ __forceinline__ void forward_any(const T* x, const int* mask, T* y, int rows, int width, int blocks) {
    WarpRows warp = WarpRows::of(rows, blocks);
    const int* keys = mask + static_cast<long long>(warp.sequence) * width;
    int lane = threadIdx.x & 31;
    for (long long row = warp.first; row < warp.end; row++) {
        const T* from = x + row * width;
        T* to = y + row * width;
        float maximum = NO_KEY;
        for (int key = lane; key < width; key += 32) {
            maximum = fmaxf(maximum, keys[key] != 0 ? load(from + key) : NO_KEY);
        }
        maximum = warp_max(maximum);
        float sum = 0.0f;
        for (int key = lane; key < width; key += 32) {
            sum += keys[key] != 0 ? exponential(load(from + key), maximum) : 0.0f;
        }
        float factor = inverse(maximum, warp_sum(sum));
        for (int key = lane; key < width; key += 32) {
            store(to + key, keys[key] != 0 ? factor * exponential(load(from + key), maximum) : 0.0f);
        }
    }
}
