// The product of two float tiles with ordinary multiply-adds, exact float32: each thread owns 8 rows by 8 or 4 columns.
#pragma once

#include "gemm/operand.cuh"
#include "gemm/staging.cuh"

struct Four {
    float x[4];
};

__device__ __forceinline__ Four load_shared(unsigned address) {
    Four v;
    asm volatile("ld.shared.v4.f32 {%0, %1, %2, %3}, [%4];"
                 : "=f"(v.x[0]), "=f"(v.x[1]), "=f"(v.x[2]), "=f"(v.x[3])
                 : "r"(address)
                 : "memory");
    return v;
}

// Reads blocks of four elements along the extent by four along k. PLACES: threads along the extent; each has several such
// fours, which lie a whole row of threads apart, so that neighbouring threads read neighbouring chunks.
template <class Operand, int PLACES>
struct QuadReader {
    int place;

    __device__ __forceinline__ explicit QuadReader(int place_) : place(place_) {}

    // Row or column within the tile of element i of four number `quad`.
    __device__ __forceinline__ int position(int quad, int i) const {
        return Operand::ALONG_K ? place + PLACES * (4 * quad + i) : 4 * (place + PLACES * quad) + i;
    }

    // One load out of the block at k = 4 step: element `part` along the extent at all four k, or all four elements at k number
    // `part`, as they lie in memory. Tiles begin at multiples of 128 bytes, and places are a multiple of 8 apart, so that the
    // change of places is an exclusive or of the address.
    __device__ __forceinline__ Four read(unsigned tile, int quad, int step, int part) const {
        if constexpr (Operand::ALONG_K) {
            unsigned lane = tile + tile_offset<Operand::ROW_BYTES>(place, 0);
            return load_shared((lane ^ 16 * step) + PLACES * (4 * quad + part) * Operand::ROW_BYTES);
        } else {
            int k = 4 * step + part;
            unsigned lane = tile + 16 * place;
            return load_shared((lane ^ (k & 7) << 4) + k * Operand::ROW_BYTES + 16 * PLACES * quad);
        }
    }
};

// Warps of 4 x 8 threads; COLUMNS of them side by side.
template <class A, class B, int COLUMNS, int THREADS>
struct FloatTile {
    static constexpr bool ASYNC = false;
    static constexpr int PLACES_N = 8 * COLUMNS;
    static constexpr int PLACES_M = THREADS / PLACES_N;
    static constexpr int M = A::EXTENT / PLACES_M / 4;
    static constexpr int N = B::EXTENT / PLACES_N / 4;
    // a thread's sums, in fours
    static constexpr int QUADS = M * 4 * N;
    // rows that stage() writes at a time
    static constexpr int SLAB = 4 * PLACES_M;
    static_assert(PLACES_M % 8 == 0 && PLACES_N % 8 == 0, "places keep the change of places");

    QuadReader<A, PLACES_M> a_reader;
    QuadReader<B, PLACES_N> b_reader;
    float sum[M][4][N][4];

    __device__ __forceinline__ FloatTile()
        : a_reader(threadIdx.x / 32 / COLUMNS * 4 + threadIdx.x % 32 / 8),
          b_reader(threadIdx.x / 32 % COLUMNS * 8 + threadIdx.x % 8),
          sum{} {}

    // Adds the product of one step, k upwards.
    __device__ __forceinline__ void multiply(unsigned a_tile, unsigned b_tile) {
        if constexpr (B::ALONG_K) {
            // not unrolled: the compiler would fetch further ahead than there are registers
#pragma unroll 1
            for (int step = 0; step < A::STEP / 4; step++) {
                multiply_rows(a_tile, b_tile, step);
            }
        } else {
#pragma unroll
            for (int step = 0; step < A::STEP / 4; step++) {
                multiply_columns(a_tile, b_tile, step);
            }
        }
    }

    // b lies along k: all of it for four k, and one row of a after the other.
    __device__ __forceinline__ void multiply_rows(unsigned a_tile, unsigned b_tile, int step) {
        static_assert(A::ALONG_K, "a of the other order has no rows");
        Four b[N][4];
#pragma unroll
        for (int j = 0; j < N; j++) {
#pragma unroll
            for (int column = 0; column < 4; column++) {
                b[j][column] = b_reader.read(b_tile, j, step, column);
            }
        }
#pragma unroll
        for (int i = 0; i < M; i++) {
#pragma unroll
            for (int row = 0; row < 4; row++) {
                Four a = a_reader.read(a_tile, i, step, row);
#pragma unroll
                for (int k = 0; k < 4; k++) {
#pragma unroll
                    for (int j = 0; j < N; j++) {
#pragma unroll
                        for (int column = 0; column < 4; column++) {
                            sum[i][row][j][column] += a.x[k] * b[j][column].x[k];
                        }
                    }
                }
            }
        }
    }

    // b lies along its columns: one k after the other.
    __device__ __forceinline__ void multiply_columns(unsigned a_tile, unsigned b_tile, int step) {
        Four a[M][4];
        if constexpr (A::ALONG_K) {
#pragma unroll
            for (int i = 0; i < M; i++) {
#pragma unroll
                for (int row = 0; row < 4; row++) {
                    a[i][row] = a_reader.read(a_tile, i, step, row);
                }
            }
        }
#pragma unroll
        for (int k = 0; k < 4; k++) {
            if constexpr (!A::ALONG_K) {
#pragma unroll
                for (int i = 0; i < M; i++) {
                    a[i][k] = a_reader.read(a_tile, i, step, k);
                }
            }
            Four b[N];
#pragma unroll
            for (int j = 0; j < N; j++) {
                b[j] = b_reader.read(b_tile, j, step, k);
            }
#pragma unroll
            for (int i = 0; i < M; i++) {
#pragma unroll
                for (int row = 0; row < 4; row++) {
                    float factor = A::ALONG_K ? a[i][row].x[k] : a[i][k].x[row];
#pragma unroll
                    for (int j = 0; j < N; j++) {
#pragma unroll
                        for (int column = 0; column < 4; column++) {
                            sum[i][row][j][column] += factor * b[j].x[column];
                        }
                    }
                }
            }
        }
    }

    __device__ __forceinline__ float (&quad(int i))[4] { return sum[i / (4 * N)][i / N % 4][i % N]; }

    // Writes rows SLAB * slab and on to shared memory.
    __device__ __forceinline__ void stage(int slab, float* shared) const {
#pragma unroll
        for (int i = 0; i < M; i++) {
            if (i != slab) {
                continue;
            }
#pragma unroll
            for (int row = 0; row < 4; row++) {
                int y = a_reader.position(i, row) - SLAB * slab;
#pragma unroll
                for (int j = 0; j < N; j++) {
                    const float* x = sum[i][row][j];
                    if constexpr (B::ALONG_K) {
#pragma unroll
                        for (int column = 0; column < 4; column++) {
                            shared[staged<B::EXTENT>(y, b_reader.position(j, column))] = x[column];
                        }
                    } else {
                        stage_four(shared + staged<B::EXTENT>(y, b_reader.position(j, 0)), x);
                    }
                }
            }
        }
    }
};

// Adds up the rows of A over k as well: one thread for each, from the tile in shared memory.
template <class A, class B, int COLUMNS, int THREADS>
struct SummingFloatTile : FloatTile<A, B, COLUMNS, THREADS> {
    bool sums_rows;
    float row_sum;

    __device__ __forceinline__ explicit SummingFloatTile(bool sums)
        : sums_rows(sums && threadIdx.x < A::EXTENT), row_sum(0.0f) {
        static_assert(!A::ALONG_K, "neighbouring threads read neighbouring rows of A");
    }

    __device__ __forceinline__ void multiply(unsigned a_tile, unsigned b_tile) {
        FloatTile<A, B, COLUMNS, THREADS>::multiply(a_tile, b_tile);
        if (sums_rows) {
#pragma unroll 4
            for (int k = 0; k < A::STEP; k++) {
                float x;
                asm volatile("ld.shared.f32 %0, [%1];"
                             : "=f"(x)
                             : "r"(a_tile + tile_offset<A::ROW_BYTES>(k, 4 * static_cast<int>(threadIdx.x)))
                             : "memory");
                row_sum += x;
            }
        }
    }

    // Writes the sums of the first `rows` rows of A, or adds them to what is there.
    __device__ __forceinline__ void write_row_sums(float* to, int rows, bool accumulate) const {
        int row = threadIdx.x;
        if (sums_rows && row < rows) {
            to[row] = (accumulate ? to[row] : 0.0f) + row_sum;
        }
    }
};
