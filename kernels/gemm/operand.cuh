// Tiles of a factor in shared memory: how they lie there, and how they are copied.
#pragma once

#include "common/tensor_core.cuh"

// Bytes of the summation index k in one step of the tile loop, for both types: 16 floats or 32 bf16.
constexpr int STEP_BYTES = 64;

// Steps of so many bytes, whose rows lie as a whole.
struct RowSteps {
    static constexpr int BYTES = STEP_BYTES;
    template <int ROW_BYTES>
    static constexpr int PANEL_BYTES = ROW_BYTES;
};

// Where a byte of a tile lies. Chunks of 16 bytes change places within 128 bytes by the row, so that 8 chunks of one column in
// 8 neighbouring rows, which is what one matrix of ldmatrix or a quarter of a warp reads, lie in different banks.
template <int ROW_BYTES>
__device__ __forceinline__ unsigned tile_offset(int row, int byte) {
    int key = ROW_BYTES == 64 ? row >> 1 & 3 : row & 7;
    return row * ROW_BYTES + (byte ^ key << 4);
}

// The same where ROWS rows are cut into panels, which lie one behind the other.
template <int ROWS, int ROW_BYTES, int PANEL_BYTES>
__device__ __forceinline__ unsigned panel_offset(int row, int byte) {
    if constexpr (ROW_BYTES == PANEL_BYTES) {
        return tile_offset<ROW_BYTES>(row, byte);
    } else {
        return byte / PANEL_BYTES * (ROWS * PANEL_BYTES) + tile_offset<PANEL_BYTES>(row, byte % PANEL_BYTES);
    }
}

// Begins to copy SIZE bytes where they are there, else reads nothing and writes zeros. SIZE is 4 or 16, and both addresses are
// multiples of it. 16 bytes pass by the first-level cache. A choice between all and nothing becomes the copy's predicate; any number
// of bytes would take five instructions more.
template <int SIZE>
__device__ __forceinline__ void copy_bytes(unsigned to, const void* from, bool there) {
    size_t source = __cvta_generic_to_global(from);
    int bytes = there ? SIZE : 0;
    if constexpr (SIZE == 16) {
        asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(source), "r"(bytes) : "memory");
    } else {
        static_assert(SIZE == 4, "copies have 4 or 16 bytes");
        asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(to), "l"(source), "r"(bytes) : "memory");
    }
}

// Part of a row-major matrix: all that a thread block may read through it.
struct Window {
    const char* from;
    // bytes from one row to the next, at most 2^23, so that offsets within a tile are 32-bit numbers
    int stride;
    // how far it reaches, in whole units of its copies; what they ask for beyond that is 0
    int rows;
    int bytes;
};

// Copies a window to a tile of ROWS x ROW_BYTES in panels, in units of 16, 4 or 2 bytes by what the addresses, the stride and
// the window's bytes divide by.
// Units of 2 bytes are plain loads and stores, because copies have no such size: slow, and always right.
template <int ROWS, int ROW_BYTES, int THREADS, int UNIT, int PANEL_BYTES = ROW_BYTES>
__device__ __forceinline__ void copy_window(unsigned tile, Window window) {
    constexpr int UNITS = ROW_BYTES / UNIT;
    constexpr int ROWS_AT_ONCE = THREADS / UNITS;
    constexpr int COUNT = ROWS / ROWS_AT_ONCE;
    static_assert(THREADS % UNITS == 0 && ROWS % ROWS_AT_ONCE == 0, "threads share the units evenly");
    int thread = threadIdx.x;
    if constexpr (UNIT != 16) {
        // read anew in each step: else the compiler keeps what follows from it in registers, which the fast way needs
        asm volatile("mov.u32 %0, %%tid.x;" : "=r"(thread));
    }
    int first = thread / UNITS;
    int byte = thread % UNITS * UNIT;
    int offset = first * window.stride + byte;
    // how far below its first the thread's rows are there
    int there = (byte < window.bytes ? window.rows : 0) - first;
#pragma unroll UNIT == 16 ? COUNT : 4
    for (int i = 0; i < COUNT; i++) {
        int below = i * ROWS_AT_ONCE;
        // a multiple of 8 rows further down the change of places is the same
        unsigned to = tile + (ROWS_AT_ONCE % 8 == 0
                                  ? panel_offset<ROWS, ROW_BYTES, PANEL_BYTES>(first, byte) + below * PANEL_BYTES
                                  : panel_offset<ROWS, ROW_BYTES, PANEL_BYTES>(first + below, byte));
        const char* from = window.from + (offset + below * window.stride);
        if constexpr (UNIT == 2) {
            unsigned short value = below < there ? *reinterpret_cast<const unsigned short*>(from) : 0;
            asm volatile("st.shared.u16 [%0], %1;" ::"r"(to), "h"(value) : "memory");
        } else {
            copy_bytes<UNIT>(to, from, below < there);
        }
    }
}

// One factor: EXTENT rows (of A) or columns (of B) of the tile, by k. ALONG_K: k runs along the rows in memory, so that the
// tile is [EXTENT][k]; else it is [k][EXTENT]. Steps: how much of k a step has, and how its rows lie.
template <class T, int EXTENT_, bool ALONG_K_, int THREADS, class Steps = RowSteps>
struct Operand {
    using Value = T;
    static constexpr int EXTENT = EXTENT_;
    static constexpr bool ALONG_K = ALONG_K_;
    // summands of one step
    static constexpr int STEP = Steps::BYTES / sizeof(T);
    static constexpr int ROWS = ALONG_K ? EXTENT : STEP;
    static constexpr int ROW_BYTES = ALONG_K ? Steps::BYTES : EXTENT * sizeof(T);
    static constexpr int PANEL_BYTES = Steps::template PANEL_BYTES<ROW_BYTES>;
    static constexpr int BYTES = EXTENT * Steps::BYTES;

    const char* data;
    int stride;
    int unit;
    // elements from the tile's edge to the matrix's
    int reach;

    // The part of the matrix from element `edge` of `extent` on, from k = 0 on; leading: elements from row to row.
    __device__ __forceinline__ Operand(const T* matrix, int leading, int unit_, int edge, int extent)
        : stride(leading * static_cast<int>(sizeof(T))), unit(unit_), reach(extent - edge) {
        data = reinterpret_cast<const char*>(matrix + edge * static_cast<long long>(ALONG_K ? leading : 1));
    }

    // The next step, of which `left` elements of k are there.
    __device__ __forceinline__ Window window(int left) const {
        constexpr int SIZE = sizeof(T);
        return {data, stride, ALONG_K ? reach : left, min(ALONG_K ? left : reach, ROW_BYTES / SIZE) * SIZE};
    }

    // Goes on to the one after it.
    __device__ __forceinline__ void advance() { data += ALONG_K ? Steps::BYTES : STEP * stride; }

    // Copies the next step and goes on, in units of which it has whole ones: at the matrix's edge smaller ones than `unit`.
    __device__ __forceinline__ void copy_step(unsigned tile, int left) {
        Window now = window(left);
        int parts = unit | now.bytes; // divides by 16, or 4, where both do
        if (parts % 16 == 0) {
            copy_window<ROWS, ROW_BYTES, THREADS, 16, PANEL_BYTES>(tile, now);
        } else if (sizeof(T) == 4 || parts % 4 == 0) {
            copy_window<ROWS, ROW_BYTES, THREADS, 4, PANEL_BYTES>(tile, now);
        } else if constexpr (sizeof(T) == 2) {
            copy_window<ROWS, ROW_BYTES, THREADS, 2, PANEL_BYTES>(tile, now);
        }
        advance();
    }
};
