// Column sums of wide rows that begin anywhere, because the width is no multiple of 16 bytes.
//
// Bytes: as in column_sums.cu. Rows of 30,522 bf16 begin at any multiple of 4 bytes, so that loads of a pair of columns, the most
// that every row allows, touch 5 sectors for 4: 1.24 times the matrix. Here threads read whole packs of 16 bytes at multiples of 16
// bytes, 1.03 times it, and what column a value belongs to depends on the row. Rows whose beginnings differ by a multiple of 16
// bytes agree in that: every 2nd to 8th. A block takes one such class of rows after the other; a thread keeps the sums of
// its pack, and at the end of a class they are added to the block's sums of columns, in shared memory.
#pragma once

#include "common/packs.cuh"

// Block (x, y) sums rows chunk*y .. chunk*(y+1)-1 of columns tile*x .. tile*(x+1)-1 into target[y, columns]; with add, to what is
// there. stride: elements from one row of dy to the next. tile: a pack less than all threads read, because the first of them may begin
// before the tile.
template <class T>
__device__ __forceinline__ void column_sums_anywhere(
    const T* dy, int rows, int columns, int stride, int tile, int chunk, float* target, int add) {
    constexpr int SIZE = Pack<T>::SIZE;
    // column c of the tile at [c % SIZE][c / SIZE]: threads side by side meet different banks, be it with packs or with columns
    __shared__ float shared[SIZE][THREADS + 32 / SIZE];
    int first_column = blockIdx.x * tile;
    int width = min(tile, columns - first_column);
    long long first_row = static_cast<long long>(blockIdx.y) * chunk;
    int count = static_cast<int>(min(static_cast<long long>(chunk), rows - first_row));
    const T* corner = dy + first_row * stride + first_column;
    const T* end = dy + static_cast<long long>(rows) * stride;
    // the least number of rows that is a multiple of 16 bytes
    int classes = SIZE;
    while (classes > 1 && (classes / 2 * stride) % SIZE == 0) {
        classes /= 2;
    }
    for (int i = threadIdx.x; i < SIZE * THREADS; i += THREADS) {
        shared[i / THREADS][i % THREADS] = 0;
    }
    for (int c = 0; c < min(classes, count); c++) {
        const T* row = corner + c * static_cast<long long>(stride);
        int shift = static_cast<int>(reinterpret_cast<size_t>(row) % 16 / sizeof(T));
        // this thread's pack, in elements from the tile's first column
        int column = static_cast<int>(threadIdx.x) * SIZE - shift;
        float sum[SIZE] = {};
        if (column < width) {
            const T* from = row + column;
            long long step = static_cast<long long>(classes) * stride;
#pragma unroll 4
            for (int r = c; r < count; r += classes) {
                float x[SIZE];
                // also what belongs to the row before or after, and is left out below, but nothing outside the matrix
                if (from >= dy && from + SIZE <= end) {
                    load_pack(from, x);
                } else {
#pragma unroll
                    for (int i = 0; i < SIZE; i++) {
                        x[i] = from + i >= dy && from + i < end ? load(from + i) : 0;
                    }
                }
                from += step;
#pragma unroll
                for (int i = 0; i < SIZE; i++) {
                    sum[i] += x[i];
                }
            }
        }
        __syncthreads();
#pragma unroll
        for (int i = 0; i < SIZE; i++) {
            int at = column + i;
            if (at >= 0 && at < width) {
                shared[at % SIZE][at / SIZE] += sum[i];
            }
        }
    }
    __syncthreads();
    float* to = target + static_cast<long long>(blockIdx.y) * columns + first_column;
    for (int i = threadIdx.x; i < width; i += THREADS) {
        float sum = shared[i % SIZE][i / SIZE];
        to[i] = add ? to[i] + sum : sum;
    }
}
