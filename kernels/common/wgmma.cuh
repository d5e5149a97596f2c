// Products by a warpgroup (4 warps, 128 threads) of factors in shared memory, of sm_90a only: wgmma.
//
// They run beside the threads that issue them, and read shared memory by the "asynchronous proxy": what threads have written there,
// copies of cp.async included, is visible to them after fence_products() by the writing threads and a barrier.
//
// A is also read from registers. Warp w then has rows 16 w and on of A [64 x 16], as mma.m16n8k16 has its A.
//
// Of a result [64 x N], warp w of the warpgroup has rows 16 w and on, as the C of mma.m16n8k16 (see tensor_core.cuh): with g = lane/4
// and t = lane%4, c[j][0], c[j][1] = row g, columns 8j + 2t and the next; c[j][2], c[j][3] = row g+8.
//
// Where a factor lies is said by a matrix descriptor (PTX ISA, "Asynchronous warpgroup level matrix instructions"). Used here are panels
// of 128 bytes a row, at multiples of 1024 bytes, whose chunks of 16 bytes change places by the row (128-byte swizzle, mode 1).
#pragma once

#include "warp_uniform.cuh"

// What this thread has written to shared memory becomes visible to products, once all threads have passed a barrier.
__device__ __forceinline__ void fence_products() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }

// Before the first of several products whose sums have been touched otherwise.
__device__ __forceinline__ void begin_products() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }

// Ends a group of products.
__device__ __forceinline__ void commit_products() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }

// Waits for all products of this warpgroup; until then nothing may touch their sums, or an A of theirs in registers. There is no waiting
// for all but the youngest: the PTX assemblers of CUDA 12.0 and 13.0 then take the registers of an A for free while its products go on
// (and those before 13.3, by reports on triton-lang/triton: issues 9433, 9514, 11781). That of 12.0 has also put waits between products of
// a step whose sums, over 256 columns, would have gone on to the next step.
__device__ __forceinline__ void wait_products() { asm volatile("wgmma.wait_group.sync.aligned 0;" ::: "memory"); }

// A factor in panels, `offset` bytes behind a tile in shared memory. lead: bytes from a panel to the next, where the factor's extent (not k)
// runs along the rows and is above 64. All are multiples of 16, so that only the tile's address is not known to the compiler, once for many.
__device__ __forceinline__ unsigned long long panel_descriptor(unsigned tile, int offset, int lead) {
    constexpr unsigned EIGHT_ROWS = 8 * 128;
    constexpr unsigned SWIZZLE_128 = 1u << 30;
    return static_cast<unsigned long long>(SWIZZLE_128 | EIGHT_ROWS >> 4) << 32 |
           (tile >> 4) + static_cast<unsigned>((lead >> 4 << 16) + (offset >> 4));
}

// A factor of k = 16 by an extent of 8, in two cores of 8 x 8 elements (128 bytes), one behind the other, without swizzle.
__device__ __forceinline__ unsigned long long core_descriptor(unsigned address) {
    return 128u >> 4 << 16 | address >> 4;
}

#define WGMMA_SUMS(x) "+f"(x[0]), "+f"(x[1]), "+f"(x[2]), "+f"(x[3])
#define WGMMA_16_SUMS(c, j) WGMMA_SUMS(c[j]), WGMMA_SUMS(c[j + 1]), WGMMA_SUMS(c[j + 2]), WGMMA_SUMS(c[j + 3])
#define WGMMA_96_SUMS(c) \
    WGMMA_16_SUMS(c, 0), WGMMA_16_SUMS(c, 4), WGMMA_16_SUMS(c, 8), WGMMA_16_SUMS(c, 12), WGMMA_16_SUMS(c, 16), WGMMA_16_SUMS(c, 20)

// The same where other arithmetic with the sums of a product [64 x 64] lies before or behind, which the compiler must leave there.
__device__ __forceinline__ void begin_products(float (&c)[8][4]) {
    asm volatile("wgmma.fence.sync.aligned;" : WGMMA_16_SUMS(c, 0), WGMMA_16_SUMS(c, 4)::"memory");
}

__device__ __forceinline__ void wait_products(float (&c)[8][4]) {
    asm volatile("wgmma.wait_group.sync.aligned 0;" : WGMMA_16_SUMS(c, 0), WGMMA_16_SUMS(c, 4)::"memory");
}

// And of two products [64 x 32].
__device__ __forceinline__ void begin_products(float (&c)[4][4], float (&d)[4][4]) {
    asm volatile("wgmma.fence.sync.aligned;" : WGMMA_16_SUMS(c, 0), WGMMA_16_SUMS(d, 0)::"memory");
}

__device__ __forceinline__ void wait_products(float (&c)[4][4], float (&d)[4][4]) {
    asm volatile("wgmma.wait_group.sync.aligned 0;" : WGMMA_16_SUMS(c, 0), WGMMA_16_SUMS(d, 0)::"memory");
}

// And of a product [64 x 192].
__device__ __forceinline__ void begin_products(float (&c)[24][4]) {
    asm volatile("wgmma.fence.sync.aligned;" : WGMMA_96_SUMS(c)::"memory");
}

__device__ __forceinline__ void wait_products(float (&c)[24][4]) {
    asm volatile("wgmma.wait_group.sync.aligned 0;" : WGMMA_96_SUMS(c)::"memory");
}

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
        : WGMMA_16_SUMS(c, 0), WGMMA_16_SUMS(c, 4), WGMMA_16_SUMS(c, 8), WGMMA_16_SUMS(c, 12)
        : "l"(a), "l"(b), "n"(A_ALONG_K ? 0 : 1), "n"(B_ALONG_K ? 0 : 1));
}

// The same for b [16 x 192].
template <bool A_ALONG_K, bool B_ALONG_K>
__device__ __forceinline__ void multiply_add_async(float (&c)[24][4], unsigned long long a, unsigned long long b) {
    asm volatile(
        "{.reg .pred adds; setp.eq.s32 adds, 0, 0; "
        "wgmma.mma_async.sync.aligned.m64n192k16.f32.bf16.bf16 "
        "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
        "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
        "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
        "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, "
        "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "
        "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95}, "
        "%96, %97, adds, 1, 1, %98, %99;}"
        : WGMMA_96_SUMS(c)
        : "l"(a), "l"(b), "n"(A_ALONG_K ? 0 : 1), "n"(B_ALONG_K ? 0 : 1));
}

// The same for b [16 x 256].
template <bool A_ALONG_K, bool B_ALONG_K>
__device__ __forceinline__ void multiply_add_async(float (&c)[32][4], unsigned long long a, unsigned long long b) {
    asm volatile(
        "{.reg .pred adds; setp.eq.s32 adds, 0, 0; "
        "wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16 "
        "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
        "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
        "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
        "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, "
        "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "
        "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, "
        "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, "
        "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127}, "
        "%128, %129, adds, 1, 1, %130, %131;}"
        : WGMMA_16_SUMS(c, 0), WGMMA_16_SUMS(c, 4), WGMMA_16_SUMS(c, 8), WGMMA_16_SUMS(c, 12), WGMMA_16_SUMS(c, 16),
          WGMMA_16_SUMS(c, 20), WGMMA_16_SUMS(c, 24), WGMMA_16_SUMS(c, 28)
        : "l"(a), "l"(b), "n"(A_ALONG_K ? 0 : 1), "n"(B_ALONG_K ? 0 : 1));
}

// The same for b [16 x 8], k along the rows.
template <bool A_ALONG_K>
__device__ __forceinline__ void multiply_add_async(float (&c)[1][4], unsigned long long a, unsigned long long b) {
    asm volatile(
        "{.reg .pred adds; setp.eq.s32 adds, 0, 0; "
        "wgmma.mma_async.sync.aligned.m64n8k16.f32.bf16.bf16 {%0, %1, %2, %3}, %4, %5, adds, 1, 1, %6, 0;}"
        : WGMMA_SUMS(c[0])
        : "l"(a), "l"(b), "n"(A_ALONG_K ? 0 : 1));
}

// c = a b, or c += a b where `adds`, for b [16 x 64].
template <bool A_ALONG_K, bool B_ALONG_K>
__device__ __forceinline__ void multiply_async(float (&c)[8][4], unsigned long long a, unsigned long long b, bool adds) {
    asm volatile(
        "{.reg .pred adds; setp.ne.b32 adds, %34, 0; "
        "wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 "
        "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
        "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31}, "
        "%32, %33, adds, 1, 1, %35, %36;}"
        : WGMMA_16_SUMS(c, 0), WGMMA_16_SUMS(c, 4)
        : "l"(a), "l"(b), "r"(adds ? 1 : 0), "n"(A_ALONG_K ? 0 : 1), "n"(B_ALONG_K ? 0 : 1));
}

// The same for b [16 x 32].
template <bool A_ALONG_K, bool B_ALONG_K>
__device__ __forceinline__ void multiply_async(float (&c)[4][4], unsigned long long a, unsigned long long b, bool adds) {
    asm volatile(
        "{.reg .pred adds; setp.ne.b32 adds, %18, 0; "
        "wgmma.mma_async.sync.aligned.m64n32k16.f32.bf16.bf16 "
        "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15}, %16, %17, adds, 1, 1, %19, %20;}"
        : WGMMA_16_SUMS(c, 0)
        : "l"(a), "l"(b), "r"(adds ? 1 : 0), "n"(A_ALONG_K ? 0 : 1), "n"(B_ALONG_K ? 0 : 1));
}

// The same for a in registers and b [16 x 64].
template <bool B_ALONG_K>
__device__ __forceinline__ void multiply_async(float (&c)[8][4], const unsigned (&a)[4], unsigned long long b, bool adds) {
    asm volatile(
        "{.reg .pred adds; setp.ne.b32 adds, %37, 0; "
        "wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16 "
        "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
        "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31}, "
        "{%32, %33, %34, %35}, %36, adds, 1, 1, %38;}"
        : WGMMA_16_SUMS(c, 0), WGMMA_16_SUMS(c, 4)
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "r"(adds ? 1 : 0), "n"(B_ALONG_K ? 0 : 1));
}

// The same for b [16 x 256].
template <bool B_ALONG_K>
__device__ __forceinline__ void multiply_async(float (&c)[32][4], const unsigned (&a)[4], unsigned long long b, bool adds) {
    asm volatile(
        "{.reg .pred adds; setp.ne.b32 adds, %133, 0; "
        "wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16 "
        "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
        "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
        "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
        "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, "
        "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "
        "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, "
        "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, "
        "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127}, "
        "{%128, %129, %130, %131}, %132, adds, 1, 1, %134;}"
        : WGMMA_16_SUMS(c, 0), WGMMA_16_SUMS(c, 4), WGMMA_16_SUMS(c, 8), WGMMA_16_SUMS(c, 12), WGMMA_16_SUMS(c, 16),
          WGMMA_16_SUMS(c, 20), WGMMA_16_SUMS(c, 24), WGMMA_16_SUMS(c, 28)
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b), "r"(adds ? 1 : 0), "n"(B_ALONG_K ? 0 : 1));
}

#undef WGMMA_96_SUMS
#undef WGMMA_16_SUMS
#undef WGMMA_SUMS
