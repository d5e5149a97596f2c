// Products by a warpgroup (4 warps, 128 threads) of factors in shared memory, of sm_90a only: wgmma.
//
// They run beside the threads that issue them, and read shared memory by the "asynchronous proxy": what threads have written there,
// copies of cp.async included, is visible to them after fence_products() by the writing threads and a barrier.
//
// Of a result [64 x N], warp w of the warpgroup has rows 16 w and on, as the C of mma.m16n8k16 (see tensor_core.cuh): with g = lane/4
// and t = lane%4, c[j][0], c[j][1] = row g, columns 8j + 2t and the next; c[j][2], c[j][3] = row g+8.
//
// Where a factor lies is said by a matrix descriptor (PTX ISA, "Asynchronous warpgroup level matrix instructions"). Used here are panels
// of 128 bytes a row, at multiples of 1024 bytes, whose chunks of 16 bytes change places by the row (128-byte swizzle, mode 1).
#pragma once

// What this thread has written to shared memory becomes visible to products, once all threads have passed a barrier.
__device__ __forceinline__ void fence_products() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }

// Before the first of several products whose sums have been touched otherwise.
__device__ __forceinline__ void begin_products() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }

// Ends a group of products.
__device__ __forceinline__ void commit_products() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }

// Waits for all products of this warpgroup; until then nothing may touch their sums.
__device__ __forceinline__ void wait_products() { asm volatile("wgmma.wait_group.sync.aligned 0;" ::: "memory"); }

// A factor in panels, at that address of shared memory. lead: bytes from a panel to the next, where the factor's extent (not k) runs along
// the rows and is above 64.
__device__ __forceinline__ unsigned long long panel_descriptor(unsigned address, int lead) {
    constexpr unsigned EIGHT_ROWS = 8 * 128;
    constexpr unsigned SWIZZLE_128 = 1u << 30;
    return static_cast<unsigned long long>(SWIZZLE_128 | EIGHT_ROWS >> 4) << 32 |
           (static_cast<unsigned>(lead) >> 4 << 16 | address >> 4);
}

// A factor of k = 16 by an extent of 8, in two cores of 8 x 8 elements (128 bytes), one behind the other, without swizzle.
__device__ __forceinline__ unsigned long long core_descriptor(unsigned address) {
    return 128u >> 4 << 16 | address >> 4;
}

#define WGMMA_SUMS(j) "+f"(c[j][0]), "+f"(c[j][1]), "+f"(c[j][2]), "+f"(c[j][3])

// c += a b for bf16 a [64 x 16] and b [16 x 128]; ALONG_K: whether k runs along the factor's rows in shared memory.
template <bool A_ALONG_K, bool B_ALONG_K>
__device__ __forceinline__ void multiply_add_async(float (&c)[16][4], unsigned long long a, unsigned long long b) {
    asm volatile(
        "{.reg .pred adds; setp.eq.s32 adds, 0, 0; "
        "wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 "
        "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
        "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
        "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
        "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63}, "
        "%64, %65, adds, 1, 1, %66, %67;}"
        : WGMMA_SUMS(0), WGMMA_SUMS(1), WGMMA_SUMS(2), WGMMA_SUMS(3), WGMMA_SUMS(4), WGMMA_SUMS(5), WGMMA_SUMS(6),
          WGMMA_SUMS(7), WGMMA_SUMS(8), WGMMA_SUMS(9), WGMMA_SUMS(10), WGMMA_SUMS(11), WGMMA_SUMS(12), WGMMA_SUMS(13),
          WGMMA_SUMS(14), WGMMA_SUMS(15)
        : "l"(a), "l"(b), "n"(A_ALONG_K ? 0 : 1), "n"(B_ALONG_K ? 0 : 1));
}

// The same for b [16 x 8], k along the rows.
template <bool A_ALONG_K>
__device__ __forceinline__ void multiply_add_async(float (&c)[1][4], unsigned long long a, unsigned long long b) {
    asm volatile(
        "{.reg .pred adds; setp.eq.s32 adds, 0, 0; "
        "wgmma.mma_async.sync.aligned.m64n8k16.f32.bf16.bf16 {%0, %1, %2, %3}, %4, %5, adds, 1, 1, %6, 0;}"
        : WGMMA_SUMS(0)
        : "l"(a), "l"(b), "n"(A_ALONG_K ? 0 : 1));
}

#undef WGMMA_SUMS
