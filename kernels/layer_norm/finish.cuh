// Adds the blocks' partial sums to the parameters' gradients.
#pragma once

constexpr int FINISH_LANES = 32;

// partials: [count, 2, width]. Blocks of 32 columns x 32 lanes: a lane adds every 32nd partial, then the lanes are added in
// order. Many lanes, because there are few columns and each addition waits for its load.
__device__ __forceinline__ void finish(const float* partials, int count, int width, float* d_gamma, float* d_beta) {
    __shared__ float shared[FINISH_LANES][32];
    int lane = threadIdx.x / 32;
    int column = blockIdx.x * 32 + threadIdx.x % 32;
    float total = 0.0f;
    if (column < 2 * width) {
#pragma unroll 4
        for (int i = lane; i < count; i += FINISH_LANES) {
            total += partials[2ll * i * width + column];
        }
    }
    shared[lane][threadIdx.x % 32] = total;
    __syncthreads();
    if (lane == 0 && column < 2 * width) {
        total = 0.0f;
#pragma unroll
        for (int i = 0; i < FINISH_LANES; i++) {
            total += shared[i][threadIdx.x];
        }
        if (column < width) {
            d_gamma[column] += total;
        } else {
            d_beta[column - width] += total;
        }
    }
}
