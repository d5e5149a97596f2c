// One tile of a matrix product by one thread block: copies of the next steps run while the present one is multiplied; then the
// sums go through shared memory to the epilogue.
#pragma once

#include "gemm/epilogue.cuh"
#include "gemm/operand.cuh"
#include "gemm/staging.cuh"

// Shared memory of all products: the steps of the pipeline, then the sums.
extern __shared__ __align__(1024) unsigned char pipeline[];

// Adds up the product over k; STAGES steps are in shared memory, all but one of them on their way. An asynchronous tile multiplies
// while the next step's copies are begun.
template <int STAGES, class A, class B, class Tile>
__device__ __forceinline__ void multiply_steps(Tile& tile, A a, B b, int k) {
    constexpr int BYTES = A::BYTES + B::BYTES;
    int steps = (k + A::STEP - 1) / A::STEP;
    unsigned shared = shared_address(pipeline);
    unsigned target = shared;
    unsigned source = shared;
    // the first turns only copy
#pragma unroll 1
    for (int step = 1 - STAGES; step < steps; step++) {
        if (step >= 0) {
            // this step's copies have landed, and all threads are done with the step before, whose place is filled next
            wait_copies<STAGES - 2>();
            if constexpr (Tile::ASYNC) {
                Tile::publish();
            }
            __syncthreads();
            if constexpr (Tile::ASYNC) {
                tile.multiply(source, source + A::BYTES);
            }
        }
        int next = step + STAGES - 1;
        if (next < steps) {
            int left = k - next * A::STEP;
            a.copy_step(target, left);
            b.copy_step(target + A::BYTES, left);
        }
        commit_copies();
        target = target == shared + (STAGES - 1) * BYTES ? shared : target + BYTES;
        if constexpr (Tile::ASYNC) {
            // in the first turns for nothing: under a condition the assembler would put a wait before the copies
            Tile::wait();
        }
        if (step >= 0) {
            if constexpr (!Tile::ASYNC) {
                tile.multiply(source, source + A::BYTES);
            }
            source = source == shared + (STAGES - 1) * BYTES ? shared : source + BYTES;
        }
    }
}

// V neighbouring sums. other: floats from the first half of 8 of them to the second one.
template <int V>
__device__ __forceinline__ void load_sums(const float* from, int other, float (&x)[V]) {
    if constexpr (V == 8) {
        float4 first = load_quad(from);
        float4 second = load_quad(from + other);
        x[0] = first.x;
        x[1] = first.y;
        x[2] = first.z;
        x[3] = first.w;
        x[4] = second.x;
        x[5] = second.y;
        x[6] = second.z;
        x[7] = second.w;
    } else {
        load_values<V>(from, x);
    }
}

// Gives SLAB rows of WIDTH sums in shared memory to the epilogue, V columns a thread; of them PART columns from `left` on. rows, columns:
// how much of the tile the result has; first: index of the tile's first element in the result; leading: elements from one row of the
// result to the next; column0: the column of the result that the tile begins with.
template <int V, int SLAB, int WIDTH, int PART, int THREADS, class Epilogue>
__device__ __forceinline__ void finish_rows(
    const float* shared, int left, int rows, int columns, long long first, int leading, int column0, Epilogue epilogue) {
    constexpr int ROWS = Epilogue::ROWS;
    constexpr int STRIDE = THREADS / (PART / V);
    static_assert(THREADS % (PART / V) == 0 && SLAB % (STRIDE * ROWS) == 0, "threads share the rows evenly");
    int column = left + threadIdx.x % (PART / V) * V;
    if (column >= columns) {
        return;
    }
    epilogue.place(first);
    epilogue.template begin<V>(column0 + column);
    int row = threadIdx.x / (PART / V);
    int end = min(SLAB, rows);
    const float* from = shared + staged<WIDTH>(row, column);
    int other = staged<WIDTH>(row, column + 4) - staged<WIDTH>(row, column);
#pragma unroll 1
    for (; row < end; row += STRIDE * ROWS) {
        float x[ROWS][V];
        int at[ROWS];
        bool inside[ROWS];
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
            int y = row + STRIDE * r;
            // of the first row the loop says so
            inside[r] = r == 0 || y < end;
            at[r] = y * leading + column;
            // a multiple of 4 rows further down, sums lie as they do here
            const float* source = STRIDE % 4 == 0 ? from + r * STRIDE * WIDTH : shared + staged<WIDTH>(y, column);
            load_sums(source, other, x[r]);
        }
        from += STRIDE * ROWS * WIDTH;
        epilogue.template finish<V>(x, at, inside);
    }
}

// Gives a finished tile of c[m,n], whose first element is (row, column), to the epilogue. leading: elements from one row of c to
// the next. vector: columns that one store may write, 8 (of bf16), 4, 2 or 1, by what n, leading and the addresses of c and of
// all of its shape that the epilogue reads divide by.
template <int STAGES, int THREADS, class Tile, class A, class B, class Epilogue>
__device__ __forceinline__ void finish_tile(
    const Tile& tile, Epilogue epilogue, int m, int n, int row, int column, int leading, int vector) {
    constexpr int HEIGHT = A::EXTENT;
    constexpr int WIDTH = B::EXTENT;
    constexpr int SLAB = Tile::SLAB;
    static_assert(SLAB * WIDTH * 4 <= STAGES * (A::BYTES + B::BYTES), "the sums use the place of the pipeline");
    // of wider tiles one half after the other, so that what a warp reads of 8 columns a lane is whole sectors (see ForwardEpilogue)
    constexpr int PART = WIDTH < 128 ? WIDTH : 128;
    float* sums = reinterpret_cast<float*>(pipeline);
    wait_copies<0>();
#pragma unroll
    for (int slab = 0; slab < HEIGHT / SLAB; slab++) {
        __syncthreads();
        tile.stage(slab, sums);
        __syncthreads();
        int top = row + slab * SLAB;
        int rows = m - top;
        int columns = n - column;
        long long first = top * static_cast<long long>(leading) + column;
#pragma unroll 1
        for (int left = 0; left < WIDTH; left += PART) {
            if constexpr (Epilogue::WIDEST == 8) {
                if (vector == 8) {
                    finish_rows<8, SLAB, WIDTH, PART, THREADS>(sums, left, rows, columns, first, leading, column, epilogue);
                    continue;
                }
            }
            if (vector == 4) {
                finish_rows<4, SLAB, WIDTH, PART, THREADS>(sums, left, rows, columns, first, leading, column, epilogue);
            } else if (vector == 2) {
                finish_rows<2, SLAB, WIDTH, PART, THREADS>(sums, left, rows, columns, first, leading, column, epilogue);
            } else {
                finish_rows<1, SLAB, WIDTH, PART, THREADS>(sums, left, rows, columns, first, leading, column, epilogue);
            }
        }
    }
}
