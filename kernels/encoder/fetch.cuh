// What the next task will read of device memory, on its way to the second-level cache while this one goes on.
#pragma once

#include "encoder/task.cuh"

// Begins to bring so many bytes there, by `threads` threads of which this is number `thread`.
__device__ __forceinline__ void fetch(const void* from, unsigned bytes, unsigned thread, unsigned threads) {
    // of a line of 128 bytes; how many of them one request brings is not documented
    constexpr unsigned REQUEST = 64;
#pragma unroll 1
    for (unsigned at = REQUEST * thread; at < bytes; at += REQUEST * threads) {
        asm volatile("prefetch.global.L2 [%0];" ::"l"(static_cast<const char*>(from) + at));
    }
}

// A weight, which all blocks will read at about the same time: each has its part.
__device__ __forceinline__ void fetch_weight(const bf16* weight, int elements) {
    fetch(
        weight, elements * static_cast<unsigned>(sizeof(bf16)), blockIdx.x * SEQUENCE_THREADS + threadIdx.x,
        gridDim.x * SEQUENCE_THREADS);
}

// The rows of this block's sequence.
template <class T>
__device__ __forceinline__ void fetch_rows(const T* tensor, int width, const Tokens& tokens) {
    unsigned values = static_cast<unsigned>(tokens.end - tokens.first) * width;
    fetch(tensor + tokens.first * width, values * static_cast<unsigned>(sizeof(T)), threadIdx.x, SEQUENCE_THREADS);
}
