// Products of bf16 matrices as nvcc compiles them: asynchronous copies, ldmatrix and mma, and the same with planted defects.
// nvcc -ptx -arch=compute_80 -O3 matrices.cu -o matrices.ptx && sed -i 's/^\.version .*/.version 8.0/' matrices.ptx
#include <cuda_bf16.h>

__device__ __forceinline__ void copy16(unsigned target, const void *source, int bytes) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(target), "l"(source), "r"(bytes));
}

__device__ __forceinline__ void load4(unsigned *d, unsigned address) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(d[0]), "=r"(d[1]), "=r"(d[2]), "=r"(d[3])
                 : "r"(address));
}

// C (M x N) = A (M x K, by rows) B (K x N, by columns); M is a multiple of 64, K of 32. SWIZZLE spreads the 16-byte chunks of a
// row over the banks; WAIT is how many groups of copies may be pending before a tile is used: 1 is right, 2 is too many.
template <bool SWIZZLE, int WAIT, bool BARRIER>
__device__ __forceinline__ void product(
    const __nv_bfloat16 *A, const __nv_bfloat16 *B, float *C, int M, int N, int K) {
    extern __shared__ __align__(16) unsigned char buffer[];
    unsigned base = (unsigned)__cvta_generic_to_shared(buffer);
    int thread = threadIdx.x, warp = thread >> 5, lane = thread & 31;
    int m0 = blockIdx.y * 64, n0 = blockIdx.x * 64;
    float sums[8][4] = {};
    auto place = [](int row, int chunk) { return row * 64 + (SWIZZLE ? chunk ^ ((row >> 1) & 3) : chunk) * 16; };
    auto fetch = [&](int k0, int stage) {
#pragma unroll
        for (int i = 0; i < 2; i++) {
            int row = (thread + i * 128) >> 2, chunk = thread & 3;
            unsigned to = base + stage * 8192 + place(row, chunk);
            bool inside = n0 + row < N;
            copy16(to, A + (size_t)(m0 + row) * K + k0 + chunk * 8, 16);
            copy16(to + 4096, inside ? B + (size_t)(n0 + row) * K + k0 + chunk * 8 : B, inside ? 16 : 0);
        }
        asm volatile("cp.async.commit_group;");
    };
    int steps = K / 32;
    fetch(0, 0);
    for (int step = 0; step < steps; step++) {
        if (step + 1 < steps) {
            fetch((step + 1) * 32, (step + 1) & 1);
        } else {
            asm volatile("cp.async.commit_group;");
        }
        asm volatile("cp.async.wait_group %0;" ::"n"(WAIT));
        __syncthreads();
        unsigned tileA = base + (step & 1) * 8192, tileB = tileA + 4096;
#pragma unroll
        for (int half = 0; half < 2; half++) {
            unsigned a[4];
            load4(a, tileA + place(warp * 16 + (lane & 15), half * 2 + (lane >> 4)));
#pragma unroll
            for (int j = 0; j < 4; j++) {
                unsigned b[4];
                load4(b, tileB + place(j * 16 + (lane & 7) + ((lane >> 4) & 1) * 8, half * 2 + ((lane >> 3) & 1)));
#pragma unroll
                for (int h = 0; h < 2; h++) {
                    float *d = sums[2 * j + h];
                    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, "
                                 "{%8,%9}, {%0,%1,%2,%3};"
                                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[2 * h]), "r"(b[2 * h + 1]));
                }
            }
        }
        if (BARRIER) {
            __syncthreads();
        }
    }
#pragma unroll
    for (int j = 0; j < 8; j++) {
        int row = m0 + warp * 16 + (lane >> 2), column = n0 + j * 8 + (lane & 3) * 2;
        if (column < N) {
            *(float2 *)(C + (size_t)row * N + column) = make_float2(sums[j][0], sums[j][1]);
            *(float2 *)(C + (size_t)(row + 8) * N + column) = make_float2(sums[j][2], sums[j][3]);
        }
    }
}

#define PRODUCT(NAME, ...)                                                                                      \
    extern "C" __global__ void __launch_bounds__(128)                                                           \
        NAME(const __nv_bfloat16 *A, const __nv_bfloat16 *B, float *C, int M, int N, int K) {                   \
        product<__VA_ARGS__>(A, B, C, M, N, K);                                                                 \
    }

PRODUCT(product_right, true, 1, true)
PRODUCT(product_with_conflicts, false, 1, true)
PRODUCT(product_that_waits_too_little, true, 2, true)
PRODUCT(product_without_barrier, true, 1, false)

// Four 8 x 8 matrices, as ldmatrix distributes them plainly and transposed.
extern "C" __global__ void distribute(const unsigned *input, unsigned *plain, unsigned *transposed) {
    __shared__ __align__(16) unsigned buffer[128];
    int lane = threadIdx.x;
    for (int i = 0; i < 4; i++) {
        buffer[32 * i + lane] = input[32 * i + lane];
    }
    __syncwarp();
    unsigned address = (unsigned)__cvta_generic_to_shared(buffer) + 16 * lane;
    unsigned d[4];
    load4(d, address);
    for (int i = 0; i < 4; i++) {
        plain[32 * i + lane] = d[i];
    }
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
                 : "=r"(d[0]), "=r"(d[1]), "=r"(d[2]), "=r"(d[3])
                 : "r"(address));
    for (int i = 0; i < 4; i++) {
        transposed[32 * i + lane] = d[i];
    }
}
