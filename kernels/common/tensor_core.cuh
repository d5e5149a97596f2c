// Instructions around tensor cores, all of sm_80: asynchronous copies to shared memory, ldmatrix, mma.
//
// A warp's fragments of mma.m16n8k16, with g = lane/4 and t = lane%4 (PTX ISA, "Matrix fragments for mma.m16n8k16"):
//   A [16 x 16]: a[0] = row g, columns 2t and 2t+1; a[1] = row g+8; a[2], a[3] = the same rows, columns 8 further on
//   B [16 x 8]:  b0 = rows 2t and 2t+1, column g; b1 = rows 8 further on
//   C [16 x 8]:  c[0], c[1] = row g, columns 2t and 2t+1; c[2], c[3] = row g+8
// Hence the C of two neighbouring products [16 x 8] is, rounded and packed, the A of a product over their 16 columns.
#pragma once

__device__ __forceinline__ unsigned shared_address(const void* p) {
    return static_cast<unsigned>(__cvta_generic_to_shared(p));
}

// 16 bytes from global to shared memory, both aligned; zeros where not valid (nothing is read then).
__device__ __forceinline__ void copy_async(unsigned to, const void* from, bool valid) {
    int bytes = valid ? 16 : 0;
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(from), "r"(bytes) : "memory");
}

// Ends a group of copies.
__device__ __forceinline__ void commit_copies() { asm volatile("cp.async.commit_group;" ::: "memory"); }

// Waits until at most PENDING of this thread's groups are under way; other threads' copies need a barrier besides.
template <int PENDING>
__device__ __forceinline__ void wait_copies() {
    asm volatile("cp.async.wait_group %0;" ::"n"(PENDING) : "memory");
}

// Four 8 x 8 matrices of 16-bit numbers; lane 8i + r has the address of row r of matrix i (16 bytes). Thread (g, t) gets row g,
// columns 2t and 2t+1 of matrix i in x[i].
__device__ __forceinline__ void load_matrices(unsigned (&x)[4], unsigned address) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(x[0]), "=r"(x[1]), "=r"(x[2]), "=r"(x[3])
                 : "r"(address)
                 : "memory");
}

// The same of the transposed matrices: rows 2t and 2t+1, column g of matrix i.
__device__ __forceinline__ void load_matrices_transposed(unsigned (&x)[4], unsigned address) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(x[0]), "=r"(x[1]), "=r"(x[2]), "=r"(x[3])
                 : "r"(address)
                 : "memory");
}

// c += a b for bf16 a and b; sums are float.
__device__ __forceinline__ void multiply_add(float (&c)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}
