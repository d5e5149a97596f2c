// Column sums of a matrix: the gradient of a bias whose weight is not trained, target[n] += sum over m of dy[m, n]. (Where the weight is,
// its gradient's blocks add them up beside it, see gemm/weight_group.cuh.)
//
// Bytes: dy read once; partial sums, a thirtieth of that or less, written and read once. One addition for each element. Bound by memory;
// target 60 % of the copy bandwidth from 8 MB on, as a warp asks for 64 bytes of bf16 at a time. At [16384, 256] in bf16 (8.4 MB) the
// floor on an H200 (4.3 TB/s) is 2 us, and the second launch costs as much again.
//
// A thread owns a column and walks down the rows; a block's threads lie side by side over the columns and, where these are fewer than its
// threads, below each other over the rows. Blocks along y take chunks of rows. So every load instruction of a warp reads neighbouring
// addresses at any width, 1 included. The order of the additions depends on the shape only.
#include "common/values.cuh"

constexpr int THREADS = 256;

// Adds the sums of all lanes of a column, in a tree; lane 0 gets them. lanes: threads of the block that share each column, `tile` threads
// apart. shared: THREADS floats. All threads must call it.
__device__ __forceinline__ float add_lanes(float sum, int lane, int lanes, int tile, float* shared) {
    shared[threadIdx.x] = sum;
    for (int left = lanes; left > 1;) {
        int half = (left + 1) / 2;
        __syncthreads();
        if (lane < left - half) {
            sum += shared[threadIdx.x + half * tile];
            shared[threadIdx.x] = sum;
        }
        left = half;
    }
    return sum;
}

// Block (x, y) sums rows chunk*y .. chunk*(y+1)-1 of `tile` columns (at most THREADS) into target[y, columns]; with add, to what is
// there. stride: elements from one row of dy to the next.
template <class T>
__device__ __forceinline__ void column_sums(
    const T* dy, int rows, int columns, int stride, int tile, int chunk, float* target, int add) {
    __shared__ float shared[THREADS];
    int lanes = THREADS / tile;
    int lane = threadIdx.x / tile;
    int column = blockIdx.x * tile + threadIdx.x % tile;
    bool active = lane < lanes && column < columns;
    float sum = 0;
    if (active) {
        long long first = static_cast<long long>(blockIdx.y) * chunk;
        int count = static_cast<int>(min(static_cast<long long>(chunk), rows - first));
        const T* from = dy + (first + lane) * stride + column;
        long long step = static_cast<long long>(lanes) * stride;
#pragma unroll 8
        for (int row = lane; row < count; row += lanes) {
            sum += load(from);
            from += step;
        }
    }
    sum = add_lanes(sum, lane, lanes, tile, shared);
    if (active && lane == 0) {
        float* to = target + static_cast<long long>(blockIdx.y) * columns + column;
        *to = add ? *to + sum : sum;
    }
}

#define COLUMN_SUMS(NAME, T)                                                                                    \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                       \
        NAME(const T* dy, int rows, int columns, int stride, int tile, int chunk, float* target, int add) {     \
        column_sums<T>(dy, rows, columns, stride, tile, chunk, target, add);                                    \
    }

COLUMN_SUMS(column_sums_f32, float)
COLUMN_SUMS(column_sums_bf16, bf16)

// target[columns] += column sums of partials[chunks, columns]. A block takes 32 columns with 8 lanes each.
extern "C" __global__ void __launch_bounds__(THREADS)
    column_sums_finish(const float* partials, int chunks, int columns, float* target) {
    __shared__ float shared[THREADS];
    int lane = threadIdx.x / 32;
    int column = blockIdx.x * 32 + threadIdx.x % 32;
    float sum = 0;
    if (column < columns) {
#pragma unroll 4
        for (int chunk = lane; chunk < chunks; chunk += 8) {
            sum += partials[static_cast<long long>(chunk) * columns + column];
        }
    }
    sum = add_lanes(sum, lane, 8, 32, shared);
    if (lane == 0 && column < columns) {
        target[column] += sum;
    }
}
