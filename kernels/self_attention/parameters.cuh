// Parameters of a sequence's layers on their way to shared memory, beside the copies of its tiles: read one after the other they would
// take as many ways to the second-level cache and back as they are.
#pragma once

#include "self_attention/block.cuh"

// Begins to copy a float, as copy_async() does 16 bytes.
__device__ __forceinline__ void copy_float_async(float* to, const float* from) {
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4;" ::"r"(shared_address(to)), "l"(from) : "memory");
}

// Begins to copy COUNT floats by all threads.
template <int COUNT>
__device__ __forceinline__ void copy_floats(float* to, const float* from) {
    static_assert(COUNT <= SEQUENCE_THREADS, "a thread has one at most");
    if (threadIdx.x < COUNT) {
        copy_float_async(to + threadIdx.x, from + threadIdx.x);
    }
}

// The same for a parameter of NormRow, as stage() copies it.
__device__ __forceinline__ void stage_async(float* to, const float* parameter) {
    int column = threadIdx.x;
    if (column < NormRow::WIDTH) {
        copy_float_async(to + staged<NormRow>(column), parameter + column);
    }
}
