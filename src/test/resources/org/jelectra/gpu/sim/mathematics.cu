// Kernels as nvcc compiles them: float and double functions in their precise forms, a block reduction, Philox.
// nvcc -ptx -arch=compute_80 -O3 mathematics.cu -o mathematics.ptx && sed -i 's/^\.version .*/.version 8.0/' mathematics.ptx
#include <cuda_bf16.h>

#define UNARY(NAME, TYPE, EXPRESSION)                                                \
    extern "C" __global__ void NAME(const TYPE *input, TYPE *output, int n) {        \
        int i = blockIdx.x * blockDim.x + threadIdx.x;                               \
        if (i < n) {                                                                 \
            TYPE x = input[i];                                                       \
            output[i] = EXPRESSION;                                                  \
        }                                                                            \
    }

UNARY(float_exp, float, expf(x))
UNARY(float_log, float, logf(x))
UNARY(float_erf, float, erff(x))
UNARY(float_sqrt, float, sqrtf(x))
UNARY(float_rsqrt, float, rsqrtf(x))
UNARY(float_reciprocal, float, 1.0f / x)
UNARY(float_tanh, float, tanhf(x))
UNARY(float_sin, float, sinf(x))
UNARY(float_log1p, float, log1pf(x))
UNARY(float_expm1, float, expm1f(x))
UNARY(float_normcdf, float, normcdff(x))
UNARY(float_cbrt, float, cbrtf(x))
UNARY(float_quick_exp, float, __expf(x))
UNARY(double_exp, double, exp(x))
UNARY(double_log, double, log(x))
UNARY(double_erf, double, erf(x))
UNARY(double_sqrt, double, sqrt(x))
UNARY(double_rsqrt, double, rsqrt(x))
UNARY(double_reciprocal, double, 1.0 / x)

__device__ __forceinline__ float block_sum(float value, float *partial) {
    for (int offset = 16; offset > 0; offset >>= 1) {
        value += __shfl_xor_sync(~0u, value, offset);
    }
    __syncthreads();
    if (threadIdx.x % 32 == 0) {
        partial[threadIdx.x / 32] = value;
    }
    __syncthreads();
    value = 0;
    for (int i = 0; i < blockDim.x / 32; i++) {
        value += partial[i];
    }
    return value;
}

extern "C" __global__ void layer_norm(
    const float *x, const float *gamma, const float *beta, float *y, int width, float epsilon) {
    __shared__ float partial[32];
    const float *row = x + (size_t)blockIdx.x * width;
    float sum = 0;
    for (int i = threadIdx.x; i < width; i += blockDim.x) {
        sum += row[i];
    }
    float mean = block_sum(sum, partial) / width;
    float squares = 0;
    for (int i = threadIdx.x; i < width; i += blockDim.x) {
        squares += (row[i] - mean) * (row[i] - mean);
    }
    float inverse = rsqrtf(block_sum(squares, partial) / width + epsilon);
    for (int i = threadIdx.x; i < width; i += blockDim.x) {
        y[(size_t)blockIdx.x * width + i] = (row[i] - mean) * inverse * gamma[i] + beta[i];
    }
}

extern "C" __global__ void philox(uint4 *output, uint2 key, int n) {
    for (long long block = (long long)blockIdx.x * blockDim.x + threadIdx.x; block < n;
         block += (long long)gridDim.x * blockDim.x) {
        uint4 c = make_uint4((unsigned)block, (unsigned)(block >> 32), 3, 4);
        uint2 k = key;
#pragma unroll
        for (int round = 0; round < 10; round++) {
            unsigned high0 = __umulhi(0xD2511F53u, c.x);
            unsigned high1 = __umulhi(0xCD9E8D57u, c.z);
            c = make_uint4(high1 ^ c.y ^ k.x, 0xCD9E8D57u * c.z, high0 ^ c.w ^ k.y, 0xD2511F53u * c.x);
            k.x += 0x9E3779B9u;
            k.y += 0xBB67AE85u;
        }
        output[block] = c;
    }
}

extern "C" __global__ void bf16_pairs(const uint4 *input, uint4 *output, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    uint4 value = input[i];
    unsigned *words = (unsigned *)&value;
#pragma unroll
    for (int j = 0; j < 4; j++) {
        float2 pair = __bfloat1622float2(*(__nv_bfloat162 *)&words[j]);
        __nv_bfloat162 result = __float22bfloat162_rn(make_float2(pair.x * 2 + 1, -pair.y));
        words[j] = *(unsigned *)&result;
    }
    output[i] = value;
}

extern "C" __global__ void choices(const int *input, int *output, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    int v = input[i];
    int r;
    switch (v & 7) {
    case 0: r = v * 3; break;
    case 1: r = v / 7; break;
    case 2: r = v % 11; break;
    case 3: r = __popc(v); break;
    case 4: r = __clz(v); break;
    case 5: r = (unsigned)v / 10u; break;
    default: r = ~v;
    }
    output[i] = r;
}
