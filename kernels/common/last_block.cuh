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

// 16 bytes at a multiple of as many
__device__ __forceinline__ void publish(float* part, const float (&x)[4]) {
    asm volatile("st.relaxed.gpu.global.v4.f32 [%0], {%1, %2, %3, %4};" ::"l"(__cvta_generic_to_global(part)), "f"(x[0]),
                 "f"(x[1]), "f"(x[2]), "f"(x[3])
                 : "memory");
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

__device__ __forceinline__ void published(const float* part, float (&x)[4]) {
    asm volatile("ld.relaxed.gpu.global.v4.f32 {%0, %1, %2, %3}, [%4];"
                 : "=f"(x[0]), "=f"(x[1]), "=f"(x[2]), "=f"(x[3])
                 : "l"(__cvta_generic_to_global(part))
                 : "memory");
}

// Whether all others of the `blocks` blocks that share the counter have published theirs, which is so in one block. The counter is 0
// before the launch and after it. All threads get the answer and must call it; what thread 0 has published before, or others before a
// barrier, is part of it. It takes no shared memory of its own, which would move the pipelines of matrix products off their alignment.
__device__ __forceinline__ bool is_last_block(unsigned* counter, unsigned blocks) {
    bool last = false;
    if (threadIdx.x == 0) {
        __threadfence();
        last = atomicInc(counter, blocks - 1) == blocks - 1;
        __threadfence();
    }
    return __syncthreads_or(last);
}

// The same for all blocks of a grid along x.
__device__ __forceinline__ bool is_last_block(unsigned* counter) { return is_last_block(counter, gridDim.x); }
