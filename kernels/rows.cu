// Lookup of R rows of width H in a matrix of M rows, and its backward pass.
//
//                      bytes (float32 / bf16)                 bound
// gather_rows          8 R H / 4 R H                          memory
// gather_rows_backward 8 R H / 4 R H, beside the zeros of dx  memory, and R^2 / 32 steps of 4 instructions
//
// Floors on an H200 (4.3 TB/s) at R = 2432, H = 256: 1.2 / 0.6 us, so both are bound by the time of a launch. Target: 4 us.
//
// Backward, dx has been filled with zeros. A warp takes one entry of the list of rows; where the same row occurs earlier in
// the list it has nothing to do, else it adds all entries of its row in ascending order: no atomics, and one writer for each
// row. Going through the whole list for each entry is cheap at the lengths that occur: the list stays in the first-level
// cache, and R = 10000 takes 3 million steps in all.

#include "common/packs.cuh"

constexpr int THREADS = 256;

// Threads of the grid take the packs of y one after the other.
template <class T>
__device__ __forceinline__ void gather(const T* x, const int* rows, T* y, int count, int available, int width) {
    constexpr int SIZE = Pack<T>::SIZE;
    bool packed = width % SIZE == 0 && is_packed(x) && is_packed(y);
    int packs = (width + SIZE - 1) / SIZE;
    long long pack = static_cast<long long>(blockIdx.x) * THREADS + threadIdx.x;
    long long r = pack / packs;
    if (r >= count) {
        return;
    }
    int column = static_cast<int>(pack % packs) * SIZE;
    int row = rows[r];
    float v[SIZE];
    if (static_cast<unsigned>(row) < static_cast<unsigned>(available)) {
        load_some(x + static_cast<long long>(row) * width + column, width - column, packed, v);
    } else {
#pragma unroll
        for (int j = 0; j < SIZE; j++) {
            v[j] = NAN;
        }
    }
    store_some(y + r * width + column, width - column, packed, v);
}

// Whether any of rows[from .. end-1] is `row`; the same in all lanes.
__device__ __forceinline__ bool occurs(const int* rows, int from, int end, int row) {
    bool found = false;
#pragma unroll 4
    for (int i = from + static_cast<int>(threadIdx.x & 31); i < end; i += 32) {
        found |= rows[i] == row;
    }
    return __any_sync(0xFFFFFFFFu, found);
}

template <class T>
__device__ __forceinline__ void gather_backward(const T* dy, const int* rows, T* dx, int count, int available, int width) {
    constexpr int SIZE = Pack<T>::SIZE;
    int r = blockIdx.x * (THREADS / 32) + threadIdx.x / 32;
    if (r >= count) {
        return;
    }
    int row = rows[r];
    if (static_cast<unsigned>(row) >= static_cast<unsigned>(available) || occurs(rows, 0, r, row)) {
        return;
    }
    bool repeated = occurs(rows, r + 1, count, row);
    bool packed = width % SIZE == 0 && is_packed(dy) && is_packed(dx);
    int lane = threadIdx.x & 31;
    for (int tile = 0; tile < width; tile += 32 * SIZE) {
        int column = tile + lane * SIZE;
        float sum[SIZE];
        load_some(dy + static_cast<long long>(r) * width + column, width - column, packed, sum);
        for (int base = r + 1; repeated && base < count; base += 32) {
            unsigned same = __ballot_sync(0xFFFFFFFFu, base + lane < count && rows[base + lane] == row);
            while (same != 0) {
                int i = base + __ffs(same) - 1;
                same &= same - 1;
                float v[SIZE];
                load_some(dy + static_cast<long long>(i) * width + column, width - column, packed, v);
#pragma unroll
                for (int j = 0; j < SIZE; j++) {
                    sum[j] += v[j];
                }
            }
        }
        store_some(dx + static_cast<long long>(row) * width + column, width - column, packed, sum);
    }
}

#define ROWS(T, SUFFIX)                                                                           \
    extern "C" __global__ void __launch_bounds__(THREADS) gather_rows##SUFFIX(                    \
        const T* x, const int* rows, T* y, int count, int available, int width) {                 \
        gather(x, rows, y, count, available, width);                                              \
    }                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS) gather_rows_backward##SUFFIX(           \
        const T* dy, const int* rows, T* dx, int count, int available, int width) {               \
        gather_backward(dy, rows, dx, count, available, width);                                   \
    }

ROWS(float, _f32)
ROWS(bf16, _bf16)
