// Column sums of a matrix, which are the gradients of a layer's biases: target[n] += sum over m of dy[m, n].
//
// Bytes: dy read once; partial sums, a fortieth of that or less, written and read once. One addition for each element. Bound by
// memory; target 80 % of the copy bandwidth from 8 MB on. At [16384, 256] in bf16 (8.4 MB) the floor on an H200 (4.3 TB/s) is
// 2 us, and the second launch costs as much again.
//
// A thread owns one group of neighbouring columns, as many as one load brings, and walks down the rows; a block's threads lie
// side by side over the columns and, where these are fewer than its threads, below each other over the rows. Blocks along y take
// chunks of rows. So every load instruction of a warp reads neighbouring addresses at any width, 1 included. Wide rows of no
// multiple of 16 bytes, such as those of 30,522 logits, have a way of their own, see column_sums/anywhere.cuh. The order of the
// additions depends on the shape only: a matrix that begins anywhere is read element by element into the same registers.
#include "common/quads.cuh"

constexpr int THREADS = 256;

#include "column_sums/anywhere.cuh"

// COUNT neighbouring elements with one load instruction; the address is a multiple of their size.
template <int COUNT>
__device__ __forceinline__ void load_group(const float* p, float (&x)[COUNT]) {
    if constexpr (COUNT == 4) {
        load_pack(p, x);
    } else {
        x[0] = *p;
    }
}

template <int COUNT>
__device__ __forceinline__ void load_group(const bf16* p, float (&x)[COUNT]) {
    if constexpr (COUNT == 8) {
        load_pack(p, x);
    } else {
        x[0] = to_float(*p);
    }
}

// sum += rows lane, lane + lanes, ... below count, from `from` on, which is in row `lane`.
template <bool ALIGNED, class T, int COUNT>
__device__ __forceinline__ void add_rows(
    const T* from, int lane, int lanes, int count, long long stride, float (&sum)[COUNT]) {
#pragma unroll COUNT > 1 ? 4 : 8
    for (int row = lane; row < count; row += lanes) {
        float x[COUNT];
        if constexpr (ALIGNED) {
            load_group(from, x);
        } else {
#pragma unroll
            for (int i = 0; i < COUNT; i++) {
                x[i] = load(from + i);
            }
        }
        from += stride;
#pragma unroll
        for (int i = 0; i < COUNT; i++) {
            sum[i] += x[i];
        }
    }
}

// Adds the sums of all lanes of a column group, in a tree; lane 0 gets them. lanes: threads of the block that share each column
// group, `tile` threads apart. shared: COUNT * THREADS floats. All threads must call it.
template <int COUNT>
__device__ __forceinline__ void add_lanes(float (&sum)[COUNT], int lane, int lanes, int tile, float* shared) {
    if (lanes == 1) {
        return;
    }
#pragma unroll
    for (int i = 0; i < COUNT; i++) {
        shared[i * THREADS + threadIdx.x] = sum[i];
    }
    for (int left = lanes; left > 1;) {
        int half = (left + 1) / 2;
        __syncthreads();
        if (lane < left - half) {
#pragma unroll
            for (int i = 0; i < COUNT; i++) {
                int at = i * THREADS + threadIdx.x;
                sum[i] += shared[at + half * tile];
                shared[at] = sum[i];
            }
        }
        left = half;
    }
}

// Block (x, y) sums rows chunk*y .. chunk*(y+1)-1 of its column groups into target[y, columns]; with add, to what is there.
// stride: elements from one row of dy to the next. columns and stride are multiples of COUNT, tile (at most THREADS) is the number of
// column groups of a block.
template <class T, int COUNT>
__device__ __forceinline__ void column_sums(
    const T* dy, int rows, int columns, int stride, int tile, int chunk, float* target, int add) {
    __shared__ float shared[COUNT * THREADS];
    int lanes = THREADS / tile;
    int lane = threadIdx.x / tile;
    long long column = (static_cast<long long>(blockIdx.x) * tile + threadIdx.x % tile) * COUNT;
    bool active = lane < lanes && column < columns;
    float sum[COUNT] = {};
    if (active) {
        long long first = static_cast<long long>(blockIdx.y) * chunk;
        int count = static_cast<int>(min(static_cast<long long>(chunk), rows - first));
        const T* from = dy + (first + lane) * stride + column;
        long long step = static_cast<long long>(lanes) * stride;
        if (reinterpret_cast<size_t>(dy) % (COUNT * sizeof(T)) == 0) {
            add_rows<true>(from, lane, lanes, count, step, sum);
        } else {
            add_rows<false>(from, lane, lanes, count, step, sum);
        }
    }
    add_lanes(sum, lane, lanes, tile, shared);
    if (active && lane == 0) {
        float* to = target + static_cast<long long>(blockIdx.y) * columns + column;
        if constexpr (COUNT >= 4) {
            bool whole = is_quad(to);
#pragma unroll
            for (int i = 0; i < COUNT; i += 4) {
                float4 there = add ? load_quad(to + i, 4, whole) : make_float4(0, 0, 0, 0);
                store_quad(to + i, 4, whole, there + make_float4(sum[i], sum[i + 1], sum[i + 2], sum[i + 3]));
            }
        } else {
#pragma unroll
            for (int i = 0; i < COUNT; i++) {
                to[i] = add ? to[i] + sum[i] : sum[i];
            }
        }
    }
}

#define COLUMN_SUMS(NAME, T, COUNT)                                                                              \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                        \
        NAME(const T* dy, int rows, int columns, int stride, int tile, int chunk, float* target, int add) {     \
        column_sums<T, COUNT>(dy, rows, columns, stride, tile, chunk, target, add);                              \
    }

#define COLUMN_SUMS_ANYWHERE(NAME, T)                                                                          \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                        \
        NAME(const T* dy, int rows, int columns, int stride, int tile, int chunk, float* target, int add) {     \
        column_sums_anywhere<T>(dy, rows, columns, stride, tile, chunk, target, add);                            \
    }

// width and stride are multiples of 16 bytes, or the width is large, or neither
COLUMN_SUMS(column_sums_packs_f32, float, 4)
COLUMN_SUMS(column_sums_packs_bf16, bf16, 8)
COLUMN_SUMS_ANYWHERE(column_sums_anywhere_f32, float)
COLUMN_SUMS_ANYWHERE(column_sums_anywhere_bf16, bf16)
COLUMN_SUMS(column_sums_f32, float, 1)
COLUMN_SUMS(column_sums_bf16, bf16, 1)

// target[columns] += column sums of partials[chunks, columns]. A block takes 32 columns with 8 lanes each.
extern "C" __global__ void __launch_bounds__(THREADS)
    column_sums_finish(const float* partials, int chunks, int columns, float* target) {
    __shared__ float shared[THREADS];
    int lane = threadIdx.x / 32;
    long long column = static_cast<long long>(blockIdx.x) * 32 + threadIdx.x % 32;
    float sum[1] = {};
    if (column < columns) {
#pragma unroll 4
        for (int chunk = lane; chunk < chunks; chunk += 8) {
            sum[0] += partials[static_cast<long long>(chunk) * columns + column];
        }
    }
    add_lanes(sum, lane, 8, 32, shared);
    if (lane == 0 && column < columns) {
        target[column] += sum[0];
    }
}
