// Reductions whose order depends on nothing but their size: the same inputs give the same bits.
#pragma once

struct Sum {
    template <class T>
    static __device__ __forceinline__ T of(T a, T b) {
        return a + b;
    }
};

struct Max {
    static __device__ __forceinline__ float of(float a, float b) { return fmaxf(a, b); }
    static __device__ __forceinline__ int of(int a, int b) { return max(a, b); }
};

// Over LANES (a power of two, at most 32) neighbouring lanes; each gets the same bits, because a butterfly adds the same pairs
// everywhere. All lanes of the warp must take part.
template <class Op, int LANES = 32, class T>
__device__ __forceinline__ T warp_reduce(T x) {
#pragma unroll
    for (int step = LANES / 2; step > 0; step /= 2) {
        x = Op::of(x, __shfl_xor_sync(0xFFFFFFFFu, x, step));
    }
    return x;
}

template <int LANES = 32, class T>
__device__ __forceinline__ T warp_sum(T x) {
    return warp_reduce<Sum, LANES>(x);
}

// Several sums side by side, so that none waits for another; the bits are those of warp_sum.
template <int LANES, int COUNT>
__device__ __forceinline__ void warp_sums(float (&x)[COUNT]) {
#pragma unroll
    for (int step = LANES / 2; step > 0; step /= 2) {
#pragma unroll
        for (int n = 0; n < COUNT; n++) {
            x[n] += __shfl_xor_sync(0xFFFFFFFFu, x[n], step);
        }
    }
}

template <int LANES = 32, class T>
__device__ __forceinline__ T warp_max(T x) {
    return warp_reduce<Max, LANES>(x);
}

// Over all threads of a one-dimensional block of a multiple of 32 threads; every thread gets the result. shared: 32 elements,
// which may be used again at once, also by another reduction. Waits for all threads twice.
template <class Op, class T>
__device__ __forceinline__ T block_reduce(T x, T* shared) {
    int lane = threadIdx.x & 31;
    int warps = blockDim.x >> 5;
    x = warp_reduce<Op>(x);
    __syncthreads();
    if (lane == 0) {
        shared[threadIdx.x >> 5] = x;
    }
    __syncthreads();
    // every thread walks over the warps' results by itself: broadcasts, and no third wait
    x = shared[0];
    for (int warp = 1; warp < warps; warp++) {
        x = Op::of(x, shared[warp]);
    }
    return x;
}

template <class T>
__device__ __forceinline__ T block_sum(T x, T* shared) {
    return block_reduce<Sum>(x, shared);
}

template <class T>
__device__ __forceinline__ T block_max(T x, T* shared) {
    return block_reduce<Max>(x, shared);
}
