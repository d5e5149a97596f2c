// A sum over blocks within their launch: each block publishes its part, and the block that is done last adds all parts. It does so in
// the order of the parts, so that the result does not depend on which block that is.
//
// Parts are written and read by relaxed operations, which no first-level cache answers and which do not race with each other.
#pragma once

__device__ __forceinline__ void publish(float* part, float x) {
    asm volatile("st.relaxed.gpu.global.f32 [%0], %1;" ::"l"(__cvta_generic_to_global(part)), "f"(x) : "memory");
}
__device__ __forceinline__ void publish(unsigned* part, unsigned x) {
    asm volatile("st.relaxed.gpu.global.u32 [%0], %1;" ::"l"(__cvta_generic_to_global(part)), "r"(x) : "memory");
}
__device__ __forceinline__ void publish(double* part, double x) {
    asm volatile("st.relaxed.gpu.global.f64 [%0], %1;" ::"l"(__cvta_generic_to_global(part)), "d"(x) : "memory");
}

__device__ __forceinline__ float published(const float* part) {
    float x;
    asm volatile("ld.relaxed.gpu.global.f32 %0, [%1];" : "=f"(x) : "l"(__cvta_generic_to_global(part)) : "memory");
    return x;
}
__device__ __forceinline__ unsigned published(const unsigned* part) {
    unsigned x;
    asm volatile("ld.relaxed.gpu.global.u32 %0, [%1];" : "=r"(x) : "l"(__cvta_generic_to_global(part)) : "memory");
    return x;
}
__device__ __forceinline__ double published(const double* part) {
    double x;
    asm volatile("ld.relaxed.gpu.global.f64 %0, [%1];" : "=d"(x) : "l"(__cvta_generic_to_global(part)) : "memory");
    return x;
}

// Whether all other blocks of a grid along x have published theirs, which is so in one block. counter is 0 before the launch and after
// it. All threads get the answer and must call it; what thread 0 has published before is part of it.
__device__ __forceinline__ bool is_last_block(unsigned* counter) {
    __shared__ bool last;
    if (threadIdx.x == 0) {
        __threadfence();
        last = atomicInc(counter, gridDim.x - 1) == gridDim.x - 1;
        __threadfence();
    }
    __syncthreads();
    return last;
}
