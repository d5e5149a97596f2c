// Lookup of R rows of width H in a matrix of M rows, and its backward pass.
//
//                      bytes (float32 / bf16)                   bound
// gather_rows          8 R H / 4 R H                            memory
// gather_rows_backward 4 (R + M) H / 2 (R + M) H                memory, and R M / 256 + R^2 / 64 steps of 4 instructions
//
// FLOPs: none forward, at most R H backward. Floors on an H200 (4.3 TB/s) at R = 2432, M = 16384, H = 256: 1.2 / 0.6 us forward,
// 4.5 / 2.2 us backward, so that is bound by the time of a launch and of its reading of the list. Targets: 4 us, 8 us.
//
// Backward, a warp owns eight neighbouring rows of dx. It goes through the list for their first entries, then writes to each of them
// the sum of its entries in ascending order, or zeros: no atomics, one writer for each row, and no launch before that clears dx. Going
// through the whole list in every warp is cheap at the lengths that occur: the list stays in the first-level cache.

#include "common/packs.cuh"

constexpr int THREADS = 256;

// rows of dx that a warp of the backward pass writes
constexpr int OWNED = 8;
// entries of the list that a lane reads before it looks at the first
constexpr int AHEAD = 4;

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

// Whether any of rows[from .. count-1] is `row`; the same in all lanes.
__device__ __forceinline__ bool occurs(const int* rows, int from, int count, int row) {
    bool found = false;
#pragma unroll 4
    for (int i = from + static_cast<int>(threadIdx.x & 31); i < count; i += 32) {
        found |= rows[i] == row;
    }
    return __any_sync(0xFFFFFFFFu, found);
}

// In lane k the first entry of row first + k, for the rows before end, at most 32; -1 where there is none.
__device__ __forceinline__ int first_entry(const int* rows, int count, int first, int end) {
    int lane = threadIdx.x & 31;
    int entry = -1;
    for (int base = 0; base < count; base += 32 * AHEAD) {
        int row[AHEAD];
#pragma unroll
        for (int a = 0; a < AHEAD; a++) {
            int r = base + 32 * a + lane;
            row[a] = r < count ? rows[r] : -1;
        }
#pragma unroll
        for (int a = 0; a < AHEAD; a++) {
            unsigned mine = __ballot_sync(0xFFFFFFFFu, row[a] >= first && row[a] < end);
            while (mine != 0) {
                int found = __ffs(mine) - 1;
                mine &= mine - 1;
                if (__shfl_sync(0xFFFFFFFFu, row[a], found) == first + lane && entry < 0) {
                    entry = base + 32 * a + found;
                }
            }
        }
    }
    return entry;
}

// dx[row] = the sum of all entries of `row`, of which r is the first; zeros where r is -1.
template <class T>
__device__ __forceinline__ void add_entries(const T* dy, const int* rows, T* dx, int count, int width, int row, int r) {
    constexpr int SIZE = Pack<T>::SIZE;
    bool packed = width % SIZE == 0 && is_packed(dy) && is_packed(dx);
    bool repeated = r >= 0 && occurs(rows, r + 1, count, row);
    int lane = threadIdx.x & 31;
    for (int tile = 0; tile < width; tile += 32 * SIZE) {
        int column = tile + lane * SIZE;
        float sum[SIZE];
        load_some(dy + static_cast<long long>(r) * width + column, r >= 0 ? width - column : 0, packed, sum);
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

// Warps of the grid take OWNED rows of dx each, one after the other.
template <class T>
__device__ __forceinline__ void gather_backward(const T* dy, const int* rows, T* dx, int count, int available, int width) {
    int first = (blockIdx.x * (THREADS / 32) + threadIdx.x / 32) * OWNED;
    int end = min(first + OWNED, available);
    if (first >= end) {
        return;
    }
    int entry = first_entry(rows, count, first, end);
    for (int row = first; row < end; row++) {
        add_entries(dy, rows, dx, count, width, row, __shfl_sync(0xFFFFFFFFu, entry, row - first));
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
