// The product of two bf16 tiles on tensor cores, float sums in registers.
#pragma once

#include "common/tensor_core.cuh"
#include "gemm/operand.cuh"
#include "gemm/staging.cuh"

// Reads matrices of 16 (extent) x 16 (k) elements from an operand's tile. FIRST_BY_EXTENT: the second of the four 8x8 matrices
// lies beside the first along the extent, as for A; else along k, as for B.
template <class Operand, bool FIRST_BY_EXTENT>
struct MatrixReader {
    // byte within the tile where this lane's row of the first matrices lies
    unsigned lane;

    // edge: first row or column of the warp, a multiple of the warp's extent (32 or 64)
    __device__ __forceinline__ explicit MatrixReader(int edge) {
        int row = threadIdx.x & 7;
        int low = threadIdx.x >> 3 & 1;
        int high = threadIdx.x >> 4 & 1;
        int extent = edge + 8 * (FIRST_BY_EXTENT ? low : high);
        int k = 8 * (FIRST_BY_EXTENT ? high : low);
        lane = Operand::ALONG_K ? tile_offset<Operand::ROW_BYTES>(extent + row, 2 * k)
                                : tile_offset<Operand::ROW_BYTES>(k + row, 2 * extent);
    }

    // Matrices number i along the extent and number j along k. Steps of 16 elements within a row are 32 bytes, which with
    // the change of places are an exclusive or of the address, because tiles begin at multiples of 128 bytes; steps over rows
    // leave the change as it is.
    __device__ __forceinline__ void read(unsigned (&x)[4], unsigned tile, int i, int j) const {
        if constexpr (Operand::ALONG_K) {
            load_matrices(x, ((tile + lane) ^ 32 * j) + i * 16 * Operand::ROW_BYTES);
        } else {
            load_matrices_transposed(x, ((tile + lane) ^ 32 * i) + j * 16 * Operand::ROW_BYTES);
        }
    }
};

// ROWS x COLUMNS warps, each with its part of the tile. SUMS: it can also add up the rows of A over k, by products with ones:
// the factor is in registers anyway, so this costs one multiplication beside 2 N others and reads nothing.
template <class A, class B, int ROWS, int COLUMNS, bool SUMS = false>
struct TensorCoreTile {
    static constexpr int WARP_M = A::EXTENT / ROWS;
    static constexpr int WARP_N = B::EXTENT / COLUMNS;
    static constexpr int M = WARP_M / 16;
    static constexpr int N = WARP_N / 16;
    static constexpr bool ASYNC = false;
    // a thread's sums, in fours
    static constexpr int QUADS = M * 2 * N;
    // rows that stage() can write at a time
    static constexpr int SLAB = A::EXTENT;

    int row;
    int column;
    MatrixReader<A, true> a_reader;
    MatrixReader<B, false> b_reader;
    float sum[M][2 * N][4];
    // whether this warp adds up rows, and the sums of rows lane / 4 (elements 0 and 1) and 8 further down (2 and 3)
    bool sums_rows;
    float row_sum[SUMS ? M : 1][4];

    __device__ __forceinline__ explicit TensorCoreTile(bool sums = false)
        : row(threadIdx.x / 32 / COLUMNS * WARP_M),
          column(threadIdx.x / 32 % COLUMNS * WARP_N),
          a_reader(row),
          b_reader(column),
          sum{},
          sums_rows(SUMS && sums && threadIdx.x / 32 % COLUMNS == 0),
          row_sum{} {}

    // Adds the product of one step.
    __device__ __forceinline__ void multiply(unsigned a_tile, unsigned b_tile) {
#pragma unroll
        for (int k = 0; k < A::STEP / 16; k++) {
            unsigned a[M][4];
            unsigned b[N][4];
#pragma unroll
            for (int i = 0; i < M; i++) {
                a_reader.read(a[i], a_tile, i, k);
            }
#pragma unroll
            for (int j = 0; j < N; j++) {
                b_reader.read(b[j], b_tile, j, k);
            }
#pragma unroll
            for (int i = 0; i < M; i++) {
#pragma unroll
                for (int j = 0; j < N; j++) {
                    multiply_add(sum[i][2 * j], a[i], b[j][0], b[j][1]);
                    multiply_add(sum[i][2 * j + 1], a[i], b[j][2], b[j][3]);
                }
            }
            if constexpr (SUMS) {
                if (sums_rows) {
#pragma unroll
                    for (int i = 0; i < M; i++) {
                        // two ones in bf16
                        multiply_add(row_sum[i], a[i], 0x3F803F80u, 0x3F803F80u);
                    }
                }
            }
        }
    }

    __device__ __forceinline__ float (&quad(int i))[4] { return sum[i / (2 * N)][i % (2 * N)]; }

    // Writes the sums of the first `rows` rows of A, or adds them to what is there.
    __device__ __forceinline__ void write_row_sums(float* to, int rows, bool accumulate) const {
        if (sums_rows) {
            write_fragment_sums(row_sum, row, to, rows, accumulate);
        }
    }

    // Writes the sums to shared memory; there is only slab 0, the whole tile.
    __device__ __forceinline__ void stage(int, float* shared) const {
        stage_fragments<B::EXTENT>(sum, row, column, shared);
    }
};
