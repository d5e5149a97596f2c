// Products of float tiles in shared memory by 256 threads: thread (ty, tx) of 16 x 16 has ROWS rows ty*ROWS .. and, of 64 scores in
// a row, the columns tx, tx+16, tx+32 and tx+48.
#pragma once

#include "common/reduce.cuh"
#include "common/values.cuh"
#include "head.cuh"

constexpr int THREADS = 256;
constexpr int TILE = 64;  // columns of a tile of scores

// Rows of WIDTH floats, with some more between rows. Four: 16 bytes at the same column of 8 neighbouring rows cover all 32 banks
// once.
template <int WIDTH, int GAP = 4>
struct FloatRows {
    static constexpr int STRIDE = WIDTH + GAP;

    float* base;

    static __device__ __forceinline__ int floats(int rows) { return rows * STRIDE; }

    __device__ __forceinline__ float& at(int row, int column) const { return base[row * STRIDE + column]; }

    __device__ __forceinline__ float4 four(int row, int column) const {
        return *reinterpret_cast<const float4*>(base + row * STRIDE + column);
    }

    // Copies `count` rows of a head, by all threads; zeros from row `valid` and column `size` on. A barrier must follow.
    __device__ __forceinline__ void load(const float* from, int stride, int count, int valid, int size) const {
#pragma unroll 4
        for (int i = threadIdx.x; i < count * WIDTH; i += THREADS) {
            int row = i / WIDTH;
            int column = i % WIDTH;
            at(row, column) = row < valid && column < size ? from[row * stride + column] : 0;
        }
    }
};

// Scores, ROWS rows for each tile_y(). The two halves of a warp write 16 neighbours each, ROWS rows apart: to different banks.
template <int ROWS>
struct Scores : FloatRows<TILE, 16 / ROWS> {};

__device__ __forceinline__ int tile_x() { return threadIdx.x & 15; }
__device__ __forceinline__ int tile_y() { return threadIdx.x >> 4; }

// c = a's rows times b's 64 rows, transposed.
template <int ROWS, int WIDTH>
__device__ __forceinline__ void multiply_rows(float (&c)[ROWS][4], FloatRows<WIDTH> a, FloatRows<WIDTH> b) {
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
        c[i][0] = c[i][1] = c[i][2] = c[i][3] = 0;
    }
#pragma unroll 1
    for (int d = 0; d < WIDTH; d += 4) {
        float4 y[4];
#pragma unroll
        for (int j = 0; j < 4; j++) {
            y[j] = b.four(tile_x() + 16 * j, d);
        }
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
            float4 x = a.four(tile_y() * ROWS + i, d);
#pragma unroll
            for (int j = 0; j < 4; j++) {
                c[i][j] = fmaf(x.x, y[j].x, c[i][j]);
                c[i][j] = fmaf(x.y, y[j].y, c[i][j]);
                c[i][j] = fmaf(x.z, y[j].z, c[i][j]);
                c[i][j] = fmaf(x.w, y[j].w, c[i][j]);
            }
        }
    }
}

// A thread's columns of a result of WIDTH columns: COUNT groups of up to 4 neighbours, 64 columns apart.
template <int WIDTH>
struct Columns {
    static constexpr int NEIGHBOURS = WIDTH < 64 ? WIDTH / 16 : 4;
    static constexpr int COUNT = WIDTH / 16;

    static __device__ __forceinline__ int column(int c) {
        return tile_x() * NEIGHBOURS + c % NEIGHBOURS + 64 * (c / NEIGHBOURS);
    }
};

// c += a's rows (of 64 columns) times b's 64 rows.
template <int ROWS, int WIDTH>
__device__ __forceinline__ void multiply_columns(
    float (&c)[ROWS][Columns<WIDTH>::COUNT], Scores<ROWS> a, FloatRows<WIDTH> b) {
    constexpr int COUNT = Columns<WIDTH>::COUNT;
#pragma unroll 1
    for (int k = 0; k < TILE; k += 4) {
        float4 x[ROWS];
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
            x[i] = a.four(tile_y() * ROWS + i, k);
        }
#pragma unroll
        for (int l = 0; l < 4; l++) {
            float y[COUNT];
#pragma unroll
            for (int j = 0; j < COUNT; j++) {
                y[j] = b.at(k + l, Columns<WIDTH>::column(j));
            }
#pragma unroll
            for (int i = 0; i < ROWS; i++) {
                float factor = l == 0 ? x[i].x : l == 1 ? x[i].y : l == 2 ? x[i].z : x[i].w;
#pragma unroll
                for (int j = 0; j < COUNT; j++) {
                    c[i][j] = fmaf(factor, y[j], c[i][j]);
                }
            }
        }
    }
}

template <int ROWS, int COUNT>
__device__ __forceinline__ void clear(float (&c)[ROWS][COUNT]) {
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
#pragma unroll
        for (int j = 0; j < COUNT; j++) {
            c[i][j] = 0;
        }
    }
}

// Writes a thread's scores to shared memory.
template <int ROWS>
__device__ __forceinline__ void store_scores(Scores<ROWS> to, const float (&c)[ROWS][4]) {
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            to.at(tile_y() * ROWS + i, tile_x() + 16 * j) = c[i][j];
        }
    }
}

// Writes a thread's result, times a factor, to the rows of a head in global memory. valid: rows inside the sequence.
template <int ROWS, int WIDTH>
__device__ __forceinline__ void store_result(
    float* to,
    int stride,
    int valid,
    const Shape& shape,
    const float (&c)[ROWS][Columns<WIDTH>::COUNT],
    const float (&factors)[ROWS]) {
    static_assert(Columns<WIDTH>::NEIGHBOURS == 4, "neighbours are a pack");
    int size = shape.size;
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
        int row = tile_y() * ROWS + i;
        if (shape.packed) {
#pragma unroll
            for (int j = 0; j < Columns<WIDTH>::COUNT; j += 4) {
                int column = Columns<WIDTH>::column(j);
                if (row < valid && column < size) {
                    float x[4];
#pragma unroll
                    for (int l = 0; l < 4; l++) {
                        x[l] = c[i][j + l] * factors[i];
                    }
                    store_pack(to + row * stride + column, x);
                }
            }
            continue;
        }
#pragma unroll
        for (int j = 0; j < Columns<WIDTH>::COUNT; j++) {
            int column = Columns<WIDTH>::column(j);
            if (row < valid && column < size) {
                to[row * stride + column] = c[i][j] * factors[i];
            }
        }
    }
}

// Dropout's decisions for `queries` queries and 8*OCTETS keys, a byte for 8 keys, by all threads. A barrier must follow.
template <int OCTETS>
__device__ __forceinline__ void draw_dropout(
    unsigned char* kept, const ProbabilityDropout& dropout, const Shape& shape, const Head& head, int query, int key, int queries) {
    if (dropout.active()) {
#pragma unroll 1
        for (int i = threadIdx.x; i < queries * OCTETS; i += THREADS) {
            kept[i] = static_cast<unsigned char>(
                dropout.template kept<1>(shape, head, query + i / OCTETS, key + 8 * (i % OCTETS)));
        }
    }
}
