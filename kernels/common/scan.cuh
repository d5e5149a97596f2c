// Running sums in a fixed order.
#pragma once

struct Scan {
    float before;  // sum of the values of all threads before this one
    float upto;    // the same with this thread's: bit for bit what the next thread has before it
    float total;   // of all threads
};

// Over all threads of a one-dimensional block of a multiple of 32 threads. shared: 32 floats, which may be used again at once.
__device__ __forceinline__ Scan block_scan(float x, float* shared) {
    int lane = threadIdx.x & 31;
    int warp = threadIdx.x >> 5;
    int warps = blockDim.x >> 5;
    float sum = x;
#pragma unroll
    for (int step = 1; step < 32; step *= 2) {
        float other = __shfl_up_sync(0xFFFFFFFFu, sum, step);
        if (lane >= step) {
            sum += other;
        }
    }
    __syncthreads();
    if (lane == 31) {
        shared[warp] = sum;
    }
    __syncthreads();
    float offset = 0;
    float total = 0;
    for (int i = 0; i < warps; i++) {
        if (i == warp) {
            offset = total;
        }
        total += shared[i];
    }
    float before = __shfl_up_sync(0xFFFFFFFFu, sum, 1);
    return {lane == 0 ? offset : offset + before, offset + sum, total};
}
