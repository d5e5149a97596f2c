// Atomic operations, and all the state spaces, as nvcc compiles them.
// nvcc -ptx -arch=compute_80 -O3 spaces.cu -o spaces.ptx && sed -i 's/^\.version .*/.version 8.0/' spaces.ptx

extern "C" __global__ void atomics(int *c, float *f, unsigned long long *u, double *d, int *order) {
    __shared__ int shared[4];
    int t = threadIdx.x;
    if (t < 4) {
        shared[t] = 0;
    }
    __syncthreads();
    atomicAdd(&shared[t & 3], t);
    __syncthreads();
    if (t < 4) {
        atomicAdd(&c[t], shared[t]);
    }
    int i = blockIdx.x * blockDim.x + t;
    order[atomicAdd(&c[4], 1)] = i;
    atomicCAS(&c[5], 0, i + 1);
    atomicExch(&c[6], i);
    atomicOr(&c[7], i);
    atomicAnd(&c[8], ~i);
    atomicXor(&c[9], i);
    atomicMin(&c[10], -i);
    atomicMax(&c[11], i);
    atomicInc((unsigned *)&c[12], 10);
    atomicDec((unsigned *)&c[13], 10);
    atomicAdd(f, 1.5f);
    atomicAdd(u, 3ull << 32);
    atomicMax(u + 1, (unsigned long long)i << 40);
    atomicAdd(d, 0.25);
    __threadfence();
}

__constant__ float table[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
__device__ int counter = 41;

struct Scalars {
    int a;
    double b;
    short c[3];
};

extern "C" __global__ void spaces(const float *__restrict__ x, float *y, const int *index, int *count, Scalars s) {
    float local[8];
    for (int i = 0; i < 8; i++) {
        local[i] = x[i] * 2;
    }
    __shared__ float4 vectors[64];
    __shared__ short halves[64];
    int t = threadIdx.x;
    vectors[t] = ((const float4 *)x)[t];
    halves[t] = (short)(t - 20);
    __syncthreads();
    const float *generic = index[t] & 1 ? (const float *)&vectors[t ^ 1] : x + 1;
    float sum = local[index[t] & 7] + table[t & 15] + generic[2] + halves[t ^ 5];
    y[t] = sum + s.a + (float)s.b + s.c[t % 3];
    if (t == 0) {
        *count = counter;
        counter = counter + 1;
    }
}
